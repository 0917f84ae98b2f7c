"""The road from a platform's API to a contact's timeline, as a tuple of steps that can each be run again."""
