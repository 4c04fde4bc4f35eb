"""A program with everything loaded that forks on order: each fork is one ``queuewatch prove``, soon to be killed.

Every line on stdin is ``{"words": […], "environment": {…}, "out": "file", "timing": {…}}``. The answer is two
lines: its process id at once, and how it ended. Its guard is forked as well, and is the real one otherwise: what
it is told comes by a pipe, and it lives in a session of its own.
"""

import importlib
import io
import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from msgspec.structs import replace

from tests.proof.office import FAST

LOADED = ("commands.prove", "commands.errors", "pbx.netsapiens.http", "pbx.netsapiens.calls", "report.proof")


class Forked:
    """A guard that was forked: as much of a ``Popen`` as is asked for."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        told, heard = os.pipe(), os.pipe()
        self.pid = os.fork()
        self.returncode: int | None = None
        if self.pid == 0:
            be_the_guard(told, heard, environment)
        os.close(told[0])
        os.close(heard[1])
        self.stdin, self.stdout = os.fdopen(told[1], "wb"), os.fdopen(heard[0], "rb")

    def poll(self) -> int | None:
        """How it ended, if it has."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, seconds: float) -> int | None:
        """Wait until it has."""
        until = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        return self.returncode

    def kill(self) -> None:
        """End it."""
        os.kill(self.pid, 9)


def be_the_guard(told: tuple[int, int], heard: tuple[int, int], environment: Mapping[str, str]) -> NoReturn:
    """Be the guard, in a session of its own and with none of the other's files but the two pipes."""
    from queuewatch.proof import guard

    os.setsid()
    os.dup2(told[0], 0)
    os.dup2(heard[1], 1)
    os.closerange(3, 256)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb")))
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "wb")))
    os.environ.clear()
    os.environ.update(environment)
    os._exit(guard.main())


def main() -> None:
    """Fork for every line."""
    for name in LOADED:
        importlib.import_module(f"queuewatch.{name}")
    vars(sys.modules["queuewatch.proof.guard"])["spawn"] = Forked
    vars(sys.modules["queuewatch.proof.guard"])["LOOKS_EVERY"] = 0.01
    vars(sys.modules["queuewatch.pbx.netsapiens.rate_limit"])["WINDOW_SECONDS"] = 0.0
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            command(order)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def command(order: dict[str, Any]) -> NoReturn:
    """Be the command, in a session of its own: it has no terminal."""
    from queuewatch.cli import main as queuewatch

    timing = replace(FAST, **order["timing"])
    vars(sys.modules["queuewatch.commands.prove"])["TIMING"] = timing
    os.setsid()
    out = os.open(order["out"], os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    silence = os.open(os.devnull, os.O_RDWR)
    for stream, file in ((0, silence), (1, out), (2, silence)):
        os.dup2(file, stream)
    os.environ.update(order["environment"])
    os._exit(queuewatch(order["words"]))


if __name__ == "__main__":
    main()
