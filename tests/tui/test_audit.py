"""The audit's screen: what is wrong, worst first, and the way to put it right."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Suppression
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from screens.audit import AuditScreen, ExplainScreen
from screens.board.board import BoardScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from screens.queue import QueueScreen
from tests.tui.keys import banner, facts, painted, program, resize, running, screen_is, status, table, until, words
from tests.tui.phone_system import only, open_office
from widgets.bars import TopBar
from widgets.line_table import LineTable


def shown(pilot: Pilot[None]) -> list[tuple[str, str]]:
    """Code and queue of each row, from the top."""
    rows = findings(pilot).rows
    return [(words[0], words[1] if len(words) == 3 else "") for words in (row.key.split() for row in rows)]


def findings(pilot: Pilot[None]) -> LineTable:
    return program(pilot).screen.query_one("#findings", LineTable)


async def open_audit(pilot: Pilot[None], finding: str = "") -> AuditScreen:
    """The audit, with the cursor on a finding such as ``QW103 8102``."""
    await pilot.press("a")
    screen = await screen_is(pilot, AuditScreen)
    if finding:
        findings(pilot).move_to(f"{finding} 1")
        await until(pilot, lambda: screen.finding is not None and finding.startswith(screen.finding.code), finding)
    return screen


async def test_every_finding_of_the_domain_worst_first() -> None:
    async with running(open_office("harbor").app()) as pilot:
        screen = await open_audit(pilot)
        snapshot = program(pilot).session.state.snapshot
        assert shown(pilot) == [(one.code, one.queue) for one in audit(snapshot)]
        assert screen.query_one(TopBar).right.startswith("12 errors, 6 warnings, 15 info")
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)


async def test_what_stands_beside_the_findings_cuts_nothing_of_them() -> None:
    async with running(open_office("lakeside").app(), (100, 30)) as pilot:
        await open_audit(pilot)
        whole = "Require Agents is No while a When Offline is set"
        for width in (100, 132, 140, 200):
            await resize(pilot, width, 30)
            seen = any("QW101" in line and whole in line for line in painted(pilot.app))
            assert seen, width


async def test_from_one_queue_only_its_own() -> None:
    async with running(open_office("harbor").app()) as pilot:
        table(pilot).move_to("8108")
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await open_audit(pilot)
        assert [code for code, _ in shown(pilot)] == ["QW109", "QW106", "QW119"]
        assert program(pilot).screen.query_one(TopBar).left == "Audit · Night Line (8108)"
        await pilot.press("left")
        await screen_is(pilot, QueueScreen)


async def test_the_finding_under_the_cursor_is_told_in_full() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await open_audit(pilot, "QW109 8108")
        told = facts(pilot, "#finding")
        assert told["Why"].startswith("✖ error  When Offline names (281) 555-0151")
        assert told["Command"] == "queuewatch when-offline 8108 2815550151"
        assert told["Enter"] == "sets When Offline of Night Line (8108)."
        assert CODES["QW109"].what in told["QW109"]


@pytest.mark.parametrize(
    ("finding", "leads_to"),
    [
        ("QW102 8101", ForwardEditor),
        ("QW101 8100", ConfirmChange),
        ("QW116 8114", QueueScreen),
    ],
)
async def test_enter_goes_to_the_fix(finding: str, leads_to: type[Screen[Any]]) -> None:
    async with running(open_office("harbor").app()) as pilot:
        await open_audit(pilot, finding)
        await pilot.press("enter")
        screen = await screen_is(pilot, leads_to)
        if isinstance(screen, QueueScreen):
            assert screen.chosen is not None
            assert screen.chosen.extension == "8114"
        await pilot.press("escape")
        await screen_is(pilot, AuditScreen)


async def test_a_finding_of_the_domain_says_what_to_do() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await pilot.press("a")
        screen = await screen_is(pilot, AuditScreen)
        findings(pilot).move_to("QW111  1")
        await pilot.press("enter")
        await until(
            pilot, lambda: status(pilot).startswith("Give some of these queues another backup"), "it is said"
        )
        assert screen.chosen is None


async def test_what_was_put_right_stays_under_the_cursor_until_it_leaves() -> None:
    office = open_office("harbor")
    async with running(office.app()) as pilot:
        screen = await open_audit(pilot, "QW101 8100")
        await pilot.press("enter")
        await screen_is(pilot, ConfirmChange)
        below = screen.query_one(LineTable)
        place, found = below.cursor, len(below.rows)
        await pilot.press("y")
        await screen_is(pilot, AuditScreen)
        await until(pilot, lambda: screen.finding is None, "it is not found any more")
        assert (findings(pilot).cursor, len(findings(pilot).rows)) == (place, found)
        assert "cleared" in words(findings(pilot).rows[place].cells[0])
        assert "confirmed" in status(pilot)
        # Pressed once more, nothing else is put right.
        await pilot.press("enter")
        assert pilot.app.screen is screen
        assert "not found any more" in status(pilot)
        await pilot.press("j")
        await until(pilot, lambda: len(findings(pilot).rows) == found - 1, "the finding is gone")
        assert ("QW101", "8100") not in shown(pilot)
        assert findings(pilot).cursor == place


async def test_nothing_is_audited_anew_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(open_office("harbor").app()) as pilot:
        await open_audit(pilot)
        monkeypatch.setattr("screens.audit.audit", lambda *_, **__: pytest.fail("audited anew"))
        before = program(pilot).session.state
        await pilot.press("f5")
        await until(pilot, lambda: program(pilot).session.state is not before, "it is read again")
        await pilot.pause()


async def test_the_whole_story_of_a_code() -> None:
    async with running(open_office("harbor").app()) as pilot:
        await open_audit(pilot, "QW105 8107")
        for key, leave in (("E", "escape"), ("f3", "q")):
            await pilot.press(key)
            screen = await screen_is(pilot, ExplainScreen)
            assert screen.code is CODES["QW105"]
            assert "QW105 same-fate" in "\n".join(painted(program(pilot)))
            await pilot.press(leave)
            await screen_is(pilot, AuditScreen)


async def test_the_filter_takes_words_codes_and_severities() -> None:
    async with running(open_office("harbor").app()) as pilot:
        screen = await open_audit(pilot)
        everything = shown(pilot)
        for words, expected in {
            "loop": [("QW103", "8102"), ("QW103", "8103"), ("QW110", "8104")],
            "warning galveston": [("QW120", "8105"), ("QW105", "8107")],
            "qw116": [("QW116", "8114")],
            "harbor.example": [("QW111", "")],
        }.items():
            await pilot.press("slash")
            screen.query_one("#filter", Input).value = words
            await until(pilot, lambda expected=expected: shown(pilot) == expected, words)  # type: ignore[misc]
        screen.query_one("#filter", Input).value = "zzz"
        await until(pilot, lambda: "No finding matches “zzz”" in painted(program(pilot))[3], "none matches")
        await pilot.press("escape")
        await until(pilot, lambda: shown(pilot) == everything, "the filter is empty")
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)


async def test_what_is_still_being_read_is_not_missing() -> None:
    office = open_office()
    office.line.hold("answerrules")
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: bool(table(pilot).rows), "the queues are there")
        await open_audit(pilot)
        await until(
            pilot,
            lambda: "Reading the answering rules… 0 of 7 queues are read." in "\n".join(painted(program(pilot))),
            "it says so",
        )
        assert shown(pilot) == []
        office.line.release()
        await until(pilot, lambda: len(shown(pilot)) == 7, "everything is read")


async def test_rules_that_may_not_be_read_are_findings() -> None:
    office = open_office()
    office.faults.append(Fault("/8000/answerrules", FaultKind.STATUS, None, 403))
    async with running(office.app()) as pilot:
        await open_audit(pilot)
        assert shown(pilot)[0] == ("QW114", "8000")


async def test_read_only_says_why_enter_does_nothing() -> None:
    office = open_office("harbor", read_only=True)
    async with running(office.app()) as pilot:
        screen = await open_audit(pilot, "QW101 8100")
        assert screen.query_one(TopBar).badge == "READ-ONLY"
        await pilot.press("enter")
        await until(pilot, lambda: status(pilot).startswith("Read-only"), "it is refused")
        assert program(pilot).screen is screen
    assert office.written == []


async def test_nothing_found_is_one_pleased_line() -> None:
    async with running(open_office(only("8004")).app()) as pilot:
        await open_audit(pilot)
        assert painted(program(pilot))[3].strip() == (
            "Nothing found: if the building went dark, every call would reach someone."
        )
        assert program(pilot).screen.query_one(TopBar).right.startswith("nothing found")
        await pilot.press("enter", "E")
        assert isinstance(program(pilot).screen, AuditScreen)


async def test_what_the_profile_suppresses_is_counted_and_not_listed() -> None:
    office = open_office("harbor")
    known = Suppression("QW103", "to be put right in spring", date(2026, 11, 23))
    office.connection = replace(office.connection, suppressions=(known,))
    async with running(office.app()) as pilot:
        screen = await open_audit(pilot)
        assert "QW103" not in {code for code, _ in shown(pilot)}
        assert "2 suppressed" in screen.query_one(TopBar).right


async def test_out_of_reach_the_findings_stay_and_say_of_when_they_are() -> None:
    office = open_office("harbor")
    async with running(office.app()) as pilot:
        screen = await open_audit(pilot)
        before = shown(pilot)
        office.line.cut = True
        await pilot.press("f5")
        await until(pilot, lambda: "What you see is as of" in banner(pilot), "it is told")
        assert set(before) <= set(shown(pilot))
        assert screen.has_class("-stale")
