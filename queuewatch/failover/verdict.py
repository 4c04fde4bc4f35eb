"""The answer to "what would happen to a call?": an outcome, one plain sentence, a path, and what it rests on."""

from enum import StrEnum

from msgspec import Struct

from queuewatch.failover.destination import CallEnd


class Outcome(StrEnum):
    """What one queue does with a call that arrives at it."""

    DIVERTED = "diverted"
    """An answering rule forwards every call before it reaches the queue."""
    OVERFLOWS = "overflows"
    """When Busy takes the call: the queue is full, or everybody is Grey and When Offline is off."""
    LOST = "lost"
    """Nothing takes the call."""
    RINGS = "rings"
    WAITS = "waits"
    """Everybody online is busy: the caller waits for an agent."""
    UNCERTAIN = "uncertain"
    STRANDED = "stranded"
    """The caller waits in the queue with nobody there."""
    FAILS_OVER = "fails_over"
    """When Offline takes the call."""


class Counts(Struct, frozen=True, gc=False):
    """A queue's agents by colour."""

    green: int = 0
    red: int = 0
    grey: int = 0
    unknown: int = 0

    @property
    def online(self) -> int:
        """The agents that keep the queue open."""
        return self.green + self.red

    @property
    def total(self) -> int:
        """All agents of the queue."""
        return self.green + self.red + self.grey + self.unknown


class Stop(Struct, frozen=True, gc=False):
    """One stop of a call on its way."""

    at: str
    """``queue_8000``, or the destination as the phone system writes it."""
    outcome: str
    """A queue's :class:`Outcome`; for the last stop beyond the queues the kind of end.

    Between them ``own_number``, and ``forwards`` for a person or a phone that passes the call on.
    """
    why: str
    """The reason, in words."""


class Direct(Struct, frozen=True, gc=False):
    """What becomes of a call that enters a diverted queue by a number of the domain, without asking the rule.

    The vendor's own tools make such numbers; that a call to one skips the rule's Always is assumed.
    """

    outcome: Outcome
    end: CallEnd
    path: "tuple[Stop, ...]"
    numbers: tuple[str, ...]
    """The numbers that lead straight into the queue."""
    sentence: str

    @property
    def reaches_someone(self) -> bool | None:
        """Whether that caller is served in the end; ``None`` when that cannot be told."""
        return self.end.reaches_someone


class Verdict(Struct, frozen=True, gc=False):
    """What would happen to one call arriving at one queue."""

    queue: str
    outcome: Outcome
    counts: Counts
    end: CallEnd
    path: tuple[Stop, ...]
    held_open_by: tuple[str, ...]
    """The ids of the queue's Green and Red agents, in the order the queue would try them."""
    sentence: str
    assumptions: tuple[str, ...] = ()
    rule_in_effect: str | None = None
    """The time frame of the queue's answering rule in effect; ``None`` when none is, or none is known."""
    destination: str | None = None
    """Where the queue itself sends the call, if it does."""
    ends: tuple[CallEnd, ...] = ()
    """Where the call may end as well, where that is not known and makes no difference to its being answered."""
    asked: frozenset[str] = frozenset()
    """The extensions of the queues and persons whose own settings the answer rests on."""
    direct: Direct | None = None
    """Of a diverted call: the other way into the queue, where a number of the domain has it."""

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Every stop that the answer rests on: those of the path, then those of the direct way."""
        return (*self.path, *(self.direct.path if self.direct else ()))

    @property
    def queues_on_path(self) -> tuple[str, ...]:
        """The extensions of the queues that the call comes to, in order."""
        return tuple(stop.at.removeprefix("queue_") for stop in self.path if stop.at.startswith("queue_"))

    @property
    def would_fail_over(self) -> bool | None:
        """Whether When Offline would take this call; ``None`` when uncertain."""
        match self.outcome:
            case Outcome.FAILS_OVER:
                return True
            case Outcome.UNCERTAIN:
                return None
            case _:
                return False

    @property
    def reaches_someone(self) -> bool | None:
        """Whether the caller is served in the end; ``None`` when that cannot be told."""
        return self.end.reaches_someone


class ReadinessState(StrEnum):
    """What the verdict with every agent Grey amounts to."""

    READY = "ready"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"


class Readiness(Struct, frozen=True, gc=False):
    """What would happen to a call if the building went dark: every agent Grey."""

    state: ReadinessState
    verdict: Verdict


class Judgement(Struct, frozen=True, gc=False):
    """A queue's two answers: now, and if the building went dark."""

    now: Verdict
    readiness: Readiness

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What either answer rests on, each said once."""
        return tuple(dict.fromkeys((*self.now.assumptions, *self.readiness.verdict.assumptions)))
