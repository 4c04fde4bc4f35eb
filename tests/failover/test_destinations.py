"""Where a call sent to each form of destination ends up."""

from dataclasses import replace

import pytest

from queuewatch.failover.destination import is_dialable, number_key, parse_destination
from queuewatch.failover.model import AutoAttendant, PhoneNumber, Queue, Snapshot, User
from queuewatch.failover.simulate import simulate
from queuewatch.failover.verdict import Verdict
from tests.failover.build import agent, default, office, to

SALES = Queue("8000", "Sales", require_agents=True)
USERS = (
    User("1001", "Ana Lopez", site="Dallas"),
    User("1002", "Ben Ito", voicemail=False),
    User("1003", "Cara Singh", voicemail=None),
    User("9000", "Main Menu", system=True),
)
NUMBERS = (
    PhoneNumber("12145550101", "to-callqueue", "8001"),
    PhoneNumber("12145550102", "to-user", "1001"),
    PhoneNumber("12145550103", "to-voicemail", "1001"),
    PhoneNumber("12145550104", "to-user-residential", "9000"),
    PhoneNumber("12145550105", "to-callqueue", "8000"),
    PhoneNumber("12145550106", "to-connection", "13125550199"),
    PhoneNumber("12145550107", "to-magic", "1001"),
    PhoneNumber("12145550108", "to-user", "1001", enabled=False),
    PhoneNumber("12145550109", "available-number", ""),
    PhoneNumber("12145550110", "to-callqueue", "queue_8001"),
    PhoneNumber("12145550111", "to-user", "7777"),
    PhoneNumber("12145550112", "to-connection", "12145550101"),
)
ATTENDANTS = (
    AutoAttendant("Main Menu", "9000"),
    AutoAttendant("After Hours Auto Attendant"),
    AutoAttendant("Auto Attendant"),
)


def system(destination: str) -> Snapshot:
    """Sales, with nobody there, fails over to ``destination``."""
    return office(
        SALES,
        Queue("8001", "Support", require_agents=True),
        Queue("701", "Park 1", park=True),
        agents=[agent("green", "1002", "8001")],
        rules={"8000": [default(offline=to(destination))]},
        users=USERS,
        numbers=NUMBERS,
        attendants=ATTENDANTS,
    )


def sent_to(destination: str) -> Verdict:
    return simulate(system(destination), SALES)


def facts_of(verdict: Verdict) -> tuple[str, str, bool | None]:
    return verdict.end.kind, verdict.end.target, verdict.reaches_someone


@pytest.mark.parametrize(
    ("destination", "end", "target", "reaches"),
    [
        ("queue_8001", "agents", "8001", True),
        ("8001", "agents", "8001", True),
        ("user_8001", "agents", "8001", True),
        ("12145550199_callqueue_8001", "agents", "8001", True),
        ("queue_8000", "loop", "8000", False),
        ("8000", "loop", "8000", False),
        ("queue_7777", "dead_end", "7777", False),
        ("queue_701", "park", "701", None),
        ("701", "park", "701", None),
        ("park_701", "park", "701", None),
        ("user_1001", "user", "1001", True),
        ("1001", "user", "1001", True),
        ("phone_1001", "user", "1001", True),
        ("phone_1001wp", "user", "1001", True),
        ("user_7777", "dead_end", "7777", False),
        ("phone_7777m", "dead_end", "7777", False),
        ("7777", "dead_end", "7777", False),
        ("vmail_1001", "voicemail", "1001", True),
        ("vmail_1002", "dead_end", "1002", False),
        ("vmail_1003", "unknown", "1003", None),
        ("vmail_7777", "dead_end", "7777", False),
        ("aa_MainMenu", "auto_attendant", "MainMenu", True),
        ("aa_AfterHours", "auto_attendant", "AfterHours", True),
        ("aa_AutoAttendant", "auto_attendant", "AutoAttendant", True),
        ("aa_9000", "auto_attendant", "9000", True),
        ("9000", "auto_attendant", "9000", True),
        ("user_9000", "auto_attendant", "9000", True),
        ("aa_Nowhere", "dead_end", "Nowhere", False),
        ("2145550100", "external", "2145550100", True),
        ("12145550100", "external", "12145550100", True),
        ("+12145550100", "external", "+12145550100", True),
        ("confirm_2145550100;delay=15", "external", "2145550100", True),
        ("442079460000", "external", "442079460000", True),
        ("5550100", "unknown", "5550100", None),
        ("0145550100", "unknown", "0145550100", None),
        ("911", "unknown", "911", None),
        ("conf_800", "unknown", "800", None),
        ("<voicemail>", "unknown", "<voicemail>", None),
        ("call the boss", "unknown", "call the boss", None),
    ],
)
def test_where_each_form_ends(destination: str, end: str, target: str, reaches: bool | None) -> None:
    assert facts_of(sent_to(destination)) == (end, target, reaches)


