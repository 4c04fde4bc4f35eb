"""What live tests and drills have shown, held against what the phone system is now."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.audit.proofs import NO_PROOFS, FailedProof, PastDrill, PastProof, ProofLedger, proof_words
from queuewatch.failover.model import Forward, Queue, QueueRules, Rule, Snapshot, TimeFrame
from tests.failover.build import CELL, NOON, agents, to

ONE_DAY = timedelta(days=1)
SALES = Queue("8000", "Sales", require_agents=True)
DEFAULT = Rule("*", active=True, always=to("queue_8000"), offline=to(CELL))
NIGHT = Rule("Night", order=1, offline=to("vmail_1001"))


def office(queue: Queue = SALES, *rules: Rule) -> Snapshot:
    return Snapshot(
        "example.com",
        NOON,
        queues={"8000": queue},
        agents={"8000": agents(("green",))},
        rules={"8000": QueueRules(rules or (DEFAULT, NIGHT))},
        sites=("Dallas", "Austin"),
        time_frames={"Night": TimeFrame("Night")},
        user_time_frames={"8000": {}},
    )


def proof(rule: str = "*", days: int = 12, **other: object) -> PastProof:
    fields = {
        "destination": CELL if rule == "*" else "vmail_1001",
        "require_agents": True,
        "seconds": 4.2,
        **other,
    }
    return PastProof("8000", rule, at=NOON - ONE_DAY * days, **fields)  # type: ignore[arg-type]


def ledger(*proofs: PastProof, **other: object) -> ProofLedger:
    return ProofLedger(proofs, now=NOON, **other)  # type: ignore[arg-type]


def failure(rule: str, days: float) -> FailedProof:
    return FailedProof("8000", rule, NOON - ONE_DAY * days)


def found(snapshot: Snapshot, known: ProofLedger, **other: object) -> list[Finding]:
    every = audit(snapshot, proofs=known, **other)  # type: ignore[arg-type]
    return [finding for finding in every if finding.code in ("QW130", "QW131", "QW132")]


def test_where_nobody_tests_and_nothing_is_said_of_it_nothing_is_found() -> None:
    assert not found(office(), NO_PROOFS)
    assert not found(office(), ledger())


def test_a_queue_that_was_never_proven_is_told_once_with_its_rules() -> None:
    (never,) = found(office(), ledger(prove_every=90))
    assert (never.code, never.severity, never.queue) == ("QW130", Severity.INFO, "8000")
    assert never.why == (
        "That a call to Sales (8000) fails over was never tried out in Night and Default: it rests on "
        "settings alone."
    )
    assert never.command == "queuewatch prove 8000"
    (other,) = found(office(), ledger(proof()))
    assert "never tried out in Night:" in other.why, "one proof on this machine is enough to ask for the others"
    assert not found(office(), ledger(proof(), proof("Night")))


@pytest.mark.parametrize("name", ["8000", "sales"])
def test_a_queue_that_is_never_to_be_tested_is_not_asked_for(name: str) -> None:
    assert not found(office(), ledger(prove_every=90, never_prove=(name,)))


def test_a_queue_that_cannot_fail_over_is_not_asked_to_prove_it() -> None:
    assert not found(office(replace(SALES, require_agents=False)), ledger(prove_every=90))


@pytest.mark.parametrize(
    "rule",
    [
        replace(NIGHT, enabled=False),
        replace(NIGHT, offline=Forward()),
        replace(NIGHT, always=to("queue_8001")),
        replace(NIGHT, time_frame="Deleted"),
    ],
    ids=["switched off", "no When Offline", "goes elsewhere", "its time frame is gone"],
)
def test_a_rule_that_fails_nothing_over_need_not_be_proven(rule: Rule) -> None:
    assert not found(office(SALES, DEFAULT, rule), ledger(proof()))


@pytest.mark.parametrize("written", ["12145550100", "+12145550100", "2145550100;delay=5"])
def test_a_destination_that_is_written_otherwise_is_the_one_that_was_proven(written: str) -> None:
    assert not found(office(SALES, replace(DEFAULT, offline=to(written)), NIGHT), ledger(proof(), proof("Night")))


@pytest.mark.parametrize(
    ("snapshot", "known", "why"),
    [
        (
            office(SALES, replace(DEFAULT, offline=to("2145550199")), NIGHT),
            ledger(proof(), proof("Night")),
            "When Offline led to (214) 555-0100 then and leads to (214) 555-0199 now",
        ),
        (
            office(SALES, replace(DEFAULT, offline=Forward(False, (CELL,))), NIGHT),
            ledger(proof(), proof("Night")),
            "its When Offline is off now",
        ),
        (
            office(SALES, replace(DEFAULT, always=to("queue_8001")), NIGHT),
            ledger(proof(), proof("Night")),
            "every call is sent elsewhere before the queue (Always) now",
        ),
        (
            office(replace(SALES, require_agents=False)),
            ledger(proof(), proof("Night", require_agents=None)),
            "Require Agents is No now",
        ),
        (office(), ledger(proof(), proof("Night", 1), prove_every=12), "that is due every 12 days"),
        (
            office(),
            ledger(proof(), proof("Night", 1), failed=(failure("*", 20), failure("*", 3), failure("Night", 2))),
            "a later test of it, 3 days ago, did not prove it",
        ),
    ],
    ids=["another destination", "switched off", "diverted", "Require Agents", "too old", "a later test failed"],
)
def test_a_proof_of_a_rule_that_changed_or_is_old_says_nothing_any_more(
    snapshot: Snapshot, known: ProofLedger, why: str
) -> None:
    (outdated,) = found(snapshot, known)
    assert (outdated.code, outdated.severity) == ("QW131", Severity.WARNING)
    assert outdated.why == f"Sales (8000) was proven in Default 12 days ago, which says nothing any more: {why}."
    assert proof_words(known, snapshot, snapshot.queues["8000"]) == f"proven 12 days ago (4 s), outdated: {why}"


def test_what_was_tried_out_in_vain_was_not_never_tried_out() -> None:
    known = ledger(failed=(failure("*", 3),))
    (never,) = found(office(), known)
    assert (never.code, never.why) == (
        "QW130",
        "That a call to Sales (8000) fails over was tried out in Default, and not proven, and was never tried out "
        "in Night: it rests on settings alone.",
    )
    assert proof_words(known, office(), SALES) == "tested 3 days ago, and not proven"


def test_the_change_of_one_rule_leaves_the_proofs_of_the_others() -> None:
    changed = office(SALES, DEFAULT, replace(NIGHT, offline=to("vmail_1002")))
    (outdated,) = found(changed, ledger(proof(), proof("Night")))
    assert "in Night" in outdated.why
    assert proof_words(ledger(proof(), proof("Night")), changed, SALES) == "proven 12 days ago (4 s)"


def test_the_last_proof_counts_and_is_said_as_it_was() -> None:
    known = ledger(proof(days=40, destination="old"), proof(days=0, confirmed=False, seconds=None))
    assert proof_words(known, office(), SALES) == "reached today"
    assert (
        proof_words(known, office(SALES, replace(DEFAULT, active=False), replace(NIGHT, active=True)), SALES) == ""
    )


def test_a_drill_is_due_of_each_site_that_lost_its_power_too_long_ago() -> None:
    drills = (PastDrill(("Dallas",), False, NOON - ONE_DAY * 112), PastDrill((), True, NOON - ONE_DAY * 200))
    due = found(office(), ledger(drills=drills, drill_every=90))
    assert [finding.why for finding in due] == [
        "Austin: the last drill was 200 days ago, and one is due every 90 days.",
        "Dallas: the last drill was 112 days ago, and one is due every 90 days.",
    ]
    assert due[1].command == "queuewatch drill --site Dallas --record --with NAMES"
    assert not found(office(), ledger(drills=drills))
    assert not found(office(), ledger(drills=drills, drill_every=365))
    (never,) = found(office(), ledger(drills=drills[:1], drill_every=365))
    assert never.why == "Austin: no drill is in the register, and one is due every 365 days."
    assert not found(office(), ledger(drills=drills, drill_every=90), only={"8000"}), "it is of no queue"


def test_a_drill_counts_for_its_site_however_that_is_spelled() -> None:
    drill = PastDrill(("north  BUILDING", "Ｄａｌｌａｓ"), False, NOON)
    known = ledger(drills=(drill,), drill_every=90)
    due = found(replace(office(), sites=("North Building", "Dallas", "Austin")), known)
    assert [finding.why.partition(":")[0] for finding in due] == ["Austin"]
