"""A domain of a phone system that somebody else reads: no token, and nothing that could be changed."""
