"""From options, environment, profile or sample to a phone system that can be asked; signing in to one."""
