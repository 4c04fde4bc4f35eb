"""What becomes of every queue in a drill, when, and how that is said."""

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.drill.drill import WORST_FIRST, Drill, DrillOutcome, QueueDrill, drill
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.drill.summary import summary
from queuewatch.failover.drill.timeline import timeline
from queuewatch.failover.lag import NoticedAt
from queuewatch.failover.model import (
    Device,
    Part,
    Queue,
    QueueRules,
    Registration,
    Rule,
    Snapshot,
    Span,
    TimeFrame,
    User,
)
from queuewatch.failover.schedule.at_time import Moment
from queuewatch.report.drill import begins_words, drill_json, make_drill_report
from tests.failover.build import CELL, NOON, default, office, to
from tests.failover.systems import snapshots
from tests.failover.two_sites import (
    AUSTIN_IP,
    DALLAS_IP,
    HOME_IP,
    SALES,
    SUPPORT,
    app,
    company,
    outside,
    phone,
    seat,
)

DALLAS = DrillScope(sites=("Dallas",))
OFF = default()
TO_SUPPORT = default(offline=to("queue_8001"))
WAITS = replace(SALES, require_agents=False)


def at(seconds: float) -> NoticedAt:
    return NoticedAt(timedelta(seconds=seconds), NOON + timedelta(seconds=seconds))


AT_MOST = NoticedAt(timedelta(minutes=5))


def lasting(seconds: int) -> Device:
    """A phone of which only the length of its registration is known."""
    return replace(phone("1001", runs_out=None), expiry_seconds=seconds)


def sales(snapshot: Snapshot, scope: DrillScope = DALLAS) -> QueueDrill:
    return next(one for one in drill(snapshot, scope).queues if one.queue.extension == "8000")


ANA, BEN = seat("1001", name="Ana Lopez"), seat("1002", "red", name="Ben Ito")
AUSTIN = seat("1003", site="Austin", name="Hana Novák")


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        pytest.param(company(ANA, BEN), DrillOutcome.FAILS_OVER, id="When Offline"),
        pytest.param(company(ANA, rule=default(busy=to(CELL))), DrillOutcome.SENT_ON, id="When Busy"),
        pytest.param(company(ANA, rule=default(always=to(CELL))), DrillOutcome.SENT_ON, id="diverted anyway"),
        pytest.param(company(ANA, AUSTIN), DrillOutcome.HELD_OPEN, id="somebody elsewhere"),
        pytest.param(company(AUSTIN), DrillOutcome.ANSWERED, id="nobody there"),
        pytest.param(
            company(AUSTIN, seat("1004", "grey")), DrillOutcome.ANSWERED, id="who is there is Grey anyway"
        ),
        pytest.param(
            company(ANA, phones=(phone("1001"), app("1001m"))), DrillOutcome.HELD_OPEN, id="a mobile app"
        ),
        pytest.param(company(ANA, outside()), DrillOutcome.HELD_OPEN, id="an outside number"),
        pytest.param(company(ANA, queues=(WAITS, SUPPORT)), DrillOutcome.STRANDED, id="Require Agents is No"),
        pytest.param(
            company(ANA, rule=TO_SUPPORT, queues=(SALES, replace(SUPPORT, require_agents=False))),
            DrillOutcome.STRANDED,
            id="the last queue on the way strands them",
        ),
        pytest.param(company(ANA, rule=OFF), DrillOutcome.LOST, id="no forward"),
        pytest.param(company(ANA, rule=default(offline=to("queue_8000"))), DrillOutcome.LOST, id="loop"),
        pytest.param(company(ANA, rule=default(offline=to("user_1999"))), DrillOutcome.LOST, id="dead end"),
        pytest.param(
            company(
                ANA, rule=default(offline=to("user_1010")), users=(User("1010", site="Dallas", voicemail=False),)
            ),
            DrillOutcome.LOST,
            id="a person in the dark",
        ),
        pytest.param(
            company(ANA, rule=default(offline=to("vmail_1010")), users=(User("1010", site="Dallas"),)),
            DrillOutcome.FAILS_OVER,
            id="a voicemail box in the dark",
        ),
        pytest.param(company(ANA, rule=TO_SUPPORT), DrillOutcome.FAILS_OVER, id="on to a queue that fails over"),
        pytest.param(
            company(replace(ANA, registration=Registration.UNKNOWN)), DrillOutcome.UNCERTAIN, id="an unknown agent"
        ),
        pytest.param(company(ANA, rule=default(offline=to("park_701"))), DrillOutcome.UNCERTAIN, id="a park"),
    ],
)
def test_the_fate_of_a_queue(snapshot: Snapshot, expected: DrillOutcome) -> None:
    assert sales(snapshot).fate is expected


