"""Where the sandbox's phone system sends a call: by the rows it stores, read here and nowhere else.

Written apart from ``queuewatch.failover``, which says where a call *would* go: a mistake in either is found where
both are asked about the same company.
"""

import re
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from queuewatch.pbx.sandbox.company import Company
from queuewatch.pbx.sandbox.rows import count_of, device_of, is_logged_in
from queuewatch.pbx.sandbox.samples import Row, Sample


class Switchboard(Protocol):
    """What of a phone system its calls rest on."""

    sample: Sample
    domain: str
    floor: Company
    users: dict[str, Row]
    rules: dict[str, list[Row]]

    @property
    def now(self) -> datetime:
        """The moment up to which everything has happened; aware."""


class StopKind(StrEnum):
    """What a call does where it is."""

    WAITS = "waits"
    """In a queue, hearing music."""
    RINGS = "rings"
    """At a phone or a number; answered or not."""
    MACHINE = "machine"
    """A mailbox or an auto attendant takes it."""
    PARKED = "parked"
    LOST = "lost"
    """It ends here."""


class CallStop(Struct, frozen=True):
    """Where a call is."""

    kind: StopKind
    target: str = ""
    """A queue, a user, a mailbox, an attendant or an outside number."""
    address: str = ""
    """What rings behind that: a device, a number, ``vmail_8002``."""
    by: str = ""
    """The extension that sent it here; empty for whatever was dialled."""
    action: str = ""
    """How it was sent, in the sandbox's words: the vendor lists none."""
    why: str = ""
    """Why it is lost."""
    outside: bool = False
    person: str = ""
    """Who is on a call once it is answered, as agents' rows count it."""
    patience: timedelta | None = None
    """How long it rings, or waits, before something else becomes of it; ``None`` for ever."""
    otherwise: Callable[[str], "CallStop"] | None = None
    """What becomes of it then, by ``busy``, ``no answer`` or ``failed``; ``None`` for being lost."""


MOST_HOPS = 25
RINGING = timedelta(seconds=25)
"""How long a phone rings where nothing says otherwise."""
LONGEST_RINGING = timedelta(seconds=60)
"""How long an outside number rings before its carrier gives up."""

_ALIAS = re.compile(
    r"(?:[0-9]+_)?(callqueue|queue|user|phone|vmail|voicemail|aa|attendant|park|conf)_(.+)", re.IGNORECASE
)
_SHORTEST_NUMBER = 7


