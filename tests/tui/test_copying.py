"""A queue's verdict as text: what is in it, how it gets to the clipboard, and what is said about it."""

import base64
import re

import pytest
from msgspec.structs import replace

from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.report.status_text import LARGEST, as_ticket, cut
from screens.queue import QueueScreen
from tests.tui.keys import board, facts, program, running, screen_is, status, until
from tests.tui.phone_system import open_office
from widgets.fact_sheet import FactSheet

OSC_52 = re.compile("\x1b\\]52;c;([A-Za-z0-9+/=]*)\a")


class Heard:
    """What a terminal is told beside the pictures."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written = ""
        monkeypatch.setattr("textual.drivers.headless_driver.HeadlessDriver.write", self._write)

    def _write(self, data: str) -> None:
        self.written += data

    @property
    def copies(self) -> list[str]:
        """What was to be copied."""
        return [base64.b64decode(found).decode() for found in OSC_52.findall(self.written)]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    monkeypatch.delenv("TMUX", raising=False)
    return Heard(monkeypatch)


TICKET = """\
Lakeside Dental · lakeside.example · 2026-11-23 15:12:00 UTC
1 queue. If the building went dark: 1 ready.

Appointments (8001) · Dallas                                               waits now · ready if dark
  Now       A call waits for an agent: nobody is free; 3 agents are online and busy (Eli Brown, Zoë
            Brandt and Priya Raman).
  If dark   A call fails over to Austin Front Desk (8003), then to (512) 555-0140: every agent is
            Grey, so When Offline takes the call.
  Settings  Require Agents Yes · When Offline Austin Front Desk (8003)
  Path now  caller → Appointments (8001) · the caller waits for an agent
"""


@pytest.mark.parametrize("key", ["y", "ctrl+y"])
async def test_the_queue_under_the_cursor_is_copied(heard: Heard, key: str) -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("down", key)
        await until(pilot, lambda: len(heard.copies) == 1, "it is copied")
        (text,) = heard.copies
        assert text.startswith(TICKET)
        for words in (
            "Path dark caller → ",
            "Open by ",
            "◆ Red",
            "Rests on",
            " → (512) 555-0140 · an outside",
        ):
            assert words in text
        said = status(pilot)
    lines = len(text.splitlines())
    assert said.startswith(
        f"Appointments (8001), {lines} lines, sent to the terminal's clipboard. If nothing arrives"
    )
    assert said.endswith("queuewatch status 8001 --sample lakeside writes the same.")


async def test_on_one_queue_and_on_a_real_phone_system(heard: Heard) -> None:
    async with running(open_office(real=True).app()) as pilot:
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await pilot.press("y")
        await until(pilot, lambda: len(heard.copies) == 1, "it is copied")
        assert "Front Desk (8000)" in heard.copies[0]
        assert "queuewatch status 8000 writes the same." in status(pilot)


async def test_an_old_picture_says_from_when_it_is_and_why(heard: Heard) -> None:
    office = open_office(real=True)
    async with running(office.app()) as pilot:
        office.line.cut = True
        await pilot.press("f5")
        await until(pilot, lambda: program(pilot).session.state.trouble is not None, "the line is down")
        await pilot.press("y")
        await until(pilot, lambda: len(heard.copies) == 1, "it is copied")
        assert heard.copies[0].startswith("As of 2026-11-23 15:12, because: ")


async def test_inside_tmux_it_is_wrapped_as_well(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    async with running(open_office().app()) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: len(heard.copies) == 2, "it is copied twice")
    assert heard.copies[0] == heard.copies[1]
    assert "\x1bPtmux;\x1b\x1b]52;c;" in heard.written
    assert heard.written.endswith("\a\x1b\\")


async def test_before_anything_is_read_it_says_so(heard: Heard) -> None:
    office = open_office()
    office.line.hold("answerrules")
    async with running(office.app(), wait=False) as pilot:
        await until(pilot, lambda: bool(program(pilot).session.state.snapshot.queues), "the queues are there")
        await pilot.press("y")
        assert status(pilot) == "The answering rules are still being read: copy it in a moment."
        office.line.release()
    assert heard.copies == []


async def test_control_characters_in_names_stay_out(heard: Heard) -> None:
    company = load_sample("lakeside")
    evil = "Front\x1b]52;c;ZXZpbA==\x07\u202e Desk"
    rows = tuple({**row, "description": evil} if row["callqueue"] == "8000" else row for row in company.callqueues)
    async with running(open_office(replace(company, callqueues=rows)).app()) as pilot:
        snapshot = program(pilot).session.state.snapshot
        text = as_ticket(snapshot, snapshot.queues["8000"], title="Lake\x1bside")
    assert "8000" in text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_what_is_too_long_for_a_clipboard_is_cut_at_a_line_and_says_so() -> None:
    line = "é" * 50
    text = f"{line}\n" * 2_000
    short = cut(text)
    assert LARGEST - 200 < len(short.encode()) <= LARGEST
    *kept, last = short.splitlines()
    assert set(kept) == {line}
    assert last == "… the rest was too long for the clipboard: queuewatch status writes all of it."
    assert cut(short) == short


async def test_a_click_on_a_value_sends_it_to_the_terminals_clipboard(heard: Heard) -> None:
    async with running(open_office().app(), (100, 40)) as pilot:
        sheet = board(pilot).query_one("#summary", FactSheet)
        place = next(y for y in range(sheet.size.height) if "Held open" in sheet.render_line(y).text)
        await pilot.click(sheet, offset=(14, place))
        await until(pilot, lambda: len(heard.copies) == 1, "a fact is copied")
        assert heard.copies == [facts(pilot, "#summary")["Held open"]]
        assert status(pilot) == f"“{heard.copies[0]}” sent to the terminal's clipboard."
        # Its label is no value.
        await pilot.click(sheet, offset=(2, place))
        await pilot.press("enter")
        screen = await screen_is(pilot, QueueScreen)
        await pilot.click(screen.query_one("AgentTable"), offset=(3, 1))
        await until(pilot, lambda: len(heard.copies) == 2, "an agent is copied")
        assert heard.copies[1] in {agent.name for agent in program(pilot).session.state.snapshot.agents_of("8000")}
