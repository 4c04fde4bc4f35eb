"""A demo on the screen: the tour, the presenter's keys, and the line that says what happens."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import Connection, SwitchTarget
from screens.board.board import BoardScreen
from screens.board.tour import TourCard
from screens.choose_power import ChoosePower
from screens.drill.drill import DrillScreen
from screens.drill.sites import SitesScreen
from screens.editing.confirm_change import ConfirmChange
from tests.tui.demo import caption, open_demo
from tests.tui.keys import (
    board,
    facts,
    home,
    loaded,
    on_board,
    painted,
    program,
    queues_shown,
    resize,
    running,
    screen_is,
    status,
    table,
    until,
)
from tests.tui.phone_system import open_office
from widgets.bars import TopBar
from widgets.buildings import Buildings

Compare = Callable[..., bool]

CUT = "Demo · Power cut at Dallas: phones look connected until registrations run out."


def card(pilot: Pilot[None]) -> tuple[str, str]:
    """The tour's title, without its keys, and its text; empty when it is not shown."""
    found = pilot.app.screen_stack[0].query_one(TourCard)
    return (str(found.border_title).partition(" (")[0], str(found.content)) if found.display else ("", "")


async def test_the_demo_says_what_happens_as_it_happens() -> None:
    demo = open_demo(tour=False)
    async with running(demo.app()) as pilot:
        assert caption(pilot) == "Demo · All queues are answered; in an outage Referrals strands its callers."
        table(pilot).move_to("8000")
        await pilot.press("p")
        await until(pilot, lambda: caption(pilot) == CUT, "the power cut is told")
        await demo.pass_time(pilot, 91)
        assert caption(pilot) == "Demo · Front Desk fails over to (214) 555-0100."
        assert on_board(pilot, "8000")["now"] == "→ fails over"
        await pilot.press("p")
        await demo.pass_time(pilot, 1)
        assert caption(pilot) == "Demo · The power is back at Dallas: its phones register one after the other."


async def test_time_goes_faster_and_slower_and_the_caption_says_how_fast() -> None:
    demo = open_demo(tour=False)
    async with running(demo.app()) as pilot:
        await pilot.press("p", "plus", "greater_than_sign", "plus")
        await until(pilot, lambda: caption(pilot) == CUT.replace("Demo", "Demo ×10"), "the speed is told")
        assert status(pilot) == "Time goes 10 times as fast."
        await demo.pass_time(pilot, 9.2)
        assert caption(pilot) == "Demo ×10 · Front Desk fails over to (214) 555-0100."
        await pilot.press("minus", "less_than_sign", "minus", "minus")
        await until(pilot, lambda: status(pilot) == "Time goes at its own pace.", "it goes at its own pace")
        await demo.look(pilot)
        assert caption(pilot) == "Demo · Front Desk fails over to (214) 555-0100."


async def test_a_sample_that_stands_still_says_so() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("plus")
        await until(pilot, lambda: status(pilot) == "Time stands still in this sample.", "it is said")
        await pilot.press("n", "T")
        assert not pilot.app.screen.query(TourCard)


async def test_a_real_phone_system_has_no_presenters_keys() -> None:
    async with running(open_office(real=True).app()) as pilot:
        keys = {one.binding.id for one in pilot.app.screen.active_bindings.values()}
        assert not {"demo.power", "demo.faster", "tour.next", "tour.toggle"} & keys
        offered = {command.title for command in program(pilot).get_system_commands(pilot.app.screen)}
        assert not {"Power", "Faster", "Tour"} & offered


async def test_the_tour_goes_on_by_itself_when_what_it_asks_for_is_done() -> None:
    demo = open_demo()
    async with running(demo.app()) as pilot:
        title, text = card(pilot)
        assert title == "Tour 1 of 7: What the board says"
        assert text.endswith("Worst first. Referrals would strand its callers.")
        await pilot.press("n", "n")
        assert card(pilot)[0] == "Tour 3 of 7: Cut the power"
        assert card(pilot)[1].startswith("Press p: Dallas loses its power")
        await pilot.press("p")
        await until(pilot, lambda: card(pilot)[0] == "Tour 4 of 7: Watch it happen", "the power is cut")
        await demo.pass_time(pilot, 115)
        assert card(pilot)[0] == "Tour 5 of 7: Put it right with two keys"
        assert "r and then y set it to Yes" in card(pilot)[1]
        table(pilot).move_to("8006")
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await screen_is(pilot, BoardScreen)
        await until(pilot, lambda: card(pilot)[0] == "Tour 6 of 7: Prove it with a call", "it is put right")
        referrals = "Demo · Referrals fails over to (214) 555-0100."
        await until(pilot, lambda: caption(pilot) == referrals, "that is told")
        await pilot.press("n")
        assert card(pilot)[0] == "Tour 7 of 7: Look around"
        await pilot.press("n")
        assert card(pilot) == ("", "")


