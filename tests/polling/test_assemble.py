"""Putting a snapshot together: whole for a command, and what becomes of parts that cannot be read."""

import pytest
from msgspec.structs import replace

from queuewatch.failover.model import (
    RULES_NOT_READ,
    AutoAttendant,
    Clock,
    Device,
    DialRule,
    Part,
    PhoneNumber,
    Problem,
    Queue,
    QueueRules,
    Rule,
    Snapshot,
    TimeFrame,
    User,
)
from queuewatch.failover.simulate import simulate
from queuewatch.failover.suppose import ALL_DARK
from queuewatch.pbx.errors import Forbidden, Unreachable
from queuewatch.pbx.identity import Identity
from queuewatch.polling.assemble import (
    read_part,
    read_snapshot,
    unread,
    with_domain_clock,
    with_own_time_frames,
    with_rules,
)
from tests.change.in_memory import InMemory
from tests.failover.build import agent, default, office, to

COMPANY = office(
    Queue("8000", "Sales"),
    Queue("8001", "Support"),
    Queue("8002", "Nights"),
    Queue("8003", "Billing"),
    Queue("701", "Park 1", park=True),
    agents=[agent("green", "1001"), agent("red", "1001", "8001"), agent("grey", "1002")],
    rules={
        "8000": [default(offline=to("queue_8001")), Rule("Holidays", busy=to("2145550101"))],
        "8001": [default(always=to("user_8002"))],
        "8002": [default(offline=to("8000"))],
        "8003": [default(offline=to("2145550103"))],
    },
    users=[User("1001", "Ana Lopez", site="Dallas"), User("8000", system=True)],
    numbers=[
        PhoneNumber("12145550101", "to-connection", "12145550102"),
        PhoneNumber("12145550102", "to-callqueue", "8003"),
        PhoneNumber("12145550103", "to-connection", "2145550103"),
    ],
    attendants=[AutoAttendant("Main Menu", "9000")],
)
ALIASED = replace(
    COMPANY, rules=office(Queue("8000"), rules={"8000": [default(always=to("aa_church_open"))]}).rules
)
NO = Forbidden("The token may not read this.")


def asked_for(pbx: InMemory, what: str) -> list[str]:
    return [request for request in pbx.asked if request.startswith(what)]


async def test_everything_is_read_once() -> None:
    pbx = InMemory.holding(COMPANY)
    snapshot = await read_snapshot(pbx)
    rules = [f"rules {queue}" for queue in ("8000", "8001", "8002", "8003")]
    assert sorted(pbx.asked) == sorted(
        ["live", "users", "numbers", "attendants", "sites", "time frames", *rules, "time frames 8000"]
    )
    assert snapshot.queues == COMPANY.queues
    assert snapshot.agents == COMPANY.agents
    assert snapshot.users == COMPANY.users
    assert snapshot.numbers == COMPANY.numbers
    assert snapshot.attendants == COMPANY.attendants
    assert snapshot.sites == ("Dallas",)
    assert {queue: COMPANY.rules[queue] for queue in snapshot.rules} == snapshot.rules
    assert snapshot.taken_at == snapshot.read_at[Part.LIVE] == pbx.now
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    ("wanted", "read"),
    [
        (["8003"], ["8003"]),
        (["8001"], ["8000", "8001", "8002", "8003"]),
        (["8000", "7777", "701"], ["8000", "8001", "8002", "8003"]),
        ([], []),
    ],
)
async def test_the_rules_of_chosen_queues_are_read_with_those_of_all_their_calls_can_come_to(
    wanted: list[str], read: list[str]
) -> None:
    """By alias, by bare extension, by a queue's user and through an own number, under any rule; in a ring, too."""
    pbx = InMemory.holding(COMPANY)
    snapshot = await read_snapshot(pbx, wanted)
    assert sorted(snapshot.rules) == read
    assert len(asked_for(pbx, "rules")) == len(read)


async def test_rules_that_are_known_are_followed_and_not_read_again() -> None:
    pbx = InMemory.holding(COMPANY)
    known = replace(COMPANY, rules={"8000": COMPANY.rules["8000"]})
    snapshot = await with_rules(pbx, known, ["8000"])
    assert sorted(snapshot.rules) == ["8000", "8001", "8002", "8003"]
    assert asked_for(pbx, "rules 8000") == []


async def test_without_queues_and_agents_there_is_no_snapshot() -> None:
    pbx = InMemory.holding(COMPANY)
    pbx.on("live", 1, Unreachable("No answer."))
    with pytest.raises(Unreachable):
        await read_snapshot(pbx)


@pytest.mark.parametrize("part", [Part.USERS, Part.NUMBERS, Part.ATTENDANTS, Part.SITES, Part.TIME_FRAMES])
async def test_a_part_that_cannot_be_read_is_unknown_and_a_problem_says_why(part: Part) -> None:
    name = "numbers" if part is Part.NUMBERS else "attendants" if part is Part.ATTENDANTS else str(part)
    pbx = InMemory.holding(COMPANY)
    pbx.on(name, 1, NO)
    snapshot = await read_snapshot(pbx)
    parts = {
        Part.USERS: snapshot.users,
        Part.NUMBERS: snapshot.numbers,
        Part.ATTENDANTS: snapshot.attendants,
        Part.SITES: snapshot.sites,
        Part.TIME_FRAMES: snapshot.time_frames,
    }
    assert [known for known, content in parts.items() if content is None] == [part]
    assert snapshot.problems == (Problem(part, f"The {part} could not be read: The token may not read this."),)
    assert len(snapshot.rules) == 4


