"""The program for many domains: the fleet's screen, and the board of whichever domain is opened from it.

While the fleet is watched every domain's alerts are told and its history is kept, whether its board is open or
not, and both by the fleet alone: the board of a domain tells what it reads and writes nothing of its own.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from queuewatch.alerts.alert import Message
from queuewatch.alerts.quiet import Quiet, quiet_queues
from queuewatch.app.alerts import ShowQuiet, ring
from queuewatch.app.app import OF_A_SESSION, QueuewatchApp
from queuewatch.app.session import PhoneSystemSession
from queuewatch.connection.connection import Connection, SwitchTarget
from queuewatch.fleet.alerts import FleetAlerts, Told
from queuewatch.fleet.memory import FleetMemory, last_alerts
from queuewatch.fleet.standing import Fleet, LastAlert, SeenMark, sentence_of
from queuewatch.fleet.watch import FleetDomain, FleetSource, Key
from queuewatch.history.many import DomainRecorder, FleetRecorder
from queuewatch.polling.state import LiveState
from queuewatch.process.background import end, held, in_background
from queuewatch.profiles.alert_rules import LocalReceiver
from screens.board.board import BoardScreen
from screens.fleet import FleetScreen

LISTED_EVERY = 600.0
"""Seconds between two looks at which domains there are."""
GROWS_OLD = 20.0
"""Seconds after which the fleet is drawn again though nothing new was read."""
SETTLE = 0.25
"""Seconds for which what is read is gathered until the fleet is drawn again."""
TROUBLE_LOOKED_FOR = 0.5
"""Seconds between two looks at whether the fleet as a whole is in trouble."""
MOST_OFFERED = 40
"""Domains to which a board's palette offers to switch."""
FLEET_SCREEN = "fleet"
"""The fleet's screen stays as it was left while a board is open."""


