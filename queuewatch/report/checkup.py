"""A checkup for people and for programs."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import asdict, replace
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from queuewatch import __version__
from queuewatch.failover.wording import plural
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.pbx.checks import Check, CheckState, FieldKinds, Seen
from queuewatch.pbx.netsapiens.field_names import SPELLINGS, VITAL, aliases_of
from queuewatch.pbx.netsapiens.recording.allowed_fields import HARMLESS
from queuewatch.profiles.config import Config, Profile
from queuewatch.report.console import printed

_NAME_WIDTH = 15
_GLYPHS = {
    CheckState.GOOD: STATE_GLYPHS["good"],
    CheckState.BAD: STATE_GLYPHS["bad"],
    CheckState.UNSURE: STATE_GLYPHS["unknown"],
    CheckState.SKIPPED: "–",
}
_STYLES = {
    CheckState.GOOD: "green",
    CheckState.BAD: "bold red",
    CheckState.UNSURE: "yellow",
    CheckState.SKIPPED: "bright_black",
}


def check_text(check: Check, console: Console) -> str:
    """One check, as this console would show it."""
    parts: list[RenderableType] = [Text(check.sentence)]
    parts += [Text(f"- {detail}", "bright_black") for detail in check.details]
    if check.remedy:
        parts.append(Text(f"{STATE_GLYPHS['onward']} {check.remedy}"))
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=1, no_wrap=True)
    grid.add_column(width=_NAME_WIDTH, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(_GLYPHS[check.state], _STYLES[check.state]), Text(check.name, "bold"), Group(*parts))
    return printed([grid], console)


def summary(checks: Sequence[Check]) -> str:
    """How many checks came out how."""
    words = {
        CheckState.GOOD: "good",
        CheckState.BAD: "failed",
        CheckState.UNSURE: "to look at",
        CheckState.SKIPPED: "skipped",
    }
    states = [check.state for check in checks]
    counted = [f"{states.count(state)} {word}" for state, word in words.items() if state in states]
    return f"{plural(len(checks), 'check')}: {', '.join(counted)}."


def as_json(checks: Sequence[Check], status: int) -> str:
    """The checkup as one JSON document, in ASCII."""
    return json.dumps(document(checks, status), indent=2)


def document(checks: Sequence[Check], status: int) -> dict[str, object]:
    """The document before it is written."""
    return {
        "queuewatch": __version__,
        "exit_status": status,
        "checks": [
            {
                "name": check.name,
                "state": check.state.value,
                "sentence": check.sentence,
                "remedy": check.remedy,
                "details": list(check.details),
            }
            for check in checks
        ],
    }


HIDDEN = "[hidden]"

_SHORTEST = 4
"""Characters from which on a text is looked for by itself."""
_EXTENSION = re.compile("[0-9]{1,6}")
_SHORT_WORD = re.compile(r"\w{1,7}")
"""Such a text is hidden where it stands as a word of its own, in its own case: it may be part of an honest one."""

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # From the first quotation mark to the last: a quoted value may hold some of its own.
        "“.*”",
        r"[a-z]+://\S+",
        r"\S*@\S*",
        r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}",
        r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?\b",
        r"[0-9a-f]*::?(?:[0-9a-f]{1,4}:)+[0-9a-f:]*",
        r"\b[0-9a-z_-]{24,}\b",
        # A phone number, and no date.
        r"(?<![0-9])[+]?(?![0-9]{4}-[0-9]{2}-[0-9]{2}\b)[0-9][0-9(). -]{5,}[0-9]",
    )
)
FIELD_NAMES = frozenset(
    {
        *HARMLESS,
        *(name for pairs in SPELLINGS.values() for pair in pairs.items() for name in pair),
        *(name for resource, fields in VITAL.items() for field in fields for name in aliases_of(resource, field)),
    }
)
"""Names of fields that are known here: they are the vendor's, and what the sentences are about."""
_PARTS = frozenset(part for name in FIELD_NAMES for part in name.casefold().split("-")) | frozenset(
    [
        "address",
        "area",
        "audio",
        "billing",
        "caller",
        "concurrent",
        "configuration",
        "contact",
        "conversations",
        "core",
        "department",
        "directory",
        "dnd",
        "email",
        "emergency",
        "enable",
        "filter",
        "fax",
        "greeting",
        "hold",
        "id",
        "language",
        "mac",
        "mail",
        "mailbox",
        "message",
        "moh",
        "music",
        "password",
        "pin",
        "prompt",
        "provisioning",
        "recording",
        "reseller",
        "server",
        "sms",
        "speed",
        "starting",
        "subscriber",
        "tags",
        "territory",
        "transfer",
        "transport",
        "type",
        "uri",
        "url",
        "video",
        "vmail",
    ]
)
"""What the vendor puts names of fields together from."""
_FIELD_NAME = re.compile(r"[a-z][a-z0-9 _-]{0,80}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")
"""A word, also one with hyphens: a field's name is one, and so is the name of somebody's laptop."""


