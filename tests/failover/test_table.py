"""The nine lines of the table, each where it decides and where an earlier one does, and what is not known."""

import pytest
from msgspec.structs import replace

from queuewatch.failover.destination import EndKind
from queuewatch.failover.model import Forward, Queue, QueueRules, Rule, Snapshot, User
from queuewatch.failover.simulate import judge_all, readiness, simulate
from queuewatch.failover.verdict import Outcome, ReadinessState, Verdict
from tests.failover.build import CELL, UNREADABLE, agents, default, office, to

REQUIRED = Queue("8000", "Sales", require_agents=True)
NOT_REQUIRED = replace(REQUIRED, require_agents=False)
FULL = replace(REQUIRED, max_callers=5, waiting=5)
NEARLY_FULL = replace(REQUIRED, max_callers=5, waiting=4)

NOTHING_SET = default()
OFFLINE = default(offline=to(CELL))
BUSY = default(busy=to("vmail_1001"))
BOTH = default(offline=to(CELL), busy=to("vmail_1001"))
DIVERTING = default(always=to("vmail_1001"), offline=to(CELL), busy=to(CELL))


def phone_system(colours: str, queue: Queue, *rules: Rule) -> Snapshot:
    return office(
        queue,
        agents=agents(colours.split()),
        rules={queue.extension: rules},
        users=[User("1001", "Ana Lopez")],
    )


def call(colours: str, queue: Queue, *rules: Rule) -> Verdict:
    return simulate(phone_system(colours, queue, *rules), queue)


@pytest.mark.parametrize(
    ("colours", "queue", "rule", "outcome", "end"),
    [
        # 1 a forward Always to anywhere but the queue itself
        ("green", REQUIRED, DIVERTING, "diverted", "voicemail"),
        ("green", FULL, DIVERTING, "diverted", "voicemail"),
        ("", REQUIRED, DIVERTING, "diverted", "voicemail"),
        ("green", REQUIRED, default(always=to("queue_8000")), "rings", "agents"),
        ("green", REQUIRED, default(always=to("8000")), "rings", "agents"),
        ("green", REQUIRED, default(always=to("queue_8000", "vmail_1001")), "rings", "agents"),
        ("green", REQUIRED, default(always=Forward(False, ("vmail_1001",))), "rings", "agents"),
        ("green", REQUIRED, default(always=to()), "rings", "agents"),
        ("green", REQUIRED, default(always=to("user_8000")), "diverted", "loop"),
        # 2 as many callers as the queue takes
        ("green", FULL, BOTH, "overflows", "voicemail"),
        ("", FULL, OFFLINE, "lost", "nobody"),
        ("green", replace(FULL, waiting=9), BUSY, "overflows", "voicemail"),
        ("green", FULL, default(busy=to()), "lost", "nobody"),
        ("green", NEARLY_FULL, BOTH, "rings", "agents"),
        ("green", replace(FULL, max_callers=0), BOTH, "rings", "agents"),
        # 3, 4 somebody is online
        ("green red grey unknown", REQUIRED, BOTH, "rings", "agents"),
        ("green", NOT_REQUIRED, BOTH, "rings", "agents"),
        ("red grey", REQUIRED, BOTH, "waits", "caller_waits"),
        ("red unknown", REQUIRED, BOTH, "waits", "caller_waits"),
        ("red", NOT_REQUIRED, NOTHING_SET, "waits", "caller_waits"),
        # 5 somebody may be
        ("grey unknown", REQUIRED, BOTH, "uncertain", "unknown"),
        ("unknown", NOT_REQUIRED, BOTH, "uncertain", "unknown"),
        # 6 nobody is, and the queue takes the caller in
        ("grey", NOT_REQUIRED, BOTH, "stranded", "nobody"),
        ("", NOT_REQUIRED, BOTH, "stranded", "nobody"),
        # 7 When Offline
        ("grey grey", REQUIRED, OFFLINE, "fails_over", "external"),
        ("", REQUIRED, OFFLINE, "fails_over", "external"),
        ("grey", REQUIRED, BOTH, "fails_over", "external"),
        # 8 When Busy
        ("grey", REQUIRED, BUSY, "overflows", "voicemail"),
        ("grey", REQUIRED, default(offline=to(), busy=to("vmail_1001")), "overflows", "voicemail"),
        # 9 nothing
        ("grey", REQUIRED, NOTHING_SET, "lost", "nobody"),
        ("grey", REQUIRED, default(offline=Forward(False, (CELL,))), "lost", "nobody"),
        ("grey", REQUIRED, default(offline=to(), busy=to()), "lost", "nobody"),
    ],
)
def test_the_first_line_that_applies_decides(
    colours: str, queue: Queue, rule: Rule, outcome: str, end: str
) -> None:
    verdict = call(colours, queue, rule)
    assert (verdict.outcome, verdict.end.kind) == (outcome, end)
    assert verdict.would_fail_over is {"fails_over": True, "uncertain": None}.get(outcome, False)
    assert verdict.reaches_someone is {"nobody": False, "loop": False, "unknown": None}.get(end, True)


