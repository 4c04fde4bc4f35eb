"""What a program is sent: one stable shape for an alert, and for a message of several."""

from datetime import UTC, datetime

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.message import Message


def alert_document(profile: str, alert: Alert) -> dict[str, object]:
    """An alert, as ``queuewatch watch`` writes it. Its keys and their order are a contract."""
    return {
        "kind": alert.kind.value,
        "profile": profile,
        "domain": alert.domain,
        "queue": alert.queue or None,
        "name": alert.name or None,
        "site": alert.site or None,
        "at": utc(alert.at),
        "since": None if alert.since is None else utc(alert.since),
        "condition": None if alert.of is None else alert.of.value,
        "lasted": None if alert.lasted is None else round(alert.lasted.total_seconds()),
        "sentence": alert.sentence,
        "outcome": alert.outcome or None,
        "readiness": alert.readiness or None,
        "held_open_by": list(alert.held_open_by),
    }


def message_document(message: Message) -> dict[str, object]:
    """A message, as a webhook of the format ``json`` and a command are sent it."""
    first = message.alerts[0]
    return {
        "profile": message.profile,
        "domain": first.domain,
        "at": utc(first.at),
        "text": message.title,
        "alerts": [alert_document(message.profile, alert) for alert in message.alerts],
    }


def utc(at: datetime) -> str:
    """A moment in UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
