"""Signing in and out at the command line."""

import stat
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest

from tests.signin.conftest import Safe
from tests.signin.sign_in_server import CLIENT_SECRET, KEY, PASSCODE, PASSWORD, PLANTED, PREFIX

from .conftest import Run, Served, Unseen

TypeIn = Callable[[str], None]


def test_it_ends_by_telling_who_one_is_and_what_one_may(
    run: Run, served: Served, unseen: Unseen, type_in: TypeIn, environment: Path
) -> None:
    unseen.answers = [PASSWORD]
    type_in("1010@lakeside.example\n\nfile\n")
    ran = run("login", *served.where)
    kept = environment.parent / "state" / "sessions" / "lakeside.json"
    assert ran.status == 0
    assert ran.out == (
        "Signed in to lakeside as Dana Reyes (1010@lakeside.example) · Office Manager.\n"
        "You may change Require Agents and When Offline of every queue.\n"
        "lakeside.example has 7 call queues.\n"
        f"The session is kept in {kept}, which only you may read, and renews itself. "
        "The password is kept nowhere.\n"
        f"The profile lakeside is in {environment}. The board: queuewatch --profile lakeside\n"
    )
    assert "There is no usable keyring on this machine." in ran.err
    assert unseen.asked == ["Password of 1010@lakeside.example: "]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert environment.read_text() == (
        f'default = "lakeside"\n\n[profiles.lakeside]\nurl = "{served.address}"\n'
        'domain = "lakeside.example"\nusername = "1010@lakeside.example"\n'
    )


def test_then_every_command_uses_the_session(run: Run, served: Served, login: Run) -> None:
    login()
    assert run("status", "8000").status == 0
    served.logins.expire()
    assert run("status", "8000").status == 0
    assert run("require-agents", "8002", "no", "--yes").status == 0
    served.logins.revoke()
    ran = run("status", "8000")
    assert ran.status == 3
    assert "The session of lakeside is over" in ran.err
    assert "Sign in again with “queuewatch login --profile lakeside”." in ran.err


def test_what_the_scope_does_not_reach_is_refused_before_anything_is_sent(
    run: Run, served: Served, login: Run
) -> None:
    login("--username", "1014@lakeside.example")
    ran = run("require-agents", "8000", "no", "--yes")
    assert ran.status == 1
    assert ran.err.startswith(
        "queuewatch: Nothing was changed: A Site Manager changes queues of their own site, Austin; "
        "this one is at Dallas.\n"
    )
    assert run("require-agents", "8003", "no", "--yes").status == 0
    assert [one.path.rsplit("/", 1)[1] for one in served.pbx.requests if one.method == "PUT"] == ["8003"]


def test_changes_are_logged_with_who_signed_in_and_undone_by_who_may(run: Run, served: Served, login: Run) -> None:
    login()
    assert run("require-agents", "8001", "no", "--yes").status == 0
    assert " · 1010@lakeside.example (lakeside)\n" in run("log").out
    login("--username", "1014@lakeside.example")
    served.pbx.requests.clear()
    ran = run("undo", "--yes")
    assert ran.status == 1
    assert "Nothing was changed: A Site Manager changes queues of their own site, Austin" in ran.err
    assert {one.method for one in served.pbx.requests} == {"GET"}
    login()
    assert run("undo", "--yes").status == 0


def test_an_api_key(run: Run, served: Served, login: Run, unseen: Unseen) -> None:
    served.logins.key_row = {"readonly": "yes"}
    ran = login("--api-key", answers=(KEY,))
    assert unseen.asked == ["API key: "]
    assert "A read-only API key: you look, and change nothing.\n" in ran.out
    assert run("status", "8000").status == 0
    refused = run("require-agents", "8000", "no", "--yes")
    assert (refused.status, "the API key in use changes nothing" in refused.err) == (1, True)


def test_a_key_that_is_none_is_refused_and_nothing_kept(run: Run, login: Run, environment: Path) -> None:
    ran = login("--api-key", answers=("nsd_PlantedWrong0123",))
    assert ran.status == 3
    assert "does not accept the token (401)" in ran.err
    assert not environment.exists()
    assert not (environment.parent / "state").exists()


def test_a_code_is_asked_for_and_a_slip_forgiven(login: Run, unseen: Unseen) -> None:
    ran = login(
        "--username",
        "1020@lakeside.example",
        answers=("slip", PASSWORD, "000000", f"{PASSCODE[:3]} {PASSCODE[3:]}"),
    )
    assert ran.status == 0
    assert unseen.asked[-1] == "Code of your authenticator app: "
    assert "does not accept this login" in ran.err
    assert "does not accept this code" in ran.err


def test_three_slips_are_enough(login: Run, unseen: Unseen, served: Served) -> None:
    served.logins.refuses_politely = True
    ran = login(answers=("a", "b", "c", PASSWORD))
    assert ran.status == 3
    assert unseen.answers == [PASSWORD]
    assert "does not accept this login (it answers without a token)" in ran.err


def test_the_client_secret_is_asked_for_or_comes_from_the_environment(
    login: Run,
    unseen: Unseen,
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    environment: Path,
) -> None:
    served.logins.client_secret = CLIENT_SECRET
    assert login("--client-id", "123", answers=(CLIENT_SECRET, PASSWORD)).status == 0
    assert unseen.asked == ["Client secret: ", "Password of 1010@lakeside.example: "]
    monkeypatch.setenv("QUEUEWATCH_CLIENT_SECRET", CLIENT_SECRET)
    assert login("--profile", "lakeside").status == 0
    assert 'client_id = "123"' in environment.read_text()


