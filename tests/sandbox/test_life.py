"""Calls, callers, logins and time frames."""

from datetime import timedelta

from queuewatch.pbx.sandbox.clock import moment
from queuewatch.pbx.sandbox.samples import Row, Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.scenario import Scenario, ScenarioAction, ScenarioEvent

NOW = timedelta(seconds=10)


def after(sample: Sample, *events: tuple[ScenarioAction, dict[str, str]]) -> SandboxPbx:
    course = tuple(ScenarioEvent(NOW, do, **named) for do, named in events)
    pbx = SandboxPbx(sample, scenario=Scenario("test", "A test", events=course))
    pbx.advance_to(sample.start + NOW)
    return pbx


def row_of(pbx: SandboxPbx, user: str, queue: str) -> Row:
    return next(row for row in pbx.floor.agent_rows(queue) if row["callqueue-agent-id"] == f"{user}@{pbx.domain}")


def waiting(pbx: SandboxPbx, queue: str) -> object:
    row = next(row for row in pbx.floor.queue_rows() if row["callqueue"] == queue)
    assert row["active-queued-calls-total-current"] == len(pbx.floor.callers(queue))
    return row["active-queued-calls-total-current"]


def test_a_call_is_counted_on_every_row_of_its_agent(lakeside: Sample) -> None:
    pbx = after(lakeside, (ScenarioAction.CALL, {"who": "1003", "queue": "8000"}))
    assert row_of(pbx, "1003", "8000")["active-calls-total-current"] == 1
    assert row_of(pbx, "1003", "8004")["active-calls-total-current"] == 1
    assert row_of(pbx, "1003", "8004")["callqueue-agent-availability-for-dispatch"] == "busy"
    dispatched = moment(str(row_of(pbx, "1003", "8000")["last-callqueue-dispatch-datetime"]))
    assert dispatched == lakeside.start + NOW
    assert row_of(pbx, "1003", "8004")["last-callqueue-dispatch-datetime"] != str(dispatched)


def test_hanging_up_frees_the_agent(lakeside: Sample) -> None:
    pbx = after(lakeside, (ScenarioAction.HANGUP, {"who": "1002"}))
    assert row_of(pbx, "1002", "8000")["active-calls-total-current"] == 0
    assert row_of(pbx, "1002", "8000")["callqueue-agent-availability-for-dispatch"] == "available"


def test_an_agent_whose_phone_is_dark_takes_no_call(lakeside: Sample) -> None:
    pbx = after(
        lakeside,
        (ScenarioAction.CUT_POWER, {"site": "Dallas"}),
        (ScenarioAction.CALL, {"who": "1001", "queue": "8000"}),
    )
    assert row_of(pbx, "1001", "8000")["callqueue-agent-has-registered-devices"] == "yes"
    assert row_of(pbx, "1001", "8000")["active-calls-total-current"] == 0


def test_an_agent_at_lunch_takes_no_call(lakeside: Sample) -> None:
    pbx = after(lakeside, (ScenarioAction.CALL, {"who": "1004", "queue": "8000"}))
    assert row_of(pbx, "1004", "8000")["active-calls-total-current"] == 0


def test_lunch_logs_out_of_every_queue_and_back_logs_in_again(lakeside: Sample) -> None:
    pbx = after(lakeside, (ScenarioAction.LUNCH, {"who": "1003"}))
    for queue in ("8000", "8004"):
        assert row_of(pbx, "1003", queue)["callqueue-agent-availability-type"] == "manual"
        assert row_of(pbx, "1003", queue)["sub-portal-status"] == "Lunch"
    pbx = after(lakeside, (ScenarioAction.LUNCH, {"who": "1003"}), (ScenarioAction.BACK, {"who": "1003"}))
    for queue in ("8000", "8004"):
        assert row_of(pbx, "1003", queue)["callqueue-agent-availability-type"] == "automatic"
        assert row_of(pbx, "1003", queue)["sub-portal-status"] is None


def test_back_from_lunch_is_not_back_in_a_queue_left_before(lakeside: Sample) -> None:
    pbx = after(lakeside, (ScenarioAction.LUNCH, {"who": "1001"}), (ScenarioAction.BACK, {"who": "1001"}))
    assert row_of(pbx, "1001", "8000")["callqueue-agent-availability-type"] == "automatic"
    assert row_of(pbx, "1001", "8001")["callqueue-agent-availability-type"] == "manual"


