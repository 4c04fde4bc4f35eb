"""A plan: what differs, judged on the state after all of it, in an order in which nobody is worse off between."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.change import RestoreWhenOffline, SetRequireAgents, SetWhenOffline
from queuewatch.failover.model import Forward, Queue, QueueRules, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.verdict import ReadinessState
from queuewatch.journal import Who
from queuewatch.journal.memory import JournalInMemory
from queuewatch.polling.assemble import read_snapshot
from queuewatch.setup.carry_out import CarriedOut, carry_out
from queuewatch.setup.export import as_csv, as_toml
from queuewatch.setup.plan import SetupPlan, WantedChange, fare, laid_over, make_plan, plan_of_undo, wanted_by_file
from queuewatch.setup.setup_file import SetupFile, SetupFileError, read_csv, read_toml
from tests.change.in_memory import InMemory
from tests.failover.build import CELL, default, office, to
from tests.failover.systems import snapshots

SALES, SUPPORT, BILLING = (
    Queue("8000", "Sales", require_agents=False),
    Queue("8001", "Support", require_agents=True),
    Queue("8002", "Billing", require_agents=True),
)


def of(snapshot: Snapshot) -> InMemory:
    return InMemory.holding(snapshot)


async def plan_by(snapshot: Snapshot, text: str, *, force: bool = False) -> SetupPlan:
    file = read_toml("a.toml", text)
    return await make_plan(of(snapshot), snapshot, wanted_by_file(snapshot, file, force=force), force=force)


def changes(plan: SetupPlan) -> list[tuple[str, str, str]]:
    return [(proposal.queue.extension, proposal.before, proposal.after) for proposal in plan.changes]


OFFICE = office(
    SALES,
    SUPPORT,
    BILLING,
    rules={"8000": [default()], "8001": [default(offline=to("queue_8002"))], "8002": [default(offline=to(CELL))]},
)


async def test_the_forward_comes_first_and_require_agents_last_and_the_reverse_on_the_way_back() -> None:
    there = await plan_by(OFFICE, f'[queues.8000]\nrequire_agents = true\nwhen_offline = "{CELL}"\n')
    assert changes(there) == [("8000", "off", "(214) 555-0100 · 2145550100"), ("8000", "No", "Yes")]
    assert {proposal.judged_after.readiness.state for proposal in there.changes} == {ReadinessState.READY}
    set_so = laid_over(OFFICE, there.changes)
    back = await plan_by(set_so, "[queues.8000]\nrequire_agents = false\nwhen_offline = false\n")
    assert changes(back) == [("8000", "Yes", "No"), ("8000", "(214) 555-0100 · 2145550100", "off")]


async def test_a_queue_that_is_led_to_is_made_ready_first() -> None:
    led_to = office(SALES, SUPPORT, rules={"8000": [default()], "8001": [default(offline=to(CELL))]})
    plan = await plan_by(
        led_to,
        '[queues.8001]\nwhen_offline = "queue_8000"\n'
        f'[queues.8000]\nrequire_agents = true\nwhen_offline = "{CELL}"\n',
    )
    assert [queue for queue, *_ in changes(plan)] == ["8000", "8000", "8001"]


@pytest.mark.parametrize("first", ["8000", "8001"])
async def test_two_forwards_that_make_a_loop_together_are_refused(first: str) -> None:
    """Each alone is fine, whichever is named first."""
    other = {"8000": "8001", "8001": "8000"}[first]
    alone = office(replace(SALES, require_agents=True), SUPPORT, rules={"8000": [default()], "8001": [default()]})
    text = f'[queues.{first}]\nwhen_offline = "queue_{other}"\n'
    both = await plan_by(alone, f'{text}[queues.{other}]\nwhen_offline = "queue_{first}"\n')
    assert both.changes == ()
    assert len(both.refused) == 2
    assert all("a loop" in refused.why for refused in both.refused)
    forced = await plan_by(alone, f'{text}[queues.{other}]\nwhen_offline = "queue_{first}"\n', force=True)
    assert len(forced.changes) == 2


async def test_what_counted_on_a_refused_change_is_refused_with_it() -> None:
    """Sales may lead to Support only if Support leads on, and the way on is no way."""
    alone = office(SALES, SUPPORT, rules={"8000": [default()], "8001": [default()]})
    text = '[queues.8000]\nwhen_offline = "queue_8001"\n[queues.8001]\nwhen_offline = "8999"\n'
    plan = await plan_by(alone, text)
    whys = [refused.why for refused in plan.refused]
    assert plan.changes == ()
    assert ["dead end" in why for why in whys] == [True, True]
    assert any(why.endswith(" (a.toml, line 4, queues.8001.when_offline)") for why in whys)


async def test_a_queue_that_others_lead_to_tells_what_becomes_of_them() -> None:
    plan = await plan_by(OFFICE, "[queues.8002]\nwhen_offline = false\n")
    assert [affected.queue.extension for affected in plan.affected] == ["8001"]
    assert [queue.extension for queue in plan.worse] == ["8002", "8001"]


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        (
            "[queues.8003]\nwhen_offline = false\n",
            "a.toml, line 1, queues.8003: there is no queue 8003",
            "Did you mean 800",
        ),
        ("[queues.Sales]\n", "line 1, queues.Sales: there is no queue Sales", "Sales is 8000"),
        (
            '[queues.8000]\nwhen_offline = "Suport"\n',
            "line 2, queues.8000.when_offline: “Suport” is no",
            "Support",
        ),
        # A part of a name may be anybody's: a yes in the wrong column, say.
        (
            '[queues.8000]\nwhen_offline = "upp"\n',
            "line 2, queues.8000.when_offline: “upp” is only a part",
            "whole",
        ),
        ('[domain]\nname = "other.example"\n', "line 2, domain.name: the file is about other.example", "--force"),
    ],
)
async def test_what_there_is_not_is_told_with_its_line(text: str, sentence: str, hint: str) -> None:
    with pytest.raises(SetupFileError) as raised:
        await plan_by(OFFICE, text)
    assert sentence in str(raised.value)
    assert hint in raised.value.hint


@pytest.mark.parametrize("destination", ["queue_8009", "8009", "vmail_8009"])
async def test_an_extension_that_nobody_has_is_refused_with_the_nearest(destination: str) -> None:
    plan = await plan_by(OFFICE, f'[queues.8000]\nwhen_offline = "{destination}"\n')
    (refused,) = plan.refused
    assert "dead end" in refused.why
    assert refused.why.endswith("Did you mean 8002? (a.toml, line 2, queues.8000.when_offline)")


async def test_a_queue_of_another_name_is_refused() -> None:
    text = '[queues.8001]\nname = "Suport"\nwhen_offline = false\n'
    plan = await plan_by(OFFICE, text)
    assert plan.changes == ()
    assert [refused.why for refused in plan.refused] == [
        "Queue 8001 is called Support, and a.toml, line 2, queues.8001.name says Suport: "
        "the extension may have been given to another queue."
    ]
    assert len((await plan_by(OFFICE, text, force=True)).changes) == 1


async def test_what_cannot_be_read_is_not_planned() -> None:
    unread = replace(
        OFFICE,
        queues={**OFFICE.queues, "8000": replace(SALES, require_agents=None)},
        rules={**OFFICE.rules, "8000": QueueRules(problem="its rules could not be read. Row 1 is odd.")},
    )
    assert "# when_offline is left out: its rules could not be read. Row 1 is odd.\n" in as_toml(
        unread, unread.call_queues
    )
    plan = await plan_by(unread, "[queues.8000]\nrequire_agents = true\nwhen_offline = false\n")
    assert plan.changes == ()
    assert [refused.why for refused in plan.refused] == [
        "When Offline of Sales (8000) cannot be planned: its rules could not be read. Row 1 is odd.",
        "Require Agents of Sales (8000) cannot be planned: what is stored there cannot be read.",
    ]


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        (Forward(False, (CELL,)), "false"),
        (Forward(True, ()), "false"),
        (to("12145550100"), '"(214) 555-0100"'),
        (to("2145550100"), "12145550100"),
        (to("8002"), '"queue_8002"'),
        (to("queue_8002"), '"Billing"'),
        (to("sip:odd@elsewhere;x=1"), '"sip:odd@elsewhere;x=1"'),
        (to(CELL, "vmail_1"), f'["{CELL}", "vmail_1"]'),
    ],
)
async def test_what_means_the_same_is_no_difference(stored: Forward, written: str) -> None:
    held = office(SALES, BILLING, rules={"8000": [default(offline=stored)], "8002": [default()]})
    plan = await plan_by(held, f"[queues.8000]\nwhen_offline = {written}\n")
    assert changes(plan) == []
    assert plan.refused == ()


async def test_of_several_destinations_it_is_told_which_is_used() -> None:
    plan = await plan_by(OFFICE, f'[queues.8000]\nwhen_offline = ["{CELL}", "vmail_8000", "Support"]\n')
    assert [after for _, _, after in changes(plan)] == [
        "(214) 555-0100 · 2145550100; stored behind it, and never used: the voicemail of Sales (8000) "
        "and Support (8001)"
    ]


async def test_several_destinations_are_written_as_they_stand() -> None:
    plan = await plan_by(OFFICE, f'[queues.8000]\nwhen_offline = ["{CELL}", "Support"]\n')
    assert [proposal.change for proposal in plan.changes] == [RestoreWhenOffline(to(CELL, "queue_8001"))]


async def files_of(snapshot: Snapshot) -> list[SetupFile]:
    queues = snapshot.call_queues
    return [
        read_toml("a.toml", as_toml(snapshot, queues)),
        read_csv("a.csv", as_csv(snapshot, queues)),
        read_csv("a.csv", as_csv(snapshot, queues).replace("\n", "\r\n")),
    ]


def test_no_cell_is_a_number_that_a_spreadsheet_would_shorten() -> None:
    queue = Queue("0800", "Sales")
    snapshot = office(queue, rules={"0800": [default(offline=to("011442079460958"))]})
    assert "'0800,Sales,no,'011442079460958" in as_csv(snapshot, [queue])
    (entry,) = read_csv("a.csv", as_csv(snapshot, [queue])).queues
    assert (entry.queue, entry.when_offline) == ("0800", ("011442079460958",))
    # Ten and eleven digits stay as people know them.
    assert f",{CELL}\n" in as_csv(office(SALES, rules={"8000": [default(offline=to(CELL))]}), [SALES])


@settings(max_examples=60)
@given(snapshots())
async def test_what_is_exported_is_no_difference(snapshot: Snapshot) -> None:
    for file in await files_of(snapshot):
        plan = await make_plan(of(snapshot), snapshot, wanted_by_file(snapshot, file))
        assert (plan.changes, plan.refused) == ((), ())


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "'=1",
        "Sales;=cmd|'/c calc'!A1",
        "a; -1;+1;'@x",
        "a;;=1",
        ";=1",
        "Sales; 'West'",
        "O'Neill; Co",
        "＝1;＠x",
    ],
)
async def test_no_cell_of_an_export_begins_as_a_formula_whatever_parts_the_cells(name: str) -> None:
    held = office(replace(SALES, name=name), rules={"8000": [default(offline=to(CELL))]})
    text = as_csv(held, held.call_queues)
    for delimiter in ",;\t":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
        assert [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@＝＋－＠"))] == []
    (queue,) = read_csv("a.csv", text).queues
    plan = await make_plan(of(held), held, wanted_by_file(held, read_csv("a.csv", text)))
    assert (queue.name, plan.changes, plan.refused) == (name, (), ())


@st.composite
def wishes(draw: st.DrawFn, snapshot: Snapshot) -> list[WantedChange]:
    """Some settings of some queues, otherwise than they are or not."""
    destinations = [CELL, "vmail_1001", *(f"queue_{queue.extension}" for queue in snapshot.call_queues)]
    found: list[WantedChange] = []
    for queue in snapshot.call_queues:
        if draw(st.booleans()):
            found.append(WantedChange(queue, SetRequireAgents(draw(st.booleans()))))
        if draw(st.booleans()):
            found.append(WantedChange(queue, SetWhenOffline(draw(st.sampled_from([None, *destinations])))))
    return found


def fares(snapshot: Snapshot) -> Mapping[str, tuple[int, int]]:
    return {queue: fare(judgement) for queue, judgement in judge_all(snapshot).items()}


@settings(max_examples=100)
@given(st.data())
async def test_nobody_is_worse_off_on_the_way(data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(odd=False))
    plan = await make_plan(of(snapshot), snapshot, data.draw(wishes(snapshot)))
    reached = plan.now
    moments = [fares(reached)]
    for proposal in plan.changes:
        reached = laid_over(reached, [proposal])
        moments.append(fares(reached))
    for queue in moments[0]:
        floor = tuple(map(min, moments[0][queue], moments[-1][queue]))
        assert all(moment[queue][0] >= floor[0] for moment in moments)
        assert all(moment[queue][1] >= floor[1] for moment in moments)


@settings(max_examples=25)
@given(st.data())
async def test_whatever_is_planned_can_be_made_and_taken_back(data: st.DataObject) -> None:
    """On random systems: the plan is then empty, and after the undo the set-up is the same file as before."""
    snapshot = data.draw(snapshots(odd=False))
    system = of(snapshot)
    before = await read_snapshot(system)
    wanted = data.draw(wishes(before))
    plan = await make_plan(system, before, wanted, force=True)
    log = JournalInMemory(Path("nowhere"), Who("", "jane"))
    outcome = CarriedOut()
    await carry_out(system, plan, outcome, journal=log, alone=True)
    assert outcome.ok
    then = await read_snapshot(system)
    assert not (await make_plan(system, then, wanted, force=True)).changes
    if not plan.changes:
        return
    undo = await plan_of_undo(system, then, log.read(), outcome.group, None, force=True)
    back = CarriedOut()
    await carry_out(system, undo, back, journal=log, alone=True)
    assert back.ok
    after = await read_snapshot(system)
    assert as_toml(after, after.call_queues) == as_toml(before, before.call_queues)
