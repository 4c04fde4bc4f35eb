"""Restoring: whoever was logged out by a test is logged in again, and nobody else.

It is the same for the test itself, for the guard that outlives it, and for ``prove --restore`` a week later. Each
knows of an agent what there was before, and, where it was seen, what there was once they were logged out. An agent
whose row is not that any more was changed by somebody else, and is left alone. Nothing is believed but what is
read back, and no failure ends it before its time: the next reading may go well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec import Struct

from queuewatch.failover.model import AgentLogin
from queuewatch.journal.proofs import AgentRow, AgentStep, ProofEntry, ProofStep
from queuewatch.pbx.calls import StoredAgent
from queuewatch.pbx.errors import Misunderstood, PbxError, Unreachable
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.proof.timing import Timing

MISSING_READINGS = 3
"""After so many readings without them in a row, an agent is taken for deleted."""

Record = Callable[[ProofStep], Awaitable[None]]
"""Writes down what was done to an agent."""


@dataclass(slots=True)
class LoggedOut:
    """An agent who was logged out by a test, or may have been."""

    id: str
    before: AgentRow
    out: AgentRow | None = None
    """The row once it showed that they were logged out; ``None`` where that was never seen."""
    answered: bool = True
    """Whether the logout was accepted. One whose answer was lost may come much later."""
    sent_at: float | None = None
    """When the logout was sent, by the clock of :class:`Timing`; ``None`` for long ago."""
    login_at: float | None = None
    """When a login was last sent."""
    missing: int = 0
    name: str = ""


class AgentFate(Struct, frozen=True):
    """What became of one agent."""

    id: str
    step: AgentStep | None
    """``None`` for somebody of whom it is not known: they may still be logged out."""
    sentence: str = ""
    differs: str = ""
    """In what the row now differs from the one before the test; empty where it is the same."""

    @property
    def is_in(self) -> bool:
        """Whether the agent is logged in again."""
        return self.step is AgentStep.RESTORED


@dataclass(slots=True)
class Restoration:
    """The restoring of some agents of one queue."""

    system: PhoneSystem
    queue: str
    pending: dict[str, LoggedOut]
    record: Record
    timing: Timing = field(default_factory=Timing)
    by: str = "test"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    fates: dict[str, AgentFate] = field(default_factory=dict)
    trouble: str = ""
    """Why the last reading or login failed; empty while all goes well."""
    tell: Callable[[str], None] = lambda _: None
    """Is told each new trouble once."""
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """Done after each reading: following the call, for one."""
    settled_elsewhere: Callable[[], Awaitable[Iterable[str]]] | None = None
    """Who was restored by somebody else meanwhile: asked before anybody is logged in."""

    async def run(self, until: Callable[[], float]) -> Sequence[AgentFate]:
        """Go on until everybody is in again, or until then (by the clock of ``timing``), which may come nearer.

        Whoever is left is among the fates without a step.
        """
        timing = self.timing
        while self.pending and (left := until() - timing.clock()) > 0:
            # A server that answers nothing must not hold it up beyond that: then it is to be said who is left.
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._once()
                    if self.meanwhile is not None:
                        await self.meanwhile()
            if self.pending:
                await timing.sleep(timing.read_every)
        for agent in self.pending.values():
            why = f": {self.trouble}" if self.trouble else "."
            self.fates[agent.id] = AgentFate(
                agent.id, None, f"{agent.name or agent.id} may still be logged out{why}"
            )
        return tuple(self.fates.values())

    async def _once(self) -> None:
        """Read once, and do what that calls for."""
        if self.settled_elsewhere is not None:
            for name in await self.settled_elsewhere():
                self.pending.pop(name, None)
            if not self.pending:
                return
        rows = await self._read()
        if rows is None:
            return
        trouble = ""
        for agent in tuple(self.pending.values()):
            fate = decide(agent, rows.get(agent.id), self.timing, self.timing.clock())
            if isinstance(fate, AgentFate):
                del self.pending[agent.id]
                self.fates[agent.id] = fate
                if fate.step is not None:
                    row = rows.get(agent.id)
                    await self.record(
                        ProofStep(
                            self.now(),
                            agent.id,
                            fate.step,
                            self.by,
                            row_of(row) if row is not None else None,
                            fate.sentence,
                        )
                    )
            elif fate:
                trouble = await self._log_in(agent) or trouble
        self._say(trouble)

    async def _read(self) -> Mapping[str, StoredAgent] | None:
        try:
            async with asyncio.timeout(self.timing.request):
                return {one.agent.id: one for one in await self.system.read_stored_agents(self.queue)}
        except Misunderstood as error:
            return await self._read_by_all(error)
        except (PbxError, TimeoutError) as error:
            self._say(reason(error))
            return None

    async def _read_by_all(self, error: PbxError) -> Mapping[str, StoredAgent] | None:
        """The same from the list of all agents: one row that nobody can read must not keep the others out."""
        try:
            async with asyncio.timeout(self.timing.request):
                live = await self.system.read_live()
        except (PbxError, TimeoutError):
            self._say(reason(error))
            return None
        readable = (agent for agent in live.agents if agent.queue == self.queue and agent.readable)
        return {agent.id: StoredAgent(agent, agent.login is AgentLogin.IN) for agent in readable}

    async def _log_in(self, agent: LoggedOut) -> str:
        """Send the login; what went wrong, if anything: only reading back tells whether it was done."""
        agent.login_at = self.timing.clock()
        try:
            async with asyncio.timeout(self.timing.request):
                await self.system.log_agent(self.queue, agent.id, True)
        except (PbxError, TimeoutError) as error:
            if isinstance(error, Unreachable) and error.not_sent:
                agent.login_at = None
            return reason(error)
        return ""

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            self.tell(trouble)
        self.trouble = trouble


def decide(agent: LoggedOut, now: StoredAgent | None, timing: Timing, at: float) -> AgentFate | bool:
    """What is to be done about an agent whose row is this now: nothing more, a login (true), or another look.

    Takes note in ``agent`` of what was seen.
    """
    name = agent.name or agent.id
    if now is None:
        agent.missing += 1
        if agent.missing < MISSING_READINGS:
            return False
        return AgentFate(agent.id, AgentStep.GONE, f"{name} is not in the queue any more: somebody took them out.")
    agent.missing = 0
    match now.agent.login:
        case AgentLogin.UNKNOWN:
            return False
        case AgentLogin.OUT:
            if changed := changed_since(now, agent):
                sentence = f"{name} was left as they are: somebody else has changed {changed} since."
                return AgentFate(agent.id, AgentStep.LEFT, sentence)
            if agent.out is None:
                agent.out = row_of(now)
            return agent.login_at is None or at - agent.login_at >= timing.resend
        case AgentLogin.IN:
            if agent.out is None and _may_come_yet(agent, timing, at):
                # After the logout the login is sent all the same: the phone system then does the two in turn.
                return agent.login_at is None
            by_themselves = " by somebody else" if agent.login_at is None and agent.out is not None else ""
            differs = differences(agent.before.settings, now.settings)
            return AgentFate(agent.id, AgentStep.RESTORED, f"{name} is logged in again{by_themselves}.", differs)


def _may_come_yet(agent: LoggedOut, timing: Timing, at: float) -> bool:
    """Whether a logout that was never seen may still be carried out."""
    if agent.sent_at is None:
        return False
    return agent.login_at is None or at - agent.sent_at < (timing.lag if agent.answered else timing.late)


def row_of(stored: StoredAgent) -> AgentRow:
    """The row as it is logged."""
    return AgentRow(dict(stored.raw), dict(stored.settings))


def changed_since(now: StoredAgent, agent: LoggedOut) -> str:
    """What somebody else has changed in a row since the agent was logged out, in words; empty for nothing.

    Where it was never seen how it looked then, all that logging out changes by itself is left out of it.
    """
    if not now.settings:
        return ""
    if agent.out is not None and agent.out.settings:
        return differences(agent.out.settings, now.settings)
    own = now.login_settings
    before = {name: value for name, value in agent.before.settings.items() if name not in own}
    return differences(before, {name: value for name, value in now.settings.items() if name not in own})


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The settings in which two readings differ: ``agent-site (Dallas → Austin)``."""
    if not before or not now:
        return ""
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    return ", ".join(f"{name} ({before.get(name) or 'nothing'} → {now.get(name) or 'nothing'})" for name in names)


def still_out(entry: ProofEntry, timing: Timing, now: datetime) -> dict[str, LoggedOut]:
    """The agents of a logged test who may still be logged out by it, by id."""
    found: dict[str, LoggedOut] = {}
    for agent in entry.still_out:
        at = entry.logged_out_at(agent)
        ago = max(0.0, (now - at).total_seconds()) if at else None
        found[agent] = LoggedOut(
            agent,
            entry.agents.get(agent, AgentRow()),
            entry.row_when_out(agent),
            # Nothing says whether the phone system had answered: it may be at it yet.
            answered=False,
            sent_at=None if ago is None else timing.clock() - ago,
        )
    return found


def reason(error: BaseException) -> str:
    """Why a request of a test failed."""
    if isinstance(error, PbxError):
        return str(error)
    return "the phone system gave no answer in time."


def by_hand(agents: Iterable[str]) -> str:
    """How the portal does it, for whoever has to."""
    return f"In the portal: Call Queues, Edit Agents of the queue, and log in: {', '.join(agents)}."
