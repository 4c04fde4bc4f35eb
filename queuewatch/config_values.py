"""Single values of the profile file, read strictly: what is wrong is named with its key and what to write."""

import re
from collections.abc import Mapping
from pathlib import Path

from queuewatch.config_error import ConfigError, kind

DEFAULT_TOKEN_ENV = "QUEUEWATCH_TOKEN"
SHORTEST_INTERVAL = 0.2
LONGEST_INTERVAL = 3600.0
INTERVAL_RANGE = f"from {SHORTEST_INTERVAL:g} to {LONGEST_INTERVAL:g} seconds"
MOST_DAYS = 3650

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


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


def switch(path: Path, where: str, table: Mapping[str, object], key: str, *, unless_said: bool = False) -> bool:
    """True or false; ``unless_said`` when there is none."""
    value = table.get(key, unless_said)
    if not isinstance(value, bool):
        raise ConfigError(f"{path}: {where}{key} is {kind(value)}.", f"Write {key} = true or {key} = false.")
    return value


def days(path: Path, where: str, table: Mapping[str, object], key: str) -> int | None:
    """A number of whole days; ``None`` when there is none."""
    value = table.get(key)
    if value is None:
        return None
    allowed = f"It is a whole number of days from 1 to {MOST_DAYS}."
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{path}: {where}{key} is {kind(value)}, not a number of days.", allowed)
    if not 1 <= value <= MOST_DAYS:
        raise ConfigError(f"{path}: {where}{key} is {value}.", allowed)
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
