"""Put a snapshot together from a phone system's parts: whole and at once, or part by part as they come."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from queuewatch.failover.decide import hand_on_rosters
from queuewatch.failover.forwards import (
    hand_on_beside_new_rules,
    hand_on_where_calls_lead,
    leads_to,
    names_what_no_list_has,
    needs_dial_rules,
)
from queuewatch.failover.model import (
    AutoAttendant,
    Device,
    DialRule,
    Part,
    PhoneNumber,
    Problem,
    QueueRules,
    Snapshot,
    TimeFrame,
    User,
)
from queuewatch.failover.people import person
from queuewatch.failover.phone_number import own_number_key
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts, site_key
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import ListReading, LiveReading, PhoneSystem, ReadWhole, SiteReading, grouped
from queuewatch.text.natural_order import natural_order

Read = TypeVar("Read")

Update = Callable[[Snapshot], Snapshot]
"""What a reading does to the snapshot that is current by the time it is done."""

DIRECTORY = (Part.USERS, Part.NUMBERS, Part.ATTENDANTS, Part.SITES, Part.TIME_FRAMES)
"""The parts that are read whole and change seldom."""


Count = Callable[[int, int], None]
"""Is told of how many of those whose answering rules are wanted they are read."""


async def read_snapshot(
    system: PhoneSystem,
    queues: Collection[str] | None = None,
    site_facts: SiteFacts = NO_SITE_FACTS,
    count: Count = lambda _, __: None,
) -> Snapshot:
    """Read a phone system once.

    ``queues`` are the extensions whose answering rules are wanted, together with those their calls can be
    forwarded to, people among them; ``None`` is all. ``site_facts`` are what the profile says of the sites.
    Raises :class:`PbxError` when the queues and agents cannot be read. Any other part that cannot be read stays
    unknown, with a problem that says why. Of what somebody else reads it is all that they read.
    """
    if isinstance(system, ReadWhole):
        snapshot = await system.read_whole()
        # Whoever read it knows the sites, too, unless one's own profile does.
        snapshot = replace(snapshot, site_facts=site_facts) if site_facts != NO_SITE_FACTS else snapshot
        return await with_rules(system, snapshot, queues or ())
    snapshot = with_live(
        Snapshot(system.domain, datetime.now(UTC), site_facts=site_facts), await system.read_live()
    )
    for update in await asyncio.gather(*(_read_or_note(system, part) for part in DIRECTORY)):
        snapshot = update(snapshot)

    everything = [queue.extension for queue in snapshot.call_queues]
    return await with_rules(system, snapshot, everything if queues is None else queues, count)


async def with_rules(
    system: PhoneSystem, snapshot: Snapshot, queues: Collection[str], count: Count = lambda _, __: None
) -> Snapshot:
    """The snapshot with the answering rules of these queues and of whom their calls can be forwarded to.

    With them come the time frames of their own that they stand on; and who asks, where something is forwarded to
    that is in no list: whether it is missing hangs on that. What is known already is not read again.
    """
    parks = {queue.extension for queue in snapshot.queues.values() if queue.park}
    extensions = {
        extension for extension in queues if extension in snapshot.queues or person(snapshot, extension)
    } - parks
    seen: set[str] = set()
    read: list[str] = []

    async def read_rules(extension: str, of: int) -> Update:
        update = await _read_or_note(system, Part.RULES, extension)
        read.append(extension)
        count(len(read), of)
        return update

    while reached := extensions - seen:
        pending = sorted(reached - set(snapshot.rules))
        of = len(read) + len(pending)
        for update in await asyncio.gather(*(read_rules(extension, of) for extension in pending)):
            snapshot = update(snapshot)
        seen |= reached
        snapshot = await with_dial_rules(system, snapshot)
        onward = (leads_to(snapshot, snapshot.rules_of(extension).rules) for extension in reached)
        extensions = extensions.union(*onward) - parks
    own = [user for user in with_own_time_frames(snapshot) if user not in snapshot.user_time_frames]
    for update in await asyncio.gather(*(_read_or_note(system, Part.TIME_FRAMES, user) for user in own)):
        snapshot = update(snapshot)
    if snapshot.scope or not names_what_no_list_has(snapshot):
        return snapshot
    try:
        return with_scope(snapshot, await system.read_identity())
    except PbxError:
        return snapshot


def with_scope(snapshot: Snapshot, identity: Identity | None) -> Snapshot:
    """The snapshot with the scope of whoever asks, if that is known: how much its lists show hangs on it."""
    scope = identity.scope if identity else ""
    return snapshot if scope == snapshot.scope else replace(snapshot, scope=scope)


async def with_dial_rules(system: PhoneSystem, snapshot: Snapshot) -> Snapshot:
    """The snapshot with the dial rules, if a forward needs them. They are asked for once, in vain or not."""
    tried = snapshot.dial_rules is not None or any(
        problem.part is Part.DIAL_RULES for problem in snapshot.problems
    )
    if tried or not needs_dial_rules(snapshot):
        return snapshot
    return (await _read_or_note(system, Part.DIAL_RULES))(snapshot)


def with_own_time_frames(snapshot: Snapshot) -> tuple[str, ...]:
    """The users who have a rule on a time frame: it may be one of their own, whatever the domain has."""
    if snapshot.time_frames is None:
        return ()
    return tuple(
        queue
        for queue, known in snapshot.rules.items()
        if any(not rule.is_default and rule.enabled for rule in known.rules)
    )


async def with_domain_clock(system: PhoneSystem, snapshot: Snapshot) -> Snapshot:
    """The snapshot with the domain's own clock, if the phone system tells it."""
    try:
        return replace(snapshot, domain_clock=await system.read_clock())
    except PbxError:
        return snapshot


