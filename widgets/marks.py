"""The glyph, word and style of every state: colour never stands alone."""

import locale
import sys
from typing import NamedTuple

from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Outcome, Readiness, ReadinessState, Verdict
from queuewatch.failover.wording import bad_word
from queuewatch.glyphs import ASCII_STATE_GLYPHS, STAND_INS, STATE_GLYPHS


class Mark(NamedTuple):
    """A state as it is shown."""

    glyph: str
    word: str
    style: str
    """A style name of the tables: ``good``, ``bad``, ``warn``, ``green``, …"""

    @property
    def text(self) -> str:
        """Glyph and word."""
        return f"{self.glyph} {self.word}"


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
    """A verdict in a word: what happens now, or how it ends where it ends badly."""
    if verdict.reaches_someone is False:
        return Mark(GLYPHS["bad"], bad_word(verdict), "bad")
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
    """Readiness in a word; where a queue is not ready, what would become of the call."""
    match readiness.state:
        case ReadinessState.READY:
            return Mark(GLYPHS["good"], "ready", "good")
        case ReadinessState.NOT_READY:
            return Mark(GLYPHS["bad"], bad_word(readiness.verdict), "bad")
        case ReadinessState.UNKNOWN:
            return Mark(GLYPHS["unknown"], "not known", "unknown")
