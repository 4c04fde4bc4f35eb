"""What is wrong with a profile file, said the same way wherever it is noticed."""

import re
from collections.abc import Mapping
from pathlib import Path

from queuewatch.failover.lookup import nearest

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
        raise ConfigError(
            f"{path}: unknown key {where}{key}.", did_you_mean(key, allowed) + f"Known: {', '.join(allowed)}."
        )


def did_you_mean(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """A guess at the word meant, ready to be followed by another sentence; empty when nothing comes close."""
    meant = nearest(word, known)
    return f"Did you mean {meant}? " if meant else ""


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
