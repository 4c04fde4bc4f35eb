"""Where a call sent to each form of destination ends up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.destination import meaning, parse_destination
from queuewatch.failover.model import AutoAttendant, DialRule, PhoneNumber, Queue, QueueRules, Snapshot, User
from queuewatch.failover.phone_number import number_key, read_number
from queuewatch.failover.simulate import readiness, simulate
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
    PhoneNumber("12145550113", "sip:start@call-queuing", "8001"),
    PhoneNumber("12145550114", "sip:start@call-queueing", "8001"),
    PhoneNumber("12145550115", "sip:say-que-size@call-queuing", "8001"),
    PhoneNumber("12145550116", "say-que-time", "8001"),
    PhoneNumber("12145550117", "to-queue", "", parameter="queue_8001"),
    PhoneNumber("12145550118", "to-queue", "1001", parameter="queue_8001"),
    PhoneNumber("12145550119", "sip:start@to-user-resi", "1001"),
    PhoneNumber("12145550120", "sip:start@to-user", "9000"),
    PhoneNumber("12145550121", "Residential VMail", "1001"),
    PhoneNumber("12145550122", "AvailableDID", "8001"),
    PhoneNumber("12145550123", "sip:start@available-number", "8001"),
    PhoneNumber("12145550124", "to-connection", "911"),
    PhoneNumber("12145550125", "to-callqueue", "8009"),
    PhoneNumber("12079460123", "to-callqueue", "8000"),
    PhoneNumber("442079460999", "to-callqueue", "8000"),
)
DIAL_RULES = (
    DialRule("aa_church_open", "sip:start@to-user", "9000"),
    DialRule("phone_frontdesk", "to-user-residential", "1001"),
    DialRule("*98", "to-voicemail", "1001"),
    DialRule("12345", "sip:start@call-queuing", "8001"),
    DialRule("user_1001@elsewhere.example", "to-connection", "13125550199"),
    DialRule("aa_own", "to-connection", "12145550105"),
    DialRule("aa_gone", "AvailableDID"),
    DialRule("aa_911", "to-connection", "911"),
    DialRule("aa_by_day", "to-user", "1001", sure=False),
    DialRule("aa_round", "to-user", "aa_round"),
    DialRule("aa_odd", "to-magic", "1001"),
    DialRule("933", "to-user", "1001"),
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
        ("phone_7777m", "unknown", "7777m", None),
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
        ("aa_Nowhere", "unknown", "Nowhere", None),
        ("2145550100", "external", "2145550100", True),
        ("12145550100", "external", "12145550100", True),
        ("+12145550100", "external", "+12145550100", True),
        ("confirm_2145550100;delay=15", "external", "2145550100", True),
        ("+442079460123", "external", "+442079460123", True),
        ("442079460123", "unknown", "442079460123", None),
        ("5550100", "unknown", "5550100", None),
        ("121455501000", "unknown", "121455501000", None),
        ("10145550100", "unknown", "10145550100", None),
        ("1214555010012", "unknown", "1214555010012", None),
        ("00112145550133", "unknown", "00112145550133", None),
        ("+2145550100", "unknown", "+2145550100", None),
        ("011442079460123", "external", "011442079460123", True),
        ("19005550100", "external", "19005550100", True),
        ("queue_8001@example.com", "agents", "8001", True),
        ("user_1001@EXAMPLE.com", "user", "1001", True),
        ("sip:1001@example.com", "user", "1001", True),
        ("Queue_8001;delay=5", "agents", "8001", True),
        ("callqueue_8001", "agents", "8001", True),
        ("user_1001@elsewhere.example", "unknown", "user_1001@elsewhere.example", None),
        ("8001@elsewhere.example", "unknown", "8001@elsewhere.example", None),
        ("aa_church_open", "unknown", "church_open", None),
        ("aa_After_Hours", "auto_attendant", "After_Hours", True),
        ("user_frontdesk", "unknown", "frontdesk", None),
        ("queue_front", "unknown", "front", None),
        ("vmail_front", "unknown", "front", None),
        ("phone_1001M", "user", "1001", True),
        ("phone_1001-desk", "user", "1001", True),
        ("phone_frontdesk", "unknown", "frontdesk", None),
        ("1001wp", "unknown", "1001wp", None),
        ("*98", "unknown", "*98", None),
        ("12345", "unknown", "12345", None),
        ("933", "unknown", "933", None),
        ("988", "unknown", "988", None),
        ("112", "unknown", "112", None),
        ("703", "dead_end", "703", False),
        ("+703", "unknown", "+703", None),
        ("queue_8001@example.com:5060", "agents", "8001", True),
        ("aa_confirm_sip:x", "unknown", "confirm_sip:x", None),
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
        *((f"2145550{place}", "agents", "8001") for place in range(113, 119)),
        ("2145550119", "user", "1001"),
        ("2145550120", "auto_attendant", "9000"),
        ("2145550121", "voicemail", "1001"),
        ("2145550122", "dead_end", "12145550122"),
        ("2145550123", "dead_end", "12145550123"),
        ("2145550124", "unknown", "911"),
        ("2145550125", "dead_end", "8009"),
        # The same last ten digits are another number in another country.
        ("2079460123", "loop", "8000"),
        ("+442079460123", "external", "+442079460123"),
        ("011442079460999", "loop", "8000"),
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
        ("+442079460123", True),
        ("442079460123", False),
        ("1" * 19, False),
    ],
)
def test_a_number_can_be_dialled_with_ten_digits_or_eleven_or_from_abroad(number: str, dialable: bool) -> None:
    assert read_number(number).is_dialable is dialable


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


@pytest.mark.parametrize(
    ("destination", "end", "target"),
    [
        ("aa_church_open", "auto_attendant", "9000"),
        ("AA_Church_Open;delay=5", "auto_attendant", "9000"),
        ("phone_frontdesk", "user", "1001"),
        ("*98", "voicemail", "1001"),
        ("12345", "agents", "8001"),
        ("user_1001@elsewhere.example", "external", "13125550199"),
        ("aa_own", "loop", "8000"),
        ("aa_gone", "dead_end", "gone"),
        ("aa_911", "unknown", "911"),
        ("aa_by_day", "unknown", "by_day"),
        ("aa_round", "unknown", "round"),
        ("aa_odd", "unknown", "odd"),
        ("aa_nobody", "unknown", "nobody"),
        # A service number is one whatever a dial rule makes of it, and what the lists have needs none.
        ("933", "unknown", "933"),
        ("aa_MainMenu", "auto_attendant", "MainMenu"),
    ],
)
def test_what_no_list_has_leads_where_the_dial_rules_say(destination: str, end: str, target: str) -> None:
    rules = {rule.dialled: rule for rule in DIAL_RULES}
    verdict = simulate(replace(system(destination), dial_rules=rules), SALES)
    assert facts_of(verdict)[:2] == (end, target)
    if end in ("user", "agents", "external", "voicemail"):
        assert any(text.startswith("By the dial rules") for text in verdict.assumptions)


@pytest.mark.parametrize(
    ("text", "reads_as"),
    [
        ("911", "911 is the emergency number"),
        ("988", "988 is the crisis line"),
        ("411", "411 is a service number"),
        ("2145550124", "911 is the emergency number"),
    ],
)
def test_a_way_that_meets_an_emergency_number_says_so_and_is_never_ready(text: str, reads_as: str) -> None:
    ready = readiness(system(text), SALES)
    assert ready.state == "unknown"
    assert reads_as in ready.verdict.path[-1].why


def test_an_extension_goes_before_a_service_number_but_for_911() -> None:
    known = {**{user.extension: user for user in USERS}, "933": User("933", "Lab"), "911": User("911", "Gate")}
    lab = replace(system("933"), users=known)
    lab = replace(lab, rules={**lab.rules, "933": QueueRules()})
    assert simulate(lab, SALES).end.kind == "user"
    assert simulate(replace(system("911"), users=known), SALES).end.kind == "unknown"


def test_a_premium_number_is_said_to_be_charged_for() -> None:
    assert any("premium number" in text for text in sent_to("19005550100").assumptions)


def test_a_number_abroad_is_shown_as_one() -> None:
    verdict = sent_to("011442079460123")
    assert "+44 20 7946 0123" in verdict.path[-1].why
    assert "+44 20 7946 0123" in verdict.sentence


@pytest.mark.parametrize(
    "entry",
    [
        "queue_8000",
        "8000",
        "12145550177_callqueue_8000",
        "callqueue_8000",
        "Queue_8000",
        "8000;delay=5",
        "queue_8000;delay=0",
        "queue_8000@example.com",
        "sip:queue_8000@EXAMPLE.COM",
    ],
)
def test_every_way_to_write_the_queue_itself_is_its_normal_entry(entry: str) -> None:
    rule = default(always=to(entry), offline=to("2145550100"), busy=to("12145550100"))
    snapshot = office(SALES, rules={"8000": [rule]})
    ready = readiness(snapshot, SALES)
    assert (ready.verdict.outcome, ready.state) == ("fails_over", "ready")
    assert not any("goes before When Busy" in text for text in ready.verdict.assumptions)


@pytest.mark.parametrize("entry", ["queue_8000@elsewhere.example", "user_8000", "queue_8001", "80000"])
def test_what_only_looks_like_it_diverts(entry: str) -> None:
    snapshot = office(SALES, rules={"8000": [default(always=to(entry), offline=to("2145550100"))]})
    assert simulate(snapshot, SALES).outcome == "diverted"


@pytest.mark.parametrize(
    ("always", "offline", "state", "direct"),
    [
        ("vmail_1001", "vmail_7777", "unknown", ("fails_over", "dead_end", False)),
        ("vmail_1001", "2145550100", "ready", ("fails_over", "external", True)),
        ("vmail_7777", "2145550100", "unknown", ("fails_over", "external", True)),
        ("vmail_7777", "vmail_7777", "not_ready", ("fails_over", "dead_end", False)),
        ("vmail_1001", "park_701", "unknown", ("fails_over", "park", None)),
    ],
)
def test_a_number_that_leads_straight_into_a_diverted_queue_is_a_second_way(
    always: str, offline: str, state: str, direct: tuple[str, str, bool | None]
) -> None:
    rules = {"8000": [default(always=to(always), offline=to(offline))]}
    snapshot = replace(system(""), rules=office(SALES, rules=rules).rules)
    ready = readiness(snapshot, SALES)
    assert ready.state == state
    assert (ready.verdict.outcome, ready.verdict.path[1].at) == ("diverted", always)
    other = ready.verdict.direct
    assert other is not None
    assert (other.outcome, other.end.kind, other.reaches_someone) == direct
    assert other.numbers == ("12079460123", "12145550105", "442079460999")
    without = replace(snapshot, numbers={})
    assert readiness(without, SALES).verdict.direct is None


def test_a_queue_that_is_not_diverted_has_one_way() -> None:
    assert sent_to("2145550105").direct is None


@given(st.text(max_size=30))
def test_whatever_a_forward_holds_can_be_read_and_followed(text: str) -> None:
    read = parse_destination(text)
    assert read.text == text
    assert meaning(system(""), text) == meaning(system(""), text)
    sent_to(text or "x")
