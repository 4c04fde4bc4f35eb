"""``queuewatch prove``: a live failover test, from the question to everybody's being logged in again."""

import argparse
import asyncio
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from msgspec.structs import replace

from queuewatch.commands import errors
from queuewatch.commands.connecting import asked, connect_once, over
from queuewatch.commands.errors import UsageError, print_error
from queuewatch.commands.prompts import answer_to, ask
from queuewatch.commands.terminal import LineStream, whole_words, write
from queuewatch.connection.connection import Connection
from queuewatch.connection.proving import ProofReceivers, live_test, look, refused
from queuewatch.failover.phone_number import as_dialled, format_number
from queuewatch.journal import JournalError
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import in_background, run_loop
from queuewatch.proof.interrupted import StillOut, interrupted, look_at, restore_by_hand
from queuewatch.proof.live_test import LiveTest, ProofProgress
from queuewatch.proof.permission import ProofPlan, Refusal
from queuewatch.proof.preparing import Refusals, prepare_in_time
from queuewatch.proof.proof import Proof
from queuewatch.proof.timing import Timing
from queuewatch.report.proof import after_the_test, before_the_test, proof_json
from queuewatch.text.plain_text import harmless_lines, one_line

SAMPLE_SPEED = 20.0
"""How many times as fast a sample's people answer."""

LONGEST_PIPE = 5.0
"""Seconds for which a line is waited for on a standard input at which nobody sits."""

TIMING = Timing()
"""The times of a test; ``--for`` comes on top."""


def run(options: argparse.Namespace) -> int:
    """Test, or restore what a test left."""
    _check(options)
    if options.past:
        from queuewatch.commands.past import run_past

        return run_past(options)
    if options.restore:
        connection = connect_once(options)
        return run_loop(over(connection, lambda system: _restore(system, connection, options)))
    connection = _connect(options)
    if not (options.call_from or options.my_number or options.unplug):
        if not _at_terminal():
            raise UsageError(
                "Nobody was logged out: which call is the test's could not be told.",
                "Say who calls: --call-from EXTENSION, or --my-number N.",
            )
        options.my_number = ask("The number that you will call from", _check_phone)
    if options.unplug:
        from queuewatch.commands.unplug import time_power_loss

        return run_loop(over(connection, lambda system: time_power_loss(system, connection, options)))
    return run_loop(over(connection, lambda system: _prove(connection, options)))


def _check(options: argparse.Namespace) -> None:
    """What is wrong with the words alone. Raises :class:`UsageError`."""
    tests = options.unplug or options.my_number or options.call_from or options.wait
    if options.past:
        if options.restore or tests:
            raise UsageError("--past makes no call and logs nobody in or out.", "Leave out what is of a test.")
        options.since = options.since or "7d"
        return
    if options.since or options.until:
        raise UsageError("--since and --until are of --past.", "Add --past, or leave them out.")
    if options.format not in ("text", "json"):
        raise UsageError("A test is told as text or JSON.", "Leave out --format, or give --format json.")
    if len(options.queues) > 1:
        raise UsageError("One queue is tested at a time.", "Name one of them.")
    options.queue = options.queues[0] if options.queues else ""
    if options.restore and (options.queue or options.unplug or options.my_number or options.call_from):
        raise UsageError(
            "--restore goes alone: it looks at every test that was interrupted.", "queuewatch prove --restore"
        )
    if not (options.restore or options.queue):
        raise UsageError("Which queue is to be tested?", "Name it: queuewatch prove QUEUE")
    if options.my_number and options.call_from:
        raise UsageError(
            "--my-number and --call-from exclude one another: either you call, or the phone system does.",
            "Give one of them.",
        )
    for text in filter(None, (options.my_number, options.call_from)):
        _check_phone(text)


def _check_phone(text: str) -> None:
    """Return if this can be a phone. Raises :class:`UsageError`."""
    if not (as_dialled(text) or text.strip().isalnum()):
        raise UsageError(f"{one_line(text)!r} is no number and no extension.", "Such as 2145550911.")


def _connect(options: argparse.Namespace) -> Connection:
    """The connection; a sample's people live at some speed, or nobody would ever answer."""
    if not options.sample:
        return connect_once(options)
    from queuewatch.connection.sample import connect_sample

    return connect_sample(asked(options), SAMPLE_SPEED)


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


