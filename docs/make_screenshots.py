"""Draw the pictures in ``docs/screenshots``: every screen, on sample data, at 80x24 and 140x40.

``.venv/bin/python docs/make_screenshots.py [WORDS]`` draws all of them, or those with one of the words in their
name. The same program draws the same pictures: the samples stand still, and nothing of this machine is in them.
"""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# What the terminal of whoever runs this is like must not show. Textual reads its settings when imported.
for name in [name for name in os.environ if name.startswith("TEXTUAL") or name in ("NO_COLOR", "FORCE_COLOR")]:
    del os.environ[name]
os.environ["TZ"] = "UTC"
# Whether this machine has a keyring is nobody's business either.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
time.tzset()

from textual.app import App  # noqa: E402
from textual.pilot import Pilot  # noqa: E402

import screens.connect.connect_form as form  # noqa: E402
from queuewatch.app.app import QueuewatchApp  # noqa: E402
from queuewatch.app.first_run import first_run_app  # noqa: E402
from queuewatch.app.fleet import FleetApp  # noqa: E402
from queuewatch.app.terminal import TerminalApp  # noqa: E402
from queuewatch.connection.connection import ConnectionOptions  # noqa: E402
from queuewatch.connection.fleet import sample_members  # noqa: E402
from queuewatch.connection.sample import connect_sample  # noqa: E402
from queuewatch.fleet.watch import FleetWatch  # noqa: E402
from queuewatch.pbx.checks import Check, bad, good  # noqa: E402
from queuewatch.profiles.config import Config  # noqa: E402
from queuewatch.report.files import plain_svg  # noqa: E402
from screens.fleet import FleetScreen  # noqa: E402
from widgets import themes  # noqa: E402

FOLDER = Path(__file__).parent / "screenshots"
SIZES = ((80, 24), (140, 40))
HOME = Path("/home/you")
STATE = ".local/state/queuewatch"
CHECK_SPELLING = "Check the address for typing mistakes, and this machine's network and DNS."
PATIENCE = 30.0
"""Seconds after which a screen that still changes never comes to rest."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A screen: a sample company and the keys that lead there from the board; without one, from the welcome."""

    name: str
    sample: str = "lakeside"
    keys: tuple[str, ...] = ()
    theme: str = themes.DARK.name
    no_color: bool = False


SHOTS = (
    Shot("board"),
    Shot("board-faults", "harbor"),
    Shot("board-filter", "harbor", ("slash", *"galveston")),
    Shot("queue", keys=("down", "down", "enter")),
    Shot("queue-faults", "harbor", ("down", "down", "enter")),
    Shot("forward-editor", "harbor", ("down", "down", "e", *"rec")),
    Shot("forward-editor-loop", "harbor", ("down", "down", "down", "e", *"8103")),
    Shot("confirm", "harbor", ("down", "r")),
    Shot("confirm-loop", "harbor", ("down", "down", "e", *"8101", "enter")),
    Shot("what-if", keys=("down", "down", "w", "L")),
    Shot("what-if-loop", "harbor", ("down", "down", "down", "w", "d")),
    Shot("what-if-smallest", "harbor", ("w", "I")),
    Shot("audit", "harbor", ("a",)),
    Shot("audit-story", "harbor", ("a", "down", "down", "E")),
    Shot("drill-scope", keys=("d",)),
    Shot("drill", keys=("d", "enter", "V")),
    Shot("drill-timeline", keys=("d", "enter", "V", "m")),
    Shot("proof", keys=(*("down",) * 6, "P", *"2145550911", "enter")),
    Shot("history", keys=("i",)),
    Shot("history-of-all", keys=("i", "A")),
    Shot("fleet", "fleet"),
    Shot("help", keys=("question_mark",)),
    Shot("welcome", ""),
    Shot("connect", "", ("2",)),
    Shot("connect-wrong", "", ("2", *"pbx.exmaple.com", "down", *"1002@acme.example", "down", "down", "down")),
    Shot("connect-ready", "", ("2", *"pbx.example.com", "enter", *"1002@acme.example", "enter", *"12345678")),
    Shot("board-light", "harbor", theme=themes.LIGHT.name),
    Shot("board-colour-blind", "harbor", theme=themes.COLOUR_BLIND.name),
    Shot("board-colour-blind-light", "harbor", theme=themes.COLOUR_BLIND_LIGHT.name),
    Shot("board-high-contrast", "harbor", theme=themes.HIGH_CONTRAST.name),
    Shot("board-high-contrast-light", "harbor", theme=themes.HIGH_CONTRAST_LIGHT.name),
    Shot("columns", "harbor", keys=("C", "down", "down", "down", "space")),
    Shot("jump", "harbor", keys=("o",)),
    Shot("board-no-color", "harbor", no_color=True),
)


