"""What becomes of one queue in a drill, in one word."""

from enum import StrEnum

from queuewatch.failover.verdict import Outcome, Verdict


class Fate(StrEnum):
    """What a loss of power comes to for the callers of one queue."""

    FAILS_OVER = "fails_over"
    """When Offline takes the call, and it reaches someone."""
    SENT_ON = "sent_on"
    """Another forward takes the call (Always, or When Busy), and it reaches someone."""
    HELD_OPEN = "held_open"
    """Some of its online agents lost a phone; who is left keeps it from failing over."""
    ANSWERED = "answered"
    """Nobody online in it is in the dark."""
    STRANDED = "stranded"
    """The callers wait, in this queue or the last on the way, with nobody there."""
    LOST = "lost"
    """The call reaches nobody in some other way."""
    UNCERTAIN = "uncertain"
    """It cannot be told."""


def fate_of(verdict: Verdict, *, touched: bool | None) -> Fate:
    """The fate, from the verdict as supposed.

    ``touched`` says whether an agent who was online lost a phone; ``None`` that one may have. A queue of which it
    cannot be told whether it is touched at all is uncertain, although its calls are answered.
    """
    match verdict.reaches_someone:
        case None:
            return Fate.UNCERTAIN
        case False:
            # A call that goes on has a last stop of another kind.
            return Fate.STRANDED if verdict.path[-1].outcome == Outcome.STRANDED else Fate.LOST
        case True:
            pass
    match verdict.outcome:
        case Outcome.FAILS_OVER:
            return Fate.FAILS_OVER
        case Outcome.DIVERTED | Outcome.OVERFLOWS:
            return Fate.SENT_ON
        case Outcome.RINGS | Outcome.WAITS | Outcome.UNCERTAIN | Outcome.STRANDED | Outcome.LOST:
            if touched is None:
                return Fate.UNCERTAIN
            return Fate.HELD_OPEN if touched else Fate.ANSWERED


WORST_FIRST = (
    Fate.LOST,
    Fate.STRANDED,
    Fate.UNCERTAIN,
    Fate.HELD_OPEN,
    Fate.SENT_ON,
    Fate.FAILS_OVER,
    Fate.ANSWERED,
)
"""In the order to show them."""