def test_not_kept_when_not_wanted(run: Run, login: Run, environment: Path) -> None:
    ran = login("--store", "none")
    assert "The session is not kept: it ends with this command.\n" in ran.out
    assert not (environment.parent / "state").exists()
    assert "nobody is signed in" not in run("profiles").out
    assert run("status").status == 2


def test_the_keyring_is_offered_where_there_is_one(
    login: Run, monkeypatch: pytest.MonkeyPatch, run: Run, environment: Path
) -> None:
    safe = Safe()
    monkeypatch.setattr(keyring, "get_keyring", lambda: safe)
    ran = login("--store", "keyring")
    assert "The session is kept in the system's keyring, and renews itself." in ran.out
    assert PREFIX in safe.kept["queuewatch", "lakeside"]
    assert PREFIX not in (environment.parent / "state" / "sessions" / "lakeside.json").read_text()
    assert run("status", "8000").status == 0
    assert "is gone from the keyring" in run("logout").out
    assert safe.kept == {}


def test_a_keyring_that_is_not_there_cannot_be_chosen(login: Run, unseen: Unseen) -> None:
    ran = login("--store", "keyring")
    assert (ran.status, unseen.asked) == (2, [])
    assert "There is no usable keyring on this machine." in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("login", PASSWORD),
        ("login", "--api-key", KEY),
        ("login", f"--api-key={KEY}"),
        ("login", "--password", PASSWORD),
        ("login", f"--client-secret={CLIENT_SECRET}"),
        ("logout", KEY),
    ],
)
def test_a_secret_as_an_argument_is_refused_and_not_repeated(
    run: Run, type_in: TypeIn, words: tuple[str, ...]
) -> None:
    type_in("")
    ran = run(*words)
    assert ran.status == 2
    assert not any(secret in ran.out + ran.err for secret in PLANTED)


def test_without_a_terminal_it_says_what_to_do(run: Run, served: Served) -> None:
    ran = run("login", *served.where)
    assert ran.status == 2
    assert ran.err == (
        "queuewatch: There is no terminal to ask at.\n"
        "  For automation put a token or an API key into QUEUEWATCH_TOKEN.\n"
    )


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("ftp://x\n", "is no web address"),
        ("https://pbx.example.com\nno domain\n", "is no domain"),
        ("https://pbx.example.com\nacme.example\nme\n\nshoebox\n", "“shoebox” is none of file, none"),
        ("", "there was no answer"),
    ],
)
def test_what_is_typed_is_checked_as_it_goes(run: Run, type_in: TypeIn, typed: str, says: str) -> None:
    type_in(typed)
    ran = run("login")
    assert ran.status == 2
    assert says in ran.err


def test_a_wrong_answer_is_told_and_asked_for_again(run: Run, type_in: TypeIn) -> None:
    type_in("ftp://x\nhttps://pbx.example.com\n")
    asked = [line.split(":", 1)[0] for line in run("login").err.splitlines() if "ddress, such as" in line]
    assert len(asked) == 2


def test_a_broken_profile_file_is_said_before_anything_is_asked(
    run: Run, type_in: TypeIn, environment: Path, unseen: Unseen
) -> None:
    environment.write_text("[profiles.acme\nurl = 1\n")
    type_in("")
    ran = run("login")
    assert ran.status == 2
    assert "(at line 1, column 15)" in ran.err
    assert environment.read_text() == "[profiles.acme\nurl = 1\n"


def test_the_environment_goes_before_the_session_and_that_is_said(
    run: Run, login: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "nsd_old")
    ran = login()
    assert "QUEUEWATCH_TOKEN is set, and goes before the session" in ran.err
    assert run("status").status == 3


def test_the_stream_of_events_is_kept_with_its_address_alone(
    login: Run, served: Served, environment: Path
) -> None:
    stream = 'push = true\npush_url = "https://core1.example.com:8001"\n'
    login()
    environment.write_text(environment.read_text() + stream)
    login()
    assert environment.read_text().endswith(stream)
    environment.write_text(environment.read_text().replace(served.address, "https://pbx.example.com"))
    login("--profile", "lakeside")
    assert environment.read_text().endswith("push = true\n")


def test_a_session_goes_to_no_other_server(run: Run, login: Run, served: Served, environment: Path) -> None:
    login()
    served.pbx.requests.clear()
    ran = run("status", "--profile", "lakeside", "--url", f"{served.address}/elsewhere")
    assert ran.status == 2
    assert "There is no token for lakeside" in ran.err
    environment.write_text(environment.read_text().replace("/ns-api/v2", "/other/v2"))
    assert run("status").status == 2
    assert served.pbx.requests == []


def test_logging_out(run: Run, login: Run, environment: Path) -> None:
    login()
    ran = run("logout")
    assert ran.out.startswith("Signed out of lakeside: the session is gone from the file.\n")
    assert "stays good there" in ran.out
    assert run("logout", "--profile", "lakeside").out == "Nobody is signed in to lakeside.\n"
    assert not list((environment.parent / "state").rglob("*.json"))


def test_a_file_open_to_others_is_not_used(run: Run, login: Run, environment: Path) -> None:
    login()
    kept = environment.parent / "state" / "sessions" / "lakeside.json"
    kept.chmod(0o644)
    ran = run("status")
    assert ran.status == 2
    assert ran.err == f"queuewatch: {kept} is open to others, so it is not used.\n  chmod 600 {kept}\n"