def test_who_holds_it_open_is_named_with_phone_and_site() -> None:
    phones = (phone("1001"), app("1001m"), phone("1002"), phone("1002wp", HOME_IP), phone("1004"))
    office = company(ANA, BEN, seat("1004"), outside(), AUSTIN, phones=phones)
    behind = sales(office, DrillScope(ips=(DALLAS_IP,)))
    assert [holder.words for holder in behind.holders] == [
        "Ana Lopez (mobile app 1001m, Dallas)",
        "Ben Ito (1002wp, Dallas)",
        "(214) 555-0142",
    ]
    assert behind.after.counts.unknown == 1


def test_what_is_in_doubt_is_said_in_the_sentence() -> None:
    office = company(ANA, phones=(phone("1001"), phone("1001wp", HOME_IP)))
    one = sales(office)
    assert one.fate is DrillOutcome.UNCERTAIN
    assert one.sentence.startswith(
        "Uncertain: the state of an agent is not known. If that agent is online, an agent"
    )
    assert one.sentence.endswith(
        "Ana Lopez: its phone at 203.0.113.10, which no other phone of Dallas uses, may be elsewhere."
    )


@pytest.mark.parametrize(
    ("snapshot", "begins"),
    [
        pytest.param(company(ANA, BEN, phones=(phone("1001", runs_out=18), phone("1002", runs_out=90))), at(90),
                     id="the last of its agents"),
        pytest.param(company(ANA, phones=(phone("1001", runs_out=18), phone("1001x", runs_out=221))), at(221),
                     id="the last of somebody's phones"),
        pytest.param(company(ANA, BEN, seat("1003"), phones=(phone("1001", runs_out=18), phone("1003"))), AT_MOST,
                     id="one not read"),
        pytest.param(company(ANA, phones=(phone("1001"), phone("1001x", runs_out=None))), AT_MOST,
                     id="one registration not known"),
        pytest.param(company(ANA, phones=(phone("1001"), phone("1001x", registered=None))), AT_MOST,
                     id="one not known to be registered"),
        pytest.param(company(ANA, phones=(phone("1001", runs_out=-1),)), AT_MOST, id="renewed since it was read"),
        pytest.param(company(ANA, phones=(lasting(3600),)), NoticedAt(timedelta(hours=1)), id="of its own length"),
        pytest.param(company(ANA, phones=(lasting(60),)), NoticedAt(timedelta(minutes=1)), id="of a short length"),
        pytest.param(company(ANA, BEN, seat("1003"), phones=(lasting(60), phone("1003"))), AT_MOST,
                     id="of a short length, and one not read"),
        pytest.param(company(ANA, phones=(replace(lasting(3600), expires_at=NOON),)),
                     NoticedAt(timedelta(hours=1)), id="renewed since it was read, of its own length"),
        pytest.param(company(ANA, phones=(lasting(0),)), AT_MOST, id="of no length"),
        pytest.param(company(ANA, BEN, seat("1003"), phones=(phone("1001", runs_out=1800), phone("1003"))),
                     NoticedAt(timedelta(minutes=30)),
                     id="one known to last longer than any should"),
        pytest.param(company(ANA, seat("1002", "grey"), phones=(phone("1001"), phone("1002"))), at(60),
                     id="who is Grey already does not matter"),
        pytest.param(company(seat("1001", "grey")), None, id="it fails over already"),
        pytest.param(company(ANA, rule=default(always=to(CELL)), phones=(phone("1001"),)), None,
                     id="it sends its calls on already"),
        pytest.param(company(ANA, AUSTIN, phones=(phone("1001"),)), None, id="it is held open"),
        pytest.param(
            company(seat("1003", "grey", site="Austin"), seat("1001", queue="8001"), rule=TO_SUPPORT,
                    phones=(phone("1001", runs_out=77),)),
            at(77), id="the change is further on"),
    ],
)  # fmt: skip
def test_when_it_begins(snapshot: Snapshot, begins: NoticedAt | None) -> None:
    assert sales(snapshot).begins == begins


