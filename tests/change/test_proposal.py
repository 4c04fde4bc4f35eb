"""What an edit would do, read against the phone system's present state. Nothing here may write."""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from queuewatch.change import Proposal, SetRequireAgents, SetWhenOffline, propose
from queuewatch.change.proposal import Change, RestoreWhenOffline
from queuewatch.failover.model import OFF, Agent, DialRule, Forward, Queue, QueueRules, Rule, User
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.pbx.errors import Forbidden, Unreachable
from tests.change.in_memory import InMemory
from tests.failover.build import CELL, UNREADABLE, agent, default, office, to

SALES = Queue("8000", "Sales", site="Dallas", require_agents=True)
SUPPORT = Queue("8001", "Support", require_agents=True)
USERS = (
    User("1001", "Ana Lopez", site="Dallas"),
    User("1002", "Ben Ito", site="Austin", voicemail=False),
    User("8000", "Sales Queue", site="Dallas", system=True),
)


def system(
    *rules: Rule, support: Iterable[Rule] = (), sales: Queue = SALES, agents: Iterable[Agent] = ()
) -> InMemory:
    return InMemory.holding(
        office(sales, SUPPORT, agents=agents, rules={"8000": rules, "8001": support}, users=USERS)
    )


async def proposed(pbx: InMemory, change: Change, *, shown: InMemory | None = None) -> Proposal:
    """The proposal of somebody who was shown ``shown``, or else what the phone system holds."""
    seen = shown or pbx
    snapshot = office(*seen.queues.values(), users=USERS)
    snapshot = replace(snapshot, agents=dict(seen.agents), rules=dict(seen.rules))
    proposal = await propose(pbx, snapshot, snapshot.queues["8000"], change)
    assert not pbx.written
    return proposal


async def test_require_agents_is_shown_before_and_after_with_what_becomes_of_a_call() -> None:
    pbx = system(default(offline=to(CELL)), sales=replace(SALES, require_agents=False))
    proposal = await proposed(pbx, SetRequireAgents(True))
    assert (proposal.setting, proposal.before, proposal.after) == ("Require Agents", "No", "Yes")
    assert proposal.judged_before.now.outcome is Outcome.STRANDED
    assert proposal.judged_after.now.outcome is Outcome.FAILS_OVER
    assert proposal.judged_before.readiness.state is ReadinessState.NOT_READY
    assert proposal.judged_after.readiness.state is ReadinessState.READY
    assert (proposal.moved, proposal.obstacles, proposal.warnings) == ((), (), ())
    assert not proposal.nothing_to_do


async def test_when_offline_is_shown_before_and_after_with_what_becomes_of_a_call() -> None:
    proposal = await proposed(system(default(offline=to("vmail_8000"))), SetWhenOffline(CELL))
    assert "When Offline" in proposal.setting
    assert "vmail_8000" in proposal.before
    assert "(214) 555-0100" in proposal.after
    assert proposal.judged_before.now.destination == "vmail_8000"
    assert proposal.judged_after.now.destination == CELL
    assert (proposal.moved, proposal.obstacles, proposal.warnings) == ((), (), ())
    assert not proposal.nothing_to_do


async def test_when_offline_can_be_switched_off() -> None:
    proposal = await proposed(system(default(offline=to(CELL))), SetWhenOffline(None))
    assert proposal.after == "off"
    assert proposal.judged_after.now.outcome is Outcome.LOST
    assert not proposal.obstacles


@pytest.mark.parametrize("on", [True, False])
async def test_a_toggle_that_is_so_already_is_nothing_to_do(on: bool) -> None:
    pbx = system(sales=replace(SALES, require_agents=on))
    assert (await proposed(pbx, SetRequireAgents(on))).nothing_to_do
    assert not (await proposed(pbx, SetRequireAgents(not on))).nothing_to_do


