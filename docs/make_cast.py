"""Record the demo: ``docs/demo.cast`` for asciinema, and the same frames as an animated ``docs/demo.svg``.

``.venv/bin/python docs/make_cast.py`` drives the program itself through the story of Dallas, on a clock that
stands still but for the script: the same program makes the same bytes.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

# What the terminal of whoever runs this is like must not show. Textual reads its settings when imported.
for name in [name for name in os.environ if name.startswith("TEXTUAL") or name in ("NO_COLOR", "FORCE_COLOR")]:
    del os.environ[name]
os.environ["TZ"] = "UTC"
time.tzset()

from cast_svg import Frame, Lines, animated  # noqa: E402
from rich.color import ColorSystem  # noqa: E402
from rich.segment import Segment  # noqa: E402
from rich.style import Style  # noqa: E402
from textual.pilot import Pilot  # noqa: E402

from queuewatch.app.app import QueuewatchApp  # noqa: E402
from queuewatch.connection.connection import Connection  # noqa: E402
from queuewatch.demo.presenter import Presenter  # noqa: E402
from queuewatch.pbx.netsapiens import NetsapiensDomain  # noqa: E402
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter  # noqa: E402
from queuewatch.pbx.sandbox.clock import SandboxClock  # noqa: E402
from queuewatch.pbx.sandbox.samples import load_sample  # noqa: E402
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx  # noqa: E402
from queuewatch.pbx.sandbox.scenario import load_scenario  # noqa: E402
from queuewatch.pbx.sandbox.server import in_process  # noqa: E402
from widgets.bars import Banner  # noqa: E402

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 80, 24
PATIENCE = 30.0
"""Seconds after which a screen that still changes never comes to rest."""
GLANCE, READ, THINK = 0.4, 2.4, 4.0
"""Seconds for which a frame stays: one in passing, one with a new sentence, one with something to understand."""
A_MOMENT = 0.01
"""Seconds of the demo after which a reading is a newer one."""
STILL = "Referrals strands its callers: nobody"
"""What is said in the frame for those who want no motion."""


@dataclass(frozen=True, slots=True)
class Press:
    """Keys, and for how long what they lead to stays."""

    keys: tuple[str, ...]
    stays: float = READ


@dataclass(frozen=True, slots=True)
class Pass:
    """So many seconds of the demo's time, in steps of so many."""

    seconds: float
    step: float = 4.0


STORY: tuple[Press | Pass, ...] = (
    Press((), THINK),
    Press(("n",), THINK),
    Press(("n",), READ),
    Press(("p",), THINK),
    Press(("plus",), GLANCE),
    Press(("plus",), GLANCE),
    Press(("plus",), READ),
    Pass(112.0),
    Press(("r",), THINK),
    Press(("y",), THINK),
    Pass(148.0),
    Press(("p",), READ),
    Pass(24.0, step=2.0),
    Press(("escape",), THINK),
)


@dataclass
class Studio:
    """The demo and the clock of the room it is in."""

    room: list[float]
    connection: Connection

    def pass_time(self, seconds: float) -> None:
        """Let time pass, at the demo's own speed."""
        presenter = self.connection.presenter
        self.room[0] += seconds / (presenter.speed if presenter else 1.0)


def studio() -> Studio:
    """Lakeside on a quiet day, at its first moment."""
    sample, room = load_sample("lakeside"), [0.0]
    script = load_scenario(sample, "quiet-day")
    clock = SandboxClock(sample.start, monotonic=lambda: room[0])
    pbx = SandboxPbx(sample, clock=clock, scenario=script)
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: in_process(pbx),
        clock=clock,
        rate_limiter=RateLimiter(window=0.0),
    )
    presenter = Presenter(pbx, clock, tour=True)
    return Studio(
        room, Connection(system, sample.title, interval=1.0, clock=clock, sandbox=pbx, presenter=presenter)
    )


async def frames() -> AsyncIterator[Frame]:
    """The story, frame by frame."""
    made = studio()
    app = QueuewatchApp(made.connection)
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await at_rest(pilot)
        for step in STORY:
            match step:
                case Press(keys, stays):
                    await pilot.press(*keys)
                    await at_rest(pilot)
                    # What a key has done at the phone system is seen once that was read again.
                    made.pass_time(A_MOMENT)
                    await seen(pilot)
                    yield Frame(stays, lines(app))
                case Pass(seconds, step_by):
                    for _ in range(int(seconds / step_by)):
                        said = caption(app)
                        made.pass_time(step_by)
                        await seen(pilot)
                        yield Frame(GLANCE if caption(app) == said else READ, lines(app))


