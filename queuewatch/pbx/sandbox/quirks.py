"""The ways in which servers of this make differ from one another, for the sandbox to take on."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import Literal

from msgspec import Struct, field

from queuewatch.pbx.sandbox.clock import moment, stamp
from queuewatch.pbx.sandbox.rules import FORWARDS, Puts
from queuewatch.pbx.sandbox.samples import Row, Spelling

NumbersAs = Literal["text", "integer", "sip", "scientific"]


class Quirks(Struct, frozen=True):
    """How this server behaves. The default is what was seen most on live servers."""

    spelling: Spelling = "live"
    numbers_as_strings: bool = False
    """Whole numbers come as text: ``"0"``."""
    parameters_as_numbers: bool = False
    """Phone numbers among a rule's parameters come as JSON numbers."""
    empty_lists_are_404: bool = False
    bare_objects: bool = False
    """A list of one comes as the one object."""
    page_start_at_one: bool = False
    """``start`` counts from 1 and 0 is taken for 1, so pages asked for by length overlap."""
    longest_page: int = 1000
    """Rows in a page at most, whatever ``limit`` asks for; the vendor states 1000."""
    puts: Puts = "merge"
    empty_202: bool = False
    """An accepted write is answered without a body."""
    write_delay_reads: int = 0
    """A write shows only after what it changed has been read this often."""
    ignore_writes: bool = False
    """A write is accepted, and nothing happens."""
    spoils_other_block: bool = False
    """A write changes something else as well."""
    underscores: bool = False
    """Field names come with underscores for hyphens: ``sub_site``."""
    lists_in: str = ""
    """A gateway puts every list into an object, under this name."""
    unreadable: frozenset[str] = frozenset()
    """The lists, such as ``callqueues``, whose rows are no objects."""
    agents_name_queues: str = "{queue}"
    """How an agent's row writes its queue: ``queue_{queue}``, ``{queue}@lakeside.example``."""
    site_shown: str = ""
    """The token is shown the agents and people of this site alone; the queues' counts stay those of all."""
    strangers: tuple[Row, ...] = ()
    """Agent rows beside its own: of another domain, of a queue that was deleted."""
    says: Mapping[str, Row] = field(default_factory=dict)
    """What rows say otherwise than reckoned, by the id of an agent or the extension of a queue: the server's
    second opinion of an agent, a portal status, a count."""
    clock_ahead: int = 0
    """Seconds by which the server's clock, and so every time it writes, is ahead of everybody else's."""
    default_spelled_out: bool = False
    """The Default rule is called ``Default`` rather than ``*``."""
    calls_a_leg: bool = False
    """A call in progress is one row a leg, not one row."""
    calls_of_version_1: bool = False
    """Calls in progress and call records have the names of version 1, as in the vendor's example."""
    callers_as: NumbersAs = "text"
    """How the numbers of calls and call records are written."""
    write_delay_seconds: float = 0.0
    """A write is accepted and shows so long after, in the sandbox's time."""
    knows_fields: bool = True
    """Of users only those fields are sent that are asked for with ``fields=``."""
    lacks: frozenset[str] = frozenset()
    """What this version does not offer: ``cdrs``, ``calls``."""


SPEC_NAMES = {
    "agents": {
        "name-first-name": "agent-name-first-name",
        "name-last-name": "agent-name-last-name",
        "sub-site": "agent-site",
        "sub-scope": "agent-user-scope",
        "sub-portal-status": "agent-status-message",
        "auto-ans": "auto-answer-enabled",
        "ordinal-order": "callqueue-agent-dispatch-order-ordinal",
    },
    "callqueues": {
        "callqueue-max-current-wait-to-accepts-new-callers-seconds": (
            "callqueue-max-current-wait-to-accept-new-callers-seconds"
        ),
    },
    "answerrules": {"ordinal-priority": "order", "new_time_frame_data": "time_range_data"},
    "dialrules": {"dial-rule-matching-to-uri": "dail-rule-matching-to-uri"},
}
"""By resource: names seen on live servers, and the vendor's document's (whose slips are kept)."""

