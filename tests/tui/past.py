"""An office with a past, in a time that passes only when a test says so."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import structs
from textual.pilot import Pilot

from queuewatch.history.database import HistoryFile, PhoneSystemKey
from queuewatch.history.open import history_of_sample
from queuewatch.pbx.sandbox.samples import load_sample
from screens.history.one_queue import HistoryScreen
from tests.tui.keys import facts, program, screen_is, until, words
from tests.tui.phone_system import Office
from widgets.history_rows import CHANGE_COLUMNS
from widgets.line_table import LineTable

HERE = PhoneSystemKey("http://localhost/ns-api/v2", "lakeside.example")


@dataclass
class Clock:
    """A time that passes only when a test says so."""

    now: datetime = field(default_factory=lambda: load_sample("lakeside").start)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        self.now += timedelta(**by)


def with_past(office: Office) -> Office:
    """The same office, with the past that comes with the sample."""
    past = history_of_sample("http://localhost", load_sample("lakeside"))
    return replace(office, connection=structs.replace(office.connection, history=past))


def kept_in(office: Office, folder: Path) -> HistoryFile:
    """Let the office's history be kept in a file."""
    kept = HistoryFile(folder / "history" / "history.db", HERE, patience=0.1)
    office.connection = structs.replace(office.connection, history=lambda: kept)
    return kept


async def seen(pilot: Pilot[None]) -> None:
    """Look again, and wait until that has been shown."""
    before = program(pilot).session.state
    program(pilot).session.poller.refresh("-")
    await until(pilot, lambda: program(pilot).session.state is not before, "it was looked at again")


async def lately(pilot: Pilot[None], says: str) -> None:
    await until(pilot, lambda: facts(pilot, "#summary").get("Lately") == says, f"lately: {says}")


async def open_history(pilot: Pilot[None]) -> HistoryScreen:
    await pilot.press("i")
    screen = await screen_is(pilot, HistoryScreen)
    await until(pilot, lambda: screen.account is not None, "the past is read")
    return screen


def rows(pilot: Pilot[None], selector: str, columns: object = CHANGE_COLUMNS) -> list[dict[str, str]]:
    shown = program(pilot).screen.query_one(selector, LineTable).rows
    assert isinstance(columns, tuple)
    return [{column.key: words(cell) for column, cell in zip(columns, row.cells, strict=True)} for row in shown]


def busy(pilot: Pilot[None]) -> bool:
    return any(worker.group == "look back" and not worker.is_finished for worker in program(pilot).workers)
