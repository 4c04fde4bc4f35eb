"""Where the tester's call is: found among all calls in progress, and followed by the rows that tell of it.

Whether a phone system shows a call as one row or as one a leg is not known, so rows are put together by the ids
they share. The tester's call is known by the id that it was placed with, or by the number that calls, and by
nothing else: not by its moment, and not by being the only one. What is not seen is not said.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.destination import (
    CallEnd,
    EndKind,
    attendant_key,
    parse_destination,
    queue_entered,
)
from queuewatch.failover.forwards import rung_beside
from queuewatch.failover.model import Snapshot
from queuewatch.failover.people import owner_of, user_of
from queuewatch.failover.phone_number import as_dialled, own_number_key
from queuewatch.failover.verdict import Verdict
from queuewatch.pbx.calls import ActiveCall, Party, QueuedCall
from queuewatch.proof.proof import Reached


class Found(StrEnum):
    """Whether the tester's call is among those in progress."""

    NOTHING = "nothing"
    ONE = "one"
    SEVERAL = "several"
    """Two at once from the tester's number: which is which cannot be told."""


class Tester(Struct, frozen=True):
    """How the tester's call is known."""

    call_id: str = ""
    """That it was placed with, where the phone system places it."""
    number: str = ""
    """What identifies the number that calls; empty where an extension does."""
    extension: str = ""

    @staticmethod
    def at(snapshot: Snapshot, phone: str, call_id: str = "") -> "Tester":
        """The tester at this extension or number, however it was typed."""
        if phone in (snapshot.users or {}):
            return Tester(call_id, extension=phone)
        return Tester(call_id, number=own_number_key(as_dialled(phone) or phone))

    def calls(self, snapshot: Snapshot, row: ActiveCall) -> bool:
        """Whether this row is of a call that the tester makes."""
        if self.call_id and self.call_id in row.ids:
            return True
        if self.number:
            return self.number in row.from_numbers
        return bool(self.extension) and self.extension == _user(snapshot, row.caller)

    def waits(self, snapshot: Snapshot, call: QueuedCall) -> bool:
        """Whether this caller in the queue is the tester."""
        if self.number:
            return call.caller.number == self.number
        return bool(self.extension) and self.extension == _user(snapshot, call.caller)


class Trace(Struct, frozen=True):
    """What one reading of the calls in progress shows."""

    found: Found = Found.NOTHING
    stops: tuple[str, ...] = ()
    """Where its rows are, as the phone system names it, in their order."""
    reached: Reached | None = None
    """Where it is now."""
    as_expected: bool = False
    """Whether that is where it should end."""
    answered_by: str = ""
    """The extension of the user who has it, if one has."""
    others: tuple[tuple[str, frozenset[str]], ...] = ()
    """The other calls to this queue: the number that calls, and their ids."""
    hidden: bool = False
    """Whether one of those does not say who calls."""


