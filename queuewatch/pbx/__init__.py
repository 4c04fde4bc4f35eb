"""Phone systems: one small protocol, one folder for each make."""
