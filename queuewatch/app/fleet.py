"""The program for many domains: the fleet's screen, and the board of whichever domain is opened from it."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from queuewatch.app.app import QueuewatchApp
from queuewatch.app.session import PhoneSystemSession
from queuewatch.connection.connection import Connection, SwitchTarget
from queuewatch.fleet.watch import FleetDomain, FleetSource, Key
from queuewatch.pbx.errors import PbxError
from queuewatch.polling.state import LiveState
from queuewatch.process.background import held
from queuewatch.profiles.fields import ConfigError
from screens.board.board import BoardScreen
from screens.fleet import FleetScreen

SETTLE = 0.25
"""Seconds for which what is read is gathered until the fleet is drawn again."""
TROUBLE_LOOKED_FOR = 0.5
"""Seconds between two looks at whether the fleet as a whole is in trouble."""
FLEET_SCREEN = "fleet"
"""The fleet's screen stays as it was left while a board is open."""


class FleetApp(QueuewatchApp):
    """queuewatch over many domains. Below the fleet's screen lies the board, for the domain opened last."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back_to_fleet", show=False)]

    def __init__(
        self,
        watch: FleetSource,
        open_board: Callable[[FleetDomain], Connection],
        title: str,
        *,
        first: Connection,
        empty: str = "There is no domain.",
    ) -> None:
        """``open_board`` makes the connection of a domain's board; ``first`` is one that is never opened.

        ``empty`` is said where there is no domain.

        Raises :class:`ConfigError` for a theme that does not exist.
        """
        super().__init__(first)
        self._watch = watch
        self._open_board = open_board
        self._opened: Key | None = None
        self._fleet_screen = FleetScreen(title, watch.fleet, empty)
        self._is_due = False
        watch.tell(self._changed)

    def first_painted(self) -> None:
        """The fleet comes first; a board is opened from it."""
        self.install_screen(self._fleet_screen, FLEET_SCREEN)
        self.push_screen(FLEET_SCREEN)
        self._run_watch()
        self.set_interval(TROUBLE_LOOKED_FOR, self._show_trouble)

    @work(exclusive=True, group="fleet", exit_on_error=True)
    async def _run_watch(self) -> None:
        watching = held(self._watch.run())
        try:
            await asyncio.shield(watching)
        finally:
            watching.cancel()
            await asyncio.wait({watching})

    def _changed(self, domain: FleetDomain, live_state: LiveState) -> None:
        # Many readings that come in together are drawn together.
        if not self._is_due and self.is_running:
            self._is_due = True
            self.set_timer(SETTLE, self._show_fleet)

    def _show_fleet(self) -> None:
        self._is_due = False
        self._fleet_screen.fleet = self._watch.fleet

    def _show_trouble(self) -> None:
        # What is wrong with the whole of it is no domain's state, and nobody tells it.
        self._fleet_screen.trouble = self._watch.trouble

    @on(FleetScreen.DomainLookedAt)
    def _look_at(self, event: FleetScreen.DomainLookedAt) -> None:
        self._watch.look_at(event.key)

    @on(FleetScreen.DomainOpened)
    def _open_domain(self, event: FleetScreen.DomainOpened) -> None:
        domain = self._watch.domain(event.key)
        self._opened = domain.key
        self._watch.look_at(domain.key)
        self._watch.hand_over(domain.key)
        label = domain.name or domain.domain
        self._go(SwitchTarget(domain.profile, domain.domain, label, partial(self._connect, domain)))

    def _connect(self, domain: FleetDomain) -> Connection:
        try:
            return self._open_board(domain)
        except (ConfigError, PbxError):
            self._watch.take_back(domain.key)
            self._opened = None
            raise

    def new_session(self, connection: Connection) -> PhoneSystemSession:
        """A session that begins with what the fleet has read already, marked as that."""
        session = super().new_session(connection)
        known = self._watch.known(self._opened) if self._opened is not None else None
        if known is not None:
            session.poller.live_state = known
        return session

    def state_changed(self, session: PhoneSystemSession) -> None:
        """What the open board reads is what the fleet knows of its domain."""
        super().state_changed(session)
        if self._opened is not None and session is self.session:
            self._watch.see(self._watch.domain(self._opened), session.state)

    def action_back_to_fleet(self) -> None:
        """From the board back to the fleet: its domain is read in turn again."""
        if not isinstance(self.screen, BoardScreen):
            return
        opened, self._opened = self._opened, None
        self.push_screen(FLEET_SCREEN)
        self.workers.cancel_group(self, "session")
        if opened is not None:
            self._watch.take_back(opened)
