"""Salesforce: contacts read from it, posts written to its activity timeline. Start at `backend`."""
