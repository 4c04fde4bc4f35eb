"""What stands in the place of a file and is none: a sentence names it, and nothing waits for it or breaks."""

import errno
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType

import pytest

from queuewatch.fleet.memory import FleetMemory
from queuewatch.history.database import history_path
from queuewatch.journal import log_path
from queuewatch.storage.view_preferences import ViewMemory
from tests.faults.odd_files import NO_FILES, Make, brackets, zeros

from .conftest import Run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files as Unix has them")

HARBOR = Path(__file__).parents[2] / "sample_data" / "harbor"
HELD_UP = 20
"""Seconds: a test that waits for a pipe would wait for ever."""


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """Nothing here has anything to wait for."""

    def wake(_: int, __: FrameType | None) -> None:
        raise TimeoutError("it was waited for")

    before = signal.signal(signal.SIGALRM, wake)
    signal.alarm(HELD_UP)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


ODD = pytest.mark.parametrize("make", NO_FILES, ids=lambda make: make.__name__)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone system that nothing has to answer for."""
    monkeypatch.setenv("QUEUEWATCH_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("QUEUEWATCH_DOMAIN", "acme.example")


def placed(make: Make, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    make(path)
    return path


@ODD
def test_as_the_profile_file(run: Run, environment: Path, make: Make) -> None:
    placed(make, environment)
    for words in (("status",), ("profiles",), ("profiles", "add", "b", "--url", "x", "--domain", "y")):
        ran = run(*words)
        assert ran.status == 2
        assert f"{environment} cannot be read: {NO_FILES[make]}" in ran.err


@ODD
@pytest.mark.usefixtures("connection")
def test_as_the_log_of_changes(run: Run, make: Make) -> None:
    path = placed(make, log_path(os.environ))
    ran = run("log")
    assert ran.status == 2
    assert f"The log of changes {path} cannot be read: {NO_FILES[make]}" in ran.err


@pytest.mark.usefixtures("connection")
def test_a_link_is_not_followed_where_the_log_is_even_to_a_good_file(run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    path = placed(lambda path: path.symlink_to(elsewhere), log_path(os.environ))
    assert f"{path} cannot be read: it is a link to elsewhere, which is not followed." in run("log").err


@ODD
@pytest.mark.usefixtures("connection")
def test_as_the_history(run: Run, make: Make) -> None:
    path = placed(make, history_path(os.environ))
    ran = run("history")
    assert ran.status == 2
    assert f"The history {path} cannot be read: {NO_FILES[make]}" in ran.err


@pytest.mark.usefixtures("connection")
def test_a_history_without_its_tables_is_damaged(run: Run) -> None:
    path = history_path(os.environ)
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 1")
    ran = run("history")
    assert ran.status == 2
    assert f"The history {path} is damaged: its table places is missing." in ran.err


@ODD
def test_as_a_session(run: Run, environment: Path, tmp_path: Path, make: Make) -> None:
    environment.write_text('[profiles.acme]\nurl = "http://127.0.0.1:9"\ndomain = "acme.example"\n')
    path = placed(make, tmp_path / "state" / "sessions" / "acme.json")
    why = "it is a link to elsewhere, which is not followed" if "link" in make.__name__ else NO_FILES[make]
    for words in (("status",), ("logout",), ("profiles",)):
        ran = run("--profile", "acme", *words)
        assert ran.status in (0, 2)
        assert f"{path} cannot be used: {why}" in ran.out + ran.err or words == ("profiles",)


@ODD
def test_as_the_view_of_a_board(tmp_path: Path, make: Make) -> None:
    placed(make, tmp_path / "view.json")
    memory = ViewMemory(tmp_path)
    memory.view("acme", "acme.example")
    assert NO_FILES[make] in memory.problem


@ODD
def test_as_a_list_of_a_recording(run: Run, tmp_path: Path, make: Make) -> None:
    shutil.copytree(HARBOR, tmp_path / "recorded")
    rows = tmp_path / "recorded" / "callqueues.json"
    rows.unlink()
    make(rows)
    ran = run("status", "--sample", str(tmp_path / "recorded"))
    assert ran.status == 2
    assert f"{rows} cannot be read: {NO_FILES[make]}" in ran.err


@ODD
@pytest.mark.parametrize("name", ["dialrules.json", "cdrs.json", "history.jsonl"])
def test_what_a_recording_may_have_is_not_left_out_because_it_is_no_file(
    run: Run, tmp_path: Path, name: str, make: Make
) -> None:
    folder = tmp_path / "recorded"
    shutil.copytree(HARBOR, folder)
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    ran = run("history" if name == "history.jsonl" else "status", "--sample", str(folder))
    assert ran.status == 2
    assert f"{folder / name} cannot be read: {NO_FILES[make]}" in ran.err


@ODD
def test_as_a_plan_that_has_a_name(
    run: Run, environment: Path, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "token")
    environment.write_text('[profiles.acme]\nurl = "http://127.0.0.1:9"\ndomain = "acme.example"\n')
    path = placed(make, environment.parent / "plans" / "acme" / "storm.toml")
    ran = run("--profile", "acme", "plan", "storm")
    assert ran.status == 2
    assert f"{path} cannot be read: {NO_FILES[make]}" in ran.err


@ODD
def test_as_what_is_remembered_of_a_fleet(tmp_path: Path, make: Make) -> None:
    placed(make, tmp_path / "fleet.json")
    memory = FleetMemory(tmp_path / "fleet.json")
    assert memory.domains() == {}
    assert ("a link to elsewhere" if "link" in make.__name__ else NO_FILES[make]) in memory.problem


@pytest.mark.parametrize("words", ["[" * 50_000, '{"a":' * 50_000, "null", "9" * 5000])
def test_what_is_remembered_of_a_fleet_begins_anew(tmp_path: Path, words: str) -> None:
    path = tmp_path / "fleet.json"
    path.write_text(words)
    path.chmod(0o600)
    memory = FleetMemory(path)
    assert memory.domains() == {}
    assert memory.problem == f"{path} is not what queuewatch wrote there, and begins anew."


def test_a_number_without_end(run: Run, environment: Path, tmp_path: Path) -> None:
    long = "9" * 5000
    environment.write_text(f"default = {long}\n")
    for words in (("status",), ("profiles",), ("doctor",)):
        ran = run(*words)
        assert ran.status in (1, 2)
        assert "holds a number that is too long to be read." in " ".join((ran.out + ran.err).split())
    environment.unlink()
    for command in ("plan", "test"):
        (tmp_path / "set-up.toml").write_text(f"queues = {long}\n")
        ran = run(command, str(tmp_path / "set-up.toml"), "--sample", "harbor")
        assert ran.status == 2
        assert f"{tmp_path / 'set-up.toml'} holds a number that is too long to be read." in ran.err
    shutil.copytree(HARBOR, tmp_path / "recorded")
    (tmp_path / "recorded" / "company.toml").write_text(f"title = {long}\n")
    ran = run("status", "--sample", str(tmp_path / "recorded"))
    assert ran.status == 2
    assert "company.toml is damaged: it does not hold what it should." in ran.err


def test_a_past_that_is_none_is_told_without_a_programmer_s_words(run: Run, tmp_path: Path) -> None:
    shutil.copytree(HARBOR, tmp_path / "recorded")
    past = tmp_path / "recorded" / "history.jsonl"
    for content, told in (
        (b"[" * 50_000, "is nested too deep to be real."),
        (b"\xff\xfe\xff", "is not UTF-8 text."),
        (b"null\n", "is damaged: it does not hold what it should."),
        (b'[]\n["span", 0]\n', "is damaged: it does not hold what it should."),
        (b'{"v": ' + b"9" * 5000 + b"}\n", "is damaged: it does not hold what it should."),
    ):
        past.write_bytes(content)
        ran = run("history", "--sample", str(tmp_path / "recorded"))
        assert ran.status == 2
        assert f"{past} {told}" in ran.err


def test_fifty_thousand_brackets(run: Run, environment: Path, tmp_path: Path) -> None:
    brackets(environment)
    ran = run("status")
    assert ran.status == 2
    assert f"{environment} is nested too deep to be a profile file." in ran.err
    environment.write_text('[profiles.acme]\nurl = "http://127.0.0.1:9"\ndomain = "acme.example"\n')
    deep = "[" * 50_000
    sessions = tmp_path / "state" / "sessions"
    sessions.mkdir(parents=True)
    for path in (tmp_path / "state", sessions):
        path.chmod(0o700)
    for path in (sessions / "acme.json", tmp_path / "state" / "changes.jsonl"):
        path.write_text(deep)
        path.chmod(0o600)
    assert run("status").status == 2
    ran = run("log", "--all-servers")
    assert ran.status == 0
    assert "Line 1 of the log cannot be read" in ran.err
    shutil.copytree(HARBOR, tmp_path / "recorded")
    for name, words in (("callqueues.json", deep), ("company.toml", f"a = {deep}")):
        (tmp_path / "recorded" / name).write_text(words)
        ran = run("status", "--sample", str(tmp_path / "recorded"))
        assert ran.status == 2
        assert "nested too deep to be real" in ran.err


def test_the_null_device_is_an_empty_profile_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUEWATCH_CONFIG", os.devnull)
    assert "No phone system is configured yet." in run("status").err
    assert run("profiles").status == 0


def test_a_file_of_zeros_is_not_read_for_ever(run: Run, environment: Path) -> None:
    zeros(environment)
    ran = run("status")
    assert ran.status == 2
    assert "it has more than 4,096 KiB" in ran.err
    with suppress(OSError):
        environment.unlink()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("status --sample ~nobody/x", "There is no sample company called '~nobody/x'."),
        ("fleet --json --sample ~nobody", "There is no sample fleet called '~nobody'."),
        ("plan --sample lakeside ~nobody/x.toml", "There is no file ~nobody/x.toml"),
        ("drill --sample lakeside --site Dallas --out ~nobody/x.md", "There is no folder "),
        ("watch --sample lakeside --at-once 5 --expect ~nobody/x", "~nobody/x"),
        ("record --sample lakeside --out ~nobody/x/y", "~nobody"),
        ("fleet --json --nats 127.0.0.1 --nats-creds ~nobody/x", "~nobody/x"),
    ],
)
def test_the_home_of_nobody_is_no_fault_of_the_program(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*words.replace("~nobody", "~queuewatch-nobody").split())
    assert (ran.status, ran.out) == (2, "")
    assert said.replace("~nobody", "~queuewatch-nobody") in ran.err
    assert list(tmp_path.glob("~*")) == []


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that belongs to somebody else, who lets nobody look into it: to root, which runs tests, none is."""
    folder = tmp_path / "locked"

    def denied(name: str) -> None:
        real = getattr(os, name)

        def asked(path: object = ".", *rest: object, **named: object) -> object:
            if str(path).startswith(str(folder)):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(path, *rest, **named)

        monkeypatch.setattr(os, name, asked)

    for name in ("stat", "lstat", "listdir", "scandir", "open", "mkdir"):
        denied(name)
    return folder


@pytest.mark.usefixtures("connection")
@pytest.mark.parametrize(
    "words",
    [
        ("status", "--sample", "{}/mine"),
        ("fleet", "--sample", "{}/fleet"),
        ("history",),
        ("export", "--sample", "harbor", "{}/set-up.toml"),
        ("plan", "--sample", "harbor", "{}/set-up.toml"),
        ("doctor", "--sample", "harbor", "--bundle", "{}/bundle.zip"),
        ("record", "--out", "{}/mine"),
    ],
    ids=" ".join,
)
def test_in_a_folder_that_nobody_may_look_into(
    run: Run, locked: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "nsd_TestTokenThatNobodyMaySee")
    if words == ("history",):
        monkeypatch.setenv("QUEUEWATCH_STATE", str(locked))
    ran = run(*(word.format(locked) for word in words))
    assert ran.status == 2, ran.err
    assert str(locked) in ran.err
    assert "itself failed" not in ran.err


def test_called_from_a_folder_that_is_gone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(os, "getcwd", gone)
    ran = run("export", "--sample", "harbor", "set-up.toml")
    assert (ran.status, ran.err) == (
        2,
        "queuewatch: The folder this was called from is not there any more.\n  Change to one that is.\n",
    )
