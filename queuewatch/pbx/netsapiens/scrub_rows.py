"""One row of each list without anything that tells whose it is: only fields that are named here go on."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import takewhile

from queuewatch.failover.model import DialRule, local_part
from queuewatch.pbx.netsapiens.devices import host_of
from queuewatch.pbx.netsapiens.harmless_fields import (
    AGENT,
    APPLICATION,
    DEVICE,
    FORWARDS,
    NUMBER,
    QUEUE,
    SWITCHES,
    USER,
)
from queuewatch.pbx.netsapiens.harmless_values import Clean, flag, odd, rank, stamp, switch, time_zone, user_agent
from queuewatch.pbx.netsapiens.queues import queue_named
from queuewatch.pbx.netsapiens.rows import Row
from queuewatch.pbx.netsapiens.spellings import SPELLINGS
from queuewatch.pbx.netsapiens.stand_ins import DOMAIN, StandIns
from queuewatch.pbx.netsapiens.values import pick, text

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


def _clean(row: Row, table: Mapping[str, Clean], spellings: Mapping[str, str] | None = None) -> Json:
    """The fields of the table that the row has, under the names live servers give them."""
    official = {live: name for name, live in (spellings or {}).items()}
    names = {name: (official.get(name, name), name) for name in table}
    return {
        name: clean(pick(row.fields, *names[name]))
        for name, clean in table.items()
        if any(spelling in row.fields for spelling in names[name])
    }


def _key(row: Row, name: str, stand_in: Callable[[str], str]) -> Json:
    """The field that tells which row this is; as odd as it was where it does not."""
    if words := row.text(name):
        return {name: stand_in(words)}
    return {name: odd(row.fields[name])} if name in row.fields else {}


def _names(
    row: Row, stand_ins: StandIns, who: str, first_name: tuple[str, ...], last_name: tuple[str, ...]
) -> Json:
    first, last = row.text(*first_name), row.text(*last_name)
    full = row.text("name-full-name")
    key = who or full or f"{first} {last}".strip()
    if not key:
        return {}
    invented_first, invented_last = stand_ins.person(key)
    named = {
        "name-full-name": f"{invented_first} {invented_last}".strip() if full else "",
        "name-first-name": invented_first if first else "",
        "name-last-name": invented_last if last else "",
    }
    return {name: words for name, words in named.items() if words}


def harmless_queue(row: Row, stand_ins: StandIns) -> Json:
    """A call queue."""
    return {
        **_key(row, "callqueue", lambda written: stand_ins.extension(queue_named(written))),
        "domain": DOMAIN,
        "description": stand_ins.queue(row.text("description")),
        "site": stand_ins.site(row.text("site")),
        **_clean(row, QUEUE, SPELLINGS["callqueues"]),
    }


def harmless_agent(row: Row, stand_ins: StandIns) -> Json:
    """An agent's row."""
    local = local_part(row.text("callqueue-agent-id"))
    queue = queue_named(row.text("callqueue", "callqueue-id"))
    return {
        **_key(row, "callqueue-agent-id", stand_ins.agent),
        **({"callqueue": stand_ins.extension(queue)} if queue else _key(row, "callqueue", stand_ins.extension)),
        "domain": DOMAIN,
        **_names(
            row,
            stand_ins,
            # One name for a person and their devices; whose a device is decides nothing here.
            "".join(takewhile(str.isdecimal, local)) or local,
            ("agent-name-first-name", "name-first-name"),
            ("agent-name-last-name", "name-last-name"),
        ),
        "sub-site": stand_ins.site(row.text("agent-site", "sub-site")),
        **_clean(row, AGENT, SPELLINGS["agents"]),
    }


def harmless_user(row: Row, stand_ins: StandIns) -> Json:
    """A user."""
    return {
        **_key(row, "user", stand_ins.extension),
        "domain": DOMAIN,
        **_names(row, stand_ins, row.text("user"), ("name-first-name",), ("name-last-name",)),
        "site": stand_ins.site(row.text("site")),
        **_clean(row, USER),
    }


def harmless_number(row: Row, stand_ins: StandIns) -> Json:
    """One of the domain's own phone numbers."""
    return {
        **_key(row, "phonenumber", stand_ins.own_number),
        "domain": DOMAIN,
        **_lead(row, stand_ins),
        **_clean(row, NUMBER),
    }


