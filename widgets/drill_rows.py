"""A drill as rows and facts: what becomes of each queue, and what happens when."""

from queuewatch.failover.destination import CallEnd, EndKind
from queuewatch.failover.drill.drill import Drill, DrillOutcome, QueueDrill
from queuewatch.failover.drill.matrix import SiteFate
from queuewatch.failover.drill.timeline import DrillEvent, Happening
from queuewatch.failover.model import Snapshot
from queuewatch.failover.wording import describe_destination, format_number, listing, short_destination
from queuewatch.report.drill import FATE_WORDS, begins_words, clock_words, minutes_words
from widgets.cells import ASIDE, EMPTY, Cell, CellSpan, Column, Row, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS, Mark, outcome_mark
from widgets.queue_rows import NOTHING_CHANGES, fate_cell, queue_name_cell, site_cell
from widgets.verdict_facts import path_cell

DRILL_COLUMNS = (
    Column("fate", "Then", 14),
    Column("queue", "Queue", 20),
    Column("what", "A call", 20, gives_way=1, enough=36),
    Column("begins", "Begins", 17, gives_way=2),
    Column("site", "Site", 9, gives_way=3),
)
TIMELINE_COLUMNS = (
    Column("at", "Time", 8),
    Column("after", "After", 6, right=True),
    Column("what", "What happens", 20),
)

_GLYPHS = {
    DrillOutcome.FAILS_OVER: ("good", "good"),
    DrillOutcome.SENT_ON: ("onward", "warn"),
    DrillOutcome.HELD_OPEN: ("red", "warn"),
    DrillOutcome.ANSWERED: ("green", "muted"),
    DrillOutcome.STRANDED: ("bad", "bad"),
    DrillOutcome.LOST: ("bad", "bad"),
    DrillOutcome.UNCERTAIN: ("unknown", "unknown"),
}


def fate_mark(fate: DrillOutcome) -> Mark:
    """What becomes of a queue: glyph, word and style."""
    glyph, style = _GLYPHS[fate]
    return Mark(GLYPHS[glyph], FATE_WORDS[fate].lower(), style)


def site_fate_cell(snapshot: Snapshot, fate: SiteFate, *, short: bool) -> Cell:
    """What a power cut at a site does to a queue: sign, word, where calls go; or ``short`` the sign alone."""
    shown = site_cell(fate)
    if shown == NOTHING_CHANGES or short:
        return shown
    return (*_in_words(shown, fate.fate), *_onward(snapshot, fate.fate, fate.end))


def everything_cell(snapshot: Snapshot, fate: DrillOutcome, end: CallEnd, *, short: bool) -> Cell:
    """The same with everything in the dark, where whoever is still answered is said, too."""
    mark = fate_mark(fate)
    shown = cell(mark.glyph, mark.style) if fate is DrillOutcome.ANSWERED else fate_cell(fate)
    return shown if short else (*_in_words(shown, fate), *_onward(snapshot, fate, end))


def _in_words(shown: Cell, fate: DrillOutcome) -> Cell:
    """A fate's sign, and its word."""
    ((glyph, style),) = shown
    return (
        CellSpan(f"{glyph} ", style),
        CellSpan(FATE_WORDS[fate].lower(), "" if style == "good" else style),
    )


def _onward(snapshot: Snapshot, fate: DrillOutcome, end: CallEnd) -> Cell:
    """Where the calls end that no longer come to the queue's own agents, aside."""
    if fate not in (DrillOutcome.FAILS_OVER, DrillOutcome.SENT_ON):
        return EMPTY
    target = end.target
    match end.kind:
        case EndKind.EXTERNAL:
            words = format_number(target)
        case EndKind.VOICEMAIL:
            words = f"voicemail {target}"
        case EndKind.AUTO_ATTENDANT:
            words = f"AA {target}"
        case EndKind.AGENTS | EndKind.CALLER_WAITS if target in snapshot.queues:
            words = snapshot.queues[target].name or f"queue {target}"
        case EndKind.USER:
            words = describe_destination(snapshot, f"user_{target}")
        case _:
            return EMPTY
    return cell(f"  {words}", ASIDE)


def drill_rows(drill: Drill) -> list[Row]:
    """Every queue, worst first."""
    return [
        Row(
            queue_drill.queue.extension,
            (
                _fate(queue_drill.fate),
                queue_name_cell(queue_drill.queue),
                cell(_what(drill, queue_drill), "muted" if queue_drill.fate is DrillOutcome.ANSWERED else ""),
                _begins(queue_drill),
                cell(queue_drill.site, "muted"),
            ),
        )
        for queue_drill in drill.queues
    ]


