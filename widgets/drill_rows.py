"""A drill as rows and facts: what becomes of each queue, and what happens when."""

from queuewatch.failover.destination import EndKind
from queuewatch.failover.drill.drill import Drill, Fate, QueueDrill
from queuewatch.failover.drill.timeline import Event, Happening
from queuewatch.failover.wording import listing
from queuewatch.report.drill import FATE_WORDS, begins_words, clock_words, minutes_words
from widgets.cells import EMPTY, Cell, Column, Row, Span, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS, Mark, outcome_mark
from widgets.queue_rows import short_destination
from widgets.verdict_facts import path_cell

DRILL_COLUMNS = (
    Column("fate", "Then", 14),
    Column("queue", "Queue", 20, share=2),
    Column("what", "A call", 24, share=3),
    Column("begins", "Begins", 17),
    Column("site", "Site", 9, share=1, hide_below=96),
)
TIMELINE_COLUMNS = (
    Column("at", "Time", 8),
    Column("after", "After", 6, right=True),
    Column("what", "What happens", 20, share=1),
)

_GLYPHS = {
    Fate.FAILS_OVER: ("good", "good"),
    Fate.SENT_ON: ("onward", "warn"),
    Fate.HELD_OPEN: ("red", "warn"),
    Fate.ANSWERED: ("green", "muted"),
    Fate.STRANDED: ("bad", "bad"),
    Fate.LOST: ("bad", "bad"),
    Fate.UNCERTAIN: ("unknown", "unknown"),
}


def fate_mark(fate: Fate) -> Mark:
    """What becomes of a queue: glyph, word and style."""
    glyph, style = _GLYPHS[fate]
    return Mark(GLYPHS[glyph], FATE_WORDS[fate].lower(), style)


def drill_rows(drill: Drill) -> list[Row]:
    """Every queue, worst first."""
    return [
        Row(
            one.queue.extension,
            (
                _fate(one.fate),
                (Span(f"{one.queue.extension} "), Span(one.queue.name, "strong")),
                cell(_what(drill, one), "muted" if one.fate is Fate.ANSWERED else ""),
                _begins(one),
                cell(one.site, "muted"),
            ),
        )
        for one in drill.queues
    ]


def _fate(fate: Fate) -> Cell:
    mark = fate_mark(fate)
    return (Span(f"{mark.glyph} ", mark.style), Span(mark.word, "" if mark.style == "good" else mark.style))


def _what(drill: Drill, one: QueueDrill) -> str:
    """What happens to a call, in a few words."""
    match one.fate:
        case Fate.FAILS_OVER | Fate.SENT_ON:
            return f"to {short_destination(drill.snapshot, one.after.destination or '')}"
        case Fate.HELD_OPEN:
            return f"by {listing((holder.name for holder in one.holders), most=2)}"
        case Fate.ANSWERED | Fate.UNCERTAIN:
            return outcome_mark(one.after).word
        case Fate.STRANDED:
            return "waits with nobody there"
        case Fate.LOST:
            return _LOST.get(one.after.end.kind, "reaches nobody")


_LOST = {EndKind.LOOP: "goes round in a loop", EndKind.DEAD_END: "ends at a dead end"}


def _begins(one: QueueDrill) -> Cell:
    if one.fate in (Fate.HELD_OPEN, Fate.ANSWERED, Fate.UNCERTAIN):
        return EMPTY
    if one.begins is None:
        return cell("already", "muted")
    if not one.begins.promised:
        return cell("no moment", "muted")
    if one.begins.at is None:
        return cell(f"within {minutes_words(one.begins.after)}", "muted")
    return (Span(clock_words(one.begins.at)), Span(f" in {minutes_words(one.begins.after)}", "muted"))


def timeline_rows(events: tuple[Event, ...]) -> list[Row]:
    """Every event. Where only a bound is known, it says so in place of the time."""
    return [Row(f"{event.what} {event.agent or ' '.join(event.queues)}", _event(event)) for event in events]


def _event(event: Event) -> tuple[Cell, ...]:
    known = event.moment.at is not None
    time = cell(clock_words(event.moment.at)) if event.moment.at else cell("within", "muted")
    return (time, cell(minutes_words(event.moment.after), "" if known else "muted"), _happening(event))


def _happening(event: Event) -> Cell:
    match event.what:
        case Happening.POWER_LOST:
            return (Span(f"{GLYPHS['bad']} ", "bad"), Span(event.text, "strong"))
        case Happening.AGENT_GREY:
            return (Span(f"{GLYPHS['grey']} ", "grey"), Span(event.who), Span(_rest(event), "muted"))
        case Happening.QUEUE:
            mark = fate_mark(event.fate) if event.fate else fate_mark(Fate.UNCERTAIN)
            # The rows above have the extension: here the name is enough, and leaves room for what happens.
            name = event.who.removesuffix(f" ({' '.join(event.queues)})")
            return (Span(f"{mark.glyph} ", mark.style), Span(name, "strong"), Span(_rest(event)))


def _rest(event: Event) -> str:
    return event.text.removeprefix(event.who)


def drill_facts(drill: Drill, one: QueueDrill) -> tuple[Fact, ...]:
    """One queue in the drill: what happens, when, by whom it is held open, the way of a call."""
    mark = fate_mark(one.fate)
    facts = [Fact("Then", (Span(mark.text, mark.style), Span(f"  {one.sentence}")))]
    if when := begins_words(one):
        facts.append(Fact("When", cell(when)))
    if one.fate is Fate.HELD_OPEN:
        facts.append(Fact("Held open", cell(f"by {listing((holder.words for holder in one.holders), most=8)}")))
    facts.append(Fact("Path", path_cell(drill.snapshot, one.after)))
    return tuple(facts)


def rests_on(drill: Drill, one: QueueDrill) -> tuple[Fact, ...]:
    """What the drill and this queue's verdict rest on, and what could not be read."""
    notes = dict.fromkeys((*drill.assumptions, *one.after.assumptions))
    problems = [Fact(GLYPHS["unknown"], cell(problem.text, "warn")) for problem in drill.snapshot.problems]
    doubts = [Fact(GLYPHS["unknown"], cell(text, "warn")) for text in drill.not_known]
    return (*doubts, *problems, *(Fact("-", cell(note)) for note in notes))
