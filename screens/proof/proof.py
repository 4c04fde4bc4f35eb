"""The live failover test: what will be done, the agents turning Grey, the call on its way, and the restoring."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.destination import parse_destination
from queuewatch.failover.model import Queue
from queuewatch.failover.phone_number import as_dialled, format_number
from queuewatch.failover.places import site_of
from queuewatch.failover.status import AgentStatus, status_of
from queuewatch.failover.wording import agent_name, listing, plural
from queuewatch.polling.state import LiveState
from queuewatch.proof.live_test import Phase, ProofProgress
from queuewatch.proof.permission import ProofPlan, Refusal, colours, logged_out
from queuewatch.proof.proof import Proof, outcome_words
from queuewatch.report.proof import after_the_test, how_to_call
from screens.keys.tasks import PROOF, PROOF_BACK, PROOF_BEGIN, PROOF_NO, PROOF_YES
from screens.live import WIDE, LiveScreen
from widgets.action import bindings, key_name
from widgets.asked_line import AskedLine
from widgets.bars import Banner, KeyBar, StatusLine, TopBar
from widgets.call_path import CallPath
from widgets.cells import CellSpan, Column, Row, cell
from widgets.containers import Scrolling
from widgets.fact_sheet import Fact, FactSheet
from widgets.line_table import LineTable
from widgets.marks import GLYPHS, Mark, status_mark
from widgets.path_drawing import Diagram, picture_of

AGENTS = (Column("agent", "Agent", 10), Column("status", "Status", 16), Column("site", "Site", 4, gives_way=1))
ASKS_NUMBER = "your number, with its area code: the one the phone system will see"


class ProofStage(StrEnum):
    """Where the screen is."""

    NUMBER = "number"
    """The tester's number is asked for."""
    LOOKING = "looking"
    REFUSED = "refused"
    READY = "ready"
    PLUGGED = "plugged"
    """Nobody is logged out: as soon as the plug is pulled, a key says so."""
    WATCHING = "watching"
    RUNNING = "running"
    OVER = "over"


