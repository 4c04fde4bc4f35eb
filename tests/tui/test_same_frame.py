"""What happens at one moment of a demo is seen in one frame: the dot, the countdown, and the way of a call."""

from typing import Any

from rich.console import Console
from textual._compositor import ChopsUpdate, LayoutUpdate

from tests.tui.demo import open_demo
from tests.tui.keys import board, program, running, table, until
from tests.tui.test_glass import Screen
from widgets.damage_tracking import DamageUpdate, ShownCells

CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)


async def test_a_phone_that_runs_out_changes_its_dot_the_countdown_and_the_way_together() -> None:
    demo = open_demo(tour=False)
    app = demo.app()
    terminal, frames, shown = Screen(), list[list[str]](), ShownCells()

    def lines() -> list[str]:
        width, height = app.size
        at = terminal.cells
        return ["".join(at.get((y, x), (" ",))[0] for x in range(width)) for y in range(height)]

    def record(screen: Any, renderable: Any) -> None:
        type(app)._display(app, screen, renderable)
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            terminal.write(DamageUpdate(renderable, shown).render_segments(CONSOLE))
            frames.append(lines())

    app._display = record  # type: ignore[method-assign]
    async with running(app, (140, 40)) as pilot:
        await until(pilot, lambda: board(pilot)._buildings is not None, "the buildings are there")
        demo.pbx.cut_power("Dallas")
        await demo.pass_time(pilot, 1)
        table(pilot).move_to("8006")
        await pilot.pause()
        while "○○" not in row(lines(), "8006 Referrals"):
            before = lines()
            frames.clear()
            await demo.pass_time(pilot, 5)
            await pilot.pause()
        assert "●" in row(before, "8006 Referrals")
        changed = next(frame for frame in frames if "○○" in row(frame, "8006 Referrals"))
        assert "nobody" in row(changed, "8006 Referrals")
        # The way, beside the table.
        assert not any("stranded" in line[line.rfind("│", 0, 120) :] for line in before[:12])
        assert any("stranded" in line for line in changed[4:12])
        # The countdown goes on to the next phone.
        assert left(row(changed, "Dallas")) > left(row(before, "Dallas")) - 5
        assert row(changed, "Dallas")[:30] != row(before, "Dallas")[:30]
        assert program(pilot).is_running


def row(frame: list[str], words: str) -> str:
    return next((line for line in frame if line.lstrip().startswith(words)), "")


def left(building: str) -> int:
    """The seconds until the next phone is offline, as a building's line has it."""
    minutes, _, seconds = building.partition("next phone in ")[2][:5].strip(" ·").partition(":")
    return 60 * int(minutes) + int(seconds[:2])
