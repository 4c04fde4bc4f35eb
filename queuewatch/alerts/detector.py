"""From live states to alerts: compares where every queue stands with where it stood, and tells what lasts."""

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from msgspec import Struct

from queuewatch.alerts.alert import Alert, Away
from queuewatch.alerts.conditions import Condition, conditions_of, headline, recovered, sentence_of_standing
from queuewatch.failover.audit.completeness import is_read
from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.verdict import Judgement
from queuewatch.polling.state import LiveState, Trouble
from queuewatch.profiles.alert_rules import AlertKind

Key = TypeVar("Key", bound=Hashable)


class Transition(Struct, frozen=True):
    """Something that has lasted: it is there, or it is over."""

    there: bool
    since: datetime
    """When it was first seen so."""
    began: datetime
    """When it was first seen to be there."""
    from_the_start: bool
    """Whether it was there when the watch began: then it is older than ``began``."""

    @property
    def lasted(self) -> timedelta:
        """For how long it was there, once it is over."""
        return self.since - self.began


@dataclass(slots=True)
class _Track:
    there: bool
    """As it was told last, or was from the start."""
    began: datetime
    from_the_start: bool = True
    turned: datetime | None = None
    """Since when it is seen otherwise."""


class Debounce(Generic[Key]):
    """Whatever is told of a key alternates between there and over, and has been seen so for ``hold``.

    What turns back within that time has never turned. What cannot be told is taken to be as it was.
    """

    def __init__(self, hold: timedelta) -> None:
        self._hold = hold
        self._tracks: dict[Key, _Track] = {}
        self._turned: set[Key] = set()

    def __contains__(self, key: Key) -> bool:
        return key in self._tracks

    @property
    def undecided(self) -> Collection[Key]:
        """What is seen otherwise than it was told, and not for long enough yet."""
        return self._turned

    def begin(self, key: Key, there: bool, at: datetime) -> Transition | None:
        """Know of it how it is, without having told it; gives what is there from the start."""
        self._tracks[key] = _Track(there, at)
        return Transition(True, at, at, from_the_start=True) if there else None

    def see(self, key: Key, there: bool | None, at: datetime) -> Transition | None:
        """What is to be told of it now, if anything. It must have begun."""
        track = self._tracks[key]
        if there is None:
            return None
        if there == track.there:
            track.turned = None
            self._turned.discard(key)
            return None
        # A clock that was set back must not make it wait for the time it had shown.
        track.turned = at if track.turned is None else min(track.turned, at)
        self._turned.add(key)
        if at - track.turned < self._hold:
            return None
        turned, track.turned = track.turned, None
        self._turned.discard(key)
        track.there = there
        if there:
            track.began, track.from_the_start = turned, False
        return Transition(there, turned, track.began, track.from_the_start)

    def standing(self, key: Key) -> Transition | None:
        """What was told last of it, if that is that it is there."""
        track = self._tracks.get(key)
        if track is None or not track.there:
            return None
        return Transition(True, track.began, track.began, track.from_the_start)

    def forget(self, key: Key) -> None:
        """Know nothing of it any more."""
        self._tracks.pop(key, None)
        self._turned.discard(key)


DIRECTORY = (Part.USERS, Part.NUMBERS, Part.ATTENDANTS)
"""What a verdict may rest on besides the queues, their agents and rules."""

Place = tuple[str, Condition]


class Detector:
    """Told every live state; gives what has lasted ``hold`` seconds, the worst first.

    How a queue stands when it is first known in full is where it starts from: that is told only to ``initial``.
    """

    def __init__(self, hold: float, *, initial: bool = False) -> None:
        self._initial = initial
        self._queues: Debounce[Place] = Debounce(timedelta(seconds=hold))
        self._answers: Debounce[str] = Debounce(timedelta(seconds=hold))
        self._judged: Mapping[str, Judgement] = {}
        self._has_unread = False
        """Whether a queue is not known in full yet."""
        self._away = Away.SILENT
        """In which way the domain was away last."""

    def sight(self, live_state: LiveState, now: datetime) -> tuple[Alert, ...]:
        """What is to be told. ``now`` is the phone system's time, which goes on while it cannot be asked."""
        alerts = [*self._reach(live_state, now)]
        if live_state.trouble is None and is_known(live_state.snapshot):
            alerts += self._stand(live_state.snapshot, live_state.judgements)
        return tuple(sorted(alerts, key=lambda alert: alert.rank))

    def in_the_making(self) -> frozenset[tuple[Condition | None, bool]]:
        """What is seen and not told yet, as it has not lasted: which condition, ``None`` for the whole domain; and
        whether it is there."""
        turned: set[tuple[Condition | None, bool]] = {
            (place[1], self._queues.standing(place) is None) for place in self._queues.undecided
        }
        turned |= {(None, self._answers.standing(domain) is None) for domain in self._answers.undecided}
        return frozenset(turned)

    def standing(self, live_state: LiveState) -> tuple[Alert, ...]:
        """What is there now, whether or not anybody was told of it, the worst first."""
        snapshot = live_state.snapshot
        alerts = [
            _of_a_queue(snapshot, snapshot.queues[extension], judgement, condition, turn)
            for extension, judgement in live_state.judgements.items()
            for condition, there in conditions_of(judgement).items()
            if there and (turn := self._queues.standing((extension, condition)))
        ]
        return tuple(sorted(alerts, key=lambda alert: alert.rank))

    def _reach(self, live_state: LiveState, now: datetime) -> Iterator[Alert]:
        domain = live_state.snapshot.domain
        if domain not in self._answers:
            self._answers.begin(domain, False, now)
        if turn := self._answers.see(domain, live_state.trouble is not None, now):
            if live_state.trouble is not None:
                self._away = _away(live_state.trouble)
            yield _of_the_domain(domain, turn, live_state.trouble, now, self._away)

    def _stand(self, snapshot: Snapshot, judgements: Mapping[str, Judgement]) -> Iterator[Alert]:
        before, self._judged = self._judged, judgements
        waiting = {extension for extension, _ in self._queues.undecided}
        if judgements is before and not waiting and not self._has_unread:
            return
        self._has_unread = False
        for extension in before:
            if extension not in judgements:
                for condition in Condition:
                    self._queues.forget((extension, condition))
        for extension, judgement in judgements.items():
            known = (extension, Condition.REACHES_NOBODY) in self._queues
            if known and judgement is before.get(extension) and extension not in waiting:
                continue
            if not known and not (snapshot.rules_of(extension).known and is_read(snapshot, extension)):
                # What is still to be read on its way may be all that is wrong with it.
                self._has_unread = True
                continue
            queue = snapshot.queues[extension]
            for condition, there in conditions_of(judgement).items():
                if turn := self._turn((extension, condition), there, snapshot.taken_at):
                    yield _of_a_queue(snapshot, queue, judgement, condition, turn)

    def _turn(self, place: Place, there: bool | None, at: datetime) -> Transition | None:
        if place in self._queues:
            return self._queues.see(place, there, at)
        turn = self._queues.begin(place, bool(there), at)
        return turn if self._initial else None


