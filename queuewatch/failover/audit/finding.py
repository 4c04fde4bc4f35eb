"""One thing the audit has to say: what, about which queue, why it matters and how to put it right."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding matters to a caller."""

    ERROR = "error"
    """Callers would not be served, or may not be."""
    WARNING = "warning"
    """Callers are served by luck, or nobody can tell."""
    INFO = "info"
    """Worth knowing; nothing has to be done."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return (Severity.ERROR, Severity.WARNING, Severity.INFO).index(self)

    def at_least(self, other: "Severity") -> bool:
        """Whether this is as bad as the other, or worse."""
        return self.rank <= other.rank


class Remedy(StrEnum):
    """What a screen can open to put a finding right."""

    WHEN_OFFLINE = "when_offline"
    """The queue's When Offline on the Default rule."""
    REQUIRE_AGENTS = "require_agents"
    LOOK = "look"
    """The queue itself: what is to be changed is changed in the portal."""
    NONE = "none"


class Finding(Struct, frozen=True, gc=False):
    """One fault, or one thing worth knowing."""

    code: str
    """Such as ``QW103``."""
    severity: Severity
    queue: str
    """The queue's extension; empty for the domain as a whole."""
    why: str
    """What is so, and what it does to callers, in one sentence."""
    fix: str
    """What to do, in one sentence."""
    command: str = ""
    """The command line that does it, to be completed where it has capitals; empty where none does."""
    remedy: Remedy = Remedy.NONE
    when: str = ""
    """In which answering rule, and when that is in effect: ``in After Hours: Mon-Fri 17:00-08:00``, at the end of
    ``why`` too. Empty for what is so at any time."""
    suppressed: str = ""
    """The reason given in the profile for not minding it; empty when it counts."""


class Suppression(Struct, frozen=True):
    """One code that is not to be minded, for one queue or wherever it is found."""

    code: str
    reason: str
    until: date
    """The last day it holds."""
    queue: str = ""
    """The queue's extension; empty for every queue and for the domain."""

    def covers(self, finding: Finding) -> bool:
        """Whether the suppression is about this finding."""
        return self.code == finding.code and self.queue in ("", finding.queue)
