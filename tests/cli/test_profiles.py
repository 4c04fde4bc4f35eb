"""``queuewatch profiles``."""

import json
from pathlib import Path

import pytest

from queuewatch.pbx.credentials import Session
from queuewatch.pbx.identity import Identity
from queuewatch.profiles.config import load_config
from queuewatch.signin.session_store import StoredSession

from .conftest import Run

ACME = ("--url", "https://a.example", "--domain", "a.example")


def test_from_none_to_two_and_back(run: Run, environment: Path) -> None:
    assert run("profiles").out == f"There are no profiles in {environment}. queuewatch login makes one.\n"
    ran = run("profiles", "add", "acme", *ACME)
    assert ran.out == f"The profile acme is in {environment}. Sign in: queuewatch login --profile acme\n"
    north = ("--url", "https://n.example", "--domain", "n.example", "--more-domain", "s.example")
    run("profiles", "add", "north", *north, "--production", "--read-only", "--interval", "9", "--push")
    assert run("profiles", "list").out == (
        "* acme\n    address    https://a.example\n    domain     a.example\n    signed in  nobody\n"
        "  north · production · read-only\n"
        "    address    https://n.example\n    domain     n.example, s.example\n    signed in  nobody\n"
    )
    added = load_config(environment).profile("north")
    assert (added.interval, added.push) == (9, True)
    assert run("profiles", "use", "north").out == "queuewatch now opens north when no profile is named.\n"
    assert run("profiles", "remove", "north").out == f"The profile north is gone from {environment}.\n"
    assert list(load_config(environment).profiles) == ["acme"]


def test_who_is_signed_in(run: Run, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("profiles", "add", "acme", *ACME)
    identity = Identity("1002@a.example", "Dana Reyes", "Site Manager", "a.example", "Austin")
    state = {"QUEUEWATCH_STATE": str(environment.parent / "state")}
    store = StoredSession("acme", "https://a.example/ns-api/v2", state)
    store.save(Session("https://a.example/ns-api/v2", "tk-Planted", identity=identity))
    ran = run("profiles", "--format", "json")
    assert json.loads(ran.out) == {
        "config": str(environment),
        "profiles": [
            {
                "name": "acme",
                "default": True,
                "url": "https://a.example",
                "domains": ["a.example"],
                "production": False,
                "read_only": False,
                "signed_in": "Dana Reyes (1002@a.example) · Site Manager, Austin (file)",
            }
        ],
    }
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "tk-Planted")
    assert "signed in  the token in QUEUEWATCH_TOKEN\n" in run("profiles").out
    monkeypatch.delenv("QUEUEWATCH_TOKEN")
    store.path.chmod(0o644)
    assert "signed in  not known: " in run("profiles").out
    store.path.chmod(0o600)
    assert run("profiles", "remove", "acme").out.endswith(", and its session too.\n")
    assert not store.path.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add",), "No profile was named."),
        (("add", "acme"), "A profile needs an address and a domain."),
        (("add", "acme", "--url", "http://a.example", "--domain", "a"), "is not encrypted"),
        (("add", "acme", "--url", "https://a.example", "--domain", "a b"), "is no domain"),
        (("add", "acme", *ACME, "--more-domain", "a b"), "is no domain"),
        (("remove", "acme"), "There is no profile 'acme'"),
        (("use", "acme"), "There is no profile 'acme'"),
        (("list", "acme"), "'acme' is one word too many."),
        (("rename", "acme"), "invalid choice: 'rename'"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(
    run: Run, environment: Path, words: tuple[str, ...], says: str
) -> None:
    ran = run("profiles", *words)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert not environment.exists()


def test_a_name_that_is_taken(run: Run) -> None:
    run("profiles", "add", "acme", *ACME)
    ran = run("profiles", "add", "acme", *ACME)
    assert ran.status == 2
    assert "There is a profile 'acme' already" in ran.err


def test_production_is_asked_about_twice(
    run: Run, serve: object, type_in: object, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    serve("lakeside")  # type: ignore[operator]
    monkeypatch.setenv("HERE_TOKEN", os.environ["QUEUEWATCH_TOKEN"])
    environment.write_text(
        f'[profiles.here]\nurl = "{os.environ["QUEUEWATCH_URL"]}"\ndomain = "lakeside.example"\n'
        'token_env = "HERE_TOKEN"\nproduction = true\n'
    )
    change = ("--profile", "here", "require-agents", "8000", "no")
    type_in("y\nn\n")  # type: ignore[operator]
    ran = run(*change)
    assert ran.status == 2
    assert ran.err.endswith(
        "Change it? [y/N] here is in production: callers will meet this. Really? [y/N] "
        "queuewatch: Nothing was changed.\n  To change it after all, repeat this and answer y.\n"
    )
    type_in("y\ny\n")  # type: ignore[operator]
    assert run(*change).status == 0
