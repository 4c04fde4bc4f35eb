"""The ``queuewatch`` command: understand the words, do the one thing, turn what went wrong into a sentence.

What a command needs is imported when it runs, so that one without a screen never loads Textual.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from queuewatch.commands import wrong
from queuewatch.commands.parser import parse
from queuewatch.commands.streams import tolerate

if TYPE_CHECKING:
    import argparse


def run() -> NoReturn:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Carry out the command and return its exit status. Nothing but an interrupt while starting up is raised."""
    tolerate(sys.stdout)
    tolerate(sys.stderr)
    try:
        return _carry_out(argv)
    except KeyboardInterrupt:
        return wrong.INTERRUPTED
    except BrokenPipeError:
        # Python would flush at exit, and fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return wrong.PIPE_CLOSED


def _carry_out(argv: Sequence[str]) -> int:
    try:
        status = _dispatch(parse(argv))
        sys.stdout.flush()
    except SystemExit as exit_of_argparse:
        return int(exit_of_argparse.code or 0)
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("QUEUEWATCH_DEBUG") == "1":
            raise
        from queuewatch.commands.explain import explain

        return explain(error)
    return status


def _dispatch(options: "argparse.Namespace") -> int:
    match options.command:
        case "":
            from queuewatch.commands import board

            return board.run(options)
        case "demo":
            from queuewatch.commands import demo

            return demo.run(options)
        case "status":
            from queuewatch.commands import status

            return status.run(options)
        case "simulate":
            from queuewatch.commands import simulate

            return simulate.run(options)
        case "require-agents":
            from queuewatch.commands import require_agents

            return require_agents.run(options)
        case "when-offline":
            from queuewatch.commands import when_offline

            return when_offline.run(options)
        case _:
            from queuewatch.commands import sandbox

            return sandbox.run(options)
