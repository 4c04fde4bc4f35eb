"""The suppressions of a profile: which findings of the audit are not to be minded, why, and until when."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from queuewatch.failover.audit.finding import Suppression
from queuewatch.failover.lookup import NotFound
from queuewatch.profiles.fields import ConfigError, check_keys, kind

_KEYS = ("code", "queue", "reason", "until")
_NEVER = ("QW190", "QW191")
"""What is said of suppressions themselves."""


def read_suppressions(path: Path, where: str, entries: object) -> tuple[Suppression, ...]:
    """The suppressions at this place of the file. Raises :class:`ConfigError` naming the file and the key."""
    if entries is None:
        return ()
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(
            f"{path}: {where} is {kind(entries)}, not a list of tables.", f"Begin each with [[{where}]]."
        )
    return tuple(_suppression(path, f"{where}[{nth}].", entry) for nth, entry in enumerate(entries, start=1))


def _suppression(path: Path, where: str, entry: Mapping[str, object]) -> Suppression:
    check_keys(path, where, entry, _KEYS)
    return Suppression(
        code=_code(path, where, entry),
        reason=_text(path, where, entry, "reason", 'reason = "who decided so, and why"'),
        until=_until(path, where, entry),
        queue=_text(path, where, entry, "queue", 'queue = "8000"') if "queue" in entry else "",
    )


def _code(path: Path, where: str, entry: Mapping[str, object]) -> str:
    # The codes come with their stories, which only a profile with suppressions has to load.
    from queuewatch.failover.audit.codes import find_code

    typed = _text(path, where, entry, "code", 'code = "QW111"')
    try:
        number = find_code(typed).number
    except NotFound as error:
        raise ConfigError(f"{path}: {where}code is {typed!r}, which is no code.", error.hint) from None
    if number in _NEVER:
        raise ConfigError(
            f"{path}: {where}code is {number}, which cannot be suppressed.",
            "It is about suppressions: take out or renew the one it names.",
        )
    return number


def _text(path: Path, where: str, entry: Mapping[str, object], key: str, example: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{path}: {where}{key} is {kind(value)}, not a text.", f"Write {example}.")
    if not value.strip():
        raise ConfigError(f"{path}: {where}{key} is {'empty' if key in entry else 'missing'}.", f"Add {example}.")
    return value.strip()


def _until(path: Path, where: str, entry: Mapping[str, object]) -> date:
    value = entry.get("until")
    hint = "Give the last day it holds, without quotes, such as until = 2027-01-31."
    if value is None:
        raise ConfigError(f"{path}: {where}until is missing.", hint)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ConfigError(f"{path}: {where}until is {kind(value)}, not a day.", hint)
    return value