class ProofScreen(LiveScreen):
    """One queue's test, from the first question to the last restore."""

    CSS_PATH = "proof.tcss"
    AUTO_FOCUS = "#agents"
    ACTIONS = PROOF
    HELP_NAME = "the live test"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PROOF)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    class LookWanted(Message):
        """It is to be found out whether the queue may be tested, by a call from this number."""

        def __init__(self, screen: "ProofScreen", number: str) -> None:
            super().__init__()
            self.screen = screen
            self.number = number

    class Begun(Message):
        """The test is to begin."""

        def __init__(self, screen: "ProofScreen", plan: ProofPlan) -> None:
            super().__init__()
            self.screen = screen
            self.plan = plan

    class Answered(Message):
        """The tester says whether the right person or greeting answered."""

        def __init__(self, right: bool) -> None:
            super().__init__()
            self.right = right

    class RestoreWanted(Message):
        """Everybody is to be logged in again now, or the watch to be ended."""

    class UnplugWanted(Message):
        """A plug is to be pulled: what is to be said first is to be read."""

        def __init__(self, screen: "ProofScreen") -> None:
            super().__init__()
            self.screen = screen

    class Unplugged(Message):
        """It is pulled now."""

        def __init__(self, screen: "ProofScreen") -> None:
            super().__init__()
            self.screen = screen

    def __init__(self, connection: ConnectionInfo, live_state: LiveState, extension: str) -> None:
        super().__init__(connection, live_state)
        self.extension = extension
        self.stage = ProofStage.NUMBER
        self._number = ""
        self._plan: ProofPlan | None = None
        self._refusals: Sequence[Refusal] = ()
        self._progress: ProofProgress | None = None
        self._proof: Proof | None = None
        self._asks = False
        self._lines: list[tuple[str, str]] = []
        """What happened, and in which style it is told."""
        self._said_first: Sequence[str] = ()
        """What is said before a plug is pulled."""
        self._measured: Sequence[str] = ()
        self._agents = LineTable(AGENTS, id="agents")

    def compose(self) -> ComposeResult:
        """The state in a line, the agents and the way of the call, and what happened so far."""
        yield TopBar()
        yield Banner()
        yield Static(id="line", markup=False)
        with Horizontal(id="body"):
            yield self._agents
            with Vertical(id="way"):
                yield CallPath(id="path")
                with Scrolling(id="told"):
                    yield FactSheet(id="facts", label_width=11)
        yield AskedLine(ASKS_NUMBER, returns_to="#agents", id="asked")
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask for the number first."""
        self._ask_number()

    @property
    def chosen(self) -> Queue | None:
        """The queue that is tested."""
        return self.live_state.snapshot.queues.get(self.extension) if self.live_state else None

    # What the program tells.

    def show_refusals(self, refusals: Sequence[Refusal]) -> None:
        """The queue may not be tested now, and this is why."""
        self._refusals, self.stage = refusals, ProofStage.REFUSED
        self._changed()

    @property
    def _passes(self) -> bool:
        """Whether all that speaks against a test goes away by itself."""
        waits = self.stage is ProofStage.REFUSED and all(refusal.passes for refusal in self._refusals)
        return waits and bool(self._refusals and self._number)

    def show_plan(self, plan: ProofPlan) -> None:
        """The queue may be tested, so."""
        self._plan, self.stage = plan, ProofStage.READY
        self._changed()

    def show_progress(self, progress: ProofProgress, *, asks: bool) -> None:
        """How far the test is."""
        self._progress, self._asks = progress, asks
        if progress.line:
            style = {True: "good", False: "warn", None: ""}[progress.good]
            self._lines.append((progress.line, style))
        self._changed()

    def show_proof(self, proof: Proof) -> None:
        """What came of it."""
        self._proof, self.stage, self._asks = proof, ProofStage.OVER, False
        self._changed()

    def show_warning(self, lines: Sequence[str]) -> None:
        """What is to be known before a plug is pulled."""
        self._said_first, self.stage = lines, ProofStage.PLUGGED
        self._changed()

    def show_step(self, line: str) -> None:
        """What was seen since the plug was pulled."""
        self._lines.append((line, ""))
        self._changed()

    def show_measured(self, lines: Sequence[str]) -> None:
        """What was measured."""
        self._measured, self.stage = lines, ProofStage.OVER
        self._changed()

    def _changed(self) -> None:
        # What was asked for before the screen was left is told after it.
        if self.is_attached and self.app.is_running:
            self.redraw()
            self.refresh_bindings()

    # What is drawn.

    def redraw(self) -> None:
        """Draw all of it; only what differs is sent."""
        queue, live_state = self.chosen, self.live_state
        top = self.query_one(TopBar)
        self.show_cautions(top)
        label = queue.label if queue else self.extension
        top.left = " · ".join(filter(None, ("Live test", label, self.name_on_top)))
        top.right = self._seconds()
        self.query_one("#line", Static).update(self._line(label))
        self.set_class(self._is_followed, "-followed")
        if live_state is None:
            return
        shown = self._statuses()
        agents = live_state.snapshot.agents_of(self.extension)
        self._agents.show_rows(
            [
                Row(
                    agent.id,
                    (
                        cell(agent_name(agent)),
                        self._status_cell(shown.get(agent.id) or status_of(agent), agent.id),
                        cell(site_of(agent, live_state.snapshot), "muted"),
                    ),
                )
                for agent in agents
            ]
        )
        self.query_one(CallPath).picture = self._picture()
        told = self.query_one("#told", Scrolling)
        self.query_one("#facts", FactSheet).facts = tuple(self._facts())
        if self.stage in (ProofStage.RUNNING, ProofStage.WATCHING, ProofStage.OVER):
            told.scroll_end(animate=False)

    def _statuses(self) -> "dict[str, AgentStatus]":
        if self._progress is not None and self._progress.statuses:
            return dict(self._progress.statuses)
        return colours(self._plan.agents) if self._plan else {}

    def _status_cell(self, shown: AgentStatus, agent: str) -> tuple[CellSpan, ...]:
        mark = status_mark(shown.status)
        out = self._progress is not None and agent in self._progress.out
        why = "logged out by the test" if out and shown.status == "grey" else shown.reason
        return (CellSpan(f"{mark.glyph} {mark.word}", mark.style), CellSpan(f" · {why}", "muted"))

    @property
    def _is_followed(self) -> bool:
        """Whether there is a call's way to look at: a narrow window has room for it only then."""
        phase = self._progress.phase if self._progress is not None else Phase.TRIAL
        followed = (Phase.CALLING, Phase.FOLLOWING, Phase.RESTORING, Phase.ENDED)
        return self._proof is not None or phase in followed

    def _seconds(self) -> str:
        progress = self._progress
        if self.stage is not ProofStage.RUNNING or progress is None or progress.left is None:
            return ""
        if progress.phase in (Phase.RESTORING, Phase.ENDED) and not progress.out:
            return f"{progress.seconds:.0f} s · everybody is logged in again"
        left = round(progress.left)
        return f"{progress.seconds:.0f} s · logged in again in {left // 60}:{left % 60:02} at the latest"

    def _line(self, label: str) -> str:
        begin, back = key_name(PROOF_BEGIN), key_name(PROOF_BACK)
        match self.stage:
            case ProofStage.NUMBER:
                return f"A live test of {label}: with which number will you call it?"
            case ProofStage.LOOKING:
                return f"Looking whether {label} may be tested now…"
            case ProofStage.REFUSED:
                again = f" {begin} looks again." if self._passes else ""
                return f"{label} cannot be tested now. Nothing was done.{again}"
            case ProofStage.READY if self._plan is not None:
                many = plural(len(self._plan.agents), "agent")
                return f"{begin} logs out {many} of {label}; then you call it."
            case ProofStage.PLUGGED:
                return f"Pull the plug, and press {begin} in that moment. Nobody is logged out."
            case ProofStage.WATCHING:
                return f"The watch is held: each agent's turning Grey, and the first call. {back} ends it."
            case ProofStage.OVER if self._measured:
                return self._measured[0]
            case ProofStage.RUNNING if self._asks:
                return (
                    f"Did the right person or greeting answer? {key_name(PROOF_YES)} yes · {key_name(PROOF_NO)} no"
                )
            case ProofStage.RUNNING if self._progress is not None and self._progress.phase is Phase.CALLING:
                how = how_to_call(self._plan) if self._plan else f"extension {self.extension}"
                return f"Now call {how}, from {format_number(self._number)}. {back} ends the test."
            case ProofStage.RUNNING if self._progress is not None and self._progress.phase is Phase.RESTORING:
                return "Logging everybody in again…"
            case ProofStage.OVER if self._proof is not None:
                return f"{label}: {outcome_words(self._proof)}"
            case _:
                return f"{back} logs everybody in again at once."

    def _picture(self) -> Diagram:
        """The way the call should go, lit as far as it was seen to go."""
        plan = self._plan
        if plan is None:
            return Diagram()
        picture = picture_of(plan.snapshot, plan.verdict, logged_out(plan.queue, plan.agents))
        trace = self._progress.trace if self._progress else None
        lit = 0
        if trace is not None and trace.reached is not None:
            lit = len(picture.stations) if trace.as_expected else 1
            for place, stop in enumerate(plan.verdict.path):
                if parse_destination(stop.at).target in trace.stops:
                    lit = max(lit, place + 1)
        stations = [
            station._replace(mark=self._lit(trace.reached.answered if trace and trace.reached else False))
            if place < lit
            else station._replace(mark=Mark(station.mark.glyph, station.mark.word, "muted"))
            for place, station in enumerate(picture.stations)
        ]
        return picture._replace(stations=tuple(stations))

    def _lit(self, answered: bool) -> Mark:
        return Mark(GLYPHS["good"], "answered" if answered else "the call is here", "good")

    def _facts(self) -> Iterator[Fact]:
        match self.stage:
            case ProofStage.REFUSED:
                for refusal in self._refusals:
                    yield Fact(f"{GLYPHS['bad']} Stop", cell(refusal.sentence, "bad"))
                    if refusal.hint:
                        yield Fact("", cell(refusal.hint_on_screen, "muted"))
            case ProofStage.READY if self._plan is not None:
                yield from self._of_plan(self._plan)
            case ProofStage.PLUGGED:
                for line in self._said_first:
                    yield Fact("", cell(line, "warn"))
            case ProofStage.RUNNING | ProofStage.WATCHING:
                for line, style in self._lines:
                    yield Fact("", cell(line, style))
            case ProofStage.OVER if self._measured:
                for line, style in self._lines:
                    yield Fact("", cell(line, style))
                for nth, line in enumerate(self._measured):
                    yield Fact("" if nth else "Result", cell(line.strip(), "" if nth else "strong"))
            case ProofStage.OVER if self._proof is not None:
                for line, style in self._lines[-4:]:
                    yield Fact("", cell(line, style))
                good = "good" if self._proof.ok else "bad"
                for nth, line in enumerate(after_the_test(self._proof)):
                    yield Fact("" if nth else "Result", cell(line.strip(), good if nth == 0 else ""))
            case _:
                yield Fact(
                    "", cell("Everybody of this one queue is logged out, you call, everybody is logged in again.")
                )

    def _of_plan(self, plan: ProofPlan) -> Iterator[Fact]:
        names = [agent_name(one.agent) for one in plan.agents]
        yield Fact("Logs out", cell(listing(names, most=12)))
        yield Fact("Then call", cell(f"{how_to_call(plan)}, from {format_number(self._number)}"))
        yield Fact("Reaches", cell(plan.destination_words, "strong"))
        if self.connection.production:
            yield Fact(
                "! Caution",
                cell(f"{self.connection.title} is in production: the queue's number is asked.", "warn"),
            )
        for note in plan.notes:
            yield Fact("! Note", cell(note, "warn"))
        yield Fact(
            "If it dies",
            cell(f"Portal, Call Queues, {plan.queue.label}, Edit Agents, log in: {', '.join(names)}.", "muted"),
        )

    # What is pressed.

    def why_not(self, action: str) -> str:
        """Why a key is not to be had now."""
        stage = self.stage
        match action:
            case "begin" if stage not in (ProofStage.READY, ProofStage.PLUGGED) and not self._passes:
                return "There is nothing to begin now."
            case "unplug" if stage in (ProofStage.RUNNING, ProofStage.WATCHING, ProofStage.LOOKING):
                return "A test is going on."
            case "ask_number" if stage in (ProofStage.RUNNING, ProofStage.WATCHING, ProofStage.LOOKING):
                return "The number is asked for before a test."
            case "answer" if not self._asks:
                return "There is nothing to answer yet: the call was not seen anywhere."
            case _:
                return super().why_not(action)

    def action_ask_number(self) -> None:
        """Ask once more from which number the call will come."""
        self._ask_number()

    def _ask_number(self) -> None:
        self.stage = ProofStage.NUMBER
        line = self.query_one(AskedLine)
        line.value, line.placeholder = self._number, ASKS_NUMBER
        line.ask()
        self._changed()

    @on(AskedLine.Typed)
    def _take(self, event: AskedLine.Typed) -> None:
        line = self.query_one(AskedLine)
        if self.stage is ProofStage.READY and self._plan is not None:
            # In production the queue's number is the yes.
            if event.words == self.extension:
                line.close()
                self._begin(self._plan)
            else:
                self.say(f"That is not {self.extension}. Nothing was done.", good=False)
            return
        number = as_dialled(event.words) or event.words
        if not number.lstrip("+").isdecimal():
            self.say(f"“{event.words}” is no number and no extension, such as 2145550911.", good=False)
            return
        self._number = number
        line.close()
        self._look()

    def _look(self) -> None:
        self.stage = ProofStage.LOOKING
        self._changed()
        self.post_message(self.LookWanted(self, self._number))

    def action_begin(self) -> None:
        """Begin; in production the queue's number is typed first. Where it only had to be waited, look again."""
        if self._passes:
            self._look()
            return
        if self.stage is ProofStage.PLUGGED:
            self.stage, self._lines, self._measured = ProofStage.WATCHING, [], ()
            self._changed()
            self.post_message(self.Unplugged(self))
            return
        if self.stage is not ProofStage.READY or self._plan is None:
            return
        if self.connection.production:
            line = self.query_one(AskedLine)
            line.value, line.placeholder = "", f"type {self.extension} to log its agents out"
            line.ask()
            return
        self._begin(self._plan)

    def _begin(self, plan: ProofPlan) -> None:
        self.stage, self._lines, self._measured = ProofStage.RUNNING, [], ()
        self._changed()
        self.post_message(self.Begun(self, plan))

    def action_unplug(self) -> None:
        """Log nobody out; say what is dangerous first."""
        line = self.query_one(AskedLine)
        if line.is_shown:
            line.close()
        self.stage = ProofStage.LOOKING
        self._changed()
        self.post_message(self.UnplugWanted(self))

    def action_answer(self, right: bool) -> None:
        """Say whether the right one answered."""
        if self._asks:
            self._asks = False
            self.post_message(self.Answered(right))
            self._changed()

    def action_back(self) -> None:
        """Log everybody in again at once; where no test goes on, return to the screen before."""
        if self.stage is ProofStage.WATCHING:
            self.post_message(self.RestoreWanted())
        elif self.stage is ProofStage.RUNNING:
            self.say("Everybody is being logged in again…")
            self.post_message(self.RestoreWanted())
        else:
            self.dismiss(None)