def test_the_timeline_tells_each_agent_once_and_each_queue_after_its_last() -> None:
    office = company(
        ANA, replace(ANA, queue="8001"), BEN, AUSTIN, seat("1005", queue="8001"),
        phones=(phone("1001", runs_out=18), phone("1002", runs_out=90), phone("1003", AUSTIN_IP)),
    )  # fmt: skip
    events = timeline(drill(office, DALLAS))
    assert [(event.moment, event.text) for event in events] == [
        (at(0), "The power is lost: Dallas goes dark"),
        (at(18), "Ana Lopez turns Grey (Sales and Support)"),
        (at(90), "Ben Ito turns Grey (Sales)"),
        (at(90), "Sales (8000) is held open by Hana Novák (Austin)"),
        (AT_MOST, "Agent 1005 turns Grey (Support)"),
        (AT_MOST, "Support (8001) fails over to (214) 555-0100"),
    ]


GRACE = (
    "A phone that loses its power is believed connected, and rung in vain, until its registration runs out; "
    "the server adds some grace, whose length is not published."
)
FIVE_MINUTES = "Where a registration is not known, the portal's own figure stands: at most 5 minutes."


def test_a_length_of_ones_own_is_told_beside_the_portals_figure() -> None:
    ran = drill(company(ANA, phones=(lasting(3600),)), DALLAS)
    assert begins_words(ran.queues[0]) == "failover begins within 60 minutes (the portal says up to 5)"
    assert ran.assumptions[-1] == (
        "Where the end of a registration is not known, its own length bounds it; the portal says up to 5 minutes."
    )
    known = replace(lasting(3600), expires_at=NOON + timedelta(minutes=9))
    later = drill(company(ANA, phones=(known,)), DALLAS, Moment(datetime(2026, 12, 1, 9)))
    assert later.queues[0].begins == NoticedAt(timedelta(hours=1))


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=-119), "119 minutes behind"),
        (timedelta(minutes=150), "2 hours ahead of"),
        (timedelta(minutes=-7412), "5 days behind"),
    ],
)
def test_how_far_apart_two_clocks_are_is_told_in_words_that_are_read(ahead: timedelta, words: str) -> None:
    ran = drill(replace(company(ANA, phones=(phone("1001", runs_out=835),)), server_ahead=ahead), DALLAS)
    assert ran.assumptions[-1] == f"The times are those of the server's clock, which is {words} this machine's."


def test_moments_are_by_the_servers_clock() -> None:
    ahead = timedelta(minutes=10)
    snapshot = replace(company(ANA, phones=(phone("1001", runs_out=835),)), server_ahead=ahead)
    ran = drill(snapshot, DALLAS)
    assert ran.queues[0].begins == NoticedAt(timedelta(seconds=235), NOON + timedelta(seconds=835))
    assert timeline(ran)[0].moment.at == NOON + ahead
    assert ran.assumptions[-1] == (
        "The times are those of the server's clock, which is 10 minutes ahead of this machine's."
    )


def test_an_outside_number_never_goes_offline_so_no_moment_is_promised() -> None:
    snapshot = company(ANA, outside(), phones=(phone("1001"),))
    ran = drill(snapshot, DrillScope(everything=True))
    (told,) = (one for one in ran.queues if one.queue.extension == "8000")
    assert begins_words(told) == (
        "failover begins only once the outside number is logged out: it never goes offline by itself"
    )
    assert [event.who for event in timeline(ran)] == ["", "Ana Lopez"]
    written = json.loads(drill_json(make_drill_report(ran, run_by="me")))["queues"]
    begins = {queue["queue"]: queue["begins"] for queue in written}
    assert begins["8000"] == {"at": None, "in_seconds": None, "at_most_seconds": None}
    assert (
        "An outside number never goes offline by itself: when (214) 555-0142 would turn Grey, nobody can say."
        in ran.assumptions
    )


def test_what_the_moments_rest_on_is_said_once() -> None:
    known = company(ANA, BEN, phones=(phone("1001"), phone("1002")))
    assert drill(known, DALLAS).assumptions == (GRACE,)
    assert drill(company(ANA), DALLAS).assumptions[1:] == (GRACE, FIVE_MINUTES)
    assert drill(company(AUSTIN), DALLAS).assumptions == ()
    late = replace(known, read_at={Part.DEVICES: NOON + timedelta(minutes=2)})
    assert drill(late, DALLAS).assumptions[1].startswith("The phones were not all read at the moment")


