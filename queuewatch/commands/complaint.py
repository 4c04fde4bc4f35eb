"""From an error to a sentence, a hint and an exit status."""

import sys

from queuewatch.commands import wrong
from queuewatch.config import ConfigError
from queuewatch.failover.destination_input import DestinationError
from queuewatch.failover.lookup import NotFound
from queuewatch.failover.moment_input import MomentError
from queuewatch.history.book import HistoryError
from queuewatch.journal import JournalError
from queuewatch.pbx.errors import BadConnection, NotKept, PbxError, ReadOnly
from queuewatch.pbx.sandbox.samples import SampleError
from queuewatch.plain_text import one_line


def complaint(error: Exception) -> int:
    """Write the error to stderr, one sentence and a hint, and give the exit status it stands for."""
    match error:
        case (
            wrong.WrongCommand()
            | ConfigError()
            | DestinationError()
            | NotFound()
            | MomentError()
            | JournalError()
            | HistoryError()
        ):
            complain(str(error), error.hint)
            return wrong.WRONG
        case BadConnection() | SampleError() | ReadOnly() | NotKept():
            complain(str(error), error.hint)
            return wrong.WRONG
        case PbxError():
            complain(str(error), error.hint)
            return wrong.NO_ANSWER
        case ExceptionGroup():
            # What ran side by side fails as a group, which says nothing of what happened.
            return complaint(error.exceptions[0])
        case _:
            # Only the kind of error: its text may hold what was being read.
            complain(
                f"queuewatch itself failed ({type(error).__name__}): a fault in the program, not in your command.",
                "Please report it; QUEUEWATCH_DEBUG=1 shows where it happened.",
            )
            return wrong.FAULT


def complain(sentence: str, hint: str = "") -> None:
    """Write a sentence and its hint to stderr."""
    sys.stdout.flush()
    sys.stderr.write(complaint_text(sentence, hint))


def complaint_text(sentence: str, hint: str = "") -> str:
    """The lines of a complaint."""
    lines = (f"  {one_line(line)}".rstrip() for line in hint.splitlines())
    return "\n".join((f"queuewatch: {one_line(sentence)}", *lines)) + "\n"