async def test_rules_that_cannot_be_read_say_why_and_the_others_are_read() -> None:
    pbx = InMemory.holding(COMPANY)
    pbx.on("rules 8001", 1, NO)
    snapshot = await read_snapshot(pbx)
    unknown = [queue for queue, rules in snapshot.rules.items() if not rules.known]
    assert unknown == ["8001"]
    assert "The token may not read this)" in snapshot.rules_of("8001").problem


async def test_what_the_server_said_wrong_about_queues_and_agents_goes_with_the_next_good_reading() -> None:
    pbx = InMemory.holding(COMPANY)
    other = Problem(Part.USERS, "User row 3 has no extension.")
    pbx.problems = (Problem(Part.LIVE, "Agent row 2 names no queue."),)
    snapshot = (await read_part(pbx, Part.LIVE))(replace(COMPANY, problems=(other,)))
    assert snapshot.problems == (other, *pbx.problems)
    pbx.problems = ()
    assert (await read_part(pbx, Part.LIVE))(snapshot).problems == (other,)


async def test_devices_come_one_user_at_a_time() -> None:
    pbx = InMemory.holding(COMPANY)
    ana, ben = Device("1001", "1001", True), Device("1002", "1002", False)
    pbx.devices = {"1001": (ana,), "1002": (ben,)}
    snapshot = (await read_part(pbx, Part.DEVICES, "1001"))(COMPANY)
    snapshot = (await read_part(pbx, Part.DEVICES, "1002"))(snapshot)
    assert snapshot.devices == {"1001": (ana,), "1002": (ben,)}


def problems_of(snapshot: Snapshot) -> list[str]:
    return [problem.text for problem in snapshot.problems]


def test_rules_once_known_outlive_a_reading_that_fails_and_the_failure_is_told() -> None:
    snapshot = unread(Part.RULES, "8000", NO)(COMPANY)
    assert snapshot.rules == COMPANY.rules
    assert problems_of(snapshot) == [
        "The answering rules of 8000 could not be read again: The token may not read this."
    ]


def test_rules_never_known_stay_unknown_for_the_reason_given() -> None:
    for known in ({}, {"8000": RULES_NOT_READ}, {"8000": QueueRules(problem="no answer")}):
        snapshot = unread(Part.RULES, "8000", NO)(replace(COMPANY, rules=known))
        assert not snapshot.rules_of("8000").known
        assert "may not read this" in snapshot.rules_of("8000").problem


async def test_a_problem_with_rules_goes_with_the_next_good_reading_of_the_same_queue() -> None:
    pbx = InMemory.holding(COMPANY)
    snapshot = unread(Part.RULES, "8000", NO)(unread(Part.RULES, "8001", NO)(COMPANY))
    snapshot = unread(Part.RULES, "8000", NO)(snapshot)
    assert len(snapshot.problems) == 2
    snapshot = (await read_part(pbx, Part.RULES, "8000"))(snapshot)
    assert [text.split()[4] for text in problems_of(snapshot)] == ["8001"]


async def test_rules_that_come_again_leave_everything_that_was_worked_out() -> None:
    read_again = await read_part(InMemory.holding(COMPANY), Part.RULES, "8000")
    assert read_again(COMPANY) is COMPANY
    other = replace(COMPANY, rules={**COMPANY.rules, "8000": QueueRules((default(offline=to("8002")),))})
    assert read_again(other).rules == COMPANY.rules


@pytest.mark.parametrize(
    "part", [Part.USERS, Part.NUMBERS, Part.ATTENDANTS, Part.SITES, Part.TIME_FRAMES, Part.DEVICES]
)
def test_what_was_known_outlives_a_reading_that_fails(part: Part) -> None:
    snapshot = unread(part, "1001", NO)(COMPANY)
    assert replace(snapshot, problems=()) == COMPANY
    assert [problem.part for problem in snapshot.problems] == [part]


def test_a_queues_own_time_frames_are_wanted_wherever_a_rule_stands_on_one() -> None:
    shared = {"Holidays": TimeFrame("Holidays", always=True)}
    ruled = {
        "8000": QueueRules((Rule("Holidays"), default())),
        "8001": QueueRules((Rule("Nights", enabled=False), default())),
        "8002": QueueRules((Rule("Nights"), default())),
    }
    assert with_own_time_frames(replace(COMPANY, rules=ruled, time_frames=shared)) == ("8000", "8002")
    assert with_own_time_frames(replace(COMPANY, rules=ruled, time_frames=None)) == ()