def caption(app: QueuewatchApp) -> str:
    """What the line on top says."""
    return str(app.screen_stack[0].query_one(Banner).content)


async def seen(pilot: Pilot[None]) -> None:
    """Read again, and wait until what is so now is on the screen."""
    app = pilot.app
    assert isinstance(app, QueuewatchApp)
    now = app.connection.clock()
    app.session.poller.refresh("-")
    until = time.monotonic() + PATIENCE
    while app.session.state.snapshot.taken_at < now:
        if time.monotonic() > until:
            raise SystemExit("The phone system is not read again.")
        await pilot.pause(0.002)
    await at_rest(pilot)


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until everything was read and the screen has stopped changing."""
    app = pilot.app
    assert isinstance(app, QueuewatchApp)
    until = time.monotonic() + PATIENCE
    last: list[Lines] = []
    while len(last) < 4 or any(one != last[-1] for one in last[-4:]) or not everything_read(app):
        if time.monotonic() > until:
            raise SystemExit("The screen does not come to rest.")
        await pilot.pause(0.02)
        last.append(lines(app))


def everything_read(app: QueuewatchApp) -> bool:
    """Whether nothing the board shows is still to be read, or to be changed."""
    snapshot = app.session.state.snapshot
    parts = (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.sites)
    rules = len(snapshot.rules) == len(snapshot.call_queues) > 0
    boards = [screen.live_state for screen in app.live_screens]
    columns = all(state and state.matrix and not state.matrix.missing for state in boards)
    return rules and None not in parts and columns and not app.is_changing


def lines(app: QueuewatchApp) -> Lines:
    """The terminal's lines: runs of one look, without what only the program can use of it."""
    return tuple(
        tuple(Segment.simplify(Segment(one.text, bare(one.style)) for one in strip if one.text))
        for strip in app.screen._compositor.render_strips()
    )


def bare(style: Style | None) -> Style:
    """Colours and attributes alone."""
    if style is None:
        return Style.null()
    return Style(
        color=style.color,
        bgcolor=style.bgcolor,
        bold=style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
        reverse=style.reverse,
    )


def cast(story: list[Frame]) -> str:
    """An asciinema recording, version 2: of each frame only the lines that have changed."""
    header = {"version": 2, "width": WIDTH, "height": HEIGHT, "title": "queuewatch demo"}
    written, at = [json.dumps(header)], 0.0
    before: Lines = ((),) * HEIGHT
    for frame in story:
        changed = [
            f"\x1b[{row};1H{ansi(line)}"
            for row, (line, last) in enumerate(zip(frame.lines, before, strict=True), start=1)
            if line != last
        ]
        start = "\x1b[?25l\x1b[2J" if at == 0 else ""
        written.append(json.dumps([round(at, 3), "o", start + "".join(changed)], ensure_ascii=False))
        at, before = at + frame.stays, frame.lines
    written.append(json.dumps([round(at, 3), "o", f"\x1b[?25h\x1b[{HEIGHT};1H"]))
    return "\n".join(written) + "\n"


def ansi(line: tuple[Segment, ...]) -> str:
    """A line as a terminal of all colours takes it."""
    return "".join(
        (style or Style.null()).render(text, color_system=ColorSystem.TRUECOLOR) for text, style, _ in line
    )


async def main() -> None:
    """Record, and write both."""
    story = [frame async for frame in frames()]
    (FOLDER / "demo.cast").write_text(cast(story), encoding="utf-8")
    still = next(
        nth
        for nth, frame in enumerate(story)
        if any(STILL in "".join(text for text, _, _ in line) for line in frame.lines[1:3])
    )
    (FOLDER / "demo.svg").write_text(animated(story, WIDTH, HEIGHT, still), encoding="utf-8")
    print(f"{len(story)} frames, {sum(frame.stays for frame in story):.0f} seconds")


if __name__ == "__main__":
    asyncio.run(main())
