"""What is remembered of a queue and of an agent, and what it amounts to."""

from enum import StrEnum

from msgspec import Struct

from queuewatch.failover.destination import EndKind
from queuewatch.failover.forwards import rules_unread
from queuewatch.failover.model import Agent, Queue, Snapshot
from queuewatch.failover.status import AgentStatus, Status
from queuewatch.failover.verdict import Judgement, Outcome, ReadinessState
from queuewatch.failover.wording import agent_name


class HistoryState(StrEnum):
    """What a call to a queue came to, as far as a report needs to tell it apart."""

    RINGS = "rings"
    WAITS = "waits"
    """Callers wait for an agent who is online and busy."""
    FAILS_OVER = "fails_over"
    """When Offline takes the call to an end that reaches someone."""
    SENT_ON = "sent_on"
    """A diversion or When Busy does, such as after hours."""
    NOBODY = "nobody"
    """Whatever the outcome, the caller reached nobody."""
    UNKNOWN = "unknown"

    @property
    def reaches_someone(self) -> bool | None:
        """Whether a caller was served; ``None`` when that could not be told."""
        match self:
            case HistoryState.NOBODY:
                return False
            case HistoryState.UNKNOWN:
                return None
            case _:
                return True


class QueueState(Struct, frozen=True):
    """The verdict of a queue as it was at one moment, in short."""

    name: str
    outcome: Outcome
    reaches_someone: bool | None
    readiness: ReadinessState
    end_kind: EndKind
    end_target: str
    online: int
    """How many agents held the queue open."""
    sentence: str

    @property
    def standing(self) -> HistoryState:
        """What the state amounts to. Uncertain is not known, whatever both ways would come to."""
        if self.reaches_someone is None or self.outcome is Outcome.UNCERTAIN:
            return HistoryState.UNKNOWN
        if not self.reaches_someone:
            return HistoryState.NOBODY
        match self.outcome:
            case Outcome.RINGS:
                return HistoryState.RINGS
            case Outcome.WAITS:
                return HistoryState.WAITS
            case Outcome.FAILS_OVER:
                return HistoryState.FAILS_OVER
            case Outcome.OVERFLOWS | Outcome.DIVERTED:
                return HistoryState.SENT_ON
            case Outcome.LOST | Outcome.STRANDED:
                return HistoryState.NOBODY

    def same_as(self, other: "QueueState") -> bool:
        """Whether nothing changed that is worth a line: the sentence names whoever is ready, all day long."""
        return (
            self.outcome is other.outcome
            and self.reaches_someone is other.reaches_someone
            and self.readiness is other.readiness
            and (self.end_kind, self.end_target, self.online, self.name)
            == (other.end_kind, other.end_target, other.online, other.name)
        )


class AgentState(Struct, frozen=True):
    """An agent's colour in one queue as it was at one moment."""

    name: str
    status: Status
    reason: str


def queue_state(queue: Queue, judged: Judgement) -> QueueState:
    """What is to be remembered of a queue that was judged."""
    now = judged.now
    return QueueState(
        name=queue.name,
        outcome=now.outcome,
        reaches_someone=now.reaches_someone,
        readiness=judged.readiness.state,
        end_kind=now.end.kind,
        end_target=now.end.target,
        online=now.counts.online,
        sentence=now.sentence,
    )


def agent_state(agent: Agent, shown: AgentStatus) -> AgentState:
    """What is to be remembered of an agent who is shown in this colour."""
    return AgentState(agent_name(agent), shown.status, shown.reason)


def rests_on_unread(snapshot: Snapshot, judged: Judgement) -> bool:
    """Whether somebody on the way of a call has rules that were not read yet: such a verdict will be another."""
    return rules_unread(snapshot, {judged.now.queue} | judged.now.asked | judged.readiness.verdict.asked)
