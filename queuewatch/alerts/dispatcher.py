"""Tells what is to be told, to everybody whom the rules of a profile name."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from queuewatch.alerts.alert import Alert, Message, OneOfMany
from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.detector import Detector, is_known
from queuewatch.alerts.quiet import RECOVERED, Quiet, QuietError, Silenced, is_recovered
from queuewatch.alerts.quiet_file import QuietBook
from queuewatch.failover.lookup import NotFound, find_queue, find_site
from queuewatch.failover.model import Snapshot
from queuewatch.failover.sites import site_key
from queuewatch.polling.state import LiveState
from queuewatch.process.background import in_background
from queuewatch.profiles.alert_rules import WITHOUT_RULES, AlertKind, AlertRule, LocalReceiver

if TYPE_CHECKING:
    from queuewatch.alerts.receivers import Receiver


APART = timedelta(minutes=5)
"""Between two messages of one kind about one queue."""

About = tuple[str, str]


class Deduplicator:
    """What one receiver has been told, and what it has to wait for.

    It is always told in the end how things are; what came and went meanwhile is left out.
    """

    def __init__(self, apart: timedelta = APART) -> None:
        self._apart = apart
        self._last_told: dict[About, bool] = {}
        """Whether it believes that this is there."""
        self._last: dict[tuple[About, bool], datetime] = {}
        self._waiting: dict[About, Alert] = {}

    def pass_on(
        self, alerts: tuple[Alert, ...], now: datetime, quiet: Callable[[Alert], object] = lambda alert: None
    ) -> tuple[Alert, ...]:
        """What the receiver is told now, of these alerts and of what was kept back and is not ``quiet`` since."""
        self._waiting = {
            about: alert for about, alert in self._waiting.items() if not (alert.begins and quiet(alert))
        }
        for alert in alerts:
            self._waiting[alert.about] = alert
        due = [alert for alert in self._waiting.values() if self._is_due(alert, now)]
        for alert in due:
            self._last_told[alert.about] = alert.begins
            self._last[alert.about, alert.begins] = now
        self._waiting = {
            about: alert for about, alert in self._waiting.items() if alert not in due and self._is_news(alert)
        }
        return tuple(sorted(due, key=lambda alert: alert.rank))

    def believes(self, alert: Alert) -> bool:
        """Whether it was told, and waits for the end, of what this alert is about."""
        return self._last_told.get(alert.about, False)

    def keep_only(self, queues: Container[str]) -> None:
        """Forget what was told, and was to be told, of every other queue: there is none of that name any more."""
        self._waiting = {
            about: alert for about, alert in self._waiting.items() if not about[0] or about[0] in queues
        }
        self._last_told = {
            about: begins for about, begins in self._last_told.items() if not about[0] or about[0] in queues
        }

    def _is_news(self, alert: Alert) -> bool:
        # Nobody is told of the end of what they were not told had begun; the first word may be an end all the
        # same, of what was there before anybody looked.
        return self._last_told.get(alert.about, not alert.begins) != alert.begins

    def _is_due(self, alert: Alert, now: datetime) -> bool:
        last = self._last.get((alert.about, alert.begins))
        return self._is_news(alert) and (last is None or not timedelta(0) <= now - last < self._apart)


class RuleFilter:
    """The queues and sites of one rule, as the domain has them now."""

    def __init__(self, rule: AlertRule) -> None:
        self._rule = rule
        self._queues: frozenset[str] = frozenset()
        self._sites: frozenset[str] = frozenset()
        self._by: tuple[object, ...] = ()

    def look(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Find the queues anew where they may have changed; a sentence for each name that is none."""
        if not (self._rule.queues or self._rule.sites):
            return ()
        by = (
            tuple((queue.extension, queue.name, queue.park) for queue in snapshot.queues.values()),
            snapshot.sites,
        )
        if by == self._by:
            return ()
        self._by = by
        queues, sites, missed = set[str](), set[str](), list[str]()
        for typed in self._rule.queues:
            try:
                queues.add(find_queue(snapshot.queues, typed).extension)
            except NotFound as error:
                missed.append(f"A rule for alerts names a queue: {error} {error.hint}".strip())
        for typed in self._rule.sites:
            try:
                sites.add(site_key(find_site(snapshot, typed)))
            except NotFound as error:
                missed.append(f"A rule for alerts names a site: {error} {error.hint}".strip())
        self._queues, self._sites = frozenset(queues), frozenset(sites)
        return tuple(missed)

    def has(self, alert: Alert) -> bool:
        """Whether the rule is about this alert. What is about the whole domain is about every queue."""
        if not self._is_on(alert):
            return False
        if not alert.queue:
            return True
        return (not self._rule.queues or alert.queue in self._queues) and (
            not self._rule.sites or site_key(alert.site) in self._sites
        )

    def _is_on(self, alert: Alert) -> bool:
        on = self._rule.on
        if alert.begins:
            return alert.kind in on
        # Who is not told that it began has no use for its end, except one who asks for nothing but ends.
        about_none = AlertKind.PROMISE_BROKEN if alert.promise else AlertKind.UNREACHABLE
        began = AlertKind(alert.of.value) if alert.of else about_none
        return AlertKind.RECOVERED in on and (began in on or on == {AlertKind.RECOVERED})


