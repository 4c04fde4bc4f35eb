"""What the phone system holds, compared: whether two readings are the same, and in what they differ."""

from collections.abc import Iterator, Mapping

from queuewatch.failover.model import Forward
from queuewatch.failover.wording import yes_no
from queuewatch.journal import Held, RequireAgents, WhenOffline
from queuewatch.pbx.phone_system import AbsentRule, StoredQueue, StoredRule

Stored = StoredQueue | StoredRule | AbsentRule | None
"""A queue, or a Default rule, or that there is none; ``None`` where nothing was read."""

_LONGEST = 60


def value_words(stored: Stored) -> str:
    """The one setting that is changed, as it is stored."""
    return held_words(held_in(stored))


def held_words(held: Held) -> str:
    """The value of a setting, as it is stored."""
    match held:
        case RequireAgents(on):
            return yes_no(on)
        case WhenOffline(forward):
            return "no Default rule" if forward is None else _forward_words(forward)


def _forward_words(forward: Forward) -> str:
    if not forward.readable:
        return "not readable"
    destinations = ", ".join(forward.destinations)
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
        case AbsentRule() | None:
            return WhenOffline(None)


def shows(stored: Stored, value: Held) -> bool:
    """Whether what is stored is what was wanted."""
    return fits(held_in(stored), value)


def fits(found: Held, value: Held) -> bool:
    """Whether one value is what was wanted.

    A forward that is off and was to keep no number is off, whatever number the server keeps for it: servers are
    free to keep the old one (assumed).
    """
    match value, found:
        case RequireAgents(None), _:
            return False
        case WhenOffline(None | Forward(enabled=False, destinations=(), readable=True)), WhenOffline(forward):
            return forward is None or (forward.readable and not forward.enabled)
        case _:
            return found == value


def same(before: Stored, after: Stored) -> bool:
    """Whether two readings show the same object in the same state."""
    return held_in(before) == held_in(after) and not other_differences(before, after)


def differences(old: Stored, new: Stored) -> str:
    """In what two readings differ, old → new: ``it (No → Yes), forward-on-busy (no → yes · 911)``."""
    itself = f"it ({value_words(old)} → {value_words(new)})" if held_in(old) != held_in(new) else ""
    return ", ".join(filter(None, [itself, other_differences(old, new)]))


def other_differences(old: Stored, new: Stored) -> str:
    """What differs in all but the one setting: the object's other settings, and its user's other rules."""
    match old, new:
        case StoredQueue(), StoredQueue():
            return ", ".join(_other_differences(old.settings, new.settings))
        case StoredRule(), StoredRule():
            pairs = ((old.blocks, new.blocks), (old.beside, new.beside))
            return ", ".join(words for pair in pairs for words in _other_differences(*pair))
        case ((StoredRule() | AbsentRule()), (StoredRule() | AbsentRule())):
            # A rule that came or went has all its blocks different, which says no more than that.
            return ", ".join(_other_differences(old.beside, new.beside))
        case _:
            return ""


def _other_differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield f"{name} ({_short(old.get(name))} → {_short(new.get(name))})"


def _short(words: str | None) -> str:
    if not words:
        return "nothing"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
