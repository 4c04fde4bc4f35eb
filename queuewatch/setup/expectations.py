"""What must hold of a phone system's failover, read from a file and held against what would happen.

::

    [[expect]]
    queue = "8000"
    dark = "Dallas"            # a site, or everything; without it, the queue's readiness
    at = "2026-12-25 10:00"    # without it, now
    reaches = "12145550100"    # where the call ends: a destination, a kind of end, or someone
    never = "stranded"         # an outcome, an end, or a destination
    outcome = "fails_over"     # what the queue does with the call, or what a drill says of it
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import tomli_w
from msgspec import Struct

from queuewatch.failover.destination import Destination, DestinationKind, EndKind, parse_destination
from queuewatch.failover.destination_input import DestinationError, read_destination
from queuewatch.failover.drill.drill import Drill, DrillOutcome, drill, drill_clock
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lookup import NotFound, find_queue, find_site, known_sites
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.phone_number import number_key, read_number
from queuewatch.failover.schedule.at_time import Moment, at_time, by_clock_of
from queuewatch.failover.schedule.moment_input import MomentError, check_clock, check_moment, parse_moment
from queuewatch.failover.simulate import readiness, simulate
from queuewatch.failover.verdict import Outcome, ReadinessState, Verdict
from queuewatch.setup.setup_file import (
    KeyLines,
    Place,
    SetupFileError,
    check_keys,
    read_domain,
    read_text,
    toml_table,
)
from queuewatch.text.natural_order import natural_order
from queuewatch.text.plain_text import one_line, visible
from queuewatch.text.similar import did_you_mean

EVERYTHING = "everything"
NOTHING = "nothing"
SOMEONE = "someone"

_KEYS = ("queue", "dark", "at", "reaches", "never", "outcome", "proof")
_CLAIMS = ("reaches", "never", "outcome", "proof")
OUTCOMES = tuple(dict.fromkeys((*map(str, Outcome), *map(str, DrillOutcome))))
ENDS = tuple(str(kind) for kind in EndKind if kind is not EndKind.UNKNOWN)


class Holding(StrEnum):
    """Whether an expectation holds."""

    PASS = "pass"
    FAIL = "fail"
    UNCERTAIN = "uncertain"


class Expectation(Struct, frozen=True):
    """One thing that must hold, as a file says it."""

    queue: str
    """As typed: an extension or a name."""
    place: Place
    dark: str = ""
    """A site as typed, :data:`EVERYTHING`, :data:`NOTHING`; empty for the queue's readiness."""
    at: Moment | None = None
    reaches: tuple[str, ...] = ()
    """Each of them must be where the call ends, so that several are other names for one end."""
    never: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    """One of these."""
    proof_days: int | None = None
    """A live test of the queue must have succeeded within so many days."""
    places: tuple[tuple[str, Place], ...] = ()
    """Where each key stands."""

    def at_key(self, key: str) -> Place:
        """Where this key stands, else the expectation."""
        return dict(self.places).get(key, self.place)

    @property
    def words(self) -> str:
        """``8000 with Dallas dark reaches 12145550100``."""
        when = f" at {self.at.words}" if self.at is not None else ""
        claims = [
            *(f"reaches {one}" for one in self.reaches),
            *(f"never {one}" for one in self.never),
            *([f"is {' or '.join(self.outcome)}"] if self.outcome else []),
            *([f"was proven in the last {self.proof_days} days"] if self.proof_days is not None else []),
        ]
        return f"{self.queue}{_dark_words(self.dark)}{when} {' and '.join(claims)}"


def _dark_words(dark: str) -> str:
    match dark:
        case "" | "everything":
            return " with everything dark"
        case "nothing":
            return " as it is"
        case _:
            return f" with {dark} dark"


class ExpectationFile(Struct, frozen=True):
    """What a file expects."""

    domain: str
    domain_place: Place
    expectations: tuple[Expectation, ...]


class CheckedExpectation(Struct, frozen=True):
    """An expectation held against a phone system."""

    expectation: Expectation
    queue: Queue
    holding: Holding
    sentence: str
    """What would happen, in the verdict's own words; where it does not hold, what was expected before."""


# Reading


