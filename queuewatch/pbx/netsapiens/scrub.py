"""A domain's lists without anything that tells whose they are.

What is not named here is dropped: the phones' passwords and hardware addresses, mail, departments, descriptions,
and every field that nobody has looked at. Names, numbers and addresses that the story needs get stand-ins. A row
that could not be read stays as unreadable as it was.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from queuewatch.failover.model import DialRule
from queuewatch.failover.phone_number import own_number_key
from queuewatch.pbx.netsapiens import scrub_rows
from queuewatch.pbx.netsapiens.devices import clock_offset
from queuewatch.pbx.netsapiens.harmless_values import odd
from queuewatch.pbx.netsapiens.queues import queue_named
from queuewatch.pbx.netsapiens.rows import Row
from queuewatch.pbx.netsapiens.stand_ins import DOMAIN, StandIns

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


@dataclass(frozen=True, slots=True)
class RawLists:
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


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The same lists, harmless, in the names of live 44.x servers."""

    lists: Mapping[str, list[object]]
    answerrules: Mapping[str, list[object]]
    devices: Mapping[str, list[object]]
    refused: tuple[str, ...]
    replaced: tuple[str, ...]
    """How much of what was replaced, in words."""


def scrub(raw: RawLists, domain: str, taken_at: datetime, refused: Sequence[str] = ()) -> Scrubbed:
    """Make the lists harmless. ``taken_at`` is the server's own time; ``refused`` the paths it did not give."""
    raw = _of_this_domain(raw, domain)
    stand_ins = StandIns(
        domain, _time_frame_names(raw), (row.text("user") for row in _objects(raw.autoattendants))
    )
    for row in _objects(raw.callqueues):
        stand_ins.call(queue_named(row.text("callqueue")), stand_ins.queue(row.text("description")))
    for row in _objects(raw.autoattendants):
        stand_ins.call(row.text("user"), stand_ins.attendant(row.text("attendant-name")))
    names = _name_words(raw)
    offset = clock_offset(_objects(list(chain.from_iterable(raw.devices.values()))), taken_at)

    def made(rows: Rows, make: Callable[[Row, StandIns], scrub_rows.Json]) -> list[object]:
        return [make(Row(row), stand_ins) if isinstance(row, dict) else odd(row) for row in rows]

    def devices(user: str, rows: Rows) -> list[object]:
        return made(rows, lambda row, _: scrub_rows.harmless_device(row, stand_ins, user, taken_at, offset, names))

    lists = {
        "callqueues": made(_first_of_each(raw.callqueues, "callqueue"), scrub_rows.harmless_queue),
        "agents": made(raw.agents, scrub_rows.harmless_agent),
        "users": made(_first_of_each(raw.users, "user"), scrub_rows.harmless_user),
        "phonenumbers": made(_numbers_that_count(raw.phonenumbers), scrub_rows.harmless_number),
        "autoattendants": made(raw.autoattendants, scrub_rows.harmless_attendant),
        "sites": made(
            [{"site": row} if isinstance(row, str) else row for row in raw.sites], scrub_rows.harmless_site
        ),
        "timeframes": made(raw.timeframes, scrub_rows.harmless_time_frame),
    }
    if raw.dialrules:
        lists["dialrules"] = [
            scrub_rows.harmless_dial_rule(forward, rule, stand_ins) for forward, rule in raw.dialrules
        ]
    return Scrubbed(
        lists,
        {
            stand_ins.extension(user): made(rows, scrub_rows.harmless_rule)
            for user, rows in raw.answerrules.items()
        },
        {stand_ins.extension(user): devices(user, rows) for user, rows in raw.devices.items()},
        tuple(_path(path, stand_ins) for path in refused),
        stand_ins.replaced,
    )


def _of_this_domain(raw: RawLists, domain: str) -> RawLists:
    """The lists without the rows that say they are another domain's, which nothing is read of either."""

    def own(rows: Rows, *queue: str) -> list[object]:
        return [row for row in rows if not (isinstance(row, dict) and _is_foreign(Row(row), domain, *queue))]

    return replace(
        raw,
        callqueues=own(raw.callqueues),
        agents=own(raw.agents, "callqueue", "callqueue-id"),
        users=own(raw.users),
        phonenumbers=own(raw.phonenumbers),
        autoattendants=own(raw.autoattendants),
    )


def _is_foreign(row: Row, domain: str, *queue: str) -> bool:
    written = row.text(*queue) if queue else ""
    return bool(row.of_another_domain(domain) or (written and not queue_named(written, domain)))


def _path(path: str, stand_ins: StandIns) -> str:
    """``users/8000/answerrules`` with the stand-in for its extension."""
    first, slash, rest = path.partition("/")
    if first == "dialplans":
        return f"dialplans/{DOMAIN}/dialrules"
    extension, *more = rest.split("/")
    return "/".join([first, stand_ins.extension(extension), *more]) if slash else path


def _objects(rows: Rows) -> Iterator[Row]:
    return (Row(row) for row in rows if isinstance(row, dict))


def _time_frame_names(raw: RawLists) -> Iterator[str]:
    for row in _objects([*raw.timeframes, *raw.autoattendants, *chain.from_iterable(raw.answerrules.values())]):
        yield row.text("timeframe-name")
        yield row.text("time-frame")


def _name_words(raw: RawLists) -> frozenset[str]:
    """Every word of three letters and more of any name, for texts that are kept and might hold one."""
    rows = [*raw.callqueues, *raw.agents, *raw.users, *raw.autoattendants, *raw.sites]
    told = " ".join(
        row.text(name) for row in _objects([*rows, *chain.from_iterable(raw.devices.values())]) for name in _NAMES
    )
    return frozenset(word for word in re.split("[^a-z]+", told.casefold()) if len(word) > 2)


def _first_of_each(rows: Rows, key: str) -> list[object]:
    """The rows that count where one is repeated, and those that cannot be told apart."""
    seen: set[str] = set()
    counting: list[object] = []
    for row in rows:
        name = Row(row).text(key) if isinstance(row, dict) else ""
        if name not in seen:
            counting.append(row)
        seen |= {name} - {""}
    return counting


def _numbers_that_count(rows: Rows) -> list[object]:
    """One row for each number: of the same text the first, of two spellings of one number the last."""
    counting: dict[str, object] = {}
    for nth, row in enumerate(_first_of_each(rows, "phonenumber")):
        number = Row(row).text("phonenumber") if isinstance(row, dict) else ""
        counting[own_number_key(number) if number else f"row {nth}"] = row
    return list(counting.values())