@dataclass(slots=True)
class Tracer:
    """Follows the tester's call through one queue."""

    snapshot: Snapshot
    queue: str
    verdict: Verdict
    tester: Tester
    known: frozenset[str] = frozenset()
    """The ids of calls that were there before the tester was asked to call: none of them is the tester's."""
    _own: set[str] = field(default_factory=set)
    """Every id that the tester's call has had."""
    _answered_before: set[str] = field(default_factory=set)
    """The times at which something else answered a call of the tester's that is one row: their own phone, a menu.
    Where such a row goes on to somebody who has not answered yet, it may keep that time."""

    def look(self, rows: Sequence[ActiveCall]) -> Trace:
        """What these rows show."""
        calls = [self._as_answered(call) for call in _calls(rows) if not _ids(call) & self.known]
        own = [call for call in calls if self._is_testers(call)]
        others = tuple(self._others(call for call in calls if call not in own))
        hidden = any(not number for number, _ in others)
        if len(own) != 1:
            found = Found.SEVERAL if own else Found.NOTHING
            return Trace(found, others=others, hidden=hidden)
        (call,) = own
        self._own |= _ids(call)
        placed = self._place(call)
        if placed is None:
            return Trace(Found.ONE, others=others, hidden=hidden)
        row, as_expected = placed
        reached = self._reached(row, as_expected)
        by = _user(self.snapshot, row.term) or _user(self.snapshot, row.term_at)
        person = by if reached.kind in ("user", "agents") else ""
        stops = tuple(dict.fromkeys(filter(None, (str(leg.term.name) for leg in call))))
        return Trace(Found.ONE, stops, reached, as_expected, person, others, hidden)

    def _as_answered(self, call: list[ActiveCall]) -> list[ActiveCall]:
        """The call; if it is one row whose answer was seen elsewhere before, as not answered where it is now."""
        if len(call) != 1 or not call[0].answered or not self.tester.calls(self.snapshot, call[0]):
            return call
        (row,) = call
        if not self._is_expected(row):
            self._answered_before.add(row.answer_as_written)
        elif row.answer_as_written in self._answered_before:
            return [replace(row, answered=False, answered_at=None)]
        return call

    def _is_testers(self, call: Sequence[ActiveCall]) -> bool:
        if _ids(call) & self._own:
            return True
        return any(self.tester.calls(self.snapshot, row) for row in call) and self._concerns(call)

    def _others(self, calls: Iterable[Sequence[ActiveCall]]) -> Iterator[tuple[str, frozenset[str]]]:
        for call in calls:
            if self._concerns(call):
                numbers = sorted({number for row in call for number in row.from_numbers})
                names = sorted({row.caller.name for row in call if row.caller})
                yield (numbers or names or [""])[0], _ids(call)

    def _concerns(self, call: Sequence[ActiveCall]) -> bool:
        """Whether this call came to the queue: by what was dialled, by where it is, or by who sent it on."""
        if self.tester.call_id and any(self.tester.call_id in row.ids for row in call):
            return True
        return any(
            self.queue in (row.by.name, row.term.name, row.dialled.name)
            or row.term.name == f"queue_{self.queue}"
            or self._leads_here(row.dialled)
            for row in call
        )

    def _leads_here(self, dialled: Party) -> bool:
        own = (self.snapshot.numbers or {}).get(dialled.number) if dialled.number else None
        return own is not None and queue_entered(own) == self.queue

    def _place(self, call: Sequence[ActiveCall]) -> tuple[ActiveCall, bool] | None:
        """The row that tells where the call is now, and whether that is where it should end.

        ``None`` while it is only the tester's own phone that rings.
        """
        there = [row for row in call if self._is_expected(row)]
        if there:
            return max(there, key=lambda row: row.answered), True
        # The leg to the tester's own phone is no place that the call came to.
        legs = [row for row in call if not self._is_own_phone(row)]
        if not legs:
            return None
        sent_on = [row for row in legs if row.by.name == self.queue and row.term.name != self.queue]
        answered = [row for row in sent_on if row.answered]
        return (answered or sent_on or legs)[-1], False

    def _is_own_phone(self, row: ActiveCall) -> bool:
        if self.tester.extension:
            return _user(self.snapshot, row.term) == self.tester.extension
        return bool(self.tester.number) and self.tester.number in (row.term.number, row.term_at.number)

    def _is_expected(self, row: ActiveCall) -> bool:
        ends = (self.verdict.end, *self.verdict.ends)
        return not self._is_own_phone(row) and any(self._is_at(row, end) for end in ends)

    def _is_at(self, row: ActiveCall, end: CallEnd) -> bool:
        term, at = row.term, row.term_at
        match end.kind:
            case EndKind.EXTERNAL:
                number = own_number_key(as_dialled(end.target) or end.target)
                return number in (term.number, at.number) and not is_mailbox(row)
            case EndKind.USER:
                user = owner_of(self.snapshot, end.target) or end.target
                if is_mailbox(row):
                    return False
                own = user in (_user(self.snapshot, term), _user(self.snapshot, at))
                return own or bool(self._rung_outside(user) & {term.number, at.number})
            case EndKind.AGENTS | EndKind.CALLER_WAITS:
                sent_by = row.by.name in (end.target, "")
                return sent_by and term.name != end.target and self.is_at_agent(row, end.target)
            case EndKind.VOICEMAIL:
                return is_mailbox(row) and end.target in (_mailbox(row), "")
            case EndKind.AUTO_ATTENDANT:
                return _attendant(self.snapshot, term.name) == _attendant(self.snapshot, end.target)
            case EndKind.NOBODY | EndKind.PARK | EndKind.LOOP | EndKind.DEAD_END | EndKind.UNKNOWN:
                return False

    def is_at_agent(self, row: ActiveCall, queue: str) -> bool:
        """Whether this row is at somebody who is an agent of that queue, whichever of their phones it is."""
        users = {user_of(self.snapshot, agent) or agent.local for agent in self.snapshot.agents_of(queue)}
        return (_user(self.snapshot, row.term) or row.term.name) in users

    def _rung_outside(self, user: str) -> frozenset[str]:
        """The outside numbers that ring together with this user's phones (simultaneous ring)."""
        rule = self.snapshot.rules_of(user).in_effect
        texts = rung_beside(rule) if rule is not None else ()
        digits = (parse_destination(text.split(";", 1)[0].strip()).target for text in texts)
        return frozenset(own_number_key(as_dialled(number) or number) for number in digits) - {""}

    def _reached(self, row: ActiveCall, as_expected: bool) -> Reached:
        seconds = None
        if row.started_at is not None and row.answered_at is not None:
            seconds = max(0.0, (row.answered_at - row.started_at).total_seconds())
        if as_expected:
            end = next(end for end in (self.verdict.end, *self.verdict.ends) if self._is_at(row, end))
            return Reached(end.kind.value, end.target, row.answered, seconds)
        kind, target = self._where(row)
        return Reached(kind, target, row.answered, seconds)

    def _where(self, row: ActiveCall) -> tuple[str, str]:
        """Where a call is that is not where it should be."""
        name = row.term.name
        if is_mailbox(row):
            return EndKind.VOICEMAIL.value, _mailbox(row)
        if name in self.snapshot.queues:
            return "queue", name
        if user := _user(self.snapshot, row.term):
            return EndKind.USER.value, user
        if number := row.term.number or row.term_at.number:
            return EndKind.EXTERNAL.value, number
        return EndKind.UNKNOWN.value, name or row.dialled.name


