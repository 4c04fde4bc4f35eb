"""The program: it owns a session of one phone system, opens its screens, makes its changes and fills its palette.

Wishes come up from the screens as messages. What only another screen than the board needs is imported when that
screen is first opened: the board is painted sooner for it.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from msgspec.structs import replace
from textual import events, on, work
from textual.actions import ActionParseResult
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.screen import Screen

from queuewatch.app.session import PhoneSystemSession
from queuewatch.app.terminal import TerminalApp, run_on_terminal, styles_of
from queuewatch.connection.connection import Connection, SwitchTarget
from queuewatch.failover.model import Part
from queuewatch.pbx.errors import PbxError
from queuewatch.profiles.fields import ConfigError
from queuewatch.text.natural_order import natural_order
from screens.board.board import BoardScreen
from screens.demo import DemoScreen
from screens.editing.edits import NOT_YET, EditingScreen
from screens.keys.board import EVERYWHERE, UNDO
from screens.live import LiveScreen
from widgets.action import bindings, key_name, keys_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from queuewatch.alerts.quiet import Quiet
    from queuewatch.app.proving import ProofRunner
    from queuewatch.change import Look, Proposal, Result
    from queuewatch.journal import Journal, Log
    from queuewatch.proof.proof import Proof
    from queuewatch.setup.plan import SetupPlan
    from screens.proof.proof import ProofScreen

Shown = TypeVar("Shown", bound=LiveScreen)

LONGEST_WAIT_FOR_PAINT = 1.0
"""Seconds after the first state until history and alerts begin, painted or not."""

CHANGES = "changes"
"""The workers that write to the phone system."""
PROVING = "proving"
"""The worker that tests a queue live: agents are logged out while it does."""
LOOKING = "proof look"
"""The worker that finds out whether a queue may be tested, or what a pulled plug would do."""
WATCHING = "proof watch"
"""The worker that watches a queue whose plug was pulled."""
SETTLING = "settling"
"""The worker that looks for what became of what was written."""
UNDOING = "undoing"
"""The worker that asks whether the last change is to be taken back."""
OF_A_SESSION = (CHANGES, LOOKING, WATCHING, SETTLING, UNDOING)
"""What ends with the phone system that it asks. What is still looked for is in the log, and looked for again."""


def _palette() -> "type[Provider]":
    """What the palette offers is loaded when it is first opened."""
    from screens.palette import Palette

    return Palette


class QueuewatchApp(TerminalApp):
    """queuewatch on a terminal."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*EVERYWHERE)]
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette}

    def __init__(self, connection: Connection, greeting: str = "") -> None:
        """``greeting`` is told once the board is there.

        Raises :class:`~queuewatch.profiles.fields.ConfigError` for a theme that does not exist.
        """
        # Home is the board: it is on the terminal before the phone system has answered.
        super().__init__(lambda: BoardScreen(self.connection, self.session.shown), styles_of(BoardScreen))
        self.session = PhoneSystemSession(connection, self)
        self._changes: set[object] = set()
        """What is being changed just now."""
        self._may_be_left: frozenset[object] = frozenset()
        """Of those, the ones of which it was said that their outcome would stay unknown."""
        self.proof_runner: ProofRunner | None = None
        """Carries out a live test; ``None`` until the first is asked for."""
        self._exit_after_proof: Callable[[], None] | None = None
        """How the program was told to end, while a test went on."""
        self._greeting = greeting
        theme = self.remember_theme(None if connection.theme else connection.view_preferences)
        self.theme = self.first_theme(connection.theme or theme)
        self.have_keys(self.read_keys(connection.keys))

    @property
    def connection(self) -> Connection:
        """The phone system that is shown now."""
        return self.session.connection

    @property
    def is_changing(self) -> bool:
        """Whether a change is being made just now, and its outcome would stay unknown."""
        return bool(self._changes)

    @property
    def live_screens(self) -> list[LiveScreen]:
        """The screens that show the phone system; none once the program ends, which takes them to pieces."""
        if not self.is_running:
            return []
        return [screen for screen in self.screen_stack if isinstance(screen, LiveScreen)]

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of something, on every screen that has a line for it."""
        for screen in self.live_screens:
            screen.say(text, good=good)

    @property
    def picture_name(self) -> str:
        """The name that is proposed for a picture: of whom, and when by the phone system's clock."""
        from queuewatch.report.files import picture_name

        return picture_name(self.connection.title, self.connection.clock())

    # The session: opened once the board is painted, told of every state, replaced as a whole.

    def first_painted(self) -> None:
        """What it takes to ask the phone system is loaded once the board is on the terminal, and not before."""
        self.call_later(self._run_session)
        if self._greeting:
            self.call_later(self.say, self._greeting, good=True)

    def painted(self) -> None:
        """History and alerts, and what it takes to load them, wait for the first queues to be on the terminal."""
        if not self.session.has_side_work and Part.LIVE in self.session.state.snapshot.read_at:
            self.call_after_refresh(self._begin_side_work)

    def _begin_side_work(self) -> None:
        self.session.begin_side_work()
        self._follow_changes_once()

    def _follow_changes_once(self) -> None:
        """Look what became of changes that an earlier start left not known, once the phone system answers."""
        session = self.session
        answers = session.state.trouble is None and Part.LIVE in session.state.snapshot.read_at
        if answers and session.has_side_work and not session.changes_followed:
            session.changes_followed = True
            self._follow_changes(session, at_start=True)

    def new_session(self, connection: Connection) -> PhoneSystemSession:
        """The session of a phone system that is gone to."""
        return PhoneSystemSession(connection, self)

    @work(exclusive=True, group="session", exit_on_error=True)
    async def _run_session(self) -> None:
        """Have the present session open until another takes its place, or the program ends."""
        session = self.session
        try:
            await session.open()
            await session.ended()
        finally:
            await session.close()

    async def on_unmount(self) -> None:
        """The terminal is as it was; what waits to be written is written before the program is gone."""
        await self.session.close()

    def state_changed(self, session: PhoneSystemSession) -> None:
        """Hand the state on to every screen, and ask for credentials where they were refused."""
        if session is not self.session or not self.is_running:
            return
        if not session.has_side_work:
            # Where nothing can be painted, for want of a phone system or of a reader, it does not wait for ever.
            self.set_timer(LONGEST_WAIT_FOR_PAINT, self._begin_side_work)
        state, shown = session.state, session.shown
        self._follow_changes_once()
        for screen in self.live_screens:
            screen.proofs = session.proofs
            screen.live_state = shown
            if isinstance(screen, BoardScreen):
                screen.note = session.history.problem
        if note := session.history.take_note():
            self.say(note, good=False)
        trouble = state.trouble
        refused = trouble is not None and trouble.refused and not session.sign_in_offered
        if trouble is not None and refused and isinstance(self.screen, LiveScreen):
            self._offer_sign_in(trouble.sentence)

    def lately_read(self, lately: tuple[str, str]) -> None:
        """Tell since when the queue looked at is as it is."""
        for screen in self.live_screens:
            screen.lately = lately

    def show_alerts(self, text: str, more: str, *, bad: bool) -> None:
        """Show on every screen what waits to be seen."""
        for screen in self.live_screens:
            screen.show_alert(text, more, bad=bad)

    def show_quiet(self, quiet: "Mapping[str, Quiet]") -> None:
        """Show on every screen by what which queues are quiet."""
        for screen in self.live_screens:
            screen.quiet = quiet

    @on(LiveScreen.QuietWanted)
    def _choose_quiet(self, event: LiveScreen.QuietWanted) -> None:
        if self.session.alerts is None:
            self.say("The queues are still being read: put it quiet in a moment.", good=False)
            return
        from screens.put_quiet import PutQuiet

        live_state, book = self.session.state, self.session.alerts.book
        now = self.connection.clock()

        session = self.session

        def put(wish: "Quiet | int | None") -> None:
            if wish is not None:
                self._put_quiet(session, wish)

        self.push_screen(PutQuiet(live_state, event.queue, event.site, book.quiets(), now), put)

    @work(group="quiet")
    async def _put_quiet(self, session: PhoneSystemSession, wish: "Quiet | int") -> None:
        """Keep what was chosen, or end what has that number, off the event loop: its file may lie far away."""
        if session.alerts is None:
            return
        from queuewatch.alerts.quiet import QuietError
        from queuewatch.storage.folder import os_user

        book, now = session.alerts.book, session.connection.clock()
        try:
            if isinstance(wish, int):
                ended = await asyncio.to_thread(book.end, wish, os_user(), now)
                sentence = f"No longer quiet: {ended.subject}."
            else:
                added = await asyncio.to_thread(book.add, replace(wish, by=os_user()), now)
                sentence = f"Quiet: {added.subject}, {added.lasts}."
        except QuietError as error:
            self.say(f"{error} {error.hint}", good=False)
            return
        if session is self.session:
            session.alerts.handle(session.state)
        self.say(sentence, good=True)

    @on(events.AppBlur)
    def _nobody_looks(self) -> None:
        # Of a sample in this process nobody has to be spared.
        self.session.poller.set_visible(self.connection.is_sample)

    @on(events.AppFocus)
    def _somebody_looks(self) -> None:
        self.session.poller.set_visible(True)

    @work(exclusive=True, group="switch")
    async def _go(self, target: SwitchTarget) -> None:
        """Leave this phone system for another one."""
        try:
            connection = target.connect()
            keys = self.read_keys(connection.keys)
        except (ConfigError, PbxError) as error:
            self.say(f"{error} {error.hint}".rstrip(), good=False)
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        # From here to the end nothing else runs: what is confirmed later finds itself on another phone system.
        if self.is_changing or (self.proof_runner is not None and self.proof_runner.is_running):
            self.say("A change or a test is just being made: switch once it is done.", good=False)
            return
        board = self.screen
        # An edit that was begun on one phone system must not be ended on another.
        self.workers.cancel_group(board, "edit")
        for group in OF_A_SESSION:
            self.workers.cancel_group(self, group)
        self.session = self.new_session(connection)
        self.have_keys(keys)
        preferences = None if connection.theme else connection.view_preferences
        theme = self.remember_theme(preferences) or connection.theme
        if theme in self.available_themes and not os.environ.get("NO_COLOR"):
            self.theme = theme
        if isinstance(board, BoardScreen):
            board.turn_to(connection, self.session.shown)
        self._run_session()

    # Signing in.

    def _offer_sign_in(self, why: str = "") -> None:
        if self.connection.sign_in is not None:
            from screens.connect.sign_in import SignInScreen

            self.session.sign_in_offered = True
            self.push_screen(SignInScreen(self.connection.sign_in, why), self._signed_in)

    def _signed_in(self, done: bool | None) -> None:
        if not done:
            self.say("Not signed in. Refresh, or “Sign in” in the palette (ctrl+p), asks again.", good=False)
            return
        identity = self.connection.sign_in.identity if self.connection.sign_in else None
        self.say(f"Signed in as {identity.label}." if identity else "Signed in.", good=True)
        self.session.signed_in(identity)
        self.session.poller.refresh()

    # Changes.

    @on(EditingScreen.ChangeConfirmed)
    def _make_change(self, event: EditingScreen.ChangeConfirmed) -> None:
        if event.connection is self.connection and self.session.shown.recalled_on:
            self.say(f"Nothing was changed: {NOT_YET}", good=False)
        elif event.connection is self.connection:
            self._change(event.proposal)
        else:
            self.say(
                "Nothing was changed: this is another phone system now. Repeat it if it is meant here.", good=False
            )

    @work(group=CHANGES)
    async def _change(self, proposal: "Proposal") -> None:
        from queuewatch.app.undo import keeper_of
        from queuewatch.change import ResultKind, apply
        from queuewatch.change.apply import READ_BACK

        # Not the screen's: once it is sent, what became of it must be told, whatever the user does next.
        self.say(f"Changing {proposal.subject}…")
        connection, session = self.connection, self.session
        journal, change = keeper_of(session), object()

        def tell(known: "Result", looking: bool) -> None:
            if looking:
                # From here on the log knows as much as anybody: nobody has to stay for the rest.
                self._changes.discard(change)
                trying = "Still trying…" if known.kind is ResultKind.NOT_SENT else "Still looking…"
                self.say(f"{known.sentence} {trying}", good=False)

        self._changes.add(change)
        try:
            result = await apply(
                connection.system, proposal, journal=journal, alone=connection.is_sample, tell=tell
            )
        finally:
            self._changes.discard(change)
        sentence = result.sentence
        if result.ok:
            undo = f" · {key_name(UNDO)} takes it back" if keys_of(UNDO) and not proposal.undoes else ""
            # A line of the screen is shorter than one of the log.
            sentence = f"{sentence.removesuffix(READ_BACK)}{undo} (confirmed)."
        self.say(f"{sentence} {result.hint}".rstrip(), good=result.ok)
        session.poller.refresh(proposal.queue.extension)
        if result.kind in (ResultKind.UNKNOWN, ResultKind.UNCONFIRMED):
            self._follow_changes(session, at_start=False)

    @on(EditingScreen.PlanConfirmed)
    def _make_plan(self, event: EditingScreen.PlanConfirmed) -> None:
        if event.connection is self.connection and self.session.shown.recalled_on:
            self.say(f"Nothing was changed: {NOT_YET}", good=False)
        elif event.connection is self.connection:
            self._carry_out(event.plan)
        else:
            self.say(
                "Nothing was changed: this is another phone system now. Repeat it if it is meant here.", good=False
            )

    @work(group=CHANGES)
    async def _carry_out(self, plan: "SetupPlan") -> None:
        from queuewatch.app.undo import keeper_of
        from queuewatch.report.plan import in_a_line
        from queuewatch.setup.carry_out import CarriedOut, carry_out
        from queuewatch.setup.plan import laid_over
        from screens.editing.confirm_change import ConfirmChange

        connection, session = self.connection, self.session
        outcome, change = CarriedOut(), object()

        async def ask_again(proposal: "Proposal") -> bool:
            caution = connection.title if connection.production else ""
            answer: bool = await self.push_screen_wait(ConfirmChange(proposal, caution))
            return answer

        def report(so_far: CarriedOut, proposal: "Proposal", result: "Result | None") -> None:
            if result is None:
                nth, total = len(so_far.made) + 1, len(plan.changes)
                self.say(f"{nth} of {total}: {proposal.subject}, {proposal.before} → {proposal.after}…")

        def tell(known: "Result", looking: bool) -> None:
            if looking:
                self.say(f"{known.sentence} Still looking…", good=False)

        self._changes.add(change)
        try:
            await carry_out(
                connection.system,
                plan,
                outcome,
                tell=tell,
                journal=keeper_of(session),
                alone=connection.is_sample,
                ask_again=ask_again,
                report=report,
            )
        finally:
            self._changes.discard(change)
            # Rules are read again one after the other: until they are, a key would be about what was there before.
            done = [made.proposal for made in outcome.done]
            session.poller.keep_made(
                lambda now: laid_over(now, [one for one in done if one.queue.extension in now.queues])
            )
            session.poller.refresh()
        undoes = any(proposal.undoes for proposal in plan.changes)
        undo = f"{key_name(UNDO)} takes {'it' if outcome.ok else 'that'} back" if keys_of(UNDO) else ""
        self.say(in_a_line(outcome, undo if outcome.done and not undoes else ""), good=outcome.ok)
        for queue in dict.fromkeys(proposal.queue.extension for proposal in plan.changes):
            session.poller.refresh(queue)
        if any(made.result.kind.leaves_open for made in outcome.failed):
            self._follow_changes(session, at_start=False)

    @on(LiveScreen.UndoWanted)
    @work(exclusive=True, group=UNDOING)
    async def _undo_last(self) -> None:
        """Ask whether the last change made here is to be taken back, and do so; with none, show the log."""
        from queuewatch.app.undo import propose_last
        from queuewatch.change import CannotUndo, Proposal
        from queuewatch.failover.lookup import NotFound
        from queuewatch.journal import JournalError
        from screens.editing.confirm_change import ConfirmChange
        from screens.log import LogScreen

        if self.is_changing:
            self.say("A change is just being made: wait for what becomes of it.")
            return
        connection = self.connection
        try:
            proposal = await propose_last(self.session)
        except (CannotUndo, JournalError, NotFound, PbxError) as error:
            self.say(f"Nothing was changed: {error} {error.hint}".rstrip(), good=False)
            return
        if proposal is None:
            if not isinstance(self.screen, LogScreen):
                self._open_log()
            self.call_after_refresh(self.say, "Nothing was changed from here since the program was opened.")
        elif not isinstance(proposal, Proposal):
            await self._undo_group(proposal)
        elif proposal.nothing_to_do:
            self.say(f"{proposal.subject} is {proposal.after} already, as it was before.")
        else:
            caution = connection.title if connection.production else ""
            if await self.push_screen_wait(ConfirmChange(proposal, caution)):
                self._change(proposal)
            else:
                self.say("Nothing was changed.")

    async def _undo_group(self, plan: "SetupPlan") -> None:
        """Ask whether all changes that were made together are to be taken back, and do so."""
        from screens.editing.confirm_plan import ConfirmPlan, PlanAnswer

        if not plan.changes and not plan.refused:
            self.say("Everything that was changed together is as it was before.")
            return
        caution = self.connection.title if self.connection.production else ""
        if await self.push_screen_wait(ConfirmPlan(plan, caution)) is PlanAnswer.YES:
            self._carry_out(plan)
        else:
            self.say("Nothing was changed.")

    @work(exclusive=True, group=SETTLING)
    async def _follow_changes(self, session: PhoneSystemSession, *, at_start: bool) -> None:
        """Look, until it is settled, for what became of changes of which it is not known whether they were made.

        One that stays not known is told only ``at_start``: whoever made it here has been told.
        """
        # A sample has no earlier starts.
        journal = session.connection.journal if at_start else session.journal
        if journal is None:
            return
        from queuewatch.journal import JournalError

        try:
            log = await asyncio.to_thread(journal.read)
            if at_start and any(proof.still_out for proof in log.proofs):
                self._tell_interrupted(session, journal, log)
            if not log.entries:
                return
            from queuewatch.change import ResultKind, follow

            def tell(look: "Look") -> None:
                if look.settled:
                    session.poller.refresh(look.entry.edit.queue)
                if look.settled or at_start:
                    self.say(f"{look.sentence} {look.hint}".rstrip(), good=look.kind is ResultKind.CONFIRMED)

            await follow(session.connection.system, journal, tell)
        except JournalError as error:
            if at_start:
                self.say(f"{error} {error.hint}".rstrip(), good=False)

    def _tell_interrupted(self, session: PhoneSystemSession, journal: "Journal", log: "Log") -> None:
        """Say which live tests here were interrupted: agents may still be logged out by them."""
        from queuewatch.proof.interrupted import interrupted, interrupted_words

        system = session.connection.system
        for proof in interrupted(journal.path, log, system.address, system.domain):
            self.say(" ".join(interrupted_words(proof)), good=False)

    def outlives(self, error: BaseException) -> str:
        """All but the session itself: a board that watches is worth having, whatever else fails."""
        worker = next((worker for worker in self.workers if worker.error is error), None)
        if worker is None or worker.group == "session":
            return ""
        if worker.group == PROVING:
            return "testing a queue live; its guard logs everybody in again: look at the queue"
        if worker.group == CHANGES:
            return "making a change, and what became of that is not known: look at the queue and its log"
        return f"at work on “{worker.name.strip('_').replace('_', ' ')}”"

    # What the screens want.

    @on(LiveScreen.RefreshWanted)
    def _refresh(self, event: LiveScreen.RefreshWanted) -> None:
        self.session.sign_in_offered = False
        self.session.poller.refresh(event.queue)

    @on(LiveScreen.RedrawWanted)
    def _redraw(self) -> None:
        self.draw_anew()

    @on(LiveScreen.CopyWanted)
    def _copy(self, event: LiveScreen.CopyWanted) -> None:
        self.copy_text(event.text)

    @on(LiveScreen.AlertsWanted)
    def _show_alerts(self) -> None:
        if self.session.alerts is not None:
            self.session.alerts.show()

    @on(LiveScreen.AlertSeen)
    def _alert_seen(self) -> None:
        if self.session.alerts is None or not self.session.alerts.see():
            self.say("There is no alert to be seen.")

    @on(DemoScreen.SpeedWanted)
    def _change_speed(self, event: DemoScreen.SpeedWanted) -> None:
        presenter = self.connection.presenter
        if presenter is None:
            self.say("Time stands still in this sample.", good=False)
            return
        speed = presenter.faster() if event.faster else presenter.slower()
        self.session.poller.read_every(presenter.interval)
        self.say("Time goes at its own pace." if speed == 1 else f"Time goes {speed:g} times as fast.")

    @on(DemoScreen.PowerWanted)
    def _toggle_power(self, event: DemoScreen.PowerWanted) -> None:
        sandbox = self.connection.sandbox
        if sandbox is None or not sandbox.sites:
            return
        # What is out comes back: a second building goes dark only if somebody chooses it.
        meant = sorted(sandbox.powered_off, key=natural_order) or [
            site for site in sandbox.sites if site == event.site
        ]
        switch = partial(self._switch_power, event.screen)
        if len(meant or sandbox.sites) == 1:
            switch((meant or sandbox.sites)[0])
        else:
            from screens.choose_power import ChoosePower

            self.push_screen(ChoosePower(sandbox.sites, sandbox.powered_off), switch)

    def _switch_power(self, screen: LiveScreen, site: str | None) -> None:
        """Cut the power of this site of the sample, or give it back; without a site, leave it as it is."""
        sandbox = self.connection.sandbox
        if sandbox is None or site is None:
            return
        if site in sandbox.powered_off:
            sandbox.restore_power(site)
            screen.say(f"Power is back at {site}: its phones register again.")
        else:
            sandbox.cut_power(site)
            screen.say(f"Power cut at {site}: its phones stay registered until their registrations run out.")
        self.session.poller.refresh()

    @on(LiveScreen.QueueLookedAt)
    def _look(self, event: LiveScreen.QueueLookedAt) -> None:
        self.session.poller.focus_queue(event.extension, devices=event.devices)
        self.session.history.focus(event.extension)

    @on(LiveScreen.QueuesSeen)
    def _read_seen_first(self, event: LiveScreen.QueuesSeen) -> None:
        self.session.poller.focus_sight(event.extensions)

    @on(LiveScreen.QueueOpened)
    def _open(self, event: LiveScreen.QueueOpened) -> None:
        from screens.queue import QueueScreen

        self.push_screen(self._told(QueueScreen(self.connection, self.session.shown, event.extension)))

    def _told(self, screen: Shown) -> Shown:
        """A new screen that need not wait for the next state to know what was proven."""
        screen.set_reactive(LiveScreen.proofs, self.session.proofs)
        return screen

    @on(LiveScreen.Found)
    async def _go_to_found(self, event: LiveScreen.Found) -> None:
        """Show what was found by name: on the board, or a queue above it."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        board = self.screen
        if isinstance(board, BoardScreen):
            if event.words:
                board.show_words(event.words)
            if event.queue:
                board.move_to(event.queue)
                self._open(LiveScreen.QueueOpened(event.queue))

    @on(LiveScreen.WhatIfWanted)
    def _simulate(self, event: LiveScreen.WhatIfWanted) -> None:
        from screens.what_if import WhatIfScreen

        self.push_screen(WhatIfScreen(self.connection, self.session.shown, event.extension))

    @on(LiveScreen.AuditWanted)
    def _show_audit(self, event: LiveScreen.AuditWanted) -> None:
        from screens.audit import AuditScreen

        self.push_screen(self._told(AuditScreen(self.connection, self.session.shown, event.queue)))

    @on(LiveScreen.DrillWanted)
    def _drill(self, event: LiveScreen.DrillWanted) -> None:
        from queuewatch.failover.drill.scope import DrillScope
        from screens.drill.choose_scope import ChooseScope
        from screens.drill.drill import DrillScreen

        def begin(scope: DrillScope | None) -> None:
            if scope is not None:
                leave = self.session.poller.device_reads
                self.push_screen(DrillScreen(self.connection, self.session.shown, scope, leave))

        if event.at_once:
            begin(DrillScope(sites=(event.site,)) if event.site else DrillScope(everything=True))
            return
        self.push_screen(ChooseScope(self.session.shown.snapshot, DrillScope(sites=(event.site,))), begin)

    @on(LiveScreen.PhonesRead)
    def _keep_phones(self, event: LiveScreen.PhonesRead) -> None:
        if event.connection is self.connection:
            self.session.poller.keep_phones(event.read)

    @on(LiveScreen.SitesWanted)
    def _show_sites(self) -> None:
        from screens.drill.sites import SitesScreen

        self.push_screen(SitesScreen(self.connection, self.session.shown))

    @on(LiveScreen.ProofWanted)
    def _prove(self, event: LiveScreen.ProofWanted) -> None:
        from queuewatch.app.proving import ProofRunner
        from screens.proof.proof import ProofScreen

        if self.proof_runner is None:
            self.proof_runner = ProofRunner(self._proof_ended)
        self.push_screen(ProofScreen(self.connection, self.session.shown, event.extension))

    @work(exclusive=True, group=LOOKING)
    async def on_proof_screen_look_wanted(self, event: "ProofScreen.LookWanted") -> None:
        """Find out whether the queue may be tested."""
        if self.proof_runner is not None:
            await self.proof_runner.look(self.connection, event.screen, event.number)

    @work(group=PROVING)
    async def on_proof_screen_begun(self, event: "ProofScreen.Begun") -> None:
        """Test; it is the program's, whatever screen is left meanwhile."""
        if self.proof_runner is not None:
            session = self.session
            journal = session.journal if session.connection.is_sample else None
            await self.proof_runner.run(self.connection, event.screen, event.plan, journal)
            self.session.poller.refresh(event.screen.extension)

    @work(exclusive=True, group=LOOKING)
    async def on_proof_screen_unplug_wanted(self, event: "ProofScreen.UnplugWanted") -> None:
        """Say what is to be known before a plug is pulled."""
        if self.proof_runner is not None:
            await self.proof_runner.warn(self.connection, event.screen)

    @work(exclusive=True, group=WATCHING)
    async def on_proof_screen_unplugged(self, event: "ProofScreen.Unplugged") -> None:
        """Hold the watch."""
        if self.proof_runner is not None:
            journal = self.session.journal if self.connection.is_sample else None
            await self.proof_runner.watch(self.connection, event.screen, journal)

    def on_proof_screen_answered(self, event: "ProofScreen.Answered") -> None:
        """Hand on what the tester says."""
        if self.proof_runner is not None:
            self.proof_runner.answer(event.right)

    def on_proof_screen_restore_wanted(self) -> None:
        """Have everybody logged in again."""
        if self.proof_runner is not None:
            self.proof_runner.restore_now()

    def exit(self, result: None = None, return_code: int = 0, message: "RenderableType | None" = None) -> None:
        """End the program, once everybody whom a live test logged out is logged in again."""
        if self.proof_runner is not None and self.proof_runner.is_running:
            self._exit_after_proof = partial(super().exit, result, return_code, message)
            self.say("The live test ends first: everybody is being logged in again…", good=False)
            self.proof_runner.stop("The program was told to end.")
            return
        super().exit(result, return_code, message)

    def _proof_ended(self, proof: "Proof | None") -> None:
        self.session.read_proofs()
        if self._exit_after_proof is not None:
            if proof is not None:
                from queuewatch.report.proof import after_the_test

                # The screen is gone at once: who is not logged in again must be said where it stays.
                self.last_words = "\n".join(after_the_test(proof))
            self._exit_after_proof()

    @on(LiveScreen.HistoryWanted)
    def _show_history(self, event: LiveScreen.HistoryWanted) -> None:
        from screens.history.one_queue import HistoryScreen

        board = self.screen_stack[0]
        order = board.shown if isinstance(board, BoardScreen) else ()
        session, alerts = self.session, self.session.alerts
        quiets = alerts.book.quiets if alerts is not None else lambda: ()
        self.push_screen(
            HistoryScreen(self.connection, session.shown, session.history.read, event.extension, order, quiets)
        )

    @on(LiveScreen.LogWanted)
    def _open_log(self) -> None:
        from screens.log import LogScreen

        self.push_screen(LogScreen(self.connection, self.session.shown, self.session.journal))

    @on(LiveScreen.Stepped)
    def _step(self, event: LiveScreen.Stepped) -> None:
        from screens.queue import QueueScreen

        board = self.screen_stack[0]
        shown = board.shown if isinstance(board, BoardScreen) else ()
        if event.extension in shown:
            following = shown[(shown.index(event.extension) + event.by) % len(shown)]
            self.switch_screen(self._told(QueueScreen(self.connection, self.session.shown, following)))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the screen's own actions first, then the program's."""
        if isinstance(screen, LiveScreen):
            yield from screen.palette()
            yield from self._power_commands(screen)
            if isinstance(screen, EditingScreen):
                yield from self._plan_commands(screen)
            yield from self._connection_commands()
        for action in EVERYWHERE:
            yield SystemCommand(action.title, action.help, partial(self.run_action, action.method))
        # Textual's own, without those that would say ours a second time or mean nothing here.
        for command in super().get_system_commands(screen):
            if command.title == "Theme":
                yield command

    def _plan_commands(self, screen: EditingScreen) -> Iterable[SystemCommand]:
        """What the palette offers of the plans that have a name."""
        from queuewatch.profiles.config import config_path
        from queuewatch.setup.named_plans import named_plans, plans_folder, sets_something

        sandbox = self.connection.sandbox
        whose = self.connection.sample_name or self.connection.title
        folders = [plans_folder(config_path(os.environ), whose)]
        if sandbox is not None and sandbox.sample.plans is not None:
            folders.append(sandbox.sample.plans)
        for path in filter(sets_something, named_plans(*folders)):
            does = "Show how the phone system differs from this plan, and offer to set it so."
            yield SystemCommand(f"Plan {path.stem}", does, partial(screen.plan_by_file, path))

    def _power_commands(self, screen: LiveScreen) -> Iterable[SystemCommand]:
        """What the palette offers in a sample: the power of each of its sites."""
        sandbox = self.connection.sandbox
        if sandbox is None or not isinstance(screen, DemoScreen):
            return
        from screens.choose_power import power_words

        for site in sandbox.sites:
            title = power_words(site, site in sandbox.powered_off)
            yield SystemCommand(title, "Sample data only.", partial(self._switch_power, screen, site))

    def _connection_commands(self) -> Iterable[SystemCommand]:
        """What the palette offers about connections: signing in, and going elsewhere."""
        if self.connection.sign_in is not None:
            yield SystemCommand(
                "Sign in", "Sign in to this phone system, also as somebody else.", self._offer_sign_in
            )
        try:
            targets = self.connection.switch_targets()
        except ConfigError as error:
            sentence = f"{error} {error.hint}"
            yield SystemCommand("Switch to…", sentence, partial(self.say, sentence, good=False))
            return
        for target in targets:
            if (target.profile, target.domain) != (self.connection.title, self.connection.system.domain):
                yield SystemCommand(
                    f"Switch to {target.title}",
                    f"Show the queues of {target.domain} instead.",
                    partial(self._go, target),
                )

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do it; a key that is not to be had says why."""
        screen = self.screen
        if isinstance(action, str) and isinstance(screen, LiveScreen):
            screen.hold_row(action)
        done = await super().run_action(action, default_namespace, namespaces)
        screen = self.screen
        if not done and isinstance(action, str) and isinstance(screen, LiveScreen):
            reason = screen.why_not(action.rpartition(".")[2].partition("(")[0])
            if reason:
                screen.say(reason, good=False)
        return done

    async def action_quit(self) -> None:
        """Leave; while a change is being made, only when asked twice: its outcome would stay unknown."""
        if not self._changes <= self._may_be_left:
            self._may_be_left = frozenset(self._changes)
            self.say("A change is just being made: wait for what becomes of it, or press again to leave.")
            return
        self.exit()


def run_app(connection: Connection, *, mouse: bool = True, greeting: str = "") -> int:
    """Run the board on this terminal until the user leaves; returns the exit status.

    Raises whatever went wrong inside the program, once the terminal is as it was.
    """
    app = QueuewatchApp(connection, greeting)
    return run_on_terminal(app, mouse=mouse, theme_chosen=bool(connection.theme))
