"""The rules of a profile: which alerts are told, about which queues, and how."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from queuewatch.profiles.fields import ConfigError, check_keys, kind, text, texts
from queuewatch.text.similar import did_you_mean


class AlertKind(StrEnum):
    """What a rule can be about, the worst first."""

    REACHES_NOBODY = "reaches_nobody"
    FAILS_OVER = "fails_over"
    UNREACHABLE = "unreachable"
    PROMISE_BROKEN = "promise_broken"
    NOT_READY = "not_ready"
    ONE_AGENT_LEFT = "one_agent_left"
    LIVE_TEST = "live_test"
    RECOVERED = "recovered"
    REACHABLE = "reachable"

    @property
    def words(self) -> str:
        """As a rule spells it."""
        return self.value.replace("_", " ")


Word = TypeVar("Word")

_KEYS = ("on", "queues", "sites", "tell", "webhook_env", "format", "command", "hold")
_ADDRESSES = ("webhook", "webhook_url", "url", "address")
"""What somebody would call a webhook's address, which is a secret."""
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")

HOLD = 30.0
"""Seconds that something must have lasted before it is told, unless a rule says otherwise."""
LONGEST_HOLD = 3600.0

ON = tuple(member for member in AlertKind if member is not AlertKind.REACHABLE)
"""What a rule can be about: that the phone system answers again is a recovery like others."""


class LocalReceiver(StrEnum):
    """How somebody at the board is told."""

    SCREEN = "screen"
    BELL = "bell"
    DESKTOP = "desktop"


class WebhookFormat(StrEnum):
    """What a webhook is sent."""

    SLACK = "slack"
    TEAMS = "teams"
    JSON = "json"


class AlertRule(Struct, frozen=True):
    """Who is told what. Without a word, everything is told on the screen."""

    on: frozenset[AlertKind] = frozenset(ON)
    queues: tuple[str, ...] = ()
    """Extensions or names; all when empty."""
    sites: tuple[str, ...] = ()
    """All when empty. With ``queues`` as well, a queue must be of both."""
    tell: tuple[LocalReceiver, ...] = (LocalReceiver.SCREEN,)
    webhook_env: str = ""
    """The environment variable that holds the webhook's address; whoever has it can post there."""
    shape: WebhookFormat | None = None
    """``None`` for what the address's host takes."""
    command: tuple[str, ...] = ()
    hold: float = HOLD


WITHOUT_RULES = (AlertRule(),)


def read_alerts(path: Path, where: str, entries: object) -> tuple[AlertRule, ...]:
    """The rules at this place of the file. Raises :class:`ConfigError` naming the file and the key."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(
            f"{path}: {where} is {kind(entries)}, not a list of tables.", f"Begin each with [[{where}]]."
        )
    return tuple(_rule(path, f"{where}[{nth}].", entry) for nth, entry in enumerate(entries, start=1))


def _rule(path: Path, where: str, entry: Mapping[str, object]) -> AlertRule:
    for key in _ADDRESSES:
        if key in entry:
            raise ConfigError(
                f"{path}: {where}{key} does not belong in this file: whoever has the address can post there.",
                'Put the address in an environment variable and name that variable: webhook_env = "ACME_SLACK".',
            )
    check_keys(path, where, entry, _KEYS)
    rule = AlertRule(
        on=frozenset(_words(path, where, entry, "on", {member.words: member for member in ON})) or frozenset(ON),
        queues=texts(path, where, entry, "queues"),
        sites=texts(path, where, entry, "sites"),
        tell=_words(path, where, entry, "tell", {member.value: member for member in LocalReceiver})
        if "tell" in entry
        else (LocalReceiver.SCREEN,),
        webhook_env=_webhook_env(path, where, entry),
        shape=_shape(path, where, entry),
        command=_command(path, where, entry),
        hold=_hold(path, where, entry),
    )
    if not (rule.tell or rule.webhook_env or rule.command):
        raise ConfigError(
            f"{path}: {where.rstrip('.')} tells nobody.", 'Add tell = ["screen"], a webhook_env or a command.'
        )
    return rule


def _words(
    path: Path, where: str, entry: Mapping[str, object], key: str, known: Mapping[str, Word]
) -> tuple[Word, ...]:
    given = texts(path, where, entry, key)
    for word in given:
        if word not in known:
            raise ConfigError(
                f"{path}: {where}{key} has {word!r}, which is none of its words.",
                f"{did_you_mean(word, known)}Known: {', '.join(known)}.",
            )
    return tuple(known[word] for word in given)


def _webhook_env(path: Path, where: str, entry: Mapping[str, object]) -> str:
    name = text(path, where, entry, "webhook_env")
    # Somebody will paste the address itself here, so the value is never repeated.
    if name and not _VARIABLE.fullmatch(name):
        raise ConfigError(
            f"{path}: {where}webhook_env is not the name of an environment variable.",
            'Capital letters, digits and _ only, such as webhook_env = "ACME_SLACK". Never the address itself.',
        )
    return name


def _shape(path: Path, where: str, entry: Mapping[str, object]) -> WebhookFormat | None:
    word = text(path, where, entry, "format")
    known = {member.value: member for member in WebhookFormat}
    if word and word not in known:
        raise ConfigError(
            f"{path}: {where}format is {word!r}.", f"{did_you_mean(word, known)}It is {', '.join(known)}."
        )
    if word and "webhook_env" not in entry:
        raise ConfigError(f"{path}: {where}format is for a webhook, and there is none.", "Add webhook_env.")
    return known.get(word)


def _command(path: Path, where: str, entry: Mapping[str, object]) -> tuple[str, ...]:
    given = entry.get("command", [])
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        raise ConfigError(
            f"{path}: {where}command is not a list of texts.",
            'It is run without a shell, each word by itself: command = ["/usr/local/bin/page", "--quiet"].',
        )
    if "command" in entry and not (given and given[0].strip()):
        raise ConfigError(f"{path}: {where}command names no program.", 'Write command = ["/usr/local/bin/page"].')
    if any("\0" in word for word in given):
        raise ConfigError(
            f"{path}: {where}command holds a character that no command can have.",
            "Write each of its words without \\u0000.",
        )
    return tuple(given)


def _hold(path: Path, where: str, entry: Mapping[str, object]) -> float:
    value = entry.get("hold", HOLD)
    bounds = f"It is from 0 to {LONGEST_HOLD:g} seconds."
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{path}: {where}hold is {kind(value)}, not a number.", bounds)
    if not 0 <= value <= LONGEST_HOLD:
        raise ConfigError(f"{path}: {where}hold is {value}.", bounds)
    return float(value)
