"""A drill: what a loss of power does to every call queue, and when. Nothing is changed by it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.decide import roster_of
from queuewatch.failover.drill.power_loss import PowerLoss, power_loss
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lag import LONGEST_LAG_MINUTES, NoticedAt, all_grey_at, rests_on_the_portal, turns_grey_at
from queuewatch.failover.model import Agent, Clock, Device, EntryKind, Part, Queue, Registration, Snapshot, User
from queuewatch.failover.people import devices_of, user_of
from queuewatch.failover.places import phones_without_expiries, queue_site, site_of
from queuewatch.failover.schedule.at_time import Moment, at_time, by_clock
from queuewatch.failover.schedule.moment_input import comes_twice
from queuewatch.failover.simulate import simulate
from queuewatch.failover.sites import site_key
from queuewatch.failover.status import Status, registration_of, status_of
from queuewatch.failover.suppose import supposed_status
from queuewatch.failover.verdict import Outcome, Verdict
from queuewatch.failover.wording import agent_name, listing, plural


class DrillOutcome(StrEnum):
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


def drill_outcome(verdict: Verdict, *, touched: bool | None) -> DrillOutcome:
    """The fate, from the verdict as supposed.

    ``touched`` says whether an agent who was online lost a phone; ``None`` that one may have. A queue of which it
    cannot be told whether it is touched at all is uncertain, although its calls are answered.
    """
    match verdict.reaches_someone:
        case None:
            return DrillOutcome.UNCERTAIN
        case False:
            # A call that goes on has a last stop of another kind.
            return DrillOutcome.STRANDED if verdict.path[-1].outcome == Outcome.STRANDED else DrillOutcome.LOST
        case True:
            pass
    match verdict.outcome:
        case Outcome.FAILS_OVER:
            return DrillOutcome.FAILS_OVER
        case Outcome.DIVERTED | Outcome.OVERFLOWS:
            return DrillOutcome.SENT_ON
        case Outcome.RINGS | Outcome.WAITS | Outcome.UNCERTAIN | Outcome.STRANDED | Outcome.LOST:
            if touched is None:
                return DrillOutcome.UNCERTAIN
            return DrillOutcome.HELD_OPEN if touched else DrillOutcome.ANSWERED


WORST_FIRST = (
    DrillOutcome.LOST,
    DrillOutcome.STRANDED,
    DrillOutcome.UNCERTAIN,
    DrillOutcome.HELD_OPEN,
    DrillOutcome.SENT_ON,
    DrillOutcome.FAILS_OVER,
    DrillOutcome.ANSWERED,
)
"""In the order to show them."""


class Holder(Struct, frozen=True):
    """One agent who stays online."""

    id: str
    name: str
    site: str
    device: str
    """The phone, as far as it is known by which one; else empty."""
    by: Registration
    """How the agent is then reached."""

    @property
    def words(self) -> str:
        """``Eli Brown (mobile app 1006m, Dallas)``."""
        app = "mobile app" if self.by is Registration.PUSH else ""
        phone = " ".join(part for part in (app, self.device) if part)
        place = ", ".join(part for part in (phone, self.site) if part)
        return f"{self.name} ({place})" if place else self.name


def holders_of(snapshot: Snapshot, dark: PowerLoss, queue: str) -> tuple[Holder, ...]:
    """The agents of this queue who stay online, in the order the queue would try them."""
    roster = roster_of(snapshot, queue, dark.suppose)
    return tuple(_holder(snapshot, dark, agent) for agent, shown in roster.agents if shown.status.online)


def _holder(snapshot: Snapshot, dark: PowerLoss, agent: Agent) -> Holder:
    device = dark.kept_by.get(agent.id)
    by = Registration.PUSH if device is not None and device.is_app else registration_of(agent)
    return Holder(agent.id, agent_name(agent), site_of(agent, snapshot), _device(snapshot, agent, device), by)


def _device(snapshot: Snapshot, agent: Agent, known: Device | None) -> str:
    if known is not None:
        return known.id
    if agent.entry is EntryKind.DEVICE:
        return agent.local
    connected = [device.id for device in devices_of(snapshot, agent) if device.registered]
    # A phone that is called like its user tells nobody anything.
    return connected[0] if len(connected) == 1 and connected[0] != user_of(snapshot, agent) else ""


SAID_APART = timedelta(seconds=90)
"""Two clocks that differ by this much are not to be taken for one another."""

STALE = timedelta(seconds=20)
"""How far the reading of phones may lie from the moment at which the power is supposed to be lost, unsaid."""


class QueueDrill(Struct, frozen=True):
    """What a drill does to one queue."""

    queue: Queue
    site: str
    fate: DrillOutcome
    before: Verdict
    after: Verdict
    sentence: str
    holders: tuple[Holder, ...] = ()
    """Who keeps it open, where somebody does."""
    begins: NoticedAt | None = None
    """When it comes so; ``None`` where it is so already, where nothing begins, or where it cannot be told."""
    noticed: NoticedAt | None = None
    """When the last of its own agents who go dark has turned Grey; ``None`` where none does."""


class Drill(Struct, frozen=True):
    """A whole drill. The power is lost at ``snapshot.taken_at``, unless another time is asked about."""

    snapshot: Snapshot
    """As it was read, with the answering rules of the time asked about."""
    scope: DrillScope
    power_loss: PowerLoss
    queues: tuple[QueueDrill, ...]
    """Every call queue, worst first."""
    dark: tuple[Agent, ...]
    """Every row of an agent that turns Grey."""
    assumptions: tuple[str, ...]
    """What the drill rests on. Each verdict has its own besides."""
    not_known: tuple[str, ...]
    """Of whom it is not known whether they lose power, in sentences."""
    at: Moment | None = None
    """The time asked about; ``None`` is the snapshot's."""


