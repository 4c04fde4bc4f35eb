"""Calls as a phone system tells of them: those in progress, those that wait in a queue, and those that are over.

And the agents of one queue exactly as they are stored, for whoever logs them out and in again.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from queuewatch.failover.model import Agent


class StoredAgent(Struct, frozen=True):
    """An agent of one queue as the phone system stores it, read fresh."""

    agent: Agent
    automatic: bool
    """Logged in as ``automatic``: what logging out and in again comes back to. No other login does."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Every setting that a person can change, its login and portal status included, normalised, so that two
    readings compare; nothing that the phone system counts or reckons by itself."""
    login_settings: frozenset[str] = frozenset()
    """Those of them that logging in or out changes by itself."""
    raw: Mapping[str, object] = field(default_factory=dict)
    """The whole row as sent, for comparing and keeping. Only the make that read it knows what its names mean."""


class Party(Struct, frozen=True):
    """One end of a call as a row names it; nothing at all where the row does not say."""

    name: str = ""
    """A user, a device or the digits of a number: ``1001``, ``1001wp``, ``12145550100``. The phone system's own
    labels stand here too, such as ``vmail-unreg``: they are nobody."""
    host: str = ""
    """What it stands at, without a port; empty where that is not said."""
    number: str = ""
    """What identifies it whole, with its country (:func:`~queuewatch.failover.phone_number.own_number_key`), if it
    is a phone number that can be called; empty for an extension, a device or a label."""

    def __bool__(self) -> bool:
        return bool(self.name)


class ActiveCall(Struct, frozen=True):
    """One row of the calls in progress. Whether a call through a queue is one row or one a leg is not known."""

    call_id: str
    """Of the leg to the caller. A forwarded call keeps it [taken from the vendor's field names]."""
    session: str = ""
    by_call_id: str = ""
    """Of the leg that it came by; of a call that was placed here, the id it was placed with [vendor's example]."""
    term_call_id: str = ""
    """Of the leg to whoever is called."""
    caller: Party = Party()
    """Who calls: a user, else where the call came from."""
    caller_id: Party = Party()
    """The number that is shown: of a user's own call it may be the office's."""
    dialled: Party = Party()
    by: Party = Party()
    """Who sent it on, or placed it: a queue's user [taken from the field names]."""
    by_action: str = ""
    """In the phone system's words: ``CallRequest`` for a call that was placed through it [vendor's example]."""
    term: Party = Party()
    """Where it rings or is answered now: a user, else an address."""
    term_at: Party = Party()
    """The device or carrier behind that, where it is said as well."""
    started_at: datetime | None = None
    """Aware; ``None`` also where the time names no zone."""
    answered: bool = False
    """Whether it was answered: a row of a leg that still rings has no time of that [assumption]."""
    answered_at: datetime | None = None
    """Aware; ``None`` also where the time names no zone, so ask ``answered``."""
    answer_as_written: str = ""
    """That time as the row has it: two readings of one answer have the same, whatever it is of."""
    states: tuple[str, ...] = ()
    """The phone system's words for its two ends, such as ``active`` [vendor's example]."""

    @property
    def ids(self) -> frozenset[str]:
        """Every id by which other rows of the same call may name it."""
        return frozenset((self.call_id, self.session, self.by_call_id, self.term_call_id)) - {""}

    @property
    def from_numbers(self) -> frozenset[str]:
        """Every phone number that the row says the call comes from."""
        return frozenset((self.caller.number, self.caller_id.number)) - {""}


class QueuedCall(Struct, frozen=True):
    """Somebody who waits in a queue."""

    caller: Party = Party()
    name: str = ""
    status: str = ""
    """In the phone system's words: ``Dispatching``, ``waiting for callback`` [seen live]."""
    since: datetime | None = None
    """Aware; ``None`` also where the time names no zone."""

    @property
    def awaits_callback(self) -> bool:
        """Whether it is nobody on the line but somebody to be called back."""
        return "callback" in self.status.casefold().replace(" ", "")


class CallRecord(Struct, frozen=True):
    """One call record (CDR): what became of a call, or of one leg of it, that is over."""

    id: str
    started_at: datetime
    """Aware. A time without a zone is taken for UTC, which is what those with one say [seen live]."""
    call_id: str = ""
    """Of the leg to the caller: the records of one call share it, or name it as ``parent`` [seen live]."""
    parent: str = ""
    leg: int | None = None
    caller: Party = Party()
    """Who called: a user, else the number."""
    dialled: Party = Party()
    through: Party = Party()
    """Who sent it on: a queue's user."""
    term: Party = Party()
    """Where it ended: a user, else an address."""
    term_at: Party = Party()
    """The address behind that, where it is said as well: a mailbox is of the same user as the phone."""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    total_seconds: int | None = None
    talking_seconds: int | None = None
    reason: str = ""
    """Why it ended, in the phone system's words: ``Orig: Bye``, ``Cancel`` [seen live]."""

    @property
    def answered(self) -> bool:
        """Whether anybody or anything answered it."""
        return self.answered_at is not None
