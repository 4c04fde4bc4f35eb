"""An agent as one row of a queue's list."""

from datetime import datetime, timedelta

from queuewatch.failover.decide import roster_of
from queuewatch.failover.lag import runs_out_at
from queuewatch.failover.model import Agent, Registration, Snapshot
from queuewatch.failover.people import devices_of
from queuewatch.failover.places import site_of
from queuewatch.failover.status import AgentStatus
from queuewatch.failover.suppose import AS_IS
from queuewatch.failover.wording import agent_name
from queuewatch.polling.state import LiveState
from widgets.cells import EMPTY, Cell, CellSpan, Column, Row, cell
from widgets.marks import status_mark

AGENT_COLUMNS = (
    Column("agent", "Agent", 10),
    Column("status", "Status", 18),
    Column("site", "Site", 4, gives_way=1),
    Column("phone", "Phone", 10, gives_way=4),
    Column("since", "Since", 5, gives_way=3),
    Column("expires", "Runs out", 9, right=True, gives_way=2),
)
WITHOUT_COUNTDOWNS = tuple(column.key for column in AGENT_COLUMNS if column.key != "expires")
"""The columns of which none ticks."""


def agent_rows(live_state: LiveState, queue: str, now: datetime | None) -> list[Row]:
    """The queue's agents, in the order it would try them. With ``now``, registrations count down.

    A board is left open for hours: without ``now`` nothing is shown that changes by itself.
    """
    roster = roster_of(live_state.snapshot, queue, AS_IS)
    return [agent_row(live_state, agent, shown, now) for agent, shown in roster.agents]


def agent_row(live_state: LiveState, agent: Agent, shown: AgentStatus, now: datetime | None) -> Row:
    """One agent's cells, in the order of :data:`AGENT_COLUMNS`."""
    mark = status_mark(shown.status)
    since = live_state.since.get((agent.queue, agent.id))
    return Row(
        agent.id,
        (
            cell(agent_name(agent)),
            (CellSpan(f"{mark.glyph} {mark.word}", mark.style), CellSpan(f" · {shown.reason}", "muted")),
            cell(site_of(agent, live_state.snapshot), "muted"),
            cell(phone_of(agent, live_state.snapshot), "muted"),
            cell(since.astimezone().strftime("%H:%M"), "muted") if since else EMPTY,
            _expires(runs_out_at(live_state.snapshot, agent), now and now + live_state.snapshot.server_ahead),
        ),
    )


def phone_of(agent: Agent, snapshot: Snapshot) -> str:
    """What the agent answers with: the connected phone's make, or the sort of connection."""
    devices = [device for device in devices_of(snapshot, agent) if device.registered]
    if devices:
        return devices[0].model or devices[0].id
    match agent.registration:
        case Registration.PUSH:
            return "mobile app"
        case Registration.OFFNET:
            return "outside number"
        case Registration.CONNECTED:
            return "phone"
        case Registration.NONE | Registration.UNKNOWN:
            return ""


def _expires(at: datetime | None, now: datetime | None) -> Cell:
    """``now`` is what the server's clock shows."""
    return cell(countdown(at - now)) if at and now else EMPTY


def countdown(left: timedelta) -> str:
    """``3:41``; never below zero."""
    seconds = max(0, round(left.total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"
