"""One phone system as the board has it open: its poller, who asks, its history and its alerts.

To go to another phone system is to open another session and to close this one: nothing of it goes on, and nothing
that it held open stays open. Textual is not needed for it; the program is told through :class:`SessionListener`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from queuewatch.app.history import HistoryKeeper
from queuewatch.connection.connection import Connection
from queuewatch.failover.model import Part
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.identity import Identity
from queuewatch.polling.poller import Poller, detect_sleep
from queuewatch.polling.state import LiveState, StateSource
from queuewatch.process.background import alongside, end, held, in_background
from queuewatch.process.garbage import kept_down

if TYPE_CHECKING:
    from queuewatch.alerts.quiet import Quiet
    from queuewatch.alerts.quiet_file import QuietBook
    from queuewatch.app.last_picture import PictureKeeper
    from queuewatch.app.site_columns import SiteColumns
    from queuewatch.failover.audit.proofs import ProofLedger
    from queuewatch.history.many import DomainRecorder
    from queuewatch.journal import Journal

ASK_AGAIN = 60.0
"""Seconds until a phone system that could not tell who asks is asked again."""


PROOFS_READ_AGAIN = 600.0
"""Seconds until the log is read again for what was proven: it is told in days."""


class SessionListener(Protocol):
    """The program that owns a session. It is told nothing any more once the session closes."""

    def state_changed(self, session: "PhoneSystemSession") -> None:
        """There is a new state."""

    def lately_read(self, lately: tuple[str, str]) -> None:
        """It was read since when a queue is as it is: the queue, and a line."""

    def show_alerts(self, text: str, more: str, *, bad: bool) -> None:
        """This waits to be seen; nothing when there is no text."""

    def show_quiet(self, quiet: "Mapping[str, Quiet]") -> None:
        """By this these queues are quiet; all others are not."""

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell this once."""

    def write_to_terminal(self, sequence: str) -> None:
        """Send an escape sequence that moves nothing."""


class SessionAlerts(Protocol):
    """What becomes of one phone system's alerts at its board. Told every state, until it is closed."""

    @property
    def book(self) -> "QuietBook":
        """What is quiet, and where it is kept."""
        ...

    def handle(self, state: LiveState) -> None:
        """Tell what is due."""

    def see(self) -> bool:
        """What is shown has been seen; false when nothing is."""
        ...

    def show(self) -> None:
        """Show what waits to be seen."""

    async def close(self) -> None:
        """Tell nothing more."""


