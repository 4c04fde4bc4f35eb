"""What the phone system holds, compared: whether two readings are the same, and in what they differ."""

from collections.abc import Iterator, Mapping

from queuewatch.failover.model import Forward
from queuewatch.failover.words import yes_no
from queuewatch.journal import Held, RequireAgents, WhenOffline
from queuewatch.pbx.phone_system import StoredQueue, StoredRule

Stored = StoredQueue | StoredRule | None
"""A queue, or a Default rule; ``None`` for a rule that is not there."""

_LONGEST = 60


def others(stored: Stored) -> Mapping[str, str]:
    """Every setting of the same object but the one that is changed."""
    match stored:
        case StoredQueue():
            return stored.settings
        case StoredRule():
            return stored.blocks
        case None:
            return {}


def value_words(stored: Stored) -> str:
    """The one setting that is changed, as it is stored."""
    match stored:
        case StoredQueue(queue):
            return yes_no(queue.require_agents)
        case StoredRule(rule):
            return _forward_words(rule.offline)
        case None:
            return "no Default rule"


def _forward_words(forward: Forward) -> str:
    if not forward.readable:
        return "not readable"
    destinations = " ".join(forward.destinations)
    if forward.enabled:
        return destinations or "on, without a destination"
    return f"off (stored: {destinations})" if destinations else "off"


def held_in(stored: Stored) -> Held:
    """The one setting that is changed, exactly."""
    match stored:
        case StoredQueue(queue):
            return RequireAgents(queue.require_agents)
        case StoredRule(rule):
            return WhenOffline(rule.offline)
        case None:
            return WhenOffline(None)


def shows(stored: Stored, wanted: Held) -> bool:
    """Whether what is stored is what was wanted."""
    return fits(held_in(stored), wanted)


def fits(found: Held, wanted: Held) -> bool:
    """Whether one value is what was wanted.

    A forward that is off and was to keep no number is off, whatever number the server keeps for it: servers are
    free to keep the old one (assumed).
    """
    match wanted, found:
        case RequireAgents(None), _:
            return False
        case WhenOffline(None | Forward(enabled=False, destinations=(), readable=True)), WhenOffline(forward):
            return forward is None or (forward.readable and not forward.enabled)
        case _:
            return found == wanted


def same(one: Stored, other: Stored) -> bool:
    """Whether two readings show the same object in the same state."""
    return others(one) == others(other) and held_in(one) == held_in(other)


def differences(old: Stored, new: Stored) -> str:
    """In what two readings differ, old → new: ``it (No → Yes), forward-on-busy (no → yes · 911)``."""
    itself = f"it ({value_words(old)} → {value_words(new)})" if held_in(old) != held_in(new) else ""
    # A rule that came or went has all its blocks different, which says no more than that.
    beside = "" if None in (old, new) else other_differences(old, new)
    return ", ".join(filter(None, [itself, beside]))


def other_differences(old: Stored, new: Stored) -> str:
    """The same for every setting but the one that is changed."""
    return ", ".join(_other_differences(others(old), others(new)))


def _other_differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield f"{name} ({_short(old.get(name))} → {_short(new.get(name))})"


def _short(words: str | None) -> str:
    if not words:
        return "nothing"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
