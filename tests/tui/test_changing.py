"""The two edits from the key to the phone system and back."""

from copy import deepcopy

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from screens.board.board import BoardScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import board, facts, on_board, program, queues_shown, running, screen_is, status, table, until
from tests.tui.phone_system import Office, open_office
from widgets.bars import StatusLine

OFFLINE = "forward-when-unregistered"
REQUIRE = "callqueue-require-available-agents-to-accept-new-callers"
RULE = "/ns-api/v2/domains/lakeside.example/users/8000/answerrules/*"
QUEUE = "/ns-api/v2/domains/lakeside.example/callqueues/8000"


async def choose(pilot: Pilot[None], words: str) -> ConfirmChange:
    """Open the editor, type a destination and submit it."""
    await pilot.press("e")
    (await screen_is(pilot, ForwardEditor)).query_one(Input).value = words
    await pilot.press("enter")
    return await screen_is(pilot, ConfirmChange)


async def told(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: words in status(pilot), f"the status line says: {words}")


async def test_when_offline_from_key_to_phone_system_and_back() -> None:
    office = open_office()
    before = deepcopy(office.rule("8000"))
    async with running(office.app()) as pilot:
        await pilot.press("e")
        await screen_is(pilot, ForwardEditor)
        await pilot.press(*"9725550188", "enter")
        await screen_is(pilot, ConfirmChange)
        assert facts(pilot, "FactSheet") == {
            "Setting": "(214) 555-0100 · 12145550100  →  (972) 555-0188 · 9725550188",
            "Now": "● rings  →  ● rings",
            "If dark": "✔ ready  →  ✔ ready",
            "": "A call fails over to (972) 555-0188: every agent is Grey, so When Offline takes the call.",
        }
        assert office.written == []
        await pilot.press("y")
        await told(pilot, "is now (972) 555-0188 · 9725550188 · u takes it back (confirmed).")
        assert isinstance(program(pilot).screen, BoardScreen)
        await until(pilot, lambda: on_board(pilot, "8000")["offline"] == "(972) 555-0188", "the board shows it")
    assert office.written == [("PUT", RULE)]
    after = office.rule("8000")
    assert after[OFFLINE] == {"enabled": "yes", "parameters": ["9725550188"]}
    assert {key: after[key] for key in after if key != OFFLINE} == {
        key: before[key] for key in before if key != OFFLINE
    }


@pytest.mark.parametrize(
    "quirks", [Quirks(puts="replace", empty_202=True), Quirks(write_delay_reads=3, spelling="spec")]
)
async def test_other_servers_take_it_as_well(quirks: Quirks) -> None:
    office = open_office(quirks=quirks)
    before = deepcopy(office.rule("8000"))
    async with running(office.app()) as pilot:
        await choose(pilot, "Hygiene Recall")
        await pilot.press("y")
        await told(pilot, "confirmed")
    assert office.rule("8000") == {**before, OFFLINE: {"enabled": "yes", "parameters": ["queue_8005"]}}


@pytest.mark.parametrize("key", ["ctrl+o", "f9"])
async def test_switching_off(key: str) -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("e")
        await screen_is(pilot, ForwardEditor)
        await pilot.press(key)
        await screen_is(pilot, ConfirmChange)
        assert facts(pilot, "FactSheet")["If dark"] == "✔ ready  →  ✖ nobody: lost"
        await pilot.press("y")
        await told(pilot, "is now off · u takes it back (confirmed)")
        await until(pilot, lambda: on_board(pilot, "8000")["dark"] == "✖ nobody: lost", "the board shows it")
    forward = office.rule("8000")[OFFLINE]
    assert isinstance(forward, dict)
    assert forward["enabled"] == "no"


async def test_require_agents_there_and_back() -> None:
    office = open_office()
    before = deepcopy(office.pbx.floor.queues["8000"])
    async with running(office.app()) as pilot:
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        assert facts(pilot, "FactSheet")["Setting"] == "Yes  →  No"
        assert facts(pilot, "FactSheet")["If dark"] == "✔ ready  →  ✖ nobody: stranded"
        assert "! Note" in facts(pilot, "FactSheet")
        await pilot.press("y")
        await told(pilot, "of Front Desk (8000) is now No · u takes it back (confirmed).")
        await until(pilot, lambda: on_board(pilot, "8000")["require"] == "No", "the board shows it")
        assert office.pbx.floor.queues["8000"] == {**before, REQUIRE: "no"}
        assert table(pilot).cursor_key == "8000"
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await told(pilot, "is now Yes")
    assert office.written == [("PUT", QUEUE), ("PUT", QUEUE)]
    assert office.pbx.floor.queues["8000"] == before


