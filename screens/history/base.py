"""What the two screens about the past share: which period is looked at, and reading it beside the screen."""

from collections.abc import Awaitable
from datetime import datetime
from typing import ClassVar, Protocol

from textual import work
from textual.reactive import var

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.history.database import HistoryError
from queuewatch.history.period import Period
from queuewatch.history.reader import Past
from queuewatch.history.timeline import Calendar, Length, frame
from queuewatch.polling.state import LiveState
from queuewatch.report.history import nothing_kept
from screens.live import LiveScreen

UPTIME = "Uptime: the share of watched time in which a call would have reached someone."
OFF = "No history is kept of this phone system."


class Read(Protocol):
    """Reads a period in a thread; ``None`` where no history is kept. Raises :class:`HistoryError`."""

    def __call__(
        self, period: Period, queues: tuple[str, ...] = (), *, agents: bool = False
    ) -> Awaitable[Past | None]: ...


class HistoryBase(LiveScreen):
    """A day, a week or four weeks of the past, and those before."""

    RESTING = UPTIME
    WITH_AGENTS: ClassVar[bool] = False
    """Whether the agents' colours are shown, and therefore read."""

    length: var[Length] = var(Length.WEEK, init=False)
    back: var[int] = var(0, init=False)
    """How many such periods ago."""

    def __init__(self, connection: ConnectionInfo, live_state: LiveState, read: Read) -> None:
        super().__init__(connection, live_state)
        self._read = read
        self.past: Past | None = None
        """What was read last; ``None`` until something was."""
        self.problem = ""

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that are read; none are all."""
        return ()

    @property
    def signs(self) -> int:
        """How many signs there is room for in a line."""
        return max(24, self.size.width - 24)

    @property
    def now(self) -> datetime:
        """The phone system's time, as of the latest reading."""
        return self.live_state.snapshot.taken_at if self.live_state else self.connection.clock()

    def frame(self) -> Calendar:
        """The period looked at."""
        return frame(self.length, self.back, self.now, self.signs)

    def on_mount(self) -> None:
        """Read the past, and say what the share means."""
        self.say("")
        self.look_back()

    @work(exclusive=True, group="look back")
    async def look_back(self) -> None:
        """Read the period and show it. What is shown stays until then."""
        try:
            period, agents = self.frame().period, self.WITH_AGENTS
            self.past, self.problem = await self._read(period, self.queues, agents=agents), ""
        except HistoryError as error:
            self.problem = f"{error} {error.hint}".rstrip()
        self.redraw()

    @property
    def unwatched(self) -> str:
        """That there is nothing of this period; where it goes up to now, this very program watches."""
        if self.back == 0 and self.connection.keeps_history:
            return "Watched since just now: there is nothing to tell of this period yet."
        return "Nobody watched in this period."

    def nothing_known(self) -> str:
        """Why there is nothing to show; empty when there is something."""
        if self.problem:
            return ""
        if not self.connection.keeps_history:
            return f"{OFF} It is switched off in the profile, or this is a sample without a past."
        if self.past is not None and self.past.kept_since is None:
            return nothing_kept(self.past.place.domain)
        return ""

    def action_span(self, length: str) -> None:
        """Look at a day, a week or four weeks."""
        self.set_reactive(HistoryBase.back, 0)
        self.length = Length(length)
        self.look_back()

    def action_shift(self, by: int) -> None:
        """Look at the period before, or after."""
        back = self.back - by
        if back < 0:
            self.say("This is the latest there is.")
        elif self.past is not None and by < 0 and self._is_before_everything():
            self.say("Nothing was kept before this.")
        else:
            self.say("")
            self.back = back
            self.look_back()

    def _is_before_everything(self) -> bool:
        since = self.past.kept_since if self.past else None
        return since is None or since >= self.frame().period.begun

    def action_refresh_now(self) -> None:
        """Read the past anew, too."""
        super().action_refresh_now()
        self.look_back()

    def action_back(self) -> None:
        """Return to the screen before."""
        self.dismiss(None)
