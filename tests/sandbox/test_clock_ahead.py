"""A server whose clock is wrong, and one that spells out Default: what is said stays right."""
