"""A live failover test in the program: the screen's wishes carried out, and the program's end put off by it."""

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from queuewatch.connection.connection import Connection
from queuewatch.connection.proving import ProofReceivers, live_test, look, read_with_phones, who_tests
from queuewatch.failover.lookup import NotFound
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.journal import Journal, JournalError
from queuewatch.pbx.errors import PbxError
from queuewatch.process.deadline import held_off
from queuewatch.proof.live_test import LiveTest, ProofProgress
from queuewatch.proof.permission import ProofPlan, Refusal
from queuewatch.proof.preparing import Refusals
from queuewatch.proof.proof import Proof
from queuewatch.proof.timing import Timing
from queuewatch.proof.unplug import Watch, after_the_watch, before_the_watch, keep, nothing_to_time

if TYPE_CHECKING:
    from screens.proof.proof import ProofScreen


class ProofRunner:
    """Carries out one test at a time, whatever screen is left meanwhile."""

    def __init__(self, ended: Callable[[Proof | None], None]) -> None:
        """``ended`` is told when a test is over, everybody restored: what waited for that may go on.

        It is told what came of it, ``None`` where that is not known.
        """
        self.timing = Timing()
        self._ended = ended
        self._test: LiveTest | None = None
        self._watch: Watch | None = None
        self._warned: tuple[Snapshot, Queue] | None = None
        """The queue whose plug is to be pulled, as it was read before."""

    @property
    def is_running(self) -> bool:
        """Whether the program must not end yet."""
        return self._test is not None

    def stop(self, why: str) -> None:
        """Have everybody logged in again first."""
        if self._test is not None:
            self._test.stop(why, farewell=True)

    async def look(self, connection: Connection, screen: "ProofScreen", number: str) -> None:
        """Read all that bears on the test, and show what is to be asked."""
        try:
            answer = await look(connection, screen.extension, number)
        except (PbxError, NotFound, JournalError) as error:
            screen.show_refusals((Refusal(str(error), error.hint),))
            return
        if isinstance(answer, Refusals):
            screen.show_refusals(answer.refusals)
        else:
            screen.show_plan(answer)

    async def run(
        self, connection: Connection, screen: "ProofScreen", plan: ProofPlan, in_memory: Journal | None
    ) -> None:
        """Test, and show how it goes. ``in_memory`` is the log of a sample."""
        if self._test is not None:
            screen.show_refusals((Refusal("A test is going on already.", "Wait for its end."),))
            return

        def tell(progress: ProofProgress) -> None:
            screen.show_progress(progress, asks=test.wants_answer)

        receivers = ProofReceivers(connection, plan, os.environ, screen.say)
        test = live_test(connection, plan, self.timing, tell, asks=True, receivers=receivers, in_memory=in_memory)
        self._test = test
        proof: Proof | None = None
        try:
            with held_off(lambda: test.may_be_out):
                proof = await test.run()
            receivers.tell_end(proof)
            screen.show_proof(proof)
            await receivers.finish()
        except JournalError as error:
            screen.show_refusals((Refusal(str(error), error.hint),))
        finally:
            self._test = None
            self._ended(proof)

    async def warn(self, connection: Connection, screen: "ProofScreen") -> None:
        """Read the phones of the queue's agents, and say what is to be known before a plug is pulled."""
        try:
            snapshot, queue = await read_with_phones(connection, screen.extension)
        except (PbxError, NotFound) as error:
            screen.show_refusals((Refusal(str(error), error.hint),))
            return
        if why := nothing_to_time(snapshot, queue):
            screen.show_refusals((Refusal(why, "Try again while its agents are online."),))
            return
        self._warned = (snapshot, queue)
        screen.show_warning(before_the_watch(snapshot, queue))

    async def watch(self, connection: Connection, screen: "ProofScreen", in_memory: Journal | None) -> None:
        """Hold the watch from this moment on, and show what was measured."""
        if self._warned is None:
            return
        snapshot, queue = self._warned
        who = who_tests(connection).words
        target = connection.proofs.target

        async def read() -> Snapshot:
            return (await read_with_phones(connection, queue.extension))[0]

        self._watch = watch = Watch(
            connection.system,
            snapshot,
            queue,
            screen.show_step,
            who,
            target,
            self.timing,
            connection.clock,
            read,
        )
        try:
            measured = await watch.run()
        finally:
            # Another may have been begun in its place.
            if self._watch is watch:
                self._watch = None
        journal = connection.journal if connection.journal is not None else in_memory
        lines = after_the_watch(measured)
        if journal is not None:
            try:
                await asyncio.to_thread(keep, journal, connection.system, queue, measured)
            except JournalError as error:
                lines = (*lines, f"{error} {error.hint}")
        screen.show_measured(lines)

    def answer(self, right: bool) -> None:
        """What the tester says."""
        if self._test is not None:
            self._test.answer(right)

    def restore_now(self) -> None:
        """Somebody pressed the key for it."""
        if self._test is not None:
            self._test.stop("Esc was pressed.")
        if self._watch is not None:
            self._watch.stopped.set()
