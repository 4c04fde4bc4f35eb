"""Help: the screen below in plain words, its keys, and the words that mean the same everywhere."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.verdict import Judgement, ReadinessState
from queuewatch.failover.what_if.smallest_change import SmallestChange, fails_over_to_someone, smallest_change
from queuewatch.failover.what_if.steps import FreePlace, PointWhenOffline, SupposeRequireAgents, TurnAgent, rule_of
from queuewatch.polling.state import LiveState
from screens.dialog import Dialog
from screens.help.model import Topic, Word
from screens.help.texts import SCREENS
from screens.help.topics import COLOURS, ENDS, FAILOVER, READINESS, TOP_LINE, VERDICTS
from screens.keys.board import EVERYWHERE, moves
from screens.keys.tasks import DIALOG, HELP, HELP_SECTIONS, SEARCH_HELP
from screens.live import LiveScreen
from widgets.action import Action, bindings, key_name, key_names, key_table
from widgets.cells import Cell, CellSpan, cell
from widgets.containers import Scrolling
from widgets.fact_sheet import Fact, FactSheet
from widgets.marks import GLYPHS, Mark, outcome_mark, readiness_mark
from widgets.prompt import FilterLine

EVERYBODY_GREY = Suppose(all_dark=True)


def verdict_help(live_state: LiveState, queue: Queue) -> Iterator[Fact]:
    """The queue's two verdicts, and the way out where one is bad. Nothing before its rules are read."""
    judged = live_state.judgements.get(queue.extension)
    if judged is None or queue.extension not in live_state.snapshot.rules:
        return
    yield Fact("Now", _verdict_part(outcome_mark(judged.now), judged.now.sentence))
    dark = judged.readiness.verdict
    yield Fact("If dark", _verdict_part(readiness_mark(judged.readiness), dark.sentence))
    if judged.readiness.state is ReadinessState.READY and judged.now.reaches_someone is not False:
        yield Fact("To do", cell(_nothing_to_do(judged)))
        return
    change = smallest_change(live_state.snapshot, queue, EVERYBODY_GREY)
    if change.stops:
        # What is wrong now passes with the agents: with all of them Grey the call reaches someone.
        yield Fact("To do", cell("Nothing about failover: if the building went dark, it fails over to someone."))
        return
    yield Fact("To do", cell(change.sentence.replace("It would", "With every agent Grey it would", 1)))
    yield from _ways(live_state.snapshot, queue, change)


def _verdict_part(mark: Mark, sentence: str) -> Cell:
    return (CellSpan(mark.text, mark.style), CellSpan(f"  {sentence}"))


def _nothing_to_do(judged: Judgement) -> str:
    if fails_over_to_someone(judged.readiness.verdict):
        return "Nothing: if every agent were Grey, When Offline would take the call to someone."
    return (
        "Nothing has to be done. That it is ready does not rest on When Offline, though: see what it rests on "
        "(enter on the board, at the end)."
    )


def _ways(snapshot: Snapshot, queue: Queue, change: SmallestChange) -> Iterator[Fact]:
    """For each setting, the key and the command that make it so, or where the portal keeps it."""
    rule = rule_of(snapshot, queue.extension)
    settings = (step for step in change.steps if not isinstance(step, (TurnAgent, FreePlace)))
    for step, how in zip(settings, change.how, strict=True):
        match step:
            case SupposeRequireAgents():
                key = "r on the board, or "
            case PointWhenOffline() if rule is None or rule.is_default:
                key = "" if how.startswith("in the portal") else "e on the board, or "
            case _:
                key = ""
        yield Fact("", (CellSpan(f"{GLYPHS['onward']} ", "muted"), CellSpan(key), CellSpan(how)))


KEYS_WIDTH = 18
QUEUE_WIDTH = 8
_STYLES = {"onward": "warn", "caution": "warn", "note": "muted"}