async def _prove(connection: Connection, options: argparse.Namespace) -> int:
    screen = _Lines(to_stderr=options.format == "json")
    my_number = as_dialled(options.my_number) or options.my_number
    call_from = as_dialled(options.call_from) or options.call_from.strip()

    async def once() -> ProofPlan | Refusals:
        return await look(connection, options.queue, my_number, call_from)

    waited: list[bool] = []
    if options.wait:
        said: set[str] = set()

        def tell(refusals: Sequence[Refusal]) -> None:
            waited.append(True)
            for refusal in refusals:
                if refusal.sentence not in said:
                    said.add(refusal.sentence)
                    screen.line(f"Waiting: {refusal.sentence}")

        answer = await prepare_in_time(once, tell)
    else:
        answer = await once()
    if isinstance(answer, ProofPlan):
        for line in before_the_test(answer):
            screen.line(line)
        screen.catch_up()
        if why := _permission(connection, options, answer, asked_again=bool(waited)):
            answer = Refusals(answer.snapshot, answer.queue, (why,))
    if isinstance(answer, Refusals):
        screen.finish()
        return _tell_end(refused(connection, answer), options)
    timing = replace(TIMING, longest=options.longest or TIMING.longest)
    if connection.is_sample:
        timing = replace(timing, read_every=timing.read_every / SAMPLE_SPEED)
    at_terminal = _at_terminal()
    receivers = ProofReceivers(connection, answer, os.environ, lambda words: screen.line(f"warning: {words}"))
    test = live_test(
        connection,
        answer,
        timing,
        lambda progress: screen.show(test, progress),
        asks=at_terminal,
        receivers=receivers,
    )
    screen.line("  Ctrl+C logs everybody in again at once.")
    with _restoring_first(test):
        try:
            proof = await test.run()
        except JournalError as error:
            why = Refusal(f"Nobody was logged out: {error}", error.hint)
            proof = refused(connection, Refusals(answer.snapshot, answer.queue, (why,)))
    receivers.tell_end(proof)
    await receivers.finish()
    screen.finish()
    return _tell_end(proof, options)


def _permission(
    connection: Connection, options: argparse.Namespace, plan: ProofPlan, *, asked_again: bool
) -> Refusal | None:
    """Why it may not begin; ``None`` where it may. A question is asked where somebody is there to answer it."""
    terminal, number = _at_terminal(), plan.queue.extension
    typed = connection.production or not (terminal or plan.asked.call_from)
    if not terminal:
        if typed and _piped() != number:
            why = f"{connection.title} is in production" if connection.production else "Nobody sits at a terminal"
            return Refusal(
                f"{why}: the queue's number has to be typed first, and --yes does not stand for that.",
                "Run it at a terminal."
                if connection.production
                else "Run it at a terminal, or let the phone system call: --call-from EXTENSION --yes.",
            )
        if typed:
            return None
        if not options.yes:
            return Refusal("There is no terminal to confirm it at.", "Add --yes to begin without being asked.")
        return None
    outside = bool(as_dialled(plan.asked.call_from)) and plan.asked.call_from not in (plan.snapshot.users or {})
    if (
        outside
        and not options.yes
        and not _yes(
            f"The phone system calls {format_number(plan.asked.call_from)} first, and that call is charged. Go on?"
        )
    ):
        return Refusal("Nothing was begun.", "To begin after all, repeat this and answer y.")
    if typed:
        if (
            _typed(
                f"{connection.title} is in production. Type the queue's number ({number}) to log its agents out: "
            )
            != number
        ):
            return Refusal("Nothing was begun: that was not the queue's number.", f"Type {number} to begin.")
        return None
    if (not options.yes or asked_again) and not _yes("Begin?"):
        return Refusal("Nothing was begun.", "To begin after all, repeat this and answer y.")
    return None


def _yes(question: str) -> bool:
    return _typed(f"{question} [y/N] ").casefold() in ("y", "yes")


def _piped() -> str:
    """A line that was given on standard input where nobody sits; empty if none comes."""
    if sys.stdin is None or sys.platform == "win32":
        return ""
    # What is no file has what it has, or nothing.
    ready: Sequence[object] = (sys.stdin,)
    with suppress(OSError, ValueError, TypeError):
        ready, _, _ = select.select([sys.stdin], [], [], LONGEST_PIPE)
    with suppress(OSError, ValueError):
        return sys.stdin.readline().strip() if ready else ""
    return ""


def _typed(question: str) -> str:
    return answer_to(question).strip()


