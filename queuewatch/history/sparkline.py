"""A period as a line of signs, one for each slice, that tells the states apart without colour."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from queuewatch.failover.status import Status
from queuewatch.history.account import NOTHING, Account, AgentAccount
from queuewatch.history.period import Period
from queuewatch.history.segments import slices
from queuewatch.history.standing import Standing

LEVELS = "▁▂▃▄▅▆▇"
"""The share that reached someone, in eighths, where somebody reached nobody: full is only what was full."""

MINUTES = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7 * 1440, 28 * 1440)
"""Lengths of a slice that a reader can reckon with."""


class Sign(NamedTuple):
    """One slice as it is shown."""

    glyph: str
    style: str
    """A style name of the tables; empty for none."""


ANSWERED = Sign("█", "green")
FAILED_OVER = Sign("▒", "warn")
SENT_ON = Sign("░", "green")
NOT_KNOWN = Sign("?", "unknown")
NOT_WATCHED = Sign("·", "muted")

LEGEND = (
    (ANSWERED, "agents"),
    (FAILED_OVER, "failed over"),
    (SENT_ON, "sent on"),
    (Sign(f"{LEVELS[0]}-{LEVELS[-1]}", "bad"), "share that reached someone"),
    (NOT_KNOWN, "not known"),
    (NOT_WATCHED, "not watched"),
)

AGENT_SIGNS = {
    Status.GREEN: Sign("█", "green"),
    Status.RED: Sign("▓", "red"),
    Status.GREY: Sign("░", "grey"),
    Status.UNKNOWN: NOT_KNOWN,
}


def queue_sign(times: Mapping[Standing, timedelta]) -> Sign:
    """What a slice amounts to. The worst in it is what is shown, however short it was."""
    watched = sum(times.values(), NOTHING)
    known = watched - times.get(Standing.UNKNOWN, NOTHING)
    if not watched:
        return NOT_WATCHED
    if not known:
        return NOT_KNOWN
    if nobody := times.get(Standing.NOBODY, NOTHING):
        return Sign(LEVELS[min(len(LEVELS) - 1, (known - nobody) * 8 // known)], "bad")
    if times.get(Standing.FAILS_OVER):
        return FAILED_OVER
    return SENT_ON if times.get(Standing.SENT_ON, NOTHING) * 2 > known else ANSWERED


def agent_sign(times: Mapping[Status, timedelta]) -> Sign:
    """The colour an agent had for most of a slice."""
    if not times:
        return NOT_WATCHED
    return AGENT_SIGNS[max(times, key=lambda status: times[status])]


def even_edges(period: Period, most: int) -> tuple[datetime, ...]:
    """The edges of at most so many slices of a length that a reader can reckon with."""
    for minutes in MINUTES:
        step = timedelta(minutes=minutes)
        if -(-period.length // step) <= most:
            break
    else:
        step = period.length / max(1, most)
    edges = [period.begun]
    while edges[-1] < period.ended:
        edges.append(min(period.ended, edges[-1] + step))
    return tuple(edges)


def queue_signs(account: Account, edges: Sequence[datetime]) -> tuple[Sign, ...]:
    """A queue's sparkline."""
    return tuple(map(queue_sign, slices(account.segments, edges, lambda state: state.standing)))


def agent_signs(account: AgentAccount, edges: Sequence[datetime]) -> tuple[Sign, ...]:
    """An agent's sparkline."""
    return tuple(map(agent_sign, slices(account.segments, edges, lambda state: state.status)))
