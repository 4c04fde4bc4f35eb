"""Tests that were interrupted: what a later start says of them, and the restoring that is asked for by hand.

A test that is going on in another process is none: it holds a lock as long as it lives, whatever ends it.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from queuewatch.failover.model import AgentLogin, Registration
from queuewatch.failover.wording import agent_name, plural
from queuewatch.journal import AgentStep, Journal, Log, ProofEnd, ProofEntry, ProofStep
from queuewatch.pbx.calls import StoredAgent
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.proof.proof import Proof, ProofOutcome, document
from queuewatch.proof.restoring import AgentFate, LoggedOut, Restoration, changed_since, row_of, still_out
from queuewatch.proof.timing import Timing
from queuewatch.storage.locks import open_lock, try_lock

BY_HAND = "restore"
"""Who restored, in the log, where somebody asked for it."""


def lock_path(journal: Path, proof_id: str) -> Path:
    """The file that the process of a test holds locked."""
    return journal.parent / f"proof-{proof_id}.lock"


@contextmanager
def going_on(journal: Path, proof_id: str) -> Iterator[None]:
    """Hold the test's lock while the block runs. A lock that cannot be had is done without."""
    path, descriptor = lock_path(journal, proof_id), -1
    with suppress(OSError):
        descriptor = open_lock(path)
        try_lock(descriptor)
    try:
        yield
    finally:
        if descriptor >= 0:
            with suppress(OSError):
                path.unlink()
            os.close(descriptor)


def forget_lock(journal: Path, proof_id: str) -> None:
    """Remove what the process of a test has left that was killed."""
    with suppress(OSError):
        lock_path(journal, proof_id).unlink()


def is_going_on(journal: Path, proof_id: str) -> bool:
    """Whether the process of that test is alive."""
    try:
        descriptor = os.open(lock_path(journal, proof_id), os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        return not try_lock(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def interrupted(journal: Path, log: Log, server: str, domain: str) -> tuple[ProofEntry, ...]:
    """The tests here after which somebody may still be logged out, and whose process is gone; the oldest first."""
    return tuple(
        proof
        for proof in log.proofs
        if (proof.server, proof.domain) == (server, domain)
        and proof.still_out
        and not is_going_on(journal, proof.id)
    )


def interrupted_words(proof: ProofEntry) -> tuple[str, str]:
    """What a start says of such a test, and what to do."""
    out = plural(len(proof.still_out), "agent")
    return (
        f"A test of {proof.name or proof.queue} was interrupted; {out} may still be logged out.",
        "queuewatch prove --restore lists them, and logs them in again.",
    )


def end_of_interrupted(entry: ProofEntry, restorer: str, caveats: tuple[str, ...] = ()) -> ProofEnd:
    """How a test ended whose own program could not write it: given up, and who is in again."""
    last = {step.agent: step.did for step in entry.steps}
    out = tuple(agent for agent, did in last.items() if did != AgentStep.REFUSED)
    restored = tuple(agent for agent in out if last[agent] == AgentStep.RESTORED)
    did = "logged everybody in again" if len(restored) == len(out) else "could not log everybody in again"
    proof = Proof(
        queue=entry.queue,
        name=entry.name,
        outcome=ProofOutcome.ABORTED,
        rule=entry.rule or None,
        destination=entry.destination or None,
        reached=None,
        began_at=entry.at,
        ended_at=datetime.now(UTC),
        by=entry.who.words,
        logged_out=out,
        restored=restored,
        not_restored=tuple(agent for agent in out if agent not in restored),
        caveats=caveats,
        why=f"The program that tested was ended in the middle; {restorer} {did}.",
        id=entry.id,
    )
    return ProofEnd(proof.ended_at, proof.outcome.value, document(proof))


class StillOut(Struct, frozen=True):
    """One agent whom an interrupted test may have left logged out, as they are now."""

    entry: ProofEntry
    agent: LoggedOut
    now: StoredAgent | None
    """``None`` where there is no such agent any more."""

    @property
    def name(self) -> str:
        """As people know the agent."""
        return agent_name(self.now.agent) if self.now is not None else self.agent.id

    @property
    def is_out(self) -> bool:
        """Whether there is anything to restore."""
        return self.now is not None and self.now.agent.login is not AgentLogin.IN

    @property
    def changed(self) -> str:
        """What somebody else has changed in the row since, in words; empty for nothing."""
        return changed_since(self.now, self.agent) if self.now is not None and self.is_out else ""

    @property
    def connected(self) -> bool | None:
        """Whether a phone of theirs is connected now."""
        if self.now is None or self.now.agent.registration is Registration.UNKNOWN:
            return None
        return self.now.agent.registration is not Registration.NONE

    @property
    def words(self) -> str:
        """``Ana Lopez: logged out since 14:02, phone connected, row unchanged``."""
        if self.now is None:
            return f"{self.name}: not in the queue any more"
        if not self.is_out:
            return f"{self.name}: logged in"
        at = self.entry.logged_out_at(self.agent.id)
        since = f"logged out since {at.astimezone():%Y-%m-%d %H:%M}" if at else "logged out"
        phone = {True: "phone connected", False: "no phone connected", None: "phone not known"}[self.connected]
        row = f"changed since: {self.changed}" if self.changed else "row unchanged"
        return f"{self.name}: {since}, {phone}, {row}"


async def look_at(system: PhoneSystem, entry: ProofEntry, timing: Timing) -> tuple[StillOut, ...]:
    """Everybody whom this test may have left logged out, as they are. Raises ``PbxError``."""
    rows = {one.agent.id: one for one in await system.read_stored_agents(entry.queue)}
    out = still_out(entry, timing, datetime.now(UTC))
    return tuple(StillOut(entry, agent, rows.get(name)) for name, agent in out.items())


async def restore_by_hand(
    system: PhoneSystem, journal: Journal, entry: ProofEntry, chosen: Sequence[StillOut], timing: Timing
) -> Sequence[AgentFate]:
    """Log these in again, whatever has changed in their rows since: somebody has looked at them and said so.

    Those of the test who are logged in, or gone, are settled with them. Raises :class:`JournalError`.
    """
    from asyncio import to_thread

    async def record(step: ProofStep) -> None:
        await to_thread(journal.add_proof, entry.id, step)

    pending: dict[str, LoggedOut] = {}
    for one in chosen:
        agent = one.agent
        agent.name = one.name
        if one.now is not None and one.is_out:
            # What it is now was looked at: only what changes from here on is somebody else's again.
            agent.out = row_of(one.now)
        pending[agent.id] = agent
    restoration = Restoration(system, entry.queue, pending, record, timing, by=BY_HAND)
    until = timing.clock() + timing.farewell
    fates = await restoration.run(lambda: until)
    now = (await to_thread(journal.read)).proof(entry.id)
    if now is not None and now.ended is None and not now.still_out:
        notes = tuple(fate.sentence for fate in fates if not fate.is_in)
        await to_thread(journal.add_proof, entry.id, end_of_interrupted(now, "somebody, by hand,", notes))
    forget_lock(journal.path, entry.id)
    return fates
