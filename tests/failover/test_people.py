"""Whom an id names: one rule for agent rows, devices and forwards."""

import pytest

from queuewatch.failover.model import Agent, EntryKind, Queue, User
from queuewatch.failover.people import owner_of, user_of
from tests.failover.build import office

USERS = (User("1001"), User("100"), User("8000", system=True))
OFFICE = office(Queue("8000"), users=USERS)


@pytest.mark.parametrize(
    ("id", "entry", "user"),
    [
        ("1001@example.com", EntryKind.USER, "1001"),
        ("1999@example.com", EntryKind.USER, "1999"),
        ("sip:1001@example.com", EntryKind.DEVICE, "1001"),
        ("SIP:1001@example.com", EntryKind.DEVICE, "1001"),
        ("sip:1001wp@example.com", EntryKind.DEVICE, "1001"),
        ("sip:1001M@example.com", EntryKind.DEVICE, "1001"),
        ("sip:1001-desk@example.com", EntryKind.DEVICE, "1001"),
        ("sip:1001_2@example.com", EntryKind.UNKNOWN, "1001"),
        ("sip:100wp@example.com", EntryKind.DEVICE, "100"),
        ("sip:10017@example.com", EntryKind.DEVICE, ""),
        ("sip:2002wp@example.com", EntryKind.DEVICE, ""),
        ("12145550100@example.com", EntryKind.OFFNET, ""),
    ],
)
def test_the_user_behind_an_agent_row(id: str, entry: EntryKind, user: str) -> None:
    assert user_of(OFFICE, Agent(id, "8000", entry=entry)) == user


def test_a_device_of_a_user_who_is_not_listed_is_known_by_the_users_own_row() -> None:
    listed = office(Queue("8000"), agents=[Agent("1999@example.com", "8000")])
    assert owner_of(listed, "1999b") == "1999"
