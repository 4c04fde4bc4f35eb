"""What a checkup finds: one thing looked at, what came of it, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct


class CheckState(StrEnum):
    """What came of one check."""

    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    """It works, and something about it may matter or could not be told."""
    SKIPPED = "skipped"


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: CheckState
    sentence: str
    remedy: str = ""
    """What to do about it; empty where there is nothing to do."""
    details: tuple[str, ...] = ()
    no_answer: bool = False
    """Of a bad one: the phone system could not be reached, or refused the credentials."""


FieldKinds = Mapping[str, Mapping[str, int]]
"""By a field's name: how many rows had a value of which sort. No values."""


@dataclass(slots=True)
class Seen:
    """What the answers held, for a support bundle."""

    fields: dict[str, FieldKinds] = field(default_factory=dict)
    """By list."""
    texts: set[str] = field(default_factory=set)
    """Every text in them: what must not be in the bundle."""


def good(name: str, sentence: str, *details: str) -> Check:
    """A check that found nothing amiss."""
    return Check(name, CheckState.GOOD, sentence, details=details)


def bad(name: str, sentence: str, remedy: str, *details: str, no_answer: bool = False) -> Check:
    """A check that failed."""
    return Check(name, CheckState.BAD, sentence, remedy, details, no_answer)


def unsure(name: str, sentence: str, remedy: str = "", *details: str) -> Check:
    """A check that cannot tell, or found what may matter."""
    return Check(name, CheckState.UNSURE, sentence, remedy, details)


def skipped(name: str, why: str) -> Check:
    """A check that was not made."""
    return Check(name, CheckState.SKIPPED, why)
