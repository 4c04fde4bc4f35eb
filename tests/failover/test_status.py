"""Green, Red, Grey or unknown: every combination of the facts about an agent."""

import pytest
from msgspec.structs import replace

from queuewatch.failover.model import Agent, AgentLogin, EntryKind, Registration
from queuewatch.failover.status import Status, status_of

CONNECTED, PUSH, OFFNET, NONE = Registration.CONNECTED, Registration.PUSH, Registration.OFFNET, Registration.NONE
IN, OUT = AgentLogin.IN, AgentLogin.OUT
DEVICE_UNKNOWN, LOGIN_UNKNOWN, CALLS_UNKNOWN = Registration.UNKNOWN, AgentLogin.UNKNOWN, None

READY = ("green", "ready")
ON_A_CALL = ("red", "on a call")
NO_DEVICE = ("grey", "no device connected")
SET_OFFLINE = ("grey", "set Offline")
NO_DEVICE_FACT = ("unknown", "device state not known")
NO_LOGIN_FACT = ("unknown", "login state not known")
NO_CALL_FACT = ("unknown", "call count not known")


def row(registration: Registration, login: AgentLogin, calls: int | None) -> Agent:
    return Agent("1001@example.com", "8000", registration=registration, login=login, calls=calls)


@pytest.mark.parametrize(
    ("registration", "login", "calls", "shown"),
    [
        (CONNECTED, IN, 0, READY),
        (CONNECTED, IN, 1, ON_A_CALL),
        (CONNECTED, IN, 3, ON_A_CALL),
        (CONNECTED, IN, CALLS_UNKNOWN, NO_CALL_FACT),
        (PUSH, IN, 0, ("green", "ready (mobile app)")),
        (PUSH, IN, 1, ON_A_CALL),
        (OFFNET, IN, 0, ("green", "ready (outside number)")),
        (OFFNET, IN, 1, ON_A_CALL),
        # Grey: one half is enough, whatever is known of the rest.
        (NONE, IN, 0, NO_DEVICE),
        (NONE, IN, 1, NO_DEVICE),
        (NONE, OUT, 0, NO_DEVICE),
        (NONE, LOGIN_UNKNOWN, CALLS_UNKNOWN, NO_DEVICE),
        (CONNECTED, OUT, 0, SET_OFFLINE),
        (CONNECTED, OUT, 1, SET_OFFLINE),
        (PUSH, OUT, 0, SET_OFFLINE),
        (OFFNET, OUT, 0, SET_OFFLINE),
        (DEVICE_UNKNOWN, OUT, CALLS_UNKNOWN, SET_OFFLINE),
        # Unknown: never Green, and never Red either.
        (DEVICE_UNKNOWN, IN, 0, NO_DEVICE_FACT),
        (DEVICE_UNKNOWN, IN, 1, NO_DEVICE_FACT),
        (DEVICE_UNKNOWN, LOGIN_UNKNOWN, 0, NO_DEVICE_FACT),
        (CONNECTED, LOGIN_UNKNOWN, 0, NO_LOGIN_FACT),
        (CONNECTED, LOGIN_UNKNOWN, 1, NO_LOGIN_FACT),
        (OFFNET, LOGIN_UNKNOWN, 0, NO_LOGIN_FACT),
    ],
)
def test_the_three_facts_give_the_colour(
    registration: Registration, login: AgentLogin, calls: int | None, shown: tuple[str, str]
) -> None:
    status = status_of(row(registration, login, calls))
    assert (status.status, status.reason) == shown


@pytest.mark.parametrize("message", ["DND", "dnd", "Do Not Disturb"])
def test_do_not_disturb_is_red_for_the_phone_is_online(message: str) -> None:
    status = status_of(replace(row(CONNECTED, IN, 0), status_message=message))
    assert (status.status, status.reason) == (Status.RED, "Do Not Disturb")


def test_do_not_disturb_on_a_phone_that_is_gone_is_grey() -> None:
    assert status_of(replace(row(NONE, IN, 0), status_message="DND")).status is Status.GREY


