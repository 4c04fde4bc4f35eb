"""Who runs this program, for what is kept or signed in their name."""

import getpass
import os


def os_user() -> str:
    """Who runs this program, by the operating system's account; ``unknown`` where it does not say."""
    try:
        return getpass.getuser()
    # A container may run under a number that no account has; which error says so depends on the Python.
    except (OSError, KeyError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
