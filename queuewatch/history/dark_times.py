"""What became of real calls while every agent of a queue was Grey: the history joined with call records.

No call is made for it. A call record (CDR) tells of one leg; which are of one call is told by the ids they share.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from queuewatch.failover.destination import DestinationKind, EndKind, parse_destination
from queuewatch.failover.verdict import Outcome
from queuewatch.history.period import Period
from queuewatch.history.reader import Past
from queuewatch.history.segments import Segment
from queuewatch.history.state import QueueState
from queuewatch.history.statistics import BRIDGED, Statistics, episodes
from queuewatch.pbx.calls import CallRecord, Party
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.phone_system import PhoneSystem

_EARLIER = timedelta(minutes=10)
"""How long a caller may have listened to a menu before the queue: the call's first record begins with that."""

MOST_WINDOWS = 200
"""Periods of call records that are asked for at most, the latest ones: whoever wants others names a later end."""


class DarkTime(Struct, frozen=True):
    """A time in which every agent of one queue was Grey."""

    queue: str
    name: str
    begun: datetime
    ended: datetime
    begun_seen: bool
    """Whether its beginning was seen: otherwise it may have begun before."""
    ended_seen: bool
    """Whether its end was seen: otherwise nobody watched from then on, or it goes on."""
    outcome: Outcome
    """What the verdict was as it began."""
    end_kind: EndKind
    end_target: str

    @property
    def label(self) -> str:
        """``Sales (8000)``, or the bare extension."""
        return f"{self.name} ({self.queue})" if self.name else self.queue

    @property
    def lasted(self) -> timedelta:
        """How long it was, as far as somebody watched."""
        return self.ended - self.begun


def dark_times(past: Past) -> tuple[DarkTime, ...]:
    """Every such time of the period, in order. Where it was not known who is Grey, there is none."""
    found = [dark for account in past.accounts for dark in _of_queue(account)]
    return tuple(sorted(found, key=lambda dark: (dark.begun, dark.queue)))


def _is_dark(state: QueueState) -> bool:
    return state.online == 0 and state.outcome is not Outcome.UNCERTAIN


def _of_queue(account: Statistics) -> Iterator[DarkTime]:
    for episode in episodes(account.segments, _is_dark):
        if not episode.kind:
            continue
        state = episode.state
        yield DarkTime(
            account.queue,
            state.name or account.name,
            episode.begun,
            episode.ended,
            episode.seen,
            _went_on(account.segments, episode.ended),
            state.outcome,
            state.end_kind,
            state.end_target,
        )


def _went_on(segments: Sequence[Segment[QueueState]], at: datetime) -> bool:
    return any(at <= segment.begun <= at + BRIDGED for segment in segments)


def unwatched(account: Statistics) -> tuple[Period, ...]:
    """When nobody watched this queue, or it had no verdict, for longer than a lost connection lasts."""
    edges = [account.period.begun]
    for segment in account.segments:
        edges += (segment.begun, segment.ended)
    edges.append(account.period.ended)
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return tuple(Period(begun, ended) for begun, ended in gaps if ended - begun > BRIDGED)


class ReachedKind(StrEnum):
    """Who or what answered a call."""

    NUMBER = "number"
    USER = "user"
    VOICEMAIL = "voicemail"
    OTHER = "other"
    """Something of the phone system's own, such as an auto attendant's label."""
    NOBODY = "nobody"


class PastCall(Struct, frozen=True):
    """One call that came to the queue, and what became of it."""

    came_at: datetime
    """When it came to the queue."""
    caller: Party
    kind: ReachedKind
    target: str
    """Who answered; of a call that nobody did, where it was last. A number as the record has it."""
    waited: timedelta
    """From its first record to the answer, or to its end."""

    @property
    def answered(self) -> bool:
        """Whether anybody or anything answered."""
        return self.kind is not ReachedKind.NOBODY


class PastFailover(Struct, frozen=True):
    """A dark time, and the calls that came in it."""

    dark: DarkTime
    calls: tuple[PastCall, ...] = ()
    unread: str = ""
    """Why the call records of this time could not be read; empty where they were."""
    test: str = ""
    """The id of a live test in the log that this time was of; empty for none."""

    @property
    def longest_wait(self) -> timedelta:
        """The longest that anybody waited."""
        return max((call.waited for call in self.calls), default=timedelta())


class PastFailovers(Struct, frozen=True):
    """What became of real calls in a period."""

    past: Past
    times: tuple[PastFailover, ...]
    problems: tuple[str, ...] = ()
    """What could not be read or understood of the call records, a sentence each."""
    records: int = 0
    """How many call records there were for all these times, whatever queue they are of."""
    users: Mapping[str, str] = field(default_factory=dict)
    """The names of people, by extension, as far as they are known."""