@pytest.mark.parametrize(
    ("colours", "queue", "rule"),
    [
        ("green", replace(REQUIRED, max_callers=None, waiting=3), NOTHING_SET),
        ("green", replace(REQUIRED, max_callers=5, waiting=None), NOTHING_SET),
        ("green", REQUIRED, default(always=UNREADABLE)),
        ("green", FULL, default(busy=UNREADABLE)),
        ("grey", replace(REQUIRED, require_agents=None), OFFLINE),
        ("grey", REQUIRED, default(offline=UNREADABLE, busy=to(CELL))),
        ("grey", REQUIRED, default(busy=UNREADABLE)),
    ],
)
def test_a_setting_that_could_not_be_read_makes_the_line_that_asks_for_it_uncertain(
    colours: str, queue: Queue, rule: Rule
) -> None:
    verdict = call(colours, queue, rule)
    assert verdict.outcome is Outcome.UNCERTAIN
    assert verdict.end.kind is EndKind.UNKNOWN
    assert "could not be read" in verdict.sentence


@pytest.mark.parametrize(
    ("colours", "queue", "rule", "outcome"),
    [
        ("green", replace(REQUIRED, require_agents=None), NOTHING_SET, "rings"),
        ("green", REQUIRED, default(offline=UNREADABLE, busy=UNREADABLE), "rings"),
        ("green", replace(REQUIRED, max_callers=None, waiting=0), NOTHING_SET, "rings"),
        ("green", replace(REQUIRED, max_callers=0, waiting=None), NOTHING_SET, "rings"),
        ("grey", REQUIRED, default(offline=to(CELL), busy=UNREADABLE), "fails_over"),
        ("grey", NOT_REQUIRED, default(offline=UNREADABLE), "stranded"),
    ],
)
def test_a_setting_that_could_not_be_read_does_no_harm_where_nobody_asks_for_it(
    colours: str, queue: Queue, rule: Rule, outcome: str
) -> None:
    assert call(colours, queue, rule).outcome == outcome


def test_without_its_rules_a_queue_is_uncertain_and_says_why() -> None:
    snapshot = replace(phone_system("green", REQUIRED), rules={"8000": QueueRules(problem="access was denied")})
    verdict = simulate(snapshot, REQUIRED)
    assert verdict.outcome is Outcome.UNCERTAIN
    assert verdict.held_open_by == ("1001@example.com",)
    assert "access was denied" in verdict.sentence


@pytest.mark.parametrize(
    ("rules", "in_effect", "outcome"),
    [
        ([default(offline=to(CELL))], "*", "fails_over"),
        # The server's word goes before everything else.
        ([Rule("*", offline=to(CELL)), Rule("Holidays", order=0, active=True)], "Holidays", "lost"),
        ([Rule("*", offline=to(CELL)), Rule("Holidays", active=True, enabled=False)], "Holidays", "lost"),
        ([Rule("Late", order=5, active=True), Rule("Lunch", order=1, active=True)], "Lunch", "lost"),
        # It marks none: Default, if it is on.
        ([Rule("*", offline=to(CELL)), Rule("Holidays", order=0)], "*", "fails_over"),
        ([Rule("*", enabled=False, offline=to(CELL)), Rule("Holidays", order=0)], None, "lost"),
        ([Rule("Holidays", order=0, offline=to(CELL))], None, "lost"),
        ([], None, "lost"),
    ],
)
def test_one_rule_is_in_effect(rules: list[Rule], in_effect: str | None, outcome: str) -> None:
    verdict = call("grey", REQUIRED, *rules)
    assert (verdict.rule_in_effect, verdict.outcome) == (in_effect, outcome)


def test_held_open_by_names_the_green_and_the_red_in_the_order_the_queue_tries_them() -> None:
    rows = agents(["green", "grey", "red", "unknown"])
    turned = tuple(replace(row, order=9 - place) for place, row in enumerate(rows))
    snapshot = replace(phone_system("", REQUIRED), agents={"8000": turned})
    assert simulate(snapshot, REQUIRED).held_open_by == ("1003@example.com", "1001@example.com")


@pytest.mark.parametrize(
    ("queue", "rule", "state", "basis"),
    [
        (REQUIRED, OFFLINE, "ready", None),
        (REQUIRED, BUSY, "ready", "When Busy"),
        (NOT_REQUIRED, DIVERTING, "ready", "Always"),
        (NOT_REQUIRED, OFFLINE, "not_ready", None),
        (REQUIRED, NOTHING_SET, "not_ready", None),
        (REQUIRED, default(offline=to("park_701")), "unknown", None),
        (REQUIRED, default(offline=UNREADABLE), "unknown", None),
    ],
)
@pytest.mark.parametrize("colours", ["green red", "unknown", "grey", ""])
def test_readiness_is_what_happens_once_everybody_is_grey(
    colours: str, queue: Queue, rule: Rule, state: str, basis: str | None
) -> None:
    ready = readiness(phone_system(colours, queue, rule), queue)
    assert ready.state == state
    resting = [text for text in ready.verdict.assumptions if text.startswith("Ready by assumption")]
    assert len(resting) == (1 if basis else 0)
    assert (basis or "") in "".join(resting)


def test_every_call_queue_is_judged_and_no_park() -> None:
    snapshot = office(REQUIRED, Queue("701", "Park 1", park=True), Queue("8001"))
    judged = judge_all(snapshot)
    assert list(judged) == ["8000", "8001"]
    assert judged["8000"].readiness.state is ReadinessState.NOT_READY
