"""Alerts at the board: the line that waits to be seen, the terminal's bell, a notification on the desktop."""

import os
from collections.abc import Callable, Mapping
from typing import Protocol

from queuewatch.alerts.alert import Alert, Message
from queuewatch.alerts.dispatcher import Dispatcher
from queuewatch.alerts.quiet import Quiet, quiet_queues
from queuewatch.alerts.unseen import UnseenAlerts
from queuewatch.connection.connection import Connection
from queuewatch.polling.state import LiveState
from queuewatch.profiles.alert_rules import LocalReceiver
from queuewatch.text.plain_text import harmless

BELL = "\a"

LONGEST = 180
"""Characters of a text: GNU screen keeps no more than some 250 bytes of what it passes on."""

_SILENT = ("linux", "dumb", "unknown", "vt")
"""Terminals, by the beginning of their name, that have no desktop, or would show what they do not understand."""
_BY_777 = ("rxvt", "foot", "ghostty", "wezterm", "konsole", "contour")
"""Those that read OSC 777 (rxvt-unicode's), which has a title. Most others that notify read OSC 9 (iTerm2's).

A terminal that reads both would notify twice, so it is sent one of them.
"""


class Show(Protocol):
    """Shows on every screen what waits to be seen; nothing when there is no text."""

    def __call__(self, text: str, more: str, *, bad: bool) -> None: ...


class ShowQuiet(Protocol):
    """Shows on every screen by what which queues are quiet."""

    def __call__(self, quiet: Mapping[str, Quiet]) -> None: ...


class BoardAlerts:
    """What becomes of one phone system's alerts at its board. Told every state, until it is closed."""

    def __init__(
        self, connection: Connection, *, show: Show, show_quiet: ShowQuiet, write: Callable[[str], None]
    ) -> None:
        """``write`` sends an escape sequence to the terminal."""
        self._show = show
        self._show_quiet = show_quiet
        self.book = connection.quiets()
        """What is quiet, and where it is kept."""
        self._quiet: Mapping[str, Quiet] = {}
        self._write = write
        self._notices = UnseenAlerts()
        self._profile = connection.title
        self._dispatcher = Dispatcher(
            connection.alerts,
            connection.title,
            clock=connection.clock,
            environ=os.environ,
            secret=connection.token_env,
            note=self._note,
            here=self._tell,
            quiets=self.book,
        )
        self._clock = connection.clock
        for sentence in self._dispatcher.missing:
            self._notices.note(sentence, sentence)
        self.show()

    def handle(self, state: LiveState) -> None:
        """Tell what is due."""
        self._dispatcher.sight(state)
        self._quiet = quiet_queues(state.snapshot, self._dispatcher.quiet.on, self._clock())
        gone = self._notices.keep_only(state.snapshot.queues)
        if self._notices.drop_quiet(self._dispatcher.quiet.of) or gone:
            self.show()
        else:
            self._show_quiet(self._quiet)

    def see(self) -> bool:
        """What is shown has been seen; false when nothing is."""
        seen = self._notices.see()
        self.show()
        return seen

    def show(self) -> None:
        """Show what waits to be seen."""
        self._show(*self._notices.text(), bad=self._notices.is_bad)
        self._show_quiet(self._quiet)

    async def close(self) -> None:
        """Tell nothing more."""
        await self._dispatcher.close()

    def _note(self, what: str, trouble: str) -> None:
        self._notices.note(what, trouble)
        self.show()

    def _tell(self, alerts: Mapping[LocalReceiver, tuple[Alert, ...]]) -> None:
        for way, told in alerts.items():
            ring(way, Message(self._profile, told), self._write)
        on_screen = alerts.get(LocalReceiver.SCREEN, ())
        # Of what is quiet only the end is told, to whom its beginning still waits for.
        if screen := tuple(
            alert for alert in on_screen if alert.quiet is None or (not alert.begins and self._notices.has(alert))
        ):
            self._notices.add(screen)
            self.show()


def ring(way: LocalReceiver, message: Message, write: Callable[[str], None]) -> None:
    """Tell it by the terminal itself, where this is such a way; ``write`` sends an escape sequence to it."""
    match way:
        case LocalReceiver.BELL:
            write(BELL)
        case LocalReceiver.DESKTOP:
            if sequence := notification(f"queuewatch {message.profile}", message.title, os.environ):
                write(sequence)
        case LocalReceiver.SCREEN:
            pass


def notification(title: str, text: str, environ: Mapping[str, str]) -> str:
    """The escape sequences that this terminal takes; empty where it has none.

    Through tmux nobody can tell which terminal there is: it is sent both. What does not know a sequence reads over
    it; tmux passes it on only if ``allow-passthrough`` is on, and otherwise swallows it.
    """
    names = f"{environ.get('TERM', '')} {environ.get('TERM_PROGRAM', '')}".lower()
    if names.startswith(_SILENT) or not environ.get("TERM"):
        return ""
    # A digit after OSC 9 would be something else to ConEmu and Windows Terminal: it begins with the title.
    iterm = f"\x1b]9;{_safe(title)}: {_safe(text)}\x07"
    rxvt = f"\x1b]777;notify;{_safe(title)};{_safe(text)}\x07"
    if environ.get("TMUX"):
        return "".join(f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\" for sequence in (iterm, rxvt))
    chosen = rxvt if environ.get("VTE_VERSION") or any(name in names for name in _BY_777) else iterm
    if environ.get("STY"):
        return f"\x1bP{chosen}\x1b\\"
    return chosen


def _safe(text: str) -> str:
    """Without what would end the sequence or begin another part of it."""
    return harmless(text, LONGEST).replace(";", ",")