async def test_own_time_frames_come_with_the_rules_and_what_was_wrong_with_them_says_whose_they_are() -> None:
    nights = TimeFrame("Nights", always=True)
    ruled = {"8000": (Rule("Nights"), default()), "8003": (Rule("Days"), default())}
    pbx = InMemory.holding(office(Queue("8000"), Queue("8003"), rules=ruled))
    pbx.user_time_frames["8000"] = (nights,)
    pbx.on("time frames 8003", 1, NO)
    snapshot = await read_snapshot(pbx)
    assert snapshot.time_frames == {}
    assert snapshot.user_time_frames == {"8000": {"Nights": nights}}
    assert problems_of(snapshot) == ["User 8003: The time frames could not be read: The token may not read this."]
    snapshot = (await read_part(pbx, Part.TIME_FRAMES))(snapshot)
    assert len(snapshot.problems) == 1
    snapshot = (await read_part(pbx, Part.TIME_FRAMES, "8003"))(snapshot)
    assert snapshot.user_time_frames == {"8000": {"Nights": nights}, "8003": {}}
    assert snapshot.problems == ()


async def test_the_rules_of_people_are_read_where_an_enabled_rule_leads_to_them_and_of_nobody_else() -> None:
    company = office(
        Queue("8000"),
        users=[User(str(extension)) for extension in range(1001, 1007)] + [User("9100", system=True)],
        numbers=[PhoneNumber("12145550101", "to-user", "1002")],
        rules={
            "8000": [
                default(offline=to("user_1001"), busy=to("12145550101")),
                Rule("Off", enabled=False, offline=to("user_1004")),
                Rule("Menu", offline=to("user_9100")),
                Rule("Phone", offline=to("phone_1005")),
            ],
            "1001": [default(offline=to("1003")), Rule("Holidays", sim_ring=to("1006"))],
        },
    )
    pbx = InMemory.holding(company)
    snapshot = await read_snapshot(pbx)
    assert sorted(asked_for(pbx, "rules")) == [f"rules {one}" for one in ("1001", "1002", "1003", "8000")]
    assert asked_for(pbx, "time frames 1001") == ["time frames 1001"]
    assert snapshot.rules_of("1003").known


async def test_the_dial_rules_are_read_once_and_only_where_a_forward_needs_them() -> None:
    pbx = InMemory.holding(ALIASED)
    pbx.dial_rules = (DialRule("aa_church_open", "to-callqueue", "8003"),)
    snapshot = await read_snapshot(pbx, ["8000"])
    assert asked_for(pbx, "dial rules") == ["dial rules"]
    assert set(snapshot.rules) == {"8000", "8003"}
    assert simulate(snapshot, snapshot.queues["8000"], ALL_DARK).path[1].at == "queue_8003"
    await with_rules(pbx, snapshot, ["8000"])
    assert asked_for(pbx, "dial rules") == ["dial rules"]


async def test_dial_rules_that_may_not_be_read_leave_it_unknown_and_are_not_asked_for_again() -> None:
    pbx = InMemory.holding(ALIASED)
    pbx.on("dial rules", 1, NO)
    snapshot = await read_snapshot(pbx)
    assert snapshot.dial_rules is None
    assert simulate(snapshot, snapshot.queues["8000"], ALL_DARK).end.kind == "unknown"
    assert [problem.text for problem in snapshot.problems] == [
        "The dial rules could not be read: The token may not read this."
    ]
    await with_rules(pbx, snapshot, ["8000"])
    assert asked_for(pbx, "dial rules") == ["dial rules"]


@pytest.mark.parametrize(("offline", "asked"), [("queue_8001", 0), ("user_1999", 1), ("2145550101", 0)])
async def test_who_asks_is_asked_only_where_something_is_in_no_list(offline: str, asked: int) -> None:
    pbx = InMemory.holding(COMPANY)
    pbx.identity = Identity(scope="Site Manager")
    pbx.set_when_offline("8000", to(offline))
    snapshot = await read_snapshot(pbx)
    assert len(asked_for(pbx, "identity")) == asked
    assert snapshot.scope == ("Site Manager" if asked else "")


async def test_who_asks_may_not_be_told() -> None:
    pbx = InMemory.holding(COMPANY)
    pbx.set_when_offline("8000", to("user_1999"))
    pbx.always("identity", NO)
    assert (await read_snapshot(pbx)).scope == ""


async def test_a_list_that_was_not_whole_does_not_become_so_by_a_failure() -> None:
    partly = replace(COMPANY, problems=(Problem(Part.USERS, "User row 3 of 4 is a text.", lost=True),))
    after = unread(Part.USERS, "", NO)(partly)
    assert [problem.lost for problem in after.problems] == [True]
    assert not any(problem.lost for problem in unread(Part.USERS, "", NO)(COMPANY).problems)


async def test_the_domains_clock_stays_unknown_where_it_cannot_be_read() -> None:
    class Refusing(InMemory):
        async def read_clock(self) -> Clock:
            raise NO

    assert (await with_domain_clock(InMemory.holding(COMPANY), COMPANY)).domain_clock == Clock()
    assert await with_domain_clock(Refusing.holding(COMPANY), COMPANY) is COMPANY
