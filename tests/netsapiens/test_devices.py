from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given

from queuewatch.failover.model import Device
from queuewatch.pbx.netsapiens.devices import read_devices

from . import anything

NOW = datetime(2025, 3, 3, 20, 11, tzinfo=UTC)

DESK: dict[str, object] = {
    "device": "1001",
    "user": "1001",
    "device-sip-registration-state": "registered",
    "device-sip-registration-password": "sip-secret",
    "device-provisioning-password": "prov-secret",
    "device-sip-registration-datetime": "2025-03-03 20:09:40",
    "device-sip-registration-expires-datetime": "2025-03-03 20:14:40",
    "device-sip-registration-expiry-seconds": 300,
    "device-sip-registration-ip-address": "203.0.113.10:5060",
    "device-sip-registration-user-agent": "Yealink SIP-T46S",
    "device-push-enabled": "no",
}
EXPIRES = datetime(2025, 3, 3, 20, 14, 40, tzinfo=UTC)


def only(row: dict[str, object], now: datetime | None = NOW) -> Device:
    return read_devices([row], "1001", now).items[0]


def test_a_whole_row_without_its_passwords() -> None:
    device = only(DESK)
    assert device == Device(
        id="1001",
        user="1001",
        registered=True,
        expires_at=EXPIRES,
        expiry_seconds=300,
        ip="203.0.113.10",
        model="Yealink SIP-T46S",
    )
    assert "secret" not in repr(device)


def in_zone(hours: float) -> dict[str, object]:
    """The same phone on a server whose clock is so many hours ahead of UTC."""
    ahead = timedelta(hours=hours)
    registered = datetime(2025, 3, 3, 20, 9, 40) + ahead
    return {
        **DESK,
        "device-sip-registration-datetime": f"{registered}",
        "device-sip-registration-expires-datetime": f"{registered + timedelta(minutes=5)}",
    }


@pytest.mark.parametrize("hours", [0, -6, -5, 1, 5.75, 14, -12])
def test_the_servers_zone_is_settled_by_its_date(hours: float) -> None:
    assert only(in_zone(hours)).expires_at == EXPIRES


def test_a_time_that_fits_several_zones_is_not_known() -> None:
    hourly = {**DESK, "device-sip-registration-expires-datetime": "2025-03-03 21:09:40"}
    assert only(hourly).expires_at is None
    assert only(DESK, now=None).expires_at is None
    assert only({**DESK, "device-sip-registration-state": "unregistered"}).expires_at is None


def test_one_phone_settles_the_zone_for_the_others() -> None:
    hourly = {**DESK, "device": "1001wp", "device-sip-registration-expires-datetime": "2025-03-03 21:09:40"}
    devices = read_devices([hourly, DESK], "1001", NOW).items
    assert devices[0].expires_at == datetime(2025, 3, 3, 21, 9, 40, tzinfo=UTC)


def test_phones_that_contradict_each_other_settle_nothing() -> None:
    devices = read_devices([DESK, {**in_zone(-6), "device": "1001wp"}], "1001", NOW).items
    assert [device.expires_at for device in devices] == [None, None]


def test_a_time_with_a_zone_needs_no_reference() -> None:
    written = {**DESK, "device-sip-registration-expires-datetime": "2025-03-03T14:14:40-06:00"}
    expires = only(written, now=None).expires_at
    assert expires == EXPIRES
    assert expires is not None
    assert expires.tzinfo == timezone(timedelta(hours=-6))


@pytest.mark.parametrize("nothing", [None, "", "0000-00-00 00:00:00"])
def test_no_time_is_no_problem(nothing: object) -> None:
    reading = read_devices([{**DESK, "device-sip-registration-expires-datetime": nothing}], "1001", NOW)
    assert reading.items[0].expires_at is None
    assert reading.problems == ()


def test_a_bare_row() -> None:
    assert only({"device": "1001m"}) == Device("1001m", "1001", registered=None, expires_at=None)


def test_nonsense_is_unknown_and_said_once() -> None:
    row = {
        **DESK,
        "device-sip-registration-state": "sleeping",
        "device-sip-registration-expires-datetime": "soon",
        "device-sip-registration-expiry-seconds": "many",
    }
    reading = read_devices([row, {"user": "1001"}, "x"], "1001", NOW)
    device = reading.items[0]
    assert (device.registered, device.expires_at, device.expiry_seconds) == (None, None, None)
    assert [problem.text for problem in reading.problems] == [
        "Device row 2 of 3 has no id (device): left out.",
        "Device row 3 of 3 is a text, not an object: left out.",
        "Device 1001: device-sip-registration-expires-datetime is “soon”, not a time.",
        "Device 1001: device-sip-registration-state is “sleeping”, not registered or unregistered.",
        "Device 1001: device-sip-registration-expiry-seconds is “many”, not a whole number from 0 up.",
    ]


@pytest.mark.parametrize(
    ("address", "host"),
    [("203.0.113.10", "203.0.113.10"), ("[2001:db8::1]:5060", "2001:db8::1"), ("2001:db8::1", "2001:db8::1")],
)
def test_an_address_without_its_port(address: str, host: str) -> None:
    assert only({**DESK, "device-sip-registration-ip-address": address}).ip == host


@given(
    anything.rows(
        "device",
        "user",
        "device-sip-registration-state",
        "device-sip-registration-datetime",
        "device-sip-registration-expires-datetime",
        "device-sip-registration-ip-address",
    )
)
def test_reading_is_total(rows: list[object]) -> None:
    for device in read_devices(rows, "1001", NOW).items:
        assert device.id
        assert device.registered in (True, False, None)
        assert device.expires_at is None or device.expires_at.tzinfo is not None
