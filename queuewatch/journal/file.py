"""The file the log is kept in: lines are added, flushed to the disk, and never touched again.

A crash can cut off the last line and nothing else. Several programs may write at once; each change gets an id that
no other has.
"""

import errno
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch import __version__
from queuewatch.journal.chain import ChainCheck, check_chain, last_hash, sealed
from queuewatch.journal.drills import DRILL_VERSION, DrillEntry, drill_record, read_drill
from queuewatch.journal.proofs import (
    PROOF_VERSION,
    ProofEnd,
    ProofEntry,
    ProofStep,
    proof_begun_record,
    proof_ended_record,
    proof_step_record,
    read_proof_begun,
    read_proof_end,
    read_proof_step,
)
from queuewatch.journal.record import (
    VERSION,
    Edit,
    Ended,
    JournalEntry,
    Who,
    begun_record,
    ended_record,
    read_begun,
    read_ended,
    read_object,
)
from queuewatch.storage.folder import STATE_VARIABLE, flush_folder, open_file, own_folder, state_folder
from queuewatch.storage.locks import try_lock, unlock


class Log(Struct, frozen=True):
    """The changes that could be read, and what could not."""

    entries: tuple[JournalEntry, ...] = ()
    """The oldest first, which is the order in which they were begun."""
    problems: tuple[str, ...] = ()
    """One sentence each."""
    proofs: tuple[ProofEntry, ...] = ()
    """The live failover tests, the oldest first."""
    drills: tuple[DrillEntry, ...] = ()
    """The drills that were put into the register, the oldest first."""

    def entry(self, id: str) -> JournalEntry | None:
        """The change of that id."""
        return next((entry for entry in self.entries if entry.id == id), None)

    def proof(self, id: str) -> ProofEntry | None:
        """The test of that id."""
        return next((proof for proof in self.proofs if proof.id == id), None)

    def group(self, id: str) -> tuple[JournalEntry, ...]:
        """The changes that were made as this group, the oldest first; empty where there is no such group."""
        return tuple(entry for entry in self.entries if id and entry.edit.group == id)


def read_entries(written: bytes) -> Log:
    """The story of a log file. Total: a line that makes no sense becomes a problem, and the others count."""
    entries: dict[str, JournalEntry] = {}
    proofs: dict[str, ProofEntry] = {}
    drills: dict[str, DrillEntry] = {}
    unreadable: list[int] = []
    newer: list[int] = []
    homeless: list[int] = []
    for number, line in enumerate(written.split(b"\n"), start=1):
        if not line.strip():
            continue
        fields = read_object(line) or {}
        version = fields.get("v")
        match fields.get("record"):
            case "begun" if (begun := read_begun(fields)) is not None and begun.id not in entries:
                entries[begun.id] = begun
            case "ended" if (read := read_ended(fields)) is not None:
                of, ended = read
                if of in entries:
                    entry = entries[of]
                    earlier = (*entry.earlier, entry.ended) if entry.ended is not None else ()
                    entries[of] = replace(entry, ended=ended, earlier=earlier)
                else:
                    homeless.append(number)
            case "proof_begun" if (proof := read_proof_begun(fields)) is not None and proof.id not in proofs:
                proofs[proof.id] = proof
            case "proof_agent" if (step := read_proof_step(fields)) is not None and step[0] in proofs:
                proofs[step[0]] = replace(proofs[step[0]], steps=(*proofs[step[0]].steps, step[1]))
            case "proof_ended" if (end := read_proof_end(fields)) is not None and end[0] in proofs:
                proofs[end[0]] = replace(proofs[end[0]], ended=end[1])
            case "drill" if (drill := read_drill(fields)) is not None and drill.id not in drills:
                drills[drill.id] = drill
            case "proof_agent" | "proof_ended":
                homeless.append(number)
            case _ if isinstance(version, int) and version > max(VERSION, PROOF_VERSION, DRILL_VERSION):
                newer.append(number)
            case _:
                unreadable.append(number)
    problems = tuple(_problems(unreadable, newer, homeless))
    return Log(tuple(entries.values()), problems, tuple(proofs.values()), tuple(drills.values()))


def _problems(unreadable: list[int], newer: list[int], homeless: list[int]) -> Iterable[str]:
    if unreadable:
        yield (
            f"{_lines(unreadable)} of the log cannot be read: "
            "what is on it is left as it is, and may be a change that is missing here."
        )
    if newer:
        yield f"{_lines(newer)} of the log cannot be read by this version: a newer queuewatch wrote there."
    if homeless:
        yield f"{_lines(homeless)} of the log tells how a change ended whose beginning cannot be read."