def drill(snapshot: Snapshot, scope: DrillScope, at: Moment | None = None) -> Drill:
    """Run a drill, now or at another time. Total: every snapshot and every scope has one."""
    if at is not None:
        at = by_clock(at, drill_clock(snapshot, scope))
        snapshot = at_time(_without_expiries(snapshot), at)
    dark = power_loss(snapshot, scope)
    queues = [_queue(snapshot, dark, queue) for queue in snapshot.call_queues]
    queues.sort(key=lambda queue_drill: WORST_FIRST.index(queue_drill.fate))
    turning = tuple(_turning_grey(snapshot, dark, [queue.extension for queue in snapshot.call_queues]))
    notes = (*_of_time(at), *dark.notes, *_of_moments(snapshot, turning))
    return Drill(snapshot, scope, dark, tuple(queues), turning, tuple(dict.fromkeys(notes)), dark.not_known, at)


def drill_clock(snapshot: Snapshot, scope: DrillScope) -> Clock | None:
    """By which clock a time without a zone is meant in a drill: the dark site's, else the domain's.

    ``None`` where it cannot be told: no site's decides, the domain's own is not known, and its users have several.
    """
    if (site := site_clock(snapshot, scope)) is not None:
        return site
    if snapshot.domain_clock is not None and snapshot.domain_clock.name:
        return snapshot.domain_clock
    return _shared((snapshot.users or {}).values()) or (None if snapshot.users else Clock())


def site_clock(snapshot: Snapshot, scope: DrillScope) -> Clock | None:
    """The clock of the sites that go dark, if they have one in common."""
    users = (snapshot.users or {}).values()
    clocks = {
        snapshot.site_clocks.get(site_key(site))
        or _shared(user for user in users if site_key(user.site) == site_key(site) and user.time_zone)
        for site in scope.sites
    }
    return clocks.pop() if len(clocks) == 1 else None


def _shared(users: Iterable[User]) -> Clock | None:
    clocks = {user.clock for user in users}
    return clocks.pop() if len(clocks) == 1 else None


def _without_expiries(snapshot: Snapshot) -> Snapshot:
    """By another time every phone has registered anew: when it then runs out is not known."""
    return replace(snapshot, devices=phones_without_expiries(snapshot))


def _of_time(at: Moment | None) -> Iterator[str]:
    if at is None:
        return
    instant = ""
    if at.is_instant and at.clock is not None:
        twice = ", the first of two: the clocks are put back then" if comes_twice(at) else ""
        instant = f" in {at.clock}, which is {at.at.astimezone(UTC):%H:%M} UTC for every queue{twice},"
    yield (
        f"Which answering rule is in effect on {at.words}{instant} is worked out from the time frames; agents, "
        "phones and settings are as they are now."
    )


def _queue(snapshot: Snapshot, dark: PowerLoss, queue: Queue) -> QueueDrill:
    before, after = simulate(snapshot, queue), simulate(snapshot, queue, dark.suppose)
    fate = fate_of(snapshot, dark, after)
    stays_open = fate in (DrillOutcome.HELD_OPEN, DrillOutcome.ANSWERED)
    holders = holders_of(snapshot, dark, queue.extension) if stays_open else ()
    begins = None if stays_open or fate is DrillOutcome.UNCERTAIN else _begins(snapshot, dark, before, after)
    return QueueDrill(
        queue=queue,
        site=queue_site(snapshot, queue),
        fate=fate,
        before=before,
        after=after,
        sentence=_sentence(snapshot, dark, after, fate, holders),
        holders=holders,
        begins=begins,
        noticed=all_grey_at(snapshot, _turning_grey(snapshot, dark, [queue.extension])),
    )


