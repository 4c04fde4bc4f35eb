"""A snapshot as text: what is read is what was written, or nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import queuewatch.storage.snapshot_text as snapshot_module
from queuewatch.failover.model import (
    Agent,
    Clock,
    Device,
    DialRule,
    Part,
    Problem,
    Snapshot,
    Span,
    TimeFrame,
    UnreadableSpan,
    User,
)
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.sites import SiteFacts
from queuewatch.pbx.netsapiens.zones import zone_called
from queuewatch.pbx.sandbox.samples import sample_names
from queuewatch.polling.assemble import read_part, read_snapshot
from queuewatch.storage.snapshot_text import NotASnapshot, snapshot_from, snapshot_text
from tests.failover.systems import snapshots
from tests.tui.phone_system import open_office

from .pictures import SEEN


@pytest.mark.parametrize("sample", sample_names())
async def test_a_sample_comes_back_with_the_same_verdicts(sample: str) -> None:
    system = open_office(sample).connection.system
    snapshot = await read_snapshot(system)
    for user in list(snapshot.users or ())[:5]:
        snapshot = (await read_part(system, Part.DEVICES, user))(snapshot)
    again = snapshot_from(snapshot_text(snapshot), zone_called)
    assert again == snapshot
    assert judge_all(again) == judge_all(snapshot)


@given(snapshots())
def test_an_odd_system_comes_back(snapshot: Snapshot) -> None:
    again = snapshot_from(snapshot_text(snapshot), zone_called)
    assert again == snapshot
    # 1, 1.0 and True are equal, and not the same.
    assert repr(again) == repr(snapshot)


async def test_what_is_read_at_once_is_what_is_read_field_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = await read_snapshot(open_office("lakeside").connection.system)
    text = snapshot_text(snapshot)
    at_once = snapshot_from(text, zone_called)
    read_at_once = [hint for _, hint in snapshot_module._fields(Snapshot) if snapshot_module._is_native(hint)]
    assert Mapping[str, tuple[Agent, ...]] in read_at_once
    monkeypatch.setattr(snapshot_module, "_is_native", lambda hint: False)
    assert repr(snapshot_from(text, zone_called)) == repr(at_once) == repr(snapshot)


def test_half_a_character_in_an_agents_name_comes_back() -> None:
    agents = {"8000": (Agent("1001", "8000", "Zoë \ud83d"),)}
    snapshot = replace(SEEN, agents=agents)
    assert snapshot_from(snapshot_text(snapshot), zone_called).agents == agents


CENTRAL = zone_called("US/Central")
NOTHING_IS_PLAIN = replace(
    SEEN,
    # The second time that a clock shows this hour, the night it is set back.
    taken_at=datetime(2026, 11, 1, 1, 30, tzinfo=CENTRAL, fold=1),
    read_at={Part.LIVE: datetime(2026, 11, 28, 14, 2, 3, 456, timezone(timedelta(hours=-3, minutes=-30)))},
    users={
        "1001": User("1001", "Zoë \ud800 \u2028", voicemail=None, time_zone="US/Central", zone=CENTRAL),
        "1002": User("1002", time_zone="Mars", zone=None),
        "1003": User("1003", zone=timezone(timedelta(hours=2))),
    },
    time_frames={
        "Lunch": TimeFrame(
            "Lunch",
            (
                Span(time(12, 0), time(13, 0), frozenset({1, 5}), date(2026, 1, 2), date(2026, 3, 4), yearly=True),
                UnreadableSpan("it has no end", inverted=True),
                Span(inverted=True),
            ),
        )
    },
    user_time_frames={"8000": {"Own": TimeFrame("Own", always=True)}},
    time_frames_partial=frozenset({"", "8000"}),
    site_clocks={"dallas": Clock("US/Central", CENTRAL), "": Clock("Mars", None)},
    domain_clock=Clock("Etc/UTC", zone_called("Etc/UTC")),
    server_ahead=timedelta(days=-1, seconds=3, microseconds=5),
    devices={"1001": (Device("1001", "1001", None, datetime(2026, 11, 28, 15, tzinfo=UTC), 3600, "192.0.2.1"),)},
    dial_rules={},
    sites=(),
    numbers=None,
    problems=(Problem(Part.USERS, "One row could not be read.", lost=True),),
)


def test_zones_times_unions_and_what_is_not_known_come_back() -> None:
    again = snapshot_from(snapshot_text(NOTHING_IS_PLAIN), zone_called)
    assert again == NOTHING_IS_PLAIN
    assert again.taken_at.fold == 1
    assert again.taken_at.utcoffset() == timedelta(hours=-6)
    assert again.users is not None
    assert again.users["1001"].zone == CENTRAL
    assert again.users["1003"].zone == timezone(timedelta(hours=2))
    assert (again.numbers, again.sites, again.dial_rules) == (None, (), {})
    dialled = replace(SEEN, dial_rules={"*1": DialRule("*1", sure=False)})
    assert snapshot_from(snapshot_text(dialled), zone_called) == dialled


def test_what_the_profile_says_of_sites_is_said_by_the_profile_of_now() -> None:
    before, now = SiteFacts("Dallas", no_building=frozenset({"Remote"})), SiteFacts("Austin")
    assert snapshot_from(snapshot_text(replace(SEEN, site_facts=before)), zone_called, now).site_facts == now


@given(st.data())
def test_a_text_of_which_anything_is_missing_or_other_is_none(data: st.DataObject) -> None:
    text = snapshot_text(NOTHING_IS_PLAIN)
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from([text[:at], text[:at] + "#" + text[at + 1 :], text[at + 1 :]]))
    if other != text:
        with pytest.raises(NotASnapshot):
            snapshot_from(other, zone_called)


def test_a_text_of_another_version_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    text = snapshot_text(SEEN)
    monkeypatch.setattr("queuewatch.storage.snapshot_text.FORMAT", 2)
    with pytest.raises(NotASnapshot):
        snapshot_from(text, zone_called)
