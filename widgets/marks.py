"""The glyph, word and style of every state: colour never stands alone."""

import locale
import sys
from typing import NamedTuple

from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Outcome, Readiness, ReadinessState, Verdict
from queuewatch.failover.wording import NOBODY, why_nobody
from queuewatch.glyphs import ASCII_STATE_GLYPHS, STAND_INS, STATE_GLYPHS


class Mark(NamedTuple):
    """A state as it is shown."""

    glyph: str
    word: str
    style: str
    """A style name of the tables: ``good``, ``bad``, ``warn``, ``green``, …"""
    why: str = ""
    """The reason in a word, where the word alone does not give it."""

    @property
    def text(self) -> str:
        """Glyph and word, and the reason if there is one: ``✖ nobody: stranded``."""
        return f"{self.glyph} {self.word}{self.aside}"

    @property
    def aside(self) -> str:
        """The reason, as it follows the word."""
        return f": {self.why}" if self.why else ""


def _terminal_shows_unicode() -> bool:
    encoding = getattr(sys.__stdout__, "encoding", None) or locale.getpreferredencoding(False)
    return "utf" in encoding.lower()


GLYPHS = {
    state: glyph if _terminal_shows_unicode() else ASCII_STATE_GLYPHS.get(state) or STAND_INS.get(glyph, glyph)
    for state, glyph in STATE_GLYPHS.items()
}


def status_mark(status: Status) -> Mark:
    """An agent's colour."""
    return Mark(GLYPHS[status], status.capitalize(), status)


def outcome_mark(verdict: Verdict) -> Mark:
    """A verdict in a word: what happens now, or that nobody is reached, and why."""
    if verdict.reaches_someone is False:
        return Mark(GLYPHS["bad"], NOBODY, "bad", why_nobody(verdict))
    match verdict.outcome:
        case Outcome.RINGS:
            return Mark(GLYPHS["green"], "rings", "green")
        case Outcome.WAITS:
            return Mark(GLYPHS["red"], "waits", "red")
        case Outcome.FAILS_OVER:
            return Mark(GLYPHS["onward"], "fails over", "warn")
        case Outcome.OVERFLOWS:
            return Mark(GLYPHS["onward"], "overflows", "warn")
        case Outcome.DIVERTED:
            return Mark(GLYPHS["onward"], "diverted", "warn")
        case Outcome.UNCERTAIN | Outcome.STRANDED | Outcome.LOST:
            return Mark(GLYPHS["unknown"], "uncertain", "unknown")


def readiness_mark(readiness: Readiness) -> Mark:
    """Readiness in a word; where a queue is not ready, that nobody would be reached, and why."""
    match readiness.state:
        case ReadinessState.READY:
            return Mark(GLYPHS["good"], "ready", "good")
        case ReadinessState.NOT_READY:
            return Mark(GLYPHS["bad"], NOBODY, "bad", why_nobody(readiness.verdict))
        case ReadinessState.UNKNOWN:
            return Mark(GLYPHS["unknown"], "not known", "unknown")
