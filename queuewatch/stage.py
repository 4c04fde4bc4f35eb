"""A demo as its presenter has it in hand: how fast its time goes, and one sentence on what happens.

The sentences are worked out inside the sandbox, at the very moment each thing happens there: however often anybody
looks, the same second of the same run has the same sentence.
"""

from bisect import bisect_right
from dataclasses import replace
from datetime import datetime

from queuewatch.failover.beats import Scene, Told, begin, go_on
from queuewatch.failover.destination import number_key
from queuewatch.failover.model import QueueRules, Snapshot
from queuewatch.failover.rejudge import rejudge
from queuewatch.gather import with_live
from queuewatch.pbx.netsapiens.agents import read_agents
from queuewatch.pbx.netsapiens.directory import read_attendants, read_numbers, read_users
from queuewatch.pbx.netsapiens.known_agents import KnownAgents
from queuewatch.pbx.netsapiens.queues import read_queues
from queuewatch.pbx.netsapiens.rules import read_rules
from queuewatch.pbx.phone_system import LiveReading
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.office import SandboxPbx

SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""How many times as fast as the room's the demo's time can be made to go."""
OFTENEST = 0.25
"""Seconds between two refreshes at least."""
ONE_STEP = 5.0
"""Seconds of the demo's time that one refresh may pass over: what happens in them is seen as happening at once."""
CAPTIONS_KEPT = 500


class Stage:
    """Tells what happens in a sandbox, and lets its time go faster.

    ``tells_itself`` says that the scenario has sentences of its own; ``longest`` is the time in seconds between
    two refreshes at the room's own pace.
    """

    def __init__(
        self,
        pbx: SandboxPbx,
        clock: SandboxClock,
        *,
        tells_itself: bool = False,
        longest: float = 1.0,
        tour: bool = False,
    ) -> None:
        self.tour = tour
        """Whether the board is to begin with the tour."""
        self._pbx = pbx
        self._clock = clock
        self._tells_itself = tells_itself
        self._longest = longest
        self._heard = 0
        self._known = KnownAgents()
        self._told: Told | None = None
        self.captions: list[tuple[datetime, str]] = []
        """What was said, and from when on."""
        pbx.audience = self._look
        self._look()

    def caption(self, at: datetime) -> str:
        """What is said at this moment of the sandbox's time; empty before anything is."""
        said = bisect_right(self.captions, at, key=lambda caption: caption[0])
        return self.captions[said - 1][1] if said else ""

    @property
    def speed(self) -> float:
        """How many times as fast as the room's time the demo's goes."""
        return self._clock.speed

    def faster(self) -> float:
        """Take the next speed up; gives the speed."""
        self._clock.speed = min((one for one in SPEEDS if one > self.speed), default=self.speed)
        return self.speed

    def slower(self) -> float:
        """Take the next speed down; gives the speed."""
        self._clock.speed = max((one for one in SPEEDS if one < self.speed), default=self.speed)
        return self.speed

    @property
    def interval(self) -> float:
        """Seconds between two refreshes, so that what happens one after the other is seen so."""
        return min(self._longest, max(OFTENEST, ONE_STEP / self.speed))

    def _look(self) -> None:
        """Say what there is to say of the sandbox as it is now."""
        scene = self._scene()
        self._told = begin(scene) if self._told is None else go_on(self._told, scene)
        scripted, self._heard = self._pbx.said[self._heard :], len(self._pbx.said)
        # The script cannot know what somebody does meanwhile: from then on its sentences may be wrong.
        if self._tells_itself and not self._pbx.by_hand and self.captions:
            if scripted:
                self._say(scripted[-1][1])
        else:
            self._say(self._told.sentence)

    def _say(self, sentence: str) -> None:
        if self.captions and self.captions[-1][1] == sentence:
            return
        self.captions.append((self._pbx.now, sentence))
        if len(self.captions) >= 2 * CAPTIONS_KEPT:
            del self.captions[:-CAPTIONS_KEPT]

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
            numbers={number_key(number.number): number for number in numbers},
            attendants=read_attendants(sample.autoattendants).items,
        )
