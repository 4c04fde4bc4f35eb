"""What a watch publishes: what is known of the phone system, and what is wrong with it if anything."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.model import QueueRules, Snapshot
from queuewatch.failover.verdict import Judgement
from queuewatch.failover.wording import plural
from queuewatch.pbx.identity import Identity

if TYPE_CHECKING:
    from queuewatch.failover.drill.matrix import SiteMatrix
    from queuewatch.polling.devices import DeviceReadBudget


class Trouble(Struct, frozen=True):
    """The phone system does not answer as it should."""

    sentence: str
    hint: str
    retry_in: float
    """Seconds until the next try, when this was noticed."""
    refused: bool = False
    """Whether the credentials were not accepted: trying again does not help, signing in does."""
    asking: bool = False
    """Whether nothing is wrong but that the first answer is still awaited."""
    retry_at: datetime | None = None
    """When the next try is, by this machine's clock; ``None`` where none is planned."""
    listens: bool = False
    """Whether nothing is tried from here: what is newer comes by itself."""
    unasked: bool = False
    """Whether nothing was ever asked, as something is missing on this machine: no outage of anybody's."""


MACHINE_SLEPT = Trouble("Time has passed while this program or this machine stood still.", "", 0.0)


class FirstReading(Struct, frozen=True):
    """How far the first reading of a phone system is, once somebody has waited for it long enough to be told."""

    asked_at: datetime
    """When the first request was sent, by this machine's clock."""
    read: int = 0
    of: int = 0
    """Of how many queues how many have their answering rules read; 0 queues while there was no answer at all."""

    @property
    def words(self) -> str:
        """``rules of 112 of 300 queues``, or when it was asked."""
        if self.of:
            return f"rules of {self.read} of {plural(self.of, 'queue')}"
        return f"asked at {self.asked_at.astimezone():%H:%M:%S}, no answer yet"


class LiveState(Struct, frozen=True):
    """What is known now: a snapshot, every queue's two answers, and what is wrong if anything."""

    snapshot: Snapshot
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    since: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """When an agent of a queue was first seen in its present colour; absent while it has not changed yet."""
    trouble: Trouble | None = None
    identity: Identity | None = None
    """Whose credentials are in use; ``None`` while that is not known."""
    push: bool = False
    """Whether the phone system tells by itself when to look again."""
    every: float = 0.0
    """Seconds between two refreshes as things stand, which may be more than were asked for."""
    late_rules: Mapping[str, datetime] = field(default_factory=dict)
    """The queues whose rules were read longer ago than is usual, and when, by the phone system's time."""
    first_reading: FirstReading | None = None
    """How far the first reading is; ``None`` in its first seconds, and once nothing is missing."""
    recalled_on: date | None = None
    """The day on which this is shown again from an earlier run of the program, with ``trouble`` that says why
    there is nothing newer; ``None`` for what was read in this one. A poller's state never is such a one."""
    matrix: "SiteMatrix | None" = None
    """What a power cut at each site does to each queue, as far as it is worked out; only the screens are told."""

    @property
    def as_of(self) -> str:
        """When it was read, by this machine's clock: ``14:02``; recalled, also ``14:02 on Fri 27 Nov``."""
        at = self.snapshot.taken_at.astimezone()
        return f"{at:%H:%M}{self._on_day(at)}"

    @property
    def as_of_second(self) -> str:
        """The same to the second."""
        at = self.snapshot.taken_at.astimezone()
        return f"{at:%H:%M:%S}{self._on_day(at)}"

    @property
    def at(self) -> str:
        """The same as a label for what was so then: ``At 14:02``, or ``On 27 Nov``."""
        at = self.snapshot.taken_at.astimezone()
        return f"On {at.day} {at:%b}" if self._on_day(at) else f"At {at:%H:%M}"

    def _on_day(self, at: datetime) -> str:
        if self.recalled_on is None or at.date() == self.recalled_on:
            return ""
        year = "" if at.year == self.recalled_on.year else f" {at.year}"
        return f" on {at:%a} {at.day} {at:%b}{year}"


def without_late_rules(live: LiveState) -> Snapshot:
    """The snapshot, in which rules that were read long before the rest are not known: it has one time only."""
    snapshot = live.snapshot
    late = {
        queue: QueueRules(problem=f"its answering rules were last read at {at.astimezone():%H:%M on %Y-%m-%d}")
        for queue, at in live.late_rules.items()
        if queue in snapshot.rules
    }
    return replace(snapshot, rules={**snapshot.rules, **late}) if late else snapshot


Publish = Callable[[LiveState], None]
"""Is told of every new state."""


class StateSource(Protocol):
    """What gives the states of one domain: a poller, or what listens to somebody else's."""

    live_state: LiveState
    """The latest; whoever knows something from before may put it here before it runs."""
    device_reads: "DeviceReadBudget"
    """To be shared with whoever else reads devices from this phone system."""

    async def run(self) -> None:
        """Give states until cancelled."""

    def focus_queue(self, queue: str | None, *, devices: bool = False) -> None:
        """Put this queue first, with its agents' devices where they are shown."""

    def focus_sight(self, queues: Sequence[str]) -> None:
        """Put these queues, which are on the screen, before all others."""

    def keep_phones(self, read: Snapshot) -> None:
        """Judge from now on with these phones, which were read elsewhere."""

    def keep_made(self, made: Callable[[Snapshot], Snapshot]) -> None:
        """Judge from now on with changes that were made and read back elsewhere."""

    def refresh(self, queue: str | None = None) -> None:
        """Look again now."""

    def read_every(self, interval: float) -> None:
        """Look this often from now on, in seconds."""

    def set_visible(self, seen: bool) -> None:
        """Say whether somebody looks."""

    def resumed(self) -> None:
        """Time has passed unnoticed: call nothing live until there is something newer."""

    def identify(self, identity: Identity | None) -> None:
        """Say who asks."""
