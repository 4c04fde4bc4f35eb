from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from queuewatch.failover.model import AutoAttendant, DialRule, PhoneNumber, User
from queuewatch.pbx.netsapiens.directory import (
    read_attendants,
    read_dial_rules,
    read_numbers,
    read_sites,
    read_users,
)
from queuewatch.pbx.phone_system import ListReading

from . import anything


def test_a_person_and_a_queues_user() -> None:
    users = read_users(
        [
            {
                "user": "1001",
                "name-first-name": "Ana",
                "name-last-name": "Lopez",
                "site": "Dallas",
                "user-scope": "Call Center Agent",
                "service-code": "",
                "voicemail-enabled": "no",
                "time-zone": "US/Central",
            },
            {"user": 8000, "service-code": "System-Queue"},
        ]
    )
    assert users.items == (
        User(
            "1001",
            "Ana Lopez",
            "Dallas",
            "Call Center Agent",
            voicemail=False,
            time_zone="US/Central",
            zone=ZoneInfo("US/Central"),
        ),
        User("8000", system=True, voicemail=True),
    )
    assert users.problems == ()


def test_users_that_repeat_or_make_no_sense() -> None:
    users = read_users([{"user": "1", "voicemail-enabled": "perhaps"}, {"user": "1"}, {"site": "Dallas"}, 7])
    assert users.items == (User("1", voicemail=None),)
    assert [problem.text for problem in users.problems] == [
        "User 1: voicemail-enabled is “perhaps”, not yes or no.",
        "User row 3 of 4 has no extension (user): left out.",
        "User row 4 of 4 is a number, not an object: left out.",
    ]


NO_ZONES = ["Mars/Base", "America", "../zoneinfo/UTC", "/etc/passwd", "posixrules", "\x00", "x" * 150, "CST6 CDT"]


@pytest.mark.parametrize("name", NO_ZONES)
def test_what_is_no_time_zone_is_said_once_for_all_who_have_it(name: str) -> None:
    users = read_users([{"user": "1", "time-zone": name}, {"user": "2", "time-zone": name}, {"user": "3"}])
    assert [user.zone for user in users.items] == [None, None, None]
    if users.items[0].time_zone:
        (problem,) = users.problems
        assert problem.text.startswith("2 users have the time zone ")
        assert problem.text.endswith(", which is not known here.")


def test_numbers() -> None:
    row: dict[str, object] = {
        "phonenumber": 12145550100,
        "dial-rule-application": "to-callqueue",
        "dial-rule-translation-destination-user": "8000",
    }
    numbers = read_numbers([row, row, {**row, "phonenumber": "12145550101", "enabled": "no"}, {"enabled": "yes"}])
    assert numbers.items == (
        PhoneNumber("12145550100", "to-callqueue", "8000"),
        PhoneNumber("12145550101", "to-callqueue", "8000", enabled=False),
    )
    assert [problem.text for problem in numbers.problems] == [
        "Phone number row 4 of 4 has no number (phonenumber): left out."
    ]


def test_a_number_whose_switch_makes_no_sense_may_lead_back() -> None:
    numbers = read_numbers([{"phonenumber": "12145550100", "enabled": "perhaps"}])
    assert numbers.items[0].enabled
    assert len(numbers.problems) == 1


def test_an_attendant_listed_for_each_time_frame_counts_once() -> None:
    row = {"attendant-name": "Main Menu", "user": "9000", "starting-prompt": "Prompt_1"}
    attendants = read_attendants([row, {**row, "starting-prompt": "Prompt_2"}, {"user": 9001}, {}])
    assert attendants.items == (AutoAttendant("Main Menu", "9000"), AutoAttendant("", "9001"))
    assert len(attendants.problems) == 1


def test_sites_as_objects_and_as_bare_names() -> None:
    sites = read_sites([{"site": "Dallas"}, "Austin", "Dallas", {"site": 5}, "", {"name": "x"}, 7, None])
    assert sites.items == ("Dallas", "Austin", "5")
    assert [problem.text for problem in sites.problems] == [
        "Site row 6 of 8 has no name (site): left out.",
        "Site row 7 of 8 is a number, not a site: left out.",
        "Site row 8 of 8 is null, not a site: left out.",
    ]


