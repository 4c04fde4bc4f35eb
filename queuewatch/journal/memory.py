"""A log that is gone with the program: of changes to sample data, which are gone with it as well."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import field

from queuewatch.journal.file import Journal, Log, Stamp, read_entries
from queuewatch.journal.record import Who
from queuewatch.storage.folder import os_user


class JournalInMemory(Journal, frozen=True):
    """Writes changes into memory, in the very lines that a file would hold."""

    written: bytearray = field(default_factory=bytearray)

    def read(self) -> Log:
        """Everything the log tells."""
        return read_entries(bytes(self.written))

    def stamp(self) -> Stamp | None:
        """By what it is known that something was written."""
        return len(self.written), 0

    def _append(self, record: Callable[[str], dict[str, object]]) -> str:
        free, line = self.log_end.next_line(record)
        self.written.extend(line)
        self.log_end.add(line)
        return free


def journal_in_memory(clock: Callable[[], datetime]) -> JournalInMemory:
    """An empty log, whose changes have the sample's time."""
    return JournalInMemory(Path(os.devnull), Who("", os_user()), clock)
