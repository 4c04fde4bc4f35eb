"""The log of changes, the latest first, in each form a report can have."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.change import ResultKind, is_open, undone_by
from queuewatch.failover.wording import plural
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.journal import Held, JournalEntry, Log, RequireAgents, State, WhenOffline
from queuewatch.report.console import plain_console, printed
from queuewatch.report.formats import csv_table, plain, table
from queuewatch.text.instant import minute_words, utc


class OutcomeWords(NamedTuple):
    """What became of a change: the glyph's name, and a word or two."""

    glyph: str
    """By its name in :data:`~queuewatch.glyphs.STATE_GLYPHS`."""
    words: str


_OUTCOMES = {
    ResultKind.CONFIRMED: OutcomeWords("good", "confirmed"),
    ResultKind.UNCONFIRMED: OutcomeWords("unknown", "not confirmed"),
    ResultKind.DIFFERENT: OutcomeWords("unknown", "another value"),
    ResultKind.OVERTAKEN: OutcomeWords("unknown", "overtaken"),
    ResultKind.SPOILED: OutcomeWords("bad", "more changed"),
    ResultKind.REFUSED: OutcomeWords("bad", "refused"),
    ResultKind.NOT_SENT: OutcomeWords("bad", "not sent"),
    ResultKind.MOVED: OutcomeWords("bad", "not made"),
    ResultKind.UNKNOWN: OutcomeWords("unknown", "not known"),
    ResultKind.NOT_MADE: OutcomeWords("bad", "not made"),
    ResultKind.SUPERSEDED: OutcomeWords("unknown", "not known"),
}


def outcome_words(entry: JournalEntry) -> OutcomeWords:
    """What became of the change."""
    if entry.ended is None:
        return OutcomeWords("unknown", "not known")
    try:
        return _OUTCOMES[ResultKind(entry.outcome)]
    except ValueError:
        # A later version may have words of its own.
        return OutcomeWords("unknown", entry.outcome)


def what_happened(entry: JournalEntry) -> str:
    """What became of it, in a sentence or two."""
    if entry.ended is None:
        return "It was begun, and nothing says how it ended: queuewatch or its machine stopped in between."
    return f"{entry.ended.sentence} {entry.ended.hint}".rstrip()


def told_in_full(entry: JournalEntry) -> bool:
    """Whether the word for what became of it leaves something to tell."""
    return outcome_words(entry).glyph != "good" or bool(entry.earlier)


def what_to_do(entry: JournalEntry) -> str:
    """What to do about a change of which it is not known whether it stands; empty for any other."""
    if not is_open(entry) and entry.outcome not in (ResultKind.DIFFERENT, ResultKind.OVERTAKEN):
        return ""
    return (
        f"queuewatch status {entry.edit.queue} shows what holds now; "
        f"queuewatch undo {entry.id} restores what was there before."
    )


def change_line(entry: JournalEntry) -> str:
    """``Change 17 · 2026-11-23 15:12 · jane (acme) · Require Agents of Sales (8000): No → Yes``."""
    edit = entry.edit
    change = f"{edit.setting_words} of {edit.label}: {edit.before.words} → {edit.after.words}"
    return f"Change {entry.id} · {minute_words(entry.at)} · {entry.who.words} · {change}"


_STYLES = {"good": "green", "bad": "bold red", "unknown": "bold yellow"}


class LogLine(Struct, frozen=True):
    """One change and what undid it."""

    entry: JournalEntry
    undone_by: str
    """The id of the change that did; empty while it stands."""


class LogReport(Struct, frozen=True):
    """The changes to be written, the latest first."""

    place: tuple[str, str] | None
    """The address and domain they were made to; ``None`` for every one."""
    lines: tuple[LogLine, ...]
    left_out: int = 0
    """How many older changes there are."""
    problems: tuple[str, ...] = ()


def log_report(
    log: Log, place: tuple[str, str] | None = None, queue: str = "", limit: int | None = None
) -> LogReport:
    """The changes to this address and domain, to this queue (by extension or name), and at most so many."""
    chosen = [
        entry
        for entry in reversed(log.entries)
        if place in (None, (entry.edit.server, entry.edit.domain)) and _is_about(entry, queue.strip())
    ]
    shown = chosen[:limit]
    lines = tuple(LogLine(entry, undoing.id if (undoing := undone_by(log, entry)) else "") for entry in shown)
    return LogReport(place, lines, len(chosen) - len(shown), log.problems)


def _is_about(entry: JournalEntry, queue: str) -> bool:
    if not queue:
        return True
    return entry.edit.queue == queue.removeprefix("queue_") or queue.casefold() in entry.edit.name.casefold()


def write_log(report: LogReport, form: str) -> str:
    """The report as text, ``json``, ``csv`` or ``markdown``, without a line break at its end."""
    match form:
        case "json":
            return _as_json(report)
        case "csv":
            return _as_csv(report)
        case "markdown":
            return "\n".join(_as_markdown(report))
        case _:
            return _as_text(report, plain_console())