async def draw(shot: Shot, size: tuple[int, int]) -> str:
    """The screen as an SVG that fetches nothing and has no random part."""
    if shot.no_color:
        os.environ["NO_COLOR"] = "1"
    try:
        app = program(shot)
    finally:
        os.environ.pop("NO_COLOR", None)
    if not shot.no_color:
        app.theme = shot.theme
    async with app.run_test(size=size) as pilot:
        await at_rest(pilot)
        for key in shot.keys:
            await pilot.press(key)
            await at_rest(pilot)
        return plain_svg(app.export_screenshot(simplify=True))


def program(shot: Shot) -> TerminalApp:
    """The board on the sample, or what comes before it, on nobody's machine in particular."""
    if shot.name == "fleet":
        return fleet_program(shot.sample)
    if shot.sample:
        return QueuewatchApp(connect_sample(ConnectionOptions(sample=shot.sample)))
    environ = {"QUEUEWATCH_STATE": str(HOME / STATE)}
    return first_run_app(Config(HOME / ".config/queuewatch/config.toml"), environ)[0]


def fleet_program(sample: str) -> FleetApp:
    """The screen of many companies, at their first moment."""
    members = sample_members(sample)
    watch = FleetWatch(members.domains, window=0.0, clock=members.clock)
    return FleetApp(
        watch,
        lambda domain: members.open_board(domain, watch.limiter_of(domain.key)),
        members.title,
        first=members.connections[0],
    )


async def probe_nowhere(address: str, now: datetime) -> Check:
    """What a phone system at the address of the examples would answer."""
    host = address.removeprefix("https://")
    if host != "pbx.example.com":
        return bad("Name", f"The name {host} cannot be found.", CHECK_SPELLING)
    return good("Phone system", f"A phone system answers at {host}: version 44.2.3.")


setattr(form, "probe", probe_nowhere)  # noqa: B010 (no part of what the form offers)
form.PAUSE = 0.0


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until everything was read and the screen has stopped changing."""
    app = pilot.app
    until = time.monotonic() + PATIENCE
    seen: list[str] = []
    while len(seen) < 3 or len(set(seen[-3:])) > 1 or not everything_read(app):
        if time.monotonic() > until:
            raise SystemExit("The screen does not come to rest.")
        await pilot.pause(0.05)
        seen.append(app.export_screenshot())


def everything_read(app: App[None]) -> bool:
    """Whether nothing the board shows is still to be read."""
    if isinstance(app, FleetApp):
        shown = app.screen
        return isinstance(shown, FleetScreen) and all(s.counts and not s.is_partial for s in shown.standings)
    if not isinstance(app, QueuewatchApp):
        return True
    snapshot = app.session.state.snapshot
    parts = (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.sites)
    # Rules are read of people, too, whom a queue's rule leads to.
    ruled = all(queue.extension in snapshot.rules for queue in snapshot.call_queues)
    return bool(snapshot.queues) and ruled and None not in parts


async def main(words: list[str]) -> None:
    """Draw the pictures whose name has one of the words, or all."""
    FOLDER.mkdir(exist_ok=True)
    for shot in SHOTS:
        for width, height in SIZES:
            file = FOLDER / f"{shot.name}-{width}x{height}.svg"
            if not words or any(word in file.stem for word in words):
                file.write_text(await draw(shot, (width, height)), encoding="utf-8")
                print(file.name)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
