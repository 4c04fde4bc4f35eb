"""Which answering rule is in effect at another time, and where that is not what the phone system says now."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.destination import EndKind
from queuewatch.failover.drill.drill import drill, drill_clock
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import (
    OFF,
    Clock,
    Forward,
    Part,
    Problem,
    Queue,
    QueueRules,
    Rule,
    Snapshot,
    Span,
    TimeFrame,
    UnreadableSpan,
    User,
)
from queuewatch.failover.schedule.at_time import (
    Moment,
    at_time,
    by_clock_of,
    disagreement,
    time_zones,
    wall_time,
    with_disagreements,
)
from queuewatch.failover.simulate import judge, judge_all, simulate
from queuewatch.failover.verdict import Outcome
from queuewatch.report.status import instant, make_report
from queuewatch.report.wording import asked_time
from tests.failover.build import CELL, agent, default, office, to
from tests.failover.systems import snapshots

SALES = Queue("8000", "Sales", require_agents=True)
WEEKDAYS = frozenset({1, 2, 3, 4, 5})
HOURS = TimeFrame("Office Hours", (Span(time(8), time(17), WEEKDAYS),))
HOLIDAYS = TimeFrame("Holidays", (Span(first=date(2026, 12, 24), last=date(2026, 12, 26)),))
LOST = TimeFrame("Lost", (UnreadableSpan("an entry of the time frame Lost could not be read"),))

MONDAY = Moment(datetime(2026, 11, 23, 10))
EVENING = Moment(datetime(2026, 11, 23, 20))
SHARP = Moment(datetime(2026, 11, 23, 17))
CHRISTMAS = Moment(datetime(2026, 12, 25, 10))

EVERYDAY = default(offline=to(CELL))


def company(
    *rules: Rule,
    frames: Iterable[TimeFrame] | None = (HOURS, HOLIDAYS, LOST),
    own: Iterable[TimeFrame] | None = None,
    zone: str = "US/Central",
) -> Snapshot:
    user = User("8000", time_zone=zone, zone=ZoneInfo(zone) if zone else None)
    return replace(
        office(SALES, agents=[agent("grey")], rules={"8000": rules}, users=[user]),
        time_frames=None if frames is None else {frame.name: frame for frame in frames},
        user_time_frames={} if own is None else {"8000": {frame.name: frame for frame in own}},
    )


def rule(frame: str, order: int = 0, *, offline: Forward = OFF, enabled: bool = True) -> Rule:
    return Rule(frame, order=order, offline=offline, enabled=enabled)


def active_now(frame: str) -> Rule:
    return replace(rule(frame), active=True)


OWN_REFUSED = Problem(Part.TIME_FRAMES, "User 8000: The time frames could not be read: The token may not.")


def then(snapshot: Snapshot, moment: Moment) -> str | None:
    """The rule in effect then, or in brackets why it cannot be told."""
    known = at_time(snapshot, moment).rules_of("8000")
    if not known.known:
        return f"[{known.problem}]"
    return known.in_effect.time_frame if known.in_effect else None


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (MONDAY, "Office Hours"),
        (EVENING, "*"),
        (CHRISTMAS, "Holidays"),
        (Moment(datetime(2026, 12, 26, 10)), "Holidays"),
    ],
)
def test_the_first_rule_by_order_whose_time_frame_holds(moment: Moment, expected: str) -> None:
    snapshot = company(EVERYDAY, rule("Office Hours", 1), rule("Holidays", 0))
    assert then(snapshot, moment) == expected


def test_what_the_phone_system_marks_now_counts_for_nothing_then() -> None:
    active = replace(rule("Holidays"), active=True)
    assert then(company(active, EVERYDAY), MONDAY) == "*"
    assert simulate(at_time(company(active, EVERYDAY), MONDAY), SALES).outcome is Outcome.FAILS_OVER


def test_a_rule_that_is_switched_off_does_not_count() -> None:
    assert then(company(rule("Office Hours", enabled=False), EVERYDAY), MONDAY) == "*"
    assert then(company(rule("Office Hours"), replace(EVERYDAY, enabled=False)), EVENING) is None


def test_nothing_but_the_marks_moves() -> None:
    snapshot = company(EVERYDAY, rule("Office Hours"))
    moved = at_time(snapshot, MONDAY)
    assert replace(moved, rules=snapshot.rules) == snapshot
    before, after = snapshot.rules_of("8000"), moved.rules_of("8000")
    assert [replace(one, active=False) for one in after.rules] == [
        replace(one, active=False) for one in before.rules
    ]


@pytest.mark.parametrize(
    ("snapshot", "moment", "why"),
    [
        (
            company(EVERYDAY, rule("Office Hours")),
            SHARP,
            "whether Office Hours still holds at 17:00 sharp is not documented",
        ),
        (company(EVERYDAY, rule("Lost")), MONDAY, "an entry of the time frame Lost could not be read"),
        (
            company(EVERYDAY, active_now("Gone"), own=()),
            MONDAY,
            "no list has the time frame Gone, on which the rule in effect now stands",
        ),
        (
            replace(company(EVERYDAY, rule("Gone"), own=()), time_frames_partial=frozenset({""})),
            MONDAY,
            "the time frames of the domain could not all be read",
        ),
        (
            replace(company(EVERYDAY, rule("Gone"), own=()), time_frames_partial=frozenset({"8000"})),
            MONDAY,
            "the time frames of its user could not all be read",
        ),
        (
            replace(company(EVERYDAY, rule("Office Hours")), problems=(OWN_REFUSED,)),
            MONDAY,
            "the time frames of its user could not all be read",
        ),
        (
            company(EVERYDAY, rule("Gone")),
            MONDAY,
            "the time frame Gone is none of the domain's, and those of its user are not known",
        ),
        (company(EVERYDAY, rule("Gone"), frames=None), MONDAY, "the time frames of the domain are not known"),
        (
            company(EVERYDAY, rule("Holidays"), rule("Office Hours")),
            Moment(datetime(2026, 12, 25, 9)),
            "which of Holidays and Office Hours comes first is not known",
        ),
    ],
)
def test_where_it_cannot_be_told_the_verdict_is_uncertain_and_says_why(
    snapshot: Snapshot, moment: Moment, why: str
) -> None:
    changed = replace(snapshot.rules_of("8000").rules[1], offline=to("vmail_8000"))
    others = (*snapshot.rules_of("8000").rules[:1], changed, *snapshot.rules_of("8000").rules[2:])
    verdict = simulate(at_time(replace(snapshot, rules={"8000": QueueRules(others)}), moment), SALES)
    assert verdict.outcome is Outcome.UNCERTAIN
    assert verdict.sentence.startswith(f"Uncertain: {why}. ")
    assert not any("switched off" in said for said in verdict.assumptions)


def test_a_rule_that_could_not_be_read_may_be_the_one_then() -> None:
    known = QueueRules((EVERYDAY,), complete=False)
    moved = at_time(replace(company(), rules={"8000": known}), MONDAY)
    assert (
        moved.rules_of("8000").problem == "one of its answering rules could not be read and may be in effect then"
    )


def test_rules_that_are_not_known_stay_so() -> None:
    unread = replace(company(), rules={"8000": QueueRules(problem="refused")})
    assert at_time(unread, MONDAY) == unread
    assert at_time(replace(company(), rules={}), MONDAY).rules == {}


def test_what_comes_after_a_rule_that_holds_does_not_matter() -> None:
    assert then(company(rule("Office Hours", 0), rule("Lost", 1), EVERYDAY), MONDAY) == "Office Hours"


def test_a_doubt_between_rules_that_do_the_same_does_not_matter() -> None:
    same = replace(rule("Lost", offline=to(CELL)), always=to("queue_8000"), busy=Forward(False, ("vmail_8000",)))
    assert then(company(same, EVERYDAY), MONDAY) == "*"
    assert "could not be read" in str(then(company(replace(same, busy=to("vmail_8000")), EVERYDAY), MONDAY))
    assert then(company(rule("Lost"), replace(EVERYDAY, enabled=False)), MONDAY) is None


def test_default_comes_last_among_rules_of_the_same_number() -> None:
    assert then(company(EVERYDAY, rule("Office Hours", 99)), MONDAY) == "Office Hours"


def test_where_ones_own_time_frame_and_the_domains_of_that_name_differ_it_cannot_be_told() -> None:
    later = TimeFrame("Office Hours", (Span(time(9), time(17), WEEKDAYS),))
    snapshot = company(rule("Office Hours"), EVERYDAY, own=[later])
    assert then(snapshot, MONDAY) == "Office Hours"
    assert then(snapshot, EVENING) == "*"
    between = Moment(datetime(2026, 11, 23, 8, 30))
    assert then(snapshot, between) == (
        "[its user and the domain both have a time frame Office Hours, and they differ then]"
    )
    # The same once a rule that has nothing to do with it is there as well.
    another = (*snapshot.rules_of("8000").rules, rule("Holidays", 5))
    assert then(replace(snapshot, rules={"8000": QueueRules(another)}), between) == then(snapshot, between)
    assert then(company(rule("Office Hours"), EVERYDAY, own=[HOURS]), between) == "Office Hours"


def test_a_rule_whose_time_frame_was_deleted_never_applies() -> None:
    assert then(company(rule("Gone"), EVERYDAY, own=()), MONDAY) == "*"
    assert then(company(rule("Gone"), rule("Office Hours", 1), EVERYDAY, own=()), MONDAY) == "Office Hours"
    assert then(company(rule("Gone"), own=()), MONDAY) is None


def test_default_is_last_whatever_its_number() -> None:
    first = replace(EVERYDAY, order=1)
    assert then(company(first, rule("Office Hours", 5)), MONDAY) == "Office Hours"
    assert then(company(first, rule("Office Hours", 5)), EVENING) == "*"
    assert [one.time_frame for one in company(first, rule("Office Hours", 5)).rules_of("8000").in_order] == [
        "Office Hours",
        "*",
    ]


def across_the_country(zone: str = "US/Pacific", there: User | None = None) -> Snapshot:
    """Sales in Dallas fails over to Portland, open 8 to 17, where voicemail is switched off otherwise."""
    portland = Queue("8001", "Portland", require_agents=True)
    open_there = Rule("Office Hours", always=to("queue_8001"))
    users = [
        User("8000", time_zone="US/Central", zone=ZoneInfo("US/Central")),
        there or User("8001", time_zone=zone, zone=ZoneInfo(zone)),
        User("2001", voicemail=False),
    ]
    return replace(
        office(
            SALES,
            portland,
            agents=[agent("grey"), agent("green", "1002", "8001")],
            rules={
                "8000": [default(offline=to("queue_8001"))],
                "8001": [open_there, default(always=to("vmail_2001"))],
            },
            users=users,
        ),
        time_frames={"Office Hours": HOURS},
        user_time_frames={"8001": {}},
    )


NINE = datetime(2026, 12, 1, 9)


@pytest.mark.parametrize("moment", [Moment(NINE), Moment(NINE.replace(tzinfo=timezone(timedelta(hours=-6))))])
def test_the_whole_way_of_a_call_is_judged_at_one_instant(moment: Moment) -> None:
    snapshot = across_the_country()
    report = make_report(snapshot, snapshot.call_queues, at=moment)
    asked = report.judgements["8000"].now
    assert (asked.outcome, asked.end.kind) == (Outcome.FAILS_OVER, EndKind.DEAD_END)
    if not moment.is_instant:
        # Portland itself, asked about nine o'clock, means its own.
        assert report.judgements["8001"].now.outcome is Outcome.RINGS
        assert [instant(report.moments[queue]) for queue in ("8000", "8001")] == [
            "2026-12-01T15:00:00Z",
            "2026-12-01T17:00:00Z",
        ]
    later = Moment(datetime(2026, 12, 1, 10, 30))
    assert make_report(snapshot, (SALES,), at=later).judgements["8000"].now.end.kind is EndKind.AGENTS


def test_a_clock_elsewhere_that_is_not_known_leaves_it_open() -> None:
    snapshot = across_the_country(there=User("8001", time_zone="Mars/Base"))
    verdict = make_report(snapshot, (SALES,), at=Moment(NINE)).judgements["8000"].now
    assert verdict.end.kind is EndKind.UNKNOWN
    both = replace(snapshot, users={queue: User(queue, time_zone="Mars/Base") for queue in ("8000", "8001")})
    assert make_report(both, (SALES,), at=Moment(NINE)).judgements["8000"].now.end.kind is EndKind.AGENTS
    moment = by_clock_of(both, Moment(NINE), "8000")
    assert (moment.is_instant, moment.words, wall_time(snapshot, "8001", moment)) == (
        False,
        "Tue 2026-12-01 09:00",
        NINE,
    )
    unlike = replace(both, users={**(both.users or {}), "8001": User("8001", time_zone="Mars/Dome")})
    why = at_time(unlike, moment).rules_of("8001").problem
    assert why == "the time zone of its user, “Mars/Dome”, is not known here"


def test_a_time_that_comes_twice_is_the_first_of_the_two_and_that_is_said() -> None:
    moment = by_clock_of(across_the_country(), Moment(datetime(2026, 11, 1, 1, 30)), "8000")
    assert instant(moment) == "2026-11-01T06:30:00Z"
    report = make_report(across_the_country(), (SALES,), at=Moment(datetime(2026, 11, 1, 1, 30)))
    assert (
        "That is 2026-11-01 06:30 UTC for every queue on the way of a call, the first of two: the clocks are put "
        "back then." in asked_time(report)
    )


@pytest.mark.parametrize(
    ("scope", "domain", "clock"),
    [
        (DrillScope(sites=("Portland",)), None, "US/Pacific"),
        (DrillScope(sites=("portland",)), Clock("US/Central"), "US/Pacific"),
        (DrillScope(sites=("Dallas",)), None, "US/Central"),
        (DrillScope(sites=("Dallas", "Portland")), Clock("US/Eastern"), "US/Eastern"),
        (DrillScope(everything=True), Clock("US/Eastern"), "US/Eastern"),
        (DrillScope(everything=True), None, None),
    ],
)
def test_a_drill_has_one_instant_by_the_clock_of_the_dark_site_or_else_of_the_domain(
    scope: DrillScope, domain: Clock | None, clock: str | None
) -> None:
    users = {
        "1001": User("1001", site="Dallas", time_zone="US/Central", zone=ZoneInfo("US/Central")),
        "1002": User("1002", site="Portland", time_zone="US/Mountain", zone=ZoneInfo("US/Mountain")),
    }
    snapshot = replace(
        across_the_country(),
        users={**(across_the_country().users or {}), **users},
        site_clocks={"portland": Clock("US/Pacific", ZoneInfo("US/Pacific"))},
        domain_clock=domain,
    )
    found = drill_clock(snapshot, scope)
    assert (found.name if found else None) == clock
    ran = drill(snapshot, scope, Moment(NINE))
    assert ran.at is not None
    assert ran.at.clock == clock
    hours = {"US/Pacific": 17, "US/Central": 15}.get(clock or "")
    assert (ran.at.at.astimezone(UTC).hour if ran.at.is_instant else None) == hours


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        # Daylight saving ends on 1 November 2026: 08:00 in Dallas is 13:00 UTC before and 14:00 after.
        (datetime(2026, 10, 30, 13, 0, tzinfo=UTC), "Office Hours"),
        (datetime(2026, 10, 30, 12, 59, tzinfo=UTC), "*"),
        (datetime(2026, 11, 2, 13, 59, tzinfo=UTC), "*"),
        (datetime(2026, 11, 2, 14, 0, tzinfo=UTC), "Office Hours"),
        # Saturday in London is Friday in Dallas.
        (datetime(2026, 12, 24, 5, 30, tzinfo=UTC), "*"),
        (datetime(2026, 12, 24, 6, 0, tzinfo=UTC), "Holidays"),
    ],
)
def test_an_instant_is_taken_by_the_clock_of_the_queues_user(instant: datetime, expected: str) -> None:
    snapshot = company(EVERYDAY, rule("Office Hours", 1), rule("Holidays", 0))
    assert then(snapshot, Moment(instant)) == expected


def test_an_instant_needs_a_time_zone_where_a_time_of_day_does_not() -> None:
    snapshot = company(EVERYDAY, rule("Office Hours"), zone="")
    instant = Moment(datetime(2026, 11, 23, 16, tzinfo=UTC))
    assert then(snapshot, MONDAY) == "Office Hours"
    assert then(snapshot, instant) == "[its user has no time zone]"
    assert then(replace(snapshot, users=None), instant) == "[the time zone of its user is not known]"
    odd = replace(snapshot, users={"8000": User("8000", time_zone="Mars/Base")})
    assert then(odd, instant) == "[the time zone of its user, “Mars/Base”, is not known here]"
    assert then(company(EVERYDAY, zone=""), instant) == "*"
    always = TimeFrame("Office Hours", always=True)
    assert then(company(EVERYDAY, rule("Office Hours"), frames=[always], zone=""), instant) == "Office Hours"


def test_an_instant_that_a_clock_cannot_show_is_said() -> None:
    snapshot = company(EVERYDAY, rule("Office Hours"))
    assert then(snapshot, Moment(datetime.min.replace(tzinfo=UTC))) == "[there is no such time in US/Central]"


def test_the_clocks_and_zones_of_queues() -> None:
    snapshot = company(EVERYDAY)
    instant = Moment(datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert wall_time(snapshot, "8000", instant) == datetime(2026, 7, 1, 7)
    assert wall_time(snapshot, "8001", instant) is None
    assert time_zones(snapshot, ["8000", "8001", "8000"]) == ("US/Central",)


# Monday, 10:00 in Dallas.
TAKEN = datetime(2026, 11, 23, 16, tzinfo=UTC)


def now(*rules: Rule, taken_at: datetime = TAKEN, zone: str = "US/Central") -> Snapshot:
    return replace(company(*rules, zone=zone), taken_at=taken_at)


def active(of: Rule, on: bool = True) -> Rule:
    return replace(of, active=on)


def test_where_the_time_frames_choose_another_rule_that_is_said_and_the_phone_systems_word_is_taken() -> None:
    snapshot = now(rule("Office Hours"), EVERYDAY)
    said = (
        "By the time frames of Sales (8000) the rule Office Hours would be in effect; "
        "the phone system says Default, and its word is taken."
    )
    assert disagreement(snapshot, "8000") == said
    judged = judge(snapshot, SALES)
    noted = with_disagreements(snapshot, judged)
    assert noted.assumptions == (said, *judged.assumptions)
    assert replace(noted.now, assumptions=judged.now.assumptions) == judged.now


def test_a_phone_system_that_marks_no_rule_is_quoted_so() -> None:
    snapshot = now(rule("Office Hours"), active(EVERYDAY, False))
    assert disagreement(snapshot, "8000").endswith(
        "would be in effect; the phone system marks none, so Default is taken."
    )
    snapshot = now(active(rule("Holidays")), active(replace(EVERYDAY, enabled=False), False))
    assert disagreement(snapshot, "8000") == (
        "By the time frames of Sales (8000) none of the rules would be in effect; "
        "the phone system says Holidays, and its word is taken."
    )


@pytest.mark.parametrize(
    "snapshot",
    [
        now(active(rule("Office Hours")), active(EVERYDAY, False)),
        now(EVERYDAY),
        now(rule("Lost"), EVERYDAY),
        now(rule("Office Hours"), EVERYDAY, zone=""),
        replace(now(rule("Office Hours"), EVERYDAY), time_frames=None),
        replace(now(), rules={"8000": QueueRules((rule("Office Hours"), EVERYDAY), problem="unclear")}),
        replace(now(), rules={"8000": QueueRules((rule("Office Hours"), EVERYDAY), complete=False)}),
    ],
)
def test_where_both_agree_or_it_cannot_be_told_nothing_is_said(snapshot: Snapshot) -> None:
    assert disagreement(snapshot, "8000") == ""
    judged = judge(snapshot, SALES)
    assert with_disagreements(snapshot, judged) is judged


@pytest.mark.parametrize("minutes", [-9, 0, 9])
def test_a_change_of_rule_some_minutes_ago_or_ahead_is_held_against_nobody(minutes: int) -> None:
    opening = datetime(2026, 11, 23, 14, tzinfo=UTC)
    for rules in ((rule("Office Hours"), EVERYDAY), (active(rule("Office Hours")), active(EVERYDAY, False))):
        assert disagreement(now(*rules, taken_at=opening + timedelta(minutes=minutes)), "8000") == ""


def test_it_is_said_of_every_queue_on_the_way_of_a_call() -> None:
    support = Queue("8001", "Support")
    snapshot = now(default(offline=to("queue_8001")))
    snapshot = replace(
        snapshot,
        queues={**snapshot.queues, "8001": support},
        rules={**snapshot.rules, "8001": QueueRules((rule("Office Hours"), EVERYDAY))},
        users={**(snapshot.users or {}), "8001": User("8001", time_zone="UTC", zone=UTC)},
    )
    said = with_disagreements(snapshot, judge(snapshot, SALES)).now.assumptions
    assert said[0].startswith("By the time frames of Support (8001) the rule Office Hours")


frames = st.lists(st.sampled_from(("Holidays", "Lunch")), unique=True).map(
    lambda names: {name: TimeFrame(name, (Span(time(8), time(17)),)) for name in names}
)
moments = st.datetimes() | st.datetimes(timezones=st.just(UTC))


@settings(max_examples=40)
@given(snapshots(), st.none() | frames, frames, moments)
def test_every_phone_system_can_be_judged_at_every_time(
    snapshot: Snapshot, shared: dict[str, TimeFrame] | None, own: dict[str, TimeFrame], at: datetime
) -> None:
    framed = replace(snapshot, time_frames=shared, user_time_frames={"8000": own})
    moved = at_time(framed, Moment(at))
    assert set(judge_all(moved)) == {queue.extension for queue in snapshot.call_queues}
    for queue, known in moved.rules.items():
        before = snapshot.rules_of(queue)
        assert known.rules == tuple(
            replace(one, active=two.active) for one, two in zip(before.rules, known.rules, strict=True)
        )
        assert before.known or known.problem == before.problem
        chosen = known.in_effect
        assert not known.known or chosen is None or chosen.enabled
    for known_queue in framed.call_queues:
        sentence = disagreement(framed, known_queue.extension)
        assert not sentence or sentence.endswith(".")