@pytest.mark.parametrize("read", [read_users, read_numbers, read_attendants, read_sites])
@given(
    rows=anything.rows(
        "user",
        "phonenumber",
        "attendant-name",
        "site",
        "enabled",
        "voicemail-enabled",
        "service-code",
        "time-zone",
    )
)
def test_reading_is_total(read: Callable[[Sequence[object]], ListReading[object]], rows: list[object]) -> None:
    reading = read(rows)
    assert len(set(reading.items)) == len(reading.items) <= len(rows)
    assert all(problem.text.endswith(".") for problem in reading.problems)


def test_a_numbers_application_may_be_told_what_to_do_by_its_parameter() -> None:
    row = {"phonenumber": "12145550101", "dial-rule-application": "to-queue", "dial-rule-parameter": "queue_8001"}
    assert read_numbers([row]).items == (PhoneNumber("12145550101", "to-queue", parameter="queue_8001"),)


def dial_rule(uri: str, **fields: object) -> dict[str, object]:
    return {
        "dial-rule-matching-to-uri": uri,
        "dial-rule-application": "to-user",
        "dial-rule-translation-destination-user": "1001",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }


def test_a_dial_rule_tells_where_one_alias_leads() -> None:
    rows = [
        dial_rule("sip:AA_Church_Open@example.com", enabled="yes", dial_rule_matching_from_uri="*"),
        dial_rule("*98"),
        dial_rule("user_1001@elsewhere.example"),
        {
            "dail-rule-matching-to-uri": "aa_slip",
            "dial-rule-application": "to-queue",
            "dial-rule-parameter": "queue_8001",
        },
        dial_rule("aa_church_open", enabled="yes"),
    ]
    assert read_dial_rules(rows, "example.com").items == (
        DialRule("aa_church_open", "to-user", "1001"),
        DialRule("*98", "to-user", "1001"),
        DialRule("user_1001@elsewhere.example", "to-user", "1001"),
        DialRule("aa_slip", "to-queue", "", "queue_8001"),
    )


@pytest.mark.parametrize(
    "rows",
    [
        [dial_rule("aa_x", dial_rule_matching_day_of_week="1-5")],
        [dial_rule("aa_x", dial_rule_matching_from_uri="sip:214*@*")],
        [dial_rule("aa_x"), dial_rule("sip:aa_x@*", dial_rule_application="to-voicemail")],
        [dial_rule("aa_x", dial_rule_translation_destination_host="elsewhere.example")],
    ],
)
def test_a_dial_rule_that_applies_at_times_or_beside_another_is_not_sure(rows: list[object]) -> None:
    (rule,) = read_dial_rules(rows, "example.com").items
    assert (rule.dialled, rule.sure) == ("aa_x", False)


@pytest.mark.parametrize("uri", ["", "*", "sip:*@*", "sip:*", "aa_*", "[0-9]*", "???", "sip:1214*@*"])
def test_a_pattern_says_of_nothing_where_it_leads(uri: str) -> None:
    assert read_dial_rules([dial_rule(uri)], "example.com").items == ()


def test_a_dial_rule_that_is_switched_off_is_none() -> None:
    assert read_dial_rules([dial_rule("aa_x", enabled="no")], "example.com").items == ()


@given(
    anything.rows("dial-rule-matching-to-uri", "dial-rule-application", "dial-rule-matching-from-uri", "enabled")
)
def test_dial_rules_of_any_sort_are_read_or_left_out(rows: list[object]) -> None:
    read_dial_rules(rows, "example.com")


@pytest.mark.parametrize(
    ("read", "row"),
    [
        (read_users, {"user": "1001"}),
        (read_numbers, {"phonenumber": "12145550101"}),
        (read_attendants, {"attendant-name": "Main Menu", "user": "9000"}),
    ],
)
def test_rows_of_another_domain_are_left_out_and_told(
    read: Callable[[Sequence[object], str], ListReading[object]], row: dict[str, object]
) -> None:
    rows: list[object] = [{**row, "domain": "other.example"}, {**row, "domain": "Example.com"}, row]
    reading = read(rows, "example.com")
    assert len(reading.items) == 1
    (problem,) = reading.problems
    assert problem.text.endswith("row is of another domain, other.example: left out.")


def test_sites_have_clocks_where_they_name_a_time_zone() -> None:
    sites = read_sites(
        [{"site": "Dallas", "time-zone": "US/Central"}, {"site": "Mars", "time-zone": "Mars/Base"}, "X"]
    )
    assert sites.items == ("Dallas", "Mars", "X")
    assert {name: (clock.name, clock.zone is None) for name, clock in sites.clocks.items()} == {
        "Dallas": ("US/Central", False),
        "Mars": ("Mars/Base", True),
    }
