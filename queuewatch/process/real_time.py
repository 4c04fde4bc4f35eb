"""Time that only passes, while the machine sleeps too."""

import sys
import time


def real_seconds() -> float:
    """Seconds by a clock that nobody can set, and that goes on while the machine sleeps, where there is one."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        # Python's own monotonic clock stands still in sleep there; this one does not.
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()
