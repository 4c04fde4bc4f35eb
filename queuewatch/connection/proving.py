"""A live failover test over a connection: whose it is, where it is logged, and its guard."""

from collections.abc import Callable
from datetime import UTC, datetime

from queuewatch.connection.connection import Connection
from queuewatch.journal import Journal, ProofEntry, Who
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.proof.guard import GuardOrder, GuardProcess, start_guard
from queuewatch.proof.live_test import LiveTest, Phase, ProofProgress
from queuewatch.proof.permission import Asked, ProofPlan
from queuewatch.proof.preparing import Refusals, prepare
from queuewatch.proof.proof import Proof, ProofOutcome
from queuewatch.proof.timing import Timing
from queuewatch.storage.folder import os_user


def who_tests(connection: Connection, plan: ProofPlan | Refusals | None = None) -> Who:
    """On whose behalf it is done."""
    identity = plan.asked.identity if isinstance(plan, ProofPlan) else None
    journal = connection.journal_of(identity)
    return journal.who if journal is not None else Who(connection.title, os_user())


async def look(
    connection: Connection, queue: str, my_number: str = "", call_from: str = ""
) -> ProofPlan | Refusals:
    """Whether this queue may be tested over this connection now.

    Raises :class:`~queuewatch.failover.lookup.NotFound` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    asked = Asked(
        my_number=my_number,
        call_from=call_from,
        read_only=connection.read_only,
        never_prove=connection.proofs.never_prove,
    )
    return await prepare(connection.system, queue, asked, connection.journal, connection.site_facts)


def live_test(
    connection: Connection,
    plan: ProofPlan,
    timing: Timing,
    tell: Callable[[ProofProgress], None],
    *,
    asks: bool,
) -> LiveTest:
    """The test, ready to be run. A sample in this process ends with it, and needs neither log nor guard."""
    journal = connection.journal_of(plan.asked.identity)

    async def guard(entry: ProofEntry) -> GuardProcess:
        assert journal is not None
        return await start_guard(guard_order(connection, journal, timing), entry)

    sandbox, asked = connection.sandbox, plan.asked
    called: list[Phase] = []

    def told(progress: ProofProgress) -> None:
        if sandbox is not None and asked.my_number and progress.phase is Phase.CALLING and not called:
            # Nobody can dial a number of a sample: the tester is played as well.
            called.append(progress.phase)
            sandbox.dial(asked.my_number, plan.queue.extension)
        tell(progress)

    return LiveTest(
        connection.system,
        plan,
        who=who_tests(connection, plan),
        keeper=journal,
        start_guard=None if journal is None else guard,
        timing=timing,
        tell=told,
        asks=asks,
    )


def guard_order(connection: Connection, journal: Journal, timing: Timing) -> GuardOrder:
    """What the guard has to know of this connection."""
    assert connection.bearer is not None
    return GuardOrder(
        address=base_url(connection.system.address),
        domain=connection.system.domain,
        journal=journal.path,
        who=journal.who,
        bearer=connection.bearer,
        session=connection.sign_in.name if connection.sign_in is not None else "",
        hidden=(connection.token_env,),
        timing=timing,
    )


def refused(connection: Connection, answer: Refusals) -> Proof:
    """The test that was not begun, told as one."""
    now = datetime.now(UTC)
    rule = answer.snapshot.rules_of(answer.queue.extension).in_effect
    return Proof(
        queue=answer.queue.extension,
        name=answer.queue.name,
        outcome=ProofOutcome.REFUSED,
        rule=rule.time_frame if rule else None,
        destination=rule.offline.destination if rule else None,
        reached=None,
        began_at=now,
        ended_at=now,
        by=who_tests(connection).words,
        why=" ".join(refusal.sentence for refusal in answer.refusals),
        hint=" ".join(dict.fromkeys(refusal.hint for refusal in answer.refusals if refusal.hint)),
    )
