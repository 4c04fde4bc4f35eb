"""The palette finds every queue, agent, number and site by name, and shows the actions with their keys."""

import pytest
from msgspec.structs import replace
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from queuewatch.connection.connection import SwitchTarget
from queuewatch.failover.model import Queue
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.polling.state import LiveState
from screens.palette import MOST, Entry, found
from screens.queue import QueueScreen
from tests.failover.build import agents, office
from tests.tui.keys import board, painted, program, queues_shown, running, screen_is, status, until
from tests.tui.phone_system import open_office
from widgets.queue_rows import OutcomeFilter, Sort, matches


async def search(pilot: Pilot[None], words: str, expected: str) -> list[str]:
    """Open the palette, type, and give what is offered, with what is expected on top."""
    await pilot.press("ctrl+p")
    palette = await screen_is(pilot, CommandPalette)
    palette.query_one(Input).value = words
    offered = palette.query_one(OptionList)

    def on_top() -> bool:
        first = str(offered.get_option_at_index(0).prompt) if offered.option_count else ""
        return offered.highlighted == 0 and first.startswith(expected)

    await until(pilot, on_top, f"{expected} is found")
    return [str(option.prompt) for option in offered.options]


async def test_a_queue_is_opened_by_a_word_of_its_name_from_any_screen() -> None:
    async with running(open_office("harbor").app(), (100, 30)) as pilot:
        await pilot.press("a")
        (only,) = await search(pilot, "container", "Container Yard")
        assert only.splitlines() == [
            "Container Yard (8113)",
            "Queue: now rings, if dark nobody · Galveston. Opens it.",
        ]
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        assert screen.chosen is not None
        assert screen.chosen.extension == "8113"
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the board is below")
        assert board(pilot).chosen is not None
        assert board(pilot).chosen.extension == "8113"  # type: ignore[union-attr]


async def test_an_agent_leads_to_the_queues_that_one_is_in() -> None:
    async with running(open_office("harbor").app(), (100, 30)) as pilot:
        await pilot.press("B", "B")
        assert board(pilot).shown == (), "all is folded away"
        (only,) = await search(pilot, "chloé", "Chloé Martin")
        assert only.splitlines()[0] == "Chloé Martin"
        assert "in Bookings and Tracking" in only
        await pilot.press("enter")
        await until(pilot, lambda: set(board(pilot).shown) == {"8102", "8103"}, "they are shown")
        assert "esc shows all" in status(pilot).casefold()


async def test_a_number_says_where_it_leads_and_a_site_shows_its_queues() -> None:
    async with running(open_office("lakeside").app(), (100, 30)) as pilot:
        (only,) = await search(pilot, "214-555-0111", "(214) 555-0111")
        assert only.splitlines()[1] == "Number: it leads to Appointments (8001). Opens the queue."
        await pilot.press("escape")
        offered = await search(pilot, "austin site", "Austin")
        assert offered[0].splitlines() == ["Austin", "Site: 2 queues. Shows the board with them."]
        await pilot.press("enter")
        await until(pilot, lambda: set(queues_shown(pilot)) == {"8003", "8005"}, "they are shown")


async def test_a_number_that_calls_are_forwarded_to_is_found_with_the_queues_that_hang_on_it() -> None:
    async with running(open_office("lakeside").app(), (100, 30)) as pilot:
        (only,) = await search(pilot, "512-555-0140", "(512) 555-0140")
        assert only.splitlines()[1] == "Number: When Offline of Austin Front Desk (8003). Opens the queue."
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        assert screen.chosen is not None
        assert screen.chosen.extension == "8003"
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the board is back")
        await search(pilot, "5550100", "(214) 555-0100")
        await pilot.press("enter")
        both = "(214) 555-0100: When Offline of Front Desk (8000) and Referrals (8006)."
        await until(pilot, lambda: status(pilot) == both, "who hangs on it is told")


async def test_keys_stand_beside_actions_and_orders_are_found() -> None:
    async with running(open_office().app(), (100, 30)) as pilot:
        assert (await search(pilot, "audit", "Audit"))[0].splitlines()[0] == "Audit  a, f12"
        await pilot.press("escape")
        await search(pilot, "sort by waiting", "Sort by waiting")
        await pilot.press("enter")
        await until(pilot, lambda: board(pilot).sort is Sort.WAITING, "it is sorted")
        await search(pilot, "only uncertain", "Only uncertain")
        await pilot.press("enter")
        await until(pilot, lambda: board(pilot).only is OutcomeFilter.UNCERTAIN, "it is filtered")


def entry(label: str, found_by: str = "") -> Entry:
    return Entry(label, "", (found_by or label).casefold(), lambda: None)


def test_all_words_count_the_beginning_comes_first_and_there_is_an_end() -> None:
    some = [entry("North Sales"), entry("Sales"), entry("Bales sal"), entry("Wholesales")]
    assert [one.label for _, one in found(some, "sales")] == ["Sales", "North Sales", "Wholesales"]
    assert [one.label for _, one in found(some, "sales north")] == ["North Sales"]
    assert len(list(found([entry(f"Sales {n}") for n in range(500)], "sales"))) == MOST


@pytest.mark.parametrize("words", ["[/]", "[red]", "$title"])
async def test_names_are_never_markup(words: str) -> None:
    sample = load_sample("harbor")
    first, *others = sample.callqueues
    office = open_office(replace(sample, callqueues=({**first, "description": f"{words} x"}, *others)))
    async with running(office.app(), (100, 30)) as pilot:
        await search(pilot, f"{words} x", f"{words} x")
        assert any(f"{words} x (8100)" in line for line in painted(program(pilot)))


async def test_the_name_of_another_profile_is_shown_whole() -> None:
    there = SwitchTarget("other", "other.example", "Ring [front] desk", lambda: open_office().connection)
    office = open_office()
    office.connection = replace(office.connection, switch_targets=lambda: (there,))
    async with running(office.app(), (100, 30)) as pilot:
        await search(pilot, "switch front", "Switch to Ring [front] desk")


def test_whoever_is_meant_by_an_id_is_meant_alone() -> None:
    snapshot = office(Queue("8000"), Queue("8001"), agents=[*agents(["green"], "8000"), *agents(["grey"], "8001")])
    (first,), (second,) = snapshot.agents_of("8000"), snapshot.agents_of("8001")
    two = {"8000": (replace(first, id="1@x", name="Ana"),), "8001": (replace(second, id="2@x", name="Ana"),)}
    live_state = LiveState(replace(snapshot, agents=two), {})

    def shown(words: str) -> list[str]:
        return [extension for extension, queue in snapshot.queues.items() if matches(live_state, queue, words)]

    assert (shown("ana"), shown("2@x")) == (["8000", "8001"], ["8001"])
