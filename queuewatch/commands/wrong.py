"""The exit statuses, and the error of a command that cannot be carried out as it was given."""

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


class WrongCommand(Exception):
    """The command was wrong. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint
