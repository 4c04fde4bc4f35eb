"""Expectations that are watched: held against the phone system after every change of a setting."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.detector import is_known
from queuewatch.failover.forwards import rules_unread
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.wording import plural
from queuewatch.polling.state import LiveState
from queuewatch.profiles.alert_rules import AlertKind
from queuewatch.setup.expectations import CheckedExpectation, Checker, Expectation, Holding
from queuewatch.setup.setup_file import SetupFileError


class Promises:
    """Told every live state; gives an alert for each promise that a change breaks, and for each that holds again.

    What does not hold when everything is first known is where it starts from: that is told only with ``initial``.
    """

    def __init__(self, expectations: Sequence[Expectation], *, initial: bool = False) -> None:
        self._expectations = tuple(expectations)
        self._initial = initial
        self._settings: tuple[object, ...] | None = None
        self._broken: dict[int, Alert] = {}
        self._beginning = ""

    def look(self, live_state: LiveState) -> tuple[Alert, ...]:
        """What is to be told. Raises :class:`SetupFileError` for what was never there."""
        snapshot = live_state.snapshot
        if live_state.trouble is not None or not is_known(snapshot) or _unread(snapshot):
            return ()
        settings = _settings_of(snapshot)
        if settings == self._settings:
            return ()
        first, self._settings = self._settings is None, settings
        alerts = tuple(self._turns(snapshot, first))
        if first:
            broken = len(self._broken)
            every = len(self._expectations)
            hold = "does not hold" if broken == 1 else "do not hold"
            self._beginning = (
                f"{broken} of {plural(every, 'promise')} {hold}." if broken else "Every promise holds."
            )
        return alerts if self._initial or not first else ()

    def take_beginning(self) -> str:
        """How they stood when everything was first known, in a sentence; once, and empty before that."""
        beginning, self._beginning = self._beginning, ""
        return beginning

    def _turns(self, snapshot: Snapshot, first: bool) -> Iterator[Alert]:
        checker = Checker(snapshot)
        for nth, expectation in enumerate(self._expectations):
            try:
                checked = checker.check(expectation)
            except SetupFileError as error:
                if first:
                    raise
                # It was there, and is not any more: the promise cannot be kept.
                gone = Queue(expectation.queue)
                checked = CheckedExpectation(expectation, gone, Holding.FAIL, str(error))
            if checked.holding is Holding.FAIL and nth not in self._broken:
                self._broken[nth] = _broken(snapshot, checked)
                yield self._broken[nth]
            elif checked.holding is Holding.PASS and nth in self._broken:
                yield _kept(snapshot, checked, self._broken.pop(nth))


def _unread(snapshot: Snapshot) -> bool:
    return rules_unread(snapshot, [queue.extension for queue in snapshot.call_queues])


def _settings_of(snapshot: Snapshot) -> tuple[object, ...]:
    """What somebody may set in the portal that an answer rests on; who is there and who calls is none of it."""
    queues = tuple(
        (queue.extension, queue.name, queue.site, queue.park, queue.require_agents, queue.max_callers)
        for queue in snapshot.queues.values()
    )
    rules = {
        # Which one is in effect at this minute the clock decides.
        extension: (known.problem, tuple(replace(rule, active=False) for rule in known.in_order))
        for extension, known in snapshot.rules.items()
    }
    seats = {queue: frozenset(agent.id for agent in rows) for queue, rows in snapshot.agents.items()}
    directory = (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.dial_rules, snapshot.sites)
    return (queues, rules, seats, *directory, snapshot.time_frames, snapshot.user_time_frames)


def _broken(snapshot: Snapshot, checked: CheckedExpectation) -> Alert:
    title = f"A promise is broken: {_words(checked)}"
    return _alert(snapshot, checked, AlertKind.PROMISE_BROKEN, title)


def _kept(snapshot: Snapshot, checked: CheckedExpectation, broken: Alert) -> Alert:
    title = f"A promise holds again: {_words(checked)}"
    alert = _alert(snapshot, checked, AlertKind.RECOVERED, title)
    return replace(alert, since=broken.at, lasted=snapshot.taken_at - broken.at)


def _words(checked: CheckedExpectation) -> str:
    return f"{checked.queue.label}{checked.expectation.words.removeprefix(checked.expectation.queue)}"


def _alert(snapshot: Snapshot, checked: CheckedExpectation, kind: AlertKind, title: str) -> Alert:
    queue = checked.queue
    return Alert(
        kind,
        snapshot.domain,
        snapshot.taken_at,
        title,
        f"{title}. {checked.sentence}",
        since=snapshot.taken_at,
        queue=queue.extension,
        name=queue.name,
        site=queue_site(snapshot, queue),
        promise=str(checked.expectation.place),
    )
