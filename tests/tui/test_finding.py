"""The board sorted by any column, grouped by site, and narrowed to one outcome."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.failover.model import Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.simulate import judge_all
from queuewatch.polling.state import LiveState
from queuewatch.storage.view_preferences import ViewMemory
from tests.failover.systems import snapshots
from tests.tui.keys import board, painted, program, queues_shown, running, status, until
from tests.tui.phone_system import open_office
from tests.tui.test_mouse import click_title
from widgets.bars import TopBar
from widgets.queue_rows import (
    QUEUE_COLUMNS,
    SORT_OF_COLUMN,
    OutcomeFilter,
    Sort,
    board_columns,
    grouped_site,
    queue_rows,
)


@settings(max_examples=30)
@given(snapshots(), st.sampled_from(list(Sort)), st.booleans(), st.data())
def test_no_order_and_no_group_loses_or_doubles_a_queue(
    snapshot: Snapshot, sort: Sort, backwards: bool, data: st.DataObject
) -> None:
    live_state = LiveState(snapshot, judge_all(snapshot))
    every = sorted(queue.extension for queue in snapshot.call_queues)
    rows = queue_rows(live_state, sort, backwards=backwards)
    assert sorted(row.key for row in rows) == every
    sites = {queue_site(snapshot, queue) for queue in snapshot.call_queues}
    folded = data.draw(st.sets(st.sampled_from(sorted(sites)))) if sites else set()
    grouped = queue_rows(live_state, sort, backwards=backwards, folded=folded)
    heads = [row for row in grouped if grouped_site(row.key) is not None]
    assert {grouped_site(row.key) for row in heads} == sites
    assert all(len(row.cells) == len(board_columns(None)) for row in grouped)
    assert sorted(row.key for row in grouped if row not in heads) == sorted(
        queue.extension for queue in snapshot.call_queues if queue_site(snapshot, queue) not in folded
    )


@settings(max_examples=30)
@given(snapshots())
def test_what_reaches_nobody_is_never_among_the_uncertain(snapshot: Snapshot) -> None:
    live_state = LiveState(snapshot, judge_all(snapshot))
    shown = {only: {row.key for row in queue_rows(live_state, Sort.WORST, only=only)} for only in OutcomeFilter}
    for queue in shown[OutcomeFilter.NOBODY]:
        assert live_state.judgements[queue].now.reaches_someone is False
    assert not shown[OutcomeFilter.NOT_READY] & {
        extension for extension, judged in live_state.judgements.items() if judged.readiness.state == "ready"
    }


def test_every_column_has_an_order() -> None:
    assert set(SORT_OF_COLUMN) == {column.key for column in QUEUE_COLUMNS}


async def test_the_sorted_column_has_a_sign_that_turns_with_the_order() -> None:
    async with running(open_office("harbor").app(), (140, 30)) as pilot:

        def head() -> str:
            return next(line for line in painted(program(pilot)) if "If dark" in line and "Queue" in line)

        assert "Now▼" in head()
        for title, sign, turned in (
            ("Queue", "▲", "▼"),
            ("Agents", "▲", "▼"),
            ("Wait", "▼", "▲"),
            ("Req", "▲", "▼"),
        ):
            await click_title(pilot, title)
            assert f"{title}{sign}" in head()
            order = queues_shown(pilot)
            await click_title(pilot, title)
            assert f"{title}{turned}" in head()
            assert sorted(queues_shown(pilot)) == sorted(order)
        assert "▼" not in head().replace(f"Req{turned}", "")


async def test_f_shows_one_outcome_after_the_other_and_stands_as_long_as_it_lasts() -> None:
    async with running(open_office("harbor").app()) as pilot:
        everything = queues_shown(pilot)
        shown = []
        for only in OutcomeFilter:
            await pilot.press("f")
            assert f"ONLY {only.value}" in board(pilot).query_one(TopBar).badge
            assert f"Only {only.value}: {len(queues_shown(pilot))} of {len(everything)} queues" in status(pilot)
            shown.append(queues_shown(pilot))
        assert len(set(map(tuple, shown))) == len(shown)
        await pilot.press("f")
        assert queues_shown(pilot) == everything
        await pilot.press("f", "slash", *"loop", "enter")
        assert set(queues_shown(pilot)) < set(shown[0])
        await pilot.press("escape")
        assert queues_shown(pilot) == everything
        assert board(pilot).query_one(TopBar).badge == ""


async def test_where_no_queue_is_shown_nothing_is_told_of_one() -> None:
    async with running(open_office("lakeside").app(), (140, 30)) as pilot:
        beside = slice(100, None)
        assert any("Status" in line[beside] for line in painted(pilot.app))
        await pilot.press("f")
        await until(pilot, lambda: queues_shown(pilot) == [], "none reaches nobody")
        assert any("No queue is “reaches nobody” now." in line for line in painted(pilot.app))
        await until(pilot, lambda: not any("Status" in line[beside] for line in painted(pilot.app)), "it is empty")


async def test_queues_are_grouped_folded_and_kept_so(tmp_path: Path) -> None:
    memory = ViewMemory(tmp_path)
    async with running(open_office(memory=memory).app(), (100, 24)) as pilot:
        everything = set(board(pilot).shown)
        await pilot.press("B")
        assert set(board(pilot).shown) == everything
        await pilot.press("B")
        assert board(pilot).shown == ()
        lines = [line for line in painted(program(pilot)) if "▸" in line]
        assert len(lines) == len({grouped_site(key) for key in queues_shown(pilot)})
        assert all("queues" in line and any(mark in line for mark in "✖✔?") for line in lines)
        await pilot.press("enter")
        assert board(pilot).shown
        opened = queues_shown(pilot)
    async with running(open_office(memory=memory).app(), (100, 24)) as pilot:
        assert queues_shown(pilot) == opened
        assert "grouped by site" in status(pilot)
        await pilot.press("B", "B")
        assert set(queues_shown(pilot)) == everything


async def test_a_sites_row_is_no_queue_to_any_key() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("B")
        assert board(pilot).chosen is None
        for key in ("r", "e", "w", "i", "y", "d", "enter"):
            await pilot.press(key)
            assert program(pilot).screen is board(pilot), key
