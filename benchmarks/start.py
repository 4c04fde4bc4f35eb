"""What starting the program takes of the processor."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from benchmarks.board import COLUMNS, LINES
from benchmarks.figure import Figure, ratio
from benchmarks.processor import seconds_used
from tests.wire.terminal import eventually, on_terminal

RUNS = 11
BARE_APP = """
from textual.app import App
from textual.widgets import Label

class Bare(App):
    def compose(self):
        yield Label("painted")

Bare().run()
"""
BARE = ("-c", BARE_APP)
DEMO = ("-m", "queuewatch", "demo")


async def _until_painted(command: Sequence[str], signs: Sequence[bytes]) -> list[float]:
    """Processor seconds that the program has used by the time it has written each of these to a terminal."""
    async with on_terminal(command, columns=COLUMNS, lines=LINES) as terminal:
        times = []
        for sign in signs:
            await eventually(lambda wanted=sign: wanted in terminal.written, every=0.001)  # type: ignore[misc]
            times.append(seconds_used(terminal.program.pid))
        return times


def until_painted(command: Sequence[str], *signs: bytes) -> list[float]:
    """The same, waited for."""
    return asyncio.run(_until_painted(command, signs))


def until_ended(*command: str) -> float:
    """Processor seconds of a program from its beginning to its end."""
    before = _of_children()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return _of_children() - before


def _of_children() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def by_turns(ours: Callable[[], float], least: Callable[[], float]) -> list[tuple[float, float]]:
    """Both again and again by turns, so that a busy machine is busy for both."""
    return [(ours(), least()) for _ in range(RUNS)]


def measure() -> Iterator[Figure]:
    """The demo, and two commands without a screen."""
    shown = [
        (until_painted(DEMO, b"queuewatch \xc2\xb7 Lakeside", b"Front Desk"), until_painted(BARE, b"painted"))
        for _ in range(RUNS)
    ]
    app = "a bare Textual app that paints one label"
    yield ratio("the demo, to the board's frame", app, [(demo[0], bare[0]) for demo, bare in shown], budget=1.4)
    yield ratio("the demo, to the queues painted", app, [(demo[1], bare[0]) for demo, bare in shown], budget=1.65)

    def empty() -> float:
        return until_ended("-c", "pass")

    version = by_turns(lambda: until_ended("-m", "queuewatch", "--version"), empty)
    yield ratio("`queuewatch --version`", "`python -c pass`", version, budget=3)
    status = by_turns(lambda: until_ended("-m", "queuewatch", "status", "--sample", "lakeside", "--json"), empty)
    yield ratio("`queuewatch status --sample lakeside --json`", "`python -c pass`", status, budget=13)