@contextmanager
def _restoring_first(test: LiveTest) -> Iterator[None]:
    """While the block runs, every signal that would end the program has everybody logged in again first."""
    loop = asyncio.get_running_loop()
    caught: list[signal.Signals] = []
    for name, why in (
        ("SIGINT", "Ctrl+C was pressed."),
        ("SIGTERM", "The program was told to end (SIGTERM)."),
        ("SIGHUP", "The terminal was closed (SIGHUP)."),
    ):
        number = getattr(signal, name, None)
        if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            continue
        # Where the loop takes no handlers (Windows), Ctrl+C cancels the test, which restores as well.
        with suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(number, _stopping(test, why))
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            with suppress(NotImplementedError, ValueError, RuntimeError):
                loop.remove_signal_handler(number)


def _stopping(test: LiveTest, why: str) -> Callable[[], None]:
    return lambda: test.stop(why, farewell=True)


class _Lines:
    """Writes the steps, a line each, to a terminal that may have stopped reading: nobody waits for it."""

    def __init__(self, *, to_stderr: bool) -> None:
        self._stream = sys.stderr if to_stderr else sys.stdout
        self._out = LineStream(self._stream)
        self._asking = False

    def line(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._out.write(f"{harmless_lines(whole_words(text, self._stream))}\n")

    def show(self, test: LiveTest, progress: ProofProgress) -> None:
        """Write what is new; ask the tester once there is something to ask about."""
        if progress.line:
            left = f"[{progress.seconds:3.0f} s] " if progress.left is not None else ""
            self.line(f"{left}{progress.line}")
        if test.wants_answer and not self._asking:
            self._asking = True
            in_background(self._ask(test), "asking what answered")

    async def _ask(self, test: LiveTest) -> None:
        while test.wants_answer:
            self.line("Did the right person or greeting answer? Type y or n, and Enter:")
            line = await asyncio.to_thread(sys.stdin.readline)
            said = line.strip().casefold()
            if said in ("y", "yes"):
                test.answer(True)
            elif said in ("n", "no"):
                test.answer(False)
            elif not line:
                test.stop("Nobody answered what answered the call.")
                return

    def catch_up(self) -> None:
        """Have written what a question is about, before it is asked."""
        self._out.catch_up(1.0)

    def finish(self) -> None:
        self._out.finish(1.0)


def _tell_end(proof: Proof, options: argparse.Namespace) -> int:
    if options.format == "json":
        write(proof_json(proof))
    else:
        for line in after_the_test(proof):
            write(whole_words(line, sys.stdout))
    return errors.DONE if proof.ok else errors.NOT_DONE


# After a test that was interrupted.


async def _restore(system: PhoneSystem, connection: Connection, options: argparse.Namespace) -> int:
    journal = connection.journal
    if connection.read_only:
        raise UsageError(
            "Nobody was logged in: queuewatch is read-only here.",
            "Leave out --read-only, or read_only in the profile.",
        )
    found = () if journal is None else interrupted(journal.path, journal.read(), system.address, system.domain)
    if journal is None or not found:
        if options.format == "json":
            write(json.dumps({"restored": [], "not_restored": []}, indent=2))
        else:
            write("No test was interrupted here: there is nobody to log in.")
        return errors.DONE
    restored: list[str] = []
    not_restored: list[str] = []
    say = print_error if options.format == "json" else write
    for entry in found:
        say(f"The test of {entry.label} of {entry.at.astimezone():%Y-%m-%d %H:%M}, by {entry.who.words}:")
        chosen = []
        for one in await look_at(system, entry, TIMING):
            if not one.is_out or _ticked(one, options, say):
                chosen.append(one)
            else:
                not_restored.append(one.agent.id)
        for fate in await restore_by_hand(system, journal, entry, chosen, TIMING):
            say(f"  {fate.sentence}")
            (restored if fate.is_in else not_restored).append(fate.id)
    if options.format == "json":
        write(json.dumps({"restored": restored, "not_restored": not_restored}, indent=2))
    return errors.NOT_DONE if not_restored else errors.DONE


def _ticked(one: StillOut, options: argparse.Namespace, say: Callable[[str], object]) -> bool:
    """Whether this one is to be logged in: asked, or with ``--yes`` where nobody has changed the row since."""
    say(f"  {one.words}")
    if options.yes:
        return not one.changed
    if not _at_terminal():
        raise UsageError(
            "Nobody was logged in: there is no terminal to ask at.",
            "Add --yes to log in those whom nobody has touched since.",
        )
    return _yes(f"  Log {one.name} in again?")
