"""Keys are what a broker allows, and name one domain each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.fleet.broker.keys import (
    NameTooLong,
    collector_key,
    decoded,
    domain_of,
    encoded,
    lease_key,
    leased,
    manifest_key,
    members_key,
    piece_key,
    place_in,
)

names = st.text(st.characters(), max_size=30)


@given(names, names, st.integers(1, 99))
def test_whatever_a_domain_is_called_its_keys_are_allowed_and_name_it_alone(
    server: str, domain: str, number: int
) -> None:
    for key in (manifest_key((server, domain)), piece_key((server, domain), number), lease_key((server, domain))):
        assert re.fullmatch(r"[-/_=a-zA-Z0-9]+(\.[-/_=a-zA-Z0-9]+)+", key)
    assert domain_of(manifest_key((server, domain))) == (server, domain)
    assert domain_of(piece_key((server, domain), number)) is None
    assert leased(lease_key((server, domain))) == (server, domain)


@given(st.tuples(names, names), st.tuples(names, names))
def test_two_domains_have_two_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (encoded(one) == encoded(other)) == (one == other)


@given(st.one_of(st.text(), st.text("abcdefghijklmnopqrstuvwxyz234567=")))
def test_what_is_no_domain_is_none(part: str) -> None:
    found = decoded(part)
    assert found is None or encoded(found) == part


def test_the_key_of_a_collector_says_its_place() -> None:
    assert place_in(collector_key(12)) == place_in(members_key(12)) == 12
    for other in (
        "collector.",
        "collector.0",
        "collector.01",
        "collector.x",
        "collector.²",
        "lease.1",
        "collector",
    ):
        assert place_in(other) is None


def test_a_name_that_no_broker_takes_is_said_in_a_sentence() -> None:
    with pytest.raises(NameTooLong, match=r"too long for the broker\.$"):
        encoded(("https://pbx.example", "d" * 2000))
