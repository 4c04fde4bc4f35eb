"""How the program treats the terminal it runs on: it leaves it as it was, and heeds NO_COLOR."""

import base64
import re
import signal
from pathlib import Path

import pytest

from .terminal import UNHURRIED, UNHURRIED_PROGRAM, Terminal, eventually, on_terminal

DEMO = ("-m", "queuewatch", "demo", "--sample", "riverside")
UNHURRIED_DEMO = (*UNHURRIED_PROGRAM, *DEMO[2:])
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
    async with on_terminal(UNHURRIED_DEMO, columns=80, lines=24) as terminal:
        found = terminal.settings
        await painted(terminal)
        assert terminal.settings != found, "it has a terminal whose keys are not echoed"
        assert ENTERS_FULL_SCREEN in terminal.written
        assert COLOUR.search(terminal.written), "there is colour unless it is unwanted"
        terminal.program.send_signal(which)
        assert await terminal.farewell() == 0
        await eventually(lambda: LEAVES_FULL_SCREEN in terminal.written)
        assert terminal.settings == found
    assert SHOWS_CURSOR in terminal.written
    assert NO_MOUSE in terminal.written


async def test_a_signal_at_the_welcome_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    nothing = {"QUEUEWATCH_CONFIG": str(tmp_path / "config.toml"), "NO_COLOR": "1"}
    async with on_terminal(UNHURRIED_PROGRAM, columns=80, lines=24, environment=nothing) as terminal:
        await eventually(lambda: b"Connect to your phone system" in terminal.written)
        terminal.program.send_signal(signal.SIGTERM)
        assert await terminal.farewell() == 0
        await eventually(lambda: LEAVES_FULL_SCREEN in terminal.written)
    assert SHOWS_CURSOR in terminal.written
    assert not COLOUR.search(terminal.written)


@pytest.mark.parametrize("its_own", [True, False], ids=["told", "not told"])
async def test_a_dropped_line_ends_the_program(its_own: bool) -> None:
    async with on_terminal(DEMO, columns=80, lines=24, its_own=its_own) as terminal:
        await painted(terminal)
        terminal.hang_up()
        await terminal.farewell()


async def test_a_copied_verdict_reaches_the_terminal_and_not_its_screen() -> None:
    async with on_terminal(DEMO, columns=80, lines=24, environment={"TMUX": ""}) as terminal:
        await painted(terminal)
        terminal.type(b"y")
        await eventually(lambda: COPIED.search(terminal.written) is not None)
        found = COPIED.search(terminal.written)
        await eventually(lambda: b"clipboard" in terminal.written)
    assert found is not None
    assert base64.b64decode(found[1]).decode().startswith("Riverside Piano Tuning · riverside.example · ")


async def test_no_color_means_no_colour() -> None:
    async with on_terminal(DEMO, columns=80, lines=24, environment={"NO_COLOR": "1"}) as terminal:
        await painted(terminal)
    assert not COLOUR.search(terminal.written)


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
async def test_a_terminal_that_shows_lines_only_gets_a_sentence(kind: str) -> None:
    async with on_terminal(DEMO, columns=80, lines=24, environment={"TERM": kind}) as terminal:
        assert await terminal.farewell() == 2
        await eventually(lambda: b"queuewatch status --sample riverside" in terminal.written)
    assert f"TERM says that it is “{kind}”".encode() in terminal.written
    assert b"\x1b" not in terminal.written


@pytest.mark.parametrize(("columns", "lines"), [(0, 0), (100, 0), (0, 30)])
async def test_a_terminal_that_knows_no_size_is_taken_for_80x24_until_it_does(columns: int, lines: int) -> None:
    """COLUMNS and LINES are of another terminal, or of this one some time ago."""
    elsewhere = {"COLUMNS": "33", "LINES": "7"}
    async with on_terminal(UNHURRIED_DEMO, columns=columns, lines=lines, environment=elsewhere) as terminal:
        await painted(terminal)
        await eventually(lambda: b"\x1b[24;" in terminal.written)
        assert b"\x1b[25;" not in terminal.written
        terminal.resize(80, 30)
        await eventually(lambda: b"\x1b[30;" in terminal.written)
        terminal.type(b"q")
        assert await terminal.farewell() == 0


FAULTY = f"""{UNHURRIED}
from queuewatch import cli
from queuewatch.polling import poller

async def run(self):
    key = "a planted secret"
    raise RuntimeError(key)

poller.Poller.run = run
sys.exit(cli.main(["demo", "--sample", "riverside"]))
"""


FAULTY_BESIDE = f"""{UNHURRIED}
from queuewatch import cli
from queuewatch.app import history

async def lately(self):
    raise RuntimeError("a planted secret")

history.HistoryKeeper.lately = lately
sys.exit(cli.main(["demo", "--sample", "riverside"]))
"""


async def test_a_fault_beside_the_board_is_told_and_written_down_and_the_board_goes_on(tmp_path: Path) -> None:
    state = {"QUEUEWATCH_STATE": str(tmp_path)}
    async with on_terminal(("-c", FAULTY_BESIDE), columns=120, lines=24, environment=state) as terminal:
        await painted(terminal)
        await eventually(lambda: b"queuewatch itself failed (RuntimeError)" in terminal.written)
        terminal.type(b"q")
        assert await terminal.farewell() == 0
    assert b"planted" not in terminal.written
    written = (tmp_path / "faults.log").read_text()
    assert "RuntimeError while reading the history: queuewatch/app/session.py" in written
    assert "planted" not in written


async def test_a_fault_of_its_own_is_one_sentence_and_shows_no_value() -> None:
    async with on_terminal(("-c", FAULTY), columns=80, lines=24) as terminal:
        assert await terminal.farewell() == 70
        await eventually(lambda: b"RuntimeError" in terminal.written)
    assert LEAVES_FULL_SCREEN in terminal.written
    assert b"planted" not in terminal.written
    assert b"Traceback" not in terminal.written
