"""A phone system saved as a sample, with everybody's names replaced."""
