"""Time zones by the names the phone system uses, such as ``US/Central``."""

from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_OF_THIS_MACHINE = ("localtime", "posixrules")


@lru_cache(maxsize=256)
def zone_called(name: str) -> tzinfo | None:
    """The clocks of that zone, daylight saving included; ``None`` when no zone is called so."""
    if name in _OF_THIS_MACHINE:
        return None
    try:
        return ZoneInfo(name)
    # What is no zone may be a folder of the zones' files, a path out of it, or no file's name at all.
    except (LookupError, OSError, ValueError):
        return None
