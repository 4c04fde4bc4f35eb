"""The agents of every queue on a call's way, each under its queue: what is supposed of them, and what is so."""

from collections.abc import Iterable, Iterator

from queuewatch.failover.decide import roster_of
from queuewatch.failover.model import Agent, Queue, Snapshot
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import AgentStatus, status_of
from queuewatch.failover.suppose import Suppose, queue_site, site_of
from queuewatch.failover.what_if import WhatIf
from queuewatch.failover.words import agent_name
from widgets.cells import EMPTY, Cell, Column, Row, Span, cell
from widgets.glyphs import outcome_mark, status_mark

WHAT_IF_COLUMNS = (
    Column("agent", "Agent", 22, share=3),
    Column("supposed", "What if", 20, share=2),
    Column("really", "Really", 18, share=2, hide_below=70),
    Column("site", "Site", 8, share=1, hide_below=52),
)


def what_if_rows(snapshot: Snapshot, supposed: Snapshot, what_if: WhatIf, queues: Iterable[str]) -> Iterator[Row]:
    """The rows of these queues. ``supposed`` is the snapshot with what is supposed of settings."""
    _, suppose = what_if.on(snapshot)
    for extension in queues:
        queue = snapshot.queues[extension]
        yield _queue_row(snapshot, queue, supposed, suppose)
        for agent, shown in roster_of(snapshot, extension, suppose).agents:
            yield _agent_row(snapshot, agent, shown, supposed=agent.id in what_if.colours)


def row_key(queue: str, agent: str = "") -> str:
    """The key of an agent's row, or without an agent of the queue's own."""
    return f"{queue} {agent}".rstrip()


def agents_under(snapshot: Snapshot, key: str | None) -> tuple[str, ...]:
    """The ids of the agents a row is about: one, or on a queue's own row all of the queue's."""
    queue, _, agent = (key or "").partition(" ")
    return (agent,) if agent else tuple(one.id for one in snapshot.agents_of(queue))


def _queue_row(snapshot: Snapshot, queue: Queue, supposed: Snapshot, suppose: Suppose) -> Row:
    mark = outcome_mark(simulate(supposed, supposed.queues.get(queue.extension, queue), suppose))
    nobody: Cell = () if snapshot.agents_of(queue.extension) else cell("no agents", "muted")
    return Row(
        row_key(queue.extension),
        (
            cell(queue.label, "strong"),
            (Span(mark.text, mark.style),),
            nobody,
            cell(queue_site(snapshot, queue), "muted"),
        ),
    )


def _agent_row(snapshot: Snapshot, agent: Agent, shown: AgentStatus, *, supposed: bool) -> Row:
    mark = status_mark(shown.status)
    word = "supposed" if supposed else shown.reason
    return Row(
        row_key(agent.queue, agent.id),
        (
            cell(f"  {agent_name(agent)}"),
            (Span(mark.text, mark.style), Span(f" · {word}", "strong" if supposed else "muted")),
            _really(status_of(agent)) if supposed else EMPTY,
            cell(site_of(agent, snapshot), "muted"),
        ),
    )


def _really(real: AgentStatus) -> Cell:
    mark = status_mark(real.status)
    return (Span(mark.text, mark.style), Span(f" · {real.reason}", "muted"))
