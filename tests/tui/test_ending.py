"""What still comes while the program ends is no fault of it: it ends as it was told."""

from screens.queue import QueueScreen
from tests.tui.keys import board, running
from tests.tui.phone_system import open_office
from widgets.buildings import Buildings
from widgets.containers import LeftSide
from widgets.queue_panel import ChosenQueue


async def test_a_first_reading() -> None:
    office = open_office("harbor")
    app = office.app()
    async with running(app, (170, 60)) as pilot:
        read = app.session.shown
    office = open_office("harbor")
    office.line.hold("callqueues")
    app = office.app()
    async with running(app, (170, 60), wait=False) as pilot:
        assert not board(pilot).query(Buildings)
        assert not board(pilot).query(ChosenQueue)
        app.exit()
        board(pilot).live_state = read
        board(pilot).post_message(LeftSide.Resized())


async def test_an_alert() -> None:
    app = open_office("harbor").app()
    async with running(app) as pilot:
        app.exit()
        board(pilot).show_alert("8000 Dispatch reaches nobody", "", bad=True)


async def test_a_screen_that_was_just_opened() -> None:
    app = open_office("harbor").app()
    async with running(app):
        app.push_screen(QueueScreen(app.connection, app.session.shown, "8000"))
        app.exit()
