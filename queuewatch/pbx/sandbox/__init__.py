"""A sample phone system that speaks the same API as a real one: for the demo, for tests, for trying things out."""
