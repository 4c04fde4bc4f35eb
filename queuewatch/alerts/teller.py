"""Tells what is to be told, to everybody whom the rules of a profile name."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.lookout import Lookout
from queuewatch.alerts.message import Message
from queuewatch.alerts.once import Once
from queuewatch.alerts.rules import WITHOUT_RULES, AlertRule, Tell
from queuewatch.alerts.scope import Scope
from queuewatch.sighting import Sighting

if TYPE_CHECKING:
    from queuewatch.alerts.command import Command
    from queuewatch.alerts.receivers import Hook

SOON = 0.05
"""Seconds after which what is due is looked at: clocks are not that exact."""

Clock = Callable[[], datetime]
Locally = Callable[[Mapping[Tell, tuple[Alert, ...]]], None]
Note = Callable[[str, str], None]
"""Told of trouble with telling: with what, and one sentence; an empty one once it is over."""


@dataclass(slots=True)
class _Listener:
    """One rule, and what its receiver has been told."""

    scope: Scope
    rule: AlertRule
    once: Once = field(default_factory=Once)
    hook: "Hook | None" = None
    command: "Command | None" = None


class Teller:
    """Told every sighting of one phone system, until it is closed.

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
        self._last: Sighting | None = None
        self._timers: list[asyncio.TimerHandle] = []
        rules = rules or WITHOUT_RULES
        self._lookouts = {rule.hold: Lookout(rule.hold, initial=initial) for rule in rules}
        hidden = {secret, *(rule.webhook_env for rule in rules)}
        self._listeners = [self._listener(rule, environ, hidden) for rule in rules]

    def _listener(self, rule: AlertRule, environ: Mapping[str, str], hidden: set[str]) -> _Listener:
        listener = _Listener(Scope(rule), rule)
        if rule.webhook_env:
            from queuewatch.alerts.receivers import Unusable, hook_of

            try:
                listener.hook = hook_of(rule, environ, partial(self._note, rule.webhook_env))
            except Unusable as error:
                self.missing.append(str(error))
        if rule.command:
            from queuewatch.alerts.command import Command, environment_for

            note = partial(self._note, " ".join(rule.command))
            listener.command = Command(rule.command, environment_for(environ, hidden), note)
        return listener

    def sight(self, sighting: Sighting) -> None:
        """Tell what is due. Returns at once: whatever takes time goes on by itself."""
        self._last = sighting
        self._look(sighting)
        self._look_again_in_time(sighting)

    def _look(self, sighting: Sighting) -> None:
        now = self._clock()
        alerts = {hold: lookout.sight(sighting, now) for hold, lookout in self._lookouts.items()}
        here: dict[Tell, list[Alert]] = {}
        for listener in self._listeners:
            for sentence in listener.scope.look(sighting.snapshot) if sighting.snapshot.queues else ():
                self._note(sentence, sentence)
            chosen = tuple(one for one in alerts[listener.rule.hold] if listener.scope.has(one))
            for way in listener.rule.tell:
                told = here.setdefault(way, [])
                told += [one for one in chosen if one not in told]
            if listener.hook or listener.command:
                listener.once.keep_only(sighting.snapshot.queues)
                self._send(listener, listener.once.pass_on(chosen, now))
        if self._here and any(here.values()):
            self._here({way: tuple(told) for way, told in here.items() if told})

    def _send(self, listener: _Listener, alerts: tuple[Alert, ...]) -> None:
        if not alerts:
            return
        message = Message(self._profile, alerts)
        if listener.hook:
            listener.hook.send(message)
        if listener.command:
            from queuewatch.alerts.receivers import body_of, variables_of

            listener.command.run(body_of(message), variables_of(message))

    def _look_again_in_time(self, sighting: Sighting) -> None:
        """While the phone system is silent there may be no sighting at the moment when that is to be told."""
        for timer in self._timers:
            timer.cancel()
        if sighting.trouble is None:
            self._timers = []
            return
        loop = asyncio.get_running_loop()
        self._timers = [loop.call_later(hold + SOON, self._look, sighting) for hold in self._lookouts]

    async def finish(self) -> None:
        """Wait until everything has been sent or given up."""
        await self._each(lambda one: one.finish())

    async def close(self) -> None:
        """Let go of everything; what has not been sent is lost."""
        for timer in self._timers:
            timer.cancel()
        await self._each(lambda one: one.close())

    async def _each(self, do: "Callable[[Hook | Command], Awaitable[None]]") -> None:
        receivers = [one for listener in self._listeners for one in (listener.hook, listener.command) if one]
        await asyncio.gather(*(do(one) for one in receivers))
