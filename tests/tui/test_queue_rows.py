"""Rows that are kept from one live state to the next are those that would be made anew."""

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from queuewatch.failover.destination import CallEnd, EndKind
from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.drill.matrix import QueueFates, SiteFate, SiteMatrix, site_matrix
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.simulate import judge_all, rejudge
from queuewatch.polling.state import LiveState
from tests.failover.build import agent
from tests.failover.systems import snapshots
from tests.failover.test_simulate_changed import two_moments
from tests.polling.clock import company
from widgets import queue_rows as rows_module
from widgets.queue_rows import (
    MOST_SITES,
    OTHER_SITES,
    MadeRows,
    Sort,
    board_columns,
    queue_rows,
    search_text,
    shown_keys,
    site_cell,
    site_cells,
    site_of_column,
)


@settings(max_examples=60)
@given(two_moments())
def test_kept_rows_are_as_if_made_anew(moments: tuple[Snapshot, Snapshot]) -> None:
    made = MadeRows()
    for snapshot in moments:
        judged = judge_all(snapshot)
        live_state = LiveState(snapshot, judged, matrix=site_matrix(snapshot, judged))
        for words in ("", "a", "8001 r", "@"):
            assert queue_rows(live_state, Sort.WORST, words, made) == queue_rows(live_state, Sort.WORST, words)


@settings(max_examples=10)
@given(snapshots())
def test_nothing_changed_is_nothing_made(snapshot: Snapshot) -> None:
    made = MadeRows()
    live_state = LiveState(snapshot, judge_all(snapshot))
    first = queue_rows(live_state, Sort.NAME, made=made)
    again = queue_rows(replace(live_state, snapshot=replace(snapshot)), Sort.NAME, made=made)
    assert all(one is other for one, other in zip(first, again, strict=True))


def test_of_each_queue_the_text_that_is_searched_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together: list[str] = []

    def counted(live_state: LiveState, queue: Queue, *, by_id: bool) -> str:
        put_together.append(queue.extension)
        return search_text(live_state, queue, by_id=by_id)

    monkeypatch.setattr(rows_module, "search_text", counted)
    snapshot, made = company(queues=30), MadeRows()
    live_state = LiveState(snapshot, judge_all(snapshot))
    for typed in ("8", "80", "802", "8021", "802", "802 "):
        queue_rows(live_state, Sort.WORST, typed, made)
    assert put_together == [*snapshot.queues]
    # One agent comes or goes while the filter is open.
    agents = {**snapshot.agents, "8003": (agent("grey", "1001", "8003"),)}
    after = replace(snapshot, agents=agents)
    later = replace(live_state, snapshot=after, judgements=rejudge(snapshot, live_state.judgements, after))
    queue_rows(later, Sort.WORST, "802", made)
    assert put_together[30:] == ["8003"]


SIGNS = {
    DrillOutcome.FAILS_OVER: "✔",
    DrillOutcome.SENT_ON: "✔",
    DrillOutcome.HELD_OPEN: "◆",
    DrillOutcome.ANSWERED: "·",
    DrillOutcome.STRANDED: "✖",
    DrillOutcome.LOST: "✖",
    DrillOutcome.UNCERTAIN: "?",
}


def fate(fate: DrillOutcome, *, touched: bool = True) -> SiteFate:
    return SiteFate(fate, touched, CallEnd(EndKind.AGENTS, "8000"))


@pytest.mark.parametrize("outcome", DrillOutcome)
def test_a_cell_says_whether_callers_still_reach_somebody(outcome: DrillOutcome) -> None:
    assert [span.text for span in site_cell(fate(outcome))] == [SIGNS[outcome]]
    assert [span.text for span in site_cell(fate(outcome, touched=False))] == ["·"]


def matrix_of(*outcomes: DrillOutcome) -> SiteMatrix:
    fates = {f"Site {number}": fate(outcome) for number, outcome in enumerate(outcomes, 1)}
    return SiteMatrix(tuple(fates), {"8000": QueueFates("8000", fates, DrillOutcome.LOST)})


def test_six_sites_have_a_column_and_the_worst_of_the_others_stands_in_one() -> None:
    held, over = DrillOutcome.HELD_OPEN, DrillOutcome.FAILS_OVER
    matrix = matrix_of(*[over] * 6, held, DrillOutcome.STRANDED, over)
    added = board_columns(matrix)[3:-5]
    assert [column.title for column in added] == ["S1", "S2", "S3", "S4", "S5", "S6", "+3"]
    assert [site_of_column(column.key) for column in added] == [*(f"Site {n}" for n in range(1, 7)), ""]
    assert ["".join(span.text for span in spans) for spans in site_cells(matrix, "8000")] == [*"✔✔✔✔✔✔✖"]
    assert len(site_cells(matrix, "8001")) == MOST_SITES + 1, "a queue that is not worked out yet has its cells"
    assert shown_keys(("queue", "sites"), matrix)[-1] == OTHER_SITES
    assert len(board_columns(matrix_of(*[over] * 6))) == len(board_columns(None)) + 6


@settings(max_examples=30)
@given(snapshots())
def test_a_row_has_a_cell_for_every_column(snapshot: Snapshot) -> None:
    judged = judge_all(snapshot)
    for matrix in (None, SiteMatrix(), site_matrix(snapshot, judged)):
        rows = queue_rows(LiveState(snapshot, judged, matrix=matrix), Sort.WORST)
        assert {len(row.cells) for row in rows} <= {len(board_columns(matrix))}
