"""The part of the terminal program that has to do with the phone system: which one, who asks, and the watch."""

import asyncio
import os
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import SystemCommand
from textual.screen import Screen

from queuewatch.config import ConfigError
from queuewatch.connect import Connection
from queuewatch.failover.model import Part
from queuewatch.pbx.errors import PbxError
from queuewatch.places import Place
from queuewatch.remembering import Remembering
from queuewatch.standstill import notice_standstill
from queuewatch.terminal_app import TerminalApp
from queuewatch.watch import Sighting, Watch
from screens.board import BoardScreen
from screens.live import LiveScreen

if TYPE_CHECKING:
    from screens.alerting import Alerting

CHANGES = "changes"
"""The workers that write to the phone system."""

ASK_AGAIN = 60.0
"""Seconds until a phone system that could not tell who asks is asked again."""


class ConnectedApp(TerminalApp):
    """Watches one phone system at a time, and asks for credentials where they are missing."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection
        self.watching = self._watch_of(connection)
        self.past = Remembering(connection, self._read_past)
        self._who_asked = False
        self._sign_in_offered = False
        self._alerting: Alerting | None = None

    def _watch_of(self, connection: Connection) -> Watch:
        others = connection.neighbours
        return Watch(
            connection.system,
            partial(self._hand_on, connection),
            interval=connection.interval,
            boards=others.count if others else lambda: 1,
            push=connection.push,
            site_facts=connection.site_facts,
        )

    @work(exclusive=True, group="watch", exit_on_error=True)
    async def watch_phone_system(self) -> None:
        """Watch until another phone system is, or the program ends."""
        connection, watching, past = self.connection, self.watching, self.past
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(watching.run())
                tasks.create_task(notice_standstill(watching.woke_up))
        finally:
            past.close()
            if connection is self.connection and self._alerting is not None:
                await self._alerting.close()
            if connection.neighbours is not None:
                connection.neighbours.leave()
            await connection.system.close()

    @on(events.AppBlur)
    def _nobody_looks(self) -> None:
        # Of a sample in this process nobody has to be spared.
        self.watching.be_seen(self.connection.pbx is not None)

    @on(events.AppFocus)
    def _somebody_looks(self) -> None:
        self.watching.be_seen(True)

    def _hand_on(self, connection: Connection, sighting: Sighting) -> None:
        if connection is not self.connection:
            return
        self.past.see(sighting)
        for screen in self.screen_stack:
            if isinstance(screen, LiveScreen):
                screen.sighting = sighting
            if isinstance(screen, BoardScreen):
                screen.note = self.past.problem
        if note := self.past.take_note():
            self.say(note, good=False)
        if self._alerting is not None:
            self._alerting.sight(sighting)
        else:
            # What it takes to alert is loaded once the queues are on the terminal.
            self.call_after_refresh(self._begin_alerting, connection)
        trouble = sighting.trouble
        if trouble is None:
            self._sign_in_offered = False
            if Part.LIVE in sighting.snapshot.read_at and not self._who_asked:
                self._who_asked = True
                self._learn_who_asks()
        elif trouble.refused and not self._sign_in_offered and isinstance(self.screen, LiveScreen):
            self._offer_sign_in(trouble.sentence)

    def _begin_alerting(self, connection: Connection) -> None:
        from screens.alerting import Alerting

        if connection is self.connection and self._alerting is None:
            self._alerting = Alerting(self, connection)
            self._alerting.sight(self.watching.sighting)

    @on(LiveScreen.AlertsWanted)
    def _show_alerts(self) -> None:
        if self._alerting is not None:
            self._alerting.show()

    @on(LiveScreen.AlertSeen)
    def _alert_seen(self) -> None:
        if self._alerting is None or not self._alerting.see():
            self.say("There is no alert to be seen.")

    @work(exclusive=True, group="past")
    async def _read_past(self) -> None:
        """Tell since when the queue looked at is as it is."""
        told = await self.past.lately()
        for screen in self.screen_stack:
            if isinstance(screen, LiveScreen):
                screen.lately = told

    @work(exclusive=True, group="identity")
    async def _learn_who_asks(self) -> None:
        connection, watching = self.connection, self.watching
        try:
            identity = await connection.system.read_identity()
        except PbxError:
            self.set_timer(ASK_AGAIN, self._forget_who_asked)
            return
        watching.identify(identity)

    def _forget_who_asked(self) -> None:
        self._who_asked = False

    def _offer_sign_in(self, why: str = "") -> None:
        if self.connection.signing is not None:
            from screens.sign_in import SignInScreen

            self._sign_in_offered = True
            self.push_screen(SignInScreen(self.connection.signing, why), self._signed_in)

    def _signed_in(self, done: bool | None) -> None:
        if not done:
            self.say("Not signed in. Refresh, or “Sign in” in the palette (ctrl+p), asks again.", good=False)
            return
        identity = self.connection.signing.identity if self.connection.signing else None
        self.say(f"Signed in as {identity.label}." if identity else "Signed in.", good=True)
        self._who_asked = False
        self.watching.refresh()

    @on(LiveScreen.RefreshWanted)
    def _refresh(self, event: LiveScreen.RefreshWanted) -> None:
        self._sign_in_offered = False
        self.watching.refresh(event.queue)

    @on(LiveScreen.SpeedWanted)
    def _change_speed(self, event: LiveScreen.SpeedWanted) -> None:
        stage = self.connection.stage
        if stage is None:
            self.say("Time stands still in this sample.", good=False)
            return
        speed = stage.faster() if event.faster else stage.slower()
        self.watching.read_every(stage.interval)
        self.say("Time goes at its own pace." if speed == 1 else f"Time goes {speed:g} times as fast.")

    def connection_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers about connections: signing in, and going elsewhere."""
        if not isinstance(screen, LiveScreen):
            return
        if self.connection.signing is not None:
            yield SystemCommand(
                "Sign in", "Sign in to this phone system, also as somebody else.", self._offer_sign_in
            )
        try:
            places = self.connection.places()
        except ConfigError as error:
            words = f"{error} {error.hint}"
            yield SystemCommand("Switch to…", words, partial(self.say, words, good=False))
            return
        for place in places:
            if (place.profile, place.domain) != (self.connection.title, self.connection.system.domain):
                yield SystemCommand(
                    f"Switch to {place.title}",
                    f"Show the queues of {place.domain} instead.",
                    partial(self._go, place),
                )

    @work(exclusive=True, group="switch")
    async def _go(self, place: Place) -> None:
        """Leave this phone system for another one."""
        try:
            connection = place.connect()
            keys = self.read_keys(connection.keys)
        except (ConfigError, PbxError) as error:
            self.say(f"{error} {error.hint}".rstrip(), good=False)
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        # From here to the end nothing else runs: what is confirmed later finds itself on another phone system.
        if self.is_changing:
            self.say("A change is just being made: switch once it is done.", good=False)
            return
        board = self.screen
        # An edit that was begun on one phone system must not be ended on another.
        self.workers.cancel_group(board, "edit")
        self.workers.cancel_group(self, "identity")
        self.workers.cancel_group(self, "past")
        self.connection = connection
        self.have_keys(keys)
        self.watching = self._watch_of(connection)
        self.past = Remembering(connection, self._read_past)
        self._who_asked = self._sign_in_offered = False
        if self._alerting is not None:
            self.run_worker(self._alerting.close(), group="farewell")
            self._alerting = None
        wanted = self.remember_theme(None if connection.theme else connection.memory) or connection.theme
        if wanted in self.available_themes and not os.environ.get("NO_COLOR"):
            self.theme = wanted
        if isinstance(board, BoardScreen):
            board.turn_to(connection, self.watching.sighting)
        self.watch_phone_system()

    @property
    def is_changing(self) -> bool:
        """Whether a change is being made just now."""
        return any(worker.group == CHANGES and not worker.is_finished for worker in self.workers)

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of something, on every screen that has a line for it."""
        for screen in self.screen_stack:
            if isinstance(screen, LiveScreen):
                screen.say(text, good=good)
