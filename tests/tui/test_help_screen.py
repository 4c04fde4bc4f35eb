"""The help: it explains the screen one is on, leaves no word out, and says what puts the chosen queue right."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

import screens
from queuewatch.failover.audit.finding import Severity
from queuewatch.failover.destination import EndKind
from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.status import Status
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.report.drill import FATE_WORDS
from queuewatch.report.log import _OUTCOMES
from screens.audit import ExplainScreen
from screens.demo import DemoScreen
from screens.dialog import Dialog
from screens.drill.choose_scope import ChooseScope
from screens.editing.confirm_change import ConfirmChange
from screens.editing.edits import EditingScreen
from screens.editing.forward_editor import ForwardEditor
from screens.help.help import HelpPage, HelpScreen
from screens.help.model import Word
from screens.help.search import MOST, search_help
from screens.help.texts import AUDIT, BOARD, DRILL, LOG, SCREENS, WHAT_IF
from screens.help.topics import COLOURS, ENDS, READINESS, TOPICS, VERDICTS
from screens.history.base import HistoryBase
from screens.jump import JumpScreen
from screens.keys.board import BOARD as BOARD_KEYS
from screens.keys.board import EVERYWHERE, moves
from screens.keys.tasks import HELP_SECTIONS
from screens.live import LiveScreen
from screens.queue import OneQueueScreen
from tests.tui.keys import facts, painted, program, running, screen_is, scrolled, table, until, words
from tests.tui.phone_system import open_office
from widgets.audit_rows import FINDING_COLUMNS
from widgets.cells import Column
from widgets.drill_rows import DRILL_COLUMNS, TIMELINE_COLUMNS
from widgets.fact_sheet import FactSheet
from widgets.log_rows import CHANGE_COLUMNS
from widgets.marks import GLYPHS
from widgets.path_drawing import _MARKS
from widgets.queue_rows import QUEUE_COLUMNS
from widgets.what_if_rows import WHAT_IF_COLUMNS

WITHOUT_TEXT = {LiveScreen, EditingScreen, DemoScreen, OneQueueScreen, HistoryBase, Dialog, JumpScreen, HelpScreen}
"""What other screens are made of, and the help itself."""


def screens_there_are() -> list[type[Screen[Any]]]:
    """Every screen of the program."""
    modules = [import_module(module.name) for module in pkgutil.walk_packages(screens.__path__, "screens.")]
    found = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Screen) and thing.__module__ == module.__name__
    }
    return sorted(found - WITHOUT_TEXT, key=lambda screen: screen.__name__)


@pytest.mark.parametrize("screen", screens_there_are(), ids=lambda screen: screen.__name__)
def test_every_screen_has_a_text(screen: type[Screen[Any]]) -> None:
    name = vars(screen).get("HELP_NAME")
    assert name in SCREENS, f"Give {screen.__name__} a HELP_NAME, and a text of that title in screens/help_texts."


def test_every_text_is_of_a_screen_there_is() -> None:
    assert {vars(screen)["HELP_NAME"] for screen in screens_there_are()} == set(SCREENS)


def explained(*parts: tuple[Word, ...]) -> set[str]:
    """The words explained there."""
    return {word.word.casefold() for part in parts for word in part}


def test_every_word_of_a_verdict_is_explained() -> None:
    assert {outcome.replace("_", " ") for outcome in Outcome} <= explained(VERDICTS.words)
    said_otherwise = {"unknown": "not known", "external": "outside number"}
    ends = {end.replace("_", " ") for end in EndKind}
    assert {said_otherwise.get(end, end) for end in ends} <= explained(ENDS.words)
    assert {status.value for status in Status} <= explained(COLOURS.words)
    readiness = {state.replace("_", " ") for state in ReadinessState}
    assert {said_otherwise.get(state, state) for state in readiness} <= explained(READINESS.words)


def test_every_word_that_a_picture_of_a_call_shows_is_explained() -> None:
    alike = {"answers": "voicemail", "phone rings": "user", "parked": "park"}
    shown = {alike.get(word, word) for _, word, _ in _MARKS.values()}
    assert shown <= explained(VERDICTS.words, ENDS.words)


def test_every_word_of_a_drill_the_audit_and_the_log_is_explained() -> None:
    assert {FATE_WORDS[fate].casefold() for fate in DrillOutcome} <= explained(DRILL.parts)
    assert {severity.value for severity in Severity} <= explained(AUDIT.parts)
    assert {outcome.words for outcome in _OUTCOMES.values()} <= explained(LOG.parts)


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        (QUEUE_COLUMNS, BOARD.parts),
        (DRILL_COLUMNS, DRILL.parts),
        (FINDING_COLUMNS, AUDIT.parts),
        (CHANGE_COLUMNS, LOG.parts),
        (WHAT_IF_COLUMNS, WHAT_IF.parts),
    ],
    ids=["board", "drill", "audit", "log", "what if"],
)
def test_every_column_is_explained(columns: tuple[Column, ...], parts: tuple[Word, ...]) -> None:
    assert {column.title.casefold() for column in columns} <= explained(parts)


def test_the_columns_of_a_timeline_are_explained() -> None:
    (told,) = [word.text for word in DRILL.parts if word.word == "Timeline"]
    assert all(column.title in told for column in TIMELINE_COLUMNS)


def test_every_word_has_a_glyph_there_is() -> None:
    every = [word for one in TOPICS for word in one.words] + [
        word for one in SCREENS.values() for word in one.parts
    ]
    assert {word.state for word in every} - {""} <= set(GLYPHS)


WAYS: dict[str, tuple[tuple[str, ...], type[Screen[Any]]]] = {
    "forward editor": (("e",), ForwardEditor),
    "confirmation": (("r",), ConfirmChange),
    "what goes dark": (("d",), ChooseScope),
    "story": (("a", "E"), ExplainScreen),
}
"""Every dialog: the keys that lead there from the board."""


@pytest.mark.parametrize("name", WAYS)
async def test_f1_explains_a_dialog_and_returns_to_it(name: str) -> None:
    way, dialog = WAYS[name]
    async with running(open_office("harbor").app()) as pilot:
        for key in way:
            before = pilot.app.screen
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is not before, f"{key} opens a screen")  # noqa: B023
        below = await screen_is(pilot, dialog)
        await pilot.press("f1")
        help_screen = await screen_is(pilot, HelpScreen)
        told = SCREENS[vars(dialog)["HELP_NAME"]]
        assert str(help_screen.query_one("#purpose", Static).content) == told.purpose
        labels = [fact.label for sheet in help_screen.query(FactSheet) for fact in sheet.facts]
        assert {word.word for word in told.parts} <= set(labels)
        assert "f1" in " ".join(labels)
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is below, "the dialog is back")


async def open_help(pilot: Pilot[None]) -> HelpScreen:
    """Explain the screen on top."""
    await pilot.press("question_mark")
    return await screen_is(pilot, HelpScreen)


@pytest.mark.parametrize("size", [(60, 16), (140, 40)], ids=str)
async def test_a_number_goes_to_its_section_and_so_does_a_click(size: tuple[int, int]) -> None:
    async with running(open_office().app(), size) as pilot:
        screen = await open_help(pilot)
        text = screen.query_one(HelpPage)

        async def is_on_top(number: int) -> None:
            section = screen.query_one(f"#section-{number}")
            await until(pilot, lambda: section.region.y == text.region.y, f"section {number} is on top")

        for number in (5, 2, 4, 3, 1):
            await pilot.press(str(number))
            await is_on_top(number)
        for number in (5, 2, 4, 3, 1):
            await pilot.click(f"#to-section-{number}")
            await is_on_top(number)
        assert any(all(name in line for name in HELP_SECTIONS) for line in painted(program(pilot)))


async def test_help_is_read_to_its_end_with_the_usual_keys_and_cuts_nothing_off() -> None:
    async with running(open_office().app(), (80, 24)) as pilot:
        screen = await open_help(pilot)
        text = screen.query_one(HelpPage)

        def shown() -> str:
            # What stands beside the help is the board's, which cuts as it must.
            inside = slice(text.region.x - 1, text.region.right)
            return "\n".join(line[inside] for line in painted(program(pilot)))

        seen = shown()
        while text.scroll_y < text.max_scroll_y:
            before = text.scroll_y
            await pilot.press("space")
            await scrolled(pilot, text, lambda y, before=before: y > before, "it goes on")  # type: ignore[misc]
            seen += shown()
        assert "…" not in seen.replace("reading…", "").replace(" … ", "")
        for names, _ in moves():
            assert names in seen
        for topic in TOPICS:
            assert all(word.word in seen for word in topic.words)
        for key, where in (("g", 0), ("j", 1), ("k", 0), ("G", text.max_scroll_y), ("home", 0)):
            await pilot.press(key)
            await scrolled(pilot, text, lambda y, where=where: y == where, key)  # type: ignore[misc]


async def test_the_queue_under_the_cursor_is_explained_with_what_puts_it_right() -> None:
    async with running(open_office("harbor").app()) as pilot:
        table(pilot).move_to("8110")
        await open_help(pilot)
        told = facts(pilot, "#this-queue")
        assert told[
            "Now"
        ] == f"{GLYPHS['bad']} nobody: stranded  A caller waits with nobody there: every agent is Grey " + (
            "and Require Agents is No."
        )
        assert told["To do"].startswith("With every agent Grey it would fail over if Require Agents were Yes and ")
        ways = [
            words(fact.spans)
            for fact in program(pilot).screen.query_one("#this-queue", FactSheet).facts
            if not fact.label
        ]
        assert ways == [
            f"{GLYPHS['onward']} r on the board, or queuewatch require-agents 8110 yes",
            f"{GLYPHS['onward']} e on the board, or queuewatch when-offline 8110 NUMBER",
        ]


async def test_of_a_queue_that_is_ready_nothing_is_asked() -> None:
    async with running(open_office().app()) as pilot:
        await open_help(pilot)
        assert facts(pilot, "#this-queue")["To do"].startswith("Nothing: if every agent were Grey, When Offline ")


async def test_before_anything_was_read_no_queue_is_explained() -> None:
    office = open_office()
    office.line.hold("callqueues")
    async with running(office.app(), wait=False) as pilot:
        screen = await open_help(pilot)
        assert not screen.query("#this-queue")
        office.line.release()


@pytest.mark.parametrize("way", [("w",), ("a",), ("d", "enter")], ids=" ".join)
async def test_every_screen_with_a_queue_explains_that_queue(way: tuple[str, ...]) -> None:
    async with running(open_office("harbor").app()) as pilot:
        for key in way:
            await pilot.press(key)
            await pilot.pause()
        assert (await open_help(pilot)).query("#this-queue")


def everything_told() -> Iterator[str]:
    """Every sentence of the help."""
    for topic in TOPICS:
        yield topic.about
        yield from (word.text for word in topic.words)
    for screen in SCREENS.values():
        yield screen.purpose
        yield screen.often
        yield from (word.text for word in screen.parts)


def test_sentences_end() -> None:
    assert [text for text in everything_told() if text[-1] not in ".:"] == []


def test_everywhere_help_is_one_key_away() -> None:
    (action,) = [action for action in EVERYWHERE if action.id == "app.help"]
    assert action.keys == ("question_mark", "f1")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("f", ("f", "Show only the queues that reach nobody")),
        ("Z", ("Z", "Tell nobody of the queue's alerts")),
        ("q", ("q, f10", "Leave queuewatch.")),
        ("f12", ("a, f12", "List what is wrong")),
        ("waiting callers", ("Wait", "How many callers")),
        ("palette", ("ctrl+p", "Open the command palette")),
    ],
)
def test_a_key_is_found_by_its_letter_and_anything_by_words(typed: str, first: tuple[str, str]) -> None:
    found = search_help(typed, (*BOARD_KEYS, *EVERYWHERE))
    if len(typed) > 3:
        assert first[0] in {hit.label for hit in found}
        assert any(hit.text.startswith(first[1]) for hit in found)
    else:
        assert (found[0].label, found[0].text[: len(first[1])], found[0].where) == (*first, "")


@given(st.text(max_size=12))
def test_a_search_finds_no_more_than_is_read_and_nothing_twice(typed: str) -> None:
    found = search_help(typed, BOARD_KEYS)
    assert len(found) == len(set(found)) <= MOST
    assert bool(found) <= bool(typed.split())


async def test_the_help_is_searched_and_escape_ends_the_search_first() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("question_mark", "slash", "B")
        screen = await screen_is(pilot, HelpScreen)
        hits = screen.query_one("#hits", FactSheet)
        await until(pilot, lambda: bool(hits.facts), "it is found")
        assert (hits.facts[0].label, words(hits.facts[0].spans)[:24]) == ("B", "Group the queues by site")
        assert not screen.query_one("#text").display
        await pilot.press("backspace", *"zzz")
        await until(pilot, lambda: "No key and no word" in words(hits.facts[0].spans), "nothing is found")
        await pilot.press("escape")
        assert program(pilot).screen is screen
        assert screen.query_one("#text").display
        assert screen.query_one("#text").has_focus
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is not screen, "the help is closed")
