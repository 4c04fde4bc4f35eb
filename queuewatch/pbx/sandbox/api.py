"""The sandbox's API: what each request of ``/ns-api/v2`` reads."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain

from msgspec import Struct, field

from queuewatch import __version__
from queuewatch.pbx.sandbox.answer import SandboxAnswer, json_answer
from queuewatch.pbx.sandbox.clock import stamp
from queuewatch.pbx.sandbox.logins import ApiError, Logins
from queuewatch.pbx.sandbox.quirks import Quirks, as_sent, list_as_sent
from queuewatch.pbx.sandbox.rules import find_rule
from queuewatch.pbx.sandbox.samples import Row
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

PAGE = 100
"""Rows in a page when nothing is asked for, as the vendor states."""


class Delayed(Struct):
    """A write that was accepted and does not show yet."""

    path: str
    """What it changes."""
    reads: int
    """How many more reads see the old state."""
    apply: Callable[[], None]
    due: datetime | None = None
    """When it shows at the latest, where that is a matter of time and not of reads."""


class Api(Struct):
    """A phone system and the way its server behaves."""

    pbx: SandboxPbx
    quirks: Quirks
    logins: Logins
    delayed: list[Delayed] = field(default_factory=list)

    def was_read(self, path: str) -> None:
        """Note that the thing at ``path``, or the list it is in, was read: writes to it come nearer to showing."""
        for write in list(self.delayed):
            lists = (write.path.rsplit("/", 1)[0], *(("agents",) if "/agents/" in write.path else ()))
            if write.due is None and (path in (write.path, *lists) or below_domain(path) in lists):
                write.reads -= 1
                if write.reads <= 0:
                    self.delayed.remove(write)
                    write.apply()

    def settle(self) -> None:
        """Let happen the writes whose time has come."""
        for write in list(self.delayed):
            if write.due is not None and write.due <= self.pbx.now:
                self.delayed.remove(write)
                write.apply()


class Call(Struct, frozen=True):
    """One request: the names in its path, its query and its body."""

    path: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    body: object = None
    signed_in: str | None = None
    """The extension of whoever signed in; ``None`` for an API key."""


def send_list(api: Api, call: Call, resource: str, rows: list[Row]) -> SandboxAnswer:
    """A list, as this server sends lists; of a recording, with the rows that do not say what they are."""
    if not rows and api.quirks.empty_lists_are_404:
        raise ApiError(404, "Record not found")
    sent = [*list_as_sent(resource, rows, api.quirks), *_odd_rows(api, call)]
    if resource == "users" and api.quirks.knows_fields and (asked := call.query.get("fields")):
        sent = [_only(asked.split(","), row) for row in sent]
    if api.quirks.lists_in:
        return json_answer({api.quirks.lists_in: sent})
    return json_answer(sent[0] if api.quirks.bare_objects and len(sent) == 1 else sent)


def _only(names: list[str], row: object) -> object:
    return {name: row[name] for name in names if name in row} if isinstance(row, dict) else row


def _odd_rows(api: Api, call: Call) -> tuple[object, ...]:
    first_page = call.query.get("start", "0") == "0"
    return api.pbx.sample.odd.get(below_domain(call.path), ()) if first_page else ()


def below_domain(path: str) -> str:
    """What a path names within its domain: ``users/8000/answerrules``."""
    return "/".join(path.split("/")[3:])


def send_one(api: Api, resource: str, row: Row | None) -> SandboxAnswer:
    """One object, or that there is none."""
    if row is None:
        raise ApiError(404, "Record not found")
    return json_answer(as_sent(resource, row, api.quirks))


def page(api: Api, call: Call, rows: list[Row]) -> list[Row]:
    """The part of a long list that ``start`` and ``limit`` ask for."""
    start, limit = (_whole(call, name, default) for name, default in (("start", 0), ("limit", PAGE)))
    if api.quirks.page_start_at_one:
        start = max(start - 1, 0)
    return rows[start : start + min(limit, api.quirks.longest_page)]


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ApiError(400, f"{name} must be a whole number")
    return int(text)


def known_user(api: Api, call: Call) -> str:
    """The user a path names."""
    user = call.names["user"]
    if user == "~":
        if call.signed_in is None:
            raise ApiError(400, "No user")
        return call.signed_in
    # Of a recording, the rules may be known of a user who is not in the list.
    known = api.pbx.users.keys() | (api.pbx.rules.keys() if api.pbx.sample.recorded else set())
    if user not in known:
        raise ApiError(404, f"User {user} does not exist in domain {api.pbx.domain}")
    return user


def known_queue(api: Api, call: Call) -> str:
    """The queue a path names."""
    if call.names["queue"] not in api.pbx.floor.queues:
        raise ApiError(404, "Record not found")
    return call.names["queue"]


def version(api: Api, call: Call) -> SandboxAnswer:
    """The server's version and time."""
    return json_answer(
        {"apiversion": "44.2.3", "hostname": "core1.sandbox.example", "current-time": stamp(api.pbx.now)}
    )


