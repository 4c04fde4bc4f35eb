"""What a board does until its first frame: everything once. Counted, for time is another machine's."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from queuewatch.app.app import QueuewatchApp
from tests.tui.keys import painted, program, running, until
from tests.tui.phone_system import open_office
from tests.tui.test_last_picture import seen_before
from widgets import themes
from widgets.line_table import LineTable


class Done:
    """How often it was done until the first frame."""

    def __init__(self) -> None:
        self.styled = Counter[str]()
        self.components = 0
        self.read_again = 0
        """All style sheets, for another theme."""
        self.laid_out = 0
        self.is_over = False
        self.was_stale = False
        self.text = ""


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """Counts in whatever program begins next."""
    found = Done()
    apply, reparse, lay_out = Stylesheet.apply, Stylesheet.reparse, Screen._refresh_layout
    first_painted = QueuewatchApp.first_painted

    def counted_apply(sheet: Stylesheet, node: DOMNode, **options: Any) -> None:
        if not found.is_over and isinstance(node, Widget):
            found.styled[f"{type(node).__name__} {node.id}"] += 1
        elif not found.is_over:
            found.components += 1
        apply(sheet, node, **options)

    def counted_reparse(sheet: Stylesheet) -> None:
        found.read_again += not found.is_over
        reparse(sheet)

    def counted_layout(screen: Screen[Any], *rest: Any, **options: Any) -> None:
        found.laid_out += not found.is_over
        lay_out(screen, *rest, **options)

    def over(app: QueuewatchApp) -> None:
        found.is_over = True
        found.was_stale = app.screen.has_class("-stale")
        found.text = "\n".join(painted(app))
        first_painted(app)

    monkeypatch.setattr(Stylesheet, "apply", counted_apply)
    monkeypatch.setattr(Stylesheet, "reparse", counted_reparse)
    monkeypatch.setattr(Screen, "_refresh_layout", counted_layout)
    monkeypatch.setattr(QueuewatchApp, "first_painted", over)
    return found


@pytest.mark.parametrize("theme", ["", "queuewatch-light", "ansi-dark"])
async def test_every_widget_is_styled_once_and_no_style_sheet_read_again(done: Done, theme: str) -> None:
    office = open_office()
    office.connection = replace(office.connection, theme=theme)
    async with running(office.app(), (120, 40), wait=False) as pilot:
        await until(pilot, lambda: done.is_over, "the first frame is there")
        # The table once more, as it gets the keys, and the banner as it has something to say.
        twice = {name for name, times in done.styled.items() if times > 1}
        assert twice <= {"LineTable queues", "Banner None"}
        assert max(done.styled.values()) <= 2
        assert done.read_again == 0
        assert done.laid_out == 1
        # Each is a style that Textual works out apart: what text is written in is not among them.
        assert done.components <= 10


async def test_a_picture_of_last_time_is_styled_as_one_from_the_beginning(done: Done, tmp_path: Path) -> None:
    office = await seen_before(tmp_path)
    async with running(office.app(), (140, 40), wait=False) as pilot:
        await until(pilot, lambda: done.is_over, "the first frame is there")
        assert done.was_stale
        assert max(done.styled.values()) <= 2
        assert done.read_again == 0
        assert done.laid_out == 1
        assert "Was Called So" in done.text


def colours(app: QueuewatchApp) -> set[str]:
    """The colours that anything on the screen is written in."""
    strips = app.screen._compositor.render_strips()
    styles = [segment.style for strip in strips for segment in strip if segment.text.strip() and segment.style]
    return {style.color.name for style in styles if style.color is not None}


async def test_another_theme_with_the_same_surfaces_is_seen_at_once() -> None:
    async with running(open_office().app(), (120, 40)) as pilot:
        app = program(pilot)
        assert app.screen.query_one(LineTable).styles.background.hex.lower() == themes.DARK.background
        for theme in (themes.COLOUR_BLIND, themes.DARK):
            before = themes.OURS[0] if theme is themes.COLOUR_BLIND else themes.COLOUR_BLIND
            app.theme = theme.name
            own, others = theme.variables["status-green"], before.variables["status-green"]
            await until(pilot, lambda own=own: own in colours(app), "the states have their colours")  # type: ignore[misc]
            assert others not in colours(app)


def test_a_style_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        themes.text_style("greenish")