RECOVERED_FOR = timedelta(minutes=1)
"""For so long everything is well before what is quiet until it recovers is no longer quiet."""


class QuietAlerts:
    """Which alerts nobody is told of now; and what nobody was told of, once it is no longer quiet."""

    def __init__(self, book: QuietBook, note: "Note") -> None:
        self._book = book
        self._note = note
        self._on: tuple[Quiet, ...] = ()
        self._over: tuple[Quiet, ...] = ()
        self._is_told = True
        """Whether those that are over are told of with this state."""
        self._recovered: dict[int, datetime] = {}
        self._ended: set[int] = set()
        self._problem = ""

    @property
    def on(self) -> tuple[Quiet, ...]:
        """What is quiet now."""
        return self._on

    def look(self, live_state: LiveState, now: datetime) -> None:
        """Read what is quiet, and end what waited for everything to be well, if it is."""
        quiets = self._book.quiets()
        if self._book.problem != self._problem:
            self._problem = self._book.problem
            self._note("quiet", self._problem)
        if live_state.trouble is None and is_known(live_state.snapshot):
            self._end_recovered(quiets, live_state, now)
        on = tuple(quiet for quiet in quiets if quiet.is_on(now) and quiet.id not in self._ended)
        still = {quiet.id for quiet in on}
        over = tuple(quiet for quiet in self._on if quiet.id not in still)
        # What ended while nothing could be read is told once something is: an old picture is no news.
        self._over = (*(() if self._is_told else self._over), *over)
        self._is_told = live_state.trouble is None and is_known(live_state.snapshot)
        self._on = on

    def _end_recovered(self, quiets: Iterable[Quiet], live_state: LiveState, now: datetime) -> None:
        well: dict[int, datetime] = {}
        for quiet in quiets:
            if not quiet.is_on(now) or quiet.id in self._ended:
                continue
            if is_recovered(quiet, live_state.snapshot, live_state.judgements):
                since = well[quiet.id] = min(self._recovered.get(quiet.id, now), now)
                if now - since >= RECOVERED_FOR:
                    self._ended.add(quiet.id)
                    self._write(partial(self._book.end, quiet.id, RECOVERED, now))
        self._recovered = well

    def sort(self, alerts: tuple[Alert, ...], detector: Detector, live_state: LiveState) -> tuple[Alert, ...]:
        """The alerts, those that are quiet marked; with them what is no longer quiet and still there."""
        now = live_state.snapshot.taken_at
        marked = [replace(alert, quiet=self.of(alert)) for alert in alerts]
        if self._over and self._is_told:
            known = {alert.about for alert in alerts}
            marked += [
                replace(alert, sentence=f"{alert.sentence} It is no longer quiet ({over.reason}).")
                for alert in detector.standing(live_state)
                if alert.about not in known
                and (over := self._was_quiet(alert)) is not None
                and self.of(alert) is None
            ]
        for alert in marked:
            if alert.quiet is not None and alert.begins:
                silenced = Silenced(alert.at, alert.queue, alert.kind.value, alert.headline)
                self._write(partial(self._book.note, alert.quiet.id, silenced, now))
        return tuple(sorted(marked, key=lambda alert: alert.rank))

    def of(self, alert: Alert) -> Quiet | None:
        """By what nobody is told of the alert."""
        on = (quiet for quiet in self._on if quiet.covers(alert.queue, alert.site, alert.of))
        return max(on, key=lambda quiet: (quiet.until, quiet.id), default=None)

    def _was_quiet(self, alert: Alert) -> Quiet | None:
        return next((quiet for quiet in self._over if quiet.covers(alert.queue, alert.site, alert.of)), None)

    def _write(self, change: Callable[[], object]) -> None:
        if self._book.in_memory:
            change()
        else:
            in_background(self._change(change), "writing down what is quiet")

    async def _change(self, change: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(change)
        except QuietError as error:
            # Another program of this machine may have ended it first, which is as good.
            if self._book.problem:
                self._note("quiet", f"{error} {error.hint}")


SOON = 0.05
"""Seconds after which what is due is looked at: clocks are not that exact."""

Clock = Callable[[], datetime]
Locally = Callable[[Mapping[LocalReceiver, tuple[Alert, ...]]], None]
Note = Callable[[str, str], None]
"""Told of trouble with telling: with what, and one sentence; an empty one once it is over."""


@dataclass(slots=True)
class _Listener:
    """One rule, and what its receivers have been told."""

    scope: RuleFilter
    rule: AlertRule
    receivers: "tuple[Receiver, ...]" = ()
    once: Deduplicator = field(default_factory=Deduplicator)


def _told(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    return tuple(alert for alert in alerts if alert.quiet is None)


class Dispatcher:
    """Told every live state of one phone system, until it is closed.

    ``here`` is told what is for the screen, the bell and the desktop; ``note`` of trouble with telling. A variable
    that should hold a webhook's address and does not is in ``missing``, one sentence for each.
    """

    def __init__(
        self,
        rules: tuple[AlertRule, ...],
        profile: str,
        *,
        clock: Clock,
        environ: Mapping[str, str],
        secret: str,
        note: Note,
        here: Locally | None = None,
        initial: bool = False,
        quiets: QuietBook | None = None,
        receivers: "Callable[[AlertRule], tuple[Receiver, ...]] | None" = None,
        whose: OneOfMany | None = None,
    ) -> None:
        """``receivers`` gives whom a rule tells outside, instead of a webhook and a command of this one's own.

        ``whose`` is put into every alert where many domains are watched together.
        """
        self.missing: list[str] = []
        self._whose = whose
        self._profile = profile
        self._clock = clock
        self._note = note
        self._here = here
        self.quiet = QuietAlerts(quiets if quiets is not None else QuietBook(None, "", ""), note)
        self._timers: list[asyncio.TimerHandle] = []
        rules = rules or WITHOUT_RULES
        self._detectors = {rule.hold: Detector(rule.hold, initial=initial) for rule in rules}
        hidden = {secret, *(rule.webhook_env for rule in rules)}

        def own(rule: AlertRule) -> "tuple[Receiver, ...]":
            if not (rule.webhook_env or rule.command):
                return ()
            from queuewatch.alerts.receivers import receivers_of

            return receivers_of(rule, environ, hidden, self._note, self.missing.append)

        outside = receivers or own
        self._listeners = [_Listener(RuleFilter(rule), rule, outside(rule)) for rule in rules]

    @property
    def in_the_making(self) -> frozenset[tuple[Condition | None, bool]]:
        """What is seen and is not told yet, as it has not lasted: see :meth:`Detector.in_the_making`."""
        return frozenset[tuple[Condition | None, bool]]().union(
            *(detector.in_the_making() for detector in self._detectors.values())
        )

    def sight(self, live_state: LiveState, others: tuple[Alert, ...] = ()) -> None:
        """Tell what is due, and the ``others``. Returns at once: whatever takes time goes on by itself."""
        self._look(live_state, others)
        self._look_again_in_time(live_state)

    def _look(self, live_state: LiveState, others: tuple[Alert, ...] = ()) -> None:
        now = self._clock()
        self.quiet.look(live_state, now)
        alerts = {
            hold: self._marked(*self.quiet.sort(detector.sight(live_state, now), detector, live_state), *others)
            for hold, detector in self._detectors.items()
        }
        here: dict[LocalReceiver, list[Alert]] = {}
        for listener in self._listeners:
            missed = listener.scope.look(live_state.snapshot) if live_state.snapshot.queues else ()
            # Rules of many domains name what some of them have not.
            for sentence in missed if self._whose is None or self._whose.beside == 1 else ():
                self._note(sentence, sentence)
            chosen = tuple(alert for alert in alerts[listener.rule.hold] if listener.scope.has(alert))
            for way in listener.rule.tell:
                shown = here.setdefault(way, [])
                # What is quiet is told to nobody, and only written down where lines are.
                told = chosen if way is LocalReceiver.SCREEN else _told(chosen)
                shown += [alert for alert in told if alert not in shown]
            if listener.receivers:
                listener.once.keep_only(live_state.snapshot.queues)
                ends = (alert for alert in chosen if not alert.begins and listener.once.believes(alert))
                due = tuple(dict.fromkeys((*_told(chosen), *ends)))
                self._send(listener, listener.once.pass_on(due, now, self.quiet.of))
        if self._here and any(here.values()):
            self._here({way: tuple(shown) for way, shown in here.items() if shown})

    def _marked(self, *alerts: Alert) -> tuple[Alert, ...]:
        return alerts if self._whose is None else tuple(replace(alert, whose=self._whose) for alert in alerts)

    def _send(self, listener: _Listener, alerts: tuple[Alert, ...]) -> None:
        if alerts:
            for receiver in listener.receivers:
                receiver.send(Message(self._profile, alerts))

    def _look_again_in_time(self, live_state: LiveState) -> None:
        """While the phone system is silent there may be no live state at the moment when that is to be told."""
        for timer in self._timers:
            timer.cancel()
        if live_state.trouble is None:
            self._timers = []
            return
        loop = asyncio.get_running_loop()
        self._timers = [loop.call_later(hold + SOON, self._look, live_state) for hold in self._detectors]

    async def finish(self) -> None:
        """Wait until everything has been sent or given up."""
        await self._each(lambda receiver: receiver.finish())

    async def close(self) -> None:
        """Let go of everything; what has not been sent is lost."""
        for timer in self._timers:
            timer.cancel()
        await self._each(lambda receiver: receiver.close())

    async def _each(self, do: "Callable[[Receiver], Awaitable[None]]") -> None:
        await asyncio.gather(*(do(receiver) for listener in self._listeners for receiver in listener.receivers))