def is_still_there(about: tuple[str, str], live_state: LiveState) -> bool | None:
    """Whether what an alert was about, told by whoever watched before, is there now; ``None`` where that cannot be
    told, as of a promise."""
    snapshot, (extension, what) = live_state.snapshot, about
    if not (extension or what):
        return True if live_state.trouble is not None else False if Part.LIVE in snapshot.read_at else None
    if live_state.trouble is not None or what not in set(Condition) or not is_known(snapshot):
        return None
    if extension not in snapshot.queues:
        return False
    judgement = live_state.judgements.get(extension)
    if judgement is None or not (snapshot.rules_of(extension).known and is_read(snapshot, extension)):
        return None
    return conditions_of(judgement)[Condition(what)]


def is_known(snapshot: Snapshot) -> bool:
    """Whether everything that verdicts rest on has been read, or has been tried to be."""
    if Part.LIVE not in snapshot.read_at:
        return False
    read = (snapshot.users, snapshot.numbers, snapshot.attendants)
    failed = {problem.part for problem in snapshot.problems}
    return all(items is not None or part in failed for part, items in zip(DIRECTORY, read, strict=True))


def _away(trouble: Trouble) -> Away:
    if trouble.refused:
        return Away.REFUSED
    return Away.UNREAD if trouble.listens else Away.SILENT


def _of_the_domain(domain: str, turn: Transition, trouble: Trouble | None, now: datetime, away: Away) -> Alert:
    whose = f"The phone system of {domain}"
    if trouble is not None:
        title = {
            Away.SILENT: f"{whose} is out of reach",
            Away.REFUSED: f"{whose} refuses the credentials",
            Away.UNREAD: f"There is nothing newer of {domain}",
        }[away]
        sentence = f"{title}. {trouble.sentence}"
        return Alert(AlertKind.UNREACHABLE, domain, now, title, sentence, since=turn.since, away=away)
    answers = f"There is news of {domain} again" if away is Away.UNREAD else f"{whose} answers again"
    title = f"{answers}, after {duration_words(turn.lasted)}"
    return Alert(
        AlertKind.REACHABLE,
        domain,
        now,
        title,
        f"{title}.",
        since=turn.began,
        lasted=turn.lasted,
        away=away,
    )


def _of_a_queue(
    snapshot: Snapshot, queue: Queue, judgement: Judgement, condition: Condition, turn: Transition
) -> Alert:
    if turn.there:
        kind, lasted = AlertKind(condition.value), None
        title = headline(snapshot, queue, judgement, condition)
        sentence = sentence_of_standing(snapshot, queue, judgement, condition)
    else:
        kind, lasted = AlertKind.RECOVERED, turn.lasted
        lasting = f"{'more than ' * turn.from_the_start}{duration_words(turn.lasted)}"
        title = f"{recovered(queue, condition)}, after {lasting}"
        sentence = f"{title}. {judgement.now.sentence}"
    return Alert(
        kind,
        snapshot.domain,
        snapshot.taken_at,
        title,
        sentence,
        since=None if turn.from_the_start else turn.began,
        of=condition,
        lasted=lasted,
        queue=queue.extension,
        name=queue.name,
        site=queue_site(snapshot, queue),
        outcome=judgement.now.outcome.value,
        readiness=judgement.readiness.state.value,
        held_open_by=judgement.now.held_open_by,
    )


def duration_words(lasted: timedelta) -> str:
    """``42 s``, ``12 min``, ``3 h 5 min``, ``2 days 4 h``."""
    seconds = max(0, round(lasted.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return f"{seconds} s"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    of_days = "1 day" if days == 1 else f"{days} days"
    return f"{of_days} {hours % 24} h" if hours % 24 else of_days