async def read_past_failovers(
    system: PhoneSystem, past: Past, tests: Sequence[tuple[str, str, datetime, datetime]] = ()
) -> PastFailovers:
    """Join the period's dark times with the call records of those times, one request after the other.

    ``tests`` are the live tests of the log: id, queue, from when to when. The latest time is asked about first.
    Raises nothing: what cannot be read is said of each time, and a server that refuses once is not asked again.
    """
    times = dark_times(past)
    problems: list[str] = []
    records: dict[str, CallRecord] = {}
    unread: dict[DarkTime, str] = {}
    refused = ""
    for nth, (since, until, within) in enumerate(reversed(_windows(times))):
        if nth == MOST_WINDOWS:
            refused = refused or f"only the latest {MOST_WINDOWS} periods are looked up: name a later --since"
        if refused:
            unread |= dict.fromkeys(within, refused)
            continue
        try:
            reading = await system.read_cdrs(since, until)
        except PbxError as error:
            refused = str(error).rstrip(".")
            unread |= dict.fromkeys(within, refused)
            continue
        problems += (problem.text for problem in reading.problems if problem.text not in problems)
        records |= {record.id or f"{since} {place}": record for place, record in enumerate(reading.items)}
    calls = tuple(calls_of(records.values()))
    return PastFailovers(
        past,
        tuple(
            PastFailover(dark, tuple(_came(dark, calls)), unread.get(dark, ""), _test_of(dark, tests))
            for dark in times
        ),
        tuple(problems),
        len(records),
    )


def _windows(times: Iterable[DarkTime]) -> list[tuple[datetime, datetime, tuple[DarkTime, ...]]]:
    """The periods to ask about: those of times that overlap, in whatever queue, are one."""
    made: list[tuple[datetime, datetime, tuple[DarkTime, ...]]] = []
    for dark in times:
        since, until = dark.begun - _EARLIER, dark.ended
        if made and since <= made[-1][1]:
            begun, ended, within = made[-1]
            made[-1] = (begun, max(ended, until), (*within, dark))
        else:
            made.append((since, until, (dark,)))
    return made


def _test_of(dark: DarkTime, tests: Iterable[tuple[str, str, datetime, datetime]]) -> str:
    """The live test that made this time dark: one of the same queue that lasted while it did."""
    slack = BRIDGED
    around = [
        (begun, test)
        for test, queue, begun, ended in tests
        if queue == dark.queue and begun - slack <= dark.begun and dark.ended <= ended + slack
    ]
    # Of several in a row it is the one that had begun: nobody is logged out before.
    last = max((one for one in around if one[0] <= dark.begun), key=lambda one: one[0], default=None)
    return (last or min(around, default=(dark.begun, "")))[1]


def calls_of(records: Iterable[CallRecord]) -> Iterator[tuple[CallRecord, ...]]:
    """The records of each call, in order: those that share an id, or name one another's."""
    above: dict[str, str] = {}

    def top(key: str) -> str:
        while (higher := above.setdefault(key, key)) != key:
            above[key] = above[higher]
            key = higher
        return key

    keyed = [(record.call_id or record.id or f"record {nth}", record) for nth, record in enumerate(records)]
    for key, record in keyed:
        for other in filter(None, (record.id, record.parent)):
            above[top(other)] = top(key)
    calls: dict[str, list[CallRecord]] = {}
    for key, record in keyed:
        calls.setdefault(top(key), []).append(record)
    for legs in calls.values():
        yield tuple(sorted(legs, key=lambda record: (record.started_at, record.leg or 0)))


def _came(dark: DarkTime, calls: Iterable[tuple[CallRecord, ...]]) -> Iterator[PastCall]:
    for records in calls:
        here = [record for record in records if _concerns(record, dark.queue)]
        if here and dark.begun <= here[0].started_at <= dark.ended:
            yield _past_call(dark.queue, records, here[0].started_at)


def _concerns(record: CallRecord, queue: str) -> bool:
    return any(_names(party, queue) for party in (record.through, record.term, record.dialled))


def _names(party: Party, queue: str) -> bool:
    if party.name == queue:
        return True
    found = parse_destination(party.name)
    return found.kind is DestinationKind.QUEUE and found.target == queue


def _past_call(queue: str, records: Sequence[CallRecord], came_at: datetime) -> PastCall:
    # A queue that plays music has a leg that was answered, by nobody.
    others = [record for record in records if not _names(record.term, queue) or _is_mailbox(record)]
    answered = [record for record in others if record.answered_at is not None]
    first = records[0].started_at
    caller = records[0].caller
    if answered:
        last = max(answered, key=lambda record: record.answered_at or first)
        kind, target = _reached(last)
        return PastCall(came_at, caller, kind, target, max((last.answered_at or first) - first, timedelta()))
    ended = max((record.ended_at or record.started_at for record in records), default=first)
    where = others[-1].term if others else Party(queue)
    return PastCall(came_at, caller, ReachedKind.NOBODY, where.name, max(ended - first, timedelta()))


def _is_mailbox(record: CallRecord) -> bool:
    """Whether a mailbox answered: its address says so, also where it is the queue's own."""
    return any(party.name.casefold().startswith(("vmail", "voicemail")) for party in (record.term_at, record.term))


def _reached(record: CallRecord) -> tuple[ReachedKind, str]:
    party = record.term
    if _is_mailbox(record):
        boxes = (parse_destination(party.name) for party in (record.term_at, record.term))
        named = next((box.target for box in boxes if box.kind is DestinationKind.VOICEMAIL), "")
        return ReachedKind.VOICEMAIL, named or (party.name if party.name[:1].isdecimal() else "")
    if party.number:
        return ReachedKind.NUMBER, party.name
    if party.name[:1].isdecimal():
        return ReachedKind.USER, party.name
    return ReachedKind.OTHER, party.name