class FleetApp(QueuewatchApp):
    """queuewatch over many domains. Below the fleet's screen lies the board, for the domain opened last."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back_to_fleet", "Fleet")]

    def __init__(
        self,
        watch: FleetSource,
        open_board: Callable[[FleetDomain], Connection],
        title: str,
        *,
        first: Connection,
        empty: str = "There is no domain.",
        memory: FleetMemory | None = None,
        told: Told = lambda key, alerts: None,
        others: Callable[[], Awaitable[str | None]] | None = None,
    ) -> None:
        """``open_board`` makes the connection of a domain's board; ``first`` is one that is never opened.

        ``empty`` is said where there is no domain. ``memory`` keeps what was seen from one start to the next;
        ``told`` is told every alert of every domain. ``others`` is asked now and then which domains there are that
        are not watched, in a sentence; ``None`` is no answer.
        Raises :class:`~queuewatch.profiles.fields.ConfigError` for a theme that does not exist.
        """
        super().__init__(first)
        self._watch = watch
        self._open_board = open_board
        self._opened: Key | None = None
        """The domain whose board the present session is; ``None`` in the fleet."""
        self._opening: tuple[Connection, Key] | None = None
        """The connection made last for a board, and to which domain."""
        self._memory = memory or FleetMemory(None)
        known = self._memory.domains()
        self._last_alerts = last_alerts(known.values())
        self._fleet_screen = FleetScreen(
            title,
            self.fleet,
            {key: domain.seen for key, domain in known.items() if domain.seen is not None},
            self._has_alert,
            empty,
        )
        self._others = others
        self._other_domains = ""
        self._listing: asyncio.Task[None] | None = None
        self._is_due = False
        self._to_keep: tuple[dict[Key, SeenMark | None], dict[Key, LastAlert]] = ({}, {})
        self._keeping: asyncio.Task[None] | None = None
        self._alerts = FleetAlerts(
            watch.domains,
            title=title,
            clock=watch.clock,
            environ=os.environ,
            here=self._ring,
            shown=self._show_waiting,
            latest=self._note_alert,
            told=told,
            hasten=watch.hasten,
            before=self._last_alerts,
        )
        self._recorder = FleetRecorder(
            {domain.key: domain.history for domain in watch.domains if domain.history is not None},
            ever_watched=first.is_sample,
        )
        watch.tell(self._changed)

    def first_painted(self) -> None:
        """The fleet comes first; a board is opened from it."""
        self.install_screen(self._fleet_screen, FLEET_SCREEN)
        self.push_screen(FLEET_SCREEN)
        # A picture grows old though nothing new is read.
        self.set_interval(GROWS_OLD, self._show_soon)
        self._run_watch()
        if self._others is not None:
            self._listing = in_background(self._look_for_others(self._others), "looking for other domains")
        self.set_interval(TROUBLE_LOOKED_FOR, self._show_trouble)

    @work(exclusive=True, group="fleet", exit_on_error=True)
    async def _run_watch(self) -> None:
        watching = held(self._watch.run())
        try:
            await asyncio.shield(watching)
        finally:
            await end(watching)

    async def _look_for_others(self, others: Callable[[], Awaitable[str | None]]) -> None:
        while True:
            await asyncio.sleep(LISTED_EVERY)
            if (found := await others()) is not None and found != self._other_domains:
                self._other_domains = found
                self._show_soon()

    async def on_unmount(self) -> None:
        """What waits to be written is written before the program is gone."""
        await super().on_unmount()
        if self._listing is not None:
            await end(self._listing)
        await asyncio.to_thread(self._recorder.close)
        await self._alerts.close()
        if self._keeping is not None:
            await asyncio.wait({self._keeping})

    def _changed(self, domain: FleetDomain, live_state: LiveState) -> None:
        trouble = live_state.trouble
        if trouble is None or not trouble.asking:
            self._recorder.see(domain.key, live_state)
            self._alerts.see(domain, live_state)
        self._show_soon()

    def _show_soon(self) -> None:
        # Many readings that come in together are drawn together.
        if not self._is_due and self.is_running:
            self._is_due = True
            self.set_timer(SETTLE, self._show_fleet)

    def _show_fleet(self) -> None:
        self._is_due = False
        self._fleet_screen.fleet = self.fleet
        notes = (self._recorder.problem, self._memory.problem, self._other_domains)
        self._fleet_screen.note = " ".join(filter(None, notes))
        if note := self._recorder.note:
            self._recorder.note = ""
            self.say(note, good=False)

    @property
    def fleet(self) -> Fleet:
        """Every domain as it is known now, with its last alert."""
        return self._watch.fleet.with_alerts(self._last_alerts)

    # Alerts: told by the fleet, on whichever screen is open.

    def _ring(self, way: LocalReceiver, message: Message) -> None:
        ring(way, message, self.write_to_terminal)

    def _note_alert(self, key: Key, alert: LastAlert) -> None:
        self._last_alerts[key] = alert
        self._keep({}, {key: alert})
        self._show_soon()

    def _has_alert(self, key: Key) -> bool:
        return any(alert.place[:2] == key for alert in self._alerts.unseen.waiting)

    @on(FleetScreen.MarksChanged)
    def _keep_marks(self, event: FleetScreen.MarksChanged) -> None:
        self._keep(event.marks, {})

    def _keep(self, seen: Mapping[Key, SeenMark | None], alerts: Mapping[Key, LastAlert]) -> None:
        """Remember these, in a thread: of many at once it is written once."""
        self._to_keep[0].update(seen)
        self._to_keep[1].update(alerts)
        if self._keeping is None or self._keeping.done():
            self._keeping = in_background(self._keep_all(), "remembering what was seen of the fleet")

    async def _keep_all(self) -> None:
        while any(self._to_keep):
            (seen, alerts), self._to_keep = self._to_keep, ({}, {})
            await asyncio.to_thread(self._memory.keep, seen, alerts)

    def _show_waiting(self) -> None:
        waiting = self._alerts.unseen
        text, more = waiting.text()
        self.show_alerts(text, more, bad=waiting.is_bad)
        self._fleet_screen.show_alert(text, more, bad=waiting.is_bad)

    @on(FleetScreen.AlertSeen)
    def _fleet_alert_seen(self, event: FleetScreen.AlertSeen) -> None:
        if event.key is None:
            self._alerts.see_shown()
        else:
            self._alerts.see_alerts_of(event.key)

    # Boards.

    def _show_trouble(self) -> None:
        # What is wrong with the whole of it is no domain's state, and nobody tells it.
        self._fleet_screen.trouble = self._watch.trouble

    @on(FleetScreen.DomainLookedAt)
    def _look_at(self, event: FleetScreen.DomainLookedAt) -> None:
        if self._opened is None:
            self._watch.look_at(event.key)

    @on(FleetScreen.RefreshWanted)
    def _refresh_domain(self, event: FleetScreen.RefreshWanted) -> None:
        self.draw_anew()
        self._watch.refresh(event.key)

    @on(FleetScreen.CopyWanted)
    def _copy_domain(self, event: FleetScreen.CopyWanted) -> None:
        self.copy_text(event.text)

    @on(FleetScreen.DomainOpened)
    def _open_domain(self, event: FleetScreen.DomainOpened) -> None:
        self.open_domain(event.key)

    def open_domain(self, key: Key) -> None:
        """Open the board of a domain, in place of another that may be open."""
        if self._must_stay():
            return
        domain = self._watch.domain(key)
        self._fleet_screen.move_to(key)
        label = domain.name or domain.domain
        self._go(SwitchTarget(domain.profile, domain.domain, label, partial(self._connect, domain)))

    def _connect(self, domain: FleetDomain) -> Connection:
        connection = self._open_board(domain)
        self._opening = (connection, domain.key)
        return connection

    def new_session(self, connection: Connection) -> PhoneSystemSession:
        """A session that begins with what the fleet has read already, marked as that."""
        # Only here is it sure that the board opens. Until then what is read is the domain's that was open before.
        opening, self._opening = self._opening, None
        key = opening[1] if opening is not None and opening[0] is connection else None
        if self._opened is not None and self._opened != key:
            self._watch.take_back(self._opened)
        self._opened = key
        if key is None:
            return super().new_session(connection)
        domain = self._watch.domain(key)
        self._watch.look_at(key)
        self._watch.hand_over(key)
        session = PhoneSystemSession(
            connection,
            self,
            recorder=DomainRecorder(self._recorder, domain.key) if domain.history is not None else None,
            alerts=lambda: DomainAlerts(
                self._alerts, domain, connection.clock, show=self._show_waiting, show_quiet=self.show_quiet
            ),
        )
        known = self._watch.known(domain.key)
        if known is not None:
            session.poller.live_state = known
        return session

    def state_changed(self, session: PhoneSystemSession) -> None:
        """What the open board reads is what the fleet knows of its domain."""
        super().state_changed(session)
        if self._opened is not None and session is self.session:
            self._watch.see(self._watch.domain(self._opened), session.state)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """From a board alone there is a way back."""
        if action == "back_to_fleet":
            return isinstance(self.screen, BoardScreen) if self.screen_stack else False
        return super().check_action(action, parameters)

    def _must_stay(self) -> bool:
        """Whether the board cannot be left, as what becomes of a change would never be told; that is said."""
        busy = self.is_changing or (self.proof_runner is not None and self.proof_runner.is_running)
        if busy:
            self.say("A change or a test is just being made: leave once it is done.", good=False)
        return busy

    def action_back_to_fleet(self) -> None:
        """From the board back to the fleet: its domain is read in turn again."""
        board = self.screen
        if not isinstance(board, BoardScreen) or self._must_stay():
            return
        opened, self._opened = self._opened, None
        self.push_screen(FLEET_SCREEN)
        # What was begun and not confirmed ends here.
        self.workers.cancel_group(board, "edit")
        for group in ("session", *OF_A_SESSION):
            self.workers.cancel_group(self, group)
        if opened is not None:
            self._watch.take_back(opened)

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of something, in the fleet too."""
        super().say(text, good=good)
        if self.is_running and self._fleet_screen in self.screen_stack:
            self._fleet_screen.say(text, good=good)

    @property
    def picture_name(self) -> str:
        """The name that is proposed for a picture: of the fleet, or of the board that is open."""
        if self._opened is not None:
            return super().picture_name
        from queuewatch.report.files import picture_name

        return picture_name("fleet", self._watch.clock())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: on the fleet's screen its own actions."""
        if isinstance(screen, FleetScreen):
            yield from screen.palette()
        yield from super().get_system_commands(screen)

    def _connection_commands(self) -> Iterable[SystemCommand]:
        yield from super()._connection_commands()
        domains = self._watch.fleet.domains
        # Of very many the fleet's own screen finds one sooner: it is one key away.
        for standing in domains if len(domains) <= MOST_OFFERED else ():
            if standing.key != self._opened:
                yield SystemCommand(
                    f"Switch to {standing.label}", sentence_of(standing), partial(self.open_domain, standing.key)
                )


class DomainAlerts:
    """The alerts of a domain at its board: the fleet's, which go on, and what of the domain is quiet."""

    def __init__(
        self,
        alerts: FleetAlerts,
        domain: FleetDomain,
        clock: Callable[[], datetime],
        *,
        show: Callable[[], None],
        show_quiet: ShowQuiet,
    ) -> None:
        self._alerts = alerts
        self._domain = domain
        self._clock = clock
        self._show = show
        self._show_quiet = show_quiet
        self._closed = False
        self._quiet: Mapping[str, Quiet] = {}
        self._dispatcher, self.book = alerts.dispatcher_of(domain)
        show()

    def handle(self, state: LiveState) -> None:
        """Tell what is due."""
        if self._closed:
            return
        self._alerts.see(self._domain, state)
        self._quiet = quiet_queues(state.snapshot, self._dispatcher.quiet.on, self._clock())
        self._show_quiet(self._quiet)

    def see(self) -> bool:
        """What is shown has been seen; false when nothing is."""
        return self._alerts.see_shown()

    def show(self) -> None:
        """Show what waits to be seen."""
        self._show()
        self._show_quiet(self._quiet)

    async def close(self) -> None:
        """The fleet goes on telling."""
        self._closed = True
