"""Alerts: what has lasted long enough to be told, to whom by the rules of a profile, and how it gets there."""
