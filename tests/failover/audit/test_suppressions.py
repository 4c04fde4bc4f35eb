"""Suppressions: until their day they keep a finding from counting, and after it they are one."""

from collections.abc import Collection
from datetime import date

import pytest

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.codes import CODES, find_code, find_codes
from queuewatch.failover.audit.finding import Finding, Suppression
from queuewatch.failover.lookup import NotFound
from queuewatch.failover.model import Queue
from tests.failover.build import default, office

COMPANY = office(
    Queue("8000", require_agents=True),
    Queue("8001", require_agents=True),
    rules={"8000": [default()], "8001": [default()]},
)
LAST = date(2027, 1, 31)
AFTER = date(2027, 2, 1)


def heard(*suppressions: Suppression, today: date = LAST, only: Collection[str] | None = None) -> list[Finding]:
    found = audit(COMPANY, suppressions=suppressions, today=today, only=only)
    return [one for one in found if one.code != "QW121"]


def gist(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(one.code, one.queue, one.suppressed) for one in findings]


def test_it_holds_through_its_last_day_and_gives_its_reason() -> None:
    everywhere = Suppression("QW102", "an answering service picks up", LAST)
    assert gist(heard(everywhere)) == [
        ("QW102", "8000", "an answering service picks up"),
        ("QW102", "8001", "an answering service picks up"),
    ]
    assert gist(heard(everywhere, today=AFTER)) == [
        ("QW102", "8000", ""),
        ("QW102", "8001", ""),
        ("QW190", "", ""),
    ]


def test_it_may_be_about_one_queue() -> None:
    assert gist(heard(Suppression("QW102", "known", LAST, "8001"))) == [
        ("QW102", "8000", ""),
        ("QW102", "8001", "known"),
    ]


def test_one_that_matches_nothing_is_told_but_only_of_what_was_looked_at() -> None:
    idle = Suppression("QW103", "once there was a ring", LAST)
    elsewhere = Suppression("QW103", "gone", LAST, "8001")
    assert [one.code for one in heard(idle)] == ["QW102", "QW102", "QW191"]
    assert [one.code for one in heard(idle, elsewhere, only={"8000"})] == ["QW102"]
    assert [one.code for one in heard(idle, elsewhere, only={"8001"})] == ["QW102", "QW191"]


def test_without_a_day_no_suppression_is_looked_at() -> None:
    assert not any(one.suppressed for one in audit(COMPANY, suppressions=[Suppression("QW102", "known", LAST)]))


def test_codes_are_found_by_number_prefix_and_name() -> None:
    assert find_code("qw103") is find_code(" Loop ") is CODES["QW103"]
    assert find_codes(["QW103,dead-end", "QW19"]) == {"QW103", "QW104", "QW190", "QW191"}
    assert find_codes(["QW"]) == set(CODES)


@pytest.mark.parametrize(("typed", "meant"), [("QW1033", "QW103"), ("same-fat", "same-fate"), ("", "")])
def test_an_unknown_code_gets_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(NotFound) as error:
        find_codes([typed])
    assert str(error.value) == f"There is no code “{typed}”."
    assert meant in error.value.hint


def test_every_code_tells_a_whole_story() -> None:
    assert list(CODES) == sorted(CODES)
    assert len({code.slug for code in CODES.values()}) == len(CODES)
    for code in CODES.values():
        for heading, paragraph in code.story:
            assert heading
            assert paragraph.endswith(".")
            assert len(paragraph) > 20