def _calls(rows: Sequence[ActiveCall]) -> list[list[ActiveCall]]:
    """The rows put together to calls, by the ids they share."""
    calls: list[list[ActiveCall]] = []
    for row in rows:
        same = [call for call in calls if _ids(call) & row.ids]
        joined = [leg for call in same for leg in call]
        calls = [call for call in calls if call not in same]
        calls.append([*joined, row])
    return calls


def _ids(call: Collection[ActiveCall]) -> frozenset[str]:
    return frozenset().union(*(row.ids for row in call))


def _user(snapshot: Snapshot, party: Party) -> str:
    """The extension of the user whom a party is, or whose device; empty for anybody else."""
    users, name = snapshot.users or {}, party.name
    if not name or party.number:
        return ""
    if name in snapshot.queues:
        return ""
    return name if name in users else owner_of(snapshot, name)


_MAILBOXES = ("vmail", "voicemail")


def is_mailbox(row: ActiveCall) -> bool:
    """Whether a row is at a mailbox of the phone system's, the queue's own among them."""
    words = (row.term.name, row.term_at.name, row.by_action, *row.states)
    return any(word.casefold().startswith(_MAILBOXES) for word in words)


def _mailbox(row: ActiveCall) -> str:
    """Whose mailbox has the call, where that is said."""
    for party in (row.term, row.term_at):
        head, _, owner = party.name.partition("_")
        if head.casefold() in _MAILBOXES and owner:
            return owner
    return row.term.name if not row.term.name.casefold().startswith(_MAILBOXES) else row.by.name


def _attendant(snapshot: Snapshot, name: str) -> str:
    """What tells an auto attendant from others, by its extension or by its name; empty for none."""
    for attendant in snapshot.attendants or ():
        if name and (
            name == attendant.extension or attendant_key(name.removeprefix("aa_")) == attendant_key(attendant.name)
        ):
            return attendant.extension or attendant.name
    return f"no attendant {name}"
