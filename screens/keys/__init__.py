"""Every action of every screen, and its keys."""
