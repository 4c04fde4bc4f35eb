"""Everything that is read before a test may be begun, and the waiting until it may."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.lookup import NotFound, find_queue
from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.failover.visibility import why_unread
from queuewatch.journal import Journal
from queuewatch.pbx.errors import PbxError, Refused, Throttled, Unreachable
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import read_snapshot, with_rules, with_scope
from queuewatch.proof.permission import Asked, ProofPlan, Refusal, may_prove

LONGEST_WAIT = 30 * 60.0
"""Seconds that ``--wait`` waits for a moment at which a test hurts nobody."""
LOOK_AGAIN = 5.0
"""Seconds between two looks while it waits."""
MOST_QUEUES = 100
"""Beyond so many, the rules of those that are not on the way are left unread: they take a request each."""


class Refusals(Struct, frozen=True):
    """That a queue may not be tested, and why."""

    snapshot: Snapshot
    queue: Queue
    refusals: tuple[Refusal, ...]

    @property
    def passes(self) -> bool:
        """Whether all of it goes away by itself."""
        return all(refusal.passes for refusal in self.refusals)


async def prepare(
    system: PhoneSystem,
    typed: str,
    asked: Asked,
    journal: Journal | None = None,
    site_facts: SiteFacts = NO_SITE_FACTS,
) -> ProofPlan | Refusals:
    """Read all that bears on a test of this queue, and say whether it may be.

    Raises :class:`NotFound` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    snapshot = await read_snapshot(system, (), site_facts)
    try:
        queue = find_queue(snapshot.queues, typed)
    except NotFound as error:
        if unread := why_unread(snapshot, Part.LIVE):
            raise NotFound(f"{str(error).rstrip('.')} that could be read: {unread}.", error.hint) from None
        raise
    queues = [other.extension for other in snapshot.call_queues]
    snapshot = await with_rules(system, snapshot, queues if len(queues) <= MOST_QUEUES else [queue.extension])
    try:
        identity = await system.read_identity()
    except PbxError:
        identity = None
    asked = replace(
        asked,
        identity=identity,
        server=system.address,
        now=datetime.now(UTC),
        log=await asyncio.to_thread(journal.read) if journal is not None else asked.log,
    )
    snapshot = with_scope(snapshot, identity)
    if queue.park:
        answer = may_prove(snapshot, queue, (), (), asked)
    else:
        try:
            stored = await system.read_stored_agents(queue.extension)
            waiting = await system.read_queued_calls(queue.extension)
            await system.read_calls()
        except PbxError as error:
            if isinstance(error, Unreachable | Refused | Throttled):
                raise
            sentence = f"What a test has to watch cannot be read: {error}"
            return Refusals(snapshot, queue, (Refusal(sentence, error.hint),))
        answer = may_prove(snapshot, queue, stored, waiting.items, asked)
    return answer if isinstance(answer, ProofPlan) else Refusals(snapshot, queue, answer)


async def prepare_in_time(
    look: Callable[[], Awaitable[ProofPlan | Refusals]],
    tell: Callable[[Sequence[Refusal]], None],
    *,
    longest: float = LONGEST_WAIT,
    every: float | None = None,
) -> ProofPlan | Refusals:
    """Look until nothing speaks against the test any more, or what does will not go away by itself."""
    loop = asyncio.get_running_loop()
    until = loop.time() + longest
    while True:
        answer = await look()
        if isinstance(answer, ProofPlan) or not answer.passes or loop.time() >= until:
            return answer
        tell(answer.refusals)
        await asyncio.sleep(LOOK_AGAIN if every is None else every)
