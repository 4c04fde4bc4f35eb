"""What the audit could not see, and how old what it saw is."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.model import Part, Problem, Queue, Snapshot
from tests.failover.build import CELL, NOON, default, office, to

SALES = office(Queue("8000", "Sales", require_agents=True), rules={"8000": [default(offline=to(CELL))]})


def told(snapshot: Snapshot) -> list[str]:
    return [one.why for one in audit(snapshot) if (one.code, one.queue) == ("QW114", "")]


@pytest.mark.parametrize("part", [Part.USERS, Part.NUMBERS, Part.ATTENDANTS])
def test_a_part_that_is_not_known_is_told_once_with_its_reason(part: Part) -> None:
    field = {Part.USERS: "users", Part.NUMBERS: "numbers", Part.ATTENDANTS: "attendants"}[part]
    unread = replace(SALES, problems=(Problem(part, f"The {part} could not be read: access denied."),))
    (why,) = told(replace(unread, **{field: None}))
    assert why.endswith(f"The {part} could not be read: access denied.")


def test_rows_that_made_no_sense_are_counted() -> None:
    problems = (Problem(Part.LIVE, "Agent row 1 is a text."), Problem(Part.LIVE, "Agent row 2 is a text."))
    (why,) = told(replace(SALES, problems=problems))
    assert "Agent row 1 is a text (and 1 other problem)." in why


def test_devices_decide_nothing_here() -> None:
    assert told(replace(SALES, problems=(Problem(Part.DEVICES, "Device 1 is odd."),))) == []


def test_an_old_reading_is_told_as_old() -> None:
    assert audit(SALES, now=NOON + timedelta(minutes=10)) == audit(SALES)
    (old,) = [one for one in audit(SALES, now=NOON + timedelta(minutes=31)) if one.code == "QW114"]
    assert "31 minutes old" in old.why
