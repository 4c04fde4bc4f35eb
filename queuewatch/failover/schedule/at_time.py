"""The phone system as its answering rules would make it at another time.

Only the rules move. Agents, callers and settings stay as they were read: nothing foretells them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.decide import is_normal_entry
from queuewatch.failover.destination import meaning
from queuewatch.failover.forwards import rung_beside
from queuewatch.failover.model import Clock, QueueRules, Rule, Snapshot, TimeFrame
from queuewatch.failover.schedule.time_frames import NO, YES, Holds, holds
from queuewatch.failover.verdict import Judgement, Verdict


class Moment(Struct, frozen=True):
    """A time to ask about: one instant everywhere, once it is known by whose clock it was meant."""

    at: datetime
    """Aware, it is an instant. Naive, it is what a clock shows: that of ``of``, or each queue's own."""
    clock: str | None = None
    """The time zone of the clock that shows it so, by the phone system's name; ``None`` for an offset from UTC."""
    of: str | None = None
    """The queue whose clock that is; empty for a site's or the domain's, ``None`` until it was settled."""

    @property
    def is_instant(self) -> bool:
        """Whether it is the same instant for every queue."""
        return self.at.tzinfo is not None

    @property
    def words(self) -> str:
        """``Fri 2026-12-25 10:00`` on the clock by which it was asked; in UTC, and saying so, after an offset."""
        if self.is_instant and self.clock is None:
            return f"{self.at.astimezone(UTC):%a %Y-%m-%d %H:%M} UTC"
        return f"{self.at:%a %Y-%m-%d %H:%M}"


def by_clock_of(snapshot: Snapshot, moment: Moment, queue: str) -> Moment:
    """The moment as the clock of this queue's user has it: the queue that is asked about.

    A call is followed through other queues at that one instant, whatever their own clocks show.
    """
    user = (snapshot.users or {}).get(queue)
    return by_clock(moment, user.clock if user else None, of=queue)


def by_clock(moment: Moment, clock: Clock | None, *, of: str = "") -> Moment:
    """The moment as this clock has it. One that comes twice, when clocks are put back, is the first of the two."""
    if moment.is_instant or moment.of is not None:
        return moment
    settled = replace(moment, clock=clock.name if clock else None, of=of)
    if clock is None or clock.zone is None:
        return settled
    instant = moment.at.replace(tzinfo=clock.zone)
    try:
        instant.astimezone(UTC)
    except OverflowError:
        return settled
    return replace(settled, at=instant)


class Selection(Struct, frozen=True):
    """Which answering rule of a queue's user is in effect at a time, as far as that can be told."""

    candidates: tuple[Rule | None, ...]
    """The one that is, or all that may be, of which the last is the surest; ``None`` is no rule at all."""
    why: str = ""
    """Why there is more than one, as a clause."""


def at_time(snapshot: Snapshot, moment: Moment) -> Snapshot:
    """The snapshot with the answering rules marked in effect that would be so at that one instant.

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
    if len({_effect(snapshot, queue, rule) for rule in selection.candidates}) > 1:
        return replace(known, problem=selection.why)
    chosen = selection.candidates[-1]
    return replace(known, rules=tuple(replace(rule, active=rule is chosen) for rule in known.rules))


def _effect(snapshot: Snapshot, queue: str, rule: Rule | None) -> tuple[object, ...]:
    """All that a rule does with a call: which of two rules with the same effect applies does not matter."""
    rule = rule or Rule("")
    always = rule.always.destination
    enters = always is not None and is_normal_entry(always, queue, snapshot.domain)
    return (
        (rule.always.readable, None if enters else _meant(snapshot, always)),
        *((forward.readable, _meant(snapshot, forward.destination)) for forward in (rule.busy, rule.offline)),
        # What only a person's rule does.
        (
            rule.dnd,
            rung_beside(rule),
            rule.on_dnd.readable and rule.sim_ring.readable,
            _meant(snapshot, rule.on_dnd.destination),
        ),
    )


def _meant(snapshot: Snapshot, destination: str | None) -> object:
    return destination and meaning(snapshot, destination)


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


def _holds(snapshot: Snapshot, queue: str, rule: Rule, moment: Moment) -> Holds:
    """Whether the time frame of one rule holds."""
    if rule.is_default:
        return YES
    named = frames_called(snapshot, queue, rule)
    if named.doubt:
        return Holds(None, named.doubt)
    if not named.frames:
        return NO
    if all(frame.always for frame in named.frames):
        return YES
    wall = wall_time(snapshot, queue, moment)
    if wall is None:
        return Holds(None, _no_clock(snapshot, queue, moment))
    first, *others = (holds(frame, wall) for frame in named.frames)
    open_question = next((answer for answer in (first, *others) if answer.holds is None), None)
    if open_question is not None:
        return open_question
    if any(other.holds is not first.holds for other in others):
        both = f"its user and the domain both have a time frame {rule.time_frame}"
        return Holds(None, f"{both}, and they differ then")
    return first


class Named(Struct, frozen=True):
    """The time frames that a rule may stand on."""

    frames: tuple[TimeFrame, ...]
    """Its user's own, and the domain's, of that name. None: it never applies."""
    doubt: str = ""
    """Why there may be another, as a clause."""


def frames_called(snapshot: Snapshot, queue: str, rule: Rule) -> Named:
    """The time frames of the name on which a rule of this queue's user stands.

    Which of two goes first is documented nowhere. A name that is in no wholly read list is that of a deleted time
    frame: its rule ceases to function [vendor states it].
    """
    name, own, shared = rule.time_frame, snapshot.user_time_frames.get(queue), snapshot.time_frames
    found = tuple(dict.fromkeys(frame for frames in (own, shared) if frames and (frame := frames.get(name))))
    if shared is None:
        return Named(found, "the time frames of the domain are not known")
    if snapshot.lacks_time_frames_of(queue) and name not in (own or {}):
        return Named(found, "the time frames of its user could not all be read")
    if own is None and name not in shared:
        return Named(found, f"the time frame {name} is none of the domain's, and those of its user are not known")
    if "" in snapshot.time_frames_partial and name not in shared:
        return Named(found, "the time frames of the domain could not all be read")
    if not found and rule.active:
        return Named(found, f"no list has the time frame {name}, on which the rule in effect now stands")
    return Named(found)


def wall_time(snapshot: Snapshot, queue: str, moment: Moment) -> datetime | None:
    """What the clocks of the queue's user show then; ``None`` when that cannot be told."""
    user = (snapshot.users or {}).get(queue)
    if not moment.is_instant:
        same = moment.of in (None, queue) or (user.time_zone if user else "") == moment.clock
        return moment.at if same else None
    if user is None or user.zone is None:
        return None
    try:
        return moment.at.astimezone(user.zone).replace(tzinfo=None)
    except OverflowError:
        return None


