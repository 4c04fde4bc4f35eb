"""What must hold: read with every place of an error, and told as it would be, or as not known."""

from datetime import timedelta

import pytest
from hypothesis import given, settings

from queuewatch.failover.model import Forward, Queue, Snapshot, User
from queuewatch.setup.expectations import Checker, Holding, learned, read_expectations
from queuewatch.setup.setup_file import SetupFileError
from tests.failover.build import CELL, NOON, UNREADABLE, agent, default, office, to
from tests.failover.systems import snapshots

SALES = Queue("8000", "Sales", require_agents=True)
SUPPORT = Queue("8001", "Support", require_agents=False)
TAX = Queue("8002", "Tax", require_agents=True)
LEGAL = Queue("8003", "Legal", require_agents=True)
CLAIMS = Queue("8004", "Claims", require_agents=True)
OFFICE = office(
    SALES,
    SUPPORT,
    TAX,
    LEGAL,
    CLAIMS,
    agents=[
        agent("green", "1001", "8000", site="Dallas"),
        agent("green", "1002", "8001", site="Dallas"),
        agent("green", "1003", "8001", site="Austin"),
    ],
    rules={
        "8000": [default(offline=to(CELL))],
        "8001": [default(offline=to("vmail_1001"))],
        "8002": [default(offline=UNREADABLE)],
        "8003": [default(offline=to("queue_8001"))],
        "8004": [default(offline=to("vmail_1009"))],
    },
    users=[User("1001", "Ana Lopez", "Dallas"), User("1002", site="Dallas"), User("1003", site="Austin")],
)


def holding(text: str, snapshot: Snapshot = OFFICE, proven: timedelta | None = None) -> Holding:
    (expectation,) = read_expectations("a.toml", f"[[expect]]\n{text}\n").expectations
    ago = {"8000": snapshot.taken_at - proven} if proven is not None else None
    return Checker(snapshot, ago).check(expectation).holding


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'queue = "8000"\nreaches = "{CELL}"', "pass"),
        ('queue = "Sales"\nreaches = "(214) 555-0100"', "pass"),
        ('queue = 8000\nreaches = ["someone", "external"]', "pass"),
        ('queue = "8000"\nreaches = "Support"', "fail"),
        ('queue = "8000"\nnever = ["stranded", "lost", "voicemail"]', "pass"),
        (f'queue = "8000"\nnever = "{CELL}"', "fail"),
        ('queue = "8000"\ndark = "Dallas"\noutcome = "fails_over"', "pass"),
        ('queue = "8000"\ndark = "austin"\noutcome = ["answered", "held_open"]', "pass"),
        ('queue = "8000"\ndark = "nothing"\nreaches = "agents"', "pass"),
        ('queue = "8000"\ndark = "nothing"\nreaches = "queue_8000"', "pass"),
        ('queue = "8001"\nnever = "stranded"', "fail"),
        ('queue = "8001"\nreaches = "someone"', "fail"),
        ('queue = "8001"\ndark = "everything"\noutcome = "stranded"', "pass"),
        ('queue = "8001"\ndark = "Dallas"\noutcome = "held_open"', "pass"),
        ('queue = "8002"\nreaches = "someone"', "uncertain"),
        ('queue = "8002"\nnever = "stranded"', "uncertain"),
        ('queue = "8002"\noutcome = "fails_over"', "uncertain"),
        ('queue = "8003"\nnever = "stranded"', "fail"),
        ('queue = "8003"\nnever = "queue_8001"', "fail"),
        ('queue = "8003"\nreaches = "queue_8001"', "fail"),
        ('queue = "8003"\nnever = "queue_8000"', "pass"),
        ('queue = "8001"\nnever = "Support"', "fail"),
        ('queue = "8002"\nnever = "queue_8002"', "uncertain"),
        ('queue = "8004"\nnever = "vmail_1009"', "fail"),
        ('queue = "8003"\ndark = "Dallas"\nreaches = "queue_8001"', "pass"),
        ('queue = "8000"\noutcome = "stranded"\nreaches = "someone"', "fail"),
    ],
)
def test_an_expectation_holds_fails_or_is_not_known(text: str, expected: str) -> None:
    assert holding(text) == expected


