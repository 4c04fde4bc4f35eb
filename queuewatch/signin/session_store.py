"""One profile's session on this machine."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from queuewatch.pbx.credentials import Session
from queuewatch.pbx.errors import NotKept
from queuewatch.pbx.identity import Identity
from queuewatch.signin import system_keyring
from queuewatch.storage.folder import UnsafeFile, private_folder, read_private, state_folder, write_private
from queuewatch.storage.locks import open_lock, try_lock

LONGEST_WAIT = 45.0
"""Seconds: longer than any renewal takes that still has a chance."""
_LOCK_PAUSE = 0.05


async def locked_file(path: Path) -> int:
    """Wait for the lock; closing the descriptor gives it back, and so does the end of the process, whatever it is.

    Raises :class:`NotKept` when another holds it for too long, and ``OSError``.
    """
    descriptor = open_lock(path)
    try:
        until = time.monotonic() + LONGEST_WAIT
        while not try_lock(descriptor):
            if time.monotonic() > until:
                raise NotKept(
                    "Another queuewatch has been renewing this session for too long.",
                    "End the one that hangs, then try again.",
                )
            await asyncio.sleep(_LOCK_PAUSE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


class Where(StrEnum):
    """Where a session is kept."""

    KEYRING = "keyring"
    FILE = "file"
    NONE = "none"
    """Nowhere: for the running program alone."""


class SessionRecord(Struct, frozen=True):
    """What is known of a kept session without its secrets."""

    address: str
    where: Where
    identity: Identity
    renews: bool = True
    """Whether it came of a password, and can be renewed; an API key cannot."""


def record_text(record: SessionRecord, secrets: Mapping[str, object] | None) -> str:
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


def record_of(text: str) -> tuple[SessionRecord, Mapping[str, object] | None] | None:
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
    record = SessionRecord(_text(fields, "address"), Where(where), identity, fields.get("renews") is not False)
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


def session_of(record: SessionRecord, secrets: Mapping[str, object]) -> Session | None:
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


class StoredSession:
    """Implements :class:`~queuewatch.pbx.credentials.SessionStore` for one profile and one server.

    What is shown of a session is in a file of its own in every case; its secrets are there too, or in the
    keyring. A session of another server is none: a token goes only where it came from.
    """

    def __init__(self, name: str, address: str, environ: Mapping[str, str], where: Where = Where.FILE) -> None:
        self.name = name
        self._address = address
        self.where = where
        self._folder = state_folder(environ) / "sessions"

    @property
    def path(self) -> Path:
        """The file about the session."""
        return self._folder / f"{quote(self.name, safe='')}.json"

    def record(self) -> SessionRecord | None:
        """What may be shown of the session; ``None`` when there is none. Asks no keyring.

        Raises :class:`NotKept` when the file must not be trusted or cannot be read.
        """
        found = self._read()
        return found[0] if found else None

    def load(self) -> Session | None:
        """The session; ``None`` when there is none for this server. Raises :class:`NotKept`."""
        found = self._read()
        if found is None:
            return None
        record, secrets = found
        if record.where is Where.KEYRING:
            secrets = secrets_from(system_keyring.read(self.name) or "")
        return session_of(record, secrets or {})

    def save(self, session: Session) -> None:
        """Keep this session. Raises :class:`NotKept`."""
        record = SessionRecord(session.address, self.where, session.identity, bool(session.refresh_token))
        secrets = secrets_of(session)
        if self.where is Where.KEYRING:
            system_keyring.write(self.name, json.dumps(secrets))
        with self._told():
            private_folder(self._folder)
            write_private(self.path, record_text(record, None if self.where is Where.KEYRING else secrets))

    def forget(self) -> Where | None:
        """Keep no session any more; where it was, or ``None`` if there was none. Raises :class:`NotKept`."""
        with self._told():
            found = record_of(read_private(self.path) or "")
        if found and found[0].where is Where.KEYRING:
            system_keyring.forget(self.name)
        with self._told():
            self.path.unlink(missing_ok=True)
        return found[0].where if found else None

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Keep every other queuewatch on this machine from the session. Raises :class:`NotKept`."""
        with self._told():
            private_folder(self._folder)
            descriptor = await locked_file(self.path.with_suffix(".lock"))
        try:
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> tuple[SessionRecord, Mapping[str, object] | None] | None:
        with self._told():
            found = record_of(read_private(self.path) or "")
        return found if found and found[0].address == self._address else None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the files are up to into a sentence."""
        try:
            yield
        except UnsafeFile as error:
            failure = NotKept(str(error), error.hint)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            failure = NotKept(f"{self.path} cannot be used: {why}.", "Check the folder, or set QUEUEWATCH_STATE.")
        else:
            return
        raise failure


def store_for(name: str, address: str, environ: Mapping[str, str]) -> StoredSession | None:
    """Where the profile's session for this server is kept; ``None`` when nobody is signed in.

    Raises :class:`NotKept`.
    """
    record = StoredSession(name, address, environ).record()
    return StoredSession(name, address, environ, record.where) if record else None
