"""The programs on a terminal: the board, the first run, and what they keep beside the screens."""
