"""The buildings below the queues: one line a site, who is connected there, and what falls if its power goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from queuewatch.failover.drill.buildings import Building, BuildingCounts
from queuewatch.failover.drill.matrix import SiteMatrix
from queuewatch.failover.model import Snapshot
from queuewatch.failover.places import places
from queuewatch.failover.sites import site_key
from queuewatch.failover.verdict import Counts, Outcome
from queuewatch.polling.state import LiveState
from widgets.agent_rows import countdown
from widgets.cells import Cell, CellSpan, Column, Row, cell
from widgets.line_table import LineTable
from widgets.marks import GLYPHS

BUILDING_COLUMNS = (
    Column("site", "Buildings", 10),
    Column("phones", "Phones", 7),
    Column("agents", "Agents", 8),
    Column("falls", "If its power goes", 20),
)


class PowerCut(NamedTuple):
    """A site of a demo that has no power."""

    since: datetime
    next_phone_off: datetime | None
    """When the next phone there is offline; ``None`` if all are."""


class Buildings(LineTable, can_focus=False):
    """One line a site."""

    def __init__(self, *, id: str) -> None:
        super().__init__(BUILDING_COLUMNS, id=id)
        self._of: tuple[Snapshot, SiteMatrix] | None = None
        self._known: tuple[Building, ...] = ()
        self._counts = BuildingCounts()
        self._was_whole = False

    def show(self, live_state: LiveState, cuts: Mapping[str, PowerCut], now: datetime) -> None:
        """Show every site of the matrix; ``cuts`` are those of a demo that have no power at ``now``."""
        snapshot, matrix = live_state.snapshot, live_state.matrix
        if matrix is None:
            return
        if self._of is None or self._of[0] is not snapshot or self._of[1] is not matrix:
            self._of, self._known = (snapshot, matrix), self._counts.of(snapshot, matrix)
        # What has no power stands on top: where there is little room, that is what is seen.
        known = sorted(self._known, key=lambda building: building.site not in cuts)
        self.show_rows(_row(live_state, building, cuts.get(building.site), now) for building in known)
        if not self._was_whole and _is_whole(snapshot, matrix):
            # What stood there while it was read and worked out took more room than what came of it.
            self._was_whole = True
            self.fit_anew()


def _is_whole(snapshot: Snapshot, matrix: SiteMatrix) -> bool:
    """Whether all that decides what becomes of a queue is read, and worked out for every site."""
    if not snapshot.queues or matrix.missing or snapshot.numbers is None or snapshot.attendants is None:
        return False
    return all(queue.extension in snapshot.rules for queue in snapshot.call_queues)


def _row(live_state: LiveState, building: Building, cut: PowerCut | None, now: datetime) -> Row:
    phones = cell(f"{building.connected} of {building.phones}") if building.phones else cell("none", "muted")
    falls = _falls(building) if cut is None else _fares(live_state, building, cut, now)
    return Row(building.site, (cell(building.site, "strong"), phones, _agents(building.agents), falls))


def _agents(counts: Counts) -> Cell:
    """``●3 ◆2 ○0``, each person once."""
    shown = [("green", counts.green), ("red", counts.red), ("grey", counts.grey)]
    shown += [("unknown", counts.unknown)] if counts.unknown else []
    return tuple(
        CellSpan(f"{' ' if place else ''}{GLYPHS[style]}{n}", style if n else "muted")
        for place, (style, n) in enumerate(shown)
    )


BETWEEN = " · "


def _falls(building: Building) -> Cell:
    """What a power cut there would do. Nobody is reached only if it happens: it is red, and not bright."""
    spans: list[CellSpan] = []
    for clause in building.falls.split(BETWEEN):
        bad = clause.endswith(("reaches nobody", "reach nobody"))
        quiet = clause == "nothing changes"
        spans += [CellSpan(BETWEEN, "muted")] if spans else []
        spans.append(CellSpan(clause, "risk" if bad else "muted" if quiet else ""))
    return tuple(spans)


def _fares(live_state: LiveState, building: Building, cut: PowerCut, now: datetime) -> Cell:
    """Since when it has no power, and how the queues with somebody there fare in this moment."""
    off = countdown(now - cut.since)
    soon = ""
    # Other phones than those that are counted here may still be on: of people who are in no queue.
    if cut.next_phone_off is not None and building.connected:
        soon = f"{BETWEEN}next phone in {countdown(cut.next_phone_off - now)}"
    spans = [CellSpan(f"{GLYPHS['power']} off {off}{soon}", "warn")]
    snapshot, onward = live_state.snapshot, (Outcome.FAILS_OVER, Outcome.OVERFLOWS, Outcome.DIVERTED)
    there = dict.fromkeys(row.queue for row in places(snapshot).rows.get(site_key(building.site), ()))
    verdicts = {queue: judged.now for queue in there if (judged := live_state.judgements.get(queue))}
    nobody = [queue for queue, verdict in verdicts.items() if verdict.reaches_someone is False]
    sent = [queue for queue in verdicts if queue not in nobody and verdicts[queue].outcome in onward]
    unsure = [queue for queue, verdict in verdicts.items() if verdict.outcome is Outcome.UNCERTAIN]
    still = [queue for queue in verdicts if queue not in (*nobody, *sent, *unsure)]
    for queues, one, many, style in (
        (nobody, "reaches nobody", "reach nobody", "bad"),
        (unsure, "cannot be told", "cannot be told", "unknown"),
        (sent, "fails over", "fail over", ""),
        (still, "is still open", "still open", ""),
    ):
        if queues:
            name = snapshot.queues[queues[0]].name or queues[0]
            words = f"{name} {one}" if len(queues) == 1 else f"{len(queues)} {many}"
            spans += [CellSpan(BETWEEN, "muted"), CellSpan(words, style)]
    return tuple(spans)