@pytest.mark.parametrize(
    ("current", "wanted", "nothing"),
    [
        (to(CELL), CELL, True),
        (OFF, None, True),
        (Forward(False, (CELL,)), None, True),
        (Forward(False, (CELL,)), CELL, False),
        (to(CELL, "vmail_8000"), CELL, False),
        (to(CELL), None, False),
        (UNREADABLE, None, False),
    ],
)
async def test_a_forward_that_is_so_already_is_nothing_to_do(
    current: Forward, wanted: str | None, nothing: bool
) -> None:
    proposal = await proposed(system(default(offline=current)), SetWhenOffline(wanted))
    assert proposal.nothing_to_do is nothing


async def test_a_toggle_somebody_moved_since_is_told() -> None:
    shown = system(sales=replace(SALES, require_agents=False))
    proposal = await proposed(system(), SetRequireAgents(False), shown=shown)
    assert proposal.moved == ("Require Agents was No and is now Yes.",)
    assert proposal.before == "Yes"


async def test_a_forward_somebody_moved_since_is_told() -> None:
    shown = system(default(offline=to("vmail_8000")))
    proposal = await proposed(system(default(offline=to(CELL))), SetWhenOffline(None), shown=shown)
    assert len(proposal.moved) == 1
    assert "vmail_8000" in proposal.moved[0]
    assert "(214) 555-0100" in proposal.moved[0]


async def test_rules_that_were_not_read_yet_have_not_moved() -> None:
    shown = system()
    shown.rules["8000"] = QueueRules(problem="not read yet")
    proposal = await proposed(system(default(offline=to(CELL))), SetWhenOffline(None), shown=shown)
    assert not proposal.moved


@pytest.mark.parametrize(
    ("destination", "obstacle"),
    [
        ("queue_8000", "It comes back to Sales (8000): a loop."),
        ("8000", "It comes back to Sales (8000): a loop."),
        ("user_8000", "It comes back to Sales (8000): a loop."),
        ("queue_7777", "It is a dead end: there is no queue 7777."),
        ("vmail_1002", "It is a dead end: voicemail box 1002 is switched off."),
        ("1099", "It is a dead end: there is no extension 1099."),
    ],
)
async def test_a_forward_that_loops_or_leads_nowhere_is_an_obstacle(destination: str, obstacle: str) -> None:
    for sales in (SALES, replace(SALES, require_agents=False)):
        for staff in ([], [agent("green")]):
            pbx = system(default(), sales=sales, agents=staff)
            assert (await proposed(pbx, SetWhenOffline(destination))).obstacles == (obstacle,)


@pytest.mark.parametrize(
    ("support", "crew", "obstacle"),
    [
        ([default(offline=to("queue_8000"))], [], "a loop"),
        ([default(offline=to("queue_8000"))], [agent("green", "1005", "8001")], "a loop"),
        ([default(offline=to("vmail_1002"))], [], "dead end"),
        ([default()], [], "reaches nobody at Support (8001)"),
        ([default(offline=to(CELL))], [], None),
        ([default()], [agent("green", "1005", "8001")], None),
    ],
)
async def test_a_forward_to_a_queue_is_followed_to_its_end(
    support: list[Rule], crew: list[Agent], obstacle: str | None
) -> None:
    """The rules of the other queue were not read before: they are read for the proposal."""
    pbx = system(default(), support=support, agents=crew)
    shown = system(default(), agents=crew)
    del shown.rules["8001"]
    proposal = await proposed(pbx, SetWhenOffline("queue_8001"), shown=shown)
    assert "rules 8001" in pbx.asked
    assert len(proposal.obstacles) == (1 if obstacle else 0)
    assert (obstacle or "") in "".join(proposal.obstacles)


@pytest.mark.parametrize(
    "rules",
    [
        [Rule("*"), Rule("Holidays", active=True, order=0, always=to(CELL))],
        [default(always=to(CELL))],
        [Rule("*", enabled=False)],
        [],
    ],
)
async def test_a_loop_is_an_obstacle_although_no_call_would_come_to_it_now(rules: list[Rule]) -> None:
    assert (await proposed(system(*rules), SetWhenOffline("queue_8000"))).obstacles


async def test_switching_off_is_never_an_obstacle() -> None:
    assert not (await proposed(system(default(offline=to("queue_8000"))), SetWhenOffline(None))).obstacles