async def test_the_tour_goes_on_with_what_is_done_in_whatever_order() -> None:
    async with running(open_demo().app()) as pilot:
        # Put right before anything else: what is left is asked for next, and this is not asked for any more.
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await until(pilot, lambda: card(pilot)[0] == "Tour 3 of 7: Cut the power", "the power is asked for")
        await pilot.press("p")
        await until(pilot, lambda: card(pilot)[0] == "Tour 4 of 7: Watch it happen", "the power is cut")


async def test_what_has_no_power_stands_on_top_and_one_key_gives_it_back() -> None:
    demo = open_demo(tour=False)
    async with running(demo.app()) as pilot:
        table(pilot).move_to("8003")
        await pilot.press("p")
        await until(pilot, lambda: board(pilot).query_one(TopBar).badge == "NO POWER Austin", "it is said")
        assert demo.pbx.powered_off == {"Austin"}
        await until(pilot, lambda: board(pilot).query_one(Buildings).rows[0].key == "Austin", "it is on top there")
        await pilot.press("home")
        dark = [queue for queue in queues_shown(pilot) if on_board(pilot, queue)["site"] == "Austin"]
        assert queues_shown(pilot)[: len(dark)] == dark != []
        # The cursor is on a queue of Dallas; what is out comes back all the same.
        table(pilot).move_to("8000")
        await pilot.press("p")
        await demo.pass_time(pilot, 1)
        await until(pilot, lambda: board(pilot).query_one(TopBar).badge == "", "it is over")
        assert demo.pbx.powered_off == frozenset()
        await pilot.press("home")
        assert queues_shown(pilot)[0] == "8006"


async def test_where_it_is_unclear_whose_power_is_meant_it_is_asked() -> None:
    demo = open_demo(tour=False)
    async with running(demo.app()) as pilot:
        commands = {command.title: command for command in program(pilot).get_system_commands(pilot.app.screen)}
        for site in ("Dallas", "Austin"):
            commands[f"Cut the power at {site}"].callback()
        assert demo.pbx.powered_off == {"Austin", "Dallas"}
        await pilot.press("p")
        await screen_is(pilot, ChoosePower)
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)
        assert demo.pbx.powered_off == {"Austin", "Dallas"}
        await pilot.press("p")
        await screen_is(pilot, ChoosePower)
        await pilot.press("down", "enter")
        await screen_is(pilot, BoardScreen)
        assert demo.pbx.powered_off == {"Austin"}


async def test_the_tour_is_put_away_by_one_key_and_comes_back() -> None:
    async with running(open_demo().app()) as pilot:
        await pilot.press("n")
        for away, back in (("escape", "T"), ("ctrl+t", "ctrl+t")):
            await pilot.press(away)
            assert card(pilot) == ("", "")
            await pilot.press(back)
            assert card(pilot)[0] == "Tour 2 of 7: The colours of the agents"
        await pilot.press("backspace", "b")
        assert card(pilot)[0] == "Tour 1 of 7: What the board says"
        # The filter is cleared first: who types there has forgotten the tour.
        await pilot.press("slash", *"aus", "enter", "escape")
        assert card(pilot)[0] == "Tour 1 of 7: What the board says"


async def test_a_card_that_is_done_can_be_read_again() -> None:
    demo = open_demo()
    async with running(demo.app()) as pilot:
        await pilot.press("n", "n", "p")
        await until(pilot, lambda: card(pilot)[0].startswith("Tour 4"), "the power is cut")
        await pilot.press("backspace")
        await demo.pass_time(pilot, 5)
        assert card(pilot)[0] == "Tour 3 of 7: Cut the power"


async def test_every_key_of_the_board_goes_on_working_beside_the_tour() -> None:
    async with running(open_demo().app()) as pilot:
        await pilot.press("down")
        assert table(pilot).cursor_key == "8000"
        await pilot.press("s")
        assert status(pilot) == "Sorted by name."
        assert card(pilot)[0].startswith("Tour 1")


