"""What a watch publishes: what is known of the phone system, and what is wrong with it if anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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


UNUSUAL = 2.5
"""So many times the usual age is not usual."""
LATEST = 15.0
"""Seconds in which an answer still comes."""

STOOD_STILL = Trouble("Time has passed while this program or this machine stood still.", "", 0.0)


@dataclass(frozen=True, slots=True)
class Sighting:
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
    rules_read_at: Mapping[str, datetime] = field(default_factory=dict)
    """When the answering rules of a queue were read last, by the phone system's time; by extension."""
    rules_every: float = 0.0
    """Seconds between two readings of them as things stand."""

    def old_rules(self, queue: str) -> datetime | None:
        """When this queue's rules were read, if that is longer ago than it should be; else ``None``."""
        at = self.rules_read_at.get(queue)
        usual = timedelta(seconds=UNUSUAL * self.rules_every + LATEST)
        return at if at is not None and self.snapshot.taken_at - at > usual else None
