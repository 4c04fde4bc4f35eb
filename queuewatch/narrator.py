"""What happens in a sandbox, in one sentence, found in the sandbox itself at the moment each thing happens."""

from dataclasses import replace

from queuewatch.failover.beats import Scene, Told, begin, go_on
from queuewatch.failover.model import QueueRules, Snapshot
from queuewatch.failover.phone_number import own_number_key
from queuewatch.failover.rejudge import rejudge
from queuewatch.gather import with_live
from queuewatch.pbx.netsapiens.agents import read_agents
from queuewatch.pbx.netsapiens.directory import read_attendants, read_numbers, read_users
from queuewatch.pbx.netsapiens.known_agents import KnownAgents
from queuewatch.pbx.netsapiens.queues import read_queues
from queuewatch.pbx.netsapiens.rules import read_rules
from queuewatch.pbx.phone_system import LiveReading
from queuewatch.pbx.sandbox.office import SandboxPbx


class Narrator:
    """Looks at a sandbox from its beginning on, and has a sentence for how it is."""

    def __init__(self, pbx: SandboxPbx) -> None:
        self._pbx = pbx
        self._known = KnownAgents()
        self._told: Told | None = None

    def look(self) -> str:
        """What there is to say of the sandbox as it is now."""
        scene = self._scene()
        self._told = begin(scene) if self._told is None else go_on(self._told, scene)
        return self._told.sentence

    def _scene(self) -> Scene:
        pbx, before = self._pbx, self._told.scene if self._told else None
        snapshot = before.snapshot if before else self._directory()
        queues, _ = read_queues(pbx.floor.queue_rows())
        agents, _ = read_agents(pbx.floor.agent_rows(), queues, known=self._known)
        snapshot = with_live(snapshot, LiveReading(queues, agents, pbx.now))
        rules = {queue.extension: self._rules(queue.extension) for queue in snapshot.call_queues}
        snapshot = replace(snapshot, rules=rules)
        judgements = rejudge(before.snapshot, before.judgements, snapshot) if before else {}
        return Scene(
            snapshot, judgements or rejudge(snapshot, {}, snapshot), pbx.powered_off, pbx.waking - pbx.powered_off
        )

    def _rules(self, queue: str) -> QueueRules:
        if queue not in self._pbx.users:
            return QueueRules(has_user=False)
        return read_rules(self._pbx.rules.get(queue, []))

    def _directory(self) -> Snapshot:
        sample = self._pbx.sample
        numbers = read_numbers(sample.phonenumbers).items
        return Snapshot(
            sample.domain,
            sample.start,
            users={user.extension: user for user in read_users(sample.users).items},
            numbers={own_number_key(number.number): number for number in numbers},
            attendants=read_attendants(sample.autoattendants).items,
        )
