"""Draw the pictures in ``docs/screenshots``: every screen, on sample data, at 80x24 and 140x40.

``.venv/bin/python docs/make_screenshots.py [WORDS]`` draws all of them, or those with one of the words in their
name. The same program draws the same pictures: the samples stand still, and nothing of this machine is in them.
"""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# What the terminal of whoever runs this is like must not show. Textual reads its settings when imported.
for name in [name for name in os.environ if name.startswith("TEXTUAL") or name in ("NO_COLOR", "FORCE_COLOR")]:
    del os.environ[name]
os.environ["TZ"] = "UTC"
time.tzset()

from textual.pilot import Pilot  # noqa: E402

from queuewatch.app import QueuewatchApp  # noqa: E402
from queuewatch.connect import Asked, connect_sample  # noqa: E402
from queuewatch.report.picture import plain_svg  # noqa: E402
from widgets import themes  # noqa: E402

FOLDER = Path(__file__).parent / "screenshots"
SIZES = ((80, 24), (140, 40))
PATIENCE = 30.0
"""Seconds after which a screen that still changes never comes to rest."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A screen: a sample company and the keys that lead there from the board."""

    name: str
    sample: str = "lakeside"
    keys: tuple[str, ...] = ()
    theme: str = themes.DARK.name
    no_color: bool = False


SHOTS = (
    Shot("board"),
    Shot("board-faults", "harbor"),
    Shot("board-filter", "harbor", ("slash", *"galveston")),
    Shot("queue", keys=("down", "enter")),
    Shot("queue-faults", "harbor", ("down", "down", "enter")),
    Shot("forward-editor", "harbor", ("down", "down", "e", *"rec")),
    Shot("forward-editor-loop", "harbor", ("down", "down", "down", "e", *"8103")),
    Shot("confirm", "harbor", ("down", "r")),
    Shot("confirm-loop", "harbor", ("down", "down", "e", *"8101", "enter")),
    Shot("what-if", keys=("down", "w", "d")),
    Shot("what-if-loop", "harbor", ("down", "down", "down", "w", "d")),
    Shot("what-if-smallest", "harbor", ("w", "s")),
    Shot("audit", "harbor", ("a",)),
    Shot("audit-story", "harbor", ("a", "down", "down", "x")),
    Shot("drill-scope", keys=("d",)),
    Shot("drill", keys=("d", "enter", "v")),
    Shot("drill-timeline", keys=("d", "enter", "v", "m")),
    Shot("help", keys=("question_mark",)),
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
        app = QueuewatchApp(connect_sample(Asked(sample=shot.sample)))
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


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until everything was read and the screen has stopped changing."""
    app = pilot.app
    assert isinstance(app, QueuewatchApp)
    until = time.monotonic() + PATIENCE
    seen: list[str] = []
    while len(seen) < 3 or len(set(seen[-3:])) > 1 or not everything_read(app):
        if time.monotonic() > until:
            raise SystemExit("The screen does not come to rest.")
        await pilot.pause(0.05)
        seen.append(app.export_screenshot())


def everything_read(app: QueuewatchApp) -> bool:
    """Whether nothing the board shows is still to be read."""
    snapshot = app.watching.sighting.snapshot
    parts = (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.sites)
    return bool(snapshot.queues) and len(snapshot.rules) == len(snapshot.call_queues) and None not in parts


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
