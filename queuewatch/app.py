"""The terminal program: its screens, its changes and its palette.

What only another screen than the board needs is imported when that screen is first opened: the board is painted
sooner for it.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.actions import ActionParseResult
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from queuewatch.connect import Connection
from queuewatch.connected_app import CHANGES, ConnectedApp
from queuewatch.terminal_app import run_on_terminal
from screens.actions import EVERYWHERE, bindings
from screens.board import BoardScreen
from screens.live import LiveScreen
from screens.queue import QueueScreen

if TYPE_CHECKING:
    from queuewatch.change import Proposal, Result


class QueuewatchApp(ConnectedApp):
    """queuewatch on a terminal."""

    # Textual loads a screen's own styles when it is pushed; the default screen never is.
    CSS_PATH = ["../widgets/widgets.tcss", "../screens/board.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*EVERYWHERE)]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, connection: Connection, greeting: str = "") -> None:
        """``greeting`` is told once the board is there.

        Raises :class:`~queuewatch.config_error.ConfigError` for a theme that does not exist.
        """
        super().__init__(connection)
        self._asked_to_quit = False
        self._greeting = greeting
        kept = self.remember_theme(None if connection.theme else connection.memory)
        self.theme = self.first_theme(connection.theme or kept)
        self.have_keys(self.read_keys(connection.keys))

    def get_default_screen(self) -> Screen[None]:
        """Home is the board: it is on the terminal before the phone system has answered."""
        return BoardScreen(self.connection, self.watching.sighting)

    @property
    def picture_name(self) -> str:
        """The name that is proposed for a picture: of whom, and when by the phone system's clock."""
        from queuewatch.report.picture import picture_name

        return picture_name(self.connection.title, self.connection.clock())

    def first_painted(self) -> None:
        """What it takes to ask the phone system is loaded once the board is on the terminal, and not before."""
        self.call_later(self.watch_phone_system)
        if self._greeting:
            self.call_later(self.say, self._greeting, good=True)

    @on(LiveScreen.ChangeConfirmed)
    def _make_change(self, event: LiveScreen.ChangeConfirmed) -> None:
        if event.connection is self.connection:
            self._change(event.proposal)
        else:
            self.say(
                "Nothing was changed: this is another phone system now. Repeat it if it is meant here.", good=False
            )

    @work(group=CHANGES)
    async def _change(self, proposal: "Proposal") -> None:
        from queuewatch.change import ResultKind, carry_out

        # Not the screen's: once it is sent, what became of it must be told, whatever the user does next.
        self.say(f"Changing {proposal.subject}…")
        connection = self.connection
        journal, alone = connection.journal_of(self.watching.sighting.identity), connection.pbx is not None

        def tell(known: "Result", looking: bool) -> None:
            if looking:
                # From here on the log knows as much as anybody: nobody has to stay for the rest.
                self.is_changing = False
                trying = "Still trying…" if known.kind is ResultKind.NOT_SENT else "Still looking…"
                self.say(f"{known.sentence} {trying}", good=False)

        self.is_changing = True
        try:
            result = await carry_out(connection.system, proposal, journal=journal, alone=alone, tell=tell)
        finally:
            self.is_changing = False
        self.say(f"{result.sentence} {result.hint}".rstrip(), good=result.ok)
        self.watching.refresh(proposal.queue.extension)
        if result.kind in (ResultKind.UNKNOWN, ResultKind.UNCONFIRMED):
            self.follow_changes(at_start=False)

    @on(BoardScreen.QueueLookedAt)
    def _look(self, event: BoardScreen.QueueLookedAt) -> None:
        self.watching.look_at(event.extension, devices=event.devices)
        self.past.look_at(event.extension)

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

    @on(LiveScreen.HistoryWanted)
    def _show_history(self, event: LiveScreen.HistoryWanted) -> None:
        from screens.history import HistoryScreen

        board = self.screen_stack[0]
        order = board.shown if isinstance(board, BoardScreen) else ()
        self.push_screen(
            HistoryScreen(self.connection, self.watching.sighting, self.past.read, event.extension, order)
        )

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

    def action_help(self) -> None:
        """Explain the present screen."""
        from screens.help import HelpScreen

        if getattr(self.screen, "HELP_NAME", ""):
            self.push_screen(HelpScreen(self.screen))


def run_app(connection: Connection, *, mouse: bool = True, greeting: str = "") -> int:
    """Run the board on this terminal until the user leaves; returns the exit status.

    Raises whatever went wrong inside the program, once the terminal is as it was.
    """
    app = QueuewatchApp(connection, greeting)
    return run_on_terminal(app, mouse=mouse, theme_chosen=bool(connection.theme))
