"""Alerts of many domains watched together: each by the rules of its profile, and one message for one cause.

Domains are read in turn, so what takes down three customers in one moment is seen of one after the other. Whoever
is to be told waits a little while more of it is about to be told; and who was told that a server is out of reach
is not told it again for every other domain of that server, neither of its beginning nor of its end.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from msgspec.structs import replace

from queuewatch.alerts.alert import Alert, Away, Message, OneOfMany
from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.detector import is_still_there
from queuewatch.alerts.dispatcher import SOON, Clock, Dispatcher
from queuewatch.alerts.quiet_file import QuietBook
from queuewatch.alerts.receivers import Receiver, receivers_of
from queuewatch.alerts.unseen import UnseenAlerts
from queuewatch.fleet.standing import LastAlert
from queuewatch.fleet.watch import FleetDomain, Key
from queuewatch.pbx.netsapiens.address import host_of
from queuewatch.polling.state import LiveState
from queuewatch.profiles.alert_rules import WITHOUT_RULES, AlertRule, LocalReceiver

GATHERED_FOR = 2.0
LONGEST_GATHERING = 15.0
"""Seconds for which what is told together is gathered: always, and while more of the same is about to be told."""
LOOK_AGAIN = 0.5
"""Seconds until it is looked again whether something is about to be told."""
ENDS_GATHERED_FOR = 60.0
"""Seconds for which the end of an outage of a server is gathered from its domains, unless all have it sooner."""
JOINS_WITHIN = timedelta(minutes=3)
"""What is seen within this time of what was told before, of another domain of that server, is the same outage."""

Cause = tuple[Condition | None, bool, str]
"""What alerts have in common that may be one thing: the condition, or ``None`` for a whole domain; whether it is
there; and for a whole domain, its server."""
Here = Callable[[LocalReceiver, Message], None]
"""Told what the bell and the desktop are to tell."""


def _cause(alert: Alert) -> Cause:
    about_domain = alert.of is None and not alert.promise
    return alert.of, alert.begins, alert.place[0] if about_domain else ""


Told = Callable[[Key, tuple[Alert, ...]], None]


class Outage:
    """What one receiver was told of one server that does not answer."""

    def __init__(self) -> None:
        self.since: dict[Key, datetime] = {}
        """The domains for which it does not, and since when."""
        self.ended: dict[Key, Alert] = {}
        """Those for which it does again, which the receiver is not told yet."""
        self.ends_from = 0.0
        """When the first of these ended, by the event loop's clock."""
        self.is_of_server = False
        """Whether it was told of several domains at once: what one domain alone is in may be its own."""

    def has(self, alert: Alert) -> bool:
        """Whether this is more of the same, and no news to who was told of it."""
        began = alert.since
        return _key(alert) in self.ended or (
            self.is_of_server
            and began is not None
            and any(abs(began - since) <= JOINS_WITHIN for since in self.since.values())
        )

    def is_over(self, now: float) -> bool:
        """Whether the ends there are can be told: all there will be, or waited for long enough."""
        return self.ended.keys() >= self.since.keys() or now - self.ends_from >= ENDS_GATHERED_FOR


def _server(alert: Alert) -> tuple[str, Away]:
    """Whose outage it is, and in which way.

    Where somebody else reads for us it may be they who are away, or the phone system: another's is news, and what
    befalls all of them at once is one message all the same.
    """
    return alert.place[0], alert.away


def _key(alert: Alert) -> Key:
    return alert.place[:2]


