"""Writing to what may stop being read: nobody waits, nothing is torn, and what had no room is known."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuewatch.process.deadline import ENDED_BY_FORCE, LAST_GRACE, LONGEST_FAREWELL
from queuewatch.process.output import OutputWriter

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")

PATIENCE = 30.0
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe that has no room for anything more."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, bytes(4096))
    except BlockingIOError:
        pass
    os.set_blocking(writing, True)
    yield reading, writing
    os.close(writing)


def all_of(reading: int, until: bytes) -> bytes:
    """What comes out, until this does."""
    found = bytearray()
    while not found.endswith(until):
        found += os.read(reading, 1 << 16)
    return bytes(found).lstrip(b"\0")


def test_who_writes_never_waits_and_what_is_read_later_is_whole(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    emptied = threading.Event()
    output = OutputWriter(writing, largest=100_000, emptied=emptied.set)
    assert output.write(b"a" * 60_000)
    assert not output.write(b"b" * 60_000), "whole or not at all"
    assert output.write(b"c" * 10)
    assert output.waiting == 60_010
    assert not output.finish(0.01)
    assert all_of(reading, b"c" * 10) == b"a" * 60_000 + b"c" * 10
    assert emptied.wait(PATIENCE)
    assert output.finish(PATIENCE)
    assert output.waiting == 0
    output.close()
    os.close(reading)


def test_what_waits_can_be_dropped_for_something_better(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    output = OutputWriter(writing, largest=100_000)
    output.write(b"a" * 60_000)
    output.drop(b"better")
    output.close()
    found = all_of(reading, b"better")
    assert len(found) <= 4096 + len(b"better"), "a piece was on its way"
    os.close(reading)


def test_a_reader_who_leaves_is_told_once_and_keeps_nobody_waiting(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    told: list[OSError] = []
    failed = threading.Event()

    def fail(error: OSError) -> None:
        told.append(error)
        failed.set()

    output = OutputWriter(writing, largest=100_000, failed=fail)
    output.write(b"a" * 60_000)
    os.close(reading)
    assert failed.wait(PATIENCE)
    assert [type(error) for error in told] == [BrokenPipeError]
    assert not output.write(b"more")
    assert output.finish(PATIENCE)


HELD_UP = {
    "the loop": "loop.call_soon(os.write, full, bytes(9999))",
    "a thread the interpreter waits for": "threading.Thread(target=os.write, args=(full, bytes(9999))).start()",
    "an executor": "loop.run_in_executor(None, os.write, full, bytes(9999))",
}
"""What has a program wait for a reader who does not come."""

PROGRAM = """
import asyncio, os, signal, sys, threading
from queuewatch.process.deadline import ended_in_time

def hog():
    sys.setswitchinterval(1000)
    os.kill(os.getpid(), signal.SIGTERM)
    while True: pass

async def main():
    reading, full = os.pipe()
    os.write(full, bytes(65536))
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    with ended_in_time(lambda: loop.call_soon_threadsafe(over.set), lambda: os.write(1, b"last words")):
        HELD_UP
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGNAL)).start()
        await over.wait()

asyncio.run(main())
"""


def told_to_end(held_up: str, signal_name: str) -> subprocess.Popen[bytes]:
    program = PROGRAM.replace("HELD_UP", held_up).replace("SIGNAL", signal_name)
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)


def test_told_to_end_a_process_ends_whatever_holds_it_up() -> None:
    # Side by side, for each takes its time.
    started = [told_to_end(held_up, name) for held_up in HELD_UP.values() for name in ("SIGTERM", "SIGHUP")]
    hogging = told_to_end("loop.call_soon(hog)", "SIGTERM")
    ended = [(process.communicate(timeout=PATIENCE)[0], process.returncode) for process in started]
    assert ended == [(b"last words", ENDED_BY_FORCE)] * len(started)
    assert hogging.communicate(timeout=PATIENCE)[0] == b"", "not a moment for last words"
    assert hogging.returncode == -signal.SIGALRM
    assert LONGEST_FAREWELL + LAST_GRACE < 3


def test_a_block_that_is_left_leaves_signals_as_they_were() -> None:
    program = (
        "import os, signal\nfrom queuewatch.process.deadline import ended_in_time\n"
        "with ended_in_time(print): pass\nos.kill(os.getpid(), signal.SIGTERM)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=PATIENCE, check=False)
    assert ended.returncode == -15


def test_what_is_held_up_in_a_thread_delays_nobodys_end() -> None:
    program = (
        "import asyncio, sys, time\n"
        "from queuewatch.process.deadline import leave\nfrom queuewatch.process.background import run_loop\n"
        "async def kept(): print('kept', await asyncio.to_thread(str, 1))\n"
        "async def held_up():\n"
        "    async with asyncio.timeout(0.01): await asyncio.to_thread(time.sleep, 1000)\n"
        "run_loop(kept())\n"
        "try: run_loop(held_up())\nexcept TimeoutError: leave(7)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=PATIENCE, check=False)
    assert (ended.stdout, ended.returncode) == (b"kept 1\n", 7)


@pytest.mark.parametrize(
    ("writes_to", "written", "status"), [("pipe", b"begun, at the end", 7), ("/dev/full", None, 120)]
)
def test_at_the_end_everything_is_done_and_written_and_nothing_taken_to_pieces(
    writes_to: str, written: bytes | None, status: int
) -> None:
    program = (
        "import atexit, sys\nfrom queuewatch.process.deadline import leave\n"
        "class Kept:\n    def __del__(self): sys.stderr.write('taken to pieces')\n"
        "kept = Kept()\natexit.register(sys.stdout.write, ', at the end')\nsys.stdout.write('begun')\nleave(7)"
    )
    # Only what waits in a buffer can fail at the end.
    command = [sys.executable, "-c", program]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    if writes_to == "pipe":
        ended = subprocess.run(command, env=buffered, capture_output=True, timeout=PATIENCE, check=False)
        assert ended.stderr == b""
    else:
        with open(writes_to, "wb") as full:
            ended = subprocess.run(
                command, env=buffered, stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE, check=False
            )
        assert b"No space left" in ended.stderr
    assert (ended.stdout, ended.returncode) == (written, status)


def test_every_loop_has_such_threads() -> None:
    files = [path for package in ("queuewatch", "screens", "widgets") for path in (ROOT / package).rglob("*.py")]
    assert [path.name for path in files if "asyncio.run(" in path.read_text(encoding="utf-8")] == ["background.py"]