def of(fates: list[tuple[str, Rule | None, str]], max_wait: int = 0) -> Drill:
    """A drill of Dallas: queues by name, rule (none: Require Agents is No) and place of their agents."""
    queues, rows, rules = [], [], {}
    for place, (name, rule, where) in enumerate(fates):
        queue = str(8000 + place)
        queues.append(Queue(queue, name, require_agents=rule is not None, max_wait_minutes=max_wait))
        rules[queue] = [rule or default()]
        sites = {"dallas": ["Dallas"], "austin": ["Austin"], "both": ["Dallas", "Austin"], "": []}[where]
        rows += [seat(f"1{place}0{nth}", queue=queue, site=site, name=f"A{nth}") for nth, site in enumerate(sites)]
    return drill(office(*queues, agents=rows, rules=rules), DALLAS)


FAILS, BUSY = default(offline=to(CELL)), default(busy=to(CELL))


@pytest.mark.parametrize(
    ("fates", "line"),
    [
        ([], "This domain has no call queues."),
        ([("Sales", FAILS, "dallas")], "If Dallas goes dark: Sales fails over."),
        ([("Sales", FAILS, "austin")], "If Dallas goes dark: no queue is affected."),
        ([("A", FAILS, "dallas"), ("B", FAILS, "dallas")], "If Dallas goes dark: both queues fail over."),
        ([("A", FAILS, "dallas")] * 3, "If Dallas goes dark: all 3 queues fail over."),
        (
            [("A", FAILS, "dallas"), ("Claims", None, "dallas")],
            "If Dallas goes dark: 1 of 2 queues fails over, Claims' callers would wait for ever.",
        ),
        (
            [*[("A", FAILS, "dallas")] * 3, ("Support", FAILS, "both"), ("Billing", None, "dallas")],
            "If Dallas goes dark: 3 of 5 queues fail over, Support is held open by A1 at Austin, "
            "Billing's callers would wait for ever.",
        ),
        (
            [("A", FAILS, "both"), ("B", FAILS, "both"), ("C", FAILS, "both"), ("D", FAILS, "both")],
            "If Dallas goes dark: 4 queues are held open (A, B and 2 more).",
        ),
        (
            [("A", OFF, "dallas"), ("B", OFF, "dallas"), ("C", BUSY, "dallas"), ("", FAILS, "austin")],
            "If Dallas goes dark: C's calls are sent on, the callers of A and B would reach nobody, "
            "1 queue is not affected.",
        ),
        (
            [("A", None, ""), ("B", default(offline=to("park_1")), "dallas")],
            "If Dallas goes dark: B cannot be told, A's callers would wait for ever (as now).",
        ),
    ],
)  # fmt: skip
def test_the_line_for_the_phone(fates: list[tuple[str, Rule | None, str]], line: str) -> None:
    assert summary(of(fates)) == line


def test_callers_who_are_put_out_after_a_while_do_not_wait_for_ever() -> None:
    ran = of([("Billing", None, "dallas")], max_wait=10)
    assert summary(ran) == "If Dallas goes dark: Billing's callers would wait with nobody there."


@pytest.mark.parametrize(
    ("scope", "begins"),
    [
        (DrillScope(sites=("Dallas", "Austin")), "If Dallas and Austin go dark: "),
        (DrillScope(ips=(HOME_IP,)), f"If everything behind {HOME_IP} goes dark: "),
        (DrillScope(agents=frozenset({ANA.id})), "If Ana Lopez goes dark: "),
        (DrillScope(agents=frozenset({ANA.id, f"sip:{ANA.id}", BEN.id})), "If Ana Lopez, Ben Ito and "),
        (DrillScope(agents=frozenset(f"{one}@example.com" for one in range(4))), "If 4 agents go dark: "),
        (DrillScope(sites=("Dallas",), agents=frozenset({BEN.id})), "If Dallas and Ben Ito go dark: "),
        (DrillScope(everything=True), "If everything goes dark: "),
    ],
)
def test_what_goes_dark_is_said_first(scope: DrillScope, begins: str) -> None:
    assert summary(drill(company(ANA, BEN), scope)).startswith(begins)


