"""Scenarios: what they make happen, that they repeat, and that mistakes in them are named."""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.rows import is_logged_in
from queuewatch.pbx.sandbox.samples import Row, Sample, SampleError, load_sample, sample_names
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.scenario import ScenarioAction, load_scenario

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"

ALL = [(name, scenario) for name in sample_names() for scenario in load_sample(name).scenarios]


def run(sample: Sample, scenario: str, *seconds: int) -> SandboxPbx:
    pbx = SandboxPbx(sample, scenario=load_scenario(sample, scenario))
    for second in seconds:
        pbx.advance_to(sample.start + timedelta(seconds=second))
    return pbx


def state(pbx: SandboxPbx) -> tuple[list[Row], list[Row], list[Row]]:
    devices = [row for phone in pbx.floor.phones.values() for row in pbx.floor.device_rows(phone.user)]
    return pbx.floor.queue_rows(), pbx.floor.agent_rows(), devices


@pytest.mark.parametrize(("name", "scenario"), ALL)
def test_a_run_repeats_exactly_however_often_it_is_looked_at(name: str, scenario: str) -> None:
    sample = load_sample(name)
    once = run(sample, scenario, 1500)
    often = run(sample, scenario, *range(0, 1501, 7), 1500)
    assert state(once) == state(often)
    assert once.said == often.said


@pytest.mark.parametrize(("name", "scenario"), ALL)
def test_a_day_goes_by_in_order(name: str, scenario: str) -> None:
    times = [event.at for event in islice(load_scenario(load_sample(name), scenario).timeline(), 400)]
    assert times == sorted(times)


def test_a_quiet_day_moves_and_nobody_loses_power() -> None:
    sample = load_sample("lakeside")
    pbx = run(sample, "quiet-day", 0)
    seen = set()
    for minute in range(1, 40):
        pbx.advance_to(sample.start + timedelta(minutes=minute))
        seen.add(str(pbx.floor.queue_rows()))
        assert not pbx.powered_off
    assert len(seen) > 30


def test_someone_goes_to_lunch_and_comes_back_on_a_quiet_day(lakeside: Sample) -> None:
    events = list(islice(load_scenario(lakeside, "quiet-day").timeline(), 400))
    gone = [event.who for event in events if event.do is ScenarioAction.LUNCH]
    back = [event.who for event in events if event.do is ScenarioAction.BACK]
    assert gone
    assert set(gone) <= set(back)


def online(pbx: SandboxPbx, queue: str) -> set[str]:
    return {
        str(row["name-full-name"])
        for row in pbx.floor.agent_rows(queue)
        if is_logged_in(row) and row["callqueue-agent-has-registered-devices"] != "no"
    }


@pytest.mark.parametrize("lap", [0, 1, 2])
def test_the_captions_of_the_power_cut_are_true(lakeside: Sample, lap: int) -> None:
    pbx = run(lakeside, "power-cut", lap * 540 + 14)
    assert "Ana Lopez" in online(pbx, "8000")
    pbx.advance_to(lakeside.start + timedelta(seconds=lap * 540 + 16))
    assert pbx.powered_off == {"Dallas"}
    assert {"Ana Lopez", "Cara Singh"} <= online(pbx, "8000")

    truths: dict[str, Callable[[], bool]] = {
        "Every Front Desk phone is Grey": lambda: online(pbx, "8000") == set(),
        "Referrals strands its callers": lambda: (
            online(pbx, "8006") == set() and pbx.floor.queues["8006"][REQUIRE_AGENTS] == "no"
        ),
        "Priya, at home": lambda: online(pbx, "8001") == {"Priya Raman"},
        "Billing fails over": lambda: online(pbx, "8002") == set(),
        "The power is back": lambda: pbx.powered_off == frozenset(),
        "All is well again": lambda: bool(online(pbx, "8000") and online(pbx, "8002") and online(pbx, "8004")),
    }
    told = 0
    for second in range(17, 539):
        pbx.advance_to(lakeside.start + timedelta(seconds=lap * 540 + second))
        _, caption = pbx.said[-1]
        for words, holds in truths.items():
            if words in caption and pbx.said[-1][0] == pbx.now:
                told += 1
                assert holds(), caption
    assert told == len(truths)


def test_registrations_run_out_one_after_the_other_within_five_minutes(lakeside: Sample) -> None:
    pbx = run(lakeside, "power-cut", 15)
    left = sorted(
        (phone.expires_at - pbx.now).total_seconds()
        for phone in pbx.floor.phones.values()
        if phone.site == "Dallas" and phone.expires_at
    )
    assert 20 <= left[0] < 30
    assert 240 <= left[-1] <= 300
    assert sum(seconds <= 120 for seconds in left) >= 5


