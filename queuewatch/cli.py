"""The ``queuewatch`` command: understand the words, do the one thing, turn what went wrong into a sentence.

What a command needs is imported when it runs, so that one without a screen never loads Textual.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from queuewatch.commands import errors
from queuewatch.commands.parser import parse
from queuewatch.commands.terminal import tolerate_any_text
from queuewatch.process.deadline import leave
from queuewatch.process.garbage import search_rarely

if TYPE_CHECKING:
    import argparse


def run() -> NoReturn:
    """Run the command line and end with its status: the console script."""
    search_rarely()
    if "_ARGCOMPLETE" in os.environ:
        # A shell asks, because Tab was pressed.
        from queuewatch.commands.completion import complete

        complete()
    leave(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Carry out the command and return its exit status. Nothing but an interrupt while starting up is raised."""
    tolerate_any_text(sys.stdout)
    tolerate_any_text(sys.stderr)
    if "TZ" in os.environ or "PYTHONTZPATH" in os.environ:
        from queuewatch.process.clocks import mend_clocks

        for sentence, hint in mend_clocks(os.environ):
            errors.print_error(f"warning: {sentence}", hint)
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return errors.INTERRUPTED
    except BrokenPipeError:
        # Python would flush at exit, and fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return errors.PIPE_CLOSED


def _run(argv: Sequence[str]) -> int:
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
        from queuewatch.commands.errors import message_for

        return message_for(error)
    return status


def _dispatch(options: "argparse.Namespace") -> int:
    """Hand over to the module of the command's name: ``queuewatch.commands.when_offline`` for ``when-offline``."""
    name = options.command.replace("-", "_") or "board"
    run: Callable[[argparse.Namespace], int] = import_module(f"queuewatch.commands.{name}").run
    return run(options)
