"""Names and numbers as a manager would say them."""

import pytest

from queuewatch.failover.model import Agent, AutoAttendant, Queue, User
from queuewatch.failover.wording import agent_name, describe_destination, format_number, listing, plural
from tests.failover.build import office

OFFICE = office(
    Queue("8000", "Sales"),
    Queue("8001"),
    users=[User("1001", "Ana Lopez"), User("1002"), User("8000", "Sales Queue", system=True)],
    attendants=[AutoAttendant("Main Menu", "9000")],
)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("2145550100", "(214) 555-0100"),
        ("12145550100", "(214) 555-0100"),
        ("+12145550100", "(214) 555-0100"),
        ("442079460000", "442079460000"),
        ("8000", "8000"),
        ("Ana Lopezz", "Ana Lopezz"),
        ("", ""),
    ],
)
def test_a_north_american_number_is_written_the_usual_way_and_nothing_else_is(number: str, shown: str) -> None:
    assert format_number(number) == shown


@pytest.mark.parametrize(
    ("destination", "shown"),
    [
        ("queue_8000", "Sales (8000)"),
        ("queue_8001", "8001"),
        ("queue_7777", "queue 7777"),
        ("8000", "Sales (8000)"),
        ("user_8000", "Sales (8000)"),
        ("user_1001", "Ana Lopez (1001)"),
        ("1001", "Ana Lopez (1001)"),
        ("user_1002", "user 1002"),
        ("user_7777", "user 7777"),
        ("7777", "7777"),
        ("phone_1001wp", "the phone 1001wp"),
        ("vmail_1001", "the voicemail of Ana Lopez (1001)"),
        ("vmail_8000", "the voicemail of Sales (8000)"),
        ("aa_MainMenu", "the auto attendant MainMenu"),
        ("9000", "the auto attendant Main Menu"),
        ("park_701", "the call park 701"),
        ("conf_800", "the conference 800"),
        ("2145550100", "(214) 555-0100"),
        ("call the boss", "“call the boss”"),
    ],
)
def test_a_destination_goes_by_the_name_people_know(destination: str, shown: str) -> None:
    assert describe_destination(OFFICE, destination) == shown


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (Agent("1001@example.com", "8000", "Ana Lopez"), "Ana Lopez"),
        (Agent("1001@example.com", "8000"), "1001"),
        (Agent("sip:1001wp@example.com", "8000"), "1001wp"),
        (Agent("12145550142@example.com", "8000"), "(214) 555-0142"),
        (Agent("@example.com", "8000"), "@example.com"),
    ],
)
def test_an_agent_without_a_name_goes_by_number(agent: Agent, shown: str) -> None:
    assert agent_name(agent) == shown


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["Ana"], "Ana"),
        (["Ana", "Ben"], "Ana and Ben"),
        (["Ana", "Ben", "Cara"], "Ana, Ben and Cara"),
        (["Ana", "Ben", "Cara", "Dee"], "Ana, Ben and 2 more"),
    ],
)
def test_names_are_listed_and_a_long_list_is_cut(names: list[str], said: str) -> None:
    assert listing(names) == said


def test_one_of_a_thing_has_no_s() -> None:
    assert [plural(count, "agent") for count in (0, 1, 2)] == ["0 agents", "1 agent", "2 agents"]
    assert plural(2, "agent is", "agents are") == "2 agents are"
