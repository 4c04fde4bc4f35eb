"""A phone system in memory: it does what is asked, unless a test tells it to misbehave."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from msgspec.structs import replace

from queuewatch.failover.model import (
    Agent,
    AgentLogin,
    AutoAttendant,
    Clock,
    Device,
    DialRule,
    Forward,
    PhoneNumber,
    Problem,
    Queue,
    QueueRules,
    Rule,
    Snapshot,
    TimeFrame,
    User,
)
from queuewatch.pbx.calls import ActiveCall, CallRecord, QueuedCall, StoredAgent
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import AbsentRule, ListReading, LiveReading, StoredQueue, StoredRule
from tests.failover.build import NOON, to


@dataclass
class InMemory:
    """The phone system protocol. ``asked`` lists every request, ``written`` every write that arrived."""

    queues: dict[str, Queue] = field(default_factory=dict)
    agents: dict[str, tuple[Agent, ...]] = field(default_factory=dict)
    rules: dict[str, QueueRules] = field(default_factory=dict)
    users: tuple[User, ...] = ()
    numbers: tuple[PhoneNumber, ...] = ()
    attendants: tuple[AutoAttendant, ...] = ()
    dial_rules: tuple[DialRule, ...] = ()
    time_frames: tuple[TimeFrame, ...] = ()
    user_time_frames: dict[str, tuple[TimeFrame, ...]] = field(default_factory=dict)
    devices: dict[str, tuple[Device, ...]] = field(default_factory=dict)
    identity: Identity = field(default_factory=Identity)
    problems: tuple[Problem, ...] = ()
    settings: dict[str, str] = field(default_factory=lambda: {"Max queue length": "10"})
    blocks: dict[str, str] = field(default_factory=lambda: {"forward-on-busy": "no", "enabled": "yes"})
    beside: dict[str, str] = field(default_factory=dict)
    domain: str = "example.com"
    address: str = "memory"
    asked: list[str] = field(default_factory=list)
    written: list[object] = field(default_factory=list)
    ignores_writes: bool = False
    reads_until_applied: int = 0
    """How many readings a write takes to show."""
    now: datetime = NOON
    _traps: dict[tuple[str, int], Callable[[], None]] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _pending: list[Callable[[], None]] = field(default_factory=list)
    _reads_to_go: int = 0

    @classmethod
    def holding(cls, snapshot: Snapshot) -> Self:
        """The phone system that this is a snapshot of."""
        return cls(
            queues=dict(snapshot.queues),
            agents=dict(snapshot.agents),
            rules=dict(snapshot.rules),
            users=tuple((snapshot.users or {}).values()),
            numbers=tuple((snapshot.numbers or {}).values()),
            attendants=snapshot.attendants or (),
            time_frames=tuple((snapshot.time_frames or {}).values()),
        )

    def on(self, request: str, nth: int, does: Callable[[], object] | Exception) -> None:
        """At the nth such request (counted from 1 from now on), first do this, or raise it."""

        def happens() -> None:
            if isinstance(does, Exception):
                raise does
            does()

        self._traps[request, self._counts[request] + nth] = happens

    def always(self, request: str, error: Exception) -> None:
        """Fail every such request from now on."""
        for nth in range(1, 100):
            self.on(request, nth, error)

    def recover(self) -> None:
        """Misbehave no longer."""
        self._traps.clear()

    def set_when_offline(self, queue: str, offline: Forward) -> None:
        """Change the Default rule behind everybody's back."""
        known = self.rules[queue]
        default = known.default or Rule("*", always=to(f"queue_{queue}"))
        others = tuple(rule for rule in known.rules if not rule.is_default)
        self.rules[queue] = replace(known, rules=(*others, replace(default, offline=offline)))

    def set_require_agents(self, queue: str, on: bool | None) -> None:
        """Change the queue behind everybody's back."""
        self.queues[queue] = replace(self.queues[queue], require_agents=on)

    async def read_identity(self) -> Identity:
        self._ask("identity")
        return self.identity

    async def read_live(self) -> LiveReading:
        self._ask("live")
        self.now += timedelta(seconds=1)
        rows = tuple(agent for agents in self.agents.values() for agent in agents)
        return LiveReading(tuple(self.queues.values()), rows, self.now, self.problems)

    async def read_rules(self, queue: str) -> QueueRules:
        self._ask(f"rules {queue}")
        return self.rules.get(queue, QueueRules(has_user=False))

    async def read_users(self) -> ListReading[User]:
        self._ask("users")
        return ListReading(self.users)

    async def read_numbers(self) -> ListReading[PhoneNumber]:
        self._ask("numbers")
        return ListReading(self.numbers)

    async def read_attendants(self) -> ListReading[AutoAttendant]:
        self._ask("attendants")
        return ListReading(self.attendants)

    async def read_sites(self) -> ListReading[str]:
        self._ask("sites")
        return ListReading(tuple(dict.fromkeys(user.site for user in self.users if user.site)))

    async def read_clock(self) -> Clock:
        self._ask("the domain")
        return Clock()

    async def read_time_frames(self, user: str | None) -> ListReading[TimeFrame]:
        self._ask(f"time frames {user}" if user else "time frames")
        return ListReading(self.user_time_frames.get(user, ()) if user else self.time_frames)

    async def read_dial_rules(self) -> ListReading[DialRule]:
        self._ask("dial rules")
        return ListReading(self.dial_rules)

    async def read_devices(self, user: str) -> ListReading[Device]:
        self._ask(f"devices {user}")
        return ListReading(self.devices.get(user, ()))

    async def read_stored_queue(self, queue: str) -> StoredQueue:
        self._ask("stored")
        self._settle()
        return StoredQueue(self.queues[queue], dict(self.settings))

    async def write_require_agents(self, queue: str, on: bool) -> None:
        self._write((queue, on), lambda: self.set_require_agents(queue, on))

    async def read_stored_default(self, queue: str) -> StoredRule | AbsentRule:
        self._ask("stored")
        self._settle()
        rule = self.rules[queue].default
        beside = dict(self.beside)
        return AbsentRule(beside) if rule is None else StoredRule(rule, dict(self.blocks), {"as": "read"}, beside)

    async def write_when_offline(self, queue: str, stored: StoredRule | None, offline: Forward) -> None:
        self._write((queue, stored, offline), lambda: self.set_when_offline(queue, offline))

    async def read_stored_agents(self, queue: str) -> tuple[StoredAgent, ...]:
        self._ask("stored agents")
        return tuple(StoredAgent(agent, agent.login is AgentLogin.IN) for agent in self.agents[queue])

    async def log_agent(self, queue: str, agent_id: str, on: bool) -> None:
        def logged(agent: Agent) -> Agent:
            login = AgentLogin.IN if on else AgentLogin.OUT
            return replace(agent, login=login) if agent.id == agent_id else agent

        def apply() -> None:
            self.agents = {**self.agents, queue: tuple(map(logged, self.agents[queue]))}

        self._write((queue, agent_id, on), apply)

    async def place_call(self, call_id: str, ring_first: str, to: str) -> None:
        self._write((call_id, ring_first, to), lambda: None)

    async def read_calls(self) -> ListReading[ActiveCall]:
        self._ask("calls")
        return ListReading(())

    async def read_queued_calls(self, queue: str) -> ListReading[QueuedCall]:
        self._ask("queued calls")
        return ListReading(())

    async def read_cdrs(self, since: datetime, until: datetime) -> ListReading[CallRecord]:
        self._ask("cdrs")
        return ListReading(())

    async def close(self) -> None:
        self._ask("close")

    def _ask(self, request: str) -> None:
        self.asked.append(request)
        self._counts[request] += 1
        if trap := self._traps.get((request, self._counts[request])):
            trap()

    def _write(self, what: object, applied: Callable[[], None]) -> None:
        self._ask("write")
        self.written.append(what)
        if not self.ignores_writes:
            self._pending.append(applied)
            self._reads_to_go = self.reads_until_applied
        self._ask("written")

    def _settle(self) -> None:
        if self._pending and self._reads_to_go == 0:
            for applied in self._pending:
                applied()
            self._pending.clear()
        self._reads_to_go = max(0, self._reads_to_go - 1)