@pytest.mark.parametrize(
    ("rules", "sales", "destination", "warning"),
    [
        ([default()], SALES, "user_1001", "Ana Lopez is at Dallas too"),
        ([default()], SALES, "1001", "Ana Lopez is at Dallas too"),
        ([default()], SALES, "442079460123", "not a 10-digit number"),
        ([default()], SALES, "121455501000", "Where calls would end cannot be told"),
        (
            [default()],
            SALES,
            "011442079460123",
            "+44 20 7946 0123 is a number abroad: it is written 011442079460123",
        ),
        ([default()], SALES, "19005550100", "(900) 555-0100 is a premium number"),
        ([default()], replace(SALES, require_agents=False), CELL, "Require Agents is No"),
        ([], SALES, CELL, "has no Default rule: it is created"),
        ([Rule("*", enabled=False)], SALES, CELL, "Default rule is switched off"),
        ([Rule("*"), Rule("Holidays", active=True)], SALES, CELL, "The rule Holidays is in effect now"),
        ([default()], SALES, "park_701", "Where calls would end cannot be told"),
    ],
)
async def test_what_deserves_a_second_thought_is_a_warning(
    rules: list[Rule], sales: Queue, destination: str, warning: str
) -> None:
    proposal = await proposed(system(*rules, sales=sales), SetWhenOffline(destination))
    assert any(warning in text for text in proposal.warnings)
    assert not proposal.obstacles
    assert all(text.endswith(".") for text in proposal.warnings)


async def test_a_user_elsewhere_shares_no_fate_but_the_one_of_everything() -> None:
    warnings = (await proposed(system(default()), SetWhenOffline("user_1002"))).warnings
    assert [text.split(":")[0] for text in warnings] == ["If everything went dark"]


async def test_requiring_agents_no_longer_is_warned_of_where_a_forward_is_set() -> None:
    proposal = await proposed(system(default(offline=to(CELL))), SetRequireAgents(False))
    assert proposal.warnings
    assert not (await proposed(system(default()), SetRequireAgents(True))).warnings


@pytest.mark.parametrize("change", [SetRequireAgents(True), SetWhenOffline(CELL)])
async def test_without_a_fresh_reading_there_is_no_proposal(change: SetRequireAgents | SetWhenOffline) -> None:
    pbx = system(default())
    pbx.on("stored", 1, Unreachable("No answer from the phone system."))
    with pytest.raises(Unreachable):
        await proposed(pbx, change)


async def test_rules_that_may_not_be_read_say_so_in_the_servers_own_way() -> None:
    pbx = system(default())
    pbx.on("rules 8000", 1, Forbidden("The token may not read answering rules."))
    with pytest.raises(Forbidden):
        await proposed(pbx, SetWhenOffline(CELL))


@pytest.mark.parametrize(
    ("destination", "sentence"),
    [
        ("911", "911 is the emergency number"),
        ("112", "112 is an emergency number"),
        ("933", "933 is the number that tests 911"),
        ("411", "411 is a service number"),
    ],
)
@pytest.mark.parametrize("restored", [False, True])
async def test_an_emergency_or_service_number_is_an_obstacle(
    destination: str, sentence: str, restored: bool
) -> None:
    change = RestoreWhenOffline(to(destination)) if restored else SetWhenOffline(destination)
    proposal = await proposed(system(default()), change)
    assert [text for text in proposal.obstacles if sentence in text]
    assert proposal.judged_after.readiness.state == "unknown"


@pytest.mark.parametrize(
    "stored", ["aa_church_open", "phone_front-desk", "user_1002@elsewhere.example", "+442079460123"]
)
async def test_what_the_dial_plan_knows_can_be_restored(stored: str) -> None:
    pbx = system(default())
    proposal = await proposed(pbx, RestoreWhenOffline(to(stored)))
    assert not proposal.obstacles
    assert ("dial rules" in pbx.asked) is not stored.startswith("+")


async def test_where_the_dial_rules_say_that_it_is_a_loop_it_is_one() -> None:
    pbx = system(default())
    pbx.dial_rules = (DialRule("aa_church_open", "sip:start@call-queuing", "8000"),)
    assert (await proposed(pbx, RestoreWhenOffline(to("aa_church_open")))).obstacles
