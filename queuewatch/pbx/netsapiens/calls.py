"""Calls from the API's JSON: those in progress, those that wait in a queue, and the records of past ones.

Each is read by the names of version 2 and by those of version 1, which the vendor's own example of version 2 has.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import unquote

from queuewatch.failover.model import Part, Problem
from queuewatch.failover.phone_number import own_number_key, read_number
from queuewatch.pbx.calls import ActiveCall, CallRecord, Party, QueuedCall
from queuewatch.pbx.netsapiens.fields import JsonRow, absent, first_of, foreign_rows, objects
from queuewatch.pbx.phone_system import ListReading
from queuewatch.text.plain_text import harmless

Item = TypeVar("Item")

_NOBODY = Party()

_ADDRESS = re.compile(r"[^<]*<([^<>]*)>.*", re.DOTALL)
"""A name beside an address: ``"Ann Lee" <sip:1001@acme.example>``."""
_SCHEME = re.compile(r"(?:sips?|tel):(?://)?", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}|[0-9]+\.0+", re.ASCII)
_PORT = re.compile(r":[0-9]{1,5}$", re.ASCII)

_LONGEST_DIGITS = 15
"""Of a phone number, its country's code included [E.164]."""
_ROUNDED = 6
"""Significant digits that programs write of a number unless told otherwise: with so few, some may be lost."""


def party(value: object) -> Party | None:
    """Who a value names, whole; ``None`` for what cannot be understood.

    Numbers were seen live as whole numbers, as text, as ``sip:…@…`` and in scientific notation
    (``1.5142163359e+10``). One that may have lost digits on the way is not a number any more.
    """
    if absent(value):
        return _NOBODY
    if isinstance(value, int | float) and not isinstance(value, bool):
        digits = _whole(repr(value))
        return None if digits is None else _named(digits, "")
    if not isinstance(value, str):
        return None
    words = harmless(value)
    if found := _ADDRESS.fullmatch(words):
        words = found[1].strip()
    bare = _SCHEME.sub("", words, count=1).split(";", 1)[0].split("?", 1)[0]
    name, _, host = bare.partition("@")
    name = unquote(name).strip()
    if _SCIENTIFIC.fullmatch(name):
        digits = _whole(name)
        if digits is None:
            return None
        name = digits
    elif any(sign in name for sign in "<>\"'\\"):
        return None
    return _named(harmless(name), _PORT.sub("", host.strip()).casefold())


def _whole(written: str) -> str | None:
    """The digits of a number as a program wrote it; ``None`` where they are not all there."""
    if written.isascii() and written.isdecimal():
        return written if len(written) <= _LONGEST_DIGITS else None
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    if not number.is_finite() or number < 0 or number != number.to_integral_value():
        return None
    digits = f"{number:.0f}"
    if len(digits) > _LONGEST_DIGITS or 0 < len(digits.rstrip("0")) <= _ROUNDED < len(digits):
        return None
    return digits


def _named(name: str, host: str) -> Party:
    plain = re.sub(r"[\s().-]+", "", name) if name[:1] in "+(0123456789" else name
    key = own_number_key(plain)
    number = key if read_number(key).is_dialable else ""
    return Party(plain if number else name, "" if host == "*" else host, number)


def _party(row: JsonRow, *names: str) -> Party:
    """The first of these fields that names anybody; one that makes no sense is noted."""
    for name in names:
        value = row.fields.get(name)
        if absent(value):
            continue
        found = party(value)
        if found is None:
            row.note(name, value, "a user or a whole phone number")
        elif found:
            return found
    return _NOBODY


def _moment(row: JsonRow, *names: str, unzoned_is_utc: bool = False) -> tuple[bool, datetime | None]:
    """Whether there is a time, and which it is; aware, or ``None`` where it names no zone that is known here."""
    value = first_of(row.fields, *names)
    words = value.strip() if isinstance(value, str) else ""
    if value is None or words.startswith("0000"):
        return False, None
    try:
        at = datetime.fromisoformat(words)
        if at.tzinfo is None:
            return True, at.replace(tzinfo=UTC) if unzoned_is_utc else None
        return True, at.astimezone(UTC)
    except (ValueError, OverflowError):
        row.note(names[0], value, "a time")
        return False, None


def read_active_calls(rows: Sequence[object], domain: str) -> ListReading[ActiveCall]:
    """Every row of the calls in progress. One that is all of another domain is left out, and said."""
    problems: list[Problem] = []
    calls: list[ActiveCall] = []
    foreign: Counter[str] = Counter()
    for place, row in objects(rows, "Active call", Part.CALLS, problems):
        if other := _all_elsewhere(row, domain):
            foreign[other] += 1
            continue
        call = _active_call(row)
        problems.extend(row.problems(Part.CALLS, place))
        if not call.ids and not (call.caller or call.term):
            text = f"{place} says neither which call it is nor whose: left out."
            problems.append(Problem(Part.CALLS, text, lost=True))
            continue
        calls.append(call)
    problems.extend(foreign_rows(foreign, "Active call", Part.CALLS))
    return _reading(calls, problems)


def _reading(items: Sequence[Item], problems: Sequence[Problem]) -> ListReading[Item]:
    return ListReading(tuple(items), tuple(problems), complete=not any(problem.lost for problem in problems))


