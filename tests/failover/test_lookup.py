"""Names as people type them: what they find, and what is said when they find nothing or too much."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lookup import (
    NotFound,
    find_agents,
    find_ip,
    find_queue,
    find_site,
    known_ips,
    known_sites,
)
from queuewatch.failover.model import Agent, EntryKind, Queue, Snapshot, User
from queuewatch.failover.places import Basis, Site
from queuewatch.text.similar import nearest
from tests.failover.two_sites import DALLAS_IP, HOME_IP, company, phone

QUEUES = {
    queue.extension: queue
    for queue in (
        Queue("8000", "Sales"),
        Queue("8001", "Sales Austin"),
        Queue("8002", "Front Desk"),
        Queue("8003", "Austin Desk"),
        Queue("8004", ""),
        Queue("8090", "Desk Parking", park=True),
    )
}


@pytest.mark.parametrize(
    ("typed", "extension"),
    [
        ("8000", "8000"),
        ("queue_8001", "8001"),
        (" 8002 ", "8002"),
        ("sales", "8000"),
        ("SALES AUSTIN", "8001"),
        ("front", "8002"),
        ("Aus", "8003"),
        ("s austin", "8001"),
        ("8004", "8004"),
    ],
)
def test_a_queue_is_found_by_extension_alias_name_or_an_unmistakable_part_of_it(
    typed: str, extension: str
) -> None:
    assert find_queue(QUEUES, typed).extension == extension


def test_a_part_that_several_queues_have_lists_them_and_not_the_call_park() -> None:
    with pytest.raises(NotFound) as error:
        find_queue(QUEUES, "desk")
    assert str(error.value) == "2 queues go by “desk”: Front Desk (8002) and Austin Desk (8003)."
    assert "extension" in error.value.hint


@pytest.mark.parametrize("typed", ["8090", "queue_8090", "desk parking", "parking"])
def test_a_call_park_is_named_as_what_it_is(typed: str) -> None:
    with pytest.raises(NotFound, match=r"Desk Parking \(8090\) is a call park"):
        find_queue(QUEUES, typed)


def test_an_unknown_queue_gets_the_nearest_one_and_all_that_there_are() -> None:
    with pytest.raises(NotFound) as error:
        find_queue(QUEUES, "Slaes")
    assert str(error.value) == "There is no queue “Slaes”."
    assert error.value.hint.startswith("Did you mean “Sales”? The queues are Sales (8000), Sales Austin (8001)")
    assert "Parking" not in error.value.hint


@pytest.mark.parametrize("typed", ["", "  ", "queue_", "zzz", "\x1b[31m\u202e"])
def test_nothing_is_ever_found_by_nothing(typed: str) -> None:
    with pytest.raises(NotFound) as error:
        find_queue(QUEUES, typed)
    assert str(error.value).isprintable()
    assert "Did you mean" not in error.value.hint


def test_a_domain_without_queues_says_so() -> None:
    with pytest.raises(NotFound) as error:
        find_queue({"8090": QUEUES["8090"]}, "Sales")
    assert error.value.hint == "This domain has no call queues: check the domain."


def test_a_long_list_is_cut_and_counted() -> None:
    many = {str(nth): Queue(str(nth), f"Queue {nth}") for nth in range(8000, 8100)}
    with pytest.raises(NotFound) as error:
        find_queue(many, "zzz")
    assert error.value.hint.endswith("Queue 8006 (8006) and 93 more.")


def agent(
    id: str, name: str = "", queue: str = "8000", site: str = "", entry: EntryKind = EntryKind.USER
) -> Agent:
    return Agent(id, queue, name, entry=entry, site=site)


SNAPSHOT = Snapshot(
    "x.example",
    datetime(2026, 11, 23, tzinfo=UTC),
    agents={
        "8000": (
            agent("1001@x.example", "Ana Lopez", site="Dallas"),
            agent("sip:1001m@x.example", "Ana Lopez", entry=EntryKind.DEVICE),
            agent("1002@x.example", "Ben Ito"),
            agent("12145550142@x.example", entry=EntryKind.OFFNET),
        ),
        "8001": (
            agent("1001@x.example", "Ana Lopez", queue="8001"),
            agent("1003@x.example", "Ben Okafor", queue="8001"),
            agent("1004@x.example", "Cy Kim", queue="8001"),
            agent("1005@x.example", "Cy Kim", queue="8001"),
        ),
    },
    users={"1002": User("1002", "Ben Ito", site="El Paso")},
    sites=("austin", "Dallas"),
)

ANA = {"1001@x.example", "sip:1001m@x.example"}


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("1001@x.example", {"1001@x.example"}),
        ("SIP:1001M@X.EXAMPLE", {"sip:1001m@x.example"}),
        ("1001", ANA),
        ("ana lopez", ANA),
        ("ana", ANA),
        ("1001m", {"sip:1001m@x.example"}),
        ("ben i", {"1002@x.example"}),
        ("(214) 555-0142", {"12145550142@x.example"}),
    ],
)
def test_an_agent_is_found_with_all_its_rows(typed: str, ids: set[str]) -> None:
    assert find_agents(SNAPSHOT, typed) == ids


@pytest.mark.parametrize("typed", ["ben", "Cy Kim"])
def test_a_name_of_two_people_lists_both_with_their_ids(typed: str) -> None:
    with pytest.raises(NotFound) as error:
        find_agents(SNAPSHOT, typed)
    assert str(error.value).startswith(f"2 agents go by “{typed}”: ")
    assert str(error.value).count("@x.example") == 2


def test_an_unknown_agent_gets_the_nearest() -> None:
    with pytest.raises(NotFound) as error:
        find_agents(SNAPSHOT, "Ana Lopes")
    assert error.value.hint.startswith("Did you mean “Ana Lopez”? The agents are Ana Lopez (1001@x.example)")


def test_no_agent_answers_to_an_empty_word() -> None:
    with pytest.raises(NotFound):
        find_agents(SNAPSHOT, "")


def test_sites_come_from_the_domain_its_users_and_its_agents() -> None:
    assert known_sites(SNAPSHOT) == ("austin", "Dallas", "El Paso")


def test_a_site_is_found_whatever_its_case() -> None:
    assert find_site(SNAPSHOT, " AUSTIN ") == "austin"
    assert find_site(SNAPSHOT, "el paso") == "El Paso"


def test_an_unknown_site_gets_the_nearest_and_all_that_there_are() -> None:
    with pytest.raises(NotFound) as error:
        find_site(SNAPSHOT, "Dalas")
    assert error.value.hint == "Did you mean “Dallas”? The sites are austin, Dallas and El Paso."


def test_a_domain_without_sites_says_so() -> None:
    with pytest.raises(NotFound) as error:
        find_site(Snapshot("x.example", SNAPSHOT.taken_at), "Dallas")
    assert error.value.hint == "This domain names no sites: name agents instead."


def test_the_nearest_word_keeps_its_own_case_and_must_be_near() -> None:
    assert nearest("LAKSIDE", ["Lakeside", "Harbor"]) == "Lakeside"
    assert nearest("xyz", ["Lakeside", "Harbor"]) is None


def test_an_address_is_found_among_those_of_the_phones_in_any_spelling() -> None:
    phones = (phone("1001"), phone("1002"), phone("1003", "2001:db8::1"), phone("1004", HOME_IP, registered=False))
    office = company(phones=phones)
    assert known_ips(office) == (DALLAS_IP, "2001:db8::1")
    assert find_ip(office, f" {DALLAS_IP} ") == DALLAS_IP
    assert find_ip(office, "2001:0DB8:0:0::0001") == "2001:db8::1"
    # Every phone on a building's IPv6 line has an address of its own.
    assert find_ip(office, "2001:db8::99") == "2001:db8::99"
    with pytest.raises(NotFound):
        find_ip(office, "2001:db8:0:1::99")


@pytest.mark.parametrize(
    ("typed", "sentence", "hint"),
    [
        ("203.0.113.1", "No phone is connected from 203.0.113.1.", f"Did you mean “{DALLAS_IP}”? The phones are "),
        (HOME_IP, f"No phone is connected from {HOME_IP}.", f"The phones are connected from {DALLAS_IP}."),
        ("203.0.113", "“203.0.113” is not an IP address.", f"Did you mean “{DALLAS_IP}”?"),
    ],
)
def test_an_address_that_is_none_or_nobodys(typed: str, sentence: str, hint: str) -> None:
    with pytest.raises(NotFound) as caught:
        find_ip(company(phones=(phone("1001"), phone("1004", HOME_IP, registered=False))), typed)
    assert str(caught.value) == sentence
    assert caught.value.hint.startswith(hint)
    with pytest.raises(NotFound, match=r"No phone is connected from|is not an IP address"):
        find_ip(company(), typed)


@pytest.mark.parametrize(
    "typed",
    ["Zürich", "Zu\u0308rich", "ZÜRICH", "zürich ", "\u00a0Zürich", "Zü\u200brich", "\ufeffZürich", "Ｚürich"],
)
def test_a_site_is_found_however_it_is_put_together(typed: str) -> None:
    snapshot = replace(SNAPSHOT, sites=("Zürich", "Austin"), users={}, agents={})
    assert find_site(snapshot, typed) == "Zürich"
    assert DrillScope(sites=(typed,)).darkens_site("Zu\u0308rich")
    assert Site(typed, Basis.ROW).key == Site("Zu\u0308rich", Basis.ROW).key


@pytest.mark.parametrize("typed", ["New  York", "new\u00a0york", "New\tYork", "New\u2003York", " NEW YORK"])
def test_blanks_do_not_tell_two_sites_apart(typed: str) -> None:
    snapshot = replace(SNAPSHOT, sites=("New York", "New\u00a0York"), users={}, agents={})
    assert known_sites(snapshot) == ("New York",)
    assert find_site(snapshot, typed) == "New York"


def test_what_looks_the_same_is_told_apart_in_words() -> None:
    with pytest.raises(NotFound, match="There is no site “D\u0430llas”") as error:
        find_site(SNAPSHOT, "D\u0430llas")
    assert error.value.hint == (
        "Did you mean “Dallas”? The sites are austin, Dallas and El Paso. What was typed is another name: the 2nd "
        "character is “\u0430” (Cyrillic small letter a), not “a” (Latin small letter a)."
    )


def test_what_anybody_sees_is_not_explained() -> None:
    with pytest.raises(NotFound) as error:
        find_site(SNAPSHOT, "Dalls")
    assert "another name" not in error.value.hint