def _no_clock(snapshot: Snapshot, queue: str, moment: Moment) -> str:
    user = (snapshot.users or {}).get(queue)
    if user is None:
        return "the time zone of its user is not known"
    if not user.time_zone:
        return "its user has no time zone"
    if user.zone is None:
        return f"the time zone of its user, “{user.time_zone}”, is not known here"
    if not moment.is_instant:
        return "what its clock shows then is not known: the time asked about is that of a clock elsewhere"
    return f"there is no such time in {user.time_zone}"


def time_zones(snapshot: Snapshot, queues: Iterable[str]) -> tuple[str, ...]:
    """The names of the known time zones of these queues' users, each once."""
    users = [(snapshot.users or {}).get(queue) for queue in queues]
    return tuple(dict.fromkeys(user.time_zone for user in users if user is not None and user.zone is not None))


SLACK = timedelta(minutes=10)
"""Rules are read minutes apart, and clocks differ: a change of rule so near in time is held against nobody."""


def disagreement(snapshot: Snapshot, queue: str) -> str:
    """The sentence about one queue; empty where both agree, or where the time frames do not settle it."""
    known = snapshot.rules_of(queue)
    if not known.known or not known.complete or all(rule.is_default for rule in known.rules):
        return ""
    taken = known.in_effect
    try:
        moments = [Moment(snapshot.taken_at + shift) for shift in (timedelta(0), -SLACK, SLACK)]
    except OverflowError:
        return ""
    selections = [select(snapshot, queue, moment) for moment in moments]
    if any(
        len(selection.candidates) > 1 or selection.candidates != selections[0].candidates
        for selection in selections
    ):
        return ""
    (chosen,) = selections[0].candidates
    if chosen == taken:
        return ""
    label = snapshot.queues[queue].label if queue in snapshot.queues else queue
    ours = f"the rule {chosen.label}" if chosen else "none of the rules"
    if not any(rule.active for rule in known.rules):
        theirs = "the phone system marks none, so Default is taken" if taken else "the phone system marks none"
    else:
        theirs = f"the phone system says {taken.label if taken else 'none'}, and its word is taken"
    return f"By the time frames of {label} {ours} would be in effect; {theirs}."


def with_disagreements(snapshot: Snapshot, judgement: Judgement) -> Judgement:
    """The judgement of a queue as it is now, with this said among what either answer rests on.

    It is no part of judging: it depends on the time, and a judgement is kept while nothing but time has passed.
    """
    now = _noted(snapshot, judgement.now)
    dark = _noted(snapshot, judgement.readiness.verdict)
    if now is judgement.now and dark is judgement.readiness.verdict:
        return judgement
    return Judgement(now, replace(judgement.readiness, verdict=dark))


def _noted(snapshot: Snapshot, verdict: Verdict) -> Verdict:
    queues = dict.fromkeys(verdict.queues_on_path)
    sentences = [sentence for queue in queues if (sentence := disagreement(snapshot, queue))]
    return replace(verdict, assumptions=(*sentences, *verdict.assumptions)) if sentences else verdict