@settings(max_examples=40)
@given(
    snapshots(),
    st.sampled_from(
        [DALLAS, DrillScope(ips=(DALLAS_IP,)), DrillScope(everything=True), DrillScope(sites=("Austin",))]
    ),
)
def test_every_drill_can_be_run_and_said(snapshot: Snapshot, scope: DrillScope) -> None:
    ran = drill(snapshot, scope)
    assert [one.queue.extension for one in ran.queues] == sorted(
        (queue.extension for queue in snapshot.call_queues),
        key=lambda extension: WORST_FIRST.index(
            next(q.fate for q in ran.queues if q.queue.extension == extension)
        ),
    )
    for text in (summary(ran), *ran.assumptions, *(one.sentence for one in ran.queues)):
        assert text.endswith(".")
        assert ".." not in text
        assert "  " not in text
    events = timeline(ran)
    assert [event.moment.after for event in events] == sorted(event.moment.after for event in events)
    for one in ran.queues:
        reached = one.fate in (
            DrillOutcome.FAILS_OVER,
            DrillOutcome.SENT_ON,
            DrillOutcome.HELD_OPEN,
            DrillOutcome.ANSWERED,
        )
        # Of a queue that is answered either way it may be that it cannot be told whether it is touched at all.
        assert reached == (one.after.reaches_someone is True) or one.fate is DrillOutcome.UNCERTAIN
        assert bool(one.holders) <= (one.fate in (DrillOutcome.HELD_OPEN, DrillOutcome.ANSWERED))


def marked(model: str, id: str = "1001") -> Device:
    """A phone of Ana's that the phone system marks as woken by push, as it does by default."""
    return replace(phone("1001"), id=id, model=model, push=True)


@pytest.mark.parametrize(
    ("device", "is_app"),
    [
        (marked("SnapMobile Android 44.0.2", "1001m"), True),
        (marked("SnapMobile iOS 44.0.2"), True),
        (marked("", "1001m"), True),
        (marked("", "1001"), False),
        (marked("", "1001wp"), False),
        (marked("SnapMobile Web 44.0.2", "1001wp"), False),
        (marked("Yealink SIP-T46S 66.86.0.15"), False),
        (marked("Yealink SIP-T46S 66.86.0.15", "1001a"), False),
        (replace(marked("SnapMobile Android 44.0.2", "1001m"), push=False), False),
    ],
)
def test_what_stays_online_without_a_building_is_a_mobile_app(device: Device, is_app: bool) -> None:
    assert device.is_app is is_app


def test_a_desk_phone_marked_for_push_loses_its_power_and_that_is_said() -> None:
    ran = drill(company(ANA, phones=(marked("Yealink SIP-T46S 66.86.0.15"),)), DALLAS)
    assert ran.queues[0].fate is DrillOutcome.FAILS_OVER
    assert any("marks as woken by push" in note and "Ana Lopez" in note for note in ran.assumptions)


HOLIDAY = TimeFrame("Holidays", spans=(Span(first=date(2026, 12, 25), last=date(2026, 12, 25)),))
CHRISTMAS, BOXING_DAY = Moment(datetime(2026, 12, 25, 10)), Moment(datetime(2026, 12, 26, 10))


def test_at_another_time_the_rule_of_then_decides_and_no_registration_of_now_does() -> None:
    open_all_day = company(ANA, phones=(phone("1001", runs_out=60),))
    rules = (Rule("Holidays", order=0, offline=to("queue_8000")), default(offline=to(CELL)))
    snapshot = replace(
        open_all_day, rules={**open_all_day.rules, "8000": QueueRules(rules)}, time_frames={"Holidays": HOLIDAY}
    )
    now, christmas, after = (drill(snapshot, DALLAS, then) for then in (None, CHRISTMAS, BOXING_DAY))
    fates = [ran.queues[0].fate for ran in (now, christmas, after)]
    assert fates == [DrillOutcome.FAILS_OVER, DrillOutcome.LOST, DrillOutcome.FAILS_OVER]
    assert now.queues[0].begins == at(60)
    assert after.queues[0].begins == AT_MOST
    assert timeline(christmas)[0].moment == NoticedAt(timedelta(0))
    assert any("Fri 2026-12-25 10:00" in note for note in christmas.assumptions)
    assert summary(christmas).startswith("If Dallas goes dark on Fri 2026-12-25 10:00: ")
