"""The drill: choose what goes dark, see what becomes of every queue and when, read phones, keep a report."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from queuewatch.failover.drill.scope import DrillScope
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.polling.devices import DeviceReadBudget
from screens.board.board import BoardScreen
from screens.drill.choose_scope import ChooseScope
from screens.drill.drill import DrillScreen
from screens.queue import QueueScreen
from tests.tui.keys import banner, facts, painted, program, resize, running, screen_is, status, table, until, words
from tests.tui.phone_system import Office, open_office
from widgets.drill_rows import DRILL_COLUMNS
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable

STORY = (
    "If Dallas goes dark: 3 of 7 queues fail over, Appointments is held open by Priya Raman at Remote, "
    "Referrals' callers would wait for ever, 2 queues are not affected."
)


@asynccontextmanager
async def drilling(
    office: Office, *, leave: DeviceReadBudget | None = None
) -> AsyncIterator[tuple[Pilot[None], DrillScreen]]:
    """A drill of Dallas; with ``leave``, that is the watch's to read devices."""
    app = office.app()
    if leave is not None:
        app.session.poller.device_reads = leave
    async with running(app) as pilot:
        table(pilot).move_to("8000")
        await pilot.press("d")
        await screen_is(pilot, ChooseScope)
        await pilot.press("enter")
        yield pilot, await screen_is(pilot, DrillScreen)


def line(pilot: Pilot[None]) -> str:
    return str(program(pilot).screen.query_one("#line", Static).content)


def shown(pilot: Pilot[None], queue: str) -> dict[str, str]:
    rows = program(pilot).screen.query_one("#queues", LineTable).rows
    (row,) = [row for row in rows if row.key == queue]
    return {column.key: words(cell) for column, cell in zip(DRILL_COLUMNS, row.cells, strict=True)}


def events(pilot: Pilot[None]) -> list[str]:
    rows = program(pilot).screen.query_one("#timeline", LineTable).rows
    return [" ".join(words(cell) for cell in row.cells) for row in rows]


def notes(pilot: Pilot[None]) -> list[str]:
    sheet = program(pilot).screen.query_one("#rests", FactSheet)
    return [words(fact.spans) for fact in sheet.facts]


def offered(options: OptionList) -> list[str]:
    return [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]