LIVE_ONLY = {"callqueues": ("site", "subscriber-group")}
"""By resource: fields that the vendor's document does not have."""

WEEK = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def as_sent(resource: str, row: Row, quirks: Quirks) -> Row:
    """A row as this server would send it."""
    if quirks.spelling == "spec":
        if resource == "timeframes":
            row = _old_time_frame(row)
        names = SPEC_NAMES.get(resource, {})
        dropped = LIVE_ONLY.get(resource, ())
        row = {names.get(key, key): value for key, value in row.items() if key not in dropped}
    if quirks.parameters_as_numbers and resource == "answerrules":
        row = {key: _numbered(value) if key in FORWARDS else value for key, value in row.items()}
    if quirks.clock_ahead:
        row = {key: _ahead(value, quirks) if key.endswith("-datetime") else value for key, value in row.items()}
    if quirks.default_spelled_out and row.get("time-frame") == "*":
        row = {**row, "time-frame": "Default"}
    if resource in ("calls", "cdrs"):
        row = _call_as_sent(resource, row, quirks)
    if quirks.numbers_as_strings:
        row = {key: str(value) if type(value) is int else value for key, value in row.items()}
    if resource in ("agents", "callqueues"):
        key = str(row.get("callqueue-agent-id" if resource == "agents" else "callqueue"))
        row = {**row, **quirks.says.get(key, {})}
    if resource == "agents" and "callqueue" in row:
        row = {**row, "callqueue": quirks.agents_name_queues.format(queue=row["callqueue"])}
    if quirks.underscores:
        row = {key.replace("-", "_"): _underscored(value) for key, value in row.items()}
    return row


VERSION_1 = {
    "calls": {
        "core-server": "hostname",
        "call-session-id": "session_id",
        "call-orig-call-id": "orig_callid",
        "call-orig-match-uri": "orig_match",
        "call-orig-user": "orig_user",
        "call-orig-domain": "orig_domain",
        "call-orig-uri": "orig_uri",
        "call-orig-name": "orig_name",
        "caller-id-number": "ani",
        "call-dialed-number": "dnis",
        "call-by-action": "by_action",
        "call-by-user": "by_user",
        "call-by-domain": "by_domain",
        "call-by-call-id": "by_callid",
        "call-term-call-id": "term_callid",
        "call-term-user": "term_user",
        "call-term-domain": "term_domain",
        "call-term-uri": "term_uri",
        "call-start-datetime": "time_begin",
        "call-answer-datetime": "time_answer",
        "call-orig-info": "orig_call_info",
        "term-orig-info": "term_call_info",
        "call-audio-codec": "media",
    },
    "cdrs": {
        "id": "cdr_id",
        "call-orig-call-id": "orig_callid",
        "call-start-datetime": "time_start",
        "call-ringing-datetime": "time_ringing",
        "call-answer-datetime": "time_answer",
        "call-disconnect-datetime": "time_release",
        "call-total-duration-seconds": "duration",
        "call-talking-duration-seconds": "time_talking",
        "call-orig-user": "orig_sub",
        "call-orig-from-user": "orig_from_user",
        "call-orig-to-user": "orig_to_user",
        "call-orig-request-user": "orig_req_user",
        "call-term-user": "term_sub",
        "call-term-to-uri": "term_to_uri",
        "call-through-user": "by_sub",
        "call-through-action": "by_action",
        "call-disconnect-reason-text": "release_text",
    },
}
"""By resource: the names of version 1 for those of version 2."""

_NUMBERED = (
    "caller-id-number",
    "call-dialed-number",
    "call-orig-user",
    "call-orig-caller-id",
    "call-orig-from-user",
    "call-orig-to-user",
    "call-orig-request-user",
)


def _call_as_sent(resource: str, row: Row, quirks: Quirks) -> Row:
    """A call or a call record as this server would send it, its numbers and names included."""
    written = {
        key: _written(value, quirks.callers_as) if key in _NUMBERED else value for key, value in row.items()
    }
    if not quirks.calls_of_version_1:
        return written
    names = VERSION_1[resource]
    return {names.get(key, key.replace("-", "_")): value for key, value in written.items()}


