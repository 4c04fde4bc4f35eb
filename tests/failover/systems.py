"""Whole phone systems for hypothesis, small enough to loop often and odd in every way a server can be.

A strategy is made once and kept: to make it anew for every example takes hypothesis longer than to draw from it.
"""

from functools import cache

from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.model import (
    RULES_NOT_READ,
    Agent,
    AgentLogin,
    AutoAttendant,
    EntryKind,
    Forward,
    PhoneNumber,
    Queue,
    QueueRules,
    Registration,
    Rule,
    Snapshot,
    User,
)
from tests.failover.build import NOON

QUEUES = ("8000", "8001", "8002", "701", "8004")
USERS = ("1001", "1002", "1003", "9000")
OWN = ("2145550101", "2145550102", "2145550103")
FOREIGN = ("3125550199", "13125550198")
MISSING = "7777"
EXTENSIONS = (*QUEUES, *USERS, MISSING)

ATTENDANTS = (
    AutoAttendant("Main Menu", "9000"),
    AutoAttendant("Auto Attendant", ""),
    AutoAttendant("After Hours Auto Attendant", "9001"),
)
ATTENDANT_NAMES = ("MainMenu", "AutoAttendant", "AfterHours", "mainmenu", "Nowhere")
GARBAGE = ("hello world", "<voicemail>", "conf_800", "555", "5550100", "911", "_", "queue_", "@@", "2145550101x")

destinations = st.one_of(
    st.sampled_from(QUEUES).map(lambda extension: f"queue_{extension}"),
    st.builds("{}_{}".format, st.sampled_from(("queue", "user", "phone", "vmail")), st.sampled_from(EXTENSIONS)),
    st.sampled_from(("phone_1001wp", "phone_7777m", "park_701", "park_799")),
    st.sampled_from(EXTENSIONS),
    st.sampled_from(ATTENDANT_NAMES).map(lambda name: f"aa_{name}"),
    st.builds("{}{}".format, st.sampled_from(("", "1")), st.sampled_from(OWN)),
    st.sampled_from(FOREIGN),
    st.sampled_from(GARBAGE),
)

plain_forwards = st.one_of(
    st.just(Forward()),
    destinations.map(lambda one: Forward(True, (one,))),
    destinations.map(lambda one: Forward(True, (one,))),
)
forwards = st.one_of(
    plain_forwards,
    st.builds(Forward, st.booleans(), st.lists(destinations, max_size=3).map(tuple)),
    st.just(Forward(readable=False)),
)


UNREAD = (RULES_NOT_READ, QueueRules(problem="access was denied.", has_user=False))


@cache
def always(extension: str, odd: bool) -> st.SearchStrategy[Forward]:
    """What comes before the queue of this extension: nothing, the queue itself, or any other forward."""
    enters = st.sampled_from((Forward(True, (f"queue_{extension}",)), Forward(True, (extension,)), Forward()))
    return st.one_of(enters, enters, forwards if odd else plain_forwards)


frame_sets = st.lists(st.sampled_from(("*", "*", "Holidays", "Lunch")), unique=True, max_size=3)


@cache
@st.composite
def rules(draw: st.DrawFn, extension: str, odd: bool) -> QueueRules:
    """The rules of one queue's user; of an odd one now and then unread."""
    if odd and draw(st.integers(0, 11)) == 0:
        return draw(st.sampled_from(UNREAD))
    some = forwards if odd else plain_forwards
    frames = draw(frame_sets)
    return QueueRules(
        tuple(
            Rule(
                time_frame=frame,
                enabled=draw(st.sampled_from((True, True, False))),
                active=draw(st.booleans()),
                order=draw(st.sampled_from((0, 1, 99))),
                always=draw(always(extension, odd)),
                busy=draw(some),
                offline=draw(some),
            )
            for frame in frames
        ),
        has_user=draw(st.booleans()) if odd and not frames else True,
    )


@cache
def agents(queue: str) -> st.SearchStrategy[Agent]:
    """An agent row in any combination of facts."""
    return st.builds(
        Agent,
        id=st.sampled_from(("1001@example.com", "sip:1002m@example.com", "13125550177@example.com", "(row 4)")),
        queue=st.just(queue),
        name=st.sampled_from(("", "Ana Lopez")),
        entry=st.sampled_from(EntryKind),
        registration=st.sampled_from(Registration),
        login=st.sampled_from(AgentLogin),
        calls=st.sampled_from((0, 0, 1, 3, None)),
        site=st.sampled_from(("", "Dallas", "Austin")),
        status_message=st.sampled_from(("", "", "Lunch", "DND", "Do Not Disturb", "Single Call")),
        availability=st.sampled_from(("", "", "available", "unavailable", "logged out", "busy", "Dispatching")),
        may_take_one=st.booleans(),
        order=st.integers(0, 2),
        readable=st.sampled_from((True, True, True, False)),
    )


