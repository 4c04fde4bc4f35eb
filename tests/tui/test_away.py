"""Nobody looks, or the machine slept: what is asked for then, and what is said of its age."""

from msgspec.structs import replace
from textual import events

from queuewatch.app.app import QueuewatchApp
from tests.tui.keys import banner, facts, loaded, program, running, until
from tests.tui.phone_system import Office, open_office
from widgets.bars import TopBar


def live_readings(office: Office) -> int:
    return sum(request.path.endswith("/agents") for request in office.pbx.requests)


async def test_a_board_nobody_looks_at_reads_more_seldom_says_so_and_reads_at_once_when_somebody_does() -> None:
    office = open_office(real=True)
    app = QueuewatchApp(replace(office.connection, interval=15.0))
    async with running(app, (140, 40)) as pilot:
        top, before = app.screen.query_one(TopBar), live_readings(office)
        assert top.right.endswith("live")
        app.post_message(events.AppBlur())
        await until(pilot, lambda: top.right.endswith("as of 15:12"), "a minute is not live")
        assert live_readings(office) == before
        app.post_message(events.AppFocus())
        await until(pilot, lambda: live_readings(office) == before + 1, "it is read again")
        assert top.right.endswith("live")


async def test_a_sample_is_not_spared() -> None:
    office = open_office()
    async with running(QueuewatchApp(replace(office.connection, interval=15.0))) as pilot:
        program(pilot).post_message(events.AppBlur())
        await pilot.pause()
        assert program(pilot).screen.query_one(TopBar).right.endswith("live")


async def test_after_a_sleep_the_picture_is_of_then_until_it_is_read_again() -> None:
    office = open_office()
    app = QueuewatchApp(replace(office.connection, interval=15.0))
    async with running(app, (140, 40)) as pilot:
        office.line.hold("/agents")
        app.session.poller.resumed()
        await until(pilot, lambda: banner(pilot).startswith("Time has passed while"), "it is told")
        assert "What you see is as of 15:12:00. Trying again." in banner(pilot)
        assert app.screen.query_one(TopBar).right.endswith("as of 15:12")
        assert "At 15:12" in facts(pilot, "#verdict")
        office.line.release()
        await until(pilot, lambda: banner(pilot) == "", "it is read again")
        assert app.screen.query_one(TopBar).right.endswith("live")
        assert loaded(app)
