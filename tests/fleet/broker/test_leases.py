"""Who reads what: all who know the same come to the same, nothing is left out, and each has a share."""

from hypothesis import given
from hypothesis import strategies as st

from queuewatch.fleet.broker.keys import DomainKey
from queuewatch.fleet.broker.leases import Presence, Roll, members_from, members_text, presence_from, presence_text

SERVER = "https://pbx.example"


def domains(many: int) -> list[DomainKey]:
    return [(SERVER, f"d{number}.example") for number in range(many)]


def roll(able: dict[str, list[DomainKey]]) -> Roll:
    found = Roll()
    for place, (term, members) in enumerate(able.items(), 1):
        found.see_place(place, presence_text(Presence(term)), place, 0.0)
        found.see_members(place, members_text(term, members))
    return found


def term(letter: str) -> str:
    return letter * 32


@given(st.integers(0, 60), st.integers(1, 5))
def test_all_domains_are_divided_and_everybody_has_as_many(many: int, collectors: int) -> None:
    everything = domains(many)
    division = roll({term("abcde"[number]): everything for number in range(collectors)}).division(everything)
    assert set(division) == set(everything)
    loads = [list(division.values()).count(term("abcde"[number])) for number in range(collectors)]
    assert max(loads) <= -(-many // collectors)


@given(st.lists(st.sets(st.integers(0, 12)), min_size=1, max_size=4))
def test_whoever_has_other_domains_comes_to_the_same(lists: list[set[int]]) -> None:
    everything = domains(13)
    able = {term("abcd"[at]): [everything[number] for number in sorted(mine)] for at, mine in enumerate(lists)}
    known = roll(able)
    whole = known.division(everything)
    assert set(whole) == {domain for members in able.values() for domain in members}
    for members in able.values():
        assert roll(able).division(members) == {domain: whole[domain] for domain in members}
    assert all(domain in able[reader] for domain, reader in whole.items())


def test_where_somebody_goes_little_else_moves() -> None:
    everything = domains(300)
    before = roll({term(letter): everything for letter in "abc"}).division(everything)
    after = roll({term(letter): everything for letter in "ab"}).division(everything)
    moved = [domain for domain in everything if before[domain] != after[domain] and before[domain] != term("c")]
    assert len(moved) < 60


def test_a_term_that_stands_still_is_over_and_its_leases_are_free() -> None:
    everything = domains(2)
    known = roll({term("a"): everything, term("b"): everything})
    known.see_lease(everything[0], term("a").encode(), 7)
    assert (known.holder(everything[0]), known.holder(everything[1])) == (term("a"), "")
    known.see_place(2, presence_text(Presence(term("b"))), 20, 6.0)
    assert known.over(9.9, 10.0) == {}
    assert (known.next_over(7.0, 10.0), known.next_over(12.0, 10.0)) == (3.0, 0.0)
    assert known.over(10.0, 10.0) == {1: 1}
    assert known.place_of(term("a")) == 1
    known.see_place(1, b"", 21, 10.0)
    assert (known.holder(everything[0]), known.place_of(term("a"))) == ("", None)
    assert set(known.division(everything).values()) == {term("b")}
    assert known.free_place() == (1, 21)
    # News that comes late changes nothing.
    known.see_place(1, presence_text(Presence(term("a"))), 19, 11.0)
    known.see_lease(everything[0], b"", 6)
    assert known.holder(everything[0]) == ""
    assert known.leases[everything[0]].term == term("a")
    known.see_place(1, presence_text(Presence(term("c"))), 22, 12.0)
    assert known.free_place() == (3, 0)
    # Its list is still that of the term before it.
    assert set(known.division(everything).values()) == {term("b")}


@given(st.binary(max_size=200))
def test_whatever_lies_there_nothing_fails(text: bytes) -> None:
    presence_from(text)
    members_from(text)
    known = Roll()
    known.see_place(1, text, 1, 0.0)
    known.see_members(1, text)
    known.see_lease((SERVER, "a.example"), text, 1)
    known.division(domains(2))
    assert known.holder((SERVER, "a.example")) in ("", *known.living)
