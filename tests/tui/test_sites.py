"""The screen of all sites: its line, its columns however many there are, and where it leads."""

import asyncio
from itertools import count

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Static

from queuewatch.app.site_columns import SiteColumns
from queuewatch.failover.drill.matrix import site_matrix
from queuewatch.failover.simulate import judge_all, rejudge
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.polling.state import LiveState
from screens.drill.drill import DrillScreen
from screens.drill.sites import SitesScreen, _last, _scrolled, _widths
from screens.keys.tasks import PHONES
from screens.queue import QueueScreen
from tests.failover.two_sites import company, seat
from tests.tui.keys import drawn, loaded, painted, program, running, screen_is, status, until
from tests.tui.phone_system import open_office
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable

STORY = "If Dallas goes dark: 4 of 7 queues fail over, Appointments is held open by Priya Raman at Remote,"


async def opened(pilot: Pilot[None]) -> SitesScreen:
    await pilot.press("D")
    return await screen_is(pilot, SitesScreen)


def line(screen: SitesScreen) -> str:
    return str(screen.query_one("#line", Static).content)


@pytest.mark.parametrize("late", ["8100/answerrules", "phonenumbers"])
async def test_what_the_buildings_said_while_all_was_read_leaves_no_gaps(late: str) -> None:
    office = open_office("harbor")
    office.line.hold(late)
    async with running(office.app(), (140, 40), wait=False) as pilot:
        said = lambda: any("cannot be told" in line for line in painted(program(pilot)))  # noqa: E731
        await until(pilot, said, "what rests on it cannot be told")
        office.line.release()
        await until(pilot, lambda: loaded(program(pilot)), "all is read")
        seen = painted(program(pilot))
        pilot.app.screen.query_one("#buildings", LineTable).fit_anew()
        await drawn(pilot)
        assert painted(program(pilot)) == seen


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (140, 40)])
async def test_the_line_is_about_the_column_that_is_chosen(size: tuple[int, int]) -> None:
    async with running(open_office().app(), size) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: line(screen).startswith(STORY), "the first site is told")
        narrow = size[0] < 80
        shown = painted(program(pilot))
        assert any("[Da]" in row if narrow else "[Dallas]" in row for row in shown)
        (row,) = [row.split() for row in shown if "8001 Appointments" in row]
        wide = ["◆", "held", "open", "·", "◆", "held", "open", "✔", "fails", "over"]
        onward = ["(512)", "555-0140"] if size[0] == 140 else []
        assert row[2:] == (["◆", "·", "◆", "✔"] if narrow else [*wide, *onward])
        assert "No phones were read" in " ".join(" ".join(shown).split()), "names decided, and that is said"
        await pilot.press("right", "full_stop", "right", "right")
        await until(pilot, lambda: line(screen).startswith("If everything goes dark: all 7"), "all is told")
        assert any("[all]" in row if narrow else "[everything]" in row for row in painted(program(pilot)))
        await pilot.press("left", "comma")
        await until(pilot, lambda: line(screen).startswith("If Austin goes dark"), "back in the middle")


async def test_a_fate_has_one_sign_and_colour_in_every_column() -> None:
    async with running(open_office("harbor").app(), (140, 40)) as pilot:
        screen = await opened(pilot)
        table = screen.query_one(LineTable)
        await until(pilot, lambda: len(table.rows) == 16, "every queue is there")
        signs: dict[str, set[tuple[str, str]]] = {}
        for row in table.rows:
            for sign, word, *_ in (cell for cell in row.cells[1:] if len(cell) > 1):
                signs.setdefault(word.text, set()).add((sign.text.strip(), sign.style))
        assert {"lost", "stranded", "sent on", "fails over"} <= signs.keys()
        # What only would be is never as bright as a queue that reaches nobody now.
        assert signs["lost"] == signs["stranded"] == {("✖", "risk")}
        assert signs["sent on"] == signs["fails over"] == {("✔", "good")}


