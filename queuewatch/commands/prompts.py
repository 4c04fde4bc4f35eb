"""Questions at the terminal. They go to stderr, so that what a command writes can be piped on."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from queuewatch.commands.errors import UsageError, print_error
from queuewatch.pbx.errors import PbxError
from queuewatch.profiles.fields import ConfigError
from queuewatch.text.plain_text import one_line


def require_terminal_input(instead: str) -> None:
    """Raise :class:`UsageError`, with what to do instead, unless somebody sits at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at.", instead)


def ask(question: str, check: Callable[[str], object] = str, *, default: str = "") -> str:
    """What was answered. An empty answer takes the default.

    What ``check`` raises is told, and the question asked again. Raises :class:`UsageError` when nobody answers.
    """
    while True:
        line = answer_to(f"{question}{f' [{default}]' if default else ''}: ")
        if not line:
            raise UsageError(
                "Nothing was done: there was no answer.", "Answer, or give what is asked for as an option."
            )
        answer = line.strip() or default
        try:
            check(answer)
        except (UsageError, ConfigError, PbxError) as error:
            print_error(str(error), error.hint)
        else:
            return answer


def answer_to(question: str) -> str:
    """What was typed to this question, with its line end; empty where nobody types any more."""
    with _ended_by_ctrl_c():
        sys.stdout.flush()
        sys.stderr.write(one_line(question))
        sys.stderr.flush()
        return sys.stdin.readline()


@contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """While the block runs, Ctrl+C raises ``KeyboardInterrupt`` there.

    An event loop's own handler takes note of it and lets the reading go on, which nothing would then end.
    """
    handler = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or handler is None or handler is signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with suppress(RuntimeError):
            if (task := asyncio.current_task()) is not None and task.cancelling():
                # It was pressed a moment ago, and the loop has had no turn since.
                raise KeyboardInterrupt
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def ask_secret(question: str) -> str:
    """What was typed without being shown."""
    from getpass import getpass

    sys.stdout.flush()
    try:
        with _ended_by_ctrl_c():
            return getpass(f"{one_line(question)}: ").strip("\r\n")
    except EOFError:
        failure = UsageError(
            "Nothing was done: there was no answer.", "Type it, and press Enter; it is not shown."
        )
    raise failure


def refuse_words(words: list[str]) -> None:
    """Raise :class:`UsageError` for words that do not belong there, without repeating them."""
    if words:
        raise UsageError("There is a word too many.", "A password or a key is never an argument: it is asked for.")
