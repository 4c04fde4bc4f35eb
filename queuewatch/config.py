"""Profiles: the phone systems a person looks after, in one TOML file that holds no secret."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from queuewatch.failover.lookup import nearest

DEFAULT_TOKEN_ENV = "QUEUEWATCH_TOKEN"
SHORTEST_INTERVAL = 0.2
LONGEST_INTERVAL = 3600.0

_TOP_KEYS = ("default", "profiles")
_PROFILE_KEYS = ("url", "domain", "token_env", "read_only", "interval", "theme")
_SECRET_KEY = re.compile(r"token|password|passwd|secret|api[_-]?key|bearer|credentials?", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class ConfigError(ValueError):
    """The profiles or the environment are wrong. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Profile:
    """One phone system and how to look at it."""

    name: str
    url: str
    domain: str
    token_env: str = DEFAULT_TOKEN_ENV
    """The environment variable that holds the token; the token itself is in no file."""
    read_only: bool = False
    interval: float | None = None
    """Seconds between two refreshes of the board; ``None`` for queuewatch's own choice."""
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What the profile file says; a file that does not exist says nothing."""

    path: Path
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default: str = ""

    def profile(self, name: str) -> Profile:
        """The profile of that name. Raises :class:`ConfigError` with the nearest one."""
        if name in self.profiles:
            return self.profiles[name]
        if not self.profiles:
            raise ConfigError(f"There is no profile {name!r}: {self.path} has none.", "Write one there first.")
        raise ConfigError(
            f"There is no profile {name!r} in {self.path}.",
            _did_you_mean(name, self.profiles) + f"It has {', '.join(self.profiles)}.",
        )

    @property
    def default_profile(self) -> Profile | None:
        """The profile to use when none is named; ``None`` when there are no profiles.

        Raises :class:`ConfigError` when there are several and none is the default.
        """
        if self.default:
            return self.profiles[self.default]
        if len(self.profiles) > 1:
            raise ConfigError(
                f"{self.path} has several profiles and no default: {', '.join(self.profiles)}.",
                f'Choose one with --profile NAME, or write default = "{next(iter(self.profiles))}" at its top.',
            )
        return next(iter(self.profiles.values()), None)


def config_path(environ: Mapping[str, str]) -> Path:
    """Where the profiles are: ``QUEUEWATCH_CONFIG``, else ``config.toml`` in the platform's own folder."""
    if chosen := environ.get("QUEUEWATCH_CONFIG"):
        return Path(chosen).expanduser()
    from platformdirs import user_config_path

    return user_config_path("queuewatch", appauthor=False) / "config.toml"


def load_config(path: Path) -> Config:
    """Read and check the profile file. Raises :class:`ConfigError` naming the file and the line or the key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Config(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or 'it is no file'}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path} is not valid TOML: {error}.", "A text needs quotes, a table its [brackets]."
        ) from None
    return _config(path, table)


def check_interval(seconds: float) -> bool:
    """Whether the board may be refreshed at this pace."""
    return SHORTEST_INTERVAL <= seconds <= LONGEST_INTERVAL


INTERVAL_RANGE = f"from {SHORTEST_INTERVAL:g} to {LONGEST_INTERVAL:g} seconds"


def _config(path: Path, table: Mapping[str, object]) -> Config:
    _check_keys(path, "", table, _TOP_KEYS)
    found = table.get("profiles", {})
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: profiles must be tables.", "Begin each with [profiles.NAME].")
    profiles = {name: _profile(path, name, entry) for name, entry in found.items()}
    default = _text(path, "", table, "default")
    if default and default not in profiles:
        has = f"It has {', '.join(profiles)}." if profiles else "It has no profiles."
        raise ConfigError(
            f"{path}: default names the profile {default!r}, which is not there.",
            _did_you_mean(default, profiles) + has,
        )
    return Config(path, profiles, default)


def _profile(path: Path, name: str, entry: object) -> Profile:
    where = f"profiles.{name}."
    if not isinstance(entry, dict):
        if _SECRET_KEY.search(name):
            _check_keys(path, "profiles.", {name: entry}, ())
        raise ConfigError(
            f"{path}: profiles.{name} is {_kind(entry)}, not a profile.",
            "Begin each profile with [profiles.NAME].",
        )
    _check_keys(path, where, entry, _PROFILE_KEYS)
    for key in ("url", "domain"):
        if not _text(path, where, entry, key):
            raise ConfigError(f"{path}: {where}{key} is missing.", f'Add {key} = "…" under [profiles.{name}].')
    return Profile(
        name=name,
        url=_text(path, where, entry, "url"),
        domain=_text(path, where, entry, "domain"),
        token_env=_token_env(path, where, entry),
        read_only=_switch(path, where, entry, "read_only"),
        interval=_interval(path, where, entry),
        theme=_text(path, where, entry, "theme"),
    )


def _check_keys(path: Path, where: str, table: Mapping[str, object], allowed: tuple[str, ...]) -> None:
    for key in table:
        if key in allowed:
            continue
        if _SECRET_KEY.search(key):
            raise ConfigError(
                f"{path}: {where}{key} does not belong in this file: it would hold a secret.",
                'Put the token in an environment variable and name that variable: token_env = "QUEUEWATCH_TOKEN".',
            )
        raise ConfigError(
            f"{path}: unknown key {where}{key}.", _did_you_mean(key, allowed) + f"Known: {', '.join(allowed)}."
        )


def _text(path: Path, where: str, table: Mapping[str, object], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{path}: {where}{key} is {_kind(value)}, not a text.", f'Write {key} = "…".')
    return value.strip()


def _token_env(path: Path, where: str, table: Mapping[str, object]) -> str:
    name = _text(path, where, table, "token_env") or DEFAULT_TOKEN_ENV
    # Somebody will paste the token itself here, so the value is never repeated.
    if not _VARIABLE.fullmatch(name):
        raise ConfigError(
            f"{path}: {where}token_env is not the name of an environment variable.",
            'Capital letters, digits and _ only, such as token_env = "ACME_TOKEN". Never the token itself.',
        )
    return name


def _switch(path: Path, where: str, table: Mapping[str, object], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{path}: {where}{key} is {_kind(value)}.", f"Write {key} = true or {key} = false.")
    return value


def _interval(path: Path, where: str, table: Mapping[str, object]) -> float | None:
    value = table.get("interval")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{path}: {where}interval is {_kind(value)}, not a number.", f"It is {INTERVAL_RANGE}.")
    if not check_interval(value):
        raise ConfigError(f"{path}: {where}interval is {value}.", f"It is {INTERVAL_RANGE}.")
    return float(value)


def _did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    meant = nearest(word, known)
    return f"Did you mean {meant}? " if meant else ""


def _kind(value: object) -> str:
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
