"""A domain's lists without anything that tells whose they are.

What is not named here is dropped: the phones' passwords and hardware addresses, mail, departments, descriptions,
and every field that nobody has looked at. Names, numbers and addresses that the story needs get stand-ins. A row
that could not be read stays as unreadable as it was.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, takewhile

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.model import DialRule, local_part
from queuewatch.failover.phone_number import own_number_key
from queuewatch.pbx.netsapiens.devices import clock_offset, without_port
from queuewatch.pbx.netsapiens.field_names import SPELLINGS
from queuewatch.pbx.netsapiens.fields import JsonRow, first_of, text
from queuewatch.pbx.netsapiens.queues import queue_named
from queuewatch.pbx.netsapiens.recording.allowed_fields import (
    AGENT,
    APPLICATION,
    DEVICE,
    FORWARDS,
    NUMBER,
    QUEUE,
    SWITCHES,
    USER,
    Clean,
    flag,
    odd,
    rank,
    stamp,
    switch,
    time_zone,
    user_agent,
)
from queuewatch.pbx.netsapiens.recording.pseudonyms import DOMAIN, Pseudonyms

Json = dict[str, object]

_TIME_FRAME_LISTS = (
    "timeframe-type",
    "timeframe-days-of-week-array",
    "timeframe-specific-dates-array",
    "timeframe-holiday-array",
    "time-range-data",
)
_TIME_FRAME_KEY = re.compile(
    "timeframe-[a-z0-9-]{1,60}|ordinal-order|(start|end)-(date|time)|day-of-week-number|invert-match"
)
_TIME_FRAME_VALUE = re.compile(
    r"[0-9]{1,4}|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}|\*|now|never|yes|no|always|holiday|custom"
    r"|days-of-week|specific-dates"
)


def _clean(row: JsonRow, table: Mapping[str, Clean], spellings: Mapping[str, str] | None = None) -> Json:
    """The fields of the table that the row has, under the names live servers give them."""
    official = {live: name for name, live in (spellings or {}).items()}
    names = {name: (official.get(name, name), name) for name in table}
    return {
        name: clean(first_of(row.fields, *names[name]))
        for name, clean in table.items()
        if any(spelling in row.fields for spelling in names[name])
    }


def _key(row: JsonRow, name: str, stand_in: Callable[[str], str]) -> Json:
    """The field that tells which row this is; as odd as it was where it does not."""
    if words := row.text(name):
        return {name: stand_in(words)}
    return {name: odd(row.fields[name])} if name in row.fields else {}


def _names(
    row: JsonRow, pseudonyms: Pseudonyms, who: str, first_name: tuple[str, ...], last_name: tuple[str, ...]
) -> Json:
    first, last = row.text(*first_name), row.text(*last_name)
    full = row.text("name-full-name")
    key = who or full or f"{first} {last}".strip()
    if not key:
        return {}
    invented_first, invented_last = pseudonyms.person(key)
    named = {
        "name-full-name": f"{invented_first} {invented_last}".strip() if full else "",
        "name-first-name": invented_first if first else "",
        "name-last-name": invented_last if last else "",
    }
    return {name: words for name, words in named.items() if words}


def harmless_queue(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """A call queue."""
    return {
        **_key(row, "callqueue", lambda written: pseudonyms.extension(queue_named(written))),
        "domain": DOMAIN,
        "description": pseudonyms.queue(row.text("description")),
        "site": pseudonyms.site(row.text("site")),
        **_clean(row, QUEUE, SPELLINGS["callqueues"]),
    }


def harmless_agent(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """An agent's row."""
    local = local_part(row.text("callqueue-agent-id"))
    queue = queue_named(row.text("callqueue", "callqueue-id"))
    return {
        **_key(row, "callqueue-agent-id", pseudonyms.agent),
        **({"callqueue": pseudonyms.extension(queue)} if queue else _key(row, "callqueue", pseudonyms.extension)),
        "domain": DOMAIN,
        **_names(
            row,
            pseudonyms,
            # One name for a person and their devices; whose a device is decides nothing here.
            "".join(takewhile(str.isdecimal, local)) or local,
            ("agent-name-first-name", "name-first-name"),
            ("agent-name-last-name", "name-last-name"),
        ),
        "sub-site": pseudonyms.site(row.text("agent-site", "sub-site")),
        **_clean(row, AGENT, SPELLINGS["agents"]),
    }


