"""Single JSON values that may be handed on: what is neither a count, a switch, a time nor a known word is not.

A value that makes no sense goes on making none, of the same sort, and without its text.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from queuewatch.pbx.netsapiens.phone_models import phone_model
from queuewatch.pbx.netsapiens.values import absent, text, whole, yes_no
from queuewatch.pbx.netsapiens.zones import zone_called

Clean = Callable[[object], object]
"""From a value to the one that may be handed on."""

_LARGEST = 999_999
"""Far beyond any count of a queue, and short of any phone number."""

_ODD_TEXT = "?"
_ODD_NUMBER = -0.5


def odd(value: object) -> object:
    """A value of the same sort that makes as little sense as a text, a count, a switch or a list."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return _ODD_NUMBER
        case str():
            return _ODD_TEXT if value.strip() else ""
        case list():
            return []
        case _:
            return {}


def count(value: object) -> object:
    """A whole number from 0 up."""
    number = None if absent(value) else whole(value)
    return odd(value) if number is None or number < 0 else min(number, _LARGEST)


def rank(value: object) -> object:
    """A whole number."""
    number = None if absent(value) else whole(value)
    return odd(value) if number is None else max(-_LARGEST, min(number, _LARGEST))


def switch(value: object) -> object:
    """Yes or no, as the vendor writes it."""
    on = None if absent(value) else yes_no(value)
    return odd(value) if on is None else "yes" if on else "no"


def flag(value: object) -> object:
    """True or false, as the vendor writes the one field that is so."""
    on = None if absent(value) else yes_no(value)
    return odd(value) if on is None else on


def word(*known: str, whole: tuple[str, ...] = (), other: str = "other", by_beginning: bool = False) -> Clean:
    """One of these words, in any case, or the one that stands for every other.

    ``by_beginning`` takes a longer one for the known one it begins with, but for those that only count ``whole``.
    """
    by_key = {one.casefold(): one for one in (*known, *whole)}
    beginnings = sorted((one.casefold() for one in known), key=len, reverse=True) if by_beginning else []

    def clean(value: object) -> object:
        words = text(value)
        if not words:
            return odd(value)
        key = words.casefold()
        found = key if key in by_key else next((one for one in beginnings if key.startswith(one)), "")
        return by_key.get(found, other)

    return clean


def time_zone(value: object) -> object:
    """A time zone of the world's list; empty for anything else."""
    words = text(value) or ""
    return words if "/" in words and zone_called(words) is not None else ""


def stamp(value: object, ahead: timedelta | None = None) -> str | None:
    """A time as servers were seen to write it, in UTC; ``None`` for anything else.

    ``ahead`` is how far times without a zone are ahead of UTC; those that are not known are taken as they are.
    """
    try:
        moment = datetime.fromisoformat(text(value) or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment - (ahead or timedelta())
        return moment.strftime("%Y-%m-%d %H:%M:%S") if moment.year >= 1970 else None
    except (ValueError, OverflowError):
        return None


def user_agent(value: object, names: frozenset[str]) -> str:
    """A phone's make, model and version, as far as they are known ones; none of these names is taken for one."""
    return phone_model(text(value) or "", names)
