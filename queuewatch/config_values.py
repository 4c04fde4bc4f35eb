"""Single values of the profile file, read strictly: what is wrong is named with its key and what to write."""

import re
from collections.abc import Mapping
from pathlib import Path

from queuewatch.failover.lookup import nearest

DEFAULT_TOKEN_ENV = "QUEUEWATCH_TOKEN"
SHORTEST_INTERVAL = 0.2
LONGEST_INTERVAL = 3600.0
INTERVAL_RANGE = f"from {SHORTEST_INTERVAL:g} to {LONGEST_INTERVAL:g} seconds"

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class ConfigError(ValueError):
    """The profiles or the environment are wrong. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


def check_interval(seconds: float) -> bool:
    """Whether the board may be refreshed at this pace."""
    return SHORTEST_INTERVAL <= seconds <= LONGEST_INTERVAL


def text(path: Path, where: str, table: Mapping[str, object], key: str) -> str:
    """A text; empty when there is none."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{path}: {where}{key} is {kind(value)}, not a text.", f'Write {key} = "…".')
    return value.strip()


def texts(path: Path, where: str, table: Mapping[str, object], key: str) -> tuple[str, ...]:
    """A list of texts; empty when there is none."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{path}: {where}{key} is not a list of texts.", f'Write {key} = ["…", "…"].')
    return tuple(item.strip() for item in value if item.strip())


def token_env(path: Path, where: str, table: Mapping[str, object]) -> str:
    """The name of the environment variable that holds the token."""
    name = text(path, where, table, "token_env") or DEFAULT_TOKEN_ENV
    # Somebody will paste the token itself here, so the value is never repeated.
    if not _VARIABLE.fullmatch(name):
        raise ConfigError(
            f"{path}: {where}token_env is not the name of an environment variable.",
            'Capital letters, digits and _ only, such as token_env = "ACME_TOKEN". Never the token itself.',
        )
    return name


def switch(path: Path, where: str, table: Mapping[str, object], key: str) -> bool:
    """True or false; false when there is none."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{path}: {where}{key} is {kind(value)}.", f"Write {key} = true or {key} = false.")
    return value


def interval(path: Path, where: str, table: Mapping[str, object]) -> float | None:
    """Seconds between two refreshes; ``None`` when there is none."""
    value = table.get("interval")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{path}: {where}interval is {kind(value)}, not a number.", f"It is {INTERVAL_RANGE}.")
    if not check_interval(value):
        raise ConfigError(f"{path}: {where}interval is {value}.", f"It is {INTERVAL_RANGE}.")
    return float(value)


def did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """The beginning of a hint; empty when nothing is near."""
    meant = nearest(word, known)
    return f"Did you mean {meant}? " if meant else ""


def kind(value: object) -> str:
    """What sort of TOML value it is, for a sentence."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or a time"
