"""Sessions of somebody who is signed in, and where they are kept."""