class Routing(Struct, frozen=True):
    """The rules of one phone system, applied to one call at the moment it comes."""

    pbx: Switchboard

    def dialled(self, number: str) -> CallStop:
        """Where a call to this number or extension comes first."""
        return self._go(number, "", "", MOST_HOPS)

    def _go(self, destination: str, by: str, action: str, hops: int) -> CallStop:
        if hops == 0:
            return CallStop(StopKind.LOST, by=by, action=action, why="loop")
        bare = destination.split(";", 1)[0].strip()
        local, _, host = bare.partition("@")
        if host and host.casefold() != self.pbx.domain.casefold():
            return CallStop(StopKind.LOST, bare, by=by, action=action, why="another domain")
        if found := _ALIAS.fullmatch(local):
            return self._alias(found[1].casefold(), found[2], by, action, hops)
        if self._attendant(local):
            return self._machine(local, local, by, action)
        if local in self.pbx.floor.queues:
            return self._queue(local, by, action, hops)
        if local in self.pbx.users:
            return self._user(local, by, action, hops)
        return self._number(local, by, action, hops)

    def _alias(self, kind: str, name: str, by: str, action: str, hops: int) -> CallStop:
        nowhere = CallStop(StopKind.LOST, name, by=by, action=action, why="not there")
        match kind:
            case "queue" | "callqueue":
                return self._queue(name, by, action, hops) if name in self.pbx.floor.queues else nowhere
            case "user" if name in self.pbx.floor.queues:
                return self._queue(name, by, action, hops)
            case "user":
                return self._user(name, by, action, hops) if name in self.pbx.users else nowhere
            case "phone":
                return self._phone(name, by, action)
            case "vmail" | "voicemail":
                return self._mailbox(name, by, action)
            case "aa" | "attendant":
                attendant = self._attendant(name)
                return self._machine(attendant, f"aa_{name}", by, action) if attendant else nowhere
            case "park":
                return CallStop(StopKind.PARKED, name, by=by, action=action)
            case _:
                return nowhere

    def _number(self, digits: str, by: str, action: str, hops: int) -> CallStop:
        key = _significant(digits)
        if len(key) < _SHORTEST_NUMBER or not key.isdecimal():
            return CallStop(StopKind.LOST, digits, by=by, action=action, why="no number")
        for row in self.pbx.sample.phonenumbers:
            if _significant(str(row["phonenumber"])) == key and row.get("enabled", "yes") == "yes":
                return self._own_number(row, by, action, hops - 1)
        return CallStop(
            StopKind.RINGS,
            digits,
            digits,
            by,
            action,
            outside=True,
            patience=LONGEST_RINGING,
        )

    def _own_number(self, row: Row, by: str, action: str, hops: int) -> CallStop:
        application = str(row.get("dial-rule-application", ""))
        target = str(row.get("dial-rule-translation-destination-user", ""))
        match application:
            case "to-callqueue" | "to-queue":
                return self._alias("queue", target.removeprefix("queue_"), by, action, hops)
            case "to-voicemail":
                return self._mailbox(target, by, action)
            case "available-number":
                return CallStop(StopKind.LOST, target, by=by, action=action, why="nobody's number")
            case _:
                return self._go(target, by, action, hops)

    # Queues

    def _queue(self, queue: str, by: str, action: str, hops: int) -> CallStop:
        settings = self.pbx.floor.queues[queue]
        if str(settings.get("callqueue-dispatch-type")).casefold() in ("call park", "-"):
            return CallStop(StopKind.PARKED, queue, by=by, action=action)
        rule = self._rule(queue)
        always = _forward(rule, "forward-always")
        if always and not _is_queue_itself(always, queue, self.pbx.domain):
            return self._go(always, queue, "Forward", hops - 1)
        full = count_of(settings, "callqueue-max-current-callers-to-accept-new-callers")
        if 0 < full <= self.pbx.floor.calls_of(queue):
            return self._on(rule, "forward-on-busy", queue, "ForwardBusy", hops, "queue full")
        required = settings.get("callqueue-require-available-agents-to-accept-new-callers") == "yes"
        if required and not self.reachable(queue):
            offline = _forward(rule, "forward-when-unregistered")
            if offline:
                return self._go(offline, queue, "ForwardNotRegistered", hops - 1)
            return self._on(rule, "forward-on-busy", queue, "ForwardBusy", hops, "no agents")
        return self.waiting(queue, by, action)

    def waiting(self, queue: str, by: str = "", action: str = "") -> CallStop:
        """A caller in this queue."""
        minutes = count_of(self.pbx.floor.queues[queue], "callqueue-max-wait-timeout-minutes")
        return CallStop(
            StopKind.WAITS,
            queue,
            by=by,
            action=action,
            patience=timedelta(minutes=minutes) if minutes else None,
            otherwise=lambda _: self._on(
                self._rule(queue), "forward-no-answer", queue, "ForwardNoAnswer", MOST_HOPS, "waited too long"
            ),
        )

    def reachable(self, queue: str) -> bool:
        """Whether a single agent of the queue is online, free or not."""
        return any(_is_online(row) for row in self.pbx.floor.agent_rows(queue))

    def next_agent(self, queue: str, tried: Collection[str]) -> Row | None:
        """The first agent whom a call of this queue may ring now."""
        free = [
            row
            for row in self.pbx.floor.agent_rows(queue)
            if _is_online(row) and not _is_busy(row) and row["callqueue-agent-id"] not in tried
        ]
        return min(free, key=lambda row: count_of(row, "ordinal-order"), default=None)

    def at_agent(self, queue: str, row: Row, back: Callable[[str], CallStop]) -> CallStop:
        """The call of a queue at one of its agents; ``back`` in the queue where nobody answers."""
        seconds = count_of(self.pbx.floor.queues[queue], "callqueue-agent-dispatch-timeout-seconds")
        outside = row.get("callqueue-agent-entry-type") == "offnet"
        named = device_of(row)
        who = self.pbx.floor.person_of(row)
        patience = timedelta(seconds=seconds) if seconds else RINGING
        user = named if outside else who
        return CallStop(StopKind.RINGS, user, named, queue, "QueueDispatch", "", outside, who, patience, back)

    # People

    def _user(self, user: str, by: str, action: str, hops: int) -> CallStop:
        rule = self._rule(user)
        always = _forward(rule, "forward-always")
        if always:
            return self._go(always, user, "Forward", hops - 1)
        if not self._is_registered(user):
            beside = self._rung_beside(user, rule)
            if beside is not None:
                who, outside = beside
                known = "" if outside else who
                return CallStop(StopKind.RINGS, who, who, user, "SimRing", "", outside, known, RINGING)
            offline = _forward(rule, "forward-when-unregistered")
            if offline:
                return self._go(offline, user, "ForwardNotRegistered", hops - 1)
            return self._mailbox(user, user, "ForwardNotRegistered", or_else="not registered")
        if _switch(rule, "do-not-disturb"):
            return self._else_mailbox(rule, "forward-on-dnd", user, "ForwardDND", hops)
        seconds = count_of(self.pbx.users[user], "ring-no-answer-timeout-seconds")

        def otherwise(what: str) -> CallStop:
            busy = what == "busy"
            name = "forward-on-busy" if busy else "forward-no-answer"
            return self._else_mailbox(rule, name, user, "ForwardBusy" if busy else "ForwardNoAnswer", hops)

        patience = timedelta(seconds=seconds) if seconds else RINGING
        return CallStop(
            StopKind.RINGS, user, user, by, action, person=user, patience=patience, otherwise=otherwise
        )

    def _rung_beside(self, user: str, rule: Row) -> tuple[str, bool] | None:
        """Who rings beside a person whose own phones are gone, and whether that is an outside number."""
        block = rule.get("simultaneous-ring")
        if not isinstance(block, dict) or block.get("enabled") != "yes":
            return None
        for item in block.get("parameters") or []:
            name = str(item).split(";", 1)[0].removeprefix("confirm_").removeprefix("user_")
            if name in self.pbx.users and name != user and self._is_registered(name):
                return name, False
            if name.isdecimal() and len(name) >= 10:
                return name, True
        return None

    def _phone(self, device: str, by: str, action: str) -> CallStop:
        phone = self.pbx.floor.phones.get(device)
        if phone is None or not (phone.push or phone.is_registered(self.pbx.now)):
            return CallStop(StopKind.LOST, device, by=by, action=action, why="not registered")
        return CallStop(StopKind.RINGS, phone.user, device, by, action, person=phone.user, patience=RINGING)

    def _mailbox(self, user: str, by: str, action: str, or_else: str = "no mailbox") -> CallStop:
        row = self.pbx.users.get(user)
        if row is None or row.get("voicemail-enabled", "yes") != "yes":
            return CallStop(StopKind.LOST, user, by=by, action=action, why=or_else)
        label = "vmail-unreg" if action == "ForwardNotRegistered" and by == user else f"vmail_{user}"
        return self._machine(user, label, by, action)

    def _machine(self, whose: str, address: str, by: str, action: str) -> CallStop:
        return CallStop(StopKind.MACHINE, whose, address, by, action)

    def _attendant(self, name: str) -> str:
        """The extension of the auto attendant that this names; empty where there is none."""
        plain = re.sub(r"[\W_]+", "", name).casefold()
        for row in self.pbx.sample.autoattendants:
            called = re.sub(r"[\W_]+", "", str(row["attendant-name"])).casefold()
            if name == row["user"] or plain == called:
                return str(row["user"])
        return ""

    def _is_registered(self, user: str) -> bool:
        phones = [phone for phone in self.pbx.floor.phones.values() if phone.user == user]
        return any(phone.push or phone.is_registered(self.pbx.now) for phone in phones)

    # Rules

    def _rule(self, user: str) -> Row:
        rules = self.pbx.rules.get(user, [])
        active = [rule for rule in rules if rule.get("is-active") in (True, "true", 1)]
        default = [rule for rule in rules if rule["time-frame"] == "*" and rule.get("enabled") == "yes"]
        return next(iter((*active, *default)), {})

    def _on(self, rule: Row, name: str, user: str, action: str, hops: int, why: str) -> CallStop:
        destination = _forward(rule, name)
        if destination:
            return self._go(destination, user, action, hops - 1)
        return CallStop(StopKind.LOST, user, by=user, action=action, why=why)

    def _else_mailbox(self, rule: Row, name: str, user: str, action: str, hops: int) -> CallStop:
        destination = _forward(rule, name)
        if destination:
            return self._go(destination, user, action, hops - 1)
        return self._mailbox(user, user, action, or_else="no answer")


