"""The agents of every queue on a call's way, each under its queue: what is supposed of them, and what is so."""

from collections.abc import Iterable, Iterator

from queuewatch.failover.decide import colours_of, roster_of
from queuewatch.failover.model import Agent, Queue, Snapshot
from queuewatch.failover.places import queue_site, site_of
from queuewatch.failover.schedule.at_time import Moment, time_zones, wall_time
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import AgentStatus
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.verdict import Verdict
from queuewatch.failover.what_if.smallest_change import SmallestChange
from queuewatch.failover.what_if.steps import (
    AlwaysOff,
    FreePlace,
    PointWhenOffline,
    Step,
    SupposeRequireAgents,
    SwitchOnDefault,
    WhenOfflineOff,
    rule_of,
)
from queuewatch.failover.what_if.what_if import WhatIf
from queuewatch.failover.wording import agent_name, forward_words
from widgets.cells import EMPTY, Cell, CellSpan, Column, Row, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS, outcome_mark, status_mark
from widgets.queue_rows import require_cell

WHAT_IF_COLUMNS = (
    Column("agent", "Agent", 14),
    Column("supposed", "What if", 20),
    Column("really", "Really", 18, gives_way=2),
    Column("site", "Site", 4, gives_way=1),
)


def what_if_rows(snapshot: Snapshot, supposed: Snapshot, what_if: WhatIf, queues: Iterable[str]) -> Iterator[Row]:
    """The rows of these queues. ``supposed`` is the snapshot with what is supposed of settings."""
    _, suppose = what_if.on(snapshot)
    for extension in queues:
        queue = snapshot.queues[extension]
        yield _queue_row(snapshot, queue, supposed, suppose)
        real = colours_of(snapshot, extension)
        for agent, shown in roster_of(snapshot, extension, suppose).agents:
            stated = agent.id in what_if.colours
            yield _agent_row(snapshot, agent, shown, real[agent.id] if stated else None)


def row_key(queue: str, agent: str = "") -> str:
    """The key of an agent's row, or without an agent of the queue's own."""
    return f"{queue} {agent}".rstrip()


def agents_under(snapshot: Snapshot, key: str | None) -> tuple[str, ...]:
    """The ids of the agents a row is about: one, or on a queue's own row all of the queue's."""
    queue, _, agent = (key or "").partition(" ")
    return (agent,) if agent else tuple(agent.id for agent in snapshot.agents_of(queue))


def _queue_row(snapshot: Snapshot, queue: Queue, supposed: Snapshot, suppose: Suppose) -> Row:
    mark = outcome_mark(simulate(supposed, supposed.queues.get(queue.extension, queue), suppose))
    nobody: Cell = () if snapshot.agents_of(queue.extension) else cell("no agents", "muted")
    return Row(
        row_key(queue.extension),
        (
            cell(queue.label, "strong"),
            (CellSpan(mark.text, mark.style),),
            nobody,
            cell(queue_site(snapshot, queue), "muted"),
        ),
    )


def _agent_row(snapshot: Snapshot, agent: Agent, shown: AgentStatus, real: AgentStatus | None) -> Row:
    """The row of an agent; ``real`` is the colour of one who is supposed otherwise."""
    mark = status_mark(shown.status)
    word = "supposed" if real else shown.reason
    return Row(
        row_key(agent.queue, agent.id),
        (
            cell(f"  {agent_name(agent)}"),
            (CellSpan(mark.text, mark.style), CellSpan(f" · {word}", "strong" if real else "muted")),
            _really(real) if real else EMPTY,
            cell(site_of(agent, snapshot), "muted"),
        ),
    )


def _really(real: AgentStatus) -> Cell:
    mark = status_mark(real.status)
    return (CellSpan(mark.text, mark.style), CellSpan(f" · {real.reason}", "muted"))


SUPPOSED = CellSpan(" supposed", "strong")

_OTHER_SETTINGS: tuple[tuple[type[Step], str], ...] = (
    (AlwaysOff, "Always off"),
    (SwitchOnDefault, "Default switched on"),
    (FreePlace, "a place free"),
)


def answer_facts(label: str, verdict: Verdict, change: SmallestChange) -> Iterator[Fact]:
    """The verdict, and the smallest change that would turn it round."""
    mark = outcome_mark(verdict)
    yield Fact(label, (CellSpan(mark.text, mark.style), CellSpan(f"  {verdict.sentence}")))
    yield Fact("To stop it" if change.stops else "To fail over", _change(change))


def _change(change: SmallestChange) -> Cell:
    if not change.steps:
        return cell(change.sentence, "unknown")
    how = "".join(f"  {GLYPHS['onward']} {step}" for step in dict.fromkeys(change.how))
    return (CellSpan(change.sentence), CellSpan(how, "muted"))


def setting_facts(snapshot: Snapshot, queue: Queue, what_if: WhatIf) -> Iterator[Fact]:
    """The settings as supposed, of a snapshot and a queue that has them so already."""
    spans = [CellSpan("Require Agents "), *require_cell(queue.require_agents)]
    if what_if.supposes(SupposeRequireAgents):
        spans.append(SUPPOSED)
    rule = rule_of(snapshot, queue.extension)
    if rule is not None:
        whose = "" if rule.is_default else f" of {rule.label}"
        style = "" if rule.offline.destination else "warn"
        spans += [CellSpan(f" · When Offline{whose} "), CellSpan(forward_words(snapshot, rule.offline), style)]
    if what_if.supposes(PointWhenOffline, WhenOfflineOff):
        spans.append(SUPPOSED)
    for kind, words in _OTHER_SETTINGS:
        if what_if.supposes(kind):
            spans += [CellSpan(f" · {words}"), SUPPOSED]
    yield Fact("Settings", tuple(spans))
    if what_if.at is not None:
        yield Fact("Then", cell(_rule_then(snapshot, queue, what_if.at)))


def _rule_then(snapshot: Snapshot, queue: Queue, at: Moment) -> str:
    """Which rule is in effect at the time supposed, by whose clock."""
    wall, zones = wall_time(snapshot, queue.extension, at), time_zones(snapshot, [queue.extension])
    if wall is None or not zones:
        when = at.words
    elif at.is_instant and at.clock is None:
        when = f"{at.words}, {wall:%H:%M} in {zones[0]},"
    else:
        when = f"{at.words} in {zones[0]}"
    rules = snapshot.rules_of(queue.extension)
    if not rules.known:
        return f"On {when} the rule in effect cannot be told."
    label = rules.in_effect.label if rules.in_effect else "none"
    return f"On {when} the rule in effect is {label}, by the time frames."


def basis_facts(verdict: Verdict) -> Iterator[Fact]:
    """What the answer rests on."""
    for place, note in enumerate(verdict.assumptions):
        yield Fact("" if place else "Rests on", cell(note, "muted"))
