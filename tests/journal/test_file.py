"""The file: what is in it survives, nobody else reads it, and a change that cannot be logged is said so."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from queuewatch.failover.model import Forward
from queuewatch.journal import (
    Edit,
    Journal,
    JournalError,
    Log,
    RequireAgents,
    State,
    WhenOffline,
    log_path,
    read_log,
)
from queuewatch.journal.file import locked
from queuewatch.storage.folder import os_user
from tests.journal.build import CELL, JANE, NO, NOON, OFF, YES, forwarded, journal, toggled

UNREADABLE = (
    "Line 2 of the log cannot be read: what is on it is left as it is, and may be a change that is missing here."
)
STATES = [
    OFF,
    CELL,
    State("off (stored: 12145550100)", WhenOffline(Forward(False, ("12145550100",)))),
    State("two", WhenOffline(Forward(True, ("12145550100", "vmail_8000")))),
    State("not readable", WhenOffline(Forward(readable=False))),
    State("off", WhenOffline(None)),
]


@pytest.mark.parametrize("edit", [toggled(), *(forwarded(before, CELL) for before in STATES)])
def test_a_change_is_read_back_exactly_as_it_was_written(tmp_path: Path, edit: Edit) -> None:
    book = journal(tmp_path)
    given = book.begin(edit)
    (begun,) = book.read().entries
    assert (begun.id, begun.edit, begun.who, begun.at, begun.ended, begun.outcome) == (
        given,
        edit,
        JANE,
        NOON,
        None,
        "",
    )
    assert begun.program
    book.end(given, "confirmed", "It is so.", "Look.")
    (ended,) = book.read().entries
    assert ended.ended is not None
    assert (ended.outcome, ended.ended.sentence, ended.ended.hint) == ("confirmed", "It is so.", "Look.")
    assert book.read().problems == ()


def test_a_value_that_was_not_readable_is_kept_as_such(tmp_path: Path) -> None:
    book = journal(tmp_path)
    book.begin(toggled(State("not readable", RequireAgents(None)), YES))
    assert book.read().entries[0].edit.before.held == RequireAgents(None)


def test_ids_are_short_and_go_up(tmp_path: Path) -> None:
    book = journal(tmp_path)
    ids = []
    for _ in range(3):
        ids.append(book.begin(toggled()))
        book.end(ids[-1], "confirmed", "So.")
    assert ids == ["1", "2", "3"]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    book = journal(tmp_path)
    before = os.umask(0)
    try:
        book.begin(toggled())
    finally:
        os.umask(before)
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(book.path.parent.stat().st_mode) == 0o700


def test_a_log_that_others_could_read_no_longer_is(tmp_path: Path) -> None:
    book = journal(tmp_path)
    book.path.parent.mkdir()
    book.path.touch(0o644)
    book.begin(toggled())
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600


def test_a_record_is_on_the_disk_before_the_program_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    write, flush = os.write, os.fsync

    def noted_write(file: int, content: bytes) -> int:
        done.append("write")
        return write(file, content)

    def noted_flush(file: int) -> None:
        done.append("flush")
        flush(file)

    monkeypatch.setattr(os, "write", noted_write)
    monkeypatch.setattr(os, "fsync", noted_flush)
    book = journal(tmp_path)
    given = book.begin(toggled())
    # The folder as well, the first time: the name of a new file is kept there.
    assert done == ["write", "flush", "flush"]
    book.end(given, "confirmed", "So.")
    assert done[3:] == ["write", "flush"]


def test_what_a_crash_cut_off_stays_and_swallows_nothing(tmp_path: Path) -> None:
    book = journal(tmp_path)
    book.begin(toggled())
    whole = book.path.read_bytes()
    torn = whole + b'{"v": 1, "record": "begun", "id": "2", "at": "2026-'
    book.path.write_bytes(torn)
    assert book.begin(forwarded()) == "3"
    assert book.path.read_bytes().startswith(torn + b"\n")
    log = book.read()
    assert [entry.id for entry in log.entries] == ["1", "3"]
    assert log.problems == (UNREADABLE,)


def test_a_disk_that_takes_little_at_a_time_gets_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, content[:7]))
    book = journal(tmp_path)
    book.begin(toggled())
    assert len(book.read().entries) == 1


def refuse(number: int) -> object:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refused


@pytest.mark.parametrize(
    ("call", "number", "why"),
    [
        ("open", errno.EACCES, "Permission denied"),
        ("open", errno.EROFS, "Read-only file system"),
        ("write", errno.ENOSPC, "No space left on device"),
        ("fsync", errno.EIO, "Input/output error"),
    ],
)
def test_a_log_that_cannot_be_written_says_why_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, why: str
) -> None:
    book = journal(tmp_path)
    monkeypatch.setattr(os, call, refuse(number))
    with pytest.raises(JournalError) as raised:
        book.begin(toggled())
    assert str(raised.value) == f"it could not be written to the log of changes first ({book.path}: {why})."
    assert "QUEUEWATCH_STATE" in raised.value.hint
    with pytest.raises(JournalError, match="What became of it could not be written to the log") as raised:
        book.end("7", "confirmed", "So.")
    assert (
        raised.value.hint == "The log will show change 7 as begun, outcome not known: look at the setting itself."
    )


@pytest.mark.parametrize("what", ["a folder", "a device", "below a file"])
def test_something_else_in_the_place_of_the_log_is_left_alone(tmp_path: Path, what: str) -> None:
    book = journal(tmp_path)
    match what:
        case "a folder":
            book.path.mkdir(parents=True)
        case "a device":
            book.path.parent.mkdir()
            book.path.symlink_to("/dev/zero")
        case _:
            book.path.parent.touch()
    with pytest.raises(JournalError, match="could not be written to the log"):
        book.begin(toggled())
    with pytest.raises(JournalError, match=f"The log of changes {book.path} cannot be read: "):
        book.read()


def test_a_record_is_added_without_reading_all_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, other, read = journal(tmp_path), journal(tmp_path), 0
    for _ in range(2):
        book.end(book.begin(toggled()), "confirmed", "so " * 100_000)

    def counted(file: int, most: int, really: Callable[[int, int], bytes] = os.read) -> bytes:
        nonlocal read
        found = really(file, most)
        read += len(found)
        return found

    assert other.begin(toggled()) == "3"
    monkeypatch.setattr(os, "read", counted)
    assert book.begin(toggled()) == "4"
    assert read < 10_000
    assert other.of("jane").begin(toggled()) == "5"
    assert read < 20_000


def test_a_log_that_was_put_in_place_of_what_was_read_is_read_anew(tmp_path: Path) -> None:
    book, elsewhere = journal(tmp_path / "here"), journal(tmp_path / "there")
    assert [book.begin(toggled()) for _ in range(2)] == ["1", "2"]
    for _ in range(5):
        elsewhere.begin(toggled())
    book.path.write_bytes(elsewhere.path.read_bytes())
    assert book.begin(toggled()) == "6"
    book.path.write_bytes(b"")
    assert book.begin(toggled()) == "1"
    assert [entry.id for entry in book.read().entries] == ["1"]


def test_a_program_that_holds_the_log_and_has_stopped_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = journal(tmp_path)
    book.begin(toggled())
    monkeypatch.setattr("queuewatch.journal.file.LOCK_PATIENCE", 0)
    with (
        book.path.open("rb") as other,
        locked(other.fileno()),
        pytest.raises(JournalError, match="does not let go"),
    ):
        book.begin(toggled())
    assert book.begin(toggled()) == "2"


WRITER = """
import sys
from pathlib import Path
from queuewatch.journal import Journal, Who
from tests.journal.build import toggled
book = Journal(Path(sys.argv[1]), Who("acme", sys.argv[2]))
sys.stdin.readline()
for _ in range(15):
    book.end(book.begin(toggled()), "confirmed", sys.argv[2] * 200)
