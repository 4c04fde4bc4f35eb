"""The people, phones, calls and callers of a sample company at one moment, and what can happen to them."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime, timedelta

from msgspec import Struct

from queuewatch.pbx.sandbox.clock import moment, stamp
from queuewatch.pbx.sandbox.phone import Phone
from queuewatch.pbx.sandbox.rows import (
    AsRecorded,
    agent_row,
    connection,
    count_of,
    device_of,
    device_row,
    is_logged_in,
    person,
    queue_row,
)
from queuewatch.pbx.sandbox.samples import Row, Sample
from queuewatch.pbx.sandbox.scenario import caller_number

FIRST_PHONE_BACK = timedelta(seconds=6)
NEXT_PHONE_BACK = timedelta(seconds=2)
"""Phones that get their power back start one after the other."""


class Caller(Struct, frozen=True):
    """Someone waiting in a queue."""

    number: str
    since: datetime
    followed: bool = False
    """Whose call is followed to its end: it is nobody of a scenario's bustle."""
    callback: bool = False
    """Nobody on the line any more, but somebody to be called back."""


class Company:
    """What of a company changes by itself. ``now`` is moved on by whoever owns the floor."""

    def __init__(self, sample: Sample, now: datetime) -> None:
        self.now = now
        self._later = now - sample.start
        """The sample's times are moved by this, so that they are as old as they were meant to be."""
        self.queues = {str(row["callqueue"]): row for row in deepcopy(sample.callqueues)}
        """The stored settings, by extension."""
        self._agents = [self._at_our_time(row) for row in deepcopy(sample.agents)]
        self._devices = {str(row["device"]): row for rows in deepcopy(sample.devices).values() for row in rows}
        sites = {str(user["user"]): str(user.get("site") or "") for user in sample.users}
        self.phones = {device: self._phone(row, sites) for device, row in self._devices.items()}
        self._phones_by_user: dict[str, list[Phone]] = {}
        for phone in self.phones.values():
            self._phones_by_user.setdefault(phone.user, []).append(phone)
        self._owners = {phone.device: phone.user for phone in self.phones.values()}
        self._calls = {
            person(row, self._owners): count_of(row, "active-calls-total-current") for row in self._agents
        }
        self._waiting = {extension: self._first_callers(row) for extension, row in self.queues.items()}
        self._dark: dict[str, list[Phone]] = {}
        """The sites without power, and the phones that were on when it went."""
        self._dark_since: dict[str, datetime] = {}
        self._as_recorded: tuple[AsRecorded, AsRecorded] | None = None
        self.settle(now)
        if sample.recorded:
            self._as_recorded = (
                AsRecorded(self._agents, self.agent_rows()),
                AsRecorded(list(self.queues.values()), self.queue_rows()),
            )

    def _at_our_time(self, row: Row) -> Row:
        for key, value in row.items():
            if key.endswith("-datetime") and isinstance(value, str):
                row[key] = stamp(moment(value) + self._later)
        return row

    def _phone(self, row: Row, sites: dict[str, str]) -> Phone:
        registered = row.get("device-sip-registration-datetime")
        user = str(row["user"])
        return Phone(
            device=str(row["device"]),
            user=user,
            site=sites.get(user, ""),
            lifetime=timedelta(seconds=count_of(row, "device-sip-registration-expiry-seconds") or 60),
            push=row.get("device-push-enabled") == "yes",
            on_since=moment(registered) + self._later if isinstance(registered, str) else None,
        )

    def _first_callers(self, queue: Row) -> list[Caller]:
        waiting = count_of(queue, "active-queued-calls-total-current")
        return [Caller(caller_number(nth), self.now - timedelta(seconds=95 - 20 * nth)) for nth in range(waiting)]

    def settle(self, now: datetime) -> None:
        """Go on to ``now``: phones that are on renew their registrations."""
        self.now = max(now, self.now)
        for phone in self.phones.values():
            phone.settle(self.now)

    # Phones and power

    @property
    def sites(self) -> tuple[str, ...]:
        """Where there are phones, which is where power can be cut."""
        return tuple(sorted({phone.site for phone in self.phones.values() if not phone.push}))

    @property
    def dark_sites(self) -> frozenset[str]:
        """The sites without power."""
        return frozenset(self._dark)

    @property
    def waking_sites(self) -> frozenset[str]:
        """The sites where a phone that is switched on has not registered yet."""
        return frozenset(phone.site for phone in self.phones.values() if phone.registers_after(self.now))

    @property
    def next_turn(self) -> datetime | None:
        """When the next phone registers or runs out, as things are; ``None`` for never."""
        turns = (phone.next_turn(self.now) for phone in self.phones.values())
        return min((turn for turn in turns if turn is not None), default=None)

    def darken(self, site: str) -> None:
        """Take a site's power: its calls drop, and its phones stay registered until their time runs out."""
        if site in self._dark:
            return
        here = [phone for phone in self.phones.values() if phone.site == site and phone.is_on and not phone.push]
        self._dark[site] = here
        self._dark_since[site] = self.now
        for phone in here:
            phone.lose_power()
            self._calls[phone.user] = 0

    def dark_since(self, site: str) -> datetime | None:
        """Since when a site has no power; ``None`` for one that has."""
        return self._dark_since[site] if site in self._dark else None

    def next_phone_off(self, site: str, after: datetime) -> datetime | None:
        """When, after a moment, the next registration runs out at a dark site; ``None`` if none is left."""
        left = (phone.expires_at for phone in self._dark.get(site, ()))
        return min((moment for moment in left if moment is not None and moment > after), default=None)

    def light_up(self, site: str) -> None:
        """Give a site its power back: its phones register again, one after the other, within seconds."""
        for nth, phone in enumerate(self._dark.pop(site, [])):
            phone.start(self.now + FIRST_PHONE_BACK + NEXT_PHONE_BACK * nth)

    def register(self, who: str) -> None:
        """Switch on the phones of a user, or one device, unless there is no power."""
        for phone in self._phones_of(who):
            if phone.push or phone.site not in self._dark:
                phone.start(self.now)

    def unregister(self, who: str) -> None:
        """Switch off the phones of a user, or one device, in good order: they are gone at once."""
        for phone in self._phones_of(who):
            phone.unregister()

    def _phones_of(self, who: str) -> list[Phone]:
        if who in self._phones_by_user:
            return self._phones_by_user[who]
        return [self.phones[who]] if who in self.phones else []

    # Agents and calls

    def seats(self, agent_id: str, queue: str | None = None) -> list[Row]:
        """The stored rows of one agent: in one queue, or in all."""
        rows = [row for row in self._agents if row["callqueue-agent-id"] == agent_id]
        return rows if queue is None else [row for row in rows if row["callqueue"] == queue]

    def log_in(self, rows: Iterable[Row]) -> None:
        """Log agents in to the queues of these rows."""
        for row in rows:
            offnet = row.get("callqueue-agent-entry-type") == "offnet"
            row["callqueue-agent-availability-type"] = "offnet-automatic" if offnet else "automatic"
            row["sub-portal-status"] = None

    def log_out(self, rows: Iterable[Row], status: str | None = None) -> None:
        """Log agents out of the queues of these rows, with their portal status ("Lunch") if they gave one."""
        for row in rows:
            row["callqueue-agent-availability-type"] = "manual"
            row["sub-portal-status"] = status

    def go_to_lunch(self, who: str) -> None:
        """Log someone out of every queue they are logged in to."""
        self.log_out([row for row in self._rows_of(who) if is_logged_in(row)], "Lunch")

    def come_back(self, who: str) -> None:
        """Log someone in to the queues they left with a status."""
        self.log_in([row for row in self._rows_of(who) if row.get("sub-portal-status")])

    def take_call(self, who: str, queue: str) -> None:
        """Send a call of the queue to an agent: only to one who is logged in, free, and whose phone is there."""
        rows = [row for row in self._rows_of(who) if row["callqueue"] == queue and is_logged_in(row)]
        if self._calls.get(who) or not any(self._rings(row) for row in rows):
            return
        self._calls[who] = 1
        for caller in self._waiting[queue]:
            if not caller.followed:
                self._waiting[queue].remove(caller)
                break
        for row in rows:
            row["last-callqueue-dispatch-datetime"] = stamp(self.now)

    def hang_up(self, who: str) -> None:
        """End the agent's calls."""
        self._calls[who] = 0

    def person_of(self, row: Row) -> str:
        """Who an agent's row is: a user, or the id of an off-net row."""
        return person(row, self._owners)

    def begin_call(self, who: str) -> None:
        """Somebody is on one call more; nobody at all where they are not known."""
        if who:
            self._calls[who] = self._calls.get(who, 0) + 1

    def finish_call(self, who: str) -> None:
        """Somebody is on one call less."""
        if self._calls.get(who):
            self._calls[who] -= 1

    def _rings(self, row: Row) -> bool:
        there = [phone for phone in self._phones_behind(row) if phone.push or phone.is_on]
        return connection(row, there, self.now) != "no"

    def _rows_of(self, who: str) -> list[Row]:
        return [row for row in self._agents if person(row, self._owners) == who]

    def _phones_behind(self, row: Row) -> list[Phone]:
        if row.get("callqueue-agent-entry-type") == "device":
            phone = self.phones.get(device_of(row))
            return [phone] if phone else []
        return self._phones_of(person(row, self._owners))

    # Callers

    def caller_arrives(self, queue: str, number: str) -> None:
        """A caller waits, if the queue takes one: Require Agents turns callers away once every agent is Grey."""
        settings = self.queues[queue]
        required = settings.get("callqueue-require-available-agents-to-accept-new-callers") == "yes"
        online = any(
            is_logged_in(row) and row["callqueue-agent-has-registered-devices"] != "no"
            for row in self.agent_rows(queue)
        )
        limit = count_of(settings, "callqueue-max-current-callers-to-accept-new-callers")
        if (online or not required) and (not limit or len(self._waiting[queue]) < limit):
            self._waiting[queue].append(Caller(number or caller_number(len(self._waiting[queue])), self.now))

    def caller_leaves(self, queue: str, number: str) -> None:
        """A caller gives up: this one if still there, or (empty) the one who has waited longest."""
        for caller in self._waiting[queue]:
            if number in ("", caller.number) and not caller.followed:
                self._waiting[queue].remove(caller)
                return

    def wait(self, queue: str, caller: Caller) -> None:
        """Let a caller wait in the queue, whatever its settings say."""
        self._waiting[queue].append(caller)

    def leave(self, queue: str, caller: Caller) -> None:
        """Let this very caller wait no longer."""
        self._waiting[queue] = [other for other in self._waiting[queue] if other is not caller]

    # What the API sends

    def agent_rows(self, queue: str | None = None) -> list[Row]:
        """The agents of one queue, or of all."""
        return [
            self._agent_row(nth, row)
            for nth, row in enumerate(self._agents)
            if queue is None or row["callqueue"] == queue
        ]

    def _agent_row(self, nth: int, row: Row) -> Row:
        sent = self._reckoned(row)
        return self._as_recorded[0].keep(nth, sent) if self._as_recorded else sent

    def _reckoned(self, row: Row) -> Row:
        connected = connection(row, self._phones_behind(row), self.now)
        return agent_row(row, connected, self._calls[person(row, self._owners)])

    def queue_rows(self) -> list[Row]:
        """Every queue, with the server's own counts."""
        agents: dict[str, list[Row]] = {extension: [] for extension in self.queues}
        for row in self._agents:
            agents.setdefault(str(row["callqueue"]), []).append(self._reckoned(row))
        sent = [
            queue_row(settings, agents[extension], len(self._waiting[extension]))
            for extension, settings in self.queues.items()
        ]
        recorded = self._as_recorded
        return [recorded[1].keep(nth, row) for nth, row in enumerate(sent)] if recorded else sent

    def device_rows(self, user: str) -> list[Row]:
        """A user's phones and apps."""
        phones = self._phones_by_user.get(user, [])
        return [device_row(self._devices[phone.device], phone, self.now) for phone in phones]

    def calls_of(self, user: str) -> int:
        """Calls in progress on the user's account; for a queue's user, the callers waiting."""
        return len(self._waiting[user]) if user in self._waiting else self._calls.get(user, 0)

    def callers(self, queue: str) -> list[Row]:
        """Who waits in the queue, longest first, as ``queuedcall`` has it (seen on live servers)."""
        return [
            {
                "dial-rule-translation-source-user": caller.number,
                "dial-rule-translation-source-name": "WIRELESS CALLER",
                "callqueue-agent-availability-for-dispatch": (
                    "waiting for callback" if caller.callback else "Dispatching"
                ),
                "time_queued": stamp(caller.since),
            }
            for caller in self._waiting[queue]
        ]