class Redactor:
    """Hides what it is told to hide, whatever looks like an address, a number or a secret, and every unknown word.

    ``known`` are the words that may be said, in small letters; field names are known here.
    """

    def __init__(self, hidden: Iterable[str], known: frozenset[str]) -> None:
        self._known = known
        texts = {text.strip() for text in hidden}
        self._hidden = frozenset(text.casefold() for text in texts)
        self._patterns = [
            re.compile(rf"\b{text}\b")
            if _SHORT_WORD.fullmatch(text)
            else re.compile(re.escape(text), re.IGNORECASE)
            for text in sorted(texts, key=len, reverse=True)
            if len(text) >= _SHORTEST and not _EXTENSION.fullmatch(text)
        ]

    def sentence(self, text: str) -> str:
        """The sentence with all of that hidden."""
        for pattern in (*_PATTERNS[:3], *self._patterns):
            text = pattern.sub(HIDDEN, text)
        for pattern in _PATTERNS[3:]:
            text = pattern.sub(lambda found: found[0] if found[0] in FIELD_NAMES else HIDDEN, text)
        return _WORD.sub(lambda found: found[0] if self._may_say(found[0]) else HIDDEN, text)

    def _may_say(self, word: str) -> bool:
        if word in FIELD_NAMES or word == HIDDEN[1:-1]:
            return True
        return all(part in self._known for part in re.split(r"[-_'’]", word.casefold()) if not part.isdecimal())

    def check(self, check: Check) -> Check:
        """The check with all of that hidden."""
        return replace(
            check,
            sentence=self.sentence(check.sentence),
            remedy=self.sentence(check.remedy),
            details=tuple(self.sentence(detail) for detail in check.details),
        )

    def fields(self, fields: FieldKinds) -> FieldKinds:
        """The names of fields and how often they hold what; a name that is no field's is hidden."""
        shown: dict[str, Counter[str]] = {}
        for name, kinds in sorted(fields.items()):
            shown.setdefault(self._field(name), Counter()).update(kinds)
        return {name: dict(kinds) for name, kinds in shown.items()}

    def _field(self, name: str) -> str:
        if name in FIELD_NAMES:
            return name
        plain = _FIELD_NAME.fullmatch(name) and not re.search("[0-9]{4}", name)
        parts = [part for part in re.split("[ _-]+", name.casefold()) if part]
        known = all(part in self._known or part in _PARTS or part.isdecimal() for part in parts)
        return name if plain and known and name.casefold() not in self._hidden else HIDDEN


_ABOUT = (
    "A support bundle of queuewatch. Names, numbers, addresses and secrets are hidden; values are not in it.\n"
)


def bundle_files(
    checks: Sequence[Check], status: int, seen: Seen, config: Config | None, redactor: Redactor
) -> Mapping[str, str]:
    """The files of the bundle, by name."""
    redacted = [redactor.check(check) for check in checks]
    seen_fields = {resource: redactor.fields(kinds) for resource, kinds in seen.fields.items()}
    return {
        "report.txt": _report(redacted),
        "report.json": _json(document(redacted, status)),
        "fields.json": _json(seen_fields),
        "configuration.json": _json(_configuration(config)),
    }


def _report(checks: Sequence[Check]) -> str:
    lines = [_ABOUT]
    for check in checks:
        lines.append(f"{check.state.value:<8} {check.name}: {check.sentence}")
        lines += [f"{'':<8} - {detail}" for detail in check.details]
        if check.remedy:
            lines.append(f"{'':<8} > {check.remedy}")
    return "\n".join([*lines, "", summary(checks), ""])


def _configuration(config: Config | None) -> dict[str, object]:
    """The profiles by number, with their switches and numbers; every text is hidden."""
    if config is None:
        return {"readable": False}
    profiles = list(config.profiles.values())
    return {
        "readable": True,
        "default": next((nth for nth, profile in enumerate(profiles, 1) if profile.name == config.default), None),
        "profiles": [_profile(profile) for profile in profiles],
    }


def _profile(profile: Profile) -> dict[str, object]:
    found = asdict(profile)
    return {
        name: value if value is None or isinstance(value, bool | int | float) else HIDDEN if value else ""
        for name, value in found.items()
    }


def _json(content: object) -> str:
    return f"{json.dumps(content, indent=2)}\n"
