"""Phones, power and the recognition lag."""

from datetime import timedelta

import pytest

from queuewatch.pbx.sandbox.clock import moment
from queuewatch.pbx.sandbox.samples import Sample, SampleError
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.scenario import Scenario, ScenarioAction, ScenarioEvent


def connected(pbx: SandboxPbx, agent: str, queue: str) -> str:
    rows = pbx.floor.agent_rows(queue)
    row = next(row for row in rows if row["callqueue-agent-id"] == f"{agent}@lakeside.example")
    return str(row["callqueue-agent-has-registered-devices"])


def available(pbx: SandboxPbx, queue: str) -> object:
    row = next(row for row in pbx.floor.queue_rows() if row["callqueue"] == queue)
    return row["callqueue-count-agents-available"]


def at(pbx: SandboxPbx, seconds: float) -> None:
    pbx.advance_to(pbx.sample.start + timedelta(seconds=seconds))


def scripted(sample: Sample, *events: tuple[float, ScenarioAction, dict[str, str]]) -> SandboxPbx:
    course = tuple(ScenarioEvent(timedelta(seconds=when), do, **named) for when, do, named in events)
    return SandboxPbx(sample, scenario=Scenario("test", "A test", events=course))


def test_a_phone_that_is_on_stays_registered_for_hours(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    for hours in (1, 7, 200):
        at(pbx, hours * 3600)
        assert connected(pbx, "1001", "8000") == "yes"
        (row,) = pbx.floor.device_rows("1001")
        left = moment(str(row["device-sip-registration-expires-datetime"])) - pbx.now
        assert timedelta(seconds=14) < left <= timedelta(seconds=60)


def test_a_phone_without_power_is_registered_until_its_time_runs_out(lakeside: Sample) -> None:
    pbx = scripted(lakeside, (15, ScenarioAction.CUT_POWER, {"site": "Dallas"}))
    at(pbx, 15)
    (row,) = pbx.floor.device_rows("1001")
    expires = moment(str(row["device-sip-registration-expires-datetime"]))
    assert expires == lakeside.start + timedelta(seconds=37)

    pbx.advance_to(expires - timedelta(seconds=1))
    assert connected(pbx, "1001", "8000") == "yes"
    assert pbx.floor.device_rows("1001")[0]["device-sip-registration-state"] == "registered"

    pbx.advance_to(expires)
    assert connected(pbx, "1001", "8000") == "no"
    gone = pbx.floor.device_rows("1001")[0]
    assert gone["device-sip-registration-state"] == "unregistered"
    assert gone["device-sip-registration-datetime"] is None
    assert gone["device-sip-registration-expires-datetime"] is None


def test_a_power_cut_ends_the_calls_of_the_site_and_of_no_other(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    assert (pbx.floor.calls_of("1002"), pbx.floor.calls_of("1012")) == (1, 1)
    pbx.cut_power("Dallas")
    assert (pbx.floor.calls_of("1002"), pbx.floor.calls_of("1012")) == (0, 1)


def test_power_comes_back_within_seconds_and_not_all_at_once(lakeside: Sample) -> None:
    pbx = scripted(
        lakeside,
        (15, ScenarioAction.CUT_POWER, {"site": "Dallas"}),
        (600, ScenarioAction.RESTORE_POWER, {"site": "Dallas"}),
    )
    at(pbx, 599)
    dark = [phone for phone in pbx.floor.phones.values() if phone.site == "Dallas"]
    assert not any(phone.is_registered(pbx.now) for phone in dark)
    at(pbx, 606)
    assert [phone.device for phone in dark if phone.is_registered(pbx.now)] == ["1001"]
    at(pbx, 630)
    assert all(phone.is_registered(pbx.now) for phone in dark)


def test_power_that_is_back_before_the_registration_runs_out_is_never_noticed(lakeside: Sample) -> None:
    pbx = scripted(
        lakeside,
        (15, ScenarioAction.CUT_POWER, {"site": "Dallas"}),
        (20, ScenarioAction.RESTORE_POWER, {"site": "Dallas"}),
    )
    for second in range(0, 300, 1):
        at(pbx, second)
        assert connected(pbx, "1001", "8000") == "yes"


def test_a_phone_that_unregisters_is_gone_at_once(lakeside: Sample) -> None:
    pbx = scripted(
        lakeside, (5, ScenarioAction.UNREGISTER, {"who": "1001"}), (9, ScenarioAction.REGISTER, {"who": "1001"})
    )
    at(pbx, 4)
    assert connected(pbx, "1001", "8000") == "yes"
    at(pbx, 5)
    assert connected(pbx, "1001", "8000") == "no"
    at(pbx, 9)
    assert connected(pbx, "1001", "8000") == "yes"


def test_a_phone_that_was_off_before_the_cut_is_off_after_it(lakeside: Sample) -> None:
    pbx = scripted(
        lakeside,
        (1, ScenarioAction.UNREGISTER, {"who": "1001"}),
        (2, ScenarioAction.CUT_POWER, {"site": "Dallas"}),
        (3, ScenarioAction.REGISTER, {"who": "1001"}),
        (400, ScenarioAction.RESTORE_POWER, {"site": "Dallas"}),
    )
    at(pbx, 500)
    assert connected(pbx, "1001", "8000") == "no"
    assert connected(pbx, "1002", "8000") == "yes"


def test_no_power_cut_reaches_an_app_woken_by_push(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    pbx.cut_power("Austin")
    at(pbx, 1000)
    assert connected(pbx, "sip:1014m", "8003") == "push-enabled"
    assert connected(pbx, "1011", "8003") == "no"


def test_the_servers_own_count_follows(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    assert available(pbx, "8000") == 2
    pbx.cut_power("Dallas")
    at(pbx, 1000)
    assert available(pbx, "8000") == 0


def test_which_sites_are_dark(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    assert pbx.sites == ("Austin", "Dallas", "Remote")
    pbx.cut_power("Dallas")
    pbx.cut_power("Dallas")
    assert pbx.powered_off == {"Dallas"}
    pbx.restore_power("Dallas")
    pbx.restore_power("Austin")
    assert pbx.powered_off == frozenset()
    at(pbx, 60)
    assert connected(pbx, "1001", "8000") == "yes"


def test_a_site_that_does_not_exist_is_named(lakeside: Sample) -> None:
    with pytest.raises(SampleError, match="no phones at a site 'Dalas'") as caught:
        SandboxPbx(lakeside).cut_power("Dalas")
    assert "Dallas" in caught.value.hint


def test_time_never_goes_back(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    at(pbx, 100)
    at(pbx, 50)
    assert pbx.now == lakeside.start + timedelta(seconds=100)


def test_without_a_clock_it_stands_still_at_the_samples_start(lakeside: Sample) -> None:
    pbx = SandboxPbx(lakeside)
    pbx.advance()
    assert pbx.now == lakeside.start


def test_a_sample_started_today_is_as_old_as_it_was_meant_to_be(lakeside: Sample) -> None:
    later = lakeside.start + timedelta(days=400, hours=3)
    pbx = SandboxPbx(lakeside, clock=lambda: later)
    (row,) = pbx.floor.device_rows("1001")
    assert moment(str(row["device-sip-registration-expires-datetime"])) - later == timedelta(seconds=37)
    ana = next(row for row in pbx.floor.agent_rows("8000") if row["name-full-name"] == "Ana Lopez")
    assert later - moment(str(ana["last-callqueue-dispatch-datetime"])) == timedelta(seconds=64)