@cache
def _rows(queue: str, odd: bool) -> st.SearchStrategy[list[Agent]]:
    grey = agents(queue).map(lambda row: replace(row, readable=True, login=AgentLogin.OUT))
    one = agents(queue) if odd else st.one_of(grey, grey, grey, grey, agents(queue))
    return st.lists(one, max_size=6 if odd else 2).map(
        lambda rows: [replace(row, id=f"{place or ''}{row.id}") for place, row in enumerate(rows)]
    )


@cache
@st.composite
def queues(draw: st.DrawFn, extension: str, odd: bool) -> Queue:
    """A queue with any settings; with an odd one's, the unreadable ones included."""
    unread: tuple[None, ...] = (None,) if odd else ()
    return Queue(
        extension,
        name=draw(st.sampled_from(("", "Sales"))),
        site=draw(st.sampled_from(("", "Dallas"))),
        park=extension == "701",
        require_agents=draw(st.sampled_from((True, True, True, False, *unread))),
        max_callers=draw(st.sampled_from((0, 0, 0, 1, 5, *unread))),
        waiting=draw(st.sampled_from((0, 1, 5, 9, *unread))),
        max_expected_wait=draw(st.sampled_from((0, 60, *unread))),
        max_wait_minutes=draw(st.sampled_from((0, 1, 15, *unread))),
        agents_available=draw(st.sampled_from((None, 0, 2))),
    )


@cache
@st.composite
def rules_of_a_person(draw: st.DrawFn, odd: bool) -> QueueRules:
    """The rules of one person: what only a person's do among them."""
    if odd and draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(UNREAD))
    some = forwards if odd else plain_forwards
    rung = st.sampled_from(((), ("<OwnDevices>",), FOREIGN[:1], ("<OwnDevices>", FOREIGN[1])))
    unread: tuple[None, ...] = (None,) if odd else ()
    return QueueRules(
        tuple(
            Rule(
                time_frame=frame,
                enabled=draw(st.sampled_from((True, True, False))),
                active=draw(st.booleans()),
                order=draw(st.sampled_from((0, 1, 99))),
                always=draw(st.one_of(st.just(Forward()), st.just(Forward()), some)),
                offline=draw(some),
                sim_ring=Forward(draw(st.booleans()), draw(rung)),
                dnd=draw(st.sampled_from((False, False, True, *unread))),
                on_dnd=draw(some),
            )
            for frame in draw(frame_sets)
        )
    )


sets_of_users = st.sets(st.sampled_from((*USERS, *QUEUES)))
sets_of_numbers = st.sets(st.sampled_from(OWN))


@st.composite
def snapshots(draw: st.DrawFn, odd: bool = True) -> Snapshot:
    """A whole phone system. An odd one may be unknown in any part; a plain one sends calls on most of the time."""
    extensions = QUEUES[: draw(st.integers(1, len(QUEUES)))]
    boxes: tuple[bool | None, ...] = (True, False, None) if odd else (True, False)
    users = {
        extension: User(
            extension,
            name=draw(st.sampled_from(("", "Ben Ito"))),
            site=draw(st.sampled_from(("", "dallas", "Austin"))),
            voicemail=draw(st.sampled_from(boxes)),
        )
        for extension in draw(sets_of_users)
    }
    numbers = {
        number: PhoneNumber(
            draw(st.sampled_from((number, f"1{number}"))),
            draw(st.sampled_from(("to-callqueue", "to-user", "to-user-residential", "to-voicemail", "to-magic"))),
            draw(st.sampled_from(EXTENSIONS)),
            enabled=draw(st.sampled_from((True, True, True, False))),
        )
        for number in draw(sets_of_numbers)
    }
    unknown = st.sampled_from((False, False, False, odd))
    people = {user: draw(rules_of_a_person(odd)) for user in users if user not in QUEUES}
    numbers_unknown = draw(unknown)
    if numbers_unknown:
        # Whether what is rung beside is outside cannot be told then: the oracle leaves that to other tests.
        people = {
            user: replace(known, rules=tuple(replace(rule, sim_ring=Forward()) for rule in known.rules))
            for user, known in people.items()
        }
    return Snapshot(
        domain="example.com",
        taken_at=NOON,
        queues={extension: draw(queues(extension, odd)) for extension in extensions},
        agents={extension: tuple(draw(_rows(extension, odd))) for extension in extensions},
        rules={extension: draw(rules(extension, odd)) for extension in extensions if extension != "701"} | people,
        users=None if draw(unknown) else users,
        numbers=None if numbers_unknown else numbers,
        attendants=None if draw(unknown) else ATTENDANTS[: draw(st.integers(0, len(ATTENDANTS)))],
        sites=("Dallas", "Austin"),
    )
