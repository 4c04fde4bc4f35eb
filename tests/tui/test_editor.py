"""The editor of When Offline: what is typed, suggested and previewed. Nothing is written here."""

import re

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from screens.board.board import BoardScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from tests.tui.keys import facts, painted, program, running, screen_is, until
from tests.tui.phone_system import Office, open_office


async def open_editor(pilot: Pilot[None]) -> ForwardEditor:
    await pilot.press("e")
    return await screen_is(pilot, ForwardEditor)


async def type_in(pilot: Pilot[None], words: str) -> None:
    program(pilot).screen.query_one(Input).value = words
    await pilot.pause()


def suggested(pilot: Pilot[None]) -> list[tuple[str, str]]:
    """Kind and label of every suggestion."""
    shown = [str(option.prompt) for option in program(pilot).screen.query_one(OptionList).options]
    # Before the kind stands whether the queue would be ready with it.
    return [(kind, label) for kind, label in (re.split("  +", line[2:], maxsplit=1) for line in shown)]


async def test_it_begins_with_what_is_set_and_what_is_recommended() -> None:
    async with running(open_office().app()) as pilot:
        await open_editor(pilot)
        text = "\n".join(painted(program(pilot)))
        assert "When Offline of Front Desk (8000)" in text
        assert "Now: (214) 555-0100 · 12145550100" in text
        assert {kind for kind, _ in suggested(pilot)} >= {"queue", "auto attendant"}
        assert ("queue", "Front Desk (8000)") not in suggested(pilot)
        assert facts(pilot, "#preview") == {"": "Type, or choose one of the suggestions."}


async def test_letters_arrive_in_the_input_and_the_suggestions_follow() -> None:
    async with running(open_office().app()) as pilot:
        await open_editor(pilot)
        await pilot.press(*"hy")
        assert program(pilot).screen.query_one(Input).value == "hy"
        assert suggested(pilot)[0] == ("queue", "Hygiene Recall (8005)")


async def test_suggestions_come_by_kind() -> None:
    async with running(open_office().app()) as pilot:
        await open_editor(pilot)
        await type_in(pilot, "ana")
        assert ("user", "Ana Lopez (1001)") in suggested(pilot)
        assert ("voicemail", "voicemail of Ana Lopez (1001)") in suggested(pilot)
        await type_in(pilot, "(972) 555-0188")
        assert suggested(pilot) == [("cell or answering service", "(972) 555-0188")]
        await type_in(pilot, "nothing like it")
        assert suggested(pilot) == []


async def test_the_preview_changes_with_what_is_typed() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("down", "down")
        await open_editor(pilot)
        seen = {}
        for words in ("2815550199", "8112", "8105", "5551234", "nobody"):
            await type_in(pilot, words)
            seen[words] = facts(pilot, "#preview")
        assert seen["2815550199"]["Is written"] == "2815550199"
        assert seen["2815550199"]["If dark"].startswith("✔ ready  A call fails over to (281) 555-0199")
        assert seen["8112"]["If dark"].startswith("✔ ready  A call fails over to Reception (8112)")
        assert seen["8105"]["If dark"].startswith("✖ nobody: dead end")
        assert seen["5551234"]["? Not yet"].startswith("5551234 has 7 digits")
        assert seen["nobody"]["? Not yet"].startswith("“nobody” is no queue, user")


async def test_a_bad_destination_stays_and_says_why() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await open_editor(pilot)
        for words in ("", "555-1234", "zzz", "user 1"):
            await type_in(pilot, words)
            await pilot.press("enter")
            assert isinstance(program(pilot).screen, ForwardEditor), words
        assert "? Not yet" in facts(pilot, "#preview")
        assert office.written == []


async def test_a_suggestion_is_chosen_with_the_arrows() -> None:
    async with running(open_office().app()) as pilot:
        await open_editor(pilot)
        await type_in(pilot, "ana lo")
        first, second = suggested(pilot)[:2]
        await pilot.press("down")
        assert facts(pilot, "#preview")["Is written"] == "vmail_1001"
        await pilot.press("down")
        assert facts(pilot, "#preview")["Is written"] == "user_1001"
        await pilot.press("enter")
        screen = await screen_is(pilot, ConfirmChange)
        assert (first[0], second[0]) == ("voicemail", "user")
        assert screen.proposal.after == "Ana Lopez (1001) · user_1001"


async def leave(pilot: Pilot[None], office: Office, key: str) -> None:
    await open_editor(pilot)
    await pilot.press("9", "9", key)
    await screen_is(pilot, BoardScreen)
    assert office.written == []


async def test_leaving_it_changes_nothing() -> None:
    office = open_office()
    before = office.rule("8000").copy()
    async with running(office.app()) as pilot:
        await leave(pilot, office, "escape")
        assert office.rule("8000") == before


async def test_it_never_says_off_of_rules_that_are_not_read() -> None:
    office = open_office()
    office.line.hold("answerrules")
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: bool(program(pilot).session.state.snapshot.queues), "the queues are read")
        await open_editor(pilot)
        text = "\n".join(painted(program(pilot)))
        assert "Now: off" not in text
        assert "Now: not known, its answering rules have not been read yet" in text
        await type_in(pilot, "2815550199")
        assert facts(pilot, "#preview")["If dark"].startswith("? not known")
        office.line.release()