async def test_the_detail_screen_changes_its_own_queue() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await choose(pilot, "9725550188")
        await pilot.press("y")
        await told(pilot, "confirmed")
        assert isinstance(program(pilot).screen, QueueScreen)
        await until(
            pilot, lambda: facts(pilot, "#settings")["When Offline"].startswith("(972) 555-0188"), "it is shown"
        )


async def test_what_is_set_already_asks_nothing() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("e")
        (await screen_is(pilot, ForwardEditor)).query_one(Input).value = "12145550100"
        await pilot.press("enter")
        await told(pilot, "When Offline of the Default answering rule of Front Desk (8000) is")
        assert "already" in status(pilot)
    assert office.written == []


async def leaving(pilot: Pilot[None], office: Office, how: str) -> None:
    await choose(pilot, "9725550188")
    if how == "button":
        await pilot.click("#cancel")
    else:
        await pilot.press(how)
    await screen_is(pilot, BoardScreen)
    await told(pilot, "Nothing was changed.")
    assert office.written == []


async def test_every_way_of_leaving_it_writes_nothing() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        # The button that has the keys at first is the harmless one, so enter leaves it as well.
        for how in ("escape", "n", "button", "enter"):
            await leaving(pilot, office, how)


async def test_the_button_that_changes_it() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await choose(pilot, "9725550188")
        await pilot.press("right")
        assert program(pilot).screen.query_one("#confirm", Button).has_focus
        await pilot.press("enter")
        await told(pilot, "confirmed")
    assert office.written == [("PUT", RULE)]


async def test_a_loop_needs_the_word_twice() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await choose(pilot, "8000")
        assert facts(pilot, "FactSheet")["✖ Stop"] == "It comes back to Front Desk (8000): a loop."
        button = program(pilot).screen.query_one("#confirm", Button)
        assert str(button.label) == "Change it all the same (y)"
        await pilot.press("y")
        assert isinstance(program(pilot).screen, ConfirmChange)
        assert str(button.label) == "Yes, really (y)"
        assert office.written == []
        await pilot.press("escape")
        await told(pilot, "Nothing was changed.")
        assert office.written == []
        await choose(pilot, "8000")
        await pilot.press("y", "y")
        await told(pilot, "confirmed")
    assert office.written == [("PUT", RULE)]


async def test_what_somebody_else_changed_since_is_shown() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("e")
        office.rule("8000")[OFFLINE] = {"enabled": "yes", "parameters": ["12145550177"]}
        (await screen_is(pilot, ForwardEditor)).query_one(Input).value = "9725550188"
        await pilot.press("enter")
        await screen_is(pilot, ConfirmChange)
        assert facts(pilot, "FactSheet")["? Changed"].startswith(
            "Since you looked: When Offline was (214) 555-0100"
        )
        assert "(214) 555-0177" in facts(pilot, "FactSheet")["Setting"]


async def test_what_somebody_else_changes_while_it_is_confirmed_stops_the_change() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await choose(pilot, "9725550188")
        office.rule("8000")[OFFLINE] = {"enabled": "yes", "parameters": ["12145550177"]}
        await pilot.press("y")
        await told(pilot, "was not changed: somebody changed it (12145550100 → 12145550177) in the meantime.")
    assert office.written == []


@pytest.mark.parametrize(
    ("quirks", "fault", "words"),
    [
        (
            Quirks(ignore_writes=True),
            None,
            "was accepted as (972) 555-0188 · 9725550188, but reading back still shows",
        ),
        (Quirks(spoils_other_block=True), None, "forward-on-active (no → yes · vmail_8000) changed as well"),
        (None, Fault("answerrules", FaultKind.STATUS, 1, 403, method="PUT"), "was not changed"),
        (None, Fault("answerrules", FaultKind.PAGE, None, 502, method="PUT"), "was changed is not known:"),
    ],
)
async def test_what_goes_wrong_is_told_as_it_is(quirks: Quirks | None, fault: Fault | None, words: str) -> None:
    office = open_office(quirks=quirks)
    async with running(office.app()) as pilot:
        if fault is not None:
            office.faults.append(fault)
        await choose(pilot, "9725550188")
        await pilot.press("y")
        await told(pilot, words)


