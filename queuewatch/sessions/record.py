"""What a session looks like where it is kept, apart in two: what may be shown, and what may not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from queuewatch.pbx.identity import Identity
from queuewatch.pbx.session import Session


class Where(StrEnum):
    """Where a session is kept."""

    KEYRING = "keyring"
    FILE = "file"
    NONE = "none"
    """Nowhere: for the running program alone."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a kept session without its secrets."""

    address: str
    where: Where
    identity: Identity
    renews: bool = True
    """Whether it came of a password, and can be renewed; an API key cannot."""


def record_text(record: Record, secrets: Mapping[str, object] | None) -> str:
    """The file about a session; ``secrets`` are in it where that is where they are kept."""
    identity = record.identity
    fields: dict[str, object] = {
        "address": record.address,
        "kept": record.where.value,
        "renews": record.renews,
        "login": identity.login,
        "name": identity.name,
        "scope": identity.scope,
        "domain": identity.domain,
        "site": identity.site,
        "read_only": identity.read_only,
    }
    return json.dumps(fields if secrets is None else {**fields, "session": dict(secrets)}, indent=1) + "\n"


def record_of(text: str) -> tuple[Record, Mapping[str, object] | None] | None:
    """What :func:`record_text` wrote; ``None`` for anything else."""
    fields = _object(text)
    where = _text(fields, "kept")
    if where not in (Where.KEYRING, Where.FILE):
        return None
    identity = Identity(
        login=_text(fields, "login"),
        name=_text(fields, "name"),
        scope=_text(fields, "scope"),
        domain=_text(fields, "domain"),
        site=_text(fields, "site"),
        read_only=fields.get("read_only") is True,
    )
    secrets = fields.get("session")
    record = Record(_text(fields, "address"), Where(where), identity, fields.get("renews") is not False)
    return record, secrets if isinstance(secrets, dict) else None


def secrets_of(session: Session) -> dict[str, object]:
    """What must not be shown, and what goes with it."""
    return {
        "access_token": session.access_token,
        "refresh_token": session.refresh_token,
        "expires_at": session.expires_at.isoformat() if session.expires_at else None,
        "client_id": session.client_id,
        "client_secret": session.client_secret,
        "legacy": session.legacy,
    }


def session_of(record: Record, secrets: Mapping[str, object]) -> Session | None:
    """The session again; ``None`` when there is no token in it."""
    token = _text(secrets, "access_token")
    if not token:
        return None
    return Session(
        address=record.address,
        access_token=token,
        refresh_token=_text(secrets, "refresh_token"),
        expires_at=_moment(_text(secrets, "expires_at")),
        client_id=_text(secrets, "client_id"),
        client_secret=_text(secrets, "client_secret"),
        legacy=secrets.get("legacy") is True,
        identity=record.identity,
    )


def secrets_from(text: str) -> Mapping[str, object]:
    """What the keyring gave back; empty when it is not ours."""
    return _object(text)


def _object(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
