"""The order in which people expect names: ``S2`` before ``S10``, whatever the case."""

import re
from functools import lru_cache

_DIGITS = re.compile(r"(\d+)")


@lru_cache(maxsize=4096)
def natural_order(name: str) -> tuple[tuple[object, ...], str]:
    """What names are compared by: the numbers in them as numbers, all else without regard to case."""
    parts: list[object] = list(_DIGITS.split(name.casefold()))
    # By how many digits, and then by which: a number of any length has its place.
    parts[1::2] = [(len(digits), digits) for digits in (str(part).lstrip("0") for part in parts[1::2])]
    return tuple(parts), name
