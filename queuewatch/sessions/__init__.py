"""Sessions kept on this machine: in the system's keyring, or in a file that only its owner reads."""