def load_expectations(path: Path) -> ExpectationFile:
    """What a file expects. Raises :class:`SetupFileError`."""
    return read_expectations(str(path), read_text(path))


def read_expectations(file: str, text: str) -> ExpectationFile:
    """What a TOML text expects. Raises :class:`SetupFileError`."""
    table = toml_table(file, text)
    lines = KeyLines(file, text)
    domain, place = read_domain(lines, table)
    entries = table.get("expect", [])
    if not isinstance(entries, list) or not entries:
        raise SetupFileError(
            f"{file} expects nothing." if not entries else f"{lines.place('expect')} is no list of tables.",
            "Begin each expectation with [[expect]]; queuewatch test --learn writes what holds today.",
        )
    found = tuple(_expectation(lines, f"#{nth}", entry) for nth, entry in enumerate(entries, start=1))
    return ExpectationFile(domain, place, found)


def _expectation(lines: KeyLines, nth: str, entry: object) -> Expectation:
    place = lines.place("expect", nth)
    if not isinstance(entry, dict):
        raise SetupFileError(f"{place} is no table.", "Begin it with [[expect]].")
    check_keys(lines, ("expect", nth), entry, _KEYS)

    def text(key: str) -> str:
        value = entry.get(key, "")
        if isinstance(value, int) and not isinstance(value, bool) and key == "queue":
            return str(value)
        if isinstance(value, datetime) and key == "at":
            return value.isoformat(" ", "seconds")
        if not isinstance(value, str):
            raise SetupFileError(f"{lines.place('expect', nth, key)} must be a text.", f'Write {key} = "…".')
        return value.strip()

    def texts(key: str) -> tuple[str, ...]:
        value = entry.get(key)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(one, str) and one.strip() for one in listed):
            raise SetupFileError(
                f"{lines.place('expect', nth, key)} must be a text, or a list of texts.", f'Write {key} = "…".'
            )
        return tuple(one.strip() for one in listed)

    if not text("queue"):
        raise SetupFileError(f"{place}: the queue is missing.", 'Write queue = "8000".')
    if not any(key in entry for key in _CLAIMS):
        raise SetupFileError(f"{place} expects nothing.", f"Say one or more of {', '.join(_CLAIMS)}.")
    outcome = texts("outcome")
    for word in outcome:
        if word not in OUTCOMES:
            raise SetupFileError(
                f"{lines.place('expect', nth, 'outcome')}: there is no outcome {visible(word)!r}.",
                f"{did_you_mean(word, OUTCOMES)}There is: {', '.join(OUTCOMES)}.",
            )
    try:
        at = parse_moment(text("at")) if "at" in entry else None
    except MomentError as error:
        raise SetupFileError(f"{lines.place('expect', nth, 'at')}: {error}", error.hint) from None
    days = entry.get("proof")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or days < 1):
        raise SetupFileError(
            f"{lines.place('expect', nth, 'proof')} must be a number of days.", "Write proof = 90."
        )
    return Expectation(
        text("queue"),
        place,
        text("dark"),
        at,
        texts("reaches"),
        texts("never"),
        outcome,
        days,
        tuple((key, lines.place("expect", nth, key)) for key in entry),
    )


# Holding it against a phone system


