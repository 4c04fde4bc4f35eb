"""Recording a domain: everything queuewatch reads of it, as the server sent it, made harmless."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.forwards import dialled_by_forwards, people_behind_forwards
from queuewatch.failover.model import DialRule, Snapshot, local_part
from queuewatch.failover.people import owner_among
from queuewatch.failover.phone_number import own_number_key
from queuewatch.pbx.errors import PbxError, Refused, Throttled, Unreachable
from queuewatch.pbx.netsapiens.address import domain_path
from queuewatch.pbx.netsapiens.agents import DEFAULT_PAGE
from queuewatch.pbx.netsapiens.client import FAILED, MOST_ROWS, PAGE, NetsapiensDomain, unseen
from queuewatch.pbx.netsapiens.directory import read_attendants, read_numbers, read_users
from queuewatch.pbx.netsapiens.fields import JsonRow
from queuewatch.pbx.netsapiens.queues import read_queues
from queuewatch.pbx.netsapiens.recording.anonymize import RawLists, Scrubbed, anonymize
from queuewatch.pbx.netsapiens.responses import missing_user, rows_of
from queuewatch.pbx.netsapiens.rules import read_rules

PHONES_AT_ONCE = 10
PHONE_PAUSE = 1.5
"""Seconds between two readings of phones after the first 10: firewalls were seen to block clients that read the
phones of more than 60 users in a minute."""

Say = Callable[[str], None]


class Recording(Struct, frozen=True):
    """What was recorded, made harmless."""

    taken_at: datetime
    scrubbed: Scrubbed
    notes: tuple[str, ...]
    """What is missing, in sentences that name nobody."""


async def record(
    system: NetsapiensDomain,
    *,
    phones: bool = True,
    pause: float = PHONE_PAUSE,
    say: Say = lambda _: None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Recording:
    """Read the domain and make it harmless. ``say`` is told how far it has come.

    What a verdict needs and the server does not give is recorded as refused; sites, time frames and phones may be
    missing. Cancelling it while it reads phones ends only that. Raises :class:`PbxError` when the queues and
    agents cannot be read, or when the server can no longer be reached or asks to be left alone.
    """
    reader = _Reader(system, say)
    queue_rows = await reader.whole("callqueues", "the call queues")
    agent_rows = await reader.whole("agents", "the agents")
    users = await reader.pages("users", "the users")
    numbers = await reader.pages("phonenumbers", "the phone numbers")
    attendants = await reader.listed("autoattendants", "the auto attendants")
    sites = await reader.listed("sites", "the sites", needed=False)
    time_frames = await reader.listed("timeframes", "the time frames", needed=False)
    queues = [queue.extension for queue in read_queues(queue_rows, system.domain)[0] if not queue.park]
    rules: dict[str, list[object]] = {}
    for nth, extension in enumerate(queues, 1):
        say(f"answering rules of queue {nth} of {len(queues)}")
        found = await reader.rules(extension)
        if found is not None:
            rules[extension] = found
    snapshot = Snapshot(
        system.domain,
        reader.taken_at or datetime.now(UTC),
        queues={queue.extension: queue for queue in read_queues(queue_rows)[0]},
        rules={queue: read_rules(rows) for queue, rows in rules.items()},
        users={user.extension: user for user in read_users(users).items},
        numbers={own_number_key(number.number): number for number in read_numbers(numbers).items},
        attendants=read_attendants(attendants).items,
    )
    tried: set[str] = set()
    while pending := sorted(people_behind_forwards(snapshot) - tried):
        for extension in pending:
            say(f"answering rules of user {extension}, to whom calls are forwarded")
            found = await reader.rules(extension)
            if found is not None:
                rules[extension] = found
        tried.update(pending)
        snapshot = replace(snapshot, rules={extension: read_rules(rows) for extension, rows in rules.items()})
    dialled = dialled_by_forwards(snapshot)
    dial_rules = await reader.dial_rules() if dialled else {}
    devices = await reader.devices(_owners(agent_rows, users), pause, sleep) if phones else {}
    if not phones:
        reader.notes.append("Phones were left out.")
    raw = RawLists(
        queue_rows,
        agent_rows,
        users,
        numbers,
        attendants,
        sites,
        time_frames,
        answerrules=rules,
        devices=devices,
        dialrules=[(text, dial_rules[name]) for text, name in sorted(dialled.items()) if name in dial_rules],
    )
    taken_at = reader.taken_at or datetime.now(UTC)
    return Recording(taken_at, anonymize(raw, system.domain, taken_at, reader.refused), tuple(reader.notes))


def _owners(agent_rows: list[object], users: list[object]) -> list[str]:
    """The users behind the agents, each once; outside numbers have no phones."""
    extensions = {JsonRow(fields).text("user") for fields in users if isinstance(fields, dict)}
    agents = [JsonRow(fields) for fields in agent_rows if isinstance(fields, dict)]
    named = (row for row in agents if row.text("callqueue-agent-entry-type").casefold() == "user")
    extensions |= {local_part(row.text("callqueue-agent-id")) for row in named}
    extensions.discard("")
    owners: dict[str, None] = {}
    for row in agents:
        user = owner_among(local_part(row.text("callqueue-agent-id")), extensions)
        offnet = "offnet" in (
            row.text("callqueue-agent-entry-type"),
            row.text("callqueue-agent-has-registered-devices"),
        )
        if user and not offnet:
            owners[user] = None
    return list(owners)


class _Reader:
    """Reads raw lists, and remembers what was not to be had."""

    def __init__(self, system: NetsapiensDomain, say: Say) -> None:
        self._system = system
        self._say = say
        self.refused: list[str] = []
        """The paths below the domain that the server did not give."""
        self.notes: list[str] = []
        self.taken_at: datetime | None = None

    async def _rows(self, what: str, *path: str, **parameters: int) -> list[object]:
        self._say(what)
        answer = await self._system.ask(domain_path(self._system.domain, *path), what, **parameters)
        if self.taken_at is None:
            self.taken_at = answer.date
        return rows_of(answer)

    async def whole(self, collection: str, what: str) -> list[object]:
        """A list without pages, asked on only where it ends just where a page would."""
        rows, known = await self._rows(what, collection), set[str]()
        fresh = unseen(rows, known)
        while len(fresh) == DEFAULT_PAGE:
            if len(rows) >= MOST_ROWS:
                self._note_no_end(what, rows)
                break
            try:
                page = await self._rows(what, collection, start=len(rows), limit=PAGE)
            except FAILED:
                raise
            except PbxError:
                return rows
            fresh = unseen(page, known)
            rows = [*rows, *fresh]
        return rows

    async def pages(self, collection: str, what: str) -> list[object]:
        """Every page of a long list."""
        rows, known = list[object](), set[str]()
        start = 0
        try:
            while True:
                page = await self._rows(what, collection, start=start, limit=PAGE)
                fresh = unseen(page, known)
                rows += fresh
                start += len(page)
                if not fresh or (len(page) < PAGE and len(page) != DEFAULT_PAGE):
                    return rows
                if len(rows) >= MOST_ROWS:
                    self._note_no_end(what, rows)
                    return rows
        except PbxError as error:
            self._note(error, what, collection)
            return []

    async def listed(self, collection: str, what: str, *, needed: bool = True) -> list[object]:
        """A short list; an empty one where it is not to be had."""
        try:
            return await self._rows(what, collection)
        except PbxError as error:
            self._note(error, what, collection if needed else "")
            return []

    async def rules(self, queue: str) -> list[object] | None:
        """The answering rules of a queue's user; ``None`` without such a user, or where they are not given."""
        what = f"the answering rules of queue {queue}"
        try:
            answer = await self._system.ask(domain_path(self._system.domain, "users", queue, "answerrules"), what)
            return None if missing_user(answer) else rows_of(answer)
        except PbxError as error:
            self._note(error, "the answering rules of a queue", f"users/{queue}/answerrules")
            return None

    async def dial_rules(self) -> dict[str, DialRule]:
        """The dial rules by what they match; none where they are not to be had."""
        self._say("the dial rules")
        try:
            return {rule.dialled: rule for rule in (await self._system.read_dial_rules()).items}
        except PbxError as error:
            self._note(error, "the dial rules", f"dialplans/{self._system.domain}/dialrules")
            return {}

    async def devices(
        self, users: list[str], pause: float, sleep: Callable[[float], Awaitable[None]]
    ) -> dict[str, list[object]]:
        """The phones of these users, slowly; as many as there were when it was interrupted or refused."""
        devices: dict[str, list[object]] = {}
        try:
            for nth, user in enumerate(users):
                if nth >= PHONES_AT_ONCE:
                    await sleep(pause)
                self._say(f"phones of agent {nth + 1} of {len(users)} (Ctrl+C leaves out the rest)")
                answer = await self._system.ask(
                    domain_path(self._system.domain, "users", user, "devices"), f"the devices of user {user}"
                )
                devices[user] = [] if missing_user(answer) else rows_of(answer)
        except asyncio.CancelledError:
            # Whoever interrupts the long wait wants what there is.
            if task := asyncio.current_task():
                task.uncancel()
            self.notes.append(f"Interrupted: the phones of {len(devices)} of {len(users)} agents are in it.")
        except PbxError:
            self.notes.append(f"The server gave the phones of {len(devices)} of {len(users)} agents.")
        return devices

    def _note_no_end(self, what: str, rows: list[object]) -> None:
        self.notes.append(f"Only {len(rows)} rows of {what} are in it: the server comes to no end.")

    def _note(self, error: PbxError, what: str, refused: str) -> None:
        if isinstance(error, Refused | Throttled | Unreachable):
            raise error
        self.notes.append(f"The server did not give {what}.")
        if refused:
            self.refused.append(refused)
