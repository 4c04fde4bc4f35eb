"""A live failover test in the program: the screen's wishes carried out, and the program's end put off by it."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from queuewatch.connection.connection import Connection
from queuewatch.connection.proving import live_test, look
from queuewatch.failover.lookup import NotFound
from queuewatch.journal import JournalError
from queuewatch.pbx.errors import PbxError
from queuewatch.process.deadline import held_off
from queuewatch.proof.live_test import LiveTest, ProofProgress
from queuewatch.proof.permission import ProofPlan, Refusal
from queuewatch.proof.preparing import Refusals
from queuewatch.proof.timing import Timing

if TYPE_CHECKING:
    from screens.proof.proof import ProofScreen


class ProofRunner:
    """Carries out one test at a time, whatever screen is left meanwhile."""

    def __init__(self, ended: Callable[[], None]) -> None:
        """``ended`` is told when a test is over, everybody restored: what waited for that may go on."""
        self.timing = Timing()
        self._ended = ended
        self._test: LiveTest | None = None

    @property
    def is_running(self) -> bool:
        """Whether the program must not end yet."""
        return self._test is not None

    def stop(self, why: str) -> None:
        """Have everybody logged in again first; from any thread of the event loop."""
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

    async def run(self, connection: Connection, screen: "ProofScreen", plan: ProofPlan) -> None:
        """Test, and show how it goes."""
        if self._test is not None:
            screen.show_refusals((Refusal("A test is going on already.", "Wait for its end."),))
            return

        def tell(progress: ProofProgress) -> None:
            screen.show_progress(progress, asks=test.wants_answer)

        test = self._test = live_test(connection, plan, self.timing, tell, asks=True)
        try:
            with held_off(lambda: test.may_be_out):
                proof = await test.run()
            screen.show_proof(proof)
        except JournalError as error:
            screen.show_refusals((Refusal(str(error), error.hint),))
        except asyncio.CancelledError:
            self._test = None
            raise
        finally:
            self._test = None
            self._ended()

    def answer(self, right: bool) -> None:
        """What the tester says."""
        if self._test is not None:
            self._test.answer(right)

    def restore_now(self) -> None:
        """Somebody pressed the key for it."""
        if self._test is not None:
            self._test.stop("Esc was pressed.")
