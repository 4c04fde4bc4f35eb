"""What is remembered of a fleet from one start to the next: what somebody marked as seen, and each last alert.

One small private file. It is a comfort and no more: one that cannot be read is begun anew, and one that cannot be
written keeps nobody from anything. Both are said once.
"""

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from queuewatch.fleet.standing import LastAlert, SeenMark
from queuewatch.storage.folder import UnsafeFile, own_folder, read_private, write_private

FILE = "fleet.json"
MOST = 5000
"""Domains of which something is remembered; of more, those noted longest ago are forgotten."""
LARGEST = 8 * 1024 * 1024
"""Bytes: whatever is larger was not written here."""

Key = tuple[str, str]


class RememberedDomain(Struct, frozen=True, omit_defaults=True):
    """What is remembered of one domain."""

    server: str
    domain: str
    seen: SeenMark | None = None
    last_alert: LastAlert | None = None


def last_alerts(remembered: Iterable[RememberedDomain]) -> dict[Key, LastAlert]:
    """What was told last of each of which anything was."""
    return {(of.server, of.domain): of.last_alert for of in remembered if of.last_alert is not None}


class _Stored(Struct, frozen=True):
    domains: tuple[RememberedDomain, ...] = ()


class FleetMemory:
    """The file; without a path nothing outlives the program, as with a sample."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._in_memory: dict[Key, RememberedDomain] = {}
        self._mutex = threading.Lock()
        self.problem = ""
        """What is wrong with the file, in one sentence; empty if nothing is."""

    def domains(self) -> dict[Key, RememberedDomain]:
        """What is remembered, by server and domain."""
        if self._path is None:
            return dict(self._in_memory)
        try:
            text = read_private(self._path, LARGEST)
            stored = msgspec.json.decode(text, type=_Stored) if text is not None else _Stored()
        except UnsafeFile as error:
            self.problem = f"What was seen of the fleet is not known any more: {error} {error.hint}"
        except OSError as error:
            self.problem = f"What was seen of the fleet cannot be read: {error.strerror or 'it is no file'}."
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.problem = f"{self._path} is not what queuewatch wrote there, and begins anew."
        else:
            return {(known.server, known.domain): known for known in stored.domains}
        return {}

    def keep(self, seen: Mapping[Key, SeenMark | None], alerts: Mapping[Key, LastAlert]) -> None:
        """Remember how these domains stood when they were seen, ``None`` to forget it, and these last alerts.

        It waits for the disk, and may be called in any thread.
        """
        with self._mutex:
            # Another program may have noted something meanwhile.
            known = self.domains()
            before = dict(known)
            for key in dict.fromkeys((*seen, *alerts)):
                domain = known.pop(key, RememberedDomain(*key))
                mark, alert = seen.get(key, domain.seen), alerts.get(key, domain.last_alert)
                if mark is not None or alert is not None:
                    known[key] = RememberedDomain(*key, mark, alert)
            if known != before:
                self._write(known)

    def _write(self, known: dict[Key, RememberedDomain]) -> None:
        if self._path is None:
            self._in_memory = known
            return
        try:
            own_folder(self._path.parent)
            stored = _Stored(tuple(known.values())[-MOST:])
            write_private(self._path, msgspec.json.encode(stored).decode())
            self.problem = ""
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "the folder is unusable"
            self.problem = f"What was seen of the fleet is not kept: {why}."