class HelpPage(Scrolling):
    """Text to be read: the space bar turns the page as well."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "page_down", "Page down", show=False)]


class SectionName(Static):
    """A line of the contents: a click goes there."""

    def __init__(self, number: int, name: str) -> None:
        super().__init__(f"{number} {name}", id=f"to-section-{number}", markup=False)
        self._number = number

    async def on_click(self) -> None:
        """Go to the section."""
        await self.run_action(f"screen.go_to({self._number})")


class HelpScreen(Dialog[None]):
    """Explains the screen below it."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#text"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*HELP)]

    def __init__(self, below: Screen[Any]) -> None:
        """``below`` is found in the texts by its ``HELP_NAME``."""
        super().__init__()
        self._below = below
        self._name: str = getattr(below, "HELP_NAME", "")

    def compose(self) -> ComposeResult:
        """The contents, which stay, and below them everything in one piece."""
        with Vertical(id="dialog"):
            yield Static(
                f"Help: {self._name}  (esc closes, {key_name(SEARCH_HELP)} searches)", id="title", markup=False
            )
            with Horizontal(id="contents"):
                for number, name in enumerate(HELP_SECTIONS, start=1):
                    yield SectionName(number, name)
            with HelpPage(id="text"):
                with Vertical(id="section-1", classes="part"):
                    yield from self._this_screen()
                with Vertical(id="section-2", classes="part"):
                    yield Static("Keys", classes="section")
                    yield _sheet([(keys, cell(text)) for keys, text in keys_of(self._below)], KEYS_WIDTH)
                    yield _sheet([(keys, cell(text)) for keys, text in moves()], KEYS_WIDTH)
                with Vertical(id="section-3", classes="part"):
                    yield from _topic(COLOURS)
                    yield from _topic(FAILOVER)
                with Vertical(id="section-4", classes="part"):
                    yield from self._this_queue()
                    for topic in (VERDICTS, READINESS, ENDS):
                        yield from _topic(topic)
                with Vertical(id="section-5", classes="part"):
                    yield from _topic(TOP_LINE)
            with HelpPage(id="found"):
                yield FactSheet(label_width=KEYS_WIDTH, id="hits")
            yield FilterLine("a key, such as f or esc, or words", returns_to="#text", id="search")

    def _this_screen(self) -> ComposeResult:
        screen = SCREENS.get(self._name)
        if screen is None:
            return
        yield Static(screen.purpose, id="purpose", markup=False)
        yield _words(screen.parts)
        yield Static(f"Most often: {screen.often}", id="often", markup=False)

    def _this_queue(self) -> ComposeResult:
        if not isinstance(self._below, LiveScreen):
            return
        live_state, queue = self._below.live_state, self._below.chosen
        facts = tuple(verdict_help(live_state, queue)) if live_state and queue else ()
        if live_state and queue and facts:
            at = live_state.snapshot.taken_at.astimezone()
            yield Static(f"{queue.label}, at {at:%H:%M}", classes="section", markup=False)
            sheet = FactSheet(label_width=QUEUE_WIDTH, id="this-queue")
            sheet.set_reactive(FactSheet.facts, facts)
            yield sheet

    def action_search(self) -> None:
        """Look for a key by its letter, or for words."""
        self.query_one(FilterLine).ask()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        """Show what is found in place of the page; without words, the page."""
        from screens.help.search import search_help

        query = event.value.strip()
        self.set_class(bool(query), "-searching")
        if not query:
            return
        found = search_help(query, getattr(self._below, "ACTIONS", ()))
        self.query_one("#hits", FactSheet).facts = tuple(
            Fact(
                hit.label,
                (CellSpan(hit.text), *((CellSpan(f"  {hit.where}", "muted"),) if hit.where else ())),
            )
            for hit in found
        ) or (Fact("", cell(f"No key and no word of the help: “{query}”.", "muted")),)
        self.query_one("#found", HelpPage).scroll_home(animate=False)

    @on(Input.Submitted, "#search")
    def _look_at_found(self) -> None:
        if self.has_class("-searching"):
            self.query_one("#found").focus()

    def on_key(self, event: events.Key) -> None:
        """Escape ends the search first."""
        if event.key == "escape" and self.query_one(FilterLine).clear_away():
            event.stop()
            event.prevent_default()

    def action_go_to(self, number: int) -> None:
        """Show a section from its beginning."""
        self.query_one(FilterLine).clear_away()
        self.query_one("#text", HelpPage).scroll_to_widget(
            self.query_one(f"#section-{number}"), top=True, animate=False, force=True
        )

    def action_close(self) -> None:
        """Return to the screen below."""
        self.dismiss(None)


def keys_of(screen: Screen[Any]) -> Iterator[tuple[str, str]]:
    """A screen's keys and what they do: from the registry of actions, or a dialog's own."""
    actions: tuple[Action, ...] = getattr(screen, "ACTIONS", ())
    if actions:
        yield from key_table(*actions, *EVERYWHERE)
        return
    for binding in type(screen).BINDINGS:
        if isinstance(binding, Binding) and binding.id:
            action = Action(binding.id, tuple(binding.key.split(",")), binding.action, binding.description, "")
            yield key_names(action), binding.tooltip or f"{binding.description}."
    yield from key_table(*DIALOG)


def _topic(topic: Topic) -> ComposeResult:
    yield Static(topic.title, classes="section", markup=False)
    yield Static(topic.about, markup=False)
    yield _words(topic.words)


def _words(words: Sequence[Word]) -> FactSheet:
    return _sheet([(word.word, _told(word)) for word in words], max(len(word.word) for word in words))


def _told(word: Word) -> Cell:
    if not word.state:
        return cell(word.text)
    return (CellSpan(f"{GLYPHS[word.state]} ", _STYLES.get(word.state, word.state)), CellSpan(word.text))


def _sheet(rows: Iterable[tuple[str, Cell]], label_width: int) -> FactSheet:
    sheet = FactSheet(label_width=label_width)
    sheet.set_reactive(FactSheet.facts, tuple(Fact(label, spans) for label, spans in rows))
    return sheet
