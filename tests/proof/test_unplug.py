"""Somebody really takes the power: each agent's turning Grey, and the first call that fails over, are timed."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.failover.drill.scope import DrillScope
from queuewatch.pbx.calls import ActiveCall, Party
from queuewatch.polling.assemble import read_snapshot
from queuewatch.polling.devices import DeviceReadBudget, read_for_drill
from queuewatch.proof.unplug import Unplugged, Watch, after_the_watch, before_the_watch, document, nothing_to_time

from .office import FAST, Office, office


async def a_watch(desk: Office, told: list[str], target: int | None = None) -> Watch:
    snapshot = await read_snapshot(desk.client, ["8000"])
    queue = snapshot.queues["8000"]
    scope = DrillScope(agents=frozenset(agent.id for agent in snapshot.agents_of("8000")))
    budget = DeviceReadBudget(seconds_each=0.0)
    async for step in read_for_drill(desk.client, snapshot, scope, budget, clock=lambda: desk.pbx.now):
        snapshot = step.update(snapshot)
    # By the company's own clock, which goes faster than the room's.
    snapshot = replace(snapshot, taken_at=desk.pbx.now)
    return Watch(desk.client, snapshot, queue, told.append, "jane", target, FAST, lambda: desk.pbx.now)


async def test_the_power_of_a_site(tmp_path: Path) -> None:
    told: list[str] = []
    async with office(tmp_path, speed=200.0) as desk:
        watch = await a_watch(desk, told, target=300)
        first = before_the_watch(watch.snapshot, watch.queue)
        assert first[0].startswith("Phones without power cannot call for help")
        assert any(line.startswith("Ana Lopez: Grey ") for line in first)
        desk.pbx.cut_power("Dallas")

        def call(line: str) -> None:
            told.append(line)
            if line.startswith("Every agent is Grey"):
                desk.pbx.dial("12145550777", "8000")

        watch.tell = call
        async with asyncio.timeout(20):
            measured = await watch.run()
        assert {one.name for one in measured.grey} == {"Ana Lopez", "Ben Ito", "Cara Singh"}
        assert all(one.predicted is not None for one in measured.grey)
        assert (measured.caller, measured.still_online, measured.ok) == ("2145550777", (), True)
        assert measured.first_call is not None
        assert measured.all_grey is not None
        assert measured.first_call >= measured.all_grey == measured.measured
        assert measured.predicted == max(one.predicted or 0 for one in measured.grey)
        assert after_the_watch(measured)[0].endswith("target 5:00 · in time")
        told_as = document(measured)
        assert (told_as["outcome"], told_as["target"]) == ("failed_over", 300)
        # Nobody was touched.
        assert [path for path in desk.gate.passed if not path.startswith("GET")] == []


ROW = ActiveCall("c1", caller=Party("12145550777", number="2145550777"), dialled=Party("8000"))


@pytest.mark.parametrize(
    ("row", "caller"),
    [
        (replace(ROW, by=Party("8000"), term=Party("12145550100", number="2145550100")), "2145550777"),
        # One row a call, which went on from the queue where it failed over to.
        (replace(ROW, by=Party("8003"), term=Party("1008")), "2145550777"),
        (replace(ROW, by=Party("8000"), term=Party("8000"), term_at=Party("vmail_8000")), "2145550777"),
        (replace(ROW, by=Party("8000"), term=Party("1001"), term_at=Party("vmail_1001")), "2145550777"),
        (replace(ROW, by=Party("8000"), term=Party("1001wp")), None),
        (replace(ROW, by=Party("8000"), term=Party("1001"), answered=True), None),
        (replace(ROW, by=Party("9000"), term=Party("8000")), None),
        (replace(ROW, term=Party("9000")), None),
    ],
    ids=[
        "a cell",
        "another queue's agent",
        "its mailbox",
        "an agent's mailbox",
        "its own agent rings",
        "its own agent talks",
        "it waits",
        "a menu",
    ],
)
async def test_what_counts_as_failed_over(row: ActiveCall, caller: str | None, tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        watch = await a_watch(desk, [])
        assert watch._failed_over(watch._tracer(), [row]) == caller


async def test_one_plug_does_not_close_a_queue(tmp_path: Path) -> None:
    told: list[str] = []
    async with office(tmp_path) as desk:
        watch = await a_watch(desk, told)

        def stop(line: str) -> None:
            told.append(line)
            watch.stopped.set()

        watch.tell = stop
        desk.pbx.floor.unregister("1001")
        async with asyncio.timeout(20):
            measured = await watch.run()
        assert [one.name for one in measured.grey] == ["Ana Lopez"]
        assert (measured.measured, measured.ok) == (None, False)
        (line,) = after_the_watch(measured)
        assert line.startswith("Front Desk (8000): did not fail over in the 0:0")
        assert line.endswith(" of the watch. Ben Ito and Cara Singh stayed online.")


async def test_where_everybody_is_grey_already_nothing_is_timed(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        for user in ("1001", "1002", "1003"):
            desk.pbx.floor.unregister(user)
        watch = await a_watch(desk, [])
        why = nothing_to_time(watch.snapshot, watch.queue)
        assert why.startswith("Nobody is online")
        refused = Unplugged("8000", "Front Desk", desk.pbx.now, desk.pbx.now, why=why)
        assert (document(refused)["outcome"], document(refused)["why"], refused.ok) == ("refused", why, False)
        assert after_the_watch(refused) == (f"Front Desk (8000): {why}",)
