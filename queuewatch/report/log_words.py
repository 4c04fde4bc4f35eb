"""A logged change in words."""

from datetime import datetime
from typing import NamedTuple

from queuewatch.change import ResultKind, is_open
from queuewatch.journal import Entry


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


def outcome_words(entry: Entry) -> OutcomeWords:
    """What became of the change."""
    if entry.ended is None:
        return OutcomeWords("unknown", "not known")
    try:
        return _OUTCOMES[ResultKind(entry.outcome)]
    except ValueError:
        # A later version may have words of its own.
        return OutcomeWords("unknown", entry.outcome)


def what_happened(entry: Entry) -> str:
    """What became of it, in a sentence or two."""
    if entry.ended is None:
        return "It was begun, and nothing says how it ended: queuewatch or its machine stopped in between."
    return f"{entry.ended.sentence} {entry.ended.hint}".rstrip()


def told_in_full(entry: Entry) -> bool:
    """Whether the word for what became of it leaves something to tell."""
    return outcome_words(entry).glyph != "good" or bool(entry.earlier)


def what_to_do(entry: Entry) -> str:
    """What to do about a change of which it is not known whether it stands; empty for any other."""
    if not is_open(entry) and entry.outcome not in (ResultKind.DIFFERENT, ResultKind.OVERTAKEN):
        return ""
    return (
        f"queuewatch status {entry.edit.queue} shows what holds now; "
        f"queuewatch undo {entry.id} restores what was there before."
    )


def moment_words(at: datetime) -> str:
    """In the reader's own time zone: ``2026-11-23 15:12``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def change_line(entry: Entry) -> str:
    """``Change 17 · 2026-11-23 15:12 · jane (acme) · Require Agents of Sales (8000): No → Yes``."""
    edit = entry.edit
    change = f"{edit.setting_words} of {edit.label}: {edit.before.words} → {edit.after.words}"
    return f"Change {entry.id} · {moment_words(entry.at)} · {entry.who.words} · {change}"
