"""An audit at 03:00 and one at noon find the same, and say when it is so."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.forwards import phones_behind_forwards
from queuewatch.failover.model import (
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
from queuewatch.failover.schedule.periods import frame_words, situations
from tests.failover.build import CELL, agent, default, office, to

WEEKDAYS = frozenset({1, 2, 3, 4, 5})
NIGHTS = TimeFrame("After Hours", (Span(time(17), time(8), WEEKDAYS),))
CHRISTMAS = TimeFrame("Holidays", (Span(first=date(2026, 12, 24), last=date(2026, 12, 26)),))
PUBLIC = TimeFrame("Holidays", (UnreadableSpan("Holidays goes by public holidays"),))
SALES = Queue("8000", "Sales", require_agents=True)
NO = replace(SALES, require_agents=False)
SUPPORT = Queue("8001", "Support", require_agents=True)
DALLAS, PORTLAND = ZoneInfo("US/Central"), ZoneInfo("US/Pacific")
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


def company(
    *rules: Rule,
    frames: Iterable[TimeFrame] = (NIGHTS, CHRISTMAS),
    queue: Queue = SALES,
    support: Iterable[Rule] = (default(offline=to(CELL)),),
) -> Snapshot:
    """Sales in Dallas and Support in Portland."""
    snapshot = office(
        queue,
        SUPPORT,
        agents=[agent("green"), agent("green", "1002", "8001")],
        rules={"8000": rules, "8001": support},
        users=[
            User("8000", time_zone="US/Central", zone=DALLAS),
            User("8001", time_zone="US/Pacific", zone=PORTLAND),
            User("1001", voicemail=False),
        ],
    )
    return replace(
        snapshot,
        taken_at=MONDAY,
        time_frames={frame.name: frame for frame in frames},
        user_time_frames={"8000": {}, "8001": {}},
    )


def nights(**forwards: object) -> Rule:
    return replace(Rule("After Hours", order=1), **forwards)


def holds(name: str, wall: datetime) -> bool:
    """The clock of a phone system that takes a night that began on a weekday to its end."""
    match name:
        case "*":
            return True
        case "After Hours":
            evening = wall.time() >= time(17) and wall.isoweekday() <= 5
            return evening or (wall.time() < time(8) and 2 <= wall.isoweekday() <= 6)
        case "Holidays":
            return date(2026, 12, 24) <= wall.date() <= date(2026, 12, 26)
        case _:
            return False


def as_marked(snapshot: Snapshot, at: datetime) -> Snapshot:
    """The phone system at that minute, with the marks that it would then send."""
    rules = {}
    for queue, known in snapshot.rules.items():
        user = (snapshot.users or {})[queue]
        wall = at.astimezone(user.zone)
        active = next((rule for rule in known.in_order if rule.enabled and holds(rule.time_frame, wall)), None)
        rules[queue] = QueueRules(tuple(replace(rule, active=rule is active) for rule in known.rules))
    return replace(snapshot, taken_at=at, rules=rules)


def said(snapshot: Snapshot) -> frozenset[Finding]:
    return frozenset(audit(snapshot))


DEAD_AT_NIGHT = nights(offline=to("vmail_1001"))
DIVERTED = nights(always=to(CELL))
COMPANIES = {
    "diverted at night, Require Agents No": company(DIVERTED, default(offline=to(CELL)), queue=NO),
    "diverted at night, a loop by day": company(DIVERTED, default(offline=to("queue_8000"))),
    "diverted at night, a dead end by day": company(DIVERTED, default(offline=to("vmail_1001"))),
    "a dead end at night": company(DEAD_AT_NIGHT, default(offline=to(CELL))),
    "nothing at night": company(nights(), default(offline=to(CELL))),
    "a dead end on holidays": company(Rule("Holidays", always=to("vmail_1001")), default(offline=to(CELL))),
    "a backup that is dead at night": company(
        default(offline=to("queue_8001")), support=(DEAD_AT_NIGHT, default(offline=to(CELL)))
    ),
    "a rule of a deleted time frame": company(Rule("Gone", always=to("vmail_1001")), default(offline=to(CELL))),
    "no Default": company(nights(offline=to(CELL)), replace(default(offline=to(CELL)), enabled=False)),
    "well set up": company(DIVERTED, default(offline=to(CELL))),
}


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("first", [MONDAY, datetime(2026, 12, 20, 6, tzinfo=UTC)])
def test_at_every_minute_of_a_week_the_same_is_found(name: str, first: datetime) -> None:
    snapshot = COMPANIES[name]
    found = said(as_marked(snapshot, first))
    seen = set()
    for minute in range(7 * 24 * 60):
        at = first + timedelta(minutes=minute)
        marked = as_marked(snapshot, at)
        # An audit looks at the marks and the day: the minutes that share both need one.
        key = (tuple(rules.in_effect and rules.in_effect.time_frame for rules in marked.rules.values()), at.date())
        if key not in seen:
            seen.add(key)
            assert said(marked) == found, at


def worst(snapshot: Snapshot, queue: str = "8000") -> dict[str, tuple[str, str]]:
    return {
        one.code: (one.severity.value, one.when)
        for one in audit(snapshot)
        if one.queue == queue and one.severity is not Severity.INFO
    }


IN_DEFAULT = "in Default: while no other rule applies"
AT_NIGHT = "in After Hours: Mon-Fri 17:00-08:00"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("diverted at night, Require Agents No", {"QW101": ("error", IN_DEFAULT)}),
        ("diverted at night, a loop by day", {"QW103": ("error", IN_DEFAULT)}),
        ("diverted at night, a dead end by day", {"QW104": ("error", IN_DEFAULT)}),
        ("a dead end at night", {"QW104": ("error", AT_NIGHT)}),
        ("nothing at night", {"QW107": ("error", AT_NIGHT)}),
        ("a dead end on holidays", {"QW115": ("error", "in Holidays: 2026-12-24 to 2026-12-26")}),
        ("a backup that is dead at night", {"QW104": ("error", f"while Support (8001) is {AT_NIGHT}")}),
        ("a rule of a deleted time frame", {"QW124": ("warning", "")}),
        ("no Default", {"QW102": ("error", "while no rule is in effect")}),
        ("well set up", {}),
    ],
)
def test_every_rule_is_looked_at_and_a_finding_says_when(name: str, expected: dict[str, tuple[str, str]]) -> None:
    snapshot = COMPANIES[name]
    assert worst(snapshot) == expected
    for one in audit(snapshot):
        assert one.when == "" or one.why.endswith(f" ({one.when}).")


def test_public_holidays_come_some_day() -> None:
    rules = (Rule("Holidays", always=to("vmail_1001")), default(offline=to(CELL)))
    assert worst(company(*rules, frames=[PUBLIC])) == {
        "QW115": ("error", "in Holidays: times that are not worked out")
    }


def test_what_is_past_is_not_looked_at() -> None:
    past = TimeFrame("Holidays", (Span(first=date(2025, 12, 24), last=date(2025, 12, 26)),))
    rules = (Rule("Holidays", always=to("vmail_1001")), default(offline=to(CELL)))
    assert worst(company(*rules, frames=[past])) == {}
    yearly = TimeFrame("Holidays", (Span(first=date(2025, 12, 24), last=date(2025, 12, 26), yearly=True),))
    assert worst(company(*rules, frames=[yearly])) == {
        "QW115": ("error", "in Holidays: every year 12-24 to 12-26")
    }


def test_a_rule_of_a_deleted_time_frame_that_the_phone_system_marks_counts_now() -> None:
    marked = replace(Rule("Gone", always=to("vmail_1001")), active=True)
    assert worst(company(marked, replace(default(offline=to(CELL)), active=False))) == {
        "QW115": ("error", "in Gone, whose times are not known")
    }


def test_while_times_are_unread_only_default_is_known_to_come_and_refused_ones_are_a_warning() -> None:
    rules = (nights(offline=to("vmail_1001")), default(offline=to(CELL)))
    unread = replace(company(*rules), time_frames=None)
    assert worst(unread) == {}
    refused = replace(unread, problems=(Problem(Part.TIME_FRAMES, "The time frames could not be read: no."),))
    assert worst(refused) == {"QW104": ("warning", "in After Hours, whose times are not known")}


def test_two_rules_are_looked_at_together_only_where_they_are_in_effect_together() -> None:
    # Sales sends its calls to Support by day, Dallas time; Support is dead by night, Portland time: from 8 to 10
    # in the morning of Dallas both are so.
    overlap = company(
        nights(offline=to(CELL)),
        default(offline=to("queue_8001")),
        support=(DEAD_AT_NIGHT, default(offline=to(CELL))),
    )
    assert worst(overlap) == {
        "QW104": ("error", f"{IN_DEFAULT}, while Support (8001) is {AT_NIGHT}"),
    }
    users = {**(overlap.users or {}), "8001": User("8001", time_zone="US/Central", zone=DALLAS)}
    # On one clock they never are, but for the weekend mornings of which the vendor does not say whose they are.
    days = TimeFrame("After Hours", (Span(time(0), time(8), WEEKDAYS), Span(time(17), time(23, 59), WEEKDAYS)))
    assert worst(replace(overlap, users=users, time_frames={"After Hours": days})) == {}


def test_situations_are_few_and_one_where_every_queue_has_default_alone() -> None:
    assert len(situations(company(default(offline=to(CELL))))) == 1
    assert len(situations(COMPANIES["a dead end at night"])) == 3


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ((Span(time(8), time(17), WEEKDAYS),), "Mon-Fri 08:00-17:00"),
        (tuple(Span(time(8), time(17), frozenset({day})) for day in range(1, 6)), "Mon-Fri 08:00-17:00"),
        ((Span(time(17), time(23, 59), frozenset({0, 6})),), "Sat-Sun 17:00-24:00"),
        ((Span(time(9), time(12), frozenset({1, 3})),), "Mon, Wed 09:00-12:00"),
        ((Span(),), "every day"),
        ((Span(first=date(2026, 12, 24), last=date(2026, 12, 24)),), "2026-12-24"),
        ((Span(first=date(2026, 12, 24)), Span(last=date(2027, 1, 1))), "from 2026-12-24, until 2027-01-01"),
        ((Span(time(8), time(17), WEEKDAYS, inverted=True),), "not Mon-Fri 08:00-17:00"),
        (tuple(Span(time(hour), time(hour, 30)) for hour in range(5)),
         "every day 00:00-00:30, every day 01:00-01:30, every day 02:00-02:30, and 2 more"),
        ((), "never"),
    ],
)  # fmt: skip
def test_the_times_of_a_time_frame_in_words(spans: tuple[Span | UnreadableSpan, ...], words: str) -> None:
    assert frame_words(TimeFrame("X", spans)) == words


def test_a_rule_that_is_off_and_in_effect_leads_somewhere_whoever_asks_first() -> None:
    off = Rule("Holidays", enabled=False, active=True, offline=to("phone_1001x"))
    snapshot = company(off, Rule("After Hours", offline=to(CELL)), Rule("*", offline=to(CELL)))
    now, *others = situations(snapshot)
    assert others
    assert {phones_behind_forwards(other.snapshot) for other in others} == {frozenset()}
    assert phones_behind_forwards(now.snapshot) == {"1001x"}
