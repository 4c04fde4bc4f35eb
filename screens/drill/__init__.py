"""What goes dark, and what that does."""
