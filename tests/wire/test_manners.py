"""How the program treats the terminal it runs on: it leaves it as it was, and heeds NO_COLOR."""

import base64
import re
import signal
from pathlib import Path

import pytest

from .terminal import Terminal, eventually, on_terminal

DEMO = ("-m", "queuewatch", "demo", "--sample", "riverside")
ENTERS_FULL_SCREEN = b"\x1b[?1049h"
LEAVES_FULL_SCREEN = b"\x1b[?1049l"
SHOWS_CURSOR = b"\x1b[?25h"
NO_MOUSE = b"\x1b[?1003l"
COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07")
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:[34][0-8]|9[0-7]|10[0-7])[;m]")


async def painted(terminal: Terminal) -> None:
    """Wait until the board shows the sample's queue."""
    await eventually(lambda: b"Piano" in terminal.written and b"ready" in terminal.written)


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_leaves_the_terminal_as_it_was(which: signal.Signals) -> None:
    async with on_terminal(DEMO, columns=80, lines=24) as terminal:
        await painted(terminal)
        assert ENTERS_FULL_SCREEN in terminal.written
        assert COLOUR.search(terminal.written), "there is colour unless it is unwanted"
        terminal.program.send_signal(which)
        assert await terminal.farewell() == 0
        await eventually(lambda: LEAVES_FULL_SCREEN in terminal.written)
    assert SHOWS_CURSOR in terminal.written
    assert NO_MOUSE in terminal.written


async def test_a_signal_at_the_welcome_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    nothing = {"QUEUEWATCH_CONFIG": str(tmp_path / "config.toml"), "NO_COLOR": "1"}
    async with on_terminal(("-m", "queuewatch"), columns=80, lines=24, environment=nothing) as terminal:
        await eventually(lambda: b"Connect to your phone system" in terminal.written)
        terminal.program.send_signal(signal.SIGTERM)
        assert await terminal.farewell() == 0
        await eventually(lambda: LEAVES_FULL_SCREEN in terminal.written)
    assert SHOWS_CURSOR in terminal.written
    assert not COLOUR.search(terminal.written)


async def test_a_dropped_line_ends_the_program() -> None:
    async with on_terminal(DEMO, columns=80, lines=24) as terminal:
        await painted(terminal)
        terminal.hang_up()
        await terminal.farewell()


async def test_a_copied_verdict_reaches_the_terminal_and_not_its_screen() -> None:
    async with on_terminal(DEMO, columns=80, lines=24, environment={"TMUX": ""}) as terminal:
        await painted(terminal)
        terminal.type(b"y")
        await eventually(lambda: COPIED.search(terminal.written) is not None)
        found = COPIED.search(terminal.written)
        await eventually(lambda: b"Copied" in terminal.written)
    assert found is not None
    assert base64.b64decode(found[1]).decode().startswith("Riverside Piano Tuning · riverside.example · ")


async def test_no_color_means_no_colour() -> None:
    async with on_terminal(DEMO, columns=80, lines=24, environment={"NO_COLOR": "1"}) as terminal:
        await painted(terminal)
    assert not COLOUR.search(terminal.written)


FAULTY = """
import sys
from queuewatch import cli, watch

async def run(self):
    key = "a planted secret"
    raise RuntimeError(key)

watch.Watch.run = run
sys.exit(cli.main(["demo", "--sample", "riverside"]))
"""


async def test_a_fault_of_its_own_is_one_sentence_and_shows_no_value() -> None:
    async with on_terminal(("-c", FAULTY), columns=80, lines=24) as terminal:
        assert await terminal.farewell() == 70
        await eventually(lambda: b"RuntimeError" in terminal.written)
    assert LEAVES_FULL_SCREEN in terminal.written
    assert b"planted" not in terminal.written
    assert b"Traceback" not in terminal.written
