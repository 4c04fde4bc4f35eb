"""Driving the program in a test: wait for a state, and read what the screens show."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets._footer import FooterKey

from queuewatch.app.app import QueuewatchApp
from queuewatch.app.terminal import TerminalApp
from queuewatch.failover.model import Part
from screens.board.board import BoardScreen
from widgets.bars import Banner, StatusLine
from widgets.cells import Cell
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable
from widgets.queue_rows import board_columns

PATIENCE = 60.0
"""Seconds until a test gives up: far more than a busy machine needs."""

S = TypeVar("S", bound=Screen[Any])


async def until(pilot: Pilot[None], holds: Callable[[], bool], what: str) -> None:
    """Wait until ``holds`` does; fail naming ``what`` did not come about."""
    given_up = time.monotonic() + PATIENCE
    while time.monotonic() < given_up:
        if holds():
            await drawn(pilot)
            return
        await pilot.pause(0.002)
    raise AssertionError(f"It never came to this: {what}. On the screen:\n" + "\n".join(painted(pilot.app)))


ROUNDS = 20


async def drawn(pilot: Pilot[None]) -> None:
    """Wait until what the program knows is on the screen: a text is laid out and drawn some time after it is set.

    What never rests, such as a table whose data keep coming, is waited for no longer than :data:`ROUNDS` times.
    """
    for _ in range(ROUNDS):
        await pilot.pause()
        if not _has_more_to_draw(pilot.app):
            return
        await asyncio.sleep(0)


def _has_more_to_draw(app: App[Any]) -> bool:
    screen = app.screen
    return bool(app.message_queue_size or screen._dirty_widgets or screen._callbacks) or any(
        widget._layout_required
        or widget._repaint_required
        or widget._recompose_required
        or widget.message_queue_size
        for widget in (screen, *screen.query("*"))
    )


async def scrolled(pilot: Pilot[None], widget: Widget, holds: Callable[[float], bool], what: str) -> None:
    """Wait until a widget is scrolled so far down: Textual scrolls only once it has drawn what came before."""
    await until(pilot, lambda: holds(widget.scroll_y), what)


def loaded(app: QueuewatchApp) -> bool:
    """Whether everything that the board shows has been read."""
    snapshot = app.session.state.snapshot
    directory = (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.sites)
    read = [queue.extension for queue in snapshot.call_queues if queue.extension in snapshot.rules]
    states = [screen.live_state for screen in app.live_screens]
    columns = all(state and state.matrix and not state.matrix.missing for state in states)
    whole = len(read) == len(snapshot.call_queues) and None not in directory
    return Part.LIVE in snapshot.read_at and whole and columns


@asynccontextmanager
async def running(
    app: QueuewatchApp, size: tuple[int, int] = (80, 24), *, wait: bool = True
) -> AsyncIterator[Pilot[None]]:
    """The program on a terminal of this size, with everything read unless told not to ``wait``."""
    async with app.run_test(size=size) as pilot:
        if wait:
            await until(pilot, lambda: loaded(app), "everything is read")
        yield pilot


def program(pilot: Pilot[None]) -> QueuewatchApp:
    """The program that is driven."""
    app = pilot.app
    assert isinstance(app, QueuewatchApp)
    return app


async def screen_is(pilot: Pilot[None], kind: type[S]) -> S:
    """Wait until a screen of this kind is on top."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind), f"{kind.__name__} is on top")
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    return screen


async def home(pilot: Pilot[None]) -> None:
    """Go back to the board from wherever one is."""
    while len(pilot.app.screen_stack) > 1:
        await leave(pilot, pilot.app.screen)


async def leave(pilot: Pilot[None], screen: Screen[Any]) -> None:
    """Leave the screen on top."""
    await pilot.press("escape")
    await until(pilot, lambda: pilot.app.screen is not screen, f"{type(screen).__name__} is left")


async def resize(pilot: Pilot[None], width: int, height: int) -> None:
    """Make the terminal this large, and wait until it is filled."""
    await pilot.resize_terminal(width, height)

    def filled() -> bool:
        strips = pilot.app.screen._compositor.render_strips()
        return [strip.cell_length for strip in strips] == [width] * height

    await until(pilot, filled, f"{width}x{height} are filled")


async def footer(pilot: Pilot[None]) -> list[FooterKey]:
    """Wait until the footer is there, and give its keys."""
    await until(pilot, lambda: len(pilot.app.screen.query(FooterKey)) > 0, "there is a footer")
    return list(pilot.app.screen.query(FooterKey))


def board(pilot: Pilot[None]) -> BoardScreen:
    """The board, whatever is above it."""
    home = pilot.app.screen_stack[0]
    assert isinstance(home, BoardScreen)
    return home


def table(pilot: Pilot[None]) -> LineTable:
    """The board's table."""
    return board(pilot).query_one("#queues", LineTable)


def queues_shown(pilot: Pilot[None]) -> list[str]:
    """The extensions on the board, from the top."""
    return [row.key for row in table(pilot).rows]


def words(spans: Cell) -> str:
    """A cell's text."""
    return "".join(span.text for span in spans)


def on_board(pilot: Pilot[None], queue: str) -> dict[str, str]:
    """One queue's row: the text of each cell by its column."""
    (row,) = [row for row in table(pilot).rows if row.key == queue]
    state = board(pilot).live_state
    columns = board_columns(state.matrix if state else None)
    return {column.key: words(cell) for column, cell in zip(columns, row.cells, strict=True)}


def facts(pilot: Pilot[None], selector: str) -> dict[str, str]:
    """What a fact sheet of the screen on top says, by label."""
    sheet = pilot.app.screen.query_one(selector, FactSheet)
    return {fact.label: words(fact.spans) for fact in sheet.facts}


def status(pilot: Pilot[None]) -> str:
    """What the status line of the screen on top says."""
    return str(pilot.app.screen.query_one(StatusLine).content)


def banner(pilot: Pilot[None]) -> str:
    """What the banner of the screen on top says; empty when it is hidden."""
    found = pilot.app.screen.query_one(Banner)
    return str(found.content) if found.display else ""


def painted(app: object) -> list[str]:
    """The lines of the terminal, as characters."""
    assert isinstance(app, TerminalApp)
    return [strip.text for strip in app.screen._compositor.render_strips()]