async def test_a_line_that_is_cut_before_the_change_changes_nothing() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        office.line.cut = True
        await pilot.press("r")
        await told(pilot, "Nothing was changed: localhost refused the connection")
        assert isinstance(program(pilot).screen, BoardScreen)


async def test_a_change_is_told_about_even_if_its_screen_is_left() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await choose(pilot, "9725550188")
        office.line.hold("answerrules")
        await pilot.press("y")
        await told(pilot, "Changing When Offline")
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)
        assert office.written == []
        office.line.release()
        await told(pilot, "confirmed")


async def test_a_second_change_does_not_cut_the_first_one_short() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        office.line.hold("callqueues/8000")
        await pilot.press("y")
        await told(pilot, "Changing Require Agents")
        await pilot.press("e")
        await screen_is(pilot, ForwardEditor)
        office.line.release()
        await until(pilot, lambda: len(office.written) == 1, "it is written")
        await pilot.press("escape")
        await told(pilot, "of Front Desk (8000) is now No · u takes it back (confirmed).")


async def test_a_changed_queue_stays_under_the_cursor_and_in_its_place_until_the_cursor_leaves() -> None:
    async with running(open_office("lakeside").app()) as pilot:
        assert table(pilot).cursor_key == queues_shown(pilot)[0] == "8006"
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await pilot.press("y")
        await until(pilot, lambda: on_board(pilot, "8006")["dark"] == "✔ ready", "it is put right")
        assert queues_shown(pilot)[0] == table(pilot).cursor_key == "8006"
        # The same key again is about the same queue.
        await pilot.press("r")
        assert (await screen_is(pilot, ConfirmChange)).proposal.queue.extension == "8006"
        await pilot.press("n")
        await screen_is(pilot, BoardScreen)
        # Once the cursor leaves, it takes its place, and the cursor is on the one that stood below.
        below = queues_shown(pilot)[1]
        await pilot.press("j")
        assert queues_shown(pilot)[-1] != below == table(pilot).cursor_key
        assert queues_shown(pilot)[0] != "8006"


@pytest.mark.parametrize("key", ["r", "e", "w", "y", "i", "enter", "p"])
async def test_every_key_about_a_queue_places_the_cursor_on_it(key: str) -> None:
    async with running(open_office("lakeside").app()) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: table(pilot).held == "8006", "its row stays where it is")


async def test_what_was_told_leaves_and_what_goes_on_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("widgets.bars.LEAVES_AFTER", 0.05)
    monkeypatch.setattr("widgets.bars.LEAVES_LATE", 0.05)
    async with running(open_office().app()) as pilot:
        for good in (None, True, False):
            board(pilot).say("Sorted by name.", good=good)
            await until(pilot, lambda: status(pilot) == "", "it has left")
        # No timer is left behind by what is still going on, nor by what a screen says at rest.
        line = board(pilot).query_one(StatusLine)
        board(pilot).say("Reading again…")
        assert line._leaving is None
        await pilot.press("w")
        what_if = await screen_is(pilot, WhatIfScreen)
        what_if.say("Taken back.")
        await until(pilot, lambda: status(pilot) == what_if.RESTING != "", "what stands there otherwise is there")
        assert what_if.query_one(StatusLine)._leaving is None


async def test_nobody_leaves_the_first_of_two_changes_without_a_word() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        app = program(pilot)

        async def begin(queue: str) -> None:
            table(pilot).move_to(queue)
            await pilot.press("r")
            await screen_is(pilot, ConfirmChange)
            office.line.hold("callqueues/8000")
            await pilot.press("y")
            await screen_is(pilot, BoardScreen)

        await begin("8000")
        await until(pilot, lambda: app.is_changing, "the first is held up")
        await begin("8001")
        await told(pilot, "Require Agents of Appointments (8001) is now")
        assert app.is_changing
        await pilot.press("q")
        await told(pilot, "press again to leave")
        office.line.release()
        await until(pilot, lambda: not app.is_changing, "it was made")
        # Who stayed is asked anew.
        await begin("8000")
        await until(pilot, lambda: app.is_changing, "a third is held up")
        await pilot.press("q")
        await told(pilot, "press again to leave")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running, "it is left")