"""


def test_programs_that_write_at_once_neither_mix_their_lines_nor_share_an_id(tmp_path: Path) -> None:
    book = journal(tmp_path)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(book.path), name], stdin=subprocess.PIPE, cwd=Path.cwd()
        )
        for name in ("ana", "ben", "cara")
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    log = book.read()
    assert log.problems == ()
    assert [entry.id for entry in log.entries] == [str(number) for number in range(1, 46)]
    for entry in log.entries:
        assert entry.ended is not None
        assert entry.ended.sentence == entry.who.user * 200


def test_no_log_tells_nothing(tmp_path: Path) -> None:
    assert read_log(tmp_path / "nowhere" / "changes.jsonl") == Log()


def test_the_log_is_where_the_environment_or_else_the_platform_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert log_path({"QUEUEWATCH_STATE": "/var/lib/qw"}) == Path("/var/lib/qw/changes.jsonl")
    assert log_path({"QUEUEWATCH_STATE": "~/qw"}) == Path.home() / "qw" / "changes.jsonl"
    found = log_path({})
    assert (found.name, found.parent.name) == ("changes.jsonl", "queuewatch")


def test_an_account_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", refuse(errno.ENOENT))
    assert os_user() == str(os.getuid())


def test_no_and_yes_are_words_for_people() -> None:
    assert (NO.words, toggled().setting_words, toggled().label) == ("No", "Require Agents", "Sales (8000)")
    assert Journal(Path("x"), JANE).who.words == "jane (acme)"