def test_in_the_dark_only_the_remote_agent_holds_a_dallas_queue_open(lakeside: Sample) -> None:
    pbx = run(lakeside, "power-cut", 330)
    dallas = {"8000", "8001", "8002", "8004", "8006"}
    assert {queue: online(pbx, queue) for queue in dallas} == {
        **{queue: set() for queue in dallas},
        "8001": {"Priya Raman"},
    }
    assert online(pbx, "8003")


def test_a_script_starts_over(lakeside: Sample) -> None:
    first, second = [
        moment
        for moment, caption in run(lakeside, "power-cut", 1000).said
        if caption.startswith("Dallas has lost its power")
    ]
    assert second - first == timedelta(minutes=9)


def test_the_clock_runs_as_fast_as_told(lakeside: Sample) -> None:
    room = [100.0]
    clock = SandboxClock(lakeside.start, 4.0, monotonic=lambda: room[0])
    assert clock() == lakeside.start
    room[0] += 15
    assert clock() == lakeside.start + timedelta(minutes=1)


def test_the_pbx_follows_its_clock(lakeside: Sample) -> None:
    room = [0.0]
    clock = SandboxClock(lakeside.start, 60.0, monotonic=lambda: room[0])
    pbx = SandboxPbx(lakeside, clock=clock, scenario=load_scenario(lakeside, "power-cut"))
    room[0] = 0.5
    pbx.advance()
    assert pbx.now == lakeside.start + timedelta(seconds=30)
    assert pbx.powered_off == {"Dallas"}


def test_an_unknown_scenario_is_named_with_the_nearest(lakeside: Sample) -> None:
    with pytest.raises(SampleError, match="no scenario called 'powercut'") as caught:
        load_scenario(lakeside, "powercut")
    assert "'power-cut'" in caught.value.hint


def test_the_example_in_the_documentation_is_a_scenario(lakeside: Sample, tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "demo.md").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    scenario = load_scenario(replace(lakeside, scenarios={"mine": file}), "mine")
    assert [event.do for event in scenario.events] == [ScenarioAction.CUT_POWER, ScenarioAction.RESTORE_POWER]
    assert all(f"`{deed}`" in page for deed in ScenarioAction)


MISTAKES = [
    ("evnt = 1", "unknown key 'evnt'"),
    ('[[event]]\nat = "0:01"\ndo = "cal"', "event 1: do is 'cal'"),
    ('[[event]]\nat = "0:01"\ndo = "call"\nwho = "1001"', "event 1: call needs 'queue'"),
    ('[[event]]\nat = "0:01"\ndo = "cut-power"\nsite = "Dalas"', "has no site 'Dalas'"),
    ('[[event]]\nat = "0:01"\ndo = "lunch"\nwho = "1999"', "has no who '1999'"),
    ('[[event]]\nat = "0:01"\ndo = "lunch"\nwho = "1014m"', "has no who '1014m'"),
    ('[[event]]\nat = "0:01"\ndo = "caller-waits"\nqueue = "1001"', "has no queue '1001'"),
    ('[[event]]\nat = "0:01"\ndo = "time-frame"\ntime-frame = "Holiday"', "has no time-frame 'Holiday'"),
    ('[[event]]\nat = 5\ndo = "say"\nsay = "Hello"', "event 1: at must be a time"),
    ('[[event]]\nat = "0:1"\ndo = "say"\nsay = "Hello"', "event 1: at must be a time"),
    (
        '[[event]]\nat = "0:09"\ndo = "say"\nsay = "b"\n[[event]]\nat = "0:08"\ndo = "say"\nsay = "a"',
        "event 2 is earlier",
    ),
    ('repeat-every = "0:09"\n[[event]]\nat = "0:09"\ndo = "say"\nsay = "b"', "repeat-every is not after"),
    ("event = 3", "event must be a list"),
    ("event = [3]", "event 1 is no table"),
    ("busy = 3", "busy is no table"),
    ('[busy]\nagents = ["1999"]', "has no agent '1999'"),
    ('[busy]\nevery = "0:00"', "every must be more than nothing"),
    ('[busy]\nagents = ["9000"]', "no agent to take calls"),
    ("[busy]\nseed = []", "seed must be a whole number"),
    ("title = ", "is damaged"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_a_mistake_in_a_scenario_is_named(lakeside: Sample, tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SampleError) as caught:
        load_scenario(replace(lakeside, scenarios={"mine": file}), "mine")
    assert sentence in str(caught.value)
    assert str(file) in str(caught.value)
