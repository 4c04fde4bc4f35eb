"""Whom an id names: the user behind an agent row, a device or a forward, decided here and nowhere else.

A device is called like its user with something behind it, in either case and of any length: ``1001wp``, ``1001M``,
``1001-desk`` [seen live]. Its user is the longest extension of the domain that begins its id; where none does,
whose it is is not known.
"""

from collections.abc import Collection, Mapping

from queuewatch.failover.model import Agent, Device, EntryKind, Snapshot, User, once_per_snapshot


def user_of(snapshot: Snapshot, agent: Agent) -> str:
    """The extension behind an agent row; empty for an outside number, and where the id tells none."""
    match agent.entry:
        case EntryKind.OFFNET:
            return ""
        case EntryKind.USER:
            return agent.local
        case EntryKind.DEVICE | EntryKind.UNKNOWN:
            return owner_of(snapshot, agent.local)


def owner_of(snapshot: Snapshot, device: str) -> str:
    """The extension of the user whose device this is, by its id; empty where none is known."""
    return owner_among(device, extensions_known(snapshot))


def owner_among(device: str, extensions: Collection[str]) -> str:
    """The longest of these extensions that begins a device's id; empty where none does."""
    for length in range(len(device), 0, -1):
        # A digit more is another extension, and no suffix.
        if device[:length] in extensions and not device[length : length + 1].isdecimal():
            return device[:length]
    return ""


@once_per_snapshot
def extensions_known(snapshot: Snapshot) -> frozenset[str]:
    """Every extension that anything which was read tells of."""
    rows = (row for rows in snapshot.agents.values() for row in rows)
    users = {row.local for row in rows if row.entry is EntryKind.USER}
    return frozenset((*users, *(snapshot.users or ()), *snapshot.devices, *snapshot.queues))


def person(snapshot: Snapshot, extension: str) -> User | None:
    """The user of this extension who is a person: no system user, such as a queue's."""
    user = (snapshot.users or {}).get(extension)
    return None if user is None or user.system or extension in snapshot.queues else user


def name_of(snapshot: Snapshot, extension: str) -> str:
    """The user's name, else the extension."""
    user = (snapshot.users or {}).get(extension)
    return user.name if user and user.name else extension


@once_per_snapshot
def rows_by_user(snapshot: Snapshot) -> Mapping[str, tuple[Agent, ...]]:
    """Every readable row of a user or of one of the user's devices, by extension."""
    return rows_among(snapshot, snapshot.agents)


def rows_among(snapshot: Snapshot, agents: Mapping[str, tuple[Agent, ...]]) -> Mapping[str, tuple[Agent, ...]]:
    """The same among the agents of some queues, by queue."""
    found: dict[str, list[Agent]] = {}
    for rows in agents.values():
        for row in rows:
            if row.readable and (user := user_of(snapshot, row)):
                found.setdefault(user, []).append(row)
    return {user: tuple(rows) for user, rows in found.items()}


def devices_of(snapshot: Snapshot, agent: Agent) -> tuple[Device, ...]:
    """The phones that ring for this row, as far as they were read: a device's row rings that device alone."""
    devices = snapshot.devices.get(user_of(snapshot, agent), ())
    if agent.entry is not EntryKind.DEVICE:
        return devices
    return tuple(device for device in devices if device.id.casefold() == agent.local.casefold())
