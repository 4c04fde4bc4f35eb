"""This machine's clocks: one that nobody can set, and the variables by which all others are told.

What is wrong with those is said, and mended for this run. A C library that does not know a zone tells the time of
UTC under that zone's name; Python complains of a relative path in words of its own.
"""

import os
import sys
import time
from collections.abc import Iterator, MutableMapping

ONLY_UTC = ("UTC", "GMT", "UCT", "WET", "Z")
"""Zones that are as far from UTC as one that is not known, and are called as they are written."""


def mend_clocks(environ: MutableMapping[str, str]) -> Iterator[tuple[str, str]]:
    """Leave out what cannot be used; gives a sentence and a hint for each.

    To be called before anything asks for a time zone.
    """
    zone = environ.get("TZ", "")
    if zone and zone_is_unknown(zone, time.tzname[0], time.timezone):
        environ["TZ"] = "UTC"
        if hasattr(time, "tzset"):
            time.tzset()
        yield (
            f"TZ is “{zone}”, a time zone that this machine does not know: times are shown in UTC.",
            "Write a zone such as TZ=America/Chicago, or leave TZ out. If it is one, the package tzdata of the "
            "operating system is missing.",
        )
    if paths := environ.get("PYTHONTZPATH", ""):
        parts = [part for part in paths.split(os.pathsep) if part]
        relative = [part for part in parts if not os.path.isabs(part)]
        if relative:
            environ["PYTHONTZPATH"] = os.pathsep.join(part for part in parts if os.path.isabs(part))
            yield (
                f"PYTHONTZPATH has “{relative[0]}”, which is no absolute path: it is not looked at.",
                "Write the whole path of each folder, or leave PYTHONTZPATH out.",
            )


def zone_is_unknown(zone: str, name: str, seconds_west: int) -> bool:
    """Whether the C library did not understand the zone: it then goes by UTC, and calls it by those letters."""
    written = zone.removeprefix(":")
    letters = written[: next((at for at, sign in enumerate(written) if not sign.isalpha()), len(written))]
    if seconds_west != 0 or letters.upper() in ONLY_UTC:
        return False
    # A rule such as XYZ0 says by itself how far it is.
    spelled_out = len(letters) >= 3 and written[len(letters) :].lstrip("+-")[:1].isdigit()
    return not spelled_out and name in (letters, "")


def real_seconds() -> float:
    """Seconds by a clock that nobody can set, and that goes on while the machine sleeps, where there is one."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        # Python's own monotonic clock stands still in sleep there; this one does not.
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()
