"""The profile file: read, edited, checked; its suppressions and its alert rules."""
