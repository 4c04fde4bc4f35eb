import pytest

from queuewatch.pbx.errors import BadConnection
from queuewatch.pbx.netsapiens.address import base_url, bearer_token, domain_name


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://pbx.example.com", "https://pbx.example.com/ns-api/v2"),
        ("https://PBX.example.com/", "https://pbx.example.com/ns-api/v2"),
        ("https://pbx.example.com/ns-api/v2/", "https://pbx.example.com/ns-api/v2"),
        ("https://pbx.example.com:8443/other", "https://pbx.example.com:8443/other"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/ns-api/v2"),
        ("http://127.9.9.9", "http://127.9.9.9/ns-api/v2"),
        ("http://localhost:80", "http://localhost:80/ns-api/v2"),
        ("http://[::1]:80", "http://[::1]:80/ns-api/v2"),
    ],
)
def test_addresses_that_may_be_used(given: str, used: str) -> None:
    assert base_url(given) == used


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "No address"),
        ("pbx.example.com", "no web address"),
        ("ftp://pbx.example.com", "no web address"),
        ("https://", "no web address"),
        ("http://pbx.example.com", "not encrypted"),
        ("http://10.0.0.1", "not encrypted"),
        ("http://localhost.example.com", "not encrypted"),
        ("http://127.0.0.1.example.com", "not encrypted"),
        ("https://pbx.example.com?x=1", "query"),
        ("https://pbx.example.com/#x", "query"),
        ("https://pbx.example.com?", "query"),
        ("https://pbx.example.com:port", "cannot be read"),
        ("https://[::1", "cannot be read"),
        ("https://pbx example.com", "blank"),
        ("https://pbx.example.com/\nHost: x", "blank"),
        ("https://pbx.example.com\\x", "blank"),
        ('"https://pbx.example.com"', "quotes around it"),
        ("“https://pbx.example.com”", "quotes around it"),
        ("https://bücher.example:8443/x", "letters in its name"),
        ("https://straße.example", "character no address"),
    ],
)
def test_addresses_that_are_refused(given: str, told: str) -> None:
    with pytest.raises(BadConnection, match=told) as refused:
        base_url(given)
    assert refused.value.hint


def test_a_name_in_other_letters_is_told_as_it_goes_over_the_wire() -> None:
    with pytest.raises(BadConnection) as refused:
        base_url("https://Bücher.example:8443/x")
    assert refused.value.hint == "Write https://xn--bcher-kva.example:8443/x, which is the same."
    # Newer rules write this one otherwise: nobody is sent to another server.
    with pytest.raises(BadConnection) as refused:
        base_url("https://straße.example")
    assert "strasse" not in refused.value.hint


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadConnection) as refused:
        base_url("https://ana:opensesame@pbx.example.com")
    assert "opensesame" not in str(refused.value) + refused.value.hint


def test_domains() -> None:
    assert domain_name(" example.com ") == "example.com"


@pytest.mark.parametrize("given", ["", "  ", "..", "a/b", "a b", "ana@example.com", "a\x00b", "a?b", "a#b"])
def test_domains_that_are_refused(given: str) -> None:
    with pytest.raises(BadConnection):
        domain_name(given)


def test_tokens() -> None:
    assert bearer_token(" nsd_AbC-._~+/= \n") == "nsd_AbC-._~+/="


@pytest.mark.parametrize("given", ["", " ", "open sesame", "opensesame\r\nX: y", "opensésame", "opensesame\x00"])
def test_tokens_that_are_refused_are_not_repeated(given: str) -> None:
    with pytest.raises(BadConnection) as refused:
        bearer_token(given)
    assert "sesame" not in f"{refused.value} {refused.value!r} {refused.value.hint}"