def _forward(rule: Row, name: str) -> str:
    """Where this forward sends a call; empty where it is off."""
    block = rule.get(name)
    if not isinstance(block, dict) or block.get("enabled") != "yes":
        return ""
    destinations = [str(item).strip() for item in block.get("parameters") or []]
    return next(iter(filter(None, destinations)), "")


def _switch(rule: Row, name: str) -> bool:
    block = rule.get(name)
    return isinstance(block, dict) and block.get("enabled") == "yes"


def _is_queue_itself(destination: str, queue: str, domain: str) -> bool:
    bare, _, host = destination.split(";", 1)[0].strip().casefold().partition("@")
    if host and host != domain.casefold():
        return False
    return re.fullmatch(rf"(?:(?:[0-9]+_)?(?:call)?queue_)?{re.escape(queue.casefold())}", bare) is not None


def _significant(digits: str) -> str:
    """A North American number without its country's code, any other as it is."""
    plain = digits.removeprefix("+")
    return plain[1:] if len(plain) == 11 and plain.startswith("1") else plain


def _is_online(row: Row) -> bool:
    return is_logged_in(row) and row["callqueue-agent-has-registered-devices"] != "no"


def _is_busy(row: Row) -> bool:
    resting = "".join(filter(str.isalpha, str(row.get("sub-portal-status") or ""))).casefold()
    return count_of(row, "active-calls-total-current") > 0 or resting in ("dnd", "donotdisturb")