def _lines(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"Line {numbers[0]}"
    shown = ", ".join(map(str, numbers[:5])) + (" …" if len(numbers) > 5 else "")
    return f"{len(numbers)} lines ({shown})"


FILE = "changes.jsonl"
LARGEST = 256 * 1024 * 1024
"""Bytes: some hundred thousand changes."""

_ID = re.compile(rb'"id": ?"(\d{1,9})"')
"""Found in lines that are cut off as well, so that no id is ever given twice."""


Stamp = tuple[int, int]
"""How long the file is, and when it was last written to."""


class JournalError(Exception):
    """The log cannot be written or read. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


def log_path(environ: Mapping[str, str]) -> Path:
    """Where the log is: in the folder for what queuewatch keeps on this machine."""
    return state_folder(environ) / FILE


def read_log(path: Path) -> Log:
    """Everything the log tells; a log that does not exist tells nothing. Raises :class:`JournalError`."""
    return read_entries(_written(path))


def read_register(path: Path) -> tuple[Log, ChainCheck]:
    """Everything the log tells, and whether its register is as it was written. Raises :class:`JournalError`."""
    written = _written(path)
    return read_entries(written), check_chain(written)


def _written(path: Path) -> bytes:
    try:
        with _opened(path, os.O_RDONLY) as file:
            return _content(file)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise JournalError(
            f"The log of changes {path} cannot be read: {_reason(error)}.",
            f"Make it readable for you, or name another folder in {STATE_VARIABLE}.",
        ) from None


class LogEnd:
    """What the next record hangs on, of all that is in a log: it is read once, and then what was added."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Nothing has been read."""
        self.size = 0
        self.last = b""
        """Some of the last bytes, by which it is known that they were not written over."""
        self._highest_id = 0
        self._last_hash = ""

    def add(self, added: bytes) -> None:
        """These lines come next in the log."""
        self.size += len(added)
        self.last = (self.last + added)[-LAST_BYTES:]
        self._highest_id = max([self._highest_id, *map(int, _ID.findall(added))])
        self._last_hash = last_hash(added) or self._last_hash

    def next_line(self, record: Callable[[str], dict[str, object]]) -> tuple[str, bytes]:
        """The next free id, and the line of the record that is made for it."""
        free = str(1 + self._highest_id)
        # What a crash cut off must not swallow the next record.
        cut_off = b"\n" if self.last and not self.last.endswith(b"\n") else b""
        return free, cut_off + json.dumps(sealed(record(free), self._last_hash)).encode("ascii") + b"\n"


LAST_BYTES = 4096


class Journal(Struct, frozen=True):
    """Writes one person's changes into the log."""

    path: Path
    who: Who
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    log_end: LogEnd = field(default_factory=LogEnd)
    """As it was when something was written last."""

    def of(self, login: str) -> "Journal":
        """The journal for changes made under this login name of the portal; an empty one is not known."""
        return replace(self, who=replace(self.who, login=login))

    def begin(self, edit: Edit) -> str:
        """Write down what is about to be changed, and give the change's id.

        Once this returns, a crash does not lose it. Raises :class:`JournalError`: then nothing may be changed.
        """

        def begun(id: str) -> dict[str, object]:
            return begun_record(JournalEntry(id, self.clock(), self.who, edit, __version__))

        try:
            return self._append(begun)
        except OSError as error:
            raise JournalError(
                f"it could not be written to the log of changes first ({self.path}: {_reason(error)}).",
                f"Make that file writable, or name another folder in {STATE_VARIABLE}: "
                "a change that is in no log could not be undone.",
            ) from None

    def end(self, id: str, outcome: str, sentence: str, hint: str = "") -> None:
        """Write down what became of a change. Raises :class:`JournalError`."""
        ended = Ended(self.clock(), outcome, sentence, hint)
        try:
            self._append(lambda _: ended_record(id, ended))
        except OSError as error:
            raise JournalError(
                f"What became of it could not be written to the log of changes ({self.path}: {_reason(error)}).",
                f"The log will show change {id} as begun, outcome not known: look at the setting itself.",
            ) from None

    def stamp(self) -> Stamp | None:
        """By what it is known that the log was written to; ``None`` while there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns

    def begin_proof(self, proof: ProofEntry) -> ProofEntry:
        """Write down a test that is about to begin; the same test with its id, its moment and whose it is.

        Once this returns, a crash does not lose it. Raises :class:`JournalError`: then nothing may be sent.
        """
        begun = replace(proof, at=self.clock(), who=self.who, program=__version__)
        try:
            given = self._append(lambda free: proof_begun_record(replace(begun, id=free)))
        except OSError as error:
            raise JournalError(
                f"The test could not be written to the log of changes first ({self.path}: {_reason(error)}).",
                f"Make that file writable, or name another folder in {STATE_VARIABLE}: "
                "after a crash nobody would know who was logged out.",
            ) from None
        return replace(begun, id=given)

    def add_proof(self, id: str, *records: ProofStep | ProofEnd) -> None:
        """Write down what was done in a test, or how it ended. Raises :class:`JournalError`."""
        for record in records:
            match record:
                case ProofStep():
                    written = proof_step_record(id, record)
                case ProofEnd():
                    written = proof_ended_record(id, record)
            try:
                self._append(lambda _, written=written: written)  # type: ignore[misc]
            except OSError as error:
                raise JournalError(
                    f"What was done in test {id} could not be written to the log ({self.path}: {_reason(error)}).",
                    f"Make that file writable, or name another folder in {STATE_VARIABLE}.",
                ) from None

    def record_drill(self, drill: DrillEntry) -> DrillEntry:
        """Put a drill into the register; the same with its id and whose it is. Raises :class:`JournalError`."""
        held = replace(drill, who=self.who, program=__version__)
        try:
            given = self._append(lambda free: drill_record(replace(held, id=free)))
        except OSError as error:
            raise JournalError(
                f"The drill could not be put into the register ({self.path}: {_reason(error)}).",
                f"Make that file writable, or name another folder in {STATE_VARIABLE}.",
            ) from None
        return replace(held, id=given)

    def read(self) -> Log:
        """Everything the log tells, whoever made the changes. Raises :class:`JournalError`."""
        return read_log(self.path)

    def _append(self, record: Callable[[str], dict[str, object]]) -> str:
        """Add a record, made for the next free id, at the end of the file."""
        own_folder(self.path.parent)
        with _opened(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT) as file, locked(file):
            _catch_up(file, self.log_end)
            free, line = self.log_end.next_line(record)
            _write(file, line)
            os.fsync(file)
            if not self.log_end.size:
                # The new file itself, not only what is in it, is to be there after a crash.
                flush_folder(self.path.parent)
            self.log_end.add(line)
        return free


def _catch_up(file: int, log_end: LogEnd) -> None:
    """Read what came to the open file since; all of it, where that is no longer the file that was read."""
    content = _content(file, log_end.size - len(log_end.last))
    if content.startswith(log_end.last):
        log_end.add(content.removeprefix(log_end.last))
    else:
        log_end.forget()
        log_end.add(_content(file))


LOCK_PATIENCE = 5.0
"""Seconds. A record takes some milliseconds; whoever holds the log for longer has been stopped in the middle."""

_LOCK_PAUSE = 0.02


class JournalBusy(OSError):
    """Another program holds the file and does not let go."""


@contextmanager
def locked(file: int) -> Iterator[None]:
    """Hold an open file, given by its descriptor.

    Raises :class:`JournalBusy`, and ``OSError`` on a file system that knows no locks.
    """
    give_up = time.monotonic() + LOCK_PATIENCE
    while not try_lock(file):
        if time.monotonic() > give_up:
            raise JournalBusy
        time.sleep(_LOCK_PAUSE)
    try:
        yield
    finally:
        unlock(file)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = open_file(path, flags, follow=False)
    try:
        found = os.fstat(file)
        # Names and numbers of a customer are nobody else's business, whoever made the file.
        if flags & os.O_CREAT and hasattr(os, "fchmod") and found.st_mode & 0o077:
            os.fchmod(file, 0o600)
        yield file
    finally:
        os.close(file)


def _content(file: int, begin: int = 0) -> bytes:
    os.lseek(file, begin, os.SEEK_SET)
    pieces: list[bytes] = []
    while piece := os.read(file, 1 << 20):
        pieces.append(piece)
        if begin + len(pieces) * (1 << 20) > LARGEST:
            raise OSError(errno.EFBIG, f"it has more than {LARGEST >> 20} MiB")
    return b"".join(pieces)


def _write(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _reason(error: OSError) -> str:
    if isinstance(error, JournalBusy):
        return "another program holds it and does not let go"
    return error.strerror or str(error) or "it cannot be opened"
