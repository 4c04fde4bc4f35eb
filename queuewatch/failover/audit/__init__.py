"""The audit: what is wrong with a phone system's failover before anything goes dark, like a linter for phones."""