def _lead(row: Row, stand_ins: StandIns) -> Json:
    """Where a number or a dial rule leads, beside its application."""
    parameter = row.text("dial-rule-parameter")
    return {
        "dial-rule-translation-destination-user": stand_ins.destination(
            row.text("dial-rule-translation-destination-user")
        ),
        **({"dial-rule-parameter": stand_ins.destination(parameter)} if parameter else {}),
    }


def harmless_dial_rule(forward: str, rule: DialRule, stand_ins: StandIns) -> Json:
    """The dial rule for what a forward names. One that is not sure gets a condition, whatever its own was."""
    return {
        "domain": DOMAIN,
        "dial-rule-matching-to-uri": stand_ins.destination(forward).partition(";")[0].removeprefix("confirm_"),
        "dial-rule-matching-from-uri": "*" if rule.sure else "?",
        "dial-rule-application": APPLICATION(rule.application),
        "dial-rule-translation-destination-user": stand_ins.destination(rule.target),
        "dial-rule-parameter": stand_ins.destination(rule.parameter),
    }


def harmless_attendant(row: Row, stand_ins: StandIns) -> Json:
    """An auto attendant."""
    return {
        "attendant-name": stand_ins.attendant(row.text("attendant-name")),
        "user": stand_ins.extension(row.text("user")),
        "time-frame": stand_ins.time_frame(row.text("time-frame")),
    }


def harmless_site(row: Row, stand_ins: StandIns) -> Json:
    """A site."""
    return {**_key(row, "site", stand_ins.site), **_clean(row, {"time-zone": time_zone})}


def harmless_time_frame(row: Row, stand_ins: StandIns) -> Json:
    """A time frame, in either of the shapes that servers send."""
    user = row.text("user")
    return {
        "timeframe-name": stand_ins.time_frame(row.text("timeframe-name", "time-frame")),
        "user": user if user in ("", "*") else stand_ins.extension(user),
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


def harmless_rule(row: Row, stand_ins: StandIns) -> Json:
    """An answering rule."""
    ranks = {"ordinal-priority": rank}
    return {
        "domain": DOMAIN,
        **_key(row, "user", stand_ins.extension),
        **_key(row, "time-frame", stand_ins.time_frame),
        **_clean(row, {"enabled": switch, "is-active": flag}),
        **_clean(row, ranks, SPELLINGS["answerrules"]),
        **{name: _forward(row.fields[name], stand_ins) for name in FORWARDS if name in row.fields},
        **{name: _forward(row.fields[name], stand_ins) for name in SWITCHES if name in row.fields},
    }


def _forward(block: object, stand_ins: StandIns) -> object:
    if not isinstance(block, dict):
        return odd(block)
    clean = _clean(Row(block), {"enabled": switch})
    if "parameters" not in block:
        return clean
    parameters = block["parameters"]
    listed = parameters if isinstance(parameters, list) else [parameters]
    return {**clean, "parameters": [_parameter(one, stand_ins) for one in listed]}


def _parameter(value: object, stand_ins: StandIns) -> object:
    words = text(value)
    return odd(value) if words is None else stand_ins.destination(words)


def harmless_device(
    row: Row, stand_ins: StandIns, user: str, taken_at: datetime, ahead: timedelta | None, names: frozenset[str]
) -> Json:
    """A device of this user. ``ahead`` is how far the server's times without a zone are ahead of UTC, if known.

    A registration whose time cannot be told is taken for one of this moment. None of ``names`` stays in the model.
    """
    registered = row.text("device-sip-registration-state").casefold() == "registered"

    def moment(edge: str) -> str | None:
        value = row.text(f"device-sip-registration-{edge}datetime")
        return stamp(value, ahead) if ahead is not None or (text(value) or "").endswith(("Z", "+00:00")) else None

    ip = host_of(row.text("device-sip-registration-ip-address"))
    now = stamp(taken_at.isoformat())
    began = min(moment("") or now or "", now or "")
    return {
        **_key(row, "device", stand_ins.extension),
        "user": stand_ins.extension(row.text("user") or user),
        "domain": DOMAIN,
        **_clean(row, DEVICE),
        "device-sip-registration-datetime": began if registered else None,
        "device-sip-registration-expires-datetime": moment("expires-") if registered else None,
        "device-sip-registration-ip-address": stand_ins.address(ip),
        "device-sip-registration-user-agent": user_agent(
            row.text("device-sip-registration-user-agent", "device-models-model"), names | {ip}
        ),
        **_names(row, stand_ins, row.text("user") or user, ("name-first-name",), ("name-last-name",)),
    }
