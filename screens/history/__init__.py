"""The screens of the past: of one queue, and of all."""
