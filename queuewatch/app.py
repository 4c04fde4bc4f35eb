"""The terminal program: its screens, its changes, its looks, and dying well.

What only another screen than the board needs is imported when that screen is first opened: the board is painted
sooner for it.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.actions import ActionParseResult
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import WorkerFailed

from queuewatch.config_error import ConfigError
from queuewatch.connect import Connection
from queuewatch.connected_app import CHANGES, ConnectedApp
from screens.actions import EVERYWHERE, bindings
from screens.board import BoardScreen
from screens.live import LiveScreen
from screens.queue import QueueScreen
from widgets import themes

if TYPE_CHECKING:
    from queuewatch.change import Proposal

LONGEST_FAREWELL = 2.0
"""Seconds between being told to end and ending, whatever the terminal does."""


class QueuewatchApp(ConnectedApp):
    """queuewatch on a terminal."""

    TITLE = "queuewatch"
    # Textual loads a screen's own styles when it is pushed; the default screen never is.
    CSS_PATH = ["../widgets/widgets.tcss", "../screens/board.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*EVERYWHERE)]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, connection: Connection) -> None:
        """Raises :class:`ConfigError` for a theme that does not exist."""
        # Textual decides on its colours while it is made; afterwards is too late to ask for none.
        super().__init__(connection, ansi_color=True if os.environ.get("NO_COLOR") else None)
        # Over a slow line every frame of an animation costs; the state of a queue needs none.
        self.animation_level = "none"
        self.fault: BaseException | None = None
        """What went wrong inside the program, if it ended so."""
        self._asked_to_quit = False
        for theme in themes.OURS:
            self.register_theme(theme)
        kept = self.remember_theme(None if connection.theme else connection.memory)
        self.theme = self._first_theme(connection.theme or kept or themes.DARK.name)
        self.have_keys(self.read_keys(connection.keys))

    def _first_theme(self, wanted: str) -> str:
        if wanted not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            raise ConfigError(f"The profile's theme “{wanted}” is not known.", f"There are: {known}.")
        # Only a theme of the terminal's own colours can be without any, which is what NO_COLOR asks for.
        return "ansi-dark" if os.environ.get("NO_COLOR") else wanted

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The states' colours in a theme that does not name them."""
        return themes.variables_for(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """Home is the board: it is on the terminal before the phone system has answered."""
        return BoardScreen(self.connection, self.watching.sighting)

    def on_mount(self) -> None:
        """Begin to watch, and see to it that a closed line or a kill leaves the terminal as it was."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            # Windows has no SIGHUP, and its event loop takes no handlers.
            with suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(getattr(signal, name), self._leave)

    @property
    def picture_name(self) -> str:
        """The name that is proposed for a picture: of whom, and when by the phone system's clock."""
        from queuewatch.report.picture import picture_name

        return picture_name(self.connection.title, self.connection.clock())

    def first_painted(self) -> None:
        """What it takes to ask the phone system is loaded once the board is on the terminal, and not before."""
        self.call_later(self.watch_phone_system)

    def _leave(self) -> None:
        """Put the terminal back and end. What waits to be written to a closed line may wait for ever."""
        last_resort = threading.Timer(LONGEST_FAREWELL, os._exit, (1,))
        last_resort.daemon = True
        last_resort.start()
        self.exit()

    @on(LiveScreen.ChangeConfirmed)
    def _make_change(self, event: LiveScreen.ChangeConfirmed) -> None:
        if event.connection is self.connection:
            self._change(event.proposal)
        else:
            self.say("Nothing was changed: this is another phone system now.", good=False)

    @work(group=CHANGES)
    async def _change(self, proposal: "Proposal") -> None:
        from queuewatch.change import carry_out

        # Not the screen's: once it is sent, what became of it must be told, whatever the user does next.
        self.say(f"Changing {proposal.subject}…")
        connection = self.connection
        journal, alone = connection.journal_of(self.watching.sighting.identity), connection.pbx is not None
        result = await carry_out(connection.system, proposal, journal=journal, alone=alone)
        self.say(f"{result.sentence} {result.hint}".rstrip(), good=result.ok)
        self.watching.refresh(proposal.queue.extension)

    @on(BoardScreen.QueueLookedAt)
    def _look(self, event: BoardScreen.QueueLookedAt) -> None:
        self.watching.look_at(event.extension, devices=event.devices)

    @on(BoardScreen.QueueOpened)
    def _open(self, event: BoardScreen.QueueOpened) -> None:
        self.push_screen(QueueScreen(self.connection, self.watching.sighting, event.extension))

    @on(LiveScreen.WhatIfWanted)
    def _simulate(self, event: LiveScreen.WhatIfWanted) -> None:
        from screens.simulator import SimulatorScreen

        self.push_screen(SimulatorScreen(self.connection, self.watching.sighting, event.extension))

    @on(LiveScreen.AuditWanted)
    def _show_audit(self, event: LiveScreen.AuditWanted) -> None:
        from screens.audit import AuditScreen

        self.push_screen(AuditScreen(self.connection, self.watching.sighting, event.queue))

    @on(BoardScreen.DrillWanted)
    def _drill(self, event: BoardScreen.DrillWanted) -> None:
        from queuewatch.failover.scope import Scope
        from screens.choose_scope import ChooseScope
        from screens.drill import DrillScreen

        def begin(scope: Scope | None) -> None:
            if scope is not None:
                leave = self.watching.device_reads
                self.push_screen(DrillScreen(self.connection, self.watching.sighting, scope, leave))

        self.push_screen(ChooseScope(self.watching.sighting.snapshot, Scope(sites=(event.site,))), begin)

    @on(LiveScreen.LogWanted)
    def _open_log(self) -> None:
        from screens.log import LogScreen

        self.push_screen(LogScreen(self.connection, self.watching.sighting))

    @on(QueueScreen.Stepped)
    def _step(self, event: QueueScreen.Stepped) -> None:
        board = self.screen_stack[0]
        shown = board.shown if isinstance(board, BoardScreen) else ()
        if event.extension in shown:
            following = shown[(shown.index(event.extension) + event.by) % len(shown)]
            self.switch_screen(QueueScreen(self.connection, self.watching.sighting, following))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the screen's own actions first, then the program's."""
        if isinstance(screen, LiveScreen):
            yield from screen.palette()
        yield from self.connection_commands(screen)
        for action in EVERYWHERE:
            yield SystemCommand(action.title, action.help, partial(self.run_action, action.method))
        # Textual's own, without those that would say ours a second time or mean nothing here.
        for command in super().get_system_commands(screen):
            if command.title == "Theme":
                yield command

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do it; a key that is not to be had says why."""
        done = await super().run_action(action, default_namespace, namespaces)
        screen = self.screen
        if not done and isinstance(action, str) and isinstance(screen, LiveScreen):
            reason = screen.why_not(action.rpartition(".")[2].partition("(")[0])
            if reason:
                screen.say(reason, good=False)
        return done

    async def action_quit(self) -> None:
        """Leave; while a change is being made, only when asked twice: its outcome would stay unknown."""
        if self.is_changing and not self._asked_to_quit:
            self._asked_to_quit = True
            self.say("A change is just being made: wait for what becomes of it, or press again to leave.")
            return
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print every value in sight of the fault, secrets among them.
        if self.is_headless or os.environ.get("QUEUEWATCH_DEBUG") == "1":
            super()._handle_exception(error)
            return
        self.fault = self.fault or (error.error if isinstance(error, WorkerFailed) else error)
        self.exit()

    def action_help(self) -> None:
        """Explain the present screen."""
        from screens.help import HelpScreen

        screen = self.screen
        if isinstance(screen, LiveScreen):
            self.push_screen(HelpScreen(screen.HELP_NAME, screen.ACTIONS))


def run_app(connection: Connection, *, mouse: bool = True) -> int:
    """Run the board on this terminal until the user leaves; returns the exit status.

    Raises whatever went wrong inside the program, once the terminal is as it was.
    """
    app = QueuewatchApp(connection)
    if app.console.color_system == "standard" and not connection.theme and not app.theme.startswith("ansi"):
        # Our colours squeezed into sixteen would be nobody's; the terminal's own were chosen by its user.
        app.theme = "ansi-dark"
    app.run(mouse=mouse)
    if app.fault is not None:
        raise app.fault
    return app.return_code or 0
