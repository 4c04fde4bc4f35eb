"""What queuewatch costs: counts, and ratios to the least that is possible, taken in one run on one machine.

``.venv/bin/python -m benchmarks`` from the checkout measures everything, which takes ten minutes; names after it
measure only those. Seconds differ from machine to machine and from hour to hour, so no test rests on any of this.
"""

NAMES = (
    "start",
    "recall",
    "refresh",
    "moving",
    "judging",
    "requests",
    "pixel",
    "wire",
    "idle",
    "minutes",
    "scaling",
    "plans",
)
"""The benchmarks, in the order in which they are measured; each is a module with ``measure()``."""

LONG = ("growth", "fleet")
"""Those that are measured only when they are named, for they take a quarter of an hour and more."""
