"""What ``queuewatch doctor`` asks of a server."""
