"""What a watch publishes: what is known of the phone system, and what is wrong with it if anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from queuewatch.failover.model import Snapshot
from queuewatch.failover.verdict import Judgement
from queuewatch.pbx.identity import Identity


@dataclass(frozen=True, slots=True)
class Trouble:
    """The phone system does not answer as it should."""

    sentence: str
    hint: str
    retry_in: float
    """Seconds until the next try, when this was noticed."""
    refused: bool = False
    """Whether the credentials were not accepted: trying again does not help, signing in does."""


MACHINE_SLEPT = Trouble("Time has passed while this program or this machine stood still.", "", 0.0)


@dataclass(frozen=True, slots=True)
class LiveState:
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