_DOMAINS = (
    "domain",
    "call-orig-domain",
    "orig-domain",
    "call-term-domain",
    "term-domain",
    "call-by-domain",
    "by-domain",
)


def _all_elsewhere(row: JsonRow, domain: str) -> str:
    """The domain that this call is of, where it names domains and none of them is this one."""
    named = {harmless(value) for name in _DOMAINS if isinstance(value := row.fields.get(name), str)} - {"", "*"}
    if domain == "~" or not named or domain.casefold() in map(str.casefold, named):
        return ""
    return min(named)


def _active_call(row: JsonRow) -> ActiveCall:
    of_answer = ("call-answer-datetime", "time-answer")
    answered, answered_at = _moment(row, *of_answer)
    states = (row.text("call-orig-info", "orig-call-info"), row.text("term-orig-info", "term-call-info"))
    return ActiveCall(
        call_id=row.text("call-orig-call-id", "orig-callid"),
        session=row.text("call-session-id", "session-id"),
        by_call_id=row.text("call-by-call-id", "by-callid"),
        term_call_id=row.text("call-term-call-id", "term-callid"),
        caller=_party(
            row, "call-orig-user", "orig-user", "call-orig-uri", "orig-uri", "call-orig-match-uri", "orig-match"
        ),
        caller_id=_party(row, "caller-id-number", "ani"),
        dialled=_party(row, "call-dialed-number", "dnis"),
        by=_party(row, "call-by-user", "by-user"),
        by_action=row.text("call-by-action", "by-action"),
        term=_party(row, "call-term-user", "term-user", "call-term-uri", "term-uri"),
        term_at=_party(row, "call-term-uri", "term-uri"),
        started_at=_moment(row, "call-start-datetime", "time-begin", "time-start")[1],
        answered=answered,
        answered_at=answered_at,
        answer_as_written=row.text(*of_answer) if answered else "",
        states=tuple(filter(None, states)),
    )


def read_queued_calls(rows: Sequence[object], queue: str) -> ListReading[QueuedCall]:
    """Everybody who waits in one queue. A row that names nobody is somebody who waits all the same."""
    problems: list[Problem] = []
    calls: list[QueuedCall] = []
    for place, row in objects(rows, f"Queue {queue}'s caller", Part.CALLS, problems):
        calls.append(
            QueuedCall(
                caller=_party(row, "dial-rule-translation-source-user", "caller-id-number", "from-user"),
                name=row.text("dial-rule-translation-source-name", "from-name"),
                status=row.text("callqueue-agent-availability-for-dispatch", "status"),
                since=_moment(row, "time-queued")[1],
            )
        )
        problems.extend(row.problems(Part.CALLS, place))
    return _reading(calls, problems)


def read_call_records(rows: Sequence[object], domain: str) -> ListReading[CallRecord]:
    """Every call record. One that is all of another domain is left out, and said."""
    problems: list[Problem] = []
    records: list[CallRecord] = []
    foreign: Counter[str] = Counter()
    for place, row in objects(rows, "Call record", Part.CALLS, problems):
        if other := row.of_another_domain(domain):
            foreign[other] += 1
            continue
        record = _call_record(row)
        problems.extend(row.problems(Part.CALLS, place))
        if record is None:
            text = f"{place} does not say when the call began (call-start-datetime): left out."
            problems.append(Problem(Part.CALLS, text, lost=True))
            continue
        records.append(record)
    problems.extend(foreign_rows(foreign, "Call record", Part.CALLS))
    return _reading(records, problems)


def _call_record(row: JsonRow) -> CallRecord | None:
    """``None`` for one that does not say when the call began."""

    def at(*names: str) -> datetime | None:
        return _moment(row, *names, unzoned_is_utc=True)[1]

    if (started := at("call-start-datetime", "time-start")) is None:
        return None
    return CallRecord(
        id=row.text("id", "cdr-id"),
        call_id=row.text("call-orig-call-id", "orig-callid"),
        parent=row.text("call-parent-call-id", "call-parent-cdr-id", "parent-callid"),
        leg=row.count("call-leg-ordinal-index", missing=None),
        # Which of them is filled hangs on who calls: a user, or a number from outside.
        caller=_party(
            row,
            "call-orig-user",
            "orig-sub",
            "call-orig-from-user",
            "orig-from-user",
            "call-orig-caller-id",
            "call-orig-from-uri",
            "orig-from-uri",
        ),
        dialled=_party(
            row,
            "call-orig-to-user",
            "orig-to-user",
            "call-orig-request-user",
            "orig-req-user",
            "call-orig-to-uri",
            "orig-to-uri",
        ),
        through=_party(row, "call-through-user", "by-sub", "call-through-uri", "by-uri"),
        term=_party(row, "call-term-user", "term-sub", "call-term-to-uri", "term-to-uri", "call-term-caller-id"),
        term_at=_party(row, "call-term-to-uri", "term-to-uri"),
        started_at=started,
        answered_at=at("call-answer-datetime", "time-answer"),
        ended_at=at("call-disconnect-datetime", "time-release"),
        total_seconds=row.count("call-total-duration-seconds", "duration", missing=None),
        talking_seconds=row.count("call-talking-duration-seconds", "time-talking", missing=None),
        reason=row.text("call-disconnect-reason-text", "release-text"),
    )
