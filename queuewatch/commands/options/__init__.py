"""The options of every command, a file for each kind of command."""
