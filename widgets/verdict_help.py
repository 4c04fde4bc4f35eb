"""One queue's own verdicts explained: what each word means here, and what puts the queue right."""

from collections.abc import Iterator

from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.smallest_change import SmallestChange, fails_over_to_someone, smallest_change
from queuewatch.failover.steps import FreePlace, PointWhenOffline, RequireAgents, Turn, rule_of
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.verdict import Judgement, ReadinessState
from queuewatch.watch import Sighting
from widgets.cells import Cell, Span, cell
from widgets.fact_sheet import Fact
from widgets.glyphs import GLYPHS, Mark, outcome_mark, readiness_mark

EVERYBODY_GREY = Suppose(all_dark=True)


def verdict_help(sighting: Sighting, queue: Queue) -> Iterator[Fact]:
    """The queue's two verdicts, and the way out where one is bad. Nothing before its rules are read."""
    judged = sighting.judgements.get(queue.extension)
    if judged is None or queue.extension not in sighting.snapshot.rules:
        return
    yield Fact("Now", _told(outcome_mark(judged.now), judged.now.sentence))
    dark = judged.readiness.verdict
    yield Fact("If dark", _told(readiness_mark(judged.readiness), dark.sentence))
    if judged.readiness.state is ReadinessState.READY and judged.now.reaches_someone is not False:
        yield Fact("To do", cell(_nothing_to_do(judged)))
        return
    change = smallest_change(sighting.snapshot, queue, EVERYBODY_GREY)
    if change.stops:
        # What is wrong now passes with the agents: with all of them Grey the call reaches someone.
        yield Fact("To do", cell("Nothing about failover: if the building went dark, it fails over to someone."))
        return
    yield Fact("To do", cell(change.sentence.replace("It would", "With every agent Grey it would", 1)))
    yield from _ways(sighting.snapshot, queue, change)


def _told(mark: Mark, sentence: str) -> Cell:
    return (Span(mark.text, mark.style), Span(f"  {sentence}"))


def _nothing_to_do(judged: Judgement) -> str:
    if fails_over_to_someone(judged.readiness.verdict):
        return "Nothing: if every agent were Grey, When Offline would take the call to someone."
    return (
        "Nothing has to be done. That it is ready does not rest on When Offline, though: see what it rests on "
        "(enter on the board, at the end)."
    )


def _ways(snapshot: Snapshot, queue: Queue, change: SmallestChange) -> Iterator[Fact]:
    """For each setting, the key and the command that make it so, or where the portal keeps it."""
    rule = rule_of(snapshot, queue.extension)
    settings = (step for step in change.steps if not isinstance(step, (Turn, FreePlace)))
    for step, how in zip(settings, change.how, strict=True):
        match step:
            case RequireAgents():
                key = "r on the board, or "
            case PointWhenOffline() if rule is None or rule.is_default:
                key = "" if how.startswith("in the portal") else "e on the board, or "
            case _:
                key = ""
        yield Fact("", (Span(f"{GLYPHS['onward']} ", "muted"), Span(key), Span(how)))
