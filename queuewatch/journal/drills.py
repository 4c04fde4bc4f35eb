"""A drill as the register keeps it: what was supposed, who took part, and what became of each queue.

::

    {"v": 2, "record": "drill", "id": "21", "at": "2026-11-23T15:12:00Z", "sites": ["Dallas"], "with": ["Ann"], …}
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from queuewatch.journal.record import Who, read_moment, read_texts
from queuewatch.text.instant import utc

DRILL_VERSION = 2
"""Of the records written here: the first version that has such records."""


class DrillFate(Struct, frozen=True):
    """What becomes of one queue."""

    queue: str
    name: str
    fate: str
    """In one word, as ``queuewatch drill --json`` has it: ``fails_over``, ``stranded``."""
    reaches_someone: bool | None
    sentence: str
    seconds: int | None = None
    """From losing power until it begins; ``None`` where nothing begins or no moment can be told."""
    at_most: bool = False
    """Whether that is a bound, and no moment that is known."""

    @property
    def label(self) -> str:
        """``Sales (8000)``, or the bare extension."""
        return f"{self.name} ({self.queue})" if self.name else self.queue


class DrillEntry(Struct, frozen=True):
    """A drill that was put into the register."""

    id: str
    at: datetime
    who: Who
    server: str
    domain: str
    scenario: str
    """What was supposed, in words: ``Dallas goes dark``."""
    run_by: str
    took_part: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    everything: bool = False
    supposed_at: str = ""
    """The time it was supposed at; empty for the moment of the drill."""
    target: int | None = None
    """Seconds, by the profile of then."""
    queues: tuple[DrillFate, ...] = ()
    program: str = ""

    @property
    def scope(self) -> tuple[object, ...]:
        """What two drills of the same scenario have in common."""
        return (frozenset(self.sites), frozenset(self.ips), frozenset(self.agents), self.everything)


def drill_record(entry: DrillEntry) -> dict[str, object]:
    """The record of a drill."""
    return {
        "v": DRILL_VERSION,
        "record": "drill",
        "id": entry.id,
        "at": utc(entry.at),
        "profile": entry.who.profile,
        "user": entry.who.user,
        "login": entry.who.login,
        "server": entry.server,
        "domain": entry.domain,
        "scenario": entry.scenario,
        "run_by": entry.run_by,
        "with": list(entry.took_part),
        "sites": list(entry.sites),
        "ips": list(entry.ips),
        "agents": list(entry.agents),
        "everything": entry.everything,
        "supposed_at": entry.supposed_at,
        "target": entry.target,
        "queues": [
            {
                "queue": fate.queue,
                "name": fate.name,
                "fate": fate.fate,
                "reaches_someone": fate.reaches_someone,
                "sentence": fate.sentence,
                "seconds": fate.seconds,
                "at_most": fate.at_most,
            }
            for fate in entry.queues
        ],
        "program": entry.program,
    }


_TEXTS = ("id", "profile", "user", "login", "server", "domain", "scenario", "run_by", "supposed_at", "program")


def read_drill(fields: Mapping[str, object]) -> DrillEntry | None:
    """The drill in such a record; ``None`` when it does not say what was drilled, when and where."""
    at, texts = read_moment(fields), read_texts(fields, _TEXTS)
    lists = {name: _texts(fields.get(name, [])) for name in ("with", "sites", "ips", "agents")}
    rows = fields.get("queues")
    fates = tuple(map(_read_fate, rows)) if isinstance(rows, list) else (None,)
    if at is None or texts is None or not texts["id"] or None in fates or None in lists.values():
        return None
    target = fields.get("target")
    return DrillEntry(
        id=texts["id"],
        at=at,
        who=Who(texts["profile"], texts["user"], texts["login"]),
        server=texts["server"],
        domain=texts["domain"],
        scenario=texts["scenario"],
        run_by=texts["run_by"],
        took_part=lists["with"] or (),
        sites=lists["sites"] or (),
        ips=lists["ips"] or (),
        agents=lists["agents"] or (),
        everything=fields.get("everything") is True,
        supposed_at=texts["supposed_at"],
        target=target if isinstance(target, int) and not isinstance(target, bool) else None,
        queues=tuple(fate for fate in fates if fate is not None),
        program=texts["program"],
    )


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return tuple(value)


def _read_fate(row: object) -> DrillFate | None:
    match row:
        case {
            "queue": str() as queue,
            "name": str() as name,
            "fate": str() as fate,
            "reaches_someone": bool() | None as reaches,
            "sentence": str() as sentence,
            "seconds": int() | None as seconds,
            "at_most": bool() as at_most,
        }:
            return DrillFate(queue, name, fate, reaches, sentence, seconds, at_most)
        case _:
            return None
