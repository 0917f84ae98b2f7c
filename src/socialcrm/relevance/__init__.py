"""What to keep and how urgent it is: brand queries, language, sentiment, priority."""
