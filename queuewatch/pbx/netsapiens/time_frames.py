"""Time frames from the API's JSON, in both of its shapes: that of 44.0, and the one since 44.1.

The newer one keeps its entries in three lists and may repeat an entry in many ways. What can be worked out from
what the vendor states becomes spans; for everything else the time frame keeps the reason why it cannot.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time

from queuewatch.failover.model import EVERY_DAY, LAST_MINUTE, Part, Problem, Span, TimeFrame, UnreadableSpan
from queuewatch.pbx.netsapiens.fields import JsonRow, kind, objects, text
from queuewatch.pbx.phone_system import ListReading

_TIME = re.compile(r"([0-9]{1,2}):?([0-9]{2})(?::00)?")
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_DAYS = re.compile(r"[0-6](?:\s*,\s*[0-6])*")

_MIDNIGHT_AFTER = ("2400", "24:00", "24:00:00", "23:59:59")
"""An end of the day, written as its very end."""


def time_in(row: JsonRow, name: str, *, missing: time | None = None, end: bool = False) -> time | None:
    """A time of day (``0800``, ``08:00``), to the minute."""
    value = row.fields.get(name)
    # A number has lost the zeros it began with.
    words = f"{value:04d}" if type(value) is int and 0 <= value < 10_000 else text(value)
    if words == "" and missing is not None:
        return missing
    if end and words in _MIDNIGHT_AFTER:
        return LAST_MINUTE
    found = _TIME.fullmatch(words or "")
    if found is not None and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    row.note(name, value, "a time of day")
    return None


def date_in(row: JsonRow, name: str) -> date | None:
    """A date (``20261225``, ``2026-12-25``)."""
    words = row.text(name)
    found = _DATE.fullmatch(words)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    row.note(name, row.fields.get(name), "a date")
    return None


def days_in(row: JsonRow, name: str, *, every: str, missing: frozenset[int]) -> frozenset[int]:
    """Days of the week by their numbers (``1``, ``1,2``), or ``every`` one; ``missing`` where nothing is said."""
    words = row.text(name)
    if words in ("", every):
        return missing
    if _DAYS.fullmatch(words):
        return frozenset(int(number) for number in words.split(","))
    row.note(name, row.fields.get(name), "days of the week from 0 to 6")
    return missing


DAYS, DATES, HOLIDAYS = (
    "timeframe-days-of-week-array",
    "timeframe-specific-dates-array",
    "timeframe-holiday-array",
)
RANGES = "time-range-data"

_LISTS = {"days-of-week": DAYS, "specific-dates": DATES, "holiday": HOLIDAYS, "holidays": HOLIDAYS}
"""By the type of a newer time frame, where its entries are. Any list may be filled in one of type ``custom``."""

_WEEK = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_WEEKLY = re.compile(f"timeframe-weekly-({'|'.join(_WEEK)})-(?:begin|end)-time-([0-9]+)")

_ONCE = ("", "doesnotrecur")
_EACH_YEAR = ("yearly-on-selected-dates", "annual-month-day")
"""The vendor states that both mean every year on the exact month and day."""

_LEAP_DAY = (2, 29)

Entry = Span | UnreadableSpan
Reader = Callable[[JsonRow, str], Iterator[Entry]]


def read_time_frames(rows: Sequence[object], user: str | None = None) -> ListReading[TimeFrame]:
    """The time frames of the list that are the whole domain's or, if one is given, this user's."""
    problems: list[Problem] = []
    frames: dict[str, TimeFrame] = {}
    named = 0
    for place, row in objects(rows, "Time frame", Part.TIME_FRAMES, problems):
        if row.text("user") not in ("", "*", user):
            named += 1
            continue
        name = row.text("timeframe-name", "time-frame")
        if not name:
            text = f"{place} has no name (timeframe-name): left out."
            problems.append(Problem(Part.TIME_FRAMES, text, lost=True))
            continue
        named += 1
        frame = _frame(row, name, problems)
        if frames.setdefault(name, frame) != frame:
            frames[name] = TimeFrame(name, (UnreadableSpan(f"there are two time frames {name}"),))
    return ListReading(tuple(frames.values()), tuple(problems), complete=named == len(rows))


def _frame(row: JsonRow, name: str, problems: list[Problem]) -> TimeFrame:
    sort = row.text("timeframe-type").casefold()
    if sort == "always":
        return TimeFrame(name, always=True)
    readers: dict[str, Reader] = {DAYS: _week, DATES: _dates, HOLIDAYS: _holiday, RANGES: _range}
    found = {
        key: list(_entries(listed, name, reader, problems, invertible=key == RANGES))
        for key, reader in readers.items()
        if (listed := row.fields.get(key)) not in (None, [], "")
    }
    spans = [span for entries in found.values() for entry in entries for span in entry]
    if not any(found.values()):
        # Whether such a one always holds or never does is stated nowhere.
        spans = [UnreadableSpan(f"the phone system lists no times for {name}")]
    elif sort not in ("", "custom") and set(found) - {_LISTS.get(sort), RANGES}:
        spans = [UnreadableSpan(f"the time frame {name} has entries that do not go with its type")]
    return TimeFrame(name, tuple(spans))


def _entries(
    listed: object, name: str, read: Reader, problems: list[Problem], *, invertible: bool
) -> Iterator[list[Entry]]:
    """The spans of each entry of a list. One that makes no sense is said, and may be any span."""
    for number, fields in enumerate(listed if isinstance(listed, list) else [listed], 1):
        label = f"Time frame {name}: entry {number}"
        if not isinstance(fields, dict):
            problems.append(Problem(Part.TIME_FRAMES, f"{label} is {kind(fields)}, not an object."))
            yield [_unread(name, invertible)]
            continue
        row = JsonRow(fields)
        spans = list(read(row, name))
        problems.extend(row.problems(Part.TIME_FRAMES, label))
        plain = row.yes_no("invert-match", missing=False) is False
        yield [_unread(name, invertible and not plain)] if row.notes else spans


def _unread(name: str, inverted: bool) -> UnreadableSpan:
    return UnreadableSpan(f"an entry of the time frame {name} could not be read", inverted)


def _not_worked_out(name: str) -> UnreadableSpan:
    return UnreadableSpan(f"how the time frame {name} repeats is not worked out")


def _week(row: JsonRow, name: str) -> Iterator[Entry]:
    """The openings of each day of the week, numbered from 1."""
    if row.text("timeframe-recurrence-type").casefold() not in ("", "weekly") or not _goes_on(row):
        yield _not_worked_out(name)
        return
    openings = {(found[1], found[2]): None for key in row.fields if (found := _WEEKLY.fullmatch(key))}
    for day, number in openings:
        edges = [f"timeframe-weekly-{day}-{edge}-time-{number}" for edge in ("begin", "end")]
        if any(row.text(edge) for edge in edges):
            begin, end = time_in(row, edges[0]), time_in(row, edges[1], end=True)
            if begin and end:
                yield Span(begin, end, days=frozenset({_WEEK.index(day)}))


def _dates(row: JsonRow, name: str) -> Iterator[Entry]:
    """From a time on one date to a time on another, once or every year."""
    prefix = "timeframe-specific-dates"
    begin, end = time_in(row, f"{prefix}-begin-time"), time_in(row, f"{prefix}-end-time", end=True)
    first, last = (date_in(row, f"{prefix}-{edge}-date") for edge in ("begin", "end"))
    if begin is None or end is None or first is None or last is None or not _in_order(row, first, last):
        return
    repeats = row.text("timeframe-recurrence-type").casefold()
    yearly = repeats in _EACH_YEAR and _goes_on(row) and (last - first).days < 365
    if repeats in _ONCE:
        yield Span(begin, end, first=first, last=last)
    elif yearly and _LEAP_DAY not in ((first.month, first.day), (last.month, last.day)):
        yield Span(begin, end, first=first, last=last, yearly=True)
    else:
        yield _not_worked_out(name)


def _goes_on(row: JsonRow) -> bool:
    """Whether the repetition has no end. Whether one holds on its last day is not documented."""
    return row.text("timeframe-recurrence-end-option").casefold() in ("", "never")


def _holiday(row: JsonRow, name: str) -> Iterator[Entry]:
    """A public holiday: the server takes its dates, and the days it is observed on, from elsewhere."""
    yield UnreadableSpan(f"{name} goes by public holidays, whose dates the phone system does not give")


def _range(row: JsonRow, name: str) -> Iterator[Entry]:
    """One range of the 44.0 shape. The vendor states the default of each value that is not there."""
    begin = time_in(row, "start-time", missing=time(0, 0))
    end = time_in(row, "end-time", missing=LAST_MINUTE, end=True)
    days = days_in(row, "day-of-week-number", every="*", missing=EVERY_DAY)
    first, last = _limit(row, "start-date", "now"), _limit(row, "end-date", "never")
    inverted = row.yes_no("invert-match", missing=False)
    if begin and end and _in_order(row, first, last):
        yield Span(begin, end, days, first, last, inverted=bool(inverted))


def _limit(row: JsonRow, name: str, unlimited: str) -> date | None:
    return None if row.text(name).casefold() in ("", unlimited) else date_in(row, name)


def _in_order(row: JsonRow, first: date | None, last: date | None) -> bool:
    if first is not None and last is not None and last < first:
        row.note("the last date", last.isoformat(), f"{first.isoformat()} or later")
        return False
    return True