def written(folder: Path) -> dict[str, str]:
    """The files of a folder by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


async def read_phones(pilot: Pilot[None]) -> None:
    await pilot.press("V")
    await until(pilot, lambda: " were read." in status(pilot) and "Stopped" not in status(pilot), "they are read")


async def test_the_site_of_the_queue_under_the_cursor_is_offered_first() -> None:
    async with running(open_office("lakeside").app()) as pilot:
        for queue, index in (("8003", 0), ("8001", 1)):
            table(pilot).move_to(queue)
            await pilot.press("f9")
            chooser = await screen_is(pilot, ChooseScope)
            options = chooser.query_one(OptionList)
            assert options.highlighted == index
            assert offered(options) == [
                "Austin      5 agents",
                "Dallas      8 agents",
                "Remote      1 agent",
                "everything  14 agents",
            ]
            await pilot.press("escape")
            await screen_is(pilot, BoardScreen)


async def test_dallas_goes_dark_and_phones_are_asked_only_when_somebody_wants_it() -> None:
    office = open_office("lakeside")
    async with drilling(office) as (pilot, _):
        assert line(pilot) == STORY
        assert shown(pilot, "8001") == {
            "fate": "◆ held open",
            "queue": "8001 Appointments",
            "what": "by Priya Raman",
            "begins": "",
            "site": "Dallas",
        }
        assert shown(pilot, "8000")["begins"] == "within 5:00"
        assert shown(pilot, "8006")["fate"] == "✖ stranded"
        await pilot.press("down")
        assert facts(pilot, "#facts")["Held open"] == "by Priya Raman (Remote)"
        assert "within 5:00 ○ Ana Lopez turns Grey (Front Desk)" in events(pilot)
        assert status(pilot).startswith("V reads the phones of 8 people: when each runs out")

        await pilot.press("down", "f5", "m", "m")
        assert not [one for one in office.pbx.requests if one.path.endswith("/devices")]
        await read_phones(pilot)
        assert status(pilot) == "The phones of 8 people were read."
        assert line(pilot) == STORY
        assert re.fullmatch(r"\d\d:13:30 in 1:30", shown(pilot, "8000")["begins"])
        assert re.fullmatch(r"\d\d:16:17 4:17 ✔ Billing & Insurance fails over to .*", events(pilot)[-1])
    assert office.written == []


async def test_an_address_can_go_dark_once_phones_are_read() -> None:
    async with drilling(open_office("lakeside")) as (pilot, _):
        await read_phones(pilot)
        await pilot.press("c")
        chooser = await screen_is(pilot, ChooseScope)
        options = chooser.query_one(OptionList)
        assert "everything behind 203.0.113.10  8 phones" in offered(options)
        options.highlighted = 3
        await pilot.press("enter")
        await screen_is(pilot, DrillScreen)
        await until(pilot, lambda: line(pilot).startswith("If everything behind 203.0.113.10"), "it is held")
        assert status(pilot).startswith("V reads the phones of ")
        # Where the others are connected from is not known before they are read as well.
        assert shown(pilot, "8003")["fate"] == "? uncertain"
        await read_phones(pilot)
        assert shown(pilot, "8003")["fate"] == "● not affected"


async def test_the_drill_stays_live() -> None:
    office = open_office("lakeside")
    async with drilling(office) as (pilot, screen):
        await read_phones(pilot)
        office.pbx.floor.go_to_lunch("1020")
        await pilot.press("f5")
        await until(pilot, lambda: "4 of 7 queues fail over" in line(pilot), "Priya holds nothing open any more")
        assert shown(pilot, "8001")["fate"] == "✔ fails over"

        # Whatever runs out before the power is lost was renewed meanwhile, for the length that it has.
        assert screen.live_state is not None
        later = screen.live_state.snapshot.taken_at + timedelta(seconds=100)
        screen.live_state = replace(
            screen.live_state, snapshot=replace(screen.live_state.snapshot, taken_at=later)
        )
        assert shown(pilot, "8000")["begins"] == "within 2:00"
        assert any("registered again meanwhile" in note for note in notes(pilot))

        office.line.cut = True
        await pilot.press("f5")
        await until(pilot, lambda: "What you see is as of" in banner(pilot), "it says that it is old")
        assert screen.has_class("-stale")


async def test_escape_stops_the_reading_first_and_keeps_what_came() -> None:
    office = open_office("lakeside")
    async with drilling(office) as (pilot, screen):
        office.line.hold("users/1004/devices")
        await pilot.press("V")
        await until(pilot, lambda: status(pilot).startswith("Reading phones: 3 of 8. Esc"), "three are read")
        await pilot.press("escape")
        assert status(pilot) == "Stopped: the phones of 3 of 8 people were read."
        assert screen.is_current
        assert set(screen.snapshot.devices) == {"1001", "1002", "1003"}
        assert "The phones of 5 of 8 people were not read: the reading was stopped." in notes(pilot)
        office.line.release()
        await read_phones(pilot)
        assert not any("stopped" in note for note in notes(pilot))
        await pilot.press("escape")
        await screen_is(pilot, BoardScreen)


async def test_on_a_real_phone_system_watch_and_drill_share_their_leave_to_read_devices() -> None:
    office = open_office(real=True)
    leave = DeviceReadBudget(monotonic=lambda: 0.0)
    for _ in range(7):
        leave.spend()
    async with drilling(office, leave=leave) as (pilot, _):
        await pilot.press("c")
        await screen_is(pilot, ChooseScope)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: line(pilot).startswith("If everything goes dark"), "it is held")
        assert status(pilot).startswith("V reads the phones of 13 people, about 20 s: when each runs out")
        office.faults.append(Fault("/devices", FaultKind.STATUS, None, 403))
        await read_phones(pilot)
        assert "The phones of 13 of 13 people could not be read: " in status(pilot)
        assert shown(pilot, "8000")["begins"] == "within 5:00"
        assert leave.seconds_for(10) == 16.0


async def test_the_report_is_written_into_a_new_file_and_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "dreyes")
    async with drilling(open_office("lakeside")) as (pilot, _):
        await pilot.press("O")
        (first,) = written(tmp_path)
        assert re.fullmatch(r"drill-dallas-2026-11-2[34]-\d{4}\.md", first)
        assert status(pilot) == f"Written to {tmp_path / first}"
        await pilot.press("O")
        assert written(tmp_path) == {first: written(tmp_path)[first], first.replace(".md", "-2.md"): ANY}
        assert f"**{STORY}**" in written(tmp_path)[first]
        assert "dreyes" in written(tmp_path)[first]
        monkeypatch.setattr(Path, "cwd", lambda: tmp_path / "gone")
        await pilot.press("O")
        assert (
            status(pilot)
            == "The report was not written: No such file or directory. Start in a folder you may write to."
        )


async def test_the_timeline_stands_beside_the_queues_or_in_their_place() -> None:
    async with drilling(open_office("lakeside")) as (pilot, screen):
        queues, line_of_time = screen.query_one("#queues"), screen.query_one("#timeline")
        assert (queues.display, line_of_time.display) == (True, False)
        await pilot.press("m")
        assert (queues.display, line_of_time.display) == (False, True)
        assert line_of_time.has_focus
        await resize(pilot, 140, 40)
        await until(pilot, lambda: queues.display and line_of_time.display, "both are there")
        await pilot.press("m")
        assert screen.query_one("#queues").has_focus
        await pilot.press("enter")
        queue = await screen_is(pilot, QueueScreen)
        assert queue.chosen is not None
        assert queue.chosen.extension == "8006"
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is screen, "back on the drill")


@pytest.mark.parametrize("size", [(140, 40), (140, 24), (200, 50)])
async def test_no_event_of_the_timeline_is_cut_beside_empty_air(size: tuple[int, int]) -> None:
    async with drilling(open_office("lakeside")) as (pilot, screen):
        await resize(pilot, *size)
        queues, line_of_time = screen.query_one("#queues", LineTable), screen.query_one("#timeline", LineTable)

        def nothing_is_wasted() -> bool:
            widths = sum(queues._layout()) + len(queues._layout())
            air = queues.size.width - widths if queues.region.y == line_of_time.region.y else 0
            cut = line_of_time.whole_width - line_of_time.size.width
            text = "\n".join(painted(pilot.app))
            seen = "✖ stranded" in text and "Cara Singh turns Grey (Front Desk, Dental" in text
            return seen and (cut <= 0 or air <= 4)

        await until(pilot, nothing_is_wasted, "the timeline has all the room there is")


async def test_at_another_time_the_dark_sites_clock_counts_and_else_the_domains() -> None:
    office = open_office("lakeside")
    async with drilling(office) as (pilot, screen):
        await pilot.press("W", *"2026-11-26 10:00", "enter")
        await until(pilot, lambda: "on Thu 2026-11-26 10:00: " in line(pilot), "it is held for then")
        asked = f"/ns-api/v2/domains/{office.pbx.domain}"
        assert asked not in [request.path for request in office.pbx.requests]
        screen._take_scope(DrillScope(everything=True))
        await pilot.press("W", *"2026-11-26 11:00", "enter")
        await until(pilot, lambda: "on Thu 2026-11-26 11:00: " in line(pilot), "it is held for then")
        assert [request.path for request in office.pbx.requests].count(asked) == 1
        assert any("in US/Central, which is 17:00 UTC for every queue" in note for note in notes(pilot))
        await pilot.press("W", *"2026-03-08 02:30", "enter")
        await until(pilot, lambda: "does not exist in US/Central" in status(pilot), "it is refused")


async def test_there_is_no_drill_without_queues() -> None:
    nobody = replace(load_sample("lakeside"), callqueues=(), agents=())
    async with running(open_office(nobody).app()) as pilot:
        await pilot.press("d")
        assert status(pilot) == "There are no queues to hold a drill over: check the domain on the top line."