def harmless_user(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """A user."""
    return {
        **_key(row, "user", pseudonyms.extension),
        "domain": DOMAIN,
        **_names(row, pseudonyms, row.text("user"), ("name-first-name",), ("name-last-name",)),
        "site": pseudonyms.site(row.text("site")),
        **_clean(row, USER),
    }


def harmless_number(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """One of the domain's own phone numbers."""
    return {
        **_key(row, "phonenumber", pseudonyms.own_number),
        "domain": DOMAIN,
        **_lead(row, pseudonyms),
        **_clean(row, NUMBER),
    }


def _lead(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """Where a number or a dial rule leads, beside its application."""
    parameter = row.text("dial-rule-parameter")
    return {
        "dial-rule-translation-destination-user": pseudonyms.destination(
            row.text("dial-rule-translation-destination-user")
        ),
        **({"dial-rule-parameter": pseudonyms.destination(parameter)} if parameter else {}),
    }


def harmless_dial_rule(forward: str, rule: DialRule, pseudonyms: Pseudonyms) -> Json:
    """The dial rule for what a forward names. One that is not sure gets a condition, whatever its own was."""
    return {
        "domain": DOMAIN,
        "dial-rule-matching-to-uri": pseudonyms.destination(forward).partition(";")[0].removeprefix("confirm_"),
        "dial-rule-matching-from-uri": "*" if rule.sure else "?",
        "dial-rule-application": APPLICATION(rule.application),
        "dial-rule-translation-destination-user": pseudonyms.destination(rule.target),
        "dial-rule-parameter": pseudonyms.destination(rule.parameter),
    }


def harmless_attendant(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """An auto attendant."""
    return {
        "attendant-name": pseudonyms.attendant(row.text("attendant-name")),
        "user": pseudonyms.extension(row.text("user")),
        "time-frame": pseudonyms.time_frame(row.text("time-frame")),
    }


def harmless_site(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """A site."""
    return {**_key(row, "site", pseudonyms.site), **_clean(row, {"time-zone": time_zone})}


def harmless_time_frame(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """A time frame, in either of the shapes that servers send."""
    user = row.text("user")
    return {
        "timeframe-name": pseudonyms.time_frame(row.text("timeframe-name", "time-frame")),
        "user": user if user in ("", "*") else pseudonyms.extension(user),
        "domain": DOMAIN,
        **{name: _hours(row.fields[name]) for name in _TIME_FRAME_LISTS if name in row.fields},
    }


def _hours(value: object) -> object:
    match value:
        case dict():
            return {key: _hours(item) for key, item in value.items() if _TIME_FRAME_KEY.fullmatch(key)}
        case list():
            return [_hours(item) for item in value]
        case str():
            return value if _TIME_FRAME_VALUE.fullmatch(value) else ""
        case None | bool():
            return value
        case _:
            return rank(value)


def harmless_rule(row: JsonRow, pseudonyms: Pseudonyms) -> Json:
    """An answering rule."""
    ranks = {"ordinal-priority": rank}
    return {
        "domain": DOMAIN,
        **_key(row, "user", pseudonyms.extension),
        **_key(row, "time-frame", pseudonyms.time_frame),
        **_clean(row, {"enabled": switch, "is-active": flag}),
        **_clean(row, ranks, SPELLINGS["answerrules"]),
        **{name: _forward(row.fields[name], pseudonyms) for name in FORWARDS if name in row.fields},
        **{name: _forward(row.fields[name], pseudonyms) for name in SWITCHES if name in row.fields},
    }


def _forward(block: object, pseudonyms: Pseudonyms) -> object:
    if not isinstance(block, dict):
        return odd(block)
    clean = _clean(JsonRow(block), {"enabled": switch})
    if "parameters" not in block:
        return clean
    parameters = block["parameters"]
    listed = parameters if isinstance(parameters, list) else [parameters]
    return {**clean, "parameters": [_parameter(parameter, pseudonyms) for parameter in listed]}


def _parameter(value: object, pseudonyms: Pseudonyms) -> object:
    words = text(value)
    return odd(value) if words is None else pseudonyms.destination(words)


def harmless_device(
    row: JsonRow,
    pseudonyms: Pseudonyms,
    user: str,
    taken_at: datetime,
    ahead: timedelta | None,
    names: frozenset[str],
) -> Json:
    """A device of this user. ``ahead`` is how far the server's times without a zone are ahead of UTC, if known.

    A registration whose time cannot be told is taken for one of this moment. None of ``names`` stays in the model.
    """
    registered = row.text("device-sip-registration-state").casefold() == "registered"

    def moment(edge: str) -> str | None:
        value = row.text(f"device-sip-registration-{edge}datetime")
        return stamp(value, ahead) if ahead is not None or (text(value) or "").endswith(("Z", "+00:00")) else None

    ip = without_port(row.text("device-sip-registration-ip-address"))
    now = stamp(taken_at.isoformat())
    began = min(moment("") or now or "", now or "")
    return {
        **_key(row, "device", pseudonyms.extension),
        "user": pseudonyms.extension(row.text("user") or user),
        "domain": DOMAIN,
        **_clean(row, DEVICE),
        "device-sip-registration-datetime": began if registered else None,
        "device-sip-registration-expires-datetime": moment("expires-") if registered else None,
        "device-sip-registration-ip-address": pseudonyms.address(ip),
        "device-sip-registration-user-agent": user_agent(
            row.text("device-sip-registration-user-agent", "device-models-model"), names | {ip}
        ),
        **_names(row, pseudonyms, row.text("user") or user, ("name-first-name",), ("name-last-name",)),
    }


Rows = Sequence[object]


_NAMES = (
    "name-full-name",
    "name-first-name",
    "name-last-name",
    "agent-name-first-name",
    "agent-name-last-name",
    "description",
    "attendant-name",
    "site",
    "agent-site",
    "sub-site",
    "domain",
    "login-username",
)
"""The fields whose words are searched for in texts that are kept."""


class RawLists(Struct, frozen=True):
    """A domain's lists as the server sent them, under the names of the sample companies' files."""

    callqueues: Rows = ()
    agents: Rows = ()
    users: Rows = ()
    phonenumbers: Rows = ()
    autoattendants: Rows = ()
    sites: Rows = ()
    timeframes: Rows = ()
    answerrules: Mapping[str, Rows] = field(default_factory=dict)
    """By the user's extension."""
    devices: Mapping[str, Rows] = field(default_factory=dict)
    """By the user's extension."""
    dialrules: Sequence[tuple[str, DialRule]] = ()
    """Of the dial rules only those that a forward needs, each with what the forward names."""


class Scrubbed(Struct, frozen=True):
    """The same lists, harmless, in the names of live 44.x servers."""

    lists: Mapping[str, list[object]]
    answerrules: Mapping[str, list[object]]
    devices: Mapping[str, list[object]]
    refused: tuple[str, ...]
    replaced: tuple[str, ...]
    """How much of what was replaced, in words."""


def anonymize(raw: RawLists, domain: str, taken_at: datetime, refused: Sequence[str] = ()) -> Scrubbed:
    """Make the lists harmless. ``taken_at`` is the server's own time; ``refused`` the paths it did not give."""
    raw = _of_this_domain(raw, domain)
    pseudonyms = Pseudonyms(
        domain, _time_frame_names(raw), (row.text("user") for row in _objects(raw.autoattendants))
    )
    for row in _objects(raw.callqueues):
        pseudonyms.call(queue_named(row.text("callqueue")), pseudonyms.queue(row.text("description")))
    for row in _objects(raw.autoattendants):
        pseudonyms.call(row.text("user"), pseudonyms.attendant(row.text("attendant-name")))
    names = _name_words(raw)
    offset = clock_offset(_objects(list(chain.from_iterable(raw.devices.values()))), taken_at)

    def made(rows: Rows, make: Callable[[JsonRow, Pseudonyms], Json]) -> list[object]:
        return [make(JsonRow(row), pseudonyms) if isinstance(row, dict) else odd(row) for row in rows]

    def devices(user: str, rows: Rows) -> list[object]:
        return made(rows, lambda row, _: harmless_device(row, pseudonyms, user, taken_at, offset, names))

    lists = {
        "callqueues": made(_first_of_each(raw.callqueues, "callqueue"), harmless_queue),
        "agents": made(raw.agents, harmless_agent),
        "users": made(_first_of_each(raw.users, "user"), harmless_user),
        "phonenumbers": made(_numbers_that_count(raw.phonenumbers), harmless_number),
        "autoattendants": made(raw.autoattendants, harmless_attendant),
        "sites": made([{"site": row} if isinstance(row, str) else row for row in raw.sites], harmless_site),
        "timeframes": made(raw.timeframes, harmless_time_frame),
    }
    if raw.dialrules:
        lists["dialrules"] = [harmless_dial_rule(forward, rule, pseudonyms) for forward, rule in raw.dialrules]
    return Scrubbed(
        lists,
        {pseudonyms.extension(user): made(rows, harmless_rule) for user, rows in raw.answerrules.items()},
        {pseudonyms.extension(user): devices(user, rows) for user, rows in raw.devices.items()},
        tuple(_path(path, pseudonyms) for path in refused),
        pseudonyms.replaced,
    )


def _of_this_domain(raw: RawLists, domain: str) -> RawLists:
    """The lists without the rows that say they are another domain's, which nothing is read of either."""

    def own(rows: Rows, *queue: str) -> list[object]:
        return [row for row in rows if not (isinstance(row, dict) and _is_foreign(JsonRow(row), domain, *queue))]

    return replace(
        raw,
        callqueues=own(raw.callqueues),
        agents=own(raw.agents, "callqueue", "callqueue-id"),
        users=own(raw.users),
        phonenumbers=own(raw.phonenumbers),
        autoattendants=own(raw.autoattendants),
    )


def _is_foreign(row: JsonRow, domain: str, *queue: str) -> bool:
    written = row.text(*queue) if queue else ""
    return bool(row.of_another_domain(domain) or (written and not queue_named(written, domain)))


def _path(path: str, pseudonyms: Pseudonyms) -> str:
    """``users/8000/answerrules`` with the stand-in for its extension."""
    first, slash, rest = path.partition("/")
    if first == "dialplans":
        return f"dialplans/{DOMAIN}/dialrules"
    extension, *more = rest.split("/")
    return "/".join([first, pseudonyms.extension(extension), *more]) if slash else path


def _objects(rows: Rows) -> Iterator[JsonRow]:
    return (JsonRow(row) for row in rows if isinstance(row, dict))


def _time_frame_names(raw: RawLists) -> Iterator[str]:
    for row in _objects([*raw.timeframes, *raw.autoattendants, *chain.from_iterable(raw.answerrules.values())]):
        yield row.text("timeframe-name")
        yield row.text("time-frame")


def _name_words(raw: RawLists) -> frozenset[str]:
    """Every word of three letters and more of any name, for texts that are kept and might hold one."""
    rows = [*raw.callqueues, *raw.agents, *raw.users, *raw.autoattendants, *raw.sites]
    text = " ".join(
        row.text(name) for row in _objects([*rows, *chain.from_iterable(raw.devices.values())]) for name in _NAMES
    )
    return frozenset(word for word in re.split("[^a-z]+", text.casefold()) if len(word) > 2)


def _first_of_each(rows: Rows, key: str) -> list[object]:
    """The rows that count where one is repeated, and those that cannot be told apart."""
    seen: set[str] = set()
    counting: list[object] = []
    for row in rows:
        name = JsonRow(row).text(key) if isinstance(row, dict) else ""
        if name not in seen:
            counting.append(row)
        seen |= {name} - {""}
    return counting


def _numbers_that_count(rows: Rows) -> list[object]:
    """One row for each number: of the same text the first, of two spellings of one number the last."""
    counting: dict[str, object] = {}
    for nth, row in enumerate(_first_of_each(rows, "phonenumber")):
        number = JsonRow(row).text("phonenumber") if isinstance(row, dict) else ""
        counting[own_number_key(number) if number else f"row {nth}"] = row
    return list(counting.values())
