"""What the screens look like. Whoever changes a picture looks at it: ``--snapshot-update``, then the SVG."""

from collections.abc import Awaitable, Callable

from textual.pilot import Pilot
from textual.widgets import Input

from queuewatch.failover.people import user_of
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.polling.poller import Poller
from screens.audit import AuditScreen
from screens.drill.choose_scope import ChooseScope
from screens.drill.drill import DrillScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from screens.help.help import HelpScreen
from screens.queue import QueueScreen
from screens.what_if import WhatIfScreen
from tests.tui.keys import banner, loaded, program, screen_is, status, table, until
from tests.tui.phone_system import Office, open_office
from widgets import themes

Compare = Callable[..., bool]
Step = Callable[[Pilot[None]], Awaitable[None]]
Opened = (
    AuditScreen
    | ChooseScope
    | ConfirmChange
    | DrillScreen
    | ForwardEditor
    | HelpScreen
    | QueueScreen
    | WhatIfScreen
)


def after(*steps: Step) -> Step:
    """Take the picture once everything is read and these steps are done."""

    async def prepare(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: loaded(program(pilot)), "everything is read")
        for step in steps:
            await step(pilot)
        await pilot.pause()

    return prepare


def on(queue: str) -> Step:
    """Put the cursor on a queue."""

    async def step(pilot: Pilot[None]) -> None:
        table(pilot).move_to(queue)
        await pilot.pause()

    return step


def pressing(key: str, screen: type[Opened]) -> Step:
    """Press a key that opens a screen."""

    async def step(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await screen_is(pilot, screen)

    return step


def keys(*pressed: str) -> Step:
    """Press keys that stay on their screen."""

    async def step(pilot: Pilot[None]) -> None:
        await pilot.press(*pressed)

    return step


def typing(words: str) -> Step:
    """Type into the editor."""

    async def step(pilot: Pilot[None]) -> None:
        typed = program(pilot).screen.query_one(Input)
        typed.value = words
        typed.action_end()
        await pilot.pause()

    return step


async def with_phones(pilot: Pilot[None]) -> None:
    """Wait until the phones of the queue's agents are read."""
    snapshot = program(pilot).session.state.snapshot
    screen = program(pilot).screen
    assert isinstance(screen, QueueScreen)
    assert screen.chosen is not None
    users = {user_of(snapshot, agent) for agent in snapshot.agents_of(screen.chosen.extension)} - {""}
    await until(pilot, lambda: users <= set(program(pilot).session.state.snapshot.devices), "the phones are read")


def out_of_reach(office: Office) -> Step:
    """Let the phone system ask to be left alone."""

    async def step(pilot: Pilot[None]) -> None:
        office.faults.append(Fault("", FaultKind.STATUS, None, 429, retry_after=30))
        poller = program(pilot).session.poller
        # The next try is told by the clock on the wall, which a picture must not have.
        assert isinstance(poller, Poller)
        poller._wall = office.connection.clock().timestamp
        poller.refresh("-")
        await until(pilot, lambda: "Next try at " in banner(pilot), "it is told")

    return step


def test_board_where_much_is_wrong(snap_compare: Compare) -> None:
    """The board as support sees it over SSH: 80x24, every kind of outcome at once."""
    assert snap_compare(open_office("harbor").app(), run_before=after())


def test_board_on_a_wide_terminal(snap_compare: Compare) -> None:
    """The columns that only a wide terminal has, and the panel beside the table."""
    app = open_office("harbor").app()
    assert snap_compare(app, terminal_size=(140, 40), run_before=after(on("8103")))


def test_board_on_a_tiny_terminal(snap_compare: Compare) -> None:
    """What gives way first, and what never does."""
    assert snap_compare(open_office("harbor").app(), terminal_size=(60, 16), run_before=after())


def test_board_in_the_light_theme(snap_compare: Compare) -> None:
    """The light palette as a whole: the contrasts alone are measured in test_themes.py."""
    app = open_office("harbor", theme=themes.LIGHT.name).app()
    assert snap_compare(app, run_before=after())


def test_board_in_the_terminals_own_colours(snap_compare: Compare) -> None:
    """NO_COLOR and sixteen colours: signs and words carry everything."""
    assert snap_compare(open_office("harbor", theme="ansi-dark").app(), run_before=after())


def test_board_out_of_reach(snap_compare: Compare) -> None:
    """An old picture must never look fresh: the banner, and everything dimmed."""
    office = open_office("harbor")
    assert snap_compare(office.app(), run_before=after(out_of_reach(office)))


def test_queue(snap_compare: Compare) -> None:
    """The sheet of one queue, where the two settings stand beside the agents."""
    steps = (on("8001"), pressing("enter", QueueScreen), with_phones)
    assert snap_compare(open_office("lakeside").app(), run_before=after(*steps))


def test_editor(snap_compare: Compare) -> None:
    """A dialog over the board, with suggestions that scroll."""
    steps = (on("8101"), pressing("e", ForwardEditor), typing("book"))
    assert snap_compare(open_office("harbor").app(), run_before=after(*steps))


def test_confirmation(snap_compare: Compare) -> None:
    """Before, after and what follows from it, above a yes and a no."""
    assert snap_compare(open_office("lakeside").app(), run_before=after(pressing("r", ConfirmChange)))


def test_audit(snap_compare: Compare) -> None:
    """Findings by severity, with the story of the chosen one."""
    assert snap_compare(open_office("harbor").app(), run_before=after(pressing("a", AuditScreen)))


async def read_phones(pilot: Pilot[None]) -> None:
    """Read the phones that the drill asks about."""
    await pilot.press("V")
    await until(pilot, lambda: " were read." in status(pilot), "the phones are read")


def test_drill(snap_compare: Compare) -> None:
    """What a dark site does to every queue, with moments from the phones."""
    steps = (pressing("d", ChooseScope), pressing("enter", DrillScreen), read_phones)
    assert snap_compare(open_office("lakeside").app(), run_before=after(*steps))


def test_help(snap_compare: Compare) -> None:
    """Text, table and keys on one page."""
    assert snap_compare(open_office("lakeside").app(), run_before=after(pressing("question_mark", HelpScreen)))


def test_what_if_the_building_went_dark(snap_compare: Compare) -> None:
    """The way of a call drawn as boxes."""
    steps = (on("8001"), pressing("w", WhatIfScreen), keys("L", "down"))
    assert snap_compare(open_office("lakeside").app(), run_before=after(*steps))


def test_what_if_in_a_loop_on_a_wide_terminal(snap_compare: Compare) -> None:
    """The one arrow that goes back."""
    steps = (on("8102"), pressing("w", WhatIfScreen), keys("L"))
    assert snap_compare(open_office("harbor").app(), terminal_size=(140, 40), run_before=after(*steps))
