"""The first run: welcome, the form to connect with, signing in."""