def test_an_offnet_agent_comes_back_as_what_it_was() -> None:
    night = "12815550142@harbor.example"
    pbx = after(load_sample("harbor"), (ScenarioAction.LUNCH, {"who": night}))
    assert row_of(pbx, "12815550142", "8108")["callqueue-agent-availability-type"] == "manual"
    pbx = after(
        load_sample("harbor"), (ScenarioAction.LUNCH, {"who": night}), (ScenarioAction.BACK, {"who": night})
    )
    assert row_of(pbx, "12815550142", "8108")["callqueue-agent-availability-type"] == "offnet-automatic"
    assert row_of(pbx, "12815550142", "8108")["callqueue-agent-has-registered-devices"] == "offnet"


def test_callers_wait_and_are_answered_longest_first(lakeside: Sample) -> None:
    pbx = after(
        lakeside,
        (ScenarioAction.CALLER_WAITS, {"queue": "8000", "caller": "12145550171"}),
        (ScenarioAction.CALLER_WAITS, {"queue": "8000", "caller": "12145550172"}),
        (ScenarioAction.CALL, {"who": "1001", "queue": "8000"}),
    )
    assert waiting(pbx, "8000") == 1
    assert pbx.floor.callers("8000")[0]["dial-rule-translation-source-user"] == "12145550172"
    assert pbx.floor.calls_of("8000") == 1


def test_a_caller_who_was_answered_cannot_give_up(lakeside: Sample) -> None:
    pbx = after(
        lakeside,
        (ScenarioAction.CALLER_WAITS, {"queue": "8000", "caller": "12145550171"}),
        (ScenarioAction.CALL, {"who": "1001", "queue": "8000"}),
        (ScenarioAction.CALLER_WAITS, {"queue": "8000", "caller": "12145550172"}),
        (ScenarioAction.CALLER_LEAVES, {"queue": "8000", "caller": "12145550171"}),
    )
    assert waiting(pbx, "8000") == 1


def test_require_agents_turns_callers_away_from_an_empty_queue(lakeside: Sample) -> None:
    gone = [(ScenarioAction.UNREGISTER, {"who": who}) for who in ("1007", "1008")]
    pbx = after(lakeside, *gone, (ScenarioAction.CALLER_WAITS, {"queue": "8002"}))
    assert waiting(pbx, "8002") == 0
    pbx = after(load_sample("harbor"), (ScenarioAction.CALLER_WAITS, {"queue": "8110"}))
    assert waiting(pbx, "8110") == 3


def test_a_full_queue_takes_no_more(lakeside: Sample) -> None:
    pbx = after(lakeside, *[(ScenarioAction.CALLER_WAITS, {"queue": "8002"})] * 8)
    assert waiting(pbx, "8002") == 5


def test_a_queue_whose_calls_are_diverted_gets_none() -> None:
    pbx = after(
        load_sample("harbor"),
        (ScenarioAction.CALLER_WAITS, {"queue": "8111"}),
        (ScenarioAction.CALL, {"who": "1102", "queue": "8111"}),
    )
    assert waiting(pbx, "8111") == 0
    assert row_of(pbx, "1102", "8111")["active-calls-total-current"] == 0


def active(pbx: SandboxPbx, user: str) -> list[object]:
    return [rule["time-frame"] for rule in pbx.rules[user] if rule["is-active"]]


def test_the_rule_in_effect_goes_with_the_time_frame() -> None:
    harbor = load_sample("harbor")
    assert active(SandboxPbx(harbor), "8109") == ["Peak Season"]
    pbx = after(harbor, (ScenarioAction.TIME_FRAME, {"time_frame": "*"}))
    assert active(pbx, "8109") == ["*"]
    pbx = after(harbor, (ScenarioAction.TIME_FRAME, {"time_frame": "Peak Season"}))
    assert active(pbx, "8109") == ["Peak Season"]
    assert active(pbx, "8100") == ["*"]


def test_a_rule_that_is_off_is_never_in_effect(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    pbx.rules["8003"][0]["enabled"] = "no"
    pbx.set_time_frame("Holidays")
    assert active(pbx, "8003") == ["*"]
    pbx.rules["8003"][1]["enabled"] = "no"
    pbx.rules_changed()
    assert active(pbx, "8003") == []