def _fate(fate: DrillOutcome) -> Cell:
    mark = fate_mark(fate)
    return (
        CellSpan(f"{mark.glyph} ", mark.style),
        CellSpan(mark.word, "" if mark.style == "good" else mark.style),
    )


def _what(drill: Drill, queue_drill: QueueDrill) -> str:
    """What happens to a call, in a few words."""
    match queue_drill.fate:
        case DrillOutcome.FAILS_OVER | DrillOutcome.SENT_ON:
            return f"to {short_destination(drill.snapshot, queue_drill.after.destination or '')}"
        case DrillOutcome.HELD_OPEN:
            return f"by {listing((holder.name for holder in queue_drill.holders), most=2)}"
        case DrillOutcome.ANSWERED | DrillOutcome.UNCERTAIN:
            return outcome_mark(queue_drill.after).word
        case DrillOutcome.STRANDED:
            return "waits with nobody there"
        case DrillOutcome.LOST:
            return _LOST.get(queue_drill.after.end.kind, "reaches nobody")


_LOST = {EndKind.LOOP: "goes round in a loop", EndKind.DEAD_END: "ends at a dead end"}


def _begins(queue_drill: QueueDrill) -> Cell:
    if queue_drill.fate in (DrillOutcome.HELD_OPEN, DrillOutcome.ANSWERED, DrillOutcome.UNCERTAIN):
        return EMPTY
    if queue_drill.begins is None:
        return cell("already", "muted")
    if not queue_drill.begins.promised:
        return cell("no moment", "muted")
    if queue_drill.begins.at is None:
        return cell(f"within {minutes_words(queue_drill.begins.after)}", "muted")
    return (
        CellSpan(clock_words(queue_drill.begins.at)),
        CellSpan(f" in {minutes_words(queue_drill.begins.after)}", "muted"),
    )


def timeline_rows(events: tuple[DrillEvent, ...]) -> list[Row]:
    """Every event. Where only a bound is known, it says so in place of the time."""
    return [Row(f"{event.what} {event.agent or ' '.join(event.queues)}", _event(event)) for event in events]


def _event(event: DrillEvent) -> tuple[Cell, ...]:
    known = event.moment.at is not None
    time = cell(clock_words(event.moment.at)) if event.moment.at else cell("within", "muted")
    return (time, cell(minutes_words(event.moment.after), "" if known else "muted"), _happening(event))


def _happening(event: DrillEvent) -> Cell:
    match event.what:
        case Happening.POWER_LOST:
            return (CellSpan(f"{GLYPHS['bad']} ", "bad"), CellSpan(event.text, "strong"))
        case Happening.AGENT_GREY:
            return (CellSpan(f"{GLYPHS['grey']} ", "grey"), CellSpan(event.who), CellSpan(_rest(event), "muted"))
        case Happening.QUEUE:
            mark = fate_mark(event.fate) if event.fate else fate_mark(DrillOutcome.UNCERTAIN)
            # The rows above have the extension: here the name is enough, and leaves room for what happens.
            name = event.who.removesuffix(f" ({' '.join(event.queues)})")
            return (CellSpan(f"{mark.glyph} ", mark.style), CellSpan(name, "strong"), CellSpan(_rest(event)))


def _rest(event: DrillEvent) -> str:
    return event.text.removeprefix(event.who)


def drill_facts(drill: Drill, queue_drill: QueueDrill) -> tuple[Fact, ...]:
    """One queue in the drill: what happens, when, by whom it is held open, the way of a call."""
    mark = fate_mark(queue_drill.fate)
    facts = [Fact("Then", (CellSpan(mark.text, mark.style), CellSpan(f"  {queue_drill.sentence}")))]
    if when := begins_words(queue_drill):
        facts.append(Fact("When", cell(when)))
    if queue_drill.fate is DrillOutcome.HELD_OPEN:
        facts.append(
            Fact("Held open", cell(f"by {listing((holder.words for holder in queue_drill.holders), most=8)}"))
        )
    facts.append(Fact("Path", path_cell(drill.snapshot, queue_drill.after)))
    return tuple(facts)


def rests_on(drill: Drill, queue_drill: QueueDrill) -> tuple[Fact, ...]:
    """What the drill and this queue's verdict rest on, and what could not be read."""
    notes = dict.fromkeys((*drill.assumptions, *queue_drill.after.assumptions))
    problems = [Fact(GLYPHS["unknown"], cell(problem.text, "warn")) for problem in drill.snapshot.problems]
    doubts = [Fact(GLYPHS["unknown"], cell(text, "warn")) for text in drill.not_known]
    return (*doubts, *problems, *(Fact("-", cell(note)) for note in notes))
