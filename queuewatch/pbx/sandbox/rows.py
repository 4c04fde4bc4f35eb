"""The parts of the API's rows that change by themselves."""

from collections.abc import Sequence
from datetime import datetime

from queuewatch.failover.status import is_do_not_disturb
from queuewatch.pbx.sandbox.clock import stamp
from queuewatch.pbx.sandbox.phone import Phone
from queuewatch.pbx.sandbox.samples import Row


def device_of(row: Row) -> str:
    """The device, or the user, that an agent row's id names: ``1001wp`` of ``sip:1001wp@lakeside.example``."""
    return str(row["callqueue-agent-id"]).removeprefix("sip:").split("@", 1)[0]


def person(row: Row, owners: dict[str, str]) -> str:
    """Who an agent row is: the user, the user who owns the device, or the off-net row's own id."""
    if row.get("callqueue-agent-entry-type") == "offnet":
        return str(row["callqueue-agent-id"])
    return owners.get(device_of(row), device_of(row))


def count_of(row: Row, key: str) -> int:
    """A whole number of a row; 0 where there is none."""
    value = row.get(key)
    return value if isinstance(value, int) else 0


def is_logged_in(row: Row) -> bool:
    """Whether the agent is logged in to the row's queue."""
    return row.get("callqueue-agent-availability-type") in ("automatic", "offnet-automatic")


def connection(row: Row, phones: list[Phone], now: datetime) -> str:
    """``callqueue-agent-has-registered-devices`` of an agent whose phones these are."""
    if row.get("callqueue-agent-entry-type") == "offnet":
        return "offnet"
    if any(phone.is_registered(now) for phone in phones):
        return "yes"
    return "push-enabled" if any(phone.push for phone in phones) else "no"


def agent_row(row: Row, connected: str, calls: int) -> Row:
    """An agent as the API sends it. The words for dispatch are the sandbox's own: the vendor lists none."""
    if connected == "no":
        word = "offline"
    elif not is_logged_in(row):
        word = "logged out"
    else:
        resting = is_do_not_disturb(str(row.get("sub-portal-status") or ""))
        word = "busy" if calls else "unavailable" if resting else "available"
    return {
        **row,
        "callqueue-agent-has-registered-devices": connected,
        "callqueue-agent-availability-for-dispatch": word,
        "active-calls-total-current": calls,
    }


def queue_row(queue: Row, agents: list[Row], waiting: int) -> Row:
    """A queue as the API sends it, with the server's own counts."""
    free = [row for row in agents if row["callqueue-agent-availability-for-dispatch"] == "available"]
    return {
        **queue,
        "active-queued-calls-total-current": waiting,
        "callqueue-count-agents-available": len(free),
        "callqueue-count-agents-total": len(agents),
    }


def device_row(row: Row, phone: Phone, now: datetime) -> Row:
    """A device as the API sends it; without a registration it has no times (seen on live servers)."""
    registered = phone.is_registered(now)
    return {
        **row,
        "device-sip-registration-state": "registered" if registered else "unregistered",
        "device-sip-registration-datetime": stamp(phone.last) if registered and phone.last else None,
        "device-sip-registration-expires-datetime": stamp(phone.expires_at)
        if registered and phone.expires_at
        else None,
    }


RECKONED = (
    "callqueue-agent-has-registered-devices",
    "callqueue-agent-availability-for-dispatch",
    "active-calls-total-current",
    "active-queued-calls-total-current",
    "callqueue-count-agents-available",
    "callqueue-count-agents-total",
)
"""The fields that the sandbox works out anew each time it sends a row."""


class AsRecorded:
    """What a recording says otherwise than the sandbox would reckon at its first moment: that stays as it was."""

    def __init__(self, recorded: Sequence[Row], reckoned: Sequence[Row]) -> None:
        pairs = zip(recorded, reckoned, strict=True)
        self._differences_of = [_differences(recorded, sent) for recorded, sent in pairs]

    def keep(self, nth: int, row: Row) -> Row:
        """The nth row as the recording has it where it differed."""
        difference = self._differences_of[nth]
        shared = {key: value for key, value in row.items() if key not in difference}
        return {**shared, **{key: value for key, value in difference.items() if value is not _NOT_SENT}}


_NOT_SENT = object()


def _differences(recorded: Row, sent: Row) -> Row:
    return {
        key: recorded.get(key, _NOT_SENT)
        for key in RECKONED
        if key in sent
        and (key not in recorded or recorded[key] != sent[key] or type(recorded[key]) is not type(sent[key]))
    }
