"""A picture comes back whole and the same, or it is told why not."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.fleet.broker.pictures import (
    ROOM,
    Manifest,
    Torn,
    Unreadable,
    as_told,
    by_clock_of_reader,
    contents_of,
    cut,
    is_same_picture,
    manifest_from,
    manifest_text,
    packed,
    site_facts_of,
    sites_of,
    times_of,
    unpacked,
)
from queuewatch.pbx.netsapiens.zones import zone_called
from tests.failover.systems import snapshots
from tests.storage.pictures import SEEN

SERVER = "https://pbx.example"
READ_AT = datetime(2026, 11, 28, 14, 2, tzinfo=UTC)


def published(
    snapshot: Snapshot, *, largest: int = 10_000, site_facts: SiteFacts = NO_SITE_FACTS
) -> tuple[Manifest, list[bytes]]:
    body, size = packed(snapshot)
    pieces = cut(body, largest)
    manifest = Manifest(
        SERVER,
        snapshot.domain,
        contents=contents_of(body, size, len(pieces), None),
        times=times_of(snapshot),
        read_at=READ_AT,
        sites=sites_of(site_facts),
    )
    return manifest_from(manifest_text(manifest), manifest.key), pieces


@settings(max_examples=25)
@given(snapshots(), st.integers(ROOM + 1, ROOM + 2000))
def test_what_was_read_is_what_was_published(snapshot: Snapshot, largest: int) -> None:
    manifest, pieces = published(snapshot, largest=largest)
    assert all(len(piece) <= max(512, largest - ROOM) for piece in pieces)
    again = as_told(unpacked(manifest, pieces, zone_called), manifest)
    assert again == snapshot
    assert repr(again) == repr(snapshot)
    assert judge_all(again) == judge_all(snapshot)


@settings(max_examples=25)
@given(st.data())
def test_a_piece_that_is_lost_cut_swapped_or_old_is_noticed(data: st.DataObject) -> None:
    snapshot = data.draw(snapshots())
    manifest, pieces = published(snapshot, largest=ROOM + 600)
    # The same domain as it was before.
    _, old = published(replace(snapshot, agents_unseen=snapshot.agents_unseen + 1), largest=ROOM + 600)
    at = data.draw(st.integers(0, len(pieces) - 1))
    cut_off = data.draw(st.integers(0, len(pieces[at]) - 1))
    other = data.draw(
        st.sampled_from(
            [
                [*pieces[:at], *pieces[at + 1 :]],
                [*pieces[:at], pieces[at][:cut_off], *pieces[at + 1 :]],
                [*pieces[:at], bytes([pieces[at][0] ^ 1]) + pieces[at][1:], *pieces[at + 1 :]],
                [*pieces[at:], *pieces[:at]],
                [*pieces, pieces[at]],
                [*old[: at + 1], *pieces[at + 1 :]],
            ]
        )
    )
    if other != pieces:
        with pytest.raises(Torn):
            unpacked(manifest, other, zone_called)


def test_a_new_picture_lies_beside_the_one_before() -> None:
    body, size = packed(SEEN)
    first = contents_of(body, size, 3, None)
    second = contents_of(body, size, 2, first)
    third = contents_of(body, size, 1, second)
    assert (*first.numbers, *second.numbers, *third.numbers) == (1, 3, 5, 2, 4, 1)


def test_another_versions_picture_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    manifest, pieces = published(SEEN)
    later = replace(manifest, program="9.9.0")
    text = manifest_text(replace(later, format=2)).replace(b'"sentence"', b'"trouble"')
    with pytest.raises(Unreadable, match=r"is queuewatch 9\.9\.0, whose pictures .* cannot read\.$"):
        manifest_from(text, later.key)
    monkeypatch.setattr("queuewatch.storage.snapshot_text.FORMAT", 2)
    with pytest.raises(Unreadable, match=r"is queuewatch 9\.9\.0"):
        unpacked(later, pieces, zone_called)
    # A development version has the same number.
    with pytest.raises(Unreadable, match="is another version of queuewatch"):
        unpacked(manifest, pieces, zone_called)


@given(st.data())
def test_what_is_no_manifest_of_the_domain_is_damaged(data: st.DataObject) -> None:
    manifest, _ = published(SEEN)
    text = manifest_text(manifest)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(
        st.sampled_from(
            [
                text[:at],
                text.replace(b'"pieces":1', b'"pieces":0'),
                text.replace(b'"size":', b'"size":9999999999'),
                text.replace(b'"first":1', b'"first":3'),
                text.replace(b'"domain":"', b'"domain":"other'),
                text.replace(b'"no_building":[]', b'"no_building":[1]'),
                text.replace(b'"addresses":{}', b'"addresses":{"Dallas":["no address"]}'),
                b"\xff" + text,
                b"[]",
                b"[" * 100_000,
            ]
        )
    )
    with pytest.raises(Unreadable, match="is damaged"):
        manifest_from(other, manifest.key)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("every", -1.0),
        ("every", math.inf),
        ("every", 1e9),
        ("read_at", "2026-11-28T14:02:00"),
        ("read_at", "9999-12-31T23:59:59Z"),
        ("read_at", "0001-01-01T00:00:00Z"),
        ("taken_at", "2026-11-28T14:02:00"),
        ("taken_at", "9999-12-31T23:59:59Z"),
        ("server_ahead", "P999999D"),
    ],
)
def test_times_that_nobody_can_reckon_with_are_damaged(field: str, value: object) -> None:
    """Not so much as by rubbish is anything called fresh for ever."""
    manifest, _ = published(SEEN)
    found = json.loads(manifest_text(manifest))
    within = found if field in found else found["times"]
    assert field in within
    within[field] = value
    with pytest.raises(Unreadable, match="is damaged"):
        manifest_from(json.dumps(found).encode(), manifest.key)


def test_a_picture_that_unfolds_to_more_than_it_says_is_damaged() -> None:
    manifest, pieces = published(SEEN)
    assert manifest.contents is not None
    small = replace(manifest, contents=replace(manifest.contents, size=manifest.contents.size - 1))
    with pytest.raises(Unreadable, match="is damaged"):
        unpacked(small, pieces, zone_called)
    with pytest.raises(Unreadable, match="is damaged"):
        unpacked(replace(manifest, domain="other.example"), pieces, zone_called)
    with pytest.raises(Unreadable, match="too large for the broker"):
        packed(SEEN, largest=100)


def test_a_domain_never_read_has_a_manifest_without_a_picture() -> None:
    manifest = Manifest(SERVER, "odd \ud800.example", "Zoë", sentence="It does not answer.", refused=True)
    again = manifest_from(manifest_text(manifest), manifest.key)
    assert again == manifest
    with pytest.raises(Unreadable):
        unpacked(again, [], zone_called)


def test_what_the_profile_says_of_sites_comes_along() -> None:
    facts = SiteFacts(
        "Dallas", {"Dallas": (ip_network("203.0.113.0/24"), ip_network("2001:db8::/48"))}, frozenset({"Remote"})
    )
    manifest, pieces = published(SEEN, site_facts=facts)
    assert site_facts_of(manifest) == facts
    assert unpacked(manifest, pieces, zone_called).site_facts == facts


def test_a_reading_that_brought_nothing_new_is_the_same_picture() -> None:
    later = replace(
        SEEN,
        taken_at=SEEN.taken_at + timedelta(seconds=5),
        read_at={Part.LIVE: SEEN.taken_at + timedelta(seconds=5)},
        server_ahead=timedelta(seconds=3),
        site_facts=SiteFacts("Dallas"),
    )
    assert is_same_picture(SEEN, later)
    told = Manifest(SERVER, SEEN.domain, times=times_of(later), sites=sites_of(later.site_facts))
    assert as_told(SEEN, told) == later
    two = {**SEEN.queues, "8001": replace(SEEN.queues["8000"], extension="8001")}
    assert not is_same_picture(replace(SEEN, queues=two), replace(SEEN, queues=dict(reversed(two.items()))))
    assert not is_same_picture(SEEN, replace(later, agents_unseen=1))


def test_a_clock_that_is_wrong_is_the_collectors_own_affair() -> None:
    wrong = timedelta(minutes=10)
    snapshot = replace(
        SEEN,
        taken_at=READ_AT.astimezone(timezone(timedelta(hours=-6))) + wrong,
        read_at={Part.LIVE: READ_AT + wrong, Part.RULES: READ_AT + wrong - timedelta(seconds=40)},
        server_ahead=-wrong,
    )
    shown = by_clock_of_reader(snapshot, READ_AT)
    assert (shown.taken_at, shown.server_ahead) == (READ_AT, timedelta())
    assert shown.read_at == {Part.LIVE: READ_AT, Part.RULES: READ_AT - timedelta(seconds=40)}
    assert shown.taken_at + shown.server_ahead == snapshot.taken_at + snapshot.server_ahead
    assert by_clock_of_reader(snapshot, snapshot.taken_at + timedelta(seconds=1)) is snapshot
