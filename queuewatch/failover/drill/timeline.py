"""A drill as it would unfold: the power goes, agents turn Grey one after the other, queues follow."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from queuewatch.failover.drill.drill import Drill, DrillOutcome, QueueDrill
from queuewatch.failover.drill.scope import goes_dark
from queuewatch.failover.lag import NoticedAt, server_time, turns_grey_at
from queuewatch.failover.wording import agent_name, describe_destination, listing


class Happening(StrEnum):
    """What an event of a drill is."""

    POWER_LOST = "power_lost"
    AGENT_GREY = "agent_grey"
    QUEUE = "queue"


class DrillEvent(Struct, frozen=True):
    """One thing that happens in a drill."""

    moment: NoticedAt
    what: Happening
    who: str
    """The agent or the queue it is about; empty for the power itself."""
    text: str
    """In words, without a time and a full stop; begins with ``who``."""
    queues: tuple[str, ...] = ()
    """The extensions of the queues it is about."""
    agent: str = ""
    """The agent's id, where it is about one."""
    fate: DrillOutcome | None = None
    """The queue's, where it is about one."""


def timeline(drill: Drill) -> tuple[DrillEvent, ...]:
    """Every event, in order; those whose moment is not known at the latest one they can have.

    What never comes by itself, because an outside number never goes offline, is none.
    """
    snapshot = drill.snapshot
    lost = goes_dark(snapshot, drill.scope)
    start = DrillEvent(_power_lost_at(drill), Happening.POWER_LOST, "", f"The power is lost: {lost}")
    events = [
        start,
        *_agents(drill),
        *(event for queue_drill in drill.queues if (event := _queue(drill, queue_drill))),
    ]
    # An agent before the queue that rests on it; what is known before what is not.
    kinds = list(Happening)
    return tuple(
        sorted(events, key=lambda event: (event.moment.after, not event.moment.known, kinds.index(event.what)))
    )


def _power_lost_at(drill: Drill) -> NoticedAt:
    if drill.at is None:
        return NoticedAt(timedelta(0), server_time(drill.snapshot))
    return NoticedAt(timedelta(0), drill.at.at if drill.at.is_instant else None)


def _agents(drill: Drill) -> list[DrillEvent]:
    snapshot = drill.snapshot
    seats: dict[str, list[str]] = {}
    for row in drill.dark:
        seats.setdefault(row.id, []).append(row.queue)
    rows = {row.id: row for row in drill.dark}
    events = []
    for agent, row in rows.items():
        names = listing((snapshot.queues[queue].name or queue for queue in seats[agent]), most=6)
        who = agent_name(row)
        text = f"{who} turns Grey ({names})"
        moment = turns_grey_at(snapshot, row)
        if moment.promised:
            events.append(DrillEvent(moment, Happening.AGENT_GREY, who, text, tuple(seats[agent]), agent))
    return events


def _queue(drill: Drill, queue_drill: QueueDrill) -> DrillEvent | None:
    moment = queue_drill.noticed if queue_drill.fate is DrillOutcome.HELD_OPEN else queue_drill.begins
    if moment is None or not moment.promised:
        return None
    text = f"{queue_drill.queue.label} {_comes_to(drill, queue_drill)}"
    return DrillEvent(
        moment,
        Happening.QUEUE,
        queue_drill.queue.label,
        text,
        (queue_drill.queue.extension,),
        fate=queue_drill.fate,
    )


def _comes_to(drill: Drill, queue_drill: QueueDrill) -> str:
    where = describe_destination(drill.snapshot, queue_drill.after.destination or "")
    match queue_drill.fate:
        case DrillOutcome.FAILS_OVER:
            return f"fails over to {where}"
        case DrillOutcome.SENT_ON:
            return f"sends its calls on to {where}"
        case DrillOutcome.HELD_OPEN | DrillOutcome.ANSWERED:
            return f"is held open by {listing((holder.words for holder in queue_drill.holders), most=3)}"
        case DrillOutcome.STRANDED:
            return "leaves its callers waiting with nobody there"
        case DrillOutcome.LOST:
            return "reaches nobody"
        case DrillOutcome.UNCERTAIN:
            return "cannot be told"
