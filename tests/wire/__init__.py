"""What queuewatch writes to a real terminal."""
