"""Text from outside, as it may leave."""