class PhoneSystemSession:
    """Owns what belongs to one connection, from :meth:`open` to :meth:`close`."""

    def __init__(
        self,
        connection: Connection,
        listener: SessionListener,
        *,
        recorder: "DomainRecorder | None" = None,
        alerts: "Callable[[], SessionAlerts] | None" = None,
    ) -> None:
        """``recorder`` writes its history with that of other domains, and ``alerts`` makes what tells its alerts
        with theirs; without them it does both by itself."""
        self.connection = connection
        self.changes_followed = False
        """Whether it was looked for what became of changes that were left not known."""
        self.changes_made: list[str] = []
        """The ids of the changes made in this session, the oldest first."""
        self.sign_in_offered = False
        """Whether the user was asked to sign in since the phone system last refused the credentials."""
        self.poller: StateSource = (
            connection.source(self._handle) if connection.source else self._poller(connection)
        )
        self.history = HistoryKeeper(
            connection.history,
            ever_watched=connection.is_sample,
            on_change=self._read_lately,
            recorder=recorder,
        )
        self.picture = self._picture_keeper(listener)
        """``None`` where nothing that was seen is kept."""
        self.alerts: SessionAlerts | None = None
        """``None`` until :meth:`begin_side_work`."""
        self.site_columns: SiteColumns | None = None
        """``None`` until :meth:`begin_side_work`."""
        self._begin_alerts = alerts or self._own_alerts
        self._journal = connection.journal
        self._listener = listener
        self._painted = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._identifying: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._identity_known = False
        self.proofs: ProofLedger | None = None
        """What was proven and drilled on it; ``None`` until it was read, and where there is no log."""
        self._reading_proofs: asyncio.Task[None] | None = None

    def _poller(self, connection: Connection) -> Poller:
        peers = connection.peers
        return Poller(
            connection.system,
            self._handle,
            interval=connection.interval,
            boards=peers.count if peers else lambda: 1,
            push=connection.push,
            site_facts=connection.site_facts,
        )

    def _picture_keeper(self, listener: SessionListener) -> "PictureKeeper | None":
        if self.connection.last_picture is None:
            return None
        from queuewatch.app.last_picture import PictureKeeper

        return PictureKeeper(
            self.connection.last_picture,
            self.connection.site_facts,
            lambda problem: listener.say(problem, good=False),
        )

    @property
    def state(self) -> LiveState:
        """What is known of the phone system now."""
        return self.poller.live_state

    @property
    def shown(self) -> LiveState:
        """What the screens show: the same, or until there is enough of it what was seen at an earlier start."""
        state = self.picture.shown(self.state) if self.picture is not None else self.state
        return state if self.site_columns is None else self.site_columns.beside(state)

    @property
    def journal(self) -> "Journal | None":
        """The log of changes; of a sample, one that is gone with the session."""
        if self._journal is None and self.connection.is_sample:
            from queuewatch.journal.memory import journal_in_memory

            self._journal = journal_in_memory(self.connection.clock)
        return self._journal

    async def open(self) -> None:
        """Begin to poll. Returns at once; what goes wrong later is raised by :meth:`ended`."""
        self._running = held(self._run())

    async def ended(self) -> None:
        """Wait until it ends by itself, which it does only for a fault in the program; that is raised."""
        if self._running is not None:
            await self._running

    async def close(self) -> None:
        """Stop, write what waits, and let everything go. It may be said twice; both wait until it is done."""
        if self._closing is None:
            self._closing = held(self._close())
        await asyncio.shield(self._closing)

    async def _run(self) -> None:
        async with alongside(detect_sleep(self.poller.resumed), kept_down(self._painted)):
            await self.poller.run()

    async def _close(self) -> None:
        if self._running is not None:
            await end(self._running)
        for work in (self._identifying, self._reading, self._reading_proofs):
            if work is not None:
                work.cancel()
        if self.site_columns is not None:
            self.site_columns.close()
        if self.picture is not None:
            await self.picture.close()
        await asyncio.to_thread(self.history.close)
        if self.alerts is not None:
            await self.alerts.close()
        if self.connection.peers is not None:
            self.connection.peers.leave()
        await self.connection.system.close()

    @property
    def has_side_work(self) -> bool:
        """Whether history and alerts are told every state."""
        return self.alerts is not None

    def begin_side_work(self) -> None:
        """From now on history and alerts are told every state, and the screens have the site columns beside it.

        What they take to be loaded does not hold up the first queues: this is for whoever has painted them.
        """
        self._painted.set()
        if self.alerts is not None or self._closing is not None:
            return
        self.history.record(self.state)
        self.alerts = self._begin_alerts()
        self.alerts.handle(self.state)
        from queuewatch.app.site_columns import SiteColumns

        self.site_columns = SiteColumns(self._tell)
        self.read_proofs()
        self._tell()

    def _own_alerts(self) -> "SessionAlerts":
        from queuewatch.app.alerts import BoardAlerts

        return BoardAlerts(
            self.connection,
            show=self._show_alerts,
            show_quiet=self._show_quiet,
            write=self._listener.write_to_terminal,
        )

    def read_proofs(self) -> None:
        """Read what was proven, now and from time to time: other programs write into the same log."""
        # Of a sample there is a log once something was written into it.
        if self._journal is not None and self._closing is None:
            self._reading_proofs = self._begin(
                self._read_proofs(), "reading the proofs", instead_of=self._reading_proofs
            )

    async def _read_proofs(self) -> None:
        from queuewatch.connection.known_proofs import known_proofs

        while True:
            self.proofs = await asyncio.to_thread(known_proofs, self.connection, self._journal)
            self._tell()
            await asyncio.sleep(PROOFS_READ_AGAIN)

    def _tell(self) -> None:
        if self._closing is None:
            self._listener.state_changed(self)

    def signed_in(self, identity: Identity | None) -> None:
        """Somebody is signed in now, perhaps somebody else."""
        self._identity_known = False
        if self.picture is not None:
            self.picture.signed_in(identity.sees if identity else "")
        self._tell()

    def _handle(self, state: LiveState) -> None:
        if self._closing is not None:
            return
        if self.alerts is not None:
            self.history.record(state)
        if self.picture is not None:
            self.picture.see(state)
        self._listener.state_changed(self)
        if self.alerts is not None:
            self.alerts.handle(state)
        if state.trouble is None:
            self.sign_in_offered = False
            if Part.LIVE in state.snapshot.read_at and not self._identity_known:
                self._identity_known = True
                self._identifying = self._begin(
                    self._identify(), "asking whose credentials these are", instead_of=self._identifying
                )

    async def _identify(self) -> None:
        try:
            identity = await self.connection.system.read_identity()
        except PbxError:
            await asyncio.sleep(ASK_AGAIN)
            self._identity_known = False
        else:
            self.poller.identify(identity)

    def _read_lately(self) -> None:
        self._reading = self._begin(self._tell_lately(), "reading the history", instead_of=self._reading)

    async def _tell_lately(self) -> None:
        self._listener.lately_read(await self.history.lately())

    def _begin(
        self, work: Coroutine[Any, Any, None], doing: str, *, instead_of: asyncio.Task[None] | None
    ) -> asyncio.Task[None]:
        """Do this beside the rest, in place of what was begun before it. A fault in it is told, no more."""
        if instead_of is not None:
            instead_of.cancel()
        return in_background(work, doing)

    def _show_alerts(self, text: str, more: str, *, bad: bool) -> None:
        if self._closing is None:
            self._listener.show_alerts(text, more, bad=bad)

    def _show_quiet(self, quiet: "Mapping[str, Quiet]") -> None:
        if self._closing is None:
            self._listener.show_quiet(quiet)