def own_key(api: Api, call: Call) -> SandboxAnswer:
    """What the API key in use may do."""
    if call.signed_in is not None or not api.logins.offers_key:
        raise ApiError(404, "Record not found")
    return json_answer(api.logins.own_key())


def own_claims(api: Api, call: Call) -> SandboxAnswer:
    """Who signed in, as the portal's token says it."""
    if call.signed_in is None:
        raise ApiError(400, "No user")
    return json_answer(api.logins.claims(call.signed_in))


def domain(api: Api, call: Call) -> SandboxAnswer:
    """The domain itself."""
    pbx = api.pbx
    row: Row = {
        "domain": pbx.domain,
        "reseller": "sandbox",
        "description": pbx.sample.title,
        "domain-type": "Standard",
        "dial-plan": pbx.domain,
        "time-zone": _common_zone(pbx),
    }
    return send_one(api, "domains", row)


def _common_zone(pbx: SandboxPbx) -> str:
    """The time zone that most of the users have."""
    zones = Counter(zone for user in pbx.users.values() if isinstance(zone := user.get("time-zone"), str))
    return max(zones, key=lambda zone: zones[zone], default="US/Central")


def queues(api: Api, call: Call) -> SandboxAnswer:
    """Every queue, call parks included."""
    return send_list(api, call, "callqueues", api.pbx.floor.queue_rows())


def queue(api: Api, call: Call) -> SandboxAnswer:
    """One queue."""
    extension = known_queue(api, call)
    rows = api.pbx.floor.queue_rows()
    return send_one(api, "callqueues", next(row for row in rows if row["callqueue"] == extension))


def queue_agents(api: Api, call: Call) -> SandboxAnswer:
    """The agents of one queue."""
    return send_list(api, call, "agents", api.pbx.floor.agent_rows(known_queue(api, call)))


def agents(api: Api, call: Call) -> SandboxAnswer:
    """The agents of every queue: a row for each agent in each queue."""
    return send_list(api, call, "agents", api.pbx.floor.agent_rows())


def queued_calls(api: Api, call: Call) -> SandboxAnswer:
    """The callers waiting in one queue."""
    return send_list(api, call, "queuedcall", api.pbx.floor.callers(known_queue(api, call)))


def calls(api: Api, call: Call) -> SandboxAnswer:
    """The domain's calls in progress."""
    return send_list(api, call, "calls", api.pbx.exchange.rows(a_leg=api.quirks.calls_a_leg))


def user_calls(api: Api, call: Call) -> SandboxAnswer:
    """One user's calls in progress."""
    user = known_user(api, call)
    return send_list(api, call, "calls", api.pbx.exchange.rows(a_leg=api.quirks.calls_a_leg, user=user))


def call_records(api: Api, call: Call) -> SandboxAnswer:
    """A page of the records of the calls that began in a period; both of its ends are required."""
    from queuewatch.pbx.sandbox.calls import within

    since, until = (_moment(call, name) for name in ("datetime-start", "datetime-end"))
    return send_list(api, call, "cdrs", page(api, call, within(api.pbx.exchange.records, since, until)))


def _moment(call: Call, name: str) -> datetime:
    text = call.query.get(name, "").split("[", 1)[0]
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, f"{name} is required and must be a time") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def users(api: Api, call: Call) -> SandboxAnswer:
    """A page of the users, system users included; of one site if asked."""
    site = call.query.get("site")
    rows = [_user_row(api, user) for user in api.pbx.users.values() if site in (None, user.get("site"))]
    return send_list(api, call, "users", page(api, call, rows))


def user(api: Api, call: Call) -> SandboxAnswer:
    """One user."""
    row = api.pbx.users.get(known_user(api, call))
    return send_one(api, "users", row and _user_row(api, row))


def _user_row(api: Api, user: Row) -> Row:
    return {**user, "active-calls-total-current": api.pbx.floor.calls_of(str(user["user"]))}


def rules(api: Api, call: Call) -> SandboxAnswer:
    """A user's answering rules."""
    return send_list(api, call, "answerrules", api.pbx.rules.get(known_user(api, call), []))


def rule(api: Api, call: Call) -> SandboxAnswer:
    """A user's answering rule for one time frame."""
    found = find_rule(api.pbx.rules.get(known_user(api, call), []), call.names["time_frame"])
    return send_one(api, "answerrules", found)


