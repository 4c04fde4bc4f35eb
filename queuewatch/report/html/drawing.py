"""Where everything stands in the pictures of a page; the templates draw it. They tell as much without colour."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from rich.cells import cell_len

from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.model import Snapshot
from queuewatch.failover.verdict import Verdict
from queuewatch.failover.wording import END_WORDS, describe_destination
from queuewatch.history.state import HistoryState
from queuewatch.history.statistics import Statistics
from queuewatch.report.drill import FATE_WORDS, DrillReport, begins_words
from queuewatch.report.wording import OUTCOME_WORDS, path_words
from queuewatch.text.instant import minute_words

_LINE = 17
_PADDING = 9
_GAP = 26
_TITLE_CELLS = 36
_TEXT_CELLS = 46


class Box(NamedTuple):
    """One stop of a call: a title, and below it a few lines."""

    top: int
    height: int
    title: str
    lines: tuple[str, ...]
    tone: str
    """``good``, ``bad`` or ``doubt`` where the call ends, else ``plain``."""


class CallWay(NamedTuple):
    """The way of a call, from top to bottom."""

    boxes: tuple[Box, ...]
    height: int
    words: str
    """The same for who hears the page."""


TONES = {True: "good", False: "bad", None: "doubt"}
"""By whether somebody is reached."""


def call_way(snapshot: Snapshot, verdict: Verdict) -> CallWay:
    """A verdict's path as boxes, one below the other."""
    boxes: list[Box] = []
    top = _GAP
    for place, stop in enumerate(verdict.path):
        last = place == len(verdict.path) - 1
        what = _stop_words(stop.outcome)
        lines = _wrapped(stop.why if stop.why and stop.why != what else what, _TEXT_CELLS, most=3)
        height = 2 * _PADDING + _LINE * (1 + len(lines))
        title = describe_destination(snapshot, stop.at)
        tone = TONES[verdict.reaches_someone] if last else "plain"
        boxes.append(Box(top, height, _cut(title[:1].upper() + title[1:], _TITLE_CELLS), lines, tone))
        top += height + _GAP
    return CallWay(tuple(boxes), top - _GAP + 2, path_words(snapshot, verdict))


_STOP_WORDS: dict[str, str] = {
    **{outcome.value: words for outcome, words in OUTCOME_WORDS.items()},
    **{kind.value: words for kind, words in END_WORDS.items()},
}


def _stop_words(outcome: str) -> str:
    """What a stop does with the call, in words."""
    return _STOP_WORDS.get(outcome, outcome.replace("_", " "))


def _wrapped(text: str, width: int, most: int) -> tuple[str, ...]:
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    kept = lines[:most] if len(lines) <= most else [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return tuple(_cut(line, width) for line in kept)


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    cells, cut = 0, ""
    for character in text:
        cells += cell_len(character)
        if cells >= width:
            break
        cut += character
    return f"{cut.rstrip()}…"


class BarPart(NamedTuple):
    """A part of a bar, in units of :data:`BAR`."""

    left: float
    width: float
    tone: str
    words: str


BAR = 1000
"""Units of a bar from end to end."""
_BAR_TONES = {
    HistoryState.RINGS: "good",
    HistoryState.WAITS: "good",
    HistoryState.FAILS_OVER: "away",
    HistoryState.SENT_ON: "away",
    HistoryState.NOBODY: "bad",
    HistoryState.UNKNOWN: "doubt",
}


def period_bar(account: Statistics) -> tuple[BarPart, ...]:
    """What became of a queue over its period; time that nobody watched is no span at all.

    What reached nobody is never thinner than can be seen.
    """
    begun, length = account.period.begun, account.period.length
    spans = [
        BarPart(
            round(_share(episode.begun - begun, length), 1),
            round(max(_share(episode.ended - episode.begun, length), _least(episode.kind)), 1),
            _BAR_TONES[episode.kind],
            f"{episode.kind.value.replace('_', ' ')} from {minute_words(episode.begun)} "
            f"to {minute_words(episode.ended)}",
        )
        for episode in account.episodes
    ]
    return tuple(sorted(spans, key=lambda span: span.tone == "bad"))


def _share(part: timedelta, whole: timedelta) -> float:
    return BAR * (part / whole) if whole else 0.0


def _least(state: HistoryState) -> float:
    return 4.0 if state is HistoryState.NOBODY else 1.0


class DrillBar(NamedTuple):
    """What a queue does after the power went."""

    label: str
    spans: tuple[BarPart, ...]
    words: str


_FATE_TONES = {
    DrillOutcome.FAILS_OVER: "away",
    DrillOutcome.SENT_ON: "away",
    DrillOutcome.HELD_OPEN: "good",
    DrillOutcome.ANSWERED: "good",
    DrillOutcome.STRANDED: "bad",
    DrillOutcome.LOST: "bad",
    DrillOutcome.UNCERTAIN: "doubt",
}
FATE_TONES = _FATE_TONES | {DrillOutcome.HELD_OPEN: "held", DrillOutcome.ANSWERED: "plain"}
"""How a fate is marked in a table: being held open is what to look at, not being touched is not."""


def drill_bars(report: DrillReport) -> tuple[DrillBar, ...]:
    """Of each queue, how long it stays as it is, and what comes then: all bars to one scale, a half more than
    the longest wait."""
    waits = [drill.begins.after for drill in report.drill.queues if drill.begins and drill.begins.promised]
    scale = max(waits, default=timedelta()) * 1.5
    return tuple(_bars(report, scale))


def _bars(report: DrillReport, scale: timedelta) -> Iterator[DrillBar]:
    for drill in report.drill.queues:
        tone, words = _FATE_TONES[drill.fate], FATE_WORDS[drill.fate]
        begins = drill.begins
        until = _share(begins.after, scale) if begins and begins.promised else 0.0
        spans = [BarPart(until, round(BAR - until, 1), tone, words)]
        if until:
            spans.insert(0, BarPart(0.0, round(until, 1), "before", "as before"))
        yield DrillBar(drill.queue.label, tuple(spans), begins_words(drill) or words)


def chunks(columns: Sequence[str], most: int = 6) -> tuple[tuple[str, ...], ...]:
    """Columns in tables that fit on paper, of about the same number each."""
    tables = -(-len(columns) // most)
    each = -(-len(columns) // tables) if tables else 0
    return tuple(tuple(columns[place : place + each]) for place in range(0, len(columns), each or 1))
