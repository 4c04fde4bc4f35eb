"""Help: its screen, its texts, its topics."""
