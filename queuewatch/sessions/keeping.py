"""One profile's session on this machine."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote

from queuewatch.pbx.errors import NotKept
from queuewatch.pbx.session import Session
from queuewatch.sessions import in_keyring
from queuewatch.sessions.lock import take_lock
from queuewatch.sessions.record import Record, Where, record_of, record_text, secrets_from, secrets_of, session_of
from queuewatch.state import UnsafeFile, private_folder, read_private, state_folder, write_private


class KeptSession:
    """Implements :class:`~queuewatch.pbx.session.SessionStore` for one profile and one server.

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

    def record(self) -> Record | None:
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
            secrets = secrets_from(in_keyring.read(self.name) or "")
        return session_of(record, secrets or {})

    def save(self, session: Session) -> None:
        """Keep this session. Raises :class:`NotKept`."""
        record = Record(session.address, self.where, session.identity, bool(session.refresh_token))
        secrets = secrets_of(session)
        if self.where is Where.KEYRING:
            in_keyring.write(self.name, json.dumps(secrets))
        with self._told():
            private_folder(self._folder)
            write_private(self.path, record_text(record, None if self.where is Where.KEYRING else secrets))

    def forget(self) -> Where | None:
        """Keep no session any more; where it was, or ``None`` if there was none. Raises :class:`NotKept`."""
        with self._told():
            found = record_of(read_private(self.path) or "")
        if found and found[0].where is Where.KEYRING:
            in_keyring.forget(self.name)
        with self._told():
            self.path.unlink(missing_ok=True)
        return found[0].where if found else None

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Keep every other queuewatch on this machine from the session. Raises :class:`NotKept`."""
        with self._told():
            private_folder(self._folder)
            descriptor = await take_lock(self.path.with_suffix(".lock"))
        try:
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> tuple[Record, Mapping[str, object] | None] | None:
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


def store_for(name: str, address: str, environ: Mapping[str, str]) -> KeptSession | None:
    """Where the profile's session for this server is kept; ``None`` when nobody is signed in.

    Raises :class:`NotKept`.
    """
    record = KeptSession(name, address, environ).record()
    return KeptSession(name, address, environ, record.where) if record else None