class Checker:
    """Holds expectations against one snapshot; each loss of power is worked out once, however many ask.

    ``proven`` are the moments of the last live tests that succeeded, by queue.
    """

    def __init__(self, snapshot: Snapshot, proven: Mapping[str, datetime] | None = None) -> None:
        self._snapshot = snapshot
        self._proven = proven or {}
        self._drills: dict[tuple[DrillScope, Moment | None], Drill] = {}

    def check(self, expectation: Expectation) -> CheckedExpectation:
        """Whether it holds. Raises :class:`SetupFileError` for a queue, a site or a destination there is not."""
        key = "queue"
        try:
            queue = find_queue(self._snapshot.queues, expectation.queue)
            key = "dark"
            happening = self._happening(queue, expectation)
        except NotFound as error:
            raise SetupFileError(f"{expectation.at_key(key)}: {error}", error.hint) from None
        except MomentError as error:
            raise SetupFileError(f"{expectation.at_key('at')}: {error}", error.hint) from None
        found = [
            *(happening.reaches(self._end(queue, expectation, "reaches", one)) for one in expectation.reaches),
            *(happening.never(self._end(queue, expectation, "never", one)) for one in expectation.never),
            *([happening.outcome(expectation.outcome)] if expectation.outcome else []),
            *([self._is_proven(queue, expectation.proof_days)] if expectation.proof_days is not None else []),
        ]
        worst = max(found, key=_WORST_LAST.index)
        sentence = happening.sentence
        if expectation.proof_days is not None:
            sentence = f"{sentence} {self._proof_words(queue)}"
        return CheckedExpectation(expectation, queue, worst, sentence)

    def _happening(self, queue: Queue, expectation: Expectation) -> "_Happening":
        snapshot, at = self._snapshot, expectation.at
        match expectation.dark:
            case "" | "nothing":
                if at is not None:
                    check_moment(snapshot, at, [queue.extension])
                    snapshot = at_time(snapshot, by_clock_of(snapshot, at, queue.extension))
                if expectation.dark:
                    verdict = simulate(snapshot, queue)
                    return _Happening(snapshot, verdict, verdict.sentence)
                ready = readiness(snapshot, queue)
                return _Happening(
                    snapshot, ready.verdict, ready.verdict.sentence, sure=ready.state is not ReadinessState.UNKNOWN
                )
            case _:
                drilled = self._drill(expectation)
                (found,) = (one for one in drilled.queues if one.queue.extension == queue.extension)
                return _Happening(drilled.snapshot, found.after, found.sentence, found.fate)

    def _drill(self, expectation: Expectation) -> Drill:
        everything = expectation.dark == EVERYTHING
        sites = () if everything else (find_site(self._snapshot, expectation.dark),)
        scope = DrillScope(sites=sites, everything=everything)
        key = (scope, expectation.at)
        if key not in self._drills:
            if expectation.at is not None and (clock := drill_clock(self._snapshot, scope)) is not None:
                check_clock(expectation.at, clock)
            self._drills[key] = drill(self._snapshot, scope, expectation.at)
        return self._drills[key]

    def _end(self, queue: Queue, expectation: Expectation, key: str, word: str) -> str:
        """The word, if it is one, else the destination that it names."""
        if _is_word(word):
            return word
        try:
            return read_destination(self._snapshot, queue, word, whole_names=True)
        except DestinationError as error:
            hint = f"{did_you_mean(word, (SOMEONE, *OUTCOMES, *ENDS))}{error.hint}"
            raise SetupFileError(f"{expectation.at_key(key)}: {error}", hint) from None

    def _is_proven(self, queue: Queue, days: int) -> Holding:
        at = self._proven.get(queue.extension)
        fresh = at is not None and self._snapshot.taken_at - at <= timedelta(days=days)
        return Holding.PASS if fresh else Holding.FAIL

    def _proof_words(self, queue: Queue) -> str:
        at = self._proven.get(queue.extension)
        return (
            f"Proven on {at:%Y-%m-%d}." if at is not None else "This machine knows of no live test that proves it."
        )


_WORST_LAST = (Holding.PASS, Holding.UNCERTAIN, Holding.FAIL)