async def read_part(system: PhoneSystem, part: Part, of: str = "") -> Update:
    """Read one part: answering rules ``of`` a queue, devices or time frames ``of`` a user, anything else whole.

    Raises :class:`PbxError`; what the snapshot is to say then is told by :func:`unread`.
    """
    match part:
        case Part.LIVE:
            live = await system.read_live()
            return lambda snapshot: with_live(snapshot, live)
        case Part.RULES:
            rules = await system.read_rules(of)
            return lambda snapshot: _with_rules(snapshot, of, rules)
        case Part.USERS:
            users = await system.read_users()
            return lambda snapshot: _with_users(snapshot, users)
        case Part.NUMBERS:
            numbers = await system.read_numbers()
            return lambda snapshot: _with_numbers(snapshot, numbers)
        case Part.ATTENDANTS:
            attendants = await system.read_attendants()
            return lambda snapshot: _with_attendants(snapshot, attendants)
        case Part.SITES:
            sites = await system.read_sites()
            return lambda snapshot: _with_sites(snapshot, sites)
        case Part.TIME_FRAMES:
            frames = await system.read_time_frames(of or None)
            return lambda snapshot: _with_time_frames(snapshot, of, frames)
        case Part.DIAL_RULES:
            dial_rules = await system.read_dial_rules()
            return lambda snapshot: _with_dial_rules(snapshot, dial_rules)
        case Part.DEVICES:
            devices = await system.read_devices(of)
            return lambda snapshot: _with_devices(snapshot, of, devices)
        case Part.CALLS:
            raise ValueError("calls are in no snapshot")


def unread(part: Part, of: str, error: PbxError) -> Update:
    """What a reading that failed does: what was known before stays known, and a problem says why."""
    if part is Part.RULES:
        return lambda snapshot: _with_unread_rules(snapshot, of, error)
    problem = Problem(part, f"The {part} could not be read: {error}")
    if part is Part.TIME_FRAMES:
        return lambda snapshot: _with_time_frame_problems(snapshot, of, [problem])
    return lambda snapshot: _with_problems(
        snapshot, part, [replace(problem, lost=_was_partly_read(snapshot, part))]
    )


def _was_partly_read(snapshot: Snapshot, part: Part) -> bool:
    """Whether what stays known of this part was not wholly read: no later failure makes it whole."""
    return any(problem.lost for problem in snapshot.problems if problem.part is part)


async def _read_or_note(system: PhoneSystem, part: Part, of: str = "") -> Update:
    try:
        return await read_part(system, part, of)
    except PbxError as error:
        return unread(part, of, error)


def with_live(snapshot: Snapshot, live: LiveReading) -> Snapshot:
    """The snapshot with fresh queues and agents. What has not changed stays the same object."""
    agents = live.by_queue or grouped(live.agents)
    in_order = sorted(live.queues, key=lambda queue: natural_order(queue.extension))
    after = replace(
        _with_problems(snapshot, Part.LIVE, live.problems),
        taken_at=live.taken_at,
        server_ahead=snapshot.server_ahead if live.server_ahead is None else live.server_ahead,
        queues={queue.extension: _kept(snapshot.queues.get(queue.extension), queue) for queue in in_order},
        agents={queue: _kept(snapshot.agents.get(queue), rows) for queue, rows in agents.items()},
        agents_unseen=len([agent for agent in live.agents if not agent.listed]),
        read_at={**snapshot.read_at, Part.LIVE: live.taken_at},
    )
    hand_on_where_calls_lead(snapshot, after)
    hand_on_rosters(snapshot, after)
    return after


def keeping(before: Snapshot, after: Snapshot) -> Snapshot:
    """A later snapshot of the same domain, in which what has not changed is the same object as before."""
    if after.queues is before.queues and after.agents is before.agents and after.rules is before.rules:
        return after
    kept = replace(
        after,
        queues={
            extension: _kept(before.queues.get(extension), queue) for extension, queue in after.queues.items()
        },
        agents={queue: _kept(before.agents.get(queue), rows) for queue, rows in after.agents.items()},
        rules=_kept(before.rules, after.rules),
        users=_kept(before.users, after.users),
        numbers=_kept(before.numbers, after.numbers),
        attendants=_kept(before.attendants, after.attendants),
        dial_rules=_kept(before.dial_rules, after.dial_rules),
        devices=_kept(before.devices, after.devices),
    )
    hand_on_where_calls_lead(before, kept)
    hand_on_rosters(before, kept)
    return kept


