"""The buildings below the queues: one line a site, who is connected there, and what falls if its power goes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.drill.matrix import OFFICE, SiteMatrix
from queuewatch.failover.model import Agent, Registration, Snapshot
from queuewatch.failover.places import places
from queuewatch.failover.sites import site_key
from queuewatch.failover.status import Status, status_of
from queuewatch.failover.verdict import Outcome
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


def building_rows(live_state: LiveState, cuts: dict[str, PowerCut], now: datetime) -> list[Row]:
    """A row for each site of the matrix; ``cuts`` are the sites of a demo that have no power at ``now``."""
    matrix = live_state.matrix
    if matrix is None:
        return []
    return [Row(site, _cells(live_state, matrix, site, cuts.get(site), now)) for site in matrix.sites]


def _cells(
    live_state: LiveState, matrix: SiteMatrix, site: str, cut: PowerCut | None, now: datetime
) -> tuple[Cell, ...]:
    snapshot = live_state.snapshot
    rows = agents_at(snapshot, site)
    if cut is None:
        return (cell(site, "strong"), _phones(rows), _agents(rows), falls(snapshot, matrix, site))
    left = "" if cut.next_phone_off is None else f" · next phone in {_left(cut.next_phone_off - now)}"
    power = CellSpan(f"{GLYPHS['power']} off {_left(now - cut.since)}{left}", "warn")
    return (
        cell(site, "strong"),
        _phones(rows),
        _agents(rows),
        (power, CellSpan(" · "), *fares_now(live_state, rows)),
    )


def _left(span: timedelta) -> str:
    return countdown(max(span, timedelta()))


def agents_at(snapshot: Snapshot, site: str) -> tuple[Agent, ...]:
    """The rows of the agents at a site; all of them where everything is one office."""
    by_site = places(snapshot).rows
    if site == OFFICE and site_key(site) not in by_site:
        return tuple(row for rows in snapshot.agents.values() for row in rows)
    return tuple(by_site.get(site_key(site), ()))


def _phones(rows: Iterable[Agent]) -> Cell:
    """``3 of 8``: the people with a phone connected, of those who have one of ours."""
    known: dict[str, bool | None] = {}
    for row in rows:
        match row.registration:
            case Registration.CONNECTED | Registration.PUSH:
                known[row.id] = True
            case Registration.UNKNOWN:
                known.setdefault(row.id, None)
            case Registration.OFFNET:
                pass
            case _:
                known[row.id] = known.get(row.id) or False
    if not known:
        return cell("none", "muted")
    if all(connected is None for connected in known.values()):
        return cell("?", "unknown")
    on = sum(connected is True for connected in known.values())
    unsure = sum(connected is None for connected in known.values())
    words = cell(f"{on} of {len(known)}")
    return (*words, CellSpan(f" {GLYPHS['unknown']}{unsure}", "unknown")) if unsure else words


_BRIGHTEST = (Status.GREEN, Status.RED, Status.UNKNOWN, Status.GREY)
"""Somebody who is ready in one queue is not gone because another has them set Offline."""


def _agents(rows: Iterable[Agent]) -> Cell:
    """``●3 ◆2 ○0``, each person once."""
    best: dict[str, Status] = {}
    for row in rows:
        status = status_of(row).status
        best[row.id] = min(status, best.get(row.id, status), key=_BRIGHTEST.index)
    counts = [(status, sum(own is status for own in best.values())) for status in _BRIGHTEST]
    shown = [(status, n) for status, n in counts if n or status is not Status.UNKNOWN]
    return tuple(
        CellSpan(f"{' ' if place else ''}{GLYPHS[status]}{n}", status if n else "muted")
        for place, (status, n) in enumerate(shown)
    )


def falls(snapshot: Snapshot, matrix: SiteMatrix, site: str) -> Cell:
    """What becomes of the queues if this site goes dark: who reaches nobody comes first."""
    if matrix.missing or not matrix.queues:
        return cell("…", "muted")
    touched = {queue: matrix.queues[queue].fates[site].fate for queue in matrix.touched(site)}
    return _told(snapshot, touched) or cell("nothing changes", "muted")


_SAYS: tuple[tuple[frozenset[DrillOutcome], str, str, str], ...] = (
    (frozenset({DrillOutcome.STRANDED, DrillOutcome.LOST}), "reaches nobody", "reach nobody", "risk"),
    (frozenset({DrillOutcome.UNCERTAIN}), "is not known", "are not known", "unknown"),
    (frozenset({DrillOutcome.HELD_OPEN}), "is held open", "are held open", ""),
    (frozenset({DrillOutcome.FAILS_OVER}), "fails over", "fail over", ""),
    (frozenset({DrillOutcome.SENT_ON}), "is sent on", "are sent on", ""),
    (frozenset({DrillOutcome.ANSWERED}), "is answered", "are answered", "muted"),
)


def _told(snapshot: Snapshot, fates: dict[str, DrillOutcome]) -> Cell:
    return _joined(
        (_subject(snapshot, [queue for queue, fate in fates.items() if fate in alike]), one, many, style)
        for alike, one, many, style in _SAYS
    )


def _joined(clauses: Iterable[tuple[str, str, str, str]]) -> Cell:
    spans: list[CellSpan] = []
    for subject, one, many, style in clauses:
        if subject:
            verb = many if subject.isdecimal() else one
            spans += [CellSpan(" · ", "muted")] if spans else []
            spans.append(CellSpan(f"{subject} {verb}", style))
    return tuple(spans)


def _subject(snapshot: Snapshot, queues: list[str]) -> str:
    if len(queues) != 1:
        return str(len(queues)) if queues else ""
    return snapshot.queues[queues[0]].name or queues[0]


def fares_now(live_state: LiveState, rows: Iterable[Agent]) -> Cell:
    """How the queues with an agent at a site that has no power fare in this moment."""
    judged = {queue: live_state.judgements.get(queue) for queue in dict.fromkeys(row.queue for row in rows)}
    now = {queue: verdicts.now for queue, verdicts in judged.items() if verdicts is not None}
    onward = (Outcome.FAILS_OVER, Outcome.OVERFLOWS, Outcome.DIVERTED)
    lost = [queue for queue, verdict in now.items() if verdict.reaches_someone is False]
    sent = [queue for queue, verdict in now.items() if queue not in lost and verdict.outcome in onward]
    unsure = [queue for queue, verdict in now.items() if verdict.outcome is Outcome.UNCERTAIN]
    open_still = [queue for queue in now if queue not in (*lost, *sent, *unsure)]
    snapshot = live_state.snapshot
    return _joined(
        (
            (_subject(snapshot, lost), "reaches nobody", "reach nobody", "bad"),
            (_subject(snapshot, unsure), "is not known", "are not known", "unknown"),
            (_subject(snapshot, sent), "fails over", "fail over", ""),
            (_subject(snapshot, open_still), "is still open", "are still open", ""),
        )
    )
