"""What tests of the last known picture share."""

from datetime import UTC, datetime
from pathlib import Path

from queuewatch.failover.model import Agent, Part, Queue, QueueRules, Rule, Snapshot
from queuewatch.failover.sites import NO_SITE_FACTS
from queuewatch.pbx.netsapiens.zones import zone_called
from queuewatch.storage.last_picture import LastPicture

SERVER, DOMAIN = "https://pbx.example/ns-api/v2", "a.example"
SEEN = Snapshot(
    DOMAIN,
    datetime(2026, 11, 28, 14, 2, tzinfo=UTC),
    queues={"8000": Queue("8000", "Sales")},
    agents={"8000": (Agent("1001", "8000"),)},
    rules={"8000": QueueRules((Rule("*"),))},
    read_at={Part.LIVE: datetime(2026, 11, 28, 14, 2, tzinfo=UTC)},
)


def picture(
    state: Path,
    profile: str = "acme",
    server: str = SERVER,
    domain: str = DOMAIN,
    *,
    login: str = "",
    token: str = "",
) -> LastPicture:
    return LastPicture(state, profile, server, domain, login=login, token=token)


def read(kept: LastPicture) -> Snapshot | None:
    return kept.read(zone_called, NO_SITE_FACTS)


def files(state: Path) -> list[Path]:
    return sorted((state / "pictures").glob("*.picture"))
