"""The parts of the API's rows that change by themselves."""

from datetime import datetime

from queuewatch.pbx.sandbox.clock import stamp
from queuewatch.pbx.sandbox.phones import Phone
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
        word = "busy" if calls else "available"
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