def _head(report: LogReport) -> str:
    where = f" to {report.place[1]} on {report.place[0]}" if report.place else ""
    if not report.lines:
        return f"No changes{where} are in the log."
    older = f" ({report.left_out} older not shown)" if report.left_out else ""
    return f"{plural(len(report.lines), 'change')}{where}, the latest first{older}."


def _as_text(report: LogReport, console: Console) -> str:
    lines = (_block(line, everywhere=report.place is None) for line in report.lines)
    return printed([Text(_head(report)), *lines], console, apart=True)


def _block(line: LogLine, *, everywhere: bool) -> RenderableType:
    entry, edit = line.entry, line.entry.edit
    title = Text(f"{entry.id} · {minute_words(entry.at)} · {entry.who.words}", "bold")
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=9, style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    if everywhere:
        grid.add_row("Where", Text(f"{edit.domain} on {edit.server}"))
    grid.add_row("Setting", Text(f"{edit.setting_words} of {edit.label}"))
    grid.add_row("Change", Text(f"{edit.before.words} → {edit.after.words}"))
    outcome = outcome_words(entry)
    words = Text(f"{STATE_GLYPHS[outcome.glyph]} {outcome.words}", _STYLES[outcome.glyph])
    if told_in_full(entry):
        words.append(f"  {what_happened(entry)}", "default not bold")
    grid.add_row("Outcome", words)
    if edit.group:
        grid.add_row("Group", Text(f"{edit.group} (queuewatch undo --group {edit.group} takes all of it back)"))
    if edit.undoes:
        grid.add_row("Undoes", Text(f"change {edit.undoes}"))
    if line.undone_by:
        grid.add_row("Undone", Text(f"by change {line.undone_by}"))
    elif next_step := what_to_do(entry):
        grid.add_row("Next", Text(next_step))
    return Group(title, Padding(grid, (0, 0, 0, 2)))


def _as_json(report: LogReport) -> str:
    return json.dumps(
        {
            "server": report.place[0] if report.place else None,
            "domain": report.place[1] if report.place else None,
            "changes": [_document(line) for line in report.lines],
            "problems": list(report.problems),
        },
        indent=2,
    )


def _document(line: LogLine) -> dict[str, object]:
    entry, edit = line.entry, line.entry.edit
    ended = entry.ended
    return {
        "id": entry.id,
        "at": utc(entry.at),
        "profile": entry.who.profile,
        "user": entry.who.user,
        "login": entry.who.login,
        "server": edit.server,
        "domain": edit.domain,
        "queue": edit.queue,
        "name": edit.name,
        "setting": edit.setting,
        "before": _state(edit.before),
        "after": _state(edit.after),
        "outcome": entry.outcome or None,
        "ended_at": utc(ended.at) if ended else None,
        "sentence": ended.sentence if ended else "",
        "hint": ended.hint if ended else "",
        "earlier": [
            {"outcome": before.outcome, "ended_at": utc(before.at), "sentence": before.sentence}
            for before in entry.earlier
        ],
        "undoes": edit.undoes or None,
        "undone_by": line.undone_by or None,
        "group": edit.group or None,
        "program": entry.program,
    }


def _state(state: State) -> dict[str, object]:
    return {"words": state.words, "value": _value(state.held)}


def _value(held: Held | None) -> object:
    match held:
        case RequireAgents(on):
            return on
        case WhenOffline(forward) if forward is not None and forward.readable:
            return {"enabled": forward.enabled, "destinations": list(forward.destinations)}
        case _:
            return None


_COLUMNS = (
    *("id", "at", "profile", "user", "login", "server", "domain", "queue", "name", "setting", "before", "after"),
    *("outcome", "sentence", "undoes", "undone_by", "group"),
)


def _as_csv(report: LogReport) -> str:
    return csv_table(_COLUMNS, (_row(line) for line in report.lines))


def _row(line: LogLine) -> tuple[object, ...]:
    entry, edit = line.entry, line.entry.edit
    return (
        entry.id,
        utc(entry.at),
        *(entry.who.profile, entry.who.user, entry.who.login),
        *(edit.server, edit.domain, edit.queue, edit.name, edit.setting),
        *(edit.before.words, edit.after.words),
        entry.outcome,
        entry.ended.sentence if entry.ended else "",
        edit.undoes,
        line.undone_by,
        edit.group,
    )


def _as_markdown(report: LogReport) -> Iterator[str]:
    yield "# Changes made through queuewatch"
    yield ""
    yield plain(_head(report))
    if not report.lines:
        return
    yield ""
    heads = ("Id", "When", "Who", "Where", "Queue", "Setting", "Before", "After", "Outcome")
    yield from table(heads, [_cells(line) for line in report.lines])


def _cells(line: LogLine) -> tuple[str, ...]:
    entry, edit = line.entry, line.entry.edit
    notes = (
        outcome_words(entry).words,
        f"group {edit.group}" if edit.group else "",
        f"undoes {edit.undoes}" if edit.undoes else "",
        f"undone by {line.undone_by}" if line.undone_by else "",
    )
    return (
        entry.id,
        minute_words(entry.at),
        entry.who.words,
        edit.domain,
        edit.label,
        edit.setting_words,
        edit.before.words,
        edit.after.words,
        ", ".join(filter(None, notes)),
    )