def test_another_status_message_of_somebody_logged_in_says_nothing_of_the_colour() -> None:
    assert status_of(replace(row(CONNECTED, IN, 0), status_message="In the office")).status is Status.GREEN


def test_the_message_of_somebody_set_offline_is_told() -> None:
    status = status_of(replace(row(CONNECTED, OUT, 0), status_message="Lunch"))
    assert (status.status, status.reason) == (Status.GREY, "set Offline (Lunch)")


@pytest.mark.parametrize("registration", [NONE, DEVICE_UNKNOWN, CONNECTED, OFFNET])
def test_an_outside_number_has_no_device_that_could_be_gone(registration: Registration) -> None:
    status = status_of(replace(row(registration, IN, 0), entry=EntryKind.OFFNET))
    assert (status.status, status.reason) == (Status.GREEN, "ready (outside number)")


def test_an_outside_number_that_is_logged_out_is_grey() -> None:
    assert status_of(replace(row(OFFNET, OUT, 0), entry=EntryKind.OFFNET)).status is Status.GREY


def test_a_row_that_could_not_be_read_is_unknown_whatever_it_seems_to_say() -> None:
    for facts in (row(CONNECTED, IN, 0), row(NONE, OUT, 0)):
        status = status_of(replace(facts, readable=False))
        assert (status.status, status.reason) == (Status.UNKNOWN, "the row could not be read")


@pytest.mark.parametrize(
    ("status", "online"),
    [(Status.GREEN, True), (Status.RED, True), (Status.GREY, False), (Status.UNKNOWN, False)],
)
def test_green_and_red_keep_a_queue_open(status: Status, online: bool) -> None:
    assert status.online is online


@pytest.mark.parametrize("word", ["unavailable", "Unavailable"])
def test_unavailable_contradicts_somebody_green(word: str) -> None:
    status = status_of(replace(row(CONNECTED, IN, 0), availability=word))
    assert (status.status, status.reason) == (
        Status.UNKNOWN,
        "ready by its row, but the phone system says “unavailable”",
    )


@pytest.mark.parametrize("registration", [CONNECTED, PUSH, DEVICE_UNKNOWN])
@pytest.mark.parametrize(
    ("word", "message"),
    [("available", ""), ("Available", "Lunch"), ("", "Single Call"), ("logged out", "single-call (web)")],
)
def test_available_or_a_single_call_contradict_somebody_logged_out_by_whom_a_phone_is(
    registration: Registration, word: str, message: str
) -> None:
    status = status_of(replace(row(registration, OUT, 0), availability=word, status_message=message))
    assert status.status is Status.UNKNOWN
    assert status.reason.startswith("set Offline")


@pytest.mark.parametrize("agent", [row(NONE, OUT, 0), row(NONE, IN, 0), row(OFFNET, OUT, 0)])
def test_without_a_phone_of_ones_own_neither_contradicts(agent: Agent) -> None:
    said = replace(agent, availability="available", status_message="Single Call")
    assert status_of(said).status is Status.GREY


@pytest.mark.parametrize(
    "word", ["busy", "logged out", "offline", "Dispatching", "waiting for callback", "x" * 30]
)
@pytest.mark.parametrize("agent", [row(CONNECTED, IN, 0), row(CONNECTED, IN, 1), row(CONNECTED, OUT, 0)])
def test_any_other_word_contradicts_nothing_and_is_shown_where_it_says_something_else(
    agent: Agent, word: str
) -> None:
    plain, said = status_of(agent), status_of(replace(agent, availability=word))
    assert said.status is plain.status
    expected = {Status.GREEN: (), Status.RED: ("busy",), Status.GREY: ("logged out", "offline")}
    if word in expected[plain.status]:
        assert said == plain
    else:
        assert said.reason == f"{plain.reason} (the phone system says “{word}”)"


def test_somebody_online_and_available_and_in_for_a_single_call_is_green() -> None:
    said = replace(row(CONNECTED, IN, 0), availability="available", status_message="Single Call")
    assert status_of(said) == status_of(row(CONNECTED, IN, 0))
