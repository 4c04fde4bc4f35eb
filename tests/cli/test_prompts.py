"""Questions at the terminal."""

import signal
import sys
from collections.abc import Callable

import pytest

from queuewatch.commands.editing import is_answered
from queuewatch.commands.prompts import ask
from queuewatch.process.background import run_loop


class Impatient:
    """Somebody who presses Ctrl+C at the question, and would answer y after it."""

    def readline(self) -> str:
        """What is typed in the end."""
        signal.raise_signal(signal.SIGINT)
        return "y\n"


@pytest.mark.parametrize("question", [lambda: is_answered("Change it? [y/N] "), lambda: ask("Which number")])
def test_ctrl_c_at_a_question_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, question: Callable[[], object]
) -> None:
    answered: list[bool] = []

    async def asks() -> None:
        question()
        answered.append(True)

    monkeypatch.setattr(sys, "stdin", Impatient())
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_loop(asks())
        assert not answered
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
