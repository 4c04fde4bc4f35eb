"""What is typed about a phone system is understood where only one thing can be meant, and explained otherwise."""

from pathlib import Path

import pytest

from queuewatch.connection.profile_form import (
    filled_in,
    missing,
    read_address,
    read_all,
    read_code,
    read_domain,
    read_key,
    read_login,
    read_name,
)
from queuewatch.pbx.checks import CheckState
from queuewatch.profiles.config import Config, Profile

GOOD, BAD, UNSURE, HELP = CheckState.GOOD, CheckState.BAD, CheckState.UNSURE, CheckState.SKIPPED
NOBODY = Config(Path("config.toml"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://pbx.example.com", "https://pbx.example.com"),
        ("  https://pbx.example.com/ns-api/v2 ", "https://pbx.example.com/ns-api/v2"),
        ("pbx.example.com", "https://pbx.example.com"),
        ("pbx.example.com:8443", "https://pbx.example.com:8443"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080/ns-api/v2", "http://localhost:8080/ns-api/v2"),
        ("https://portal.example.com/portal/home", "https://portal.example.com"),
        ("portal.example.com/portal/home?a=1#b", "https://portal.example.com"),
        ("https://portal.example.com/Portal", "https://portal.example.com"),
        ("https://pbx.example.com/portals/api", "https://pbx.example.com/portals/api"),
    ],
)
def test_addresses_that_are_understood(typed: str, meant: str) -> None:
    entry = read_address(typed)
    assert (entry.value, entry.check.state) == (meant, HELP)
    assert (entry.check.sentence == f"Taken as {meant}.") is (typed.strip() != meant)


@pytest.mark.parametrize("typed", ["", " ", "h", "http", "https:", "https://"])
def test_an_address_that_is_only_begun_is_not_called_wrong(typed: str) -> None:
    entry = read_address(typed)
    assert (entry.value, entry.check.state) == ("", HELP)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("http://pbx.example.com", "is not encrypted"),
        ("1002@acme.example", "This is a login name, not an address."),
        ("https://me:secret-Planted@pbx.example.com/", "holds a user name or a password"),
        ("ftp://pbx.example.com", "is no web address"),
        ("pbx example com", "it holds a blank"),
        ("https://pbx.example.com:port", "its host or port cannot be read"),
        ("https://[::1", "its host or port cannot be read"),
        ("https://pbx.example.com/api?x=1", "is followed by a query"),
    ],
)
def test_addresses_that_are_explained(typed: str, says: str) -> None:
    entry = read_address(typed)
    assert (entry.value, entry.check.state) == ("", BAD)
    assert says in entry.check.sentence
    assert entry.check.remedy
    assert "Planted" not in entry.check.sentence


@pytest.mark.parametrize(
    ("typed", "meant", "state"),
    [
        ("acme.example", "acme.example", HELP),
        (" acme ", "acme", HELP),
        ("1002@acme.example", "acme.example", GOOD),
        ("", "", HELP),
        ("1002@", "", HELP),
        ("@acme.example", "", BAD),
        ("https://acme.example", "", BAD),
        ("a@b@c", "", BAD),
        ("acme example", "", BAD),
    ],
)
def test_domains(typed: str, meant: str, state: CheckState) -> None:
    entry = read_domain(typed)
    assert (entry.value, entry.check.state) == (meant, state)


@pytest.mark.parametrize(
    ("typed", "domain", "state", "says"),
    [
        ("1002@acme.example", "acme.example", HELP, ""),
        ("1002@Acme.Example", "acme.example", HELP, ""),
        ("1002", "acme.example", UNSURE, "1002@acme.example"),
        ("1002@north.example", "acme.example", UNSURE, "This login is of north.example"),
        ("", "acme.example", HELP, ""),
        ("10\x0002@acme.example", "acme.example", BAD, "holds no such character"),
    ],
)
def test_a_login_name_is_at_most_doubted(typed: str, domain: str, state: CheckState, says: str) -> None:
    entry = read_login(typed, domain)
    assert entry.check.state is state
    assert says in entry.check.sentence
    assert entry.value == ("" if state is BAD else typed)


def test_a_key_is_never_repeated() -> None:
    assert read_key(" nsd_Planted0123 ").value == "nsd_Planted0123"
    entry = read_key("Bearer nsd_Planted0123")
    assert (entry.value, entry.check.state) == ("", BAD)
    assert "without the word Bearer" in entry.check.remedy
    assert "Planted" not in str(entry)


def test_a_code_is_typed_as_it_is_shown() -> None:
    assert read_code(" 123 456 ").value == "123456"


@pytest.mark.parametrize("name", ["two words", "-x", 'a"b', "a/b", "tab\there"])
def test_a_profile_is_called_what_can_be_typed_after_an_option(name: str) -> None:
    assert read_name(name, NOBODY, "", "").check.state is BAD


def test_another_phone_systems_name_is_not_taken() -> None:
    config = Config(Path("config.toml"), {"acme": Profile("acme", "https://a.example", "acme.example")})
    assert read_name("acme", config, "https://b.example", "acme.example").check.state is BAD
    assert read_name("acme", config, "https://a.example", "acme.example").value == "acme"


EMPTY = dict.fromkeys(("address", "domain", "login", "password", "key", "client", "secret", "name", "code"), "")
ALL = {"domain", "login", "name"}


def filled(untouched: set[str], **values: str) -> tuple[str, str, str]:
    after = filled_in({**EMPTY, **values}, untouched, NOBODY)
    return after["domain"], after["login"], after["name"]


def test_what_follows_for_certain_is_filled_in() -> None:
    assert filled(ALL - {"login"}, login="1002@acme.example") == ("acme.example", "1002@acme.example", "acme")
    assert filled(ALL - {"domain"}, domain="1002@acme.example") == (
        "1002@acme.example",
        "1002@acme.example",
        "acme",
    )
    assert filled(ALL - {"domain"}, domain="acme.example") == ("acme.example", "", "acme")
    assert filled(ALL - {"login"}, login="bob") == ("", "bob", "")


def test_what_was_filled_in_goes_with_what_it_came_from() -> None:
    assert filled(ALL, domain="acme.example", login="1002@acme.example", name="acme") == ("", "", "")


def test_what_somebody_typed_is_left_alone() -> None:
    mine = {"domain": "north.example", "login": "1002@acme.example", "name": "mine"}
    assert filled(set(), **mine) == ("north.example", "1002@acme.example", "mine")


def test_what_is_missing_is_told_from_the_top_and_only_of_what_is_asked_for() -> None:
    entries = read_all({**EMPTY, "domain": "acme.example", "address": "no address"}, NOBODY)
    assert list(missing(entries, {"key", "address", "name", "domain"})) == ["address", "key", "name"]
