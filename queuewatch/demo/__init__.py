"""The presenter of a demo: speed, power, captions."""