def _written(value: object, how: NumbersAs) -> object:
    digits = str(value)
    if not (digits.isascii() and digits.isdecimal()):
        return value
    match how:
        case "text":
            return value
        case "integer":
            return int(digits)
        case "sip":
            return f"sip:{digits}@10.0.0.1:5060;user=phone"
        case "scientific":
            return f"{int(digits):.10e}" if len(digits) > 7 else digits


def _underscored(value: object) -> object:
    match value:
        case dict():
            return {str(key).replace("-", "_"): _underscored(item) for key, item in value.items()}
        case list():
            return [_underscored(item) for item in value]
        case _:
            return value


def list_as_sent(resource: str, rows: Sequence[Row], quirks: Quirks) -> list[object]:
    """The rows of a list as this server would send them to this token."""
    if resource in quirks.unreadable:
        return [[nth] for nth in range(1, len(rows) + 1)]
    shown = [row for row in rows if _is_shown(resource, row, quirks)]
    if resource == "agents":
        shown += quirks.strangers
    return [as_sent(resource, row, quirks) for row in shown]


def _is_shown(resource: str, row: Row, quirks: Quirks) -> bool:
    site = {"agents": "sub-site", "users": "site"}.get(resource)
    # The users of queues and attendants have no site, and are shown.
    return not quirks.site_shown or site is None or row.get(site) in ("", None, quirks.site_shown)


def as_stored(resource: str, body: Row, quirks: Quirks) -> Row:
    """A written body in the names the sandbox stores. Names of the other spelling mean nothing to a server."""
    if quirks.underscores:
        body = {key.replace("_", "-"): value for key, value in body.items()}
    if quirks.spelling == "live":
        return body
    live = {spec: name for name, spec in SPEC_NAMES.get(resource, {}).items()}
    return {live.get(key, key): value for key, value in body.items() if key not in SPEC_NAMES.get(resource, {})}


def _ahead(value: object, quirks: Quirks) -> object:
    if not isinstance(value, str):
        return value
    return stamp(moment(value) + timedelta(seconds=quirks.clock_ahead))


def _numbered(block: object) -> object:
    if not isinstance(block, dict):
        return block
    parameters = block.get("parameters", [])
    return {**block, "parameters": [int(item) if str(item).isdecimal() else item for item in parameters]}


def _old_time_frame(row: Row) -> Row:
    """A time frame in the shape of the 44.0 document: one range for each opening on each day."""
    ranges: list[Row] = []
    weeks = row.get("timeframe-days-of-week-array")
    for week in weeks if isinstance(weeks, list) else []:
        for (number, day), nth in product(enumerate(WEEK), (1, 2)):
            begin, end = (week.get(f"timeframe-weekly-{day}-{edge}-time-{nth}") for edge in ("begin", "end"))
            if begin and end:
                ranges.append(_range(len(ranges), "now", "never", str(number), begin, end))
    dates = row.get("timeframe-specific-dates-array")
    for date in dates if isinstance(dates, list) else []:
        first, last = (_dashed(date[f"timeframe-specific-dates-{edge}-date"]) for edge in ("begin", "end"))
        begin, end = (date[f"timeframe-specific-dates-{edge}-time"] for edge in ("begin", "end"))
        ranges.append(_range(len(ranges), first, last, "*", begin, end))
    return {
        "time-frame": row["timeframe-name"],
        "domain": row["domain"],
        "user": row["user"],
        "time-range-data": ranges,
    }


def _range(order: int, first: str, last: str, day: str, begin: str, end: str) -> Row:
    return {
        "ordinal-order": order,
        "start-date": first,
        "end-date": last,
        "day-of-week-number": day,
        "start-time": f"{begin[:2]}:{begin[2:]}",
        "end-time": f"{end[:2]}:{end[2:]}",
        "invert-match": "no",
    }


def _dashed(date: str) -> str:
    return f"{date[:4]}-{date[4:6]}-{date[6:]}"