def devices(api: Api, call: Call) -> SandboxAnswer:
    """A user's devices."""
    return send_list(api, call, "devices", api.pbx.floor.device_rows(known_user(api, call)))


def device(api: Api, call: Call) -> SandboxAnswer:
    """One device of a user."""
    rows = api.pbx.floor.device_rows(known_user(api, call))
    return send_one(api, "devices", next((row for row in rows if row["device"] == call.names["device"]), None))


def sites(api: Api, call: Call) -> SandboxAnswer:
    """The sites."""
    return send_list(api, call, "sites", list(api.pbx.sample.sites))


def phone_numbers(api: Api, call: Call) -> SandboxAnswer:
    """A page of the domain's own phone numbers."""
    return send_list(api, call, "phonenumbers", page(api, call, list(api.pbx.sample.phonenumbers)))


def auto_attendants(api: Api, call: Call) -> SandboxAnswer:
    """The auto attendants."""
    return send_list(api, call, "autoattendants", list(api.pbx.sample.autoattendants))


def time_frames(api: Api, call: Call) -> SandboxAnswer:
    """The time frames of the whole domain."""
    return send_list(api, call, "timeframes", [row for row in api.pbx.sample.timeframes if row["user"] == "*"])


def user_time_frames(api: Api, call: Call) -> SandboxAnswer:
    """A user's own time frames."""
    user = known_user(api, call)
    return send_list(api, call, "timeframes", [row for row in api.pbx.sample.timeframes if row["user"] == user])


def dial_rules(api: Api, call: Call) -> SandboxAnswer:
    """The rules behind the aliases: without its rule an alias may not route."""
    if call.names["plan"] != api.pbx.domain:
        raise ApiError(404, "Record not found")
    own = list(api.pbx.sample.dialrules)
    if api.pbx.sample.recorded:
        return send_list(api, call, "dialrules", page(api, call, own))
    extensions = [(f"queue_{ext}", "to-callqueue", ext) for ext in api.pbx.floor.queues]
    for user in api.pbx.users.values():
        extension = str(user["user"])
        extensions.append((f"user_{extension}", "to-user", extension))
        if user.get("voicemail-enabled") == "yes":
            extensions.append((f"vmail_{extension}", "to-voicemail", extension))
    for attendant in api.pbx.sample.autoattendants:
        alias = "aa_" + str(attendant["attendant-name"]).replace(" ", "")
        extensions.append((alias, "to-user", str(attendant["user"])))
    rows: list[Row] = [
        {
            "domain": api.pbx.domain,
            "dial-rule-dial-plan": api.pbx.domain,
            "dialrule": alias,
            "enabled": "yes",
            "dial-rule-matching-to-uri": alias,
            "dial-rule-application": application,
            "dial-rule-translation-destination-user": extension,
        }
        for alias, application, extension in extensions
    ]
    return send_list(api, call, "dialrules", page(api, call, [*rows, *own]))


_TYPES: dict[type, str] = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


def describe(api: Api) -> Row:
    """The whole document."""
    pbx, sample = api.pbx, api.pbx.sample
    lists: dict[str, tuple[str, Iterable[Row]]] = {
        "/domains/{domain}/callqueues": ("callqueues", pbx.floor.queue_rows()),
        "/domains/{domain}/agents": ("agents", pbx.floor.agent_rows()),
        "/domains/{domain}/users": ("users", pbx.users.values()),
        "/domains/{domain}/phonenumbers": ("phonenumbers", sample.phonenumbers),
        "/domains/{domain}/autoattendants": ("autoattendants", sample.autoattendants),
        "/domains/{domain}/sites": ("sites", sample.sites),
        "/domains/{domain}/timeframes": ("timeframes", sample.timeframes),
        "/domains/{domain}/users/{user}/answerrules": ("answerrules", chain.from_iterable(pbx.rules.values())),
        "/domains/{domain}/users/{user}/devices": ("devices", chain.from_iterable(sample.devices.values())),
    }
    return {
        "openapi": "3.0.0",
        "info": {"title": "queuewatch's sandbox", "version": __version__},
        "servers": [{"url": "/ns-api/v2"}],
        "paths": {
            path: {"get": _list(as_sent(name, row, api.quirks) for row in rows)}
            for path, (name, rows) in lists.items()
        },
    }


def _list(rows: Iterable[Row]) -> Row:
    fields: dict[str, Row] = {}
    for row in rows:
        for name, value in row.items():
            if name not in fields or not fields[name]:
                fields[name] = {"type": _TYPES[type(value)]} if type(value) in _TYPES else {}
    schema = {"type": "array", "items": {"type": "object", "properties": fields}}
    return {
        "responses": {"200": {"description": "The rows.", "content": {"application/json": {"schema": schema}}}}
    }
