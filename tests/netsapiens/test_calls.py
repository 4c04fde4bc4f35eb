"""Calls as servers were seen to write them, and as the vendor's examples do: whole, or said to be unclear."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.failover.phone_number import number_key
from queuewatch.pbx import errors
from queuewatch.pbx.calls import Party
from queuewatch.pbx.netsapiens.calls import (
    party,
    read_active_calls,
    read_call_records,
    read_queued_calls,
)
from queuewatch.pbx.netsapiens.stored_agents import read_stored_agents

from .anything import rows

DOMAIN = "example.com"

OF_VERSION_1 = {
    "hostname": "core.example.net",
    "session_id": "20230719183242018723",
    "orig_callid": "our-own-id",
    "orig_match": "2000@example.com",
    "orig_user": "",
    "orig_domain": "",
    "orig_uri": "sip:18585550134@carrier.example.net",
    "ani": "18585550134",
    "dnis": "18585550145",
    "by_action": "CallRequest",
    "by_user": "2000",
    "by_domain": "example.com",
    "by_callid": "our-own-id",
    "term_callid": "leg-two",
    "term_user": "",
    "term_domain": "*",
    "term_uri": "sip:18585550145@carrier.example.net:5060",
    "time_begin": "2023-07-19 18:32:58",
    "time_answer": "2023-07-19 18:32:59",
    "orig_call_info": "active",
    "term_call_info": "active",
}
OF_VERSION_2 = {
    "call-session-id": "20230719183242018723",
    "call-orig-call-id": "our-own-id",
    "call-orig-match-uri": "2000@example.com",
    "call-orig-user": "",
    "call-orig-domain": "",
    "call-orig-uri": "sip:18585550134@carrier.example.net",
    "caller-id-number": 18585550134,
    "call-dialed-number": 1.8585550145e10,
    "call-by-action": "CallRequest",
    "call-by-user": 2000,
    "call-by-domain": "example.com",
    "call-by-call-id": "our-own-id",
    "call-term-call-id": "leg-two",
    "call-term-user": "",
    "call-term-domain": "*",
    "call-term-uri": "sip:18585550145@carrier.example.net:5060",
    "call-start-datetime": "2023-07-19 18:32:58",
    "call-answer-datetime": "2023-07-19 18:32:59",
    "call-orig-info": "active",
    "term-orig-info": "active",
}


@pytest.mark.parametrize("row", [OF_VERSION_1, OF_VERSION_2], ids=["version 1", "version 2"])
def test_a_call_in_progress_reads_the_same_by_either_versions_names(row: dict[str, object]) -> None:
    reading = read_active_calls([row], DOMAIN)
    (call,) = reading.items
    assert reading.complete
    assert not reading.problems
    assert call.from_numbers == {"8585550134"}
    assert call.dialled.number == "8585550145"
    assert (call.by.name, call.by_action) == ("2000", "CallRequest")
    assert call.term == call.term_at == Party("18585550145", "carrier.example.net", "8585550145")
    assert (call.answered, call.answered_at) == (True, None), "a time without a zone is no moment"
    assert call.ids == {"our-own-id", "20230719183242018723", "leg-two"}
    assert call.states == ("active", "active")


@pytest.mark.parametrize("unanswered", ["", None, "0000-00-00 00:00:00"])
def test_a_leg_that_still_rings_has_no_time_of_being_answered(unanswered: object) -> None:
    (call,) = read_active_calls([{**OF_VERSION_2, "call-answer-datetime": unanswered}], DOMAIN).items
    assert not call.answered


@pytest.mark.parametrize(
    ("written", "name", "number"),
    [
        (12145550100, "12145550100", "2145550100"),
        (12145550100.0, "12145550100", "2145550100"),
        ("1.5142163359e+10", "15142163359", "5142163359"),
        ("1.21455501E10", "12145550100", "2145550100"),
        ("12145550100.0", "12145550100", "2145550100"),
        ("sip:12145550100@10.0.0.1:5060;user=phone", "12145550100", "2145550100"),
        ("SIPS:+12145550100@carrier.example.net", "+12145550100", "2145550100"),
        ("sip:%2B12145550100@carrier.example.net", "+12145550100", "2145550100"),
        ('"Ann Lee" <sip:1001wp@example.com>', "1001wp", ""),
        ("tel:+442079460123", "+442079460123", "+442079460123"),
        ("442079460123", "442079460123", "+442079460123"),
        ("(214) 555-0100", "2145550100", "2145550100"),
        ("sip:vmail-unreg@netsapiens", "vmail-unreg", ""),
        (1001, "1001", ""),
        ("911", "911", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_whoever_a_value_names_is_read_whole(written: object, name: str, number: str) -> None:
    found = party(written)
    assert found is not None
    assert (found.name, found.number) == (name, number)


@pytest.mark.parametrize(
    "written", [True, [1], {}, "1.21e+10", 1.21e10, "1.5e300", -12145550100, 12145550100.5, float("inf"), 10**30]
)
def test_what_may_have_lost_digits_or_is_no_number_names_nobody(written: object) -> None:
    assert party(written) is None
    reading = read_active_calls([{**OF_VERSION_2, "call-dialed-number": written}], DOMAIN)
    assert not reading.items[0].dialled
    assert [problem.text.split(" is ")[0] for problem in reading.problems] == [
        "Active call row 1 of 1: call-dialed-number"
    ]


@given(st.integers(2, 9), st.integers(0, 99), st.integers(2_000_000, 9_999_999))
def test_every_way_of_writing_a_number_is_the_same_number(first: int, area: int, rest: int) -> None:
    digits = f"1{first}{area:02}{rest}"
    ways = (int(digits), float(digits), digits, f"+{digits}", f"sip:{digits}@10.0.0.1", f"{int(digits):.10e}")
    found = {party(way) for way in ways}
    assert {each.number for each in found if each is not None} == {number_key(digits)} or number_key(
        digits
    ) == digits
    assert None not in found or len(digits.rstrip("0")) <= 6


def test_a_call_of_another_customer_is_left_out_and_said() -> None:
    theirs = {**OF_VERSION_2, "call-by-domain": "other.example", "call-term-domain": "*"}
    reading = read_active_calls([theirs, OF_VERSION_2], DOMAIN)
    assert len(reading.items) == 1
    assert reading.complete
    assert [problem.text for problem in reading.problems] == [
        "1 active call row is of another domain, other.example: left out."
    ]


def test_a_row_that_says_nothing_is_missed_aloud() -> None:
    reading = read_active_calls([{}, "call", OF_VERSION_2], DOMAIN)
    assert len(reading.items) == 1
    assert not reading.complete
    assert [problem.text for problem in reading.problems if problem.lost] == [
        "Active call row 1 of 3 says neither which call it is nor whose: left out.",
        "Active call row 2 of 3 is a text, not an object: left out.",
    ]


def test_somebody_without_a_number_waits_all_the_same_and_a_callback_is_told_apart() -> None:
    rows = [
        {
            "dial-rule-translation-source-user": "12145550150",
            "dial-rule-translation-source-name": "WIRELESS CALLER",
            "callqueue-agent-availability-for-dispatch": "Dispatching",
            "time_queued": "2026-01-05 16:06:52",
        },
        {"callqueue-agent-availability-for-dispatch": "waiting for callback"},
    ]
    first, second = read_queued_calls(rows, "8000").items
    assert (first.caller.number, first.name, first.awaits_callback) == ("2145550150", "WIRELESS CALLER", False)
    assert (second.caller, second.awaits_callback) == (Party(), True)


RECORD = {
    "id": "c1",
    "domain": DOMAIN,
    "call-orig-call-id": "a@b",
    "call-direction": 7,
    "call-start-datetime": "2026-11-23T15:12:00+00:00",
    "call-answer-datetime": "2026-11-23T15:12:09+00:00",
    "call-disconnect-datetime": "2026-11-23T15:13:00+00:00",
    "call-total-duration-seconds": "60",
    "call-talking-duration-seconds": 51,
    "call-orig-from-user": "1.2145550150e+10",
    "call-orig-to-user": "12145550177",
    "call-through-user": 8000,
    "call-term-to-uri": "sip:12145550100@carrier.example.net",
    "call-disconnect-reason-text": "Orig: Bye",
}


def test_a_call_record_says_who_called_whom_through_what() -> None:
    (record,) = read_call_records([RECORD], DOMAIN).items
    assert (record.caller.number, record.dialled.number, record.through.name) == (
        "2145550150",
        "2145550177",
        "8000",
    )
    assert record.term.number == "2145550100"
    assert record.answered
    assert record.started_at == datetime(2026, 11, 23, 15, 12, tzinfo=UTC)
    assert (record.total_seconds, record.talking_seconds, record.reason) == (60, 51, "Orig: Bye")


def test_a_record_without_its_time_is_missed_aloud_and_a_time_without_a_zone_is_utc() -> None:
    unzoned = {**RECORD, "call-start-datetime": "2026-11-23 15:12:00"}
    reading = read_call_records([unzoned, {**RECORD, "call-start-datetime": None}], DOMAIN)
    assert [record.started_at for record in reading.items] == [datetime(2026, 11, 23, 15, 12, tzinfo=UTC)]
    assert not reading.complete


@given(rows(*OF_VERSION_1, *OF_VERSION_2, *RECORD))
def test_no_row_is_lost_without_a_word(sent: list[object]) -> None:
    for reading in (
        read_active_calls(sent, DOMAIN),
        read_call_records(sent, DOMAIN),
        read_queued_calls(sent, "8000"),
    ):
        lost = sum(problem.lost for problem in reading.problems)
        elsewhere = [problem.text for problem in reading.problems if "another domain" in problem.text]
        assert len(reading.items) + lost == len(sent) or elsewhere


AGENT = {
    "callqueue-agent-id": "1001@example.com",
    "callqueue": "8000",
    "domain": DOMAIN,
    "callqueue-agent-availability-type": "automatic",
    "callqueue-agent-has-registered-devices": "yes",
    "callqueue-agent-availability-for-dispatch": "available",
    "active-calls-total-current": 0,
    "sub_portal_status": None,
    "last-modified-datetime": "2026-11-23 15:12:00",
    "mystery": [1, {"b": 2, "a": 1}],
}


def test_a_stored_agent_has_its_whole_row_and_what_a_person_can_change_of_it() -> None:
    (stored,) = read_stored_agents([AGENT], "8000", DOMAIN, "pbx.example.com")
    assert stored.raw == AGENT
    assert stored.automatic
    assert stored.agent.id == "1001@example.com"
    later = {
        **AGENT,
        "active-calls-total-current": 1,
        "callqueue-agent-availability-for-dispatch": "busy",
        "last-modified-datetime": "2026-11-23 15:13:00",
    }
    assert read_stored_agents([later], "8000", DOMAIN, "pbx.example.com")[0].settings == stored.settings
    for name, other in (
        ("callqueue-agent-availability-type", "manual"),
        ("sub_portal_status", "Lunch"),
        ("mystery", 2),
    ):
        changed = read_stored_agents([{**AGENT, name: other}], "8000", DOMAIN, "pbx.example.com")
        assert changed[0].settings != stored.settings, name
    assert not read_stored_agents(
        [{**AGENT, "callqueue-agent-availability-type": "offnet-automatic"}], "8000", DOMAIN, "pbx.example.com"
    )[0].automatic


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**AGENT, "callqueue-agent-id": ""}, "Agent row 2 of 2: no id"),
        (AGENT, "Agent row 2 of 2: an id twice"),
        ({**AGENT, "callqueue-agent-id": "2", "callqueue": "8001"}, "Agent row 2 of 2 is of queue 8001"),
        ({**AGENT, "callqueue-agent-id": "2", "callqueue-agent-availability-type": 4}, "not a value this program"),
        ("agent", "Agent row 2 of 2 is a text"),
    ],
)
def test_nobody_is_logged_out_where_one_row_is_not_understood(row: object, words: str) -> None:
    with pytest.raises(errors.Misunderstood, match=words):
        read_stored_agents([AGENT, row], "8000", DOMAIN, "pbx.example.com")
