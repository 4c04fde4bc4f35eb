"""What is quiet, kept on this machine: one private file for all phone systems, read anew once it has changed.

Every program of this machine obeys it, the one that put something quiet and all others. It is written whole under
a lock. A file that cannot be read silences nothing: that is said, and everybody is told as ever.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.quiet import Quiet, QuietError, Silenced, check, quiet_document
from queuewatch.storage.folder import STATE_VARIABLE, UnsafeFile, own_folder, read_private, write_private
from queuewatch.storage.locks import open_lock, try_lock

FILE = "quiet.json"
VERSION = 1
MOST_ON = 300
"""Quiets of one file that are not over; no more can be added then."""
MOST = 600
"""All that are kept, those that are over among them: of these the oldest are forgotten."""
KEPT_FOR = timedelta(days=90)
"""How long one that is over is kept for the history."""
MOST_SILENCED = 20
"""Alerts that are noted of one quiet."""
LARGEST = 8 * 1024 * 1024
"""Bytes: whatever is larger was not written here."""
LOCK_PATIENCE = 3.0
"""Seconds. A change takes some milliseconds."""
_PAUSE = 0.02
_SAME_ALERT = timedelta(minutes=2)
"""Within this time two programs of this machine speak of one alert."""


class _Entry(NamedTuple):
    server: str
    domain: str
    quiet: Quiet


class QuietBook:
    """What is quiet of one domain of one phone system. May be used in several threads.

    Without a path it is kept in memory, as a sample's is.
    """

    def __init__(self, path: Path | None, server: str, domain: str) -> None:
        self._path = path
        self._of = (server, domain)
        self._in_memory: tuple[_Entry, ...] = ()
        self._seen: tuple[object, ...] | None = None
        self._quiets: tuple[Quiet, ...] = ()
        self._mutex = threading.Lock()
        self.problem = ""
        """Why the file could not be read the last time, in one sentence; empty if it could."""

    @property
    def in_memory(self) -> bool:
        """Whether it is gone with the program."""
        return self._path is None

    def quiets(self) -> tuple[Quiet, ...]:
        """All that is kept of this domain, over or not, by their numbers. The file is read if it changed."""
        if self._path is None:
            return tuple(entry.quiet for entry in self._in_memory)
        try:
            found = os.stat(self._path)
            seen: tuple[object, ...] = (found.st_mtime_ns, found.st_size, found.st_ino)
        except FileNotFoundError:
            self._seen, self._quiets, self.problem = None, (), ""
            return ()
        except OSError as error:
            self.problem = _unread(self._path, error.strerror or "its folder is unusable")
            return self._quiets
        if seen != self._seen:
            try:
                entries = self._read()
            except QuietError as error:
                self.problem, self._quiets = f"{error} {error.hint}", ()
            else:
                self.problem = ""
                self._quiets = tuple(entry.quiet for entry in entries if entry[:2] == self._of)
            self._seen = seen
        return self._quiets

    def add(self, quiet: Quiet, now: datetime) -> Quiet:
        """Keep it, and give it with its number. Raises :class:`QuietError`."""
        checked = check(quiet, now)

        def put(entries: tuple[_Entry, ...], free: int) -> tuple[_Entry, ...]:
            if sum(entry.quiet.ends > now for entry in entries) >= MOST_ON:
                raise QuietError(
                    f"{MOST_ON} things are quiet on this machine already.",
                    "End some first: queuewatch quiet --list.",
                )
            nonlocal checked
            checked = replace(checked, id=free, set_at=now)
            return (*entries, _Entry(*self._of, checked))

        self._change(put, now)
        return checked

    def end(self, number: int, by: str, now: datetime) -> Quiet:
        """End that one now, and give it. Raises :class:`QuietError` for one that is not there, or over."""

        def ended(quiet: Quiet) -> Quiet:
            if quiet.ends <= now:
                raise QuietError(f"Quiet {number} is over already.", "queuewatch quiet --list shows what is on.")
            return replace(quiet, ended=now, ended_by=by)

        return self._replace(number, ended, now)

    def renew(self, number: int, by: Callable[[Quiet], Quiet], now: datetime) -> Quiet:
        """Let that one last longer, as ``by`` gives it. Raises :class:`QuietError`."""

        def longer(quiet: Quiet) -> Quiet:
            if quiet.ends <= now:
                raise QuietError(f"Quiet {number} is over already.", "Put it quiet again, with its reason.")
            return by(quiet)

        return self._replace(number, longer, now)

    def note(self, number: int, alert: Silenced, now: datetime) -> None:
        """Note that nobody was told of this alert. Raises :class:`QuietError`."""

        def noted(quiet: Quiet) -> Quiet:
            known = any(
                (other.queue, other.condition) == (alert.queue, alert.condition)
                and abs(other.at - alert.at) < _SAME_ALERT
                for other in quiet.silenced
            )
            return quiet if known else replace(quiet, silenced=(*quiet.silenced, alert)[-MOST_SILENCED:])

        self._replace(number, noted, now)

    def _replace(self, number: int, change: Callable[[Quiet], Quiet], now: datetime) -> Quiet:
        changed: list[Quiet] = []

        def put(entries: tuple[_Entry, ...], free: int) -> tuple[_Entry, ...]:
            at = next(
                (i for i, entry in enumerate(entries) if entry[:2] == self._of and entry.quiet.id == number), None
            )
            if at is None:
                raise QuietError(
                    f"Nothing of this domain is quiet by number {number}.",
                    "queuewatch quiet --list shows the numbers.",
                )
            changed.append(change(entries[at].quiet))
            return (*entries[:at], entries[at]._replace(quiet=changed[0]), *entries[at + 1 :])

        self._change(put, now)
        return changed[0]

    def _change(self, put: Callable[[tuple[_Entry, ...], int], tuple[_Entry, ...]], now: datetime) -> None:
        with self._mutex:
            if self._path is None:
                free = 1 + max((entry.quiet.id for entry in self._in_memory), default=0)
                self._in_memory = put(self._in_memory, free)
                return
            try:
                own_folder(self._path.parent)
                with _locked(self._path.with_suffix(".lock")):
                    entries = self._read()
                    free = 1 + max((entry.quiet.id for entry in entries), default=0)
                    changed = put(entries, free)
                    if changed != entries:
                        write_private(self._path, _text(_bounded(changed, now)))
            except OSError as error:
                why = str(error) if isinstance(error, UnsafeFile) else error.strerror or "its folder is unusable"
                raise QuietError(
                    f"What is quiet cannot be kept ({self._path}: {why}).",
                    f"Make it writable for you, or name another folder in {STATE_VARIABLE}.",
                ) from None

    def _read(self) -> tuple[_Entry, ...]:
        """Everything in the file. Raises :class:`QuietError` for what was not written here."""
        assert self._path is not None
        try:
            written = read_private(self._path, LARGEST)
        except UnsafeFile as error:
            raise QuietError(_unread(self._path, str(error)), error.hint) from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise QuietError(_unread(self._path, why), "Make it readable for you, or take it away.") from None
        return _entries(self._path, written) if written is not None else ()


def _unread(path: Path, why: str) -> str:
    return f"What is quiet cannot be read, so nothing is ({path}: {why.rstrip('.')})."


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock; the end of the process gives it back. Raises ``OSError`` and :class:`QuietError`."""
    file = open_lock(path)
    try:
        give_up = time.monotonic() + LOCK_PATIENCE
        while not try_lock(file):
            if time.monotonic() > give_up:
                raise QuietError(
                    "Another queuewatch holds the list of what is quiet.", "Try again, or end that one."
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(file)


def _bounded(entries: tuple[_Entry, ...], now: datetime) -> tuple[_Entry, ...]:
    """Without those that are over for long, and without the oldest that are over where they are many."""
    kept = [entry for entry in entries if now - entry.quiet.ends < KEPT_FOR]
    over = sorted((entry for entry in kept if entry.quiet.ends <= now), key=lambda entry: entry.quiet.ends)
    gone = {entry.quiet.id for entry in over[: max(0, len(kept) - MOST)]}
    return tuple(entry for entry in kept if entry.quiet.id not in gone)


def _text(entries: tuple[_Entry, ...]) -> str:
    quiets = [
        {
            "server": entry.server,
            "domain": entry.domain,
            **quiet_document(entry.quiet, entry.quiet.set_at),
        }
        for entry in entries
    ]
    return json.dumps({"version": VERSION, "quiets": quiets}, indent=1) + "\n"


def _entries(path: Path, written: str) -> tuple[_Entry, ...]:
    anew = f"Take {path} away to begin anew."
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("quiets"), list):
        raise QuietError(_unread(path, "it is not what queuewatch wrote there"), anew)
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise QuietError(_unread(path, "a newer queuewatch wrote it"), "Use that version.")
    entries = tuple(_entry(fields) for fields in found["quiets"][: 2 * MOST])
    if None in entries:
        # What cannot be read silences nothing, and must not be lost by writing the rest.
        raise QuietError(_unread(path, "it is not what queuewatch wrote there"), anew)
    return tuple(entry for entry in entries if entry is not None)


def _entry(fields: object) -> _Entry | None:
    if not isinstance(fields, dict):
        return None
    try:
        quiet = Quiet(
            reason=_str(fields["reason"]),
            begins=_at(fields["begins"]),
            until=_at(fields["until"]),
            queue=_str(fields["queue"] or ""),
            name=_str(fields["name"] or ""),
            site=_str(fields["site"] or ""),
            only=tuple(Condition(condition) for condition in fields["only"]),
            until_recovered=None if fields["until_recovered"] is None else Condition(fields["until_recovered"]),
            by=_str(fields["by"] or ""),
            set_at=_at(fields["set_at"]),
            id=int(fields["id"]),
            ended=None if fields["ended"] is None else _at(fields["ended"]),
            ended_by=_str(fields["ended_by"] or ""),
            silenced=tuple(
                Silenced(_at(alert["at"]), _str(alert["queue"]), _str(alert["condition"]), _str(alert["headline"]))
                for alert in fields["silenced"]
            ),
        )
        return _Entry(_str(fields["server"]), _str(fields["domain"]), quiet)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _at(value: object) -> datetime:
    at = datetime.fromisoformat(_str(value))
    if at.tzinfo is None:
        raise ValueError
    return at
