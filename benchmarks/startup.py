"""How long queuewatch takes to start, as a ratio to the least that is possible.

``.venv/bin/python -m benchmarks.startup`` from the checkout, on a machine that has nothing else to do. For
information: seconds differ from machine to machine and from run to run, so no test rests on them.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

from tests.wire.terminal import eventually, on_terminal

RUNS = 7
BARE_APP = """
from textual.app import App
from textual.widgets import Label

class Bare(App):
    def compose(self):
        yield Label("painted")

Bare().run()
"""


async def until_painted(command: Sequence[str], sign: bytes) -> float:
    """Seconds until the program has written this to a terminal."""
    began = time.monotonic()
    async with on_terminal(command, columns=120, lines=40) as terminal:
        await eventually(lambda: sign in terminal.written, every=0.002)
        return time.monotonic() - began


def until_painted_now(command: Sequence[str], sign: bytes) -> Callable[[], float]:
    """The same, to be called."""
    return lambda: asyncio.run(until_painted(command, sign))


def until_ended(command: Sequence[str]) -> Callable[[], float]:
    """Seconds until the program has ended, to be called."""

    def run() -> float:
        began = time.monotonic()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began

    return run


def compare(what: str, ours: Callable[[], float], least: Callable[[], float]) -> None:
    """Print the ratio of the medians; the runs alternate, so that a busy machine is busy for both."""
    times = [(ours(), least()) for _ in range(RUNS)]
    our, bare = (median(column) for column in zip(*times, strict=True))
    print(f"{what:<76}{our / bare:>5.2f}x  ({our * 1000:.0f} ms to {bare * 1000:.0f} ms)", flush=True)


def main() -> None:
    """Print the ratios."""
    compare(
        "the demo's first frame, to a bare Textual app's",
        until_painted_now(["-m", "queuewatch", "demo"], b"queuewatch \xc2\xb7 Lakeside"),
        until_painted_now(["-c", BARE_APP], b"painted"),
    )
    compare(
        "the demo's queues painted, to a bare Textual app's first frame",
        until_painted_now(["-m", "queuewatch", "demo"], b"Front Desk"),
        until_painted_now(["-c", BARE_APP], b"painted"),
    )
    compare(
        "queuewatch --version, to an empty Python program",
        until_ended(["-m", "queuewatch", "--version"]),
        until_ended(["-c", "pass"]),
    )
    compare(
        "queuewatch status on a sample, to an empty Python program",
        until_ended(["-m", "queuewatch", "status", "--sample", "lakeside"]),
        until_ended(["-c", "pass"]),
    )


if __name__ == "__main__":
    main()
