"""The last known picture at the command line: whose it is, how it is turned off and deleted, who never uses it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs
from msgspec.structs import replace

from queuewatch.commands.connecting import asked
from queuewatch.commands.errors import NO_ANSWER, NOT_DONE
from queuewatch.commands.parser import parse
from queuewatch.connection.connection import Connection
from queuewatch.connection.resolve import connect
from queuewatch.failover.model import Part, Queue, QueueRules, Rule, Snapshot
from queuewatch.pbx.credentials import Session
from queuewatch.pbx.identity import Identity
from queuewatch.signin.session_store import StoredSession
from queuewatch.storage.last_picture import LastPicture
from tests.storage.pictures import files, read

from .conftest import TOKEN, Run

SERVER = "http://127.0.0.1:9"
"""Nobody answers there."""
AT = datetime(2026, 11, 28, 14, 2, tzinfo=UTC)
SEEN = Snapshot(
    "a.example",
    AT,
    queues={"8000": Queue("8000", "Was Seen Before")},
    rules={"8000": QueueRules((Rule("*"),))},
    read_at={Part.LIVE: AT},
)


@pytest.fixture
def state(environment: Path) -> Path:
    environment.write_text(
        f'[profiles.acme]\nurl = "{SERVER}"\ndomain = "a.example"\ndomains = ["a.example", "b.example"]\n'
    )
    return environment.parent / "state"


@pytest.fixture
def by_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUEWATCH_TOKEN", TOKEN)


def connected(*words: str, on_screen: bool = True) -> Connection:
    return connect(asked(parse(words)), os.environ, on_screen=on_screen)


def picture(*words: str) -> LastPicture:
    found = connected(*words).last_picture
    assert found is not None
    return found


@pytest.mark.usefixtures("by_token")
def test_a_board_has_one_for_each_domain_of_a_profile(state: Path) -> None:
    picture().write(SEEN)
    assert read(picture()) == SEEN
    assert read(picture("--domain", "b.example")) is None
    assert read(picture("--profile", "acme", "--url", "http://127.0.0.1:7")) is None
    assert connected(on_screen=False).last_picture is None
    assert connected("status", "--sample", "lakeside").last_picture is None
    assert len(files(state)) == 1


@pytest.mark.usefixtures("state")
def test_another_token_sees_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUEWATCH_TOKEN", TOKEN)
    picture().write(SEEN)
    monkeypatch.setenv("QUEUEWATCH_TOKEN", f"{TOKEN}2")
    assert read(picture()) is None


def test_who_is_signed_in_sees_it_again_with_a_renewed_token_and_nobody_else_does(state: Path) -> None:
    store = StoredSession("acme", f"{SERVER}/ns-api/v2", os.environ)
    dana = Identity("1010@a.example", "Dana Reyes", "Office Manager", "a.example")
    session = Session(f"{SERVER}/ns-api/v2", "tk-1", "rf-1", identity=dana)
    picture().write(SEEN)
    # Nobody is signed in: it is nobody's.
    assert files(state) == []
    store.save(session)
    picture().write(SEEN)
    store.save(replace(session, access_token="tk-2", refresh_token="rf-2"))
    assert read(picture()) == SEEN
    for other in (
        structs.replace(dana, login="1002@a.example"),
        structs.replace(dana, scope="Site Manager", site="Austin"),
    ):
        store.save(replace(session, identity=other))
        assert read(picture()) is None
    for file in (state / "pictures").iterdir():
        for secret in ("tk-", "rf-", "1010@a.example"):
            assert secret not in file.name + file.read_text()


@pytest.mark.usefixtures("by_token")
@pytest.mark.parametrize("words", [(), ("status",), ("check",)])
def test_an_option_turns_it_off_and_deletes_what_is_kept(state: Path, words: tuple[str, ...]) -> None:
    picture().write(SEEN)
    picture("--domain", "b.example").write(structs.replace(SEEN, domain="b.example"))
    assert len(files(state)) == 2
    assert connected("--no-cache", *words).last_picture is None
    assert connected(*words, "--no-cache").last_picture is None
    assert files(state) == []


@pytest.mark.usefixtures("by_token")
def test_a_key_of_the_profile_turns_it_off_and_deletes_what_is_kept(state: Path, environment: Path) -> None:
    picture().write(SEEN)
    text = environment.read_text()
    environment.write_text(f"{text}cache = true\n")
    assert read(picture()) == SEEN
    environment.write_text(f"{text}cache = false\n")
    assert connected().last_picture is None
    assert files(state) == []
    environment.write_text(f"{text}cache = 1\n")
    with pytest.raises(ValueError, match=r"profiles\.acme\.cache is a number"):
        connected()


@pytest.mark.usefixtures("by_token")
def test_logout_and_removing_the_profile_delete_it(run: Run, state: Path) -> None:
    picture().write(SEEN)
    ran = run("logout")
    assert ran.out == "Nobody is signed in to acme.\nWhat was last seen of it is deleted from this machine.\n"
    assert files(state) == []
    assert run("logout").out == "Nobody is signed in to acme.\n"
    picture().write(SEEN)
    assert run("profiles", "remove", "acme").status == 0
    assert files(state) == []


@pytest.mark.usefixtures("by_token")
@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("status", "8000", "--json"),
        ("simulate", "8000"),
        ("check",),
        ("drill", "--all"),
        ("require-agents", "8000", "yes", "--yes"),
        ("watch", "--for", "0.2"),
    ],
)
def test_no_command_answers_from_it(run: Run, state: Path, words: tuple[str, ...]) -> None:
    picture().write(SEEN)
    ran = run(*words)
    # A watch goes on trying until its time is up.
    assert ran.status in (NO_ANSWER, NOT_DONE) or words[0] == "watch"
    assert "Was Seen Before" not in ran.out + ran.err
    assert len(files(state)) == 1


@pytest.mark.usefixtures("by_token")
def test_the_doctor_says_what_is_kept_and_what_of_it_is_unusable(run: Run, state: Path) -> None:
    assert "Last pictures" not in run("doctor", "--sample", "lakeside").out
    picture().write(SEEN)
    assert "✔ Last pictures   1 phone system as last seen, 1 KiB" in run("doctor", "--sample", "lakeside").out
    files(state)[0].write_text("queuewatch snapshot 0")
    assert "? Last pictures   1 picture in" in run("doctor", "--sample", "lakeside").out
