"""The phone system as its answering rules would make it at another time.

Only the rules move. Agents, callers and settings stay as they were read: nothing foretells them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from queuewatch.failover.decide import is_normal_entry
from queuewatch.failover.model import QueueRules, Rule, Snapshot
from queuewatch.failover.time_frames import YES, Answer, holds


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to ask about.

    Naive, it is what the clocks show in the time zone of each queue's user; aware, it is one instant everywhere.
    """

    at: datetime

    @property
    def is_instant(self) -> bool:
        """Whether it is the same instant for every queue."""
        return self.at.tzinfo is not None

    @property
    def words(self) -> str:
        """``Fri 2026-12-25 10:00``, and that it is UTC where it is an instant."""
        if self.is_instant:
            return f"{self.at.astimezone(UTC):%a %Y-%m-%d %H:%M} UTC"
        return f"{self.at:%a %Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which answering rule of a queue's user is in effect at a time, as far as that can be told."""

    candidates: tuple[Rule | None, ...]
    """The one that is, or all that may be, of which the last is the surest; ``None`` is no rule at all."""
    why: str = ""
    """Why there is more than one, as a clause."""


def at_time(snapshot: Snapshot, moment: Moment) -> Snapshot:
    """The snapshot with the answering rules marked in effect that would be so then.

    Where that cannot be told the queue's rules are not known, and their ``problem`` says why. Rules that were not
    known before stay so.
    """
    rules = {queue: _then(snapshot, queue, known, moment) for queue, known in snapshot.rules.items()}
    return replace(snapshot, rules=rules)


def _then(snapshot: Snapshot, queue: str, known: QueueRules, moment: Moment) -> QueueRules:
    if not known.known:
        return known
    if not known.complete:
        return replace(known, problem="one of its answering rules could not be read and may be in effect then")
    selection = select(snapshot, queue, moment)
    if len({_effect(queue, rule) for rule in selection.candidates}) > 1:
        return replace(known, problem=selection.why)
    chosen = selection.candidates[-1]
    return replace(known, rules=tuple(replace(rule, active=rule is chosen) for rule in known.rules))


def _effect(queue: str, rule: Rule | None) -> tuple[object, ...]:
    """All that a rule does with a call: which of two rules with the same effect applies does not matter."""
    if rule is None:
        return ((True, None),) * 3
    always = rule.always.destination
    enters = always is not None and is_normal_entry(always, queue)
    return (
        (rule.always.readable, None if enters else always),
        *((forward.readable, forward.destination) for forward in (rule.busy, rule.offline)),
    )


def select(snapshot: Snapshot, queue: str, moment: Moment) -> Selection:
    """The first enabled rule, by order, whose time frame holds at that time. Default's always does.

    A rule whose time frame cannot be told is a candidate beside the first whose does hold, and so are several that
    share the first place. The rules must be known.
    """
    candidates: list[Rule | None] = []
    doubts: list[str] = []
    enabled = [rule for rule in snapshot.rules_of(queue).in_order if rule.enabled]
    for _, same_place in groupby(enabled, lambda rule: (rule.is_default, rule.order)):
        answers = [(rule, _holds(snapshot, queue, rule, moment)) for rule in same_place]
        candidates.extend(rule for rule, answer in answers if answer.holds is None)
        doubts.extend(answer.why for _, answer in answers if answer.holds is None)
        if sure := [rule for rule, answer in answers if answer.holds]:
            if len(sure) > 1:
                doubts.append(f"which of {' and '.join(rule.label for rule in sure)} comes first is not known")
            return Selection((*candidates, *sure), next(iter(doubts), ""))
    return Selection((*candidates, None), next(iter(doubts), ""))


def _holds(snapshot: Snapshot, queue: str, rule: Rule, moment: Moment) -> Answer:
    """Whether the time frame of one rule holds."""
    if rule.is_default:
        return YES
    name, own = rule.time_frame, snapshot.user_time_frames.get(queue)
    frame = (own or {}).get(name) or (snapshot.time_frames or {}).get(name)
    if frame is None:
        if snapshot.time_frames is None:
            return Answer(None, "the time frames of the domain are not known")
        if own is None:
            return Answer(
                None, f"the time frame {name} is none of the domain's, and those of its user are not known"
            )
        return Answer(None, f"there is no time frame {name}, on which one of its rules stands")
    if frame.always:
        return YES
    wall = wall_time(snapshot, queue, moment)
    return Answer(None, _no_clock(snapshot, queue)) if wall is None else holds(frame, wall)


def wall_time(snapshot: Snapshot, queue: str, moment: Moment) -> datetime | None:
    """What the clocks of the queue's user show then; ``None`` when the user's time zone is not known."""
    if not moment.is_instant:
        return moment.at
    user = (snapshot.users or {}).get(queue)
    if user is None or user.zone is None:
        return None
    try:
        return moment.at.astimezone(user.zone).replace(tzinfo=None)
    except OverflowError:
        return None


def _no_clock(snapshot: Snapshot, queue: str) -> str:
    user = (snapshot.users or {}).get(queue)
    if user is None:
        return "the time zone of its user is not known"
    if not user.time_zone:
        return "its user has no time zone"
    if user.zone is None:
        return f"the time zone of its user, “{user.time_zone}”, is not known here"
    return f"there is no such time in {user.time_zone}"


def time_zones(snapshot: Snapshot, queues: Iterable[str]) -> tuple[str, ...]:
    """The names of the known time zones of these queues' users, each once."""
    users = [(snapshot.users or {}).get(queue) for queue in queues]
    return tuple(dict.fromkeys(user.time_zone for user in users if user is not None and user.zone is not None))