@pytest.mark.parametrize(("size", "told"), [((60, 16), False), ((80, 24), True), ((200, 50), True)])
async def test_below_the_table_every_site_has_its_line_where_there_is_room(
    size: tuple[int, int], told: bool
) -> None:
    async with running(open_office().app(), size) as pilot:
        screen = await opened(pilot)

        def as_it_should_be() -> bool:
            labels = [fact.label for fact in screen.query_one(FactSheet).facts]
            seen = "Austin Front Desk is held open by" in "\n".join(painted(pilot.app))
            below = screen.query_one("#lines").display
            whole = labels == told * ["Dallas", "Austin", "Remote", "everything"]
            return whole and seen is told and below is told

        await until(pilot, as_it_should_be, "every site has its line, or none has")
        assert len(list(screen.query_one("#queues", LineTable).rows_seen())) >= 3


async def test_columns_out_of_sight_are_counted() -> None:
    empty = tuple({"site": f"Site {place}"} for place in range(40))
    async with running(open_office(replace(load_sample("lakeside"), sites=empty)).app(), (80, 24)) as pilot:
        await opened(pilot)
        told = "columns 1-4 of 44"
        await until(pilot, lambda: told in "\n".join(painted(pilot.app)), "it is said")


async def test_enter_holds_the_drill_of_the_site_and_f4_opens_the_queue() -> None:
    async with running(open_office().app()) as pilot:
        screen = await opened(pilot)
        await pilot.press("right", "enter")
        drill = await screen_is(pilot, DrillScreen)
        await until(pilot, lambda: str(drill.query_one("#line", Static).content) == line(screen), "the same line")
        await pilot.press("escape")
        await screen_is(pilot, SitesScreen)
        await pilot.press("f4")
        await screen_is(pilot, QueueScreen)


@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize("room", [2, 20, 45, 120])
def test_forty_sites_scroll_sideways_and_the_chosen_one_is_always_shown(room: int, narrow: bool) -> None:
    widths = _widths(tuple(f"Site {number}" for number in range(40)), narrow=narrow)
    first = 0
    for column in (*range(41), *reversed(range(41)), 40, 0, 17):
        first = _scrolled(first, column, widths, room)
        last = _last(first, widths, room)
        assert first <= column < last
        assert last - first == 1 or sum(widths[first:last]) <= room
        # Nothing is hidden to the left while there is room for it.
        assert first == 0 or last < len(widths) or sum(widths[first - 1 : last]) > room


async def test_what_takes_long_is_worked_out_between_the_frames() -> None:
    snapshot = company(*(seat(str(1001 + n), queue=str(8000 + n % 2)) for n in range(6)))
    judged = judge_all(snapshot)
    seconds = count()
    changed = asyncio.Event()
    columns = SiteColumns(changed.set, clock=lambda: float(next(seconds)))
    state = LiveState(snapshot, judged)
    first = columns.beside(state).matrix
    assert first is not None
    assert first.missing == len(snapshot.call_queues)
    await asyncio.wait_for(changed.wait(), 10)
    assert columns.beside(state).matrix == site_matrix(snapshot, judged)
    columns.close()


async def test_a_state_has_the_columns_of_its_own_snapshot_in_the_same_frame() -> None:
    before = company(seat("1001"), seat("1002", queue="8001", site="Austin"))
    after = company(seat("1001", "grey"), seat("1002", queue="8001", site="Austin"))
    columns = SiteColumns(lambda: None, clock=lambda: 0.0)
    judged = judge_all(before)
    shown = columns.beside(LiveState(before, judged))
    assert shown.matrix == site_matrix(before, judged)
    again = columns.beside(LiveState(after, rejudge(before, judged, after)))
    assert again.matrix == site_matrix(after, judge_all(after))
    assert again.matrix != shown.matrix


async def test_phones_that_a_drill_has_read_count_for_the_columns() -> None:
    office = open_office()
    async with running(office.app()) as pilot:
        await pilot.press("D", "enter")
        drill = await screen_is(pilot, DrillScreen)
        await pilot.press(PHONES.keys[0])
        await until(pilot, lambda: "were read" in status(pilot), "the phones are read")
        await pilot.press("escape")
        screen = await screen_is(pilot, SitesScreen)
        assert drill.snapshot.devices
        state = screen.live_state
        assert state is not None
        assert state.snapshot.devices.keys() >= drill.snapshot.devices.keys()
        await until(pilot, lambda: "Only the phones of" in " ".join(painted(program(pilot))), "it is said")
