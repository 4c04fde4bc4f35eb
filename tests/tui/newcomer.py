"""Somebody who has nothing configured, and the program they begin with."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input, Static

from queuewatch.app.first_run import Chosen, FirstRunScreen, first_run_app
from queuewatch.app.terminal import TerminalApp
from queuewatch.profiles.config import Config
from screens.connect.connect_form import ConnectForm
from screens.connect.welcome import WelcomeScreen
from tests.signin.sign_in_server import Desk, desk
from tests.tui.keys import screen_is, status, until
from widgets.form import FormRow


@dataclass(frozen=True)
class Newcomer:
    """The program of somebody who has nothing configured, and its first screen."""

    app: TerminalApp
    home: FirstRunScreen

    @property
    def chosen(self) -> Chosen:
        """What they want, so far."""
        return self.home.chosen

    @property
    def ended(self) -> bool:
        """Whether the program has been left."""
        return self.app._exit


def newcomer(folder: Path, **environ: str) -> Newcomer:
    """The program, with everything it keeps in this folder."""
    return Newcomer(
        *first_run_app(Config(folder / "config.toml"), {"QUEUEWATCH_STATE": str(folder / "state"), **environ})
    )


@asynccontextmanager
async def counter() -> AsyncIterator[Desk]:
    """A phone system to sign in to, from any client."""
    async with desk() as at:
        at.logins.client_secret = ""
        yield at


@asynccontextmanager
async def welcomed(
    app: Newcomer, size: tuple[int, int] = (80, 24), hook: Callable[[Message], None] | None = None
) -> AsyncIterator[Pilot[None]]:
    """The program on a terminal, at its first screen; the ``hook`` is told every message."""
    async with app.app.run_test(size=size, message_hook=hook) as pilot:
        await screen_is(pilot, WelcomeScreen)
        yield pilot


@asynccontextmanager
async def at_form(
    app: Newcomer, size: tuple[int, int] = (80, 24), hook: Callable[[Message], None] | None = None
) -> AsyncIterator[Pilot[None]]:
    """The program at the form."""
    async with welcomed(app, size, hook) as pilot:
        await pilot.press("2")
        await form(pilot)
        yield pilot


async def form(pilot: Pilot[None]) -> ConnectForm:
    """Wait until the form is there, and where a session can be kept is known."""
    screen = await screen_is(pilot, ConnectForm)
    await until(pilot, lambda: remark(pilot, "keep").startswith("Kept in"), "where it is kept is said")
    return screen


async def fill(pilot: Pilot[None], **values: str) -> None:
    """Type into fields."""
    for name, value in values.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = value
    await pilot.pause()


async def fill_for(pilot: Pilot[None], desk: Desk, user: str = "1010", **values: str) -> None:
    """Type what leads to the phone system, and whatever else."""
    await fill(pilot, address=desk.address, login=f"{user}@lakeside.example", **values)


def written(folder: Path) -> list[str]:
    """The names of what is in the folder."""
    return sorted(path.name for path in folder.iterdir())


def remark(pilot: Pilot[None], name: str) -> str:
    """What is said of a field."""
    return str(pilot.app.screen.query_one(f"#{name}-row", FormRow).query_one(".remark", Static).content)


def value(pilot: Pilot[None], name: str) -> str:
    """What stands in a field."""
    return pilot.app.screen.query_one(f"#{name}", Input).value


def rows(pilot: Pilot[None]) -> list[str]:
    """The rows that are there, from the top."""
    return [str(row.id).removesuffix("-row") for row in pilot.app.screen.query(FormRow) if row.is_shown]


def missing(pilot: Pilot[None]) -> str:
    """What the way on says is missing."""
    return str(pilot.app.screen.query_one("#missing", Static).content)


def focused(pilot: Pilot[None]) -> str:
    """The field that has the keys."""
    focused = pilot.app.screen.focused
    return str(focused.id) if focused else ""


async def told(pilot: Pilot[None], words: str) -> None:
    """Wait until the status line says so."""
    await until(pilot, lambda: words in status(pilot), f"“{words}” is told")
