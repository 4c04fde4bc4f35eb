"""Tells what is to be told, to everybody whom the rules of a profile name."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from queuewatch.alerts.alert import Alert, Message
from queuewatch.alerts.detector import Detector
from queuewatch.failover.lookup import NotFound, find_queue, find_site
from queuewatch.failover.model import Snapshot
from queuewatch.failover.sites import site_key
from queuewatch.polling.state import LiveState
from queuewatch.profiles.alert_rules import WITHOUT_RULES, AlertKind, AlertRule, LocalReceiver

if TYPE_CHECKING:
    from queuewatch.alerts.command import CommandReceiver
    from queuewatch.alerts.receivers import Hook


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

    def pass_on(self, alerts: tuple[Alert, ...], now: datetime) -> tuple[Alert, ...]:
        """What the receiver is told now, of these alerts and of what was kept back."""
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


SOON = 0.05
"""Seconds after which what is due is looked at: clocks are not that exact."""

Clock = Callable[[], datetime]
Locally = Callable[[Mapping[LocalReceiver, tuple[Alert, ...]]], None]
Note = Callable[[str, str], None]
"""Told of trouble with telling: with what, and one sentence; an empty one once it is over."""


@dataclass(slots=True)
class _Listener:
    """One rule, and what its receiver has been told."""

    scope: RuleFilter
    rule: AlertRule
    once: Deduplicator = field(default_factory=Deduplicator)
    hook: "Hook | None" = None
    command: "CommandReceiver | None" = None


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
    ) -> None:
        self.missing: list[str] = []
        self._profile = profile
        self._clock = clock
        self._note = note
        self._here = here
        self._last: LiveState | None = None
        self._timers: list[asyncio.TimerHandle] = []
        rules = rules or WITHOUT_RULES
        self._detectors = {rule.hold: Detector(rule.hold, initial=initial) for rule in rules}
        hidden = {secret, *(rule.webhook_env for rule in rules)}
        self._listeners = [self._listener(rule, environ, hidden) for rule in rules]

    def _listener(self, rule: AlertRule, environ: Mapping[str, str], hidden: set[str]) -> _Listener:
        listener = _Listener(RuleFilter(rule), rule)
        if rule.webhook_env:
            from queuewatch.alerts.receivers import Unusable, hook_of

            try:
                listener.hook = hook_of(rule, environ, partial(self._note, rule.webhook_env))
            except Unusable as error:
                self.missing.append(str(error))
        if rule.command:
            from queuewatch.alerts.command import CommandReceiver, environment_for

            note = partial(self._note, " ".join(rule.command))
            listener.command = CommandReceiver(rule.command, environment_for(environ, hidden), note)
        return listener

    def sight(self, live_state: LiveState, others: tuple[Alert, ...] = ()) -> None:
        """Tell what is due, and the ``others``. Returns at once: whatever takes time goes on by itself."""
        self._last = live_state
        self._look(live_state, others)
        self._look_again_in_time(live_state)

    def _look(self, live_state: LiveState, others: tuple[Alert, ...] = ()) -> None:
        now = self._clock()
        alerts = {hold: (*detector.sight(live_state, now), *others) for hold, detector in self._detectors.items()}
        here: dict[LocalReceiver, list[Alert]] = {}
        for listener in self._listeners:
            for sentence in listener.scope.look(live_state.snapshot) if live_state.snapshot.queues else ():
                self._note(sentence, sentence)
            chosen = tuple(alert for alert in alerts[listener.rule.hold] if listener.scope.has(alert))
            for way in listener.rule.tell:
                shown = here.setdefault(way, [])
                shown += [alert for alert in chosen if alert not in shown]
            if listener.hook or listener.command:
                listener.once.keep_only(live_state.snapshot.queues)
                self._send(listener, listener.once.pass_on(chosen, now))
        if self._here and any(here.values()):
            self._here({way: tuple(shown) for way, shown in here.items() if shown})

    def _send(self, listener: _Listener, alerts: tuple[Alert, ...]) -> None:
        if not alerts:
            return
        message = Message(self._profile, alerts)
        if listener.hook:
            listener.hook.send(message)
        if listener.command:
            from queuewatch.alerts.receivers import body_of, variables_of

            listener.command.run(body_of(message), variables_of(message))

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

    async def _each(self, do: "Callable[[Hook | CommandReceiver], Awaitable[None]]") -> None:
        receivers = [
            receiver for listener in self._listeners for receiver in (listener.hook, listener.command) if receiver
        ]
        await asyncio.gather(*(do(receiver) for receiver in receivers))
