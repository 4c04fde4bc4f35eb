"""A fact sheet on its own: what changes is drawn, and nothing of what was there before stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from widgets.cells import CellSpan, cell
from widgets.fact_sheet import Fact, FactSheet


class WatchedSheet(FactSheet):
    """Notes which parts of it are asked to be drawn."""

    def __init__(self) -> None:
        super().__init__(label_width=8)
        self.asked: list[Region] = []

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "WatchedSheet":
        self.asked.extend(regions or [Region(0, 0, 0, 0)])
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self


class SheetApp(App[None]):
    """One sheet."""

    def compose(self) -> ComposeResult:
        yield WatchedSheet()


@asynccontextmanager
async def showing(*facts: Fact, width: int = 40) -> AsyncIterator[tuple[Pilot[None], WatchedSheet]]:
    app = SheetApp()
    async with app.run_test(size=(width, 12)) as pilot:
        sheet = app.query_one(WatchedSheet)
        sheet.facts = facts
        await pilot.pause()
        sheet.asked.clear()
        yield pilot, sheet


def shown(pilot: Pilot[None]) -> list[str]:
    lines = [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]
    return [line for line in lines if line]


NOW = Fact("Now", (CellSpan("● rings", "good"), CellSpan("  an agent")))
DARK = Fact("If dark", cell("ready"))


async def test_labels_stand_beside_what_they_say() -> None:
    async with showing(NOW, Fact("If dark", cell("ready " * 9))) as (pilot, _sheet):
        assert shown(pilot) == [
            "Now      ● rings  an agent",
            "If dark  ready ready ready ready ready",
            "         ready ready ready ready",
        ]


async def test_the_same_facts_again_draw_nothing() -> None:
    async with showing(NOW, DARK) as (pilot, sheet):
        sheet.facts = (NOW, DARK)
        await pilot.pause()
        assert sheet.asked == []


async def test_only_the_part_of_a_line_that_differs_is_drawn() -> None:
    async with showing(NOW, DARK) as (pilot, sheet):
        sheet.facts = (NOW, Fact("If dark", cell("reads")))
        await pilot.pause()
        assert sheet.asked == [Region(13, 1, 1, 1)]
        assert shown(pilot)[1] == "If dark  reads"


async def test_whatever_follows_whatever_nothing_stays_behind() -> None:
    wide = Fact("Name", cell("陳美玲 May Chan"))
    steps: list[tuple[tuple[Fact, ...], list[str]]] = [
        ((NOW, DARK), ["Now      ● rings  an agent", "If dark  ready"]),
        ((DARK,), ["If dark  ready"]),
        ((wide,), ["Name     陳美玲 May Chan"]),
        ((Fact("Name", cell("陳 May")),), ["Name     陳 May"]),
        ((), []),
        ((NOW,), ["Now      ● rings  an agent"]),
        ((Fact("Now", cell("")),), ["Now"]),
        ((Fact("", cell("[b]no markup[/b]")),), ["         [b]no markup[/b]"]),
    ]
    async with showing() as (pilot, sheet):
        for facts, lines in steps:
            sheet.facts = facts
            await pilot.pause()
            assert shown(pilot) == lines


async def test_a_new_width_breaks_the_lines_anew() -> None:
    async with showing(Fact("Now", cell("one two three four five")), width=40) as (pilot, sheet):
        for width, lines in ((20, 3), (40, 1), (9, 6), (1, 6), (40, 1)):
            await pilot.resize_terminal(width, 12)
            for _ in range(100):
                if sheet.size.width == width:
                    break
                await pilot.pause()
            await pilot.pause()
            if width >= 20:
                assert (width, len(shown(pilot))) == (width, lines)
            sheet.facts = (Fact("Now", cell("one two three four FIVE")),)
            sheet.facts = (Fact("Now", cell("one two three four five")),)
        assert shown(pilot) == ["Now      one two three four five"]


async def test_what_goes_on_where_nobody_sees_it_says_so() -> None:
    long = Fact("If dark", cell("ready " * 9))
    async with showing(NOW, long) as (pilot, sheet):
        sheet.styles.height = 2
        await pilot.pause()
        assert shown(pilot) == ["Now      ● rings  an agent", "If dark  ready ready ready ready ready…"]
        # Only what is broken off does: of a fact that has no room at all nothing is half said.
        sheet.facts = (NOW, DARK, DARK)
        await pilot.pause()
        assert shown(pilot) == ["Now      ● rings  an agent", "If dark  ready"]
        sheet.facts = (NOW, long)
        await pilot.pause()
        assert shown(pilot)[-1].endswith("ready…")
