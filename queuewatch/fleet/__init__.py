"""Many domains at once: which there are, reading them in turn and gently, and which needs a call first."""
