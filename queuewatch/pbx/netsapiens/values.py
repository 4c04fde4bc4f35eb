"""Tolerant readers of single JSON values.

The vendor's API writes yes and no as texts and counts as numbers; live servers were also seen to send numbers
as texts, texts as numbers, and real booleans. These readers accept every such spelling, never raise, and never
guess: what makes no sense is ``None``.
"""

import math
import re
from collections.abc import Mapping

from queuewatch.plain_text import TEXT_LIMIT as TEXT_LIMIT
from queuewatch.plain_text import harmless as harmless

_LARGEST = 10**15

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}(?:\.0+)?", re.ASCII)

_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def number_text(value: object) -> str | None:
    """A JSON number as people write it (``12145550100.0`` is ``12145550100``); ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if abs(value) >= _LARGEST:
        return None
    return str(int(value)) if value == int(value) else repr(value)


def text(value: object, limit: int = TEXT_LIMIT) -> str | None:
    """A text or a number as a harmless text; null is empty; ``None`` for anything else."""
    if isinstance(value, str):
        return harmless(value, limit)
    return "" if value is None else number_text(value)


def yes_no(value: object) -> bool | None:
    """Yes and no in any of their spellings, in any case; ``None`` for anything else."""
    if isinstance(value, bool):
        return value
    return _YES_NO.get((text(value) or "").casefold())


def whole(value: object) -> int | None:
    """A whole number, also written as a text or as ``3.0``; ``None`` for anything else."""
    if isinstance(value, str):
        words = value.strip()
        return int(words.split(".")[0]) if _WHOLE.fullmatch(words) else None
    words_of_number = number_text(value)
    return int(words_of_number) if words_of_number and _WHOLE.fullmatch(words_of_number) else None


def absent(value: object) -> bool:
    """Whether a value says nothing: null, or a blank text. The vendor's documented default then applies."""
    return value is None or (isinstance(value, str) and not value.strip())


def pick(fields: Mapping[str, object], *names: str) -> object:
    """The value under the first of these spellings that says something; ``None`` when none does."""
    for name in names:
        value = fields.get(name)
        if not absent(value):
            return value
    return None


def moves_by_itself(name: str) -> bool:
    """Whether the server keeps this field by itself, rather than a person: a count, or when something happened."""
    return name.startswith(("active-", "last-", "callqueue-count-")) or name.endswith(("-datetime", "-timestamp"))


def kind(value: object) -> str:
    """What sort of JSON value it is, for a sentence: ``a list``."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def quoted(value: object) -> str:
    """The value itself where it is short enough to show, else its sort."""
    words = text(value, 40)
    return f"“{words}”" if words else kind(value)