def fate_of(snapshot: Snapshot, dark: PowerLoss, after: Verdict) -> DrillOutcome:
    """What the loss of power comes to for a queue, given the verdict with the power gone."""
    return drill_outcome(after, touched=_touched(dark, snapshot.agents_of(after.queue)))


def _touched(dark: PowerLoss, rows: Iterable[Agent]) -> bool | None:
    """Whether somebody who was online lost a phone; ``None`` where only those may have of whom it is not known."""
    online = [row for row in rows if row.id in dark.touched and status_of(row).status.online]
    if any(row.id not in dark.perhaps for row in online):
        return True
    return None if online else False


def _turning_grey(snapshot: Snapshot, dark: PowerLoss, queues: Iterable[str]) -> Iterator[Agent]:
    for queue in queues:
        for row in snapshot.agents_of(queue):
            supposed = supposed_status(row, dark.suppose).status
            if supposed is Status.GREY and status_of(row).status is not Status.GREY:
                yield row


def _begins(snapshot: Snapshot, dark: PowerLoss, before: Verdict, after: Verdict) -> NoticedAt | None:
    if (before.outcome, before.destination, before.end) == (after.outcome, after.destination, after.end):
        return None
    way = after.queues_on_path
    decided_here = (before.outcome, before.destination) != (after.outcome, after.destination)
    # What the queue itself does begins with its own agents; a change further on, with those it rests on there.
    queues = way[:1] if decided_here else dict.fromkeys(way[1:])
    return all_grey_at(snapshot, _turning_grey(snapshot, dark, queues))


def _sentence(
    snapshot: Snapshot, dark: PowerLoss, after: Verdict, fate: DrillOutcome, holders: tuple[Holder, ...]
) -> str:
    match fate:
        case DrillOutcome.HELD_OPEN:
            verb = "holds" if len(holders) == 1 else "hold"
            who = listing((holder.words for holder in holders), most=4)
            return f"{who} {verb} it open, so it does not fail over. {after.sentence}"
        case DrillOutcome.ANSWERED:
            return f"Nobody online in it is in the dark. {after.sentence}"
        case DrillOutcome.UNCERTAIN:
            doubts = {
                agent_name(row): f"{agent_name(row)}: {dark.doubts[row.id]}"
                for row in snapshot.agents_of(after.queue)
                if row.id in dark.doubts and status_of(row).status is not Status.GREY
            }
            sentence = after.sentence
            if after.reaches_someone:
                sentence = f"Answered either way; whether it loses anybody cannot be told. {sentence}"
            return f"{sentence} {listing(doubts.values())}." if doubts else sentence
        case DrillOutcome.FAILS_OVER | DrillOutcome.SENT_ON | DrillOutcome.STRANDED | DrillOutcome.LOST:
            return after.sentence


def _of_moments(snapshot: Snapshot, turning: tuple[Agent, ...]) -> Iterator[str]:
    outside = dict.fromkeys(agent_name(row) for row in turning if not turns_grey_at(snapshot, row).promised)
    if outside:
        yield (
            f"An outside number never goes offline by itself: when {listing(outside, most=8)} would turn Grey, "
            "nobody can say."
        )
    turning = tuple(row for row in turning if turns_grey_at(snapshot, row).promised)
    if not turning:
        return
    yield (
        "A phone that loses its power is believed connected, and rung in vain, until its registration runs out; "
        "the server adds some grace, whose length is not published."
    )
    unknown = {rests_on_the_portal(snapshot, row) for row in turning if not turns_grey_at(snapshot, row).known}
    if True in unknown:
        yield "Where a registration is not known, the portal's own figure stands: at most 5 minutes."
    if False in unknown:
        yield (
            "Where the end of a registration is not known, its own length bounds it; the portal says up to "
            f"{LONGEST_LAG_MINUTES} minutes."
        )
    if abs(snapshot.server_ahead) >= SAID_APART:
        which = "ahead of" if snapshot.server_ahead > timedelta() else "behind"
        apart = f"{_roughly(abs(snapshot.server_ahead))} {which} this machine's"
        yield f"The times are those of the server's clock, which is {apart}."
    read_at = snapshot.read_at.get(Part.DEVICES)
    if read_at is not None and abs(read_at - snapshot.taken_at) > STALE:
        yield (
            "The phones were not all read at the moment that is supposed: one that has registered again meanwhile "
            "turns Grey later than said, by at most the length of its registration."
        )


def _roughly(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    if minutes < 120:
        return plural(minutes, "minute")
    hours = round(minutes / 60)
    return plural(hours, "hour") if hours < 48 else plural(round(hours / 24), "day")
