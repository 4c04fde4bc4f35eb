"""The log of changes as rows, and one of them in full."""

from collections.abc import Iterable, Iterator

from queuewatch.change import describe_forward, fits, undone_by
from queuewatch.failover.model import Snapshot
from queuewatch.failover.wording import yes_no
from queuewatch.journal import Held, JournalEntry, Log, RequireAgents, WhenOffline
from queuewatch.report.log import outcome_words, told_in_full, what_happened, what_to_do
from queuewatch.text.instant import minute_words
from widgets.cells import Cell, CellSpan, Column, Row, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS

CHANGE_COLUMNS = (
    Column("id", "Id", 4, right=True, gives_way=3),
    Column("when", "When", 11),
    Column("queue", "Queue", 13),
    Column("setting", "Setting", 14, gives_way=2),
    Column("change", "Change", 14, gives_way=1, enough=19),
    Column("who", "Who", 10, gives_way=4),
    Column("outcome", "Outcome", 15),
)


def change_rows(log: Log, entries: Iterable[JournalEntry]) -> list[Row]:
    """One row for each of these changes of the log."""
    return [Row(entry.id, _cells(log, entry)) for entry in entries]


def _cells(log: Log, entry: JournalEntry) -> tuple[Cell, ...]:
    edit = entry.edit
    undoing = undone_by(log, entry)
    return (
        cell(entry.id, "muted"),
        # The year is in the full account below: here it would only take room.
        cell(minute_words(entry.at)[5:], "muted"),
        cell(edit.name or edit.queue),
        cell(edit.setting_words),
        _change(_short(edit.before.words), _short(edit.after.words)),
        cell(entry.who.login or entry.who.user, "muted"),
        _outcome(entry) if undoing is None else cell(f"{GLYPHS['onward']} undone by {undoing.id}", "muted"),
    )


def _change(before: str, after: str) -> Cell:
    return (CellSpan(before, "muted"), CellSpan(f" {GLYPHS['onward']} ", "muted"), CellSpan(after))


def _short(words: str) -> str:
    """A destination's name without what is written for it: that is in the full account."""
    return words.split(" · ", 1)[0]


def _outcome(entry: JournalEntry) -> Cell:
    outcome = outcome_words(entry)
    return (CellSpan(f"{GLYPHS[outcome.glyph]} {outcome.words}", outcome.glyph),)


def change_facts(log: Log, entry: JournalEntry, snapshot: Snapshot) -> tuple[Fact, ...]:
    """Everything the log tells of one change, and what holds now."""
    return tuple(_facts(log, entry, snapshot))


def _facts(log: Log, entry: JournalEntry, snapshot: Snapshot) -> Iterator[Fact]:
    edit = entry.edit
    yield Fact("Change", (CellSpan(entry.id, "strong"), CellSpan(f"  {edit.setting_words} of {edit.label}")))
    yield Fact("", _change(edit.before.words, edit.after.words))
    yield Fact("Made", cell(f"{minute_words(entry.at)} by {entry.who.words}"))
    outcome = CellSpan(f"  {what_happened(entry)}" if told_in_full(entry) else "")
    yield Fact("Outcome", (*_outcome(entry), outcome))
    if edit.group:
        words = f"{edit.group}: made with others; queuewatch undo --group {edit.group} takes all of them back"
        yield Fact("Group", cell(words))
    if edit.undoes:
        yield Fact("Undoes", cell(f"change {edit.undoes}"))
    if (undoing := undone_by(log, entry)) is not None:
        yield Fact("Undone", cell(f"by change {undoing.id}, {minute_words(undoing.at)} by {undoing.who.words}"))
    elif what_to_do(entry):
        yield Fact("Next", cell("z restores what was there before, if the change was made"))
    yield Fact("Now", _now(entry, snapshot))


def _now(entry: JournalEntry, snapshot: Snapshot) -> Cell:
    held = _held_now(entry, snapshot)
    if held is None:
        return cell("not known", "unknown")
    match held:
        case RequireAgents(on):
            words = yes_no(on)
        case WhenOffline(forward):
            words = "no Default rule" if forward is None else describe_forward(snapshot, forward)
    before, after = entry.edit.before.held, entry.edit.after.held
    if after is not None and fits(held, after):
        return (CellSpan(words), CellSpan("  as the change wanted it", "muted"))
    if before is not None and fits(held, before):
        return (CellSpan(words), CellSpan("  as it was before the change", "muted"))
    return (CellSpan(words), CellSpan("  neither as before the change nor as after it", "warn"))


def _held_now(entry: JournalEntry, snapshot: Snapshot) -> Held | None:
    queue = snapshot.queues.get(entry.edit.queue)
    rules = snapshot.rules_of(entry.edit.queue)
    match entry.edit.after.held:
        case RequireAgents() if queue is not None:
            return RequireAgents(queue.require_agents)
        case WhenOffline() if queue is not None and rules.known:
            return WhenOffline(rules.default.offline if rules.default else None)
        case _:
            return None
