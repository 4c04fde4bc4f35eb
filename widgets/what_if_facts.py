"""What a supposition comes to, in sentences: the answer, the settings behind it, and what would turn it round."""

from collections.abc import Iterator

from queuewatch.failover.at_time import Moment, time_zones, wall_time
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.smallest_change import SmallestChange
from queuewatch.failover.steps import (
    AlwaysOff,
    FreePlace,
    PointWhenOffline,
    RequireAgents,
    Step,
    SwitchOnDefault,
    WhenOfflineOff,
    rule_of,
)
from queuewatch.failover.verdict import Verdict
from queuewatch.failover.what_if import WhatIf
from queuewatch.failover.words import forward_words
from widgets.cells import Cell, Span, cell
from widgets.fact_sheet import Fact
from widgets.glyphs import GLYPHS, outcome_mark
from widgets.queue_row import require_cell

SUPPOSED = Span(" supposed", "strong")

_OTHER_SETTINGS: tuple[tuple[type[Step], str], ...] = (
    (AlwaysOff, "Always off"),
    (SwitchOnDefault, "Default switched on"),
    (FreePlace, "a place free"),
)


def answer_facts(label: str, verdict: Verdict, change: SmallestChange) -> Iterator[Fact]:
    """The verdict, and the smallest change that would turn it round."""
    mark = outcome_mark(verdict)
    yield Fact(label, (Span(mark.text, mark.style), Span(f"  {verdict.sentence}")))
    yield Fact("To stop it" if change.stops else "To fail over", _change(change))


def _change(change: SmallestChange) -> Cell:
    if not change.steps:
        return cell(change.sentence, "unknown")
    how = "".join(f"  {GLYPHS['onward']} {one}" for one in dict.fromkeys(change.how))
    return (Span(change.sentence), Span(how, "muted"))


def setting_facts(snapshot: Snapshot, queue: Queue, what_if: WhatIf) -> Iterator[Fact]:
    """The settings as supposed, of a snapshot and a queue that has them so already."""
    spans = [Span("Require Agents "), *require_cell(queue.require_agents)]
    if what_if.supposes(RequireAgents):
        spans.append(SUPPOSED)
    rule = rule_of(snapshot, queue.extension)
    if rule is not None:
        whose = "" if rule.is_default else f" of {rule.label}"
        style = "" if rule.offline.destination else "warn"
        spans += [Span(f" · When Offline{whose} "), Span(forward_words(snapshot, rule.offline), style)]
    if what_if.supposes(PointWhenOffline, WhenOfflineOff):
        spans.append(SUPPOSED)
    for kind, words in _OTHER_SETTINGS:
        if what_if.supposes(kind):
            spans += [Span(f" · {words}"), SUPPOSED]
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
