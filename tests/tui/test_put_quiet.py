"""Putting something quiet at the board: with a reason, seen where it is, and ended again."""

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from queuewatch.alerts.quiet import Quiet
from screens.history.one_queue import HistoryScreen
from screens.put_quiet import PutQuiet
from screens.queue import QueueScreen
from tests.tui.keys import board, facts, painted, program, queues_shown, running, screen_is, status, table, until
from tests.tui.phone_system import open_office


async def ask(pilot: Pilot[None], key: str = "Z") -> PutQuiet:
    await until(pilot, lambda: program(pilot).session.alerts is not None, "alerts are read")
    await pilot.press(key)
    return await screen_is(pilot, PutQuiet)


def kept(pilot: Pilot[None]) -> tuple[Quiet, ...]:
    alerts = program(pilot).session.alerts
    assert alerts is not None
    return alerts.book.quiets()


async def test_what_reaches_nobody_is_put_quiet_with_a_reason_and_still_stands_on_top() -> None:
    async with running(open_office("harbor").app()) as pilot:
        order = queues_shown(pilot)
        dialog = await ask(pilot)
        options = dialog.query_one(OptionList)
        assert str(options.get_option_at_index(0).prompt) == "This queue until it recovers (at most 7 days)"
        await pilot.press("enter", "enter", "enter")
        assert program(pilot).screen is dialog, "it needs a reason"
        assert "needs a reason" in "\n".join(painted(program(pilot)))
        await pilot.press(*"gate", "enter", "enter", "enter")
        await until(pilot, lambda: bool(board(pilot).quiet), "it is quiet")
        (quiet,) = kept(pilot)
        assert (quiet.queue, quiet.reason, quiet.site) == (order[0], "gate", "")
        assert quiet.until_recovered
        assert status(pilot).startswith("Quiet: Yard Gate (8110), until it recovers, at most until")
        assert queues_shown(pilot) == order
        assert "8110 ☾ Yard Gate" in "\n".join(painted(program(pilot)))
        assert "gate" in facts(pilot, "#summary")["Quiet"]
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await until(
            pilot, lambda: any("☾ until it recovers" in line for line in painted(program(pilot))), "it is told"
        )
        dialog = await ask(pilot)
        assert str(dialog.query_one(OptionList).get_option_at_index(0).prompt).startswith(
            "End it: Yard Gate (8110)"
        )
        await pilot.press("down", "enter")
        await until(pilot, lambda: not board(pilot).quiet, "it is quiet no longer")
        assert kept(pilot)[0].ended is not None


async def test_a_window_for_a_site_is_planned_on_its_row() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("B")
        table(pilot).move_to(next(row.key for row in table(pilot).rows if "Houston" in row.key))
        dialog = await ask(pilot)
        dialog.query_one("#reason", Input).value = "new UPS"
        dialog.query_one("#until", Input).value = "2h..4h"
        options = dialog.query_one(OptionList)
        await until(pilot, lambda: options.option_count == 1, "one is offered")
        offered = [str(option.prompt) for option in options.options]
        assert offered[0].startswith("All of Houston (")
        assert " from " in offered[0]
        await pilot.press("down", "enter")
        await until(pilot, lambda: bool(kept(pilot)), "it is kept")
        (quiet,) = kept(pilot)
        assert (quiet.site, quiet.queue) == ("Houston", "")
        assert quiet.begins > program(pilot).connection.clock()
        assert not board(pilot).quiet, "it has not begun"


async def test_a_time_that_is_none_says_so_and_escape_puts_nothing_quiet() -> None:
    async with running(open_office().app(), (60, 16)) as pilot:
        dialog = await ask(pilot)
        dialog.query_one("#until", Input).value = "soon"
        said = "no time that can be read"
        await until(pilot, lambda: said in "\n".join(painted(program(pilot))), "it is said")
        assert dialog.query_one(OptionList).option_count == 0
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "it is left")
        assert kept(pilot) == ()


async def test_the_history_of_the_queue_tells_when_it_was_quiet_and_why() -> None:
    async with running(open_office("harbor").app(), (120, 30)) as pilot:
        await ask(pilot)
        await pilot.press(*"gate", "enter", "enter", "enter")
        await until(pilot, lambda: bool(board(pilot).quiet), "it is quiet")
        await pilot.press("i")
        await screen_is(pilot, HistoryScreen)
        await until(pilot, lambda: any("☾" in line for line in painted(program(pilot))), "it is told")
        assert any("gate." in line for line in painted(program(pilot)))


async def test_what_only_is_not_ready_is_put_quiet_so_that_an_outage_would_still_be_told() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("down")
        dialog = await ask(pilot)
        offered = [str(option.prompt) for option in dialog.query_one(OptionList).options]
        assert offered[0] == "Only “not ready” until it recovers (at most 7 days)"
        assert any(words.startswith("This queue until it recovers") for words in offered)
