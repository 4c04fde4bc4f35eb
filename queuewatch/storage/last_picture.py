"""What was last seen of each phone system, kept on this machine for the next start, and for an outage.

A picture belongs to a profile, a server, a domain and a login, and nobody signed in as somebody else is ever shown
it: the file's name is made of all four with a random key of this machine. Without the key nothing can be read off
a name, and with it no more than whether a guess is right: a token is random and far too long to be guessed. No
secret is in a file.
"""

import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from queuewatch.failover.sites import SiteFacts
from queuewatch.storage.folder import UnsafeFile, private_folder, read_private, write_private

if TYPE_CHECKING:
    from queuewatch.failover.model import Snapshot
    from queuewatch.storage.snapshot_text import ZoneOf

FOLDER = "pictures"
KEY = "key"
KEY_BYTES = 32
ENDING = ".picture"
LARGEST = 8 * 1024 * 1024
"""Bytes of one picture: four thousand queues."""
LARGEST_TOGETHER = 32 * 1024 * 1024
MOST = 40
"""Pictures, and bytes of all of them: those that were written longest ago are deleted."""


class PictureNotKept(OSError):
    """The picture cannot be kept; ``str()`` says why, in one sentence."""


def pictures_folder(state: Path) -> Path:
    """Where they are, in the folder for state."""
    return state / FOLDER


class LastPicture:
    """The picture of one domain of a phone system, as it is for one login."""

    def __init__(
        self, state: Path, profile: str, server: str, domain: str, *, login: str = "", token: str = ""
    ) -> None:
        """Whose it is says the ``login``, with all that limits what it sees, or the ``token``; without either
        nothing is kept."""
        self._folder = pictures_folder(state)
        self._profile = profile
        self._server, self._domain = server, domain
        # A closure shows the token to nobody who prints this.
        self._token: Callable[[], str] = lambda: token
        self._login = login

    def is_of(self, login: str) -> bool:
        """Whether this is the login whose picture it is."""
        return bool(login) and login == self._login

    def of(self, login: str) -> "LastPicture":
        """The picture of the same domain for this login; for none, one that is never kept."""
        return LastPicture(self._folder.parent, self._profile, self._server, self._domain, login=login)

    def read(self, zone_of: "ZoneOf", site_facts: SiteFacts) -> "Snapshot | None":
        """The picture; ``None`` where there is none that this login may see and this version can read."""
        try:
            key = _key(self._folder)
            path = self._path(key) if key else None
            text = read_private(path, LARGEST) if path else None
        except (OSError, ValueError):
            return None
        if text is None:
            return None
        from queuewatch.storage.snapshot_text import NotASnapshot, snapshot_from

        try:
            snapshot = snapshot_from(text, zone_of, site_facts)
        except NotASnapshot:
            return None
        return snapshot if snapshot.domain == self._domain else None

    def write(self, snapshot: "Snapshot") -> None:
        """Keep this one instead, whole or not at all. Takes a while. Raises :class:`PictureNotKept`."""
        from queuewatch.storage.snapshot_text import snapshot_text

        text = snapshot_text(snapshot)
        if len(text) > LARGEST:
            raise PictureNotKept(f"What was last seen is not kept: it has more than {LARGEST // 2**20} MiB.")
        try:
            private_folder(self._folder)
            path = self._path(_key(self._folder) or _new_key(self._folder))
            if path is None:
                return
            write_private(path, text)
            _bound(self._folder, path)
        except UnsafeFile as error:
            raise PictureNotKept(f"What was last seen is not kept: {error} {error.hint}") from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "the folder is unusable"
            raise PictureNotKept(f"What was last seen is not kept: {self._folder}: {why}.") from None

    def forget(self) -> None:
        """Delete every picture of the profile. What cannot be deleted stays."""
        forget_pictures(self._folder.parent, self._profile)

    def _path(self, key: bytes) -> Path | None:
        if self._login:
            who = self._login.encode()
        elif token := self._token():
            who = token.encode()
        else:
            return None
        parts = (self._server.encode(), self._domain.encode(), b"login" if self._login else b"token", who)
        return self._folder / f"{_of_profile(key, self._profile)}-{_name(key, *parts)}{ENDING}"


def forget_pictures(state: Path, profile: str) -> int:
    """Delete every picture of this profile, whoever saw it; how many there were. What cannot be deleted stays."""
    folder = pictures_folder(state)
    gone = 0
    # Without a folder or a key there is none.
    with suppress(OSError, ValueError):
        if key := _key(folder):
            for path in folder.glob(f"{_of_profile(key, profile)}-*{ENDING}"):
                path.unlink(missing_ok=True)
                gone += 1
    return gone


class Pictures(Struct, frozen=True):
    """What there is in the folder."""

    number: int
    size: int
    """Bytes of all together."""
    unusable: int
    """How many of them are damaged, of another version, or open to others."""


def survey(state: Path, zone_of: "ZoneOf") -> Pictures:
    """Look at every picture. Raises ``OSError``, and :class:`UnsafeFile` where others may look into the folder."""
    from queuewatch.storage.snapshot_text import NotASnapshot, snapshot_from

    folder = pictures_folder(state)
    if not folder.is_dir():
        return Pictures(0, 0, 0)
    private_folder(folder)
    number = size = unusable = 0
    for path in folder.glob(f"*{ENDING}"):
        number += 1
        try:
            size += path.lstat().st_size
            snapshot_from(read_private(path, LARGEST) or "", zone_of)
        except (OSError, UnicodeDecodeError, NotASnapshot):
            unusable += 1
    return Pictures(number, size, unusable)


def _key(folder: Path) -> bytes | None:
    """This machine's key; ``None`` where there is none, or something else. Raises ``OSError``."""
    try:
        key = bytes.fromhex(read_private(folder / KEY) or "")
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _new_key(folder: Path) -> bytes:
    write_private(folder / KEY, f"{os.urandom(KEY_BYTES).hex()}\n")
    # Another board may have written its own in the same moment: what is there now counts.
    return _key(folder) or b""


def _of_profile(key: bytes, profile: str) -> str:
    return _name(key, b"profile", profile.encode())[:16]


def _name(key: bytes, *parts: bytes) -> str:
    # With their lengths, so that no two lists of parts are one text.
    text = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.new(key, text, "sha256").hexdigest()[:40]


def _bound(folder: Path, newest: Path) -> None:
    """Delete the oldest pictures until the rest is no more than may be, and what a crash left half written."""
    together = 0
    for number, (path, found) in enumerate(_newest_first(folder, newest), 1):
        together += found.st_size
        if path != newest and (number > MOST or together > LARGEST_TOGETHER):
            with suppress(OSError):
                path.unlink()


def _newest_first(folder: Path, newest: Path) -> Iterator[tuple[Path, os.stat_result]]:
    # One that another board deletes meanwhile is none.
    found = []
    for path in folder.glob(f"*{ENDING}*"):
        with suppress(OSError):
            found.append((path, path.lstat()))
    yield from sorted(found, key=lambda one: (one[0] != newest, -one[1].st_mtime))
