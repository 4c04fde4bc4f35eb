"""A live failover test over a connection: whose it is, where it is logged, and its guard."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from queuewatch.alerts.alert import Alert, Message
from queuewatch.alerts.dispatcher import RuleFilter
from queuewatch.alerts.receivers import Receiver, receivers_of
from queuewatch.connection.connection import Connection
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lookup import find_queue
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.wording import plural
from queuewatch.journal import Journal, ProofEntry, Who
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.polling.assemble import read_snapshot, with_rules
from queuewatch.polling.devices import DeviceReadBudget, read_for_drill
from queuewatch.profiles.alert_rules import AlertKind
from queuewatch.proof.guard import GuardOrder, GuardProcess, start_guard
from queuewatch.proof.live_test import LiveTest, Phase, ProofProgress
from queuewatch.proof.permission import Asked, ProofPlan
from queuewatch.proof.preparing import Refusals, prepare
from queuewatch.proof.proof import Proof, ProofOutcome, outcome_words
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


async def read_with_phones(connection: Connection, typed: str) -> tuple[Snapshot, Queue]:
    """The queue, and the phones of its agents: what a loss of power is predicted from.

    Raises :class:`~queuewatch.failover.lookup.NotFound` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    system = connection.system
    snapshot = await read_snapshot(system, (), connection.site_facts)
    queue = find_queue(snapshot.queues, typed)
    snapshot = await with_rules(system, snapshot, [queue.extension])
    scope = DrillScope(agents=frozenset(agent.id for agent in snapshot.agents_of(queue.extension)))
    budget = DeviceReadBudget(seconds_each=0.0) if connection.is_sample else DeviceReadBudget()
    async for step in read_for_drill(system, snapshot, scope, budget, clock=connection.clock):
        snapshot = step.update(snapshot)
    return snapshot, queue


def live_test(
    connection: Connection,
    plan: ProofPlan,
    timing: Timing,
    tell: Callable[[ProofProgress], None],
    *,
    asks: bool,
    receivers: "ProofReceivers | None" = None,
    in_memory: Journal | None = None,
) -> LiveTest:
    """The test, ready to be run. A sample ends with this process: it needs no guard, and no log but in memory."""
    journal = connection.journal_of(plan.asked.identity)

    async def guard(entry: ProofEntry) -> GuardProcess:
        assert journal is not None
        return await start_guard(guard_order(connection, journal, timing), entry)

    sandbox, asked = connection.sandbox, plan.asked
    called: list[Phase] = []
    begun: list[bool] = []

    def told(progress: ProofProgress) -> None:
        if receivers is not None and progress.phase is Phase.LOGGING_OUT and not begun:
            begun.append(True)
            receivers.tell_begin()
        if sandbox is not None and asked.my_number and progress.phase is Phase.CALLING and not called:
            # Nobody can dial a number of a sample: the tester is played as well.
            called.append(progress.phase)
            sandbox.dial(asked.my_number, plan.queue.extension)
        tell(progress)

    return LiveTest(
        connection.system,
        plan,
        who=who_tests(connection, plan),
        keeper=journal if journal is not None else in_memory,
        start_guard=None if journal is None else guard,
        timing=timing,
        tell=told,
        asks=asks,
        now=connection.clock if connection.is_sample else lambda: datetime.now(UTC),
    )


class ProofReceivers:
    """The webhooks and commands of the profile's rules, which are told of a test's start, its end, and a failure.

    Nobody waits for them while agents are logged out.
    """

    def __init__(
        self, connection: Connection, plan: ProofPlan, environ: Mapping[str, str], note: Callable[[str], None]
    ) -> None:
        self._connection, self._plan = connection, plan
        self._receivers: list[Receiver] = []
        hidden = {connection.token_env, *(rule.webhook_env for rule in connection.alerts)}
        for rule in connection.alerts:
            scope = RuleFilter(rule)
            scope.look(plan.snapshot)
            if not scope.has(self._alert("", "")):
                continue
            self._receivers += receivers_of(rule, environ, hidden, lambda _, trouble: note(trouble), note)

    def tell_begin(self) -> None:
        """That agents are being logged out."""
        label = self._plan.queue.label
        many = plural(len(self._plan.agents), "agent")
        self._tell(
            f"live test of {label} begins",
            f"A live failover test of {label} begins: {many} are logged out for some minutes, and calls go to "
            f"{self._plan.destination_words}.",
        )

    def tell_end(self, proof: Proof) -> None:
        """What came of it, and who is not logged in again."""
        if proof.outcome is ProofOutcome.REFUSED:
            return
        headline = f"live test of {proof.label}: {outcome_words(proof)}"
        why = f" {proof.why}" if proof.why else ""
        if proof.not_restored:
            names = ", ".join(proof.not_restored)
            headline = f"live test of {proof.label}: NOT everybody is logged in again"
            why = f"{why} Not logged in again: {names}. {proof.hint}"
        self._tell(headline, f"The live failover test of {proof.label} has ended: {outcome_words(proof)}.{why}")

    async def finish(self) -> None:
        """Wait until everything was sent or given up, and let go."""
        for receiver in self._receivers:
            await receiver.finish()
            await receiver.close()

    def _alert(self, headline: str, sentence: str) -> Alert:
        queue = self._plan.queue
        return Alert(
            AlertKind.LIVE_TEST,
            self._plan.snapshot.domain,
            datetime.now(UTC),
            headline,
            sentence,
            queue=queue.extension,
            name=queue.name,
            site=queue_site(self._plan.snapshot, queue),
        )

    def _tell(self, headline: str, sentence: str) -> None:
        message = Message(self._connection.title, (self._alert(headline, sentence),))
        for receiver in self._receivers:
            receiver.send(message)


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
