"""Reading a phone system again and again: when, how often, and what came of it."""