@pytest.mark.parametrize(("ago", "expected"), [(None, "fail"), (89, "pass"), (91, "fail")])
def test_a_proof_of_the_last_days_is_expected(ago: int | None, expected: str) -> None:
    proven = timedelta(days=ago) if ago is not None else None
    assert holding('queue = "8000"\nproof = 90', proven=proven) == expected


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ('queue = "8000"', "line 1, expect #1 expects nothing", "reaches, never, outcome"),
        ('reaches = "someone"', "line 1, expect #1: the queue is missing", "8000"),
        (
            'queue = "8000"\nreach = "x"',
            "line 3, expect #1.reach: there is no key 'reach'",
            "Did you mean reaches?",
        ),
        ('queue = "8000"\noutcome = "strandd"', "line 3, expect #1.outcome: there is no outcome", "stranded"),
        ('queue = "8000"\nnever = "x"\nat = "noon"', "line 4, expect #1.at: “noon” is not a date", "2026"),
        ('queue = "8000"\nnever = 7', "line 3, expect #1.never must be a text", '"…"'),
        ('queue = "8000"\nproof = "long"', "line 3, expect #1.proof must be a number of days", "90"),
        ('queue = "8999"\nnever = "lost"', "line 2, expect #1.queue: There is no queue “8999”", "8000"),
        (
            'queue = "8000"\ndark = "Dalas"\nnever = "lost"',
            "line 3, expect #1.dark: There is no site “Dalas”",
            "Dallas",
        ),
        ('queue = "8000"\nreaches = "Suport"', "line 3, expect #1.reaches: “Suport” is no queue", "Support"),
        (
            'queue = "8000"\nnever = "strandd"',
            "line 3, expect #1.never: “strandd” is no queue",
            "Did you mean stranded?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, sentence: str, hint: str) -> None:
    with pytest.raises(SetupFileError) as raised:
        holding(text)
    assert sentence in str(raised.value)
    assert hint in raised.value.hint


def test_every_expectation_has_its_own_line() -> None:
    text = '[[expect]]\nqueue = "8000"\nnever = "lost"\n\n[[expect]]\nnever = "lost"\nqueue = "8001"\nat = 7\n'
    with pytest.raises(SetupFileError, match=r"a.toml, line 8, expect #2.at must be a text"):
        read_expectations("a.toml", text)


def test_a_file_that_expects_nothing_says_so() -> None:
    with pytest.raises(SetupFileError, match="expects nothing") as raised:
        read_expectations("a.toml", '[queues.8000]\nname = "Sales"\n')
    assert "--learn" in raised.value.hint


def test_what_is_learned_says_only_what_is_known() -> None:
    text = learned(OFFICE)
    assert 'queue = "8000"\ndark = "everything"\noutcome = "fails_over"\nreaches = "2145550100"\n' in text
    assert "# Uncertain, so nothing is expected." in text
    assert 'queue = "8002"' not in text


@settings(max_examples=40)
@given(snapshots())
def test_what_was_learned_a_moment_ago_holds(snapshot: Snapshot) -> None:
    text = learned(snapshot)
    if "[[expect]]" not in text:
        return
    file = read_expectations("a.toml", text)
    checker = Checker(snapshot)
    assert file.domain == snapshot.domain
    for expectation in file.expectations:
        checked = checker.check(expectation)
        assert checked.holding is Holding.PASS, checked


def test_a_change_breaks_what_was_learned() -> None:
    file = read_expectations("a.toml", learned(OFFICE))
    changed = office(*OFFICE.call_queues, agents=[], rules={"8000": [default(offline=Forward())]})
    found = {Checker(changed).check(one).holding for one in file.expectations if one.dark == "everything"}
    assert Holding.FAIL in found
    assert changed.taken_at == NOON
