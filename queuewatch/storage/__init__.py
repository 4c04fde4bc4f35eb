"""What is kept on this machine: its folder, locks, and what a user chose to look at."""
