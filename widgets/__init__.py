"""One thing on a screen each."""
