"""A program with everything loaded that forks on order: each fork is one queuewatch command, soon to be killed.

Every line on stdin is ``{"words": […], "environment": {…}, "die": [calls, how]}``. The answer is two lines: the
process id at once, and how it ended. With ``die``, the process kills itself at that call to the log's file:
``before`` it, ``torn`` in the middle of writing, or ``after`` it.
"""

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

LOADED = ("commands.editing", "commands.errors", "commands.when_offline", "commands.require_agents")


def main() -> None:
    """Fork for every line."""
    for name in (*LOADED, "pbx.netsapiens.http", "report.proposal"):
        importlib.import_module(f"queuewatch.{name}")
    # The package offers a function of the module's name.
    vars(sys.modules["queuewatch.change.apply"])["READ_BACK_PAUSE"] = 0
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
    """Be the command."""
    from queuewatch.cli import main as queuewatch

    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    os.environ.update(order["environment"])
    if order["die"]:
        calls, how = order["die"]
        die_at(calls, how)
    os._exit(queuewatch(order["words"]))


def die_at(calls: int, how: str) -> None:
    """Kill this process at so many calls that write to a file or flush one."""
    left = [calls]

    def deadly(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: int, *content: bytes) -> object:
            left[0] -= 1
            if left[0] == 0 and how != "after":
                if how == "torn" and content:
                    real(file, content[0][: len(content[0]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            done = real(file, *content)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return call

    vars(os).update(write=deadly(os.write), fsync=deadly(os.fsync))


if __name__ == "__main__":
    main()