@dataclass(frozen=True)
class _Happening:
    """What would happen to a call, and whether it is what was expected."""

    snapshot: Snapshot
    verdict: Verdict
    sentence: str
    fate: DrillOutcome | None = None
    sure: bool = True

    @cached_property
    def _words(self) -> frozenset[str]:
        """Every word that is true of it."""
        verdict = self.verdict
        words = {str(verdict.outcome), str(verdict.end.kind), str(verdict.path[-1].outcome)}
        if self.fate is not None:
            words.add(str(self.fate))
        if verdict.reaches_someone:
            words.add(SOMEONE)
        return frozenset(words)

    @cached_property
    def _uncertain(self) -> bool:
        verdict = self.verdict
        unclear = verdict.outcome is Outcome.UNCERTAIN or verdict.end.kind is EndKind.UNKNOWN
        return unclear or self.fate is DrillOutcome.UNCERTAIN or not self.sure

    def reaches(self, wanted: str) -> Holding:
        """Whether the call ends there."""
        verdict = self.verdict
        others = {str(end.kind) for end in verdict.ends}
        if self._uncertain:
            return Holding.UNCERTAIN
        if self._is_at(wanted):
            return Holding.UNCERTAIN if others and wanted not in (SOMEONE, str(verdict.end.kind)) else Holding.PASS
        if wanted in others or (wanted == SOMEONE and verdict.reaches_someone is None):
            return Holding.UNCERTAIN
        return Holding.FAIL

    def never(self, unwanted: str) -> Holding:
        """Whether the call neither ends there nor comes to that."""
        others = {str(end.kind) for end in self.verdict.ends}
        # A call that ends there ends there, whether or not anybody takes it.
        ends_there = not _is_word(unwanted) and self._ends_at(unwanted)
        if unwanted in self._words or (ends_there and self.verdict.outcome is not Outcome.UNCERTAIN):
            return Holding.FAIL
        return Holding.UNCERTAIN if self._uncertain or unwanted in others else Holding.PASS

    def outcome(self, wanted: Sequence[str]) -> Holding:
        """Whether it is one of these."""
        own = {str(self.verdict.outcome), *([str(self.fate)] if self.fate is not None else [])}
        if not own.isdisjoint(wanted):
            return Holding.PASS
        return Holding.UNCERTAIN if self._uncertain else Holding.FAIL

    def _is_at(self, where: str) -> bool:
        """Whether the end goes by this word, or is this destination and takes the call."""
        if _is_word(where):
            return where in self._words
        taken = self.verdict.reaches_someone or self.verdict.end.kind is EndKind.PARK
        return bool(taken) and self._ends_at(where)

    def _ends_at(self, where: str) -> bool:
        """Whether the call's way ends at this destination, whatever becomes of it there."""
        number, end = number_key(where), self.verdict.end
        if read_number(number).is_dialable:
            return number in {number_key(stop.at) for stop in self.verdict.path} or number == number_key(
                end.target
            )
        wanted, at = parse_destination(where), parse_destination(self.verdict.path[-1].at)
        return _by_lookup(self.snapshot, wanted) == _by_lookup(self.snapshot, at)


def _is_word(text: str) -> bool:
    """Whether it says what becomes of a call, rather than where it goes."""
    return text in (SOMEONE, *OUTCOMES, *ENDS)


def _by_lookup(snapshot: Snapshot, destination: Destination) -> tuple[DestinationKind, str]:
    """What tells two destinations apart, once it is known what a bare extension is."""
    kind, target = destination.kind, destination.target
    if kind is DestinationKind.DIGITS:
        kind = DestinationKind.QUEUE if target in snapshot.queues else DestinationKind.USER
    return kind, target.casefold()


# Learning


def learned(snapshot: Snapshot) -> str:
    """What holds today, as a file: with everything dark, and with each site that touches a queue."""
    return "\n".join(_learned(snapshot))


def _learned(snapshot: Snapshot) -> Iterator[str]:
    yield "# What held when this was written. Take out what need not hold, and add what must."
    yield ""
    yield tomli_w.dumps({"domain": {"name": snapshot.domain}})
    scopes = [(EVERYTHING, DrillScope(everything=True))]
    scopes += [(site, DrillScope(sites=(site,))) for site in known_sites(snapshot)]
    drills = {dark: drill(snapshot, scope) for dark, scope in scopes}
    for queue in sorted(snapshot.call_queues, key=lambda queue: natural_order(queue.extension)):
        for dark, drilled in drills.items():
            (found,) = (one for one in drilled.queues if one.queue.extension == queue.extension)
            if found.fate is DrillOutcome.ANSWERED:
                continue
            yield f"# {one_line(queue.label)}: {one_line(found.sentence)}"
            if found.fate is DrillOutcome.UNCERTAIN:
                yield "# Uncertain, so nothing is expected.\n"
                continue
            table: dict[str, object] = {"queue": queue.extension, "dark": dark, "outcome": str(found.fate)}
            if found.fate in (DrillOutcome.FAILS_OVER, DrillOutcome.SENT_ON):
                table["reaches"] = found.after.path[-1].at
            yield "[[expect]]\n" + tomli_w.dumps(table)
