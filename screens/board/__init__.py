"""The board, its tour, and what it lets one choose."""
