"""Sentences without anything that tells whose phone system they are about."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from queuewatch.pbx.checks import Check, FieldKinds
from queuewatch.pbx.netsapiens.harmless_fields import HARMLESS
from queuewatch.pbx.netsapiens.spellings import SPELLINGS, VITAL, names_of

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
        *(name for resource, fields in VITAL.items() for field in fields for name in names_of(resource, field)),
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
        told = {text.strip() for text in hidden}
        self._hidden = frozenset(text.casefold() for text in told)
        self._patterns = [
            re.compile(rf"\b{text}\b")
            if _SHORT_WORD.fullmatch(text)
            else re.compile(re.escape(text), re.IGNORECASE)
            for text in sorted(told, key=len, reverse=True)
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
        told: dict[str, Counter[str]] = {}
        for name, kinds in sorted(fields.items()):
            told.setdefault(self._field(name), Counter()).update(kinds)
        return {name: dict(kinds) for name, kinds in told.items()}

    def _field(self, name: str) -> str:
        if name in FIELD_NAMES:
            return name
        plain = _FIELD_NAME.fullmatch(name) and not re.search("[0-9]{4}", name)
        parts = [part for part in re.split("[ _-]+", name.casefold()) if part]
        known = all(part in self._known or part in _PARTS or part.isdecimal() for part in parts)
        return name if plain and known and name.casefold() not in self._hidden else HIDDEN