async def test_a_company_with_nothing_to_put_right_has_no_card_for_it() -> None:
    async with running(open_demo("riverside").app()) as pilot:
        assert card(pilot) == (
            "Tour 1 of 6: What the board says",
            "Each line is a call queue: what happens to a call now, and what if its building went dark.",
        )


async def test_no_tour_unless_it_is_wanted() -> None:
    async with running(open_demo(tour=False).app()) as pilot:
        assert card(pilot) == ("", "")
        await pilot.press("T")
        assert card(pilot)[0].startswith("Tour 1")


async def test_the_tour_tells_the_keys_of_the_users_own_keymap() -> None:
    async with running(open_demo().app()) as pilot:
        pilot.app.set_keymap({"demo.power": "x", "tour.next": "m"})
        await pilot.press("m", "m")
        assert card(pilot)[1].startswith("Press x: Dallas loses its power")


async def test_the_tour_comes_and_goes_with_the_demo() -> None:
    def acme() -> Connection:
        return replace(open_office(real=True).connection, switch_targets=lambda: (to_demo,))

    def demo() -> Connection:
        return replace(open_demo().connection, switch_targets=lambda: (to_acme,))

    to_demo = SwitchTarget("demo", "lakeside.example", "the demo", demo)
    to_acme = SwitchTarget("acme", "acme.example", "acme", acme)
    async with running(QueuewatchApp(to_acme.connect())) as pilot:
        for title, tours in (("Switch to the demo", 1), ("Switch to acme", 0), ("Switch to the demo", 1)):
            commands = {one.title: one for one in program(pilot).get_system_commands(pilot.app.screen)}
            commands[title].callback()
            await until(pilot, lambda tours=tours: len(pilot.app.screen.query(TourCard)) == tours, title)  # type: ignore[misc]
            await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        await until(pilot, lambda: card(pilot)[0].startswith("Tour 1"), "the tour is shown")


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_every_card_leaves_the_queues_to_be_seen(size: tuple[int, int]) -> None:
    async with running(open_demo().app()) as pilot:
        await resize(pilot, *size)
        for _ in range(6):
            assert pilot.app.screen.query_one(TourCard).size.height <= 4
            await until(pilot, lambda: table(pilot).size.height >= 8, "the queues are seen")
            await pilot.press("n")


def with_everything(*keys: str) -> Callable[[Pilot[None]], object]:
    async def prepare(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        await pilot.press(*keys)
        await pilot.pause()

    return prepare


async def test_every_card_of_the_tour_is_whole_on_the_smallest_terminal() -> None:
    async with running(open_demo().app(), (60, 16)) as pilot:
        for _ in range(7):
            ending = " ".join(card(pilot)[1].split()[-3:])

            def is_seen(ending: str = ending) -> bool:
                return ending in " ".join(" ".join(painted(program(pilot))).split())

            await until(pilot, is_seen, f"{ending!r} is seen")
            await pilot.press("n")
        assert card(pilot) == ("", "")


async def test_where_two_lines_are_seen_of_a_queue_they_tell_what_to_do() -> None:
    async with running(open_demo().app(), (60, 16)) as pilot:
        lines = [line.rstrip() for line in painted(program(pilot))]
        told = next(place for place, line in enumerate(lines) if line.startswith(" Mend it"))
        assert lines[told : told + 2] == [
            " Mend it    r  Require Agents Yes: then a call fails over",
            "            to (214) 555-0100 ✔",
        ]
        await resize(pilot, 60, 40)
        await until(pilot, lambda: next(iter(facts(pilot, "#summary"))) == "Now", "with room, what is comes first")


def test_picture_of_the_tour(snap_compare: Compare) -> None:
    assert snap_compare(open_demo().app(), run_before=with_everything())


async def test_how_fast_time_goes_is_told_on_every_screen_once() -> None:
    demo = open_demo()
    async with running(demo.app(), (140, 40)) as pilot:
        await pilot.press("plus")
        await demo.look(pilot)
        for keys, screen in ((), BoardScreen), (("d", "enter"), DrillScreen), (("D",), SitesScreen):
            await pilot.press(*keys)
            await screen_is(pilot, screen)
            await until(pilot, lambda: "\n".join(painted(pilot.app)).count("×2") == 1, "it is told")
            await home(pilot)
