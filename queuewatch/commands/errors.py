"""The exit statuses, and the error of a command that cannot be carried out as it was given."""

import sys

from queuewatch.text.plain_text import one_line

DONE = 0
NOT_DONE = 1
"""A change was refused by the phone system, or reading back did not confirm it."""
FOUND = 1
"""The audit found something as bad as was asked about, or worse."""
WRONG = 2
"""The command, an option, a profile or a name in it was wrong, or it was not confirmed."""
NO_ANSWER = 3
"""The phone system could not be reached, did not make sense, or refused the credentials."""
FAULT = 70
"""A fault of queuewatch itself."""
INTERRUPTED = 130
PIPE_CLOSED = 141
"""Whoever read the output stopped reading; the number is the one shells show for it."""


class UsageError(Exception):
    """The command was wrong. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


def message_for(error: Exception) -> int:
    """Write the error to stderr, one sentence and a hint, and give the exit status it stands for."""
    from queuewatch.failover.destination_input import DestinationError
    from queuewatch.failover.lookup import NotFound
    from queuewatch.failover.schedule.moment_input import MomentError
    from queuewatch.history.database import HistoryError
    from queuewatch.journal import JournalError
    from queuewatch.pbx.errors import BadConnection, NotKept, PbxError, ReadOnly
    from queuewatch.pbx.sandbox.samples import SampleError
    from queuewatch.profiles.fields import ConfigError
    from queuewatch.setup.setup_file import SetupFileError

    match error:
        case (
            UsageError()
            | ConfigError()
            | DestinationError()
            | NotFound()
            | MomentError()
            | JournalError()
            | HistoryError()
            | SetupFileError()
        ):
            print_error(str(error), error.hint)
            return WRONG
        case BadConnection() | SampleError() | ReadOnly() | NotKept():
            print_error(str(error), error.hint)
            return WRONG
        case PbxError():
            print_error(str(error), error.hint)
            return NO_ANSWER
        case ExceptionGroup():
            # What ran side by side fails as a group, which says nothing of what happened.
            return message_for(error.exceptions[0])
        case PermissionError(filename=str() as path, strerror=str() as why):
            # Whatever was to be looked at there: no mistake of the program's.
            print_error(f"{path} cannot be used: {why}.", "Make it accessible for you, or name another.")
            return WRONG
        case FileNotFoundError(filename=None):
            # Only what looks for the folder one is in names no file.
            print_error("The folder this was called from is not there any more.", "Change to one that is.")
            return WRONG
        case _:
            # Only the kind of error: its text may hold what was being read.
            print_error(
                f"queuewatch itself failed ({type(error).__name__}): a fault in the program, not in your command.",
                "Please report it; QUEUEWATCH_DEBUG=1 shows where it happened.",
            )
            return FAULT


def print_error(sentence: str, hint: str = "") -> None:
    """Write a sentence and its hint to stderr."""
    sys.stdout.flush()
    sys.stderr.write(complaint_text(sentence, hint))


def complaint_text(sentence: str, hint: str = "") -> str:
    """The lines of a complaint."""
    lines = (f"  {one_line(line)}".rstrip() for line in hint.splitlines())
    return "\n".join((f"queuewatch: {one_line(sentence)}", *lines)) + "\n"
