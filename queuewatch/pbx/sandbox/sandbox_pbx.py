"""The sandbox's phone system: a sample company, its clock, and what its scenario makes happen."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from queuewatch.pbx.sandbox.company import Company
from queuewatch.pbx.sandbox.rules import always_elsewhere, mark_active
from queuewatch.pbx.sandbox.samples import Sample, SampleError, choices_hint
from queuewatch.pbx.sandbox.scenario import Scenario, ScenarioAction, ScenarioEvent

if TYPE_CHECKING:
    from queuewatch.pbx.sandbox.calls import Exchange, SandboxCall

REQUESTS_KEPT = 10_000

SANDBOX_TOKEN = "nsd_sandbox"
"""What the sandbox takes for a bearer token. It opens nothing else."""


class Received(Struct, frozen=True):
    """One request as the sandbox received it, for tests that count and compare them."""

    at: datetime
    method: str
    path: str
    """Decoded, without the query, from ``/ns-api`` on."""
    query: str = ""
    body: object = None
    """The JSON of the body, or its text where it was none; ``None`` where there was no body."""


class SandboxPbx:
    """A company's phone system over time.

    It moves only when asked (:meth:`advance`, at every request), so that the same requests at the same sandbox
    times always see the same. Without a clock it stands still at the sample's start.
    """

    def __init__(
        self,
        sample: Sample,
        *,
        clock: Callable[[], datetime] | None = None,
        scenario: Scenario | None = None,
    ) -> None:
        self.sample = sample
        self.domain = sample.domain
        self.requests: list[Received] = []
        """The latest requests, oldest first."""
        self.said: list[tuple[datetime, str]] = []
        """The scenario's captions so far, and when each was due."""
        self._clock = clock or (lambda: sample.start)
        self._began = self._clock()
        self.floor = Company(sample, self._began)
        self.users = {str(row["user"]): row for row in deepcopy(sample.users)}
        self.rules = {user: list(rows) for user, rows in deepcopy(dict(sample.answerrules)).items()}
        """By user. Whoever changes one says so with :meth:`rules_changed`."""
        self.time_frames = frozenset(
            str(rule["time-frame"])
            for rules in self.rules.values()
            for rule in rules
            if rule.get("is-active") is True
        ) - {"*"}
        """The time frames that it is now."""
        self._timeline: Iterator[ScenarioEvent] = scenario.timeline() if scenario else iter(())
        self._next = next(self._timeline, None)
        self._begun = False
        self.audience: Callable[[], None] | None = None
        """Called after each single thing that has happened, at the moment it was due."""
        self.by_hand = False
        """Whether somebody has cut or restored power, or changed a setting: it is no script's story any more."""
        self._exchange: Exchange | None = None
        self.rules_changed()

    @property
    def exchange(self) -> "Exchange":
        """The calls that somebody dialled, and the records of past ones."""
        if self._exchange is None:
            # Most boards never ask: what it takes is loaded for the first call, or the first who asks about calls.
            from queuewatch.pbx.sandbox.calls import Exchange, later

            self._exchange = Exchange(self)
            self._exchange.records += (later(row, self._began - self.sample.start) for row in self.sample.cdrs)
        return self._exchange

    @property
    def now(self) -> datetime:
        """The moment up to which everything has happened; aware."""
        return self.floor.now

    def advance(self) -> None:
        """Let happen all that was due until the clock's time."""
        self.advance_to(self._clock())

    def advance_to(self, now: datetime) -> None:
        """Let happen all that was due until ``now``; the past stays as it was."""
        if not self._begun:
            # Whoever watches sees how it is before anything happens.
            self._begun = True
            self._tell()
        while self._next is not None and self._began + self._next.at <= now:
            self._settle(self._began + self._next.at)
            self._do(self._next)
            self._next = next(self._timeline, None)
            self._tell()
        self._settle(now)

    def _settle(self, now: datetime) -> None:
        """Let phones come and go until ``now``: one after the other, where somebody watches."""
        while self.audience is not None:
            turn = self.floor.next_turn
            if turn is None or turn > now:
                break
            self.floor.settle(turn)
            self._tell()
        self.floor.settle(now)
        if self._exchange is not None:
            self._exchange.settle(self.now)

    def _tell(self) -> None:
        if self.audience is not None:
            self.audience()

    def changed_by_hand(self) -> None:
        """Take note that somebody has changed something."""
        self.by_hand = True
        self._tell()

    def _do(self, event: ScenarioEvent) -> None:
        match event.do:
            case ScenarioAction.CALL | ScenarioAction.CALLER_WAITS if self._diverts(event.queue):
                pass
            case ScenarioAction.CALL:
                self.floor.take_call(event.who, event.queue)
            case ScenarioAction.HANGUP:
                self.floor.hang_up(event.who)
            case ScenarioAction.LUNCH:
                self.floor.go_to_lunch(event.who)
            case ScenarioAction.BACK:
                self.floor.come_back(event.who)
            case ScenarioAction.CUT_POWER:
                self.floor.darken(event.site)
            case ScenarioAction.RESTORE_POWER:
                self.floor.light_up(event.site)
            case ScenarioAction.CALLER_WAITS:
                self.floor.caller_arrives(event.queue, event.caller)
            case ScenarioAction.CALLER_LEAVES:
                self.floor.caller_leaves(event.queue, event.caller)
            case ScenarioAction.UNREGISTER:
                self.floor.unregister(event.who)
            case ScenarioAction.REGISTER:
                self.floor.register(event.who)
            case ScenarioAction.TIME_FRAME:
                self.set_time_frame(event.time_frame)
            case ScenarioAction.DIAL:
                self.exchange.dial(event.caller, event.to)
            case ScenarioAction.SAY:
                pass
        if event.say:
            self.said.append((self.now, event.say))

    def _diverts(self, queue: str) -> bool:
        """Whether the rule in effect sends every call elsewhere before the queue."""
        return any(
            rule.get("is-active") is True and always_elsewhere(rule, queue) for rule in self.rules.get(queue, [])
        )

    @property
    def sites(self) -> tuple[str, ...]:
        """Where the company's phones are, which is where power can be cut."""
        return self.floor.sites

    @property
    def powered_off(self) -> frozenset[str]:
        """The sites without power."""
        return self.floor.dark_sites

    @property
    def waking(self) -> frozenset[str]:
        """The sites that have their power back and whose phones have not all registered yet."""
        return self.floor.waking_sites

    def cut_power(self, site: str) -> None:
        """Take a site's power now: its phones stay registered until their registrations run out.

        Raises :class:`SampleError` for a site where there is no phone.
        """
        self._check_site(site)
        self.advance()
        self.floor.darken(site)
        self.changed_by_hand()

    def restore_power(self, site: str) -> None:
        """Give a site its power back now: its phones register again, one after the other, within seconds.

        Raises :class:`SampleError` for a site where there is no phone.
        """
        self._check_site(site)
        self.advance()
        self.floor.light_up(site)
        self.changed_by_hand()

    def _check_site(self, site: str) -> None:
        if site not in self.sites:
            raise SampleError(
                f"{self.sample.title} has no phones at a site {site!r}.", choices_hint(site, self.sites)
            )

    def dial(self, caller: str, to: str) -> "SandboxCall":
        """Let somebody call one of the company's numbers, or an extension, now; from a number or an extension.

        The call follows the rules from there as time passes. ``exchange.behaves`` says who answers how.
        """
        self.advance()
        call = self.exchange.dial(caller, to)
        self.changed_by_hand()
        return call

    def set_time_frame(self, name: str) -> None:
        """Let it be the time of this time frame and no other; ``*`` for none."""
        self.time_frames = frozenset({name}) - {"*"}
        self._mark_active()

    def rules_changed(self) -> None:
        """Find anew which rule of each user is in effect; of a recording, the server's own word stands."""
        if not self.sample.recorded:
            self._mark_active()

    def _mark_active(self) -> None:
        for rules in self.rules.values():
            mark_active(rules, self.time_frames)

    def remember(self, request: Received) -> None:
        """Note a request, and forget the oldest before they fill the memory of a demo left running."""
        self.requests.append(request)
        if len(self.requests) >= 2 * REQUESTS_KEPT:
            del self.requests[:-REQUESTS_KEPT]
