"""A user's devices from the API's JSON.

The API sends the phones' passwords in clear text. They are never read: only the fields named here are looked at.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from queuewatch.failover.model import Device, Part, Problem
from queuewatch.pbx.netsapiens.fields import JsonRow, objects
from queuewatch.pbx.phone_system import ListReading

_STATES = {"registered": True, "unregistered": False}

_REGISTERED_AT = "device-sip-registration-datetime"
_EXPIRES_AT = "device-sip-registration-expires-datetime"
_EXPIRY = "device-sip-registration-expiry-seconds"

_QUARTER_HOURS = [timedelta(minutes=15 * quarters) for quarters in range(-12 * 4, 14 * 4 + 1)]
_SLACK = timedelta(minutes=2)
"""How far apart two honest clocks, and the late writing of a registration, may lie."""


def read_devices(rows: Sequence[object], user: str, now: datetime | None) -> ListReading[Device]:
    """Every device of one user. ``now`` is the server's own time of answering, if it gave one.

    Live servers were seen to write times without a time zone, and which zone it is nobody states. It is settled
    only where ``now`` leaves one choice; otherwise such a time is not known.
    """
    problems: list[Problem] = []
    read: dict[str, JsonRow] = {}
    for place, row in objects(rows, "Device", Part.DEVICES, problems):
        device = row.text("device")
        if device:
            read.setdefault(device, row)
        else:
            problems.append(Problem(Part.DEVICES, f"{place} has no id (device): left out.", lost=True))
    offset = clock_offset(read.values(), now)
    devices = tuple(_device(device, user, row, offset) for device, row in read.items())
    for device, row in read.items():
        problems.extend(row.problems(Part.DEVICES, f"Device {device}"))
    return ListReading(devices, tuple(problems))


def _device(device: str, user: str, row: JsonRow, offset: timedelta | None) -> Device:
    words = row.text
    return Device(
        id=device,
        user=words("user") or user,
        registered=_registered(row),
        expires_at=_aware(_moment(row, _EXPIRES_AT), offset),
        expiry_seconds=row.count(_EXPIRY, missing=None),
        ip=without_port(words("device-sip-registration-ip-address")),
        model=words("device-sip-registration-user-agent", "device-models-model"),
        push=row.yes_no("device-push-enabled", missing=False) is True,
    )


def _registered(row: JsonRow) -> bool | None:
    state = row.text("device-sip-registration-state")
    if state and state.casefold() not in _STATES:
        row.note("device-sip-registration-state", state, " or ".join(_STATES))
    return _STATES.get(state.casefold())


def without_port(address: str) -> str:
    """The address without its port: ``203.0.113.10:5060``, ``[2001:db8::1]:5060``."""
    if address.startswith("["):
        return address[1:].split("]", 1)[0]
    return address.split(":", 1)[0] if address.count(":") == 1 else address


def _moment(row: JsonRow, name: str) -> datetime | None:
    """A time in either of its formats; naive when it names no zone."""
    words = row.text(name)
    try:
        return datetime.fromisoformat(words) if words and not words.startswith("0000") else None
    except ValueError:
        row.note(name, words, "a time")
        return None


def _aware(moment: datetime | None, offset: timedelta | None) -> datetime | None:
    try:
        if moment is None or moment.tzinfo is not None:
            return moment
        return None if offset is None else (moment - offset).replace(tzinfo=UTC)
    except OverflowError:
        return None


def clock_offset(rows: Iterable[JsonRow], now: datetime | None) -> timedelta | None:
    """How far the server's unzoned times are ahead of UTC, if the registered phones leave only one choice.

    A registered phone registered in the past and expires in the future: that window is as wide as its expiry,
    and for the usual few minutes only one quarter of an hour fits.
    """
    if now is None:
        return None
    candidates = _QUARTER_HOURS
    settled = False
    clock = now.astimezone(UTC).replace(tzinfo=None)
    for row in rows:
        start, end = _moment(row, _REGISTERED_AT), _moment(row, _EXPIRES_AT)
        if not _registered(row) or start is None or end is None or start.tzinfo or end.tzinfo:
            continue
        settled = True
        candidates = [ahead for ahead in candidates if start - _SLACK <= clock + ahead <= end + _SLACK]
    return candidates[0] if settled and len(candidates) == 1 else None
