"""What is wrong with a profile file, said the same way wherever it is noticed."""

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

SECRET_KEY = re.compile(r"token|password|passwd|secret|api[_-]?key|bearer|credentials?", re.IGNORECASE)


class ConfigError(ValueError):
    """The profiles or the environment are wrong. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


def check_keys(path: Path, where: str, table: Mapping[str, object], allowed: tuple[str, ...]) -> None:
    """Refuse every key but these. Raises :class:`ConfigError`, which never repeats a secret."""
    for key in table:
        if key in allowed:
            continue
        if SECRET_KEY.search(key):
            raise ConfigError(
                f"{path}: {where}{key} does not belong in this file: it would hold a secret.",
                'Put the token in an environment variable and name that variable: token_env = "QUEUEWATCH_TOKEN".',
            )
        from queuewatch.text.similar import did_you_mean

        raise ConfigError(
            f"{path}: unknown key {where}{key}.", did_you_mean(key, allowed) + f"Known: {', '.join(allowed)}."
        )


def kind(value: object) -> str:
    """What sort of TOML value this is, in words."""
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


DEFAULT_TOKEN_ENV = "QUEUEWATCH_TOKEN"
SHORTEST_INTERVAL = 0.2
LONGEST_INTERVAL = 3600.0
INTERVAL_RANGE = f"from {SHORTEST_INTERVAL:g} to {LONGEST_INTERVAL:g} seconds"
MOST_DAYS = 3650

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class KeyOverrides(Struct, frozen=True):
    """The keys that a profile gives to actions, as they are written there: what they mean is known further up."""

    where: str = ""
    """The file and the table in it, for messages."""
    keys: tuple[tuple[str, str], ...] = ()
    """The ids of actions, and their keys with commas between them."""


NO_OVERRIDES = KeyOverrides()


class ProofSettings(Struct, frozen=True):
    """What a profile says of live failover tests and drills."""

    target: int | None = None
    """Seconds in which a queue is to have failed over once the power is gone; ``None`` where nobody has said."""
    never_prove: tuple[str, ...] = ()
    """The queues, by extension or name, that are never to be tested."""
    prove_every: int | None = None
    """Days after which a proof is outdated; ``None`` where nobody has said."""
    drill_every: int | None = None
    """Days after which a drill is due again."""


NO_PROOF_SETTINGS = ProofSettings()


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


_MINUTES = re.compile(r"([0-9]{1,3}):([0-5][0-9])")
LONGEST_TARGET = 24 * 3600


def proof_settings(path: Path, where: str, table: Mapping[str, object]) -> ProofSettings:
    """What is said of tests and drills."""
    return ProofSettings(
        target=_target(path, where, table),
        never_prove=texts(path, where, table, "never_prove"),
        prove_every=days(path, where, table, "prove_every"),
        drill_every=days(path, where, table, "drill_every"),
    )


def _target(path: Path, where: str, table: Mapping[str, object]) -> int | None:
    """Seconds, from minutes and seconds as people write them."""
    if "target" not in table:
        return None
    written = text(path, where, table, "target")
    found = _MINUTES.fullmatch(written)
    seconds = int(found[1]) * 60 + int(found[2]) if found else 0
    if not 0 < seconds <= LONGEST_TARGET:
        raise ConfigError(
            f"{path}: {where}target is {written!r}, not minutes and seconds.",
            'Write target = "5:00": within five minutes of losing its power, a queue is to have failed over.',
        )
    return seconds


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


def overrides(path: Path, where: str, table: Mapping[str, object]) -> KeyOverrides:
    """Keys by the id of what they do. ``board.drill`` without quotes is a table in a table, and means the same."""
    found = table.get("keys", {})
    if not isinstance(found, dict):
        raise ConfigError(
            f"{path}: {where}keys is {kind(found)}, not a table.",
            'Write keys under a table of their own: "board.drill" = "z".',
        )
    keys: list[tuple[str, str]] = []
    for name, value in found.items():
        inner = value.items() if isinstance(value, dict) else ((None, value),)
        for rest, written in inner:
            full = name if rest is None else f"{name}.{rest}"
            if not isinstance(written, str):
                raise ConfigError(
                    f"{path}: {where}keys.{full} is {kind(written)}, not a text.",
                    f'Write "{full}" = "z", with a comma between keys, or "" for none.',
                )
            keys.append((full, written))
    return KeyOverrides(f"{path}: {where}keys", tuple(keys))