def _in_order(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """The worst first; who was seen first says nothing."""

    def place(alert: Alert) -> tuple[int, str, str]:
        return alert.rank, alert.whose.label.casefold() if alert.whose is not None else "", alert.queue

    return tuple(sorted(alerts, key=place))


def _is_about_domain(alert: Alert) -> bool:
    return alert.of is None and not alert.promise and not alert.queue


class Post:
    """What one receiver is to be told, until it is."""

    def __init__(
        self,
        tell: Callable[[tuple[Alert, ...]], None],
        joined: Callable[[tuple[Alert, ...]], None] = lambda alerts: None,
    ) -> None:
        """``joined`` is told what is more of what was told before, and no news."""
        self._tell = tell
        self._joined = joined
        self.waiting: list[Alert] = []
        self._outages: dict[tuple[str, Away], Outage] = {}

    @property
    def is_busy(self) -> bool:
        """Whether something waits to be told."""
        return bool(self.waiting) or any(outage.ended for outage in self._outages.values())

    def tell_gathered(self, now: float) -> None:
        """Tell what waits, but for what is no news, and for the ends of outages, which :meth:`tell_ended` does."""
        waiting, self.waiting = self.waiting, []
        joined = tuple(filter(self._is_no_news, waiting))
        alerts = [alert for alert in waiting if alert not in joined]
        begun = Counter(_server(alert) for alert in alerts if _is_about_domain(alert) and alert.begins)
        for alert in waiting:
            if _is_about_domain(alert) and alert.begins:
                outage = self._outages.setdefault(_server(alert), Outage())
                outage.ended.pop(_key(alert), None)
                outage.since[_key(alert)] = alert.since or alert.at
                outage.is_of_server = outage.is_of_server or begun[_server(alert)] > 1
            elif _is_about_domain(alert) and (found := self._outage_of(alert)) is not None:
                found.ends_from = found.ends_from if found.ended else now
                found.ended[_key(alert)] = alert
                alerts.remove(alert)
        if joined:
            self._joined(joined)
        if alerts:
            self._tell(_in_order(alerts))

    def tell_ended(self, now: float) -> None:
        """Tell the ends of outages that need not be waited for any longer."""
        for kind, outage in tuple(self._outages.items()):
            if outage.ended and outage.is_over(now):
                ended, outage.ended = tuple(outage.ended.values()), {}
                for alert in ended:
                    outage.since.pop(_key(alert), None)
                if not outage.since:
                    del self._outages[kind]
                self._tell(_in_order(ended))

    def _is_no_news(self, alert: Alert) -> bool:
        outage = self._outages.get(_server(alert))
        return _is_about_domain(alert) and alert.begins and outage is not None and outage.has(alert)

    def _outage_of(self, end: Alert) -> Outage | None:
        return next((outage for outage in self._outages.values() if _key(end) in outage.since), None)


class FleetAlerts:
    """Told every state of every domain, until it is closed."""

    def __init__(
        self,
        domains: Sequence[FleetDomain],
        *,
        title: str,
        clock: Clock,
        environ: Mapping[str, str],
        here: Here,
        shown: Callable[[], None],
        latest: Callable[[Key, LastAlert], None],
        told: Told = lambda key, alerts: None,
        hasten: Callable[[Key], None] = lambda key: None,
        before: Mapping[Key, LastAlert] = MappingProxyType({}),
    ) -> None:
        """``here`` rings the bell and notifies the desktop; ``shown`` is called when other alerts wait to be seen.

        ``latest`` is told the latest alert of a domain, and ``told`` every one, each once. ``hasten`` has a
        domain read soon, of which something is to be told if it lasts. ``before`` is what was told last of each
        domain by who watched before: whether it is over by now is seen at the first look.
        """
        self._title = title
        self._clock = clock
        self._environ = environ
        self._here = here
        self._shown = shown
        self._latest = latest
        self._told = told
        self._counted: dict[tuple[tuple[str, str, str], tuple[str, str]], tuple[bool, datetime]] = {}
        self._hasten = hasten
        self._hastened: dict[Key, asyncio.TimerHandle] = {}
        self.unseen = UnseenAlerts()
        self._beside: dict[str, set[Key]] = {}
        """By server, the domains that there are."""
        for domain in domains:
            self._beside.setdefault(domain.server, set()).add(domain.key)
        self._hidden = {
            *(domain.token_env for domain in domains),
            *(rule.webhook_env for domain in domains for rule in domain.alerts),
        }
        self._dispatchers: dict[Key, tuple[Dispatcher, QuietBook]] = {}
        self._last: dict[Key, LastAlert] = dict(before)
        self._from_before = {key for key, last in before.items() if last.over_at is None}
        """The domains whose last alert was not over when nobody watched any more."""
        self._receivers: dict[object, tuple[Receiver, ...]] = {}
        self._posts: dict[object, Post] = {
            LocalReceiver.SCREEN: Post(self._show, self._show_more),
            LocalReceiver.BELL: Post(lambda alerts: self._ring(LocalReceiver.BELL, alerts)),
            LocalReceiver.DESKTOP: Post(lambda alerts: self._ring(LocalReceiver.DESKTOP, alerts)),
        }
        self._timer: asyncio.TimerHandle | None = None
        self._gathering_since: float | None = None

    def see(self, domain: FleetDomain, live_state: LiveState) -> None:
        """Tell what is due. Returns at once."""
        trouble = live_state.trouble
        if trouble is not None and (trouble.asking or trouble.unasked):
            # Of what was never asked nobody can say that it is out of reach; its row says what is missing.
            return
        dispatcher, _ = self.dispatcher_of(domain)
        dispatcher.sight(live_state)
        if domain.key in self._from_before:
            self._see_what_was_before(domain.key, live_state)
        self._have_read_in_time(domain, dispatcher)
        gone = self.unseen.keep_only(live_state.snapshot.queues, domain.key) if live_state.judgements else False
        if self.unseen.drop_quiet(dispatcher.quiet.of, domain.key) or gone:
            self._shown()

    def _see_what_was_before(self, key: Key, live_state: LiveState) -> None:
        """What ended while nobody watched is over; what did not is told of from now on like all else."""
        last = self._last[key]
        there = is_still_there(last.about, live_state) if last.about is not None else None
        if there is None:
            return
        self._from_before.discard(key)
        if not there:
            self._last[key] = replace(last, over_at=self._clock(), unwatched=True)
            self._latest(key, self._last[key])

    def _have_read_in_time(self, domain: FleetDomain, dispatcher: Dispatcher) -> None:
        """Who is read in turn is not read when what was seen of it has lasted: unless it is asked for then."""
        if not dispatcher.in_the_making or domain.key in self._hastened:
            return
        hold = min(rule.hold for rule in domain.alerts or WITHOUT_RULES)

        def read() -> None:
            del self._hastened[domain.key]
            self._hasten(domain.key)

        self._hastened[domain.key] = asyncio.get_running_loop().call_later(hold + SOON, read)

    def dispatcher_of(self, domain: FleetDomain) -> tuple[Dispatcher, QuietBook]:
        """What tells of this domain, and where it is kept what of it is quiet."""
        if domain.key not in self._dispatchers:
            self._dispatchers[domain.key] = self._begin(domain)
        return self._dispatchers[domain.key]

    def see_shown(self) -> bool:
        """What is shown has been seen; false when nothing is."""
        seen = self.unseen.see()
        self._shown()
        return seen

    def see_alerts_of(self, key: Key) -> tuple[Alert, ...]:
        """What waits about this domain has been seen, and what is one with it; gives what that was."""
        seen = self.unseen.see_of(*key)
        if seen:
            self._shown()
        return seen

    async def close(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        for timer in self._hastened.values():
            timer.cancel()
        for dispatcher, _ in self._dispatchers.values():
            await dispatcher.close()
        for receivers in self._receivers.values():
            for receiver in receivers:
                await receiver.close()

    def _begin(self, domain: FleetDomain) -> tuple[Dispatcher, QuietBook]:
        book = domain.quiets()
        beside = self._beside.setdefault(domain.server, set())
        beside.add(domain.key)
        dispatcher = Dispatcher(
            domain.alerts,
            domain.profile or self._title,
            clock=self._clock,
            environ=self._environ,
            secret=domain.token_env,
            note=self._note,
            here=self._take,
            quiets=book,
            receivers=self._receivers_of,
            whose=OneOfMany(
                domain.server,
                host_of(domain.server) or domain.server,
                domain.name or domain.domain,
                domain.profile,
                len(beside),
            ),
        )
        return dispatcher, book

    def _note(self, what: str, trouble: str) -> None:
        self.unseen.note(what, trouble)
        self._shown()

    def _note_missing(self, sentence: str) -> None:
        self._note(sentence, sentence)

    def _receivers_of(self, rule: AlertRule) -> tuple[Receiver, ...]:
        """Whom a rule tells outside: the same for all rules of all profiles that name the same."""
        if not (rule.webhook_env or rule.command):
            return ()
        of = (rule.webhook_env, rule.shape, rule.command)
        if of not in self._receivers:
            self._receivers[of] = receivers_of(rule, self._environ, self._hidden, self._note, self._note_missing)
            self._posts[of] = Post(lambda alerts: self._send(self._receivers[of], alerts))
        return (_Collected(self, of),)

    def _take(self, alerts: Mapping[LocalReceiver, tuple[Alert, ...]]) -> None:
        for way, told in alerts.items():
            # Of what is quiet only the end is told, to whom its beginning still waits for.
            self.gather(way, tuple(a for a in told if a.quiet is None or (not a.begins and self.unseen.has(a))))

    def gather(self, to: object, alerts: tuple[Alert, ...]) -> None:
        """Tell these once nothing more of the same is to be expected."""
        if not alerts:
            return
        alerts = tuple(map(self._counted_anew, alerts))
        self._posts[to].waiting += alerts
        self._remember(alerts)
        now = asyncio.get_running_loop().time()
        self._gathering_since = now if self._gathering_since is None else self._gathering_since
        if self._timer is None:
            self._look_again(GATHERED_FOR)

    def _counted_anew(self, alert: Alert) -> Alert:
        """The alert of a domain, beside which there may be more than when it was first seen."""
        whose = alert.whose
        if whose is None or whose.beside == (beside := len(self._beside[whose.server])):
            return alert
        return replace(alert, whose=replace(whose, beside=beside))

    def _look_again(self, after: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(after, self._look)

    def _look(self) -> None:
        now, self._timer = asyncio.get_running_loop().time(), None
        since = self._gathering_since
        if since is not None and now - since >= GATHERED_FOR and not self._waits_for_more(now - since):
            self._gathering_since = None
            for post in tuple(self._posts.values()):
                post.tell_gathered(now)
        for post in tuple(self._posts.values()):
            post.tell_ended(now)
        if any(post.is_busy for post in self._posts.values()):
            self._look_again(LOOK_AGAIN)

    def _waits_for_more(self, gathered: float) -> bool:
        """Whether something is about to be told that may have the same cause as what waits."""
        if gathered >= LONGEST_GATHERING:
            return False
        causes = {_cause(alert) for post in self._posts.values() for alert in post.waiting}
        return any(
            (condition, begins, key[0] if condition is None else "") in causes
            for key, (dispatcher, _) in self._dispatchers.items()
            for condition, begins in dispatcher.in_the_making
        )

    def _message(self, alerts: tuple[Alert, ...]) -> Message:
        profiles = {alert.whose.profile for alert in alerts if alert.whose is not None}
        one = profiles.pop() if len(profiles) == 1 else ""
        return Message(one or self._title, alerts)

    def _send(self, receivers: tuple[Receiver, ...], alerts: tuple[Alert, ...]) -> None:
        for receiver in receivers:
            receiver.send(self._message(alerts))

    def _ring(self, way: LocalReceiver, alerts: tuple[Alert, ...]) -> None:
        self._here(way, self._message(alerts))

    def _show(self, alerts: tuple[Alert, ...]) -> None:
        self.unseen.add(alerts)
        self._shown()

    def _show_more(self, alerts: tuple[Alert, ...]) -> None:
        """More of what was shown: counted with it as long as that waits to be seen."""
        shown = {_server(alert) for alert in self.unseen.waiting if _is_about_domain(alert)}
        self._show(tuple(alert for alert in alerts if _server(alert) in shown))

    def _remember(self, alerts: tuple[Alert, ...]) -> None:
        """Know of each domain what was told last of it, and when that was over."""
        for alert in alerts:
            # Several receivers may be told of it.
            if self._counted.get((alert.place, alert.about)) != (alert.begins, alert.at):
                self._counted[alert.place, alert.about] = alert.begins, alert.at
                self._told(_key(alert), (alert,))
        latest: dict[Key, Alert] = {}
        for alert in sorted(alerts, key=lambda alert: alert.rank):
            latest.setdefault(_key(alert), alert)
        for key, alert in latest.items():
            known = self._last.get(key)
            if alert.begins:
                self._last[key] = LastAlert(alert.at, alert.headline, about=alert.about)
            elif known is not None and known.about == alert.about:
                self._last[key] = LastAlert(known.at, known.headline, alert.at, known.about)
            else:
                continue
            self._from_before.discard(key)
            self._latest(key, self._last[key])


class _Collected:
    """A receiver that waits for what others have to tell it, too."""

    def __init__(self, alerts: FleetAlerts, of: object) -> None:
        self._alerts = alerts
        self._of = of

    def send(self, message: Message) -> None:
        """Tell this in time."""
        self._alerts.gather(self._of, message.alerts)

    async def finish(self) -> None:
        """Nothing of it is this domain's alone."""

    async def close(self) -> None:
        """Nothing of it is this domain's alone."""