@pytest.mark.parametrize(
    ("number", "end", "target"),
    [
        ("2145550101", "agents", "8001"),
        ("12145550101", "agents", "8001"),
        ("2145550110", "agents", "8001"),
        ("2145550102", "user", "1001"),
        ("2145550103", "voicemail", "1001"),
        ("2145550104", "auto_attendant", "9000"),
        ("2145550105", "loop", "8000"),
        ("2145550106", "external", "13125550199"),
        ("2145550107", "unknown", "12145550107"),
        ("2145550108", "unknown", "12145550108"),
        ("2145550109", "dead_end", "12145550109"),
        ("2145550111", "dead_end", "7777"),
        ("2145550112", "agents", "8001"),
    ],
)
def test_an_own_number_is_followed_to_what_it_points_at(number: str, end: str, target: str) -> None:
    verdict = sent_to(number)
    assert facts_of(verdict)[:2] == (end, target)
    assert verdict.outcome == "fails_over"


def test_the_way_through_the_telephone_network_is_shown_and_said() -> None:
    verdict = sent_to("2145550105")
    assert [(stop.at, stop.outcome) for stop in verdict.path] == [
        ("queue_8000", "fails_over"),
        ("2145550105", "own_number"),
        ("queue_8000", "loop"),
    ]
    assert any("own number" in text and "Sales (8000)" in text for text in verdict.assumptions)
    assert "loop" in verdict.sentence


def test_of_several_destinations_the_first_counts_and_the_others_are_named() -> None:
    snapshot = replace(
        system(""), rules=office(SALES, rules={"8000": [default(offline=to("vmail_1001", "queue_8001"))]}).rules
    )
    verdict = simulate(snapshot, SALES)
    assert verdict.end.kind == "voicemail"
    assert any("the first counts" in text and "Support (8001)" in text for text in verdict.assumptions)


@pytest.mark.parametrize(
    ("missing", "destination", "end"),
    [
        ("users", "user_1001", "unknown"),
        ("users", "vmail_1001", "unknown"),
        ("users", "1001", "unknown"),
        ("users", "8001", "agents"),
        ("users", "9000", "auto_attendant"),
        ("users", "user_9000", "auto_attendant"),
        ("users", "2145550100", "external"),
        ("attendants", "aa_MainMenu", "unknown"),
        ("attendants", "user_1001", "user"),
        ("numbers", "2145550105", "unknown"),
        ("numbers", "2145550100", "unknown"),
        ("numbers", "queue_8001", "agents"),
    ],
)
def test_what_was_not_read_is_not_taken_for_missing(missing: str, destination: str, end: str) -> None:
    snapshot = system(destination)
    match missing:
        case "users":
            snapshot = replace(snapshot, users=None)
        case "attendants":
            snapshot = replace(snapshot, attendants=None)
        case _:
            snapshot = replace(snapshot, numbers=None)
    assert simulate(snapshot, SALES).end.kind == end


def test_a_number_that_may_be_the_domains_own_is_said_to_be_while_those_are_not_known() -> None:
    verdict = simulate(replace(system("2145550105"), numbers=None), SALES)
    assert any("phone numbers could not be read" in text for text in verdict.assumptions)
    assert verdict.reaches_someone is None


@pytest.mark.parametrize(
    ("number", "dialable"),
    [
        ("2145550100", True),
        ("12145550100", True),
        ("+12145550100", True),
        ("22145550100", False),
        ("1145550100", False),
        ("5550100", False),
        ("442079460000", True),
        ("1" * 19, False),
    ],
)
def test_a_number_can_be_dialled_with_ten_digits_or_eleven_or_from_abroad(number: str, dialable: bool) -> None:
    assert is_dialable(number) is dialable


@pytest.mark.parametrize("spelling", ["2145550100", "12145550100", "+1 (214) 555-0100"])
def test_a_number_is_the_same_number_in_every_spelling(spelling: str) -> None:
    assert number_key(spelling) == "2145550100"


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("QUEUE_8000", "queue", "8000"),
        (" vmail_1001 ", "voicemail", "1001"),
        ("attendant_9000", "auto attendant", "9000"),
        ("12145550100_pstn_13125550199", "digits", "13125550199"),
        ("pstn_nowhere", "unreadable", "pstn_nowhere"),
        ("queue_", "unreadable", "queue_"),
        ("", "unreadable", ""),
    ],
)
def test_the_text_alone_says_what_sort_of_destination_it_is(text: str, kind: str, target: str) -> None:
    read = parse_destination(text)
    assert (read.kind, read.target) == (kind, target)