def _kept(before: Read | None, now: Read) -> Read:
    return before if before is now or (before is not None and before == now) else now


def _with_rules(snapshot: Snapshot, queue: str, rules: QueueRules) -> Snapshot:
    after = _with_rules_problem(snapshot, queue)
    if snapshot.rules.get(queue) == rules:
        return after
    after = replace(after, rules={**snapshot.rules, queue: rules})
    hand_on_beside_new_rules(snapshot, after, queue)
    return after


def _with_unread_rules(snapshot: Snapshot, queue: str, error: PbxError) -> Snapshot:
    if snapshot.rules_of(queue).known:
        return _with_rules_problem(snapshot, queue, f"could not be read again: {error}")
    problem = f"its answering rules could not be read ({str(error).rstrip('.')})"
    return _with_rules(snapshot, queue, QueueRules(problem=problem))


def _with_rules_problem(snapshot: Snapshot, queue: str, sentence: str = "") -> Snapshot:
    """Rules are read queue by queue, and so come and go their problems."""
    subject = f"The answering rules of {queue} "
    others = [
        problem
        for problem in snapshot.problems
        if problem.part is Part.RULES and not problem.text.startswith(subject)
    ]
    problems = [*others, *([Problem(Part.RULES, subject + sentence)] if sentence else [])]
    if problems == [problem for problem in snapshot.problems if problem.part is Part.RULES]:
        # Rules come again every few seconds, as a rule the same: everything worked out from them stands.
        return snapshot
    return _with_problems(snapshot, Part.RULES, problems)


def _with_devices(snapshot: Snapshot, user: str, reading: ListReading[Device]) -> Snapshot:
    devices = {**snapshot.devices, user: reading.items}
    return _with_problems(replace(snapshot, devices=devices), Part.DEVICES, reading.problems)


def _with_users(snapshot: Snapshot, reading: ListReading[User]) -> Snapshot:
    users = {user.extension: user for user in reading.items}
    return _with_problems(replace(snapshot, users=users), Part.USERS, reading.problems)


def _with_numbers(snapshot: Snapshot, reading: ListReading[PhoneNumber]) -> Snapshot:
    numbers = {own_number_key(number.number): number for number in reading.items}
    return _with_problems(replace(snapshot, numbers=numbers), Part.NUMBERS, reading.problems)


def _with_attendants(snapshot: Snapshot, reading: ListReading[AutoAttendant]) -> Snapshot:
    return _with_problems(replace(snapshot, attendants=reading.items), Part.ATTENDANTS, reading.problems)


def _with_dial_rules(snapshot: Snapshot, reading: ListReading[DialRule]) -> Snapshot:
    rules = {rule.dialled: rule for rule in reading.items}
    return _with_problems(replace(snapshot, dial_rules=rules), Part.DIAL_RULES, reading.problems)


def _with_sites(snapshot: Snapshot, reading: ListReading[str]) -> Snapshot:
    known = reading.clocks if isinstance(reading, SiteReading) else {}
    clocks = {site_key(site): clock for site, clock in known.items()}
    return _with_problems(replace(snapshot, sites=reading.items, site_clocks=clocks), Part.SITES, reading.problems)


def _with_time_frames(snapshot: Snapshot, user: str, reading: ListReading[TimeFrame]) -> Snapshot:
    frames = {frame.name: frame for frame in reading.items}
    if user:
        snapshot = replace(snapshot, user_time_frames={**snapshot.user_time_frames, user: frames})
    else:
        snapshot = replace(snapshot, time_frames=frames)
    partial = snapshot.time_frames_partial - {user} if reading.complete else snapshot.time_frames_partial | {user}
    return _with_time_frame_problems(replace(snapshot, time_frames_partial=partial), user, reading.problems)


def _with_time_frame_problems(snapshot: Snapshot, user: str, problems: Iterable[Problem]) -> Snapshot:
    """Each user's own time frames are read apart from the domain's, and so come and go their problems."""
    subject = f"User {user}: " if user else ""
    others = [
        problem
        for problem in snapshot.problems
        if problem.part is Part.TIME_FRAMES
        and (not problem.text.startswith(subject) if user else problem.text.startswith("User "))
    ]
    named = [replace(problem, text=f"{subject}{problem.text}") for problem in problems]
    return _with_problems(snapshot, Part.TIME_FRAMES, [*others, *named])


def _with_problems(snapshot: Snapshot, part: Part, problems: Iterable[Problem]) -> Snapshot:
    others = tuple(problem for problem in snapshot.problems if problem.part is not part)
    return replace(snapshot, problems=(*others, *problems))
