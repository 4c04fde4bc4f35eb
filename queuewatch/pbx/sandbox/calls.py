"""Calls in progress in the sandbox, which follow the rules as time passes, and the records of past ones."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from queuewatch.pbx.sandbox.clock import stamp
from queuewatch.pbx.sandbox.company import Caller
from queuewatch.pbx.sandbox.routing import CallStop, Routing, StopKind, Switchboard
from queuewatch.pbx.sandbox.samples import Row

RECORDS_KEPT = 10_000
CARRIER = "carrier.example.net"


class Manner(StrEnum):
    """What a phone or a number does when it is rung."""

    ANSWERS = "answers"
    BUSY = "busy"
    RINGS_OUT = "rings out"
    """Nobody answers."""
    FAILS = "fails"
    """It cannot be reached at all, as when a carrier refuses the call."""
    VOICEMAIL = "voicemail"
    """A mailbox of the number's own carrier answers: in no row does that look unlike a person."""


class Behaviour(Struct, frozen=True):
    """How a phone or number answers."""

    manner: Manner = Manner.ANSWERS
    after: timedelta | None = None
    """How long it rings until then; ``None`` for what is usual."""
    talks: timedelta = timedelta(minutes=3)
    """How long a conversation lasts, unless the caller hangs up."""

    @property
    def until(self) -> timedelta:
        """How long it rings before something becomes of the call."""
        return _USUAL[self.manner] if self.after is None else self.after


_USUAL = {
    Manner.ANSWERS: timedelta(seconds=4),
    Manner.BUSY: timedelta(seconds=1),
    Manner.RINGS_OUT: timedelta(days=1),
    Manner.FAILS: timedelta(seconds=2),
    Manner.VOICEMAIL: timedelta(seconds=20),
}
_MACHINE_ANSWERS = timedelta(seconds=1)


class Leg(Struct):
    """One stop of a call, over time."""

    stop: CallStop
    began: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    caller: Caller | None = None
    """In the queue."""


class SandboxCall(Struct):
    """One call, from dialling to its end."""

    id: str
    caller: str
    """An extension or a number."""
    to: str
    began: datetime
    rings_first: str = ""
    """Whose phone is rung before anything is dialled, for a call that was placed through the API."""
    placed_by: str = ""
    legs: list[Leg] = field(default_factory=list)
    ended: datetime | None = None
    reason: str = ""
    tried: set[str] = field(default_factory=set)
    """The agents who were rung in vain."""

    @property
    def leg(self) -> Leg:
        """Where it is, or was last."""
        return self.legs[-1]

    @property
    def dials(self) -> bool:
        """Whether its own phone is still being rung."""
        return bool(self.rings_first) and len(self.legs) == 1 and self.leg.answered is None


class Exchange:
    """All calls of one phone system that somebody dialled; those of a scenario's background are not among them."""

    def __init__(self, pbx: Switchboard) -> None:
        self._pbx = pbx
        self._routing = Routing(pbx)
        self.calls: list[SandboxCall] = []
        """In progress."""
        self.records: list[Row] = []
        """Of the calls that are over."""
        self.behaves: dict[str, Behaviour] = {}
        """By extension, device or number; whoever is not here answers after some seconds."""
        self._made = 0

    def dial(self, caller: str, to: str) -> SandboxCall:
        """Let somebody call a number or an extension now."""
        call = SandboxCall(self._new_id(), caller, to, self._pbx.now)
        self.calls.append(call)
        self._come(call, self._routing.dialled(to), call.began)
        self.settle(self._pbx.now)
        return call

    def place(self, id: str, rings_first: str, to: str, by: str) -> None:
        """Ring a phone, and let it call ``to`` once it answers."""
        call = SandboxCall(id, rings_first, to, self._pbx.now, rings_first, by)
        self.calls.append(call)
        self._come(call, self._routing.dialled(rings_first), call.began)

    def hang_up(self, call: SandboxCall) -> None:
        """The caller hangs up."""
        self._end(call, self._pbx.now, "Orig: Bye" if call.leg.answered else "Orig: Cancel")

    def settle(self, now: datetime) -> None:
        """Let happen what happens to calls until ``now``."""
        for call in list(self.calls):
            while call.ended is None and self._step(call, now):
                pass

    def _new_id(self) -> str:
        self._made += 1
        return f"{self._made:08}@{CARRIER}"

    def _behaviour(self, stop: CallStop) -> Behaviour:
        for name in (stop.address, stop.target):
            if name in self.behaves:
                return self.behaves[name]
        return Behaviour()

    def _step(self, call: SandboxCall, now: datetime) -> bool:
        """Let the next thing happen, if it is due; whether it was."""
        leg, stop = call.leg, call.leg.stop
        match stop.kind:
            case StopKind.LOST:
                self._end(call, leg.began, "Term: Unavailable")
            case StopKind.WAITS:
                return self._wait(call, leg, now)
            case StopKind.PARKED:
                return False
            case StopKind.MACHINE:
                return self._answer_or_talk(call, leg, now, _MACHINE_ANSWERS, timedelta(minutes=1))
            case StopKind.RINGS:
                return self._ring(call, leg, now)
        return True

    def _wait(self, call: SandboxCall, leg: Leg, now: datetime) -> bool:
        queue = leg.stop.target
        agent = self._routing.next_agent(queue, call.tried)
        if agent is not None:
            tried = str(agent["callqueue-agent-id"])

            def back(_: str) -> CallStop:
                call.tried.add(tried)
                return self._routing.waiting(queue, queue, "QueueDispatch")

            self._come(call, self._routing.at_agent(queue, agent, back), max(leg.began, now), keeps_waiting=True)
            return True
        # Whoever did not answer is rung again when nobody else is left.
        call.tried.clear()
        return self._gives_up(call, leg, now, "no answer")

    def _ring(self, call: SandboxCall, leg: Leg, now: datetime) -> bool:
        behaviour = self._behaviour(leg.stop)
        if leg.answered is None and behaviour.manner in (Manner.BUSY, Manner.FAILS):
            due = leg.began + behaviour.until
            if now < due:
                return False
            self._go_on(call, leg, due, "busy" if behaviour.manner is Manner.BUSY else "failed")
            return True
        patience = leg.stop.patience
        in_vain = patience is not None and behaviour.until >= patience
        if leg.answered is None and in_vain:
            return self._gives_up(call, leg, now, "no answer")
        return self._answer_or_talk(call, leg, now, behaviour.until, behaviour.talks)

    def _answer_or_talk(
        self, call: SandboxCall, leg: Leg, now: datetime, rings: timedelta, talks: timedelta
    ) -> bool:
        if leg.answered is None:
            due = leg.began + rings
            if now < due:
                return False
            leg.answered = due
            self._pbx.floor.begin_call(leg.stop.person)
            self._leave_queue(call)
            if call.rings_first and len(call.legs) == 1:
                self._come(call, self._routing.dialled(call.to), due)
            return True
        if now < leg.answered + talks:
            return False
        self._end(call, leg.answered + talks, "Term: Bye")
        return True

    def _gives_up(self, call: SandboxCall, leg: Leg, now: datetime, why: str) -> bool:
        patience = leg.stop.patience
        if patience is None or now < leg.began + patience:
            return False
        self._go_on(call, leg, leg.began + patience, why)
        return True

    def _go_on(self, call: SandboxCall, leg: Leg, at: datetime, why: str) -> None:
        otherwise = leg.stop.otherwise
        if otherwise is None or call.dials:
            self._end(call, at, {"busy": "Term: Busy", "failed": "Term: 503"}.get(why, "Term: No Answer"))
            return
        self._come(call, otherwise(why), at)

    def _come(self, call: SandboxCall, stop: CallStop, at: datetime, *, keeps_waiting: bool = False) -> None:
        """The call comes to another stop. A queue whose agent rings holds it until somebody answers."""
        for leg in call.legs:
            # The caller's own phone, of a call that was placed, stays on the line; so does a queue's music.
            goes_on = leg.answered is not None and leg.stop.kind is StopKind.RINGS
            if leg.ended is None and not goes_on and not (keeps_waiting and leg.caller):
                leg.ended = at
        if stop.kind is StopKind.WAITS:
            waiting = next((leg for leg in call.legs if leg.caller and leg.stop.target == stop.target), None)
            if waiting is not None:
                # Back from an agent who did not answer, to the same place in the queue.
                call.legs.remove(waiting)
                call.legs.append(waiting)
                waiting.ended = None
                return
            caller = Caller(call.caller, at, followed=True)
            self._leave_queue(call)
            self._pbx.floor.wait(stop.target, caller)
            call.legs.append(Leg(stop, at, answered=at, caller=caller))
            return
        if not keeps_waiting:
            self._leave_queue(call)
        call.legs.append(Leg(stop, at))

    def _leave_queue(self, call: SandboxCall) -> None:
        for leg in call.legs:
            if leg.caller is not None:
                self._pbx.floor.leave(leg.stop.target, leg.caller)
                leg.caller = None

    def _end(self, call: SandboxCall, at: datetime, reason: str) -> None:
        self._leave_queue(call)
        for leg in call.legs:
            leg.ended = leg.ended or at
            if leg.answered is not None:
                self._pbx.floor.finish_call(leg.stop.person)
        call.ended, call.reason = at, reason
        self.calls.remove(call)
        self.records += (self._record(call, nth, leg) for nth, leg in enumerate(call.legs))
        del self.records[:-RECORDS_KEPT]

    # What the API sends

    def rows(self, *, a_leg: bool, user: str | None = None) -> list[Row]:
        """The calls in progress: one row a call, or one ``a_leg``; those of one user, or all."""
        sent = [row for call in self.calls for row in self._call_rows(call, a_leg)]
        if user is None:
            return sent
        named = ("call-orig-user", "call-term-user", "call-by-user")
        return [row for row in sent if user in (row[name] for name in named)]

    def _call_rows(self, call: SandboxCall, a_leg: bool) -> Iterator[Row]:
        legs = [leg for leg in call.legs if leg.ended is None]
        for leg in legs if a_leg else legs[-1:]:
            nth = call.legs.index(leg)
            yield self._row(call, leg, nth)

    def _row(self, call: SandboxCall, leg: Leg, nth: int) -> Row:
        stop, domain = leg.stop, self._pbx.domain
        inside = call.caller in self._pbx.users
        first = bool(call.rings_first) and nth == 0
        by = stop.by or call.placed_by
        return {
            "core-server": "core1.sandbox.example",
            "call-session-id": f"{call.began.astimezone(UTC):%Y%m%d%H%M%S}{call.id[:8]}",
            "call-orig-call-id": call.id,
            "call-orig-match-uri": f"sip:{call.caller}@{domain}" if inside else "",
            "call-orig-user": call.caller if inside else "",
            "call-orig-domain": domain if inside else "*",
            "call-orig-uri": f"sip:{call.caller}@{domain if inside else CARRIER}",
            "call-orig-name": "" if inside else "WIRELESS CALLER",
            "caller-id-number": call.caller,
            "call-dialed-number": call.caller if first else call.to,
            "call-by-action": stop.action or ("CallRequest" if call.rings_first else ""),
            "call-by-user": by,
            "call-by-domain": domain if by else "",
            "call-by-call-id": call.id if by else "",
            "call-term-call-id": f"{call.id}-{nth}",
            "call-term-user": "" if stop.outside else stop.target,
            "call-term-domain": "*" if stop.outside else domain,
            "call-term-uri": f"sip:{stop.address or stop.target}@{CARRIER if stop.outside else domain}",
            "call-start-datetime": stamp(leg.began),
            "call-answer-datetime": stamp(leg.answered) if leg.answered else "",
            "call-orig-info": "active" if leg.answered else "ringing",
            "term-orig-info": "active" if leg.answered else "ringing",
            "call-audio-codec": "PCMU" if leg.answered else "",
        }

    def _record(self, call: SandboxCall, nth: int, leg: Leg) -> Row:
        stop, ended = leg.stop, leg.ended or leg.began
        inside = call.caller in self._pbx.users
        talked = (ended - leg.answered) if leg.answered else timedelta()
        return {
            "id": f"{call.id}-{nth}",
            "domain": self._pbx.domain,
            "call-orig-call-id": call.id,
            "call-parent-call-id": call.id,
            "call-parent-cdr-id": f"{call.id}-0",
            "call-leg-ordinal-index": nth,
            "call-direction": 1,
            "call-start-datetime": _zoned(leg.began),
            "call-ringing-datetime": _zoned(leg.began),
            "call-answer-datetime": _zoned(leg.answered),
            "call-disconnect-datetime": _zoned(ended),
            "call-total-duration-seconds": int((ended - leg.began).total_seconds()),
            "call-talking-duration-seconds": int(talked.total_seconds()),
            "call-orig-user": call.caller if inside else "",
            "call-orig-caller-id": call.caller,
            "call-orig-from-user": call.caller,
            "call-orig-to-user": call.to,
            "call-orig-request-user": call.to,
            "call-term-user": "" if stop.outside else stop.target,
            "call-term-to-uri": f"sip:{stop.address or stop.target}@{_label_host(stop, self._pbx.domain)}",
            "call-through-user": stop.by,
            "call-through-action": stop.action,
            "call-disconnect-reason-text": call.reason,
        }


def _label_host(stop: CallStop, domain: str) -> str:
    if stop.outside:
        return CARRIER
    return "netsapiens" if stop.kind is StopKind.MACHINE else domain


def _zoned(at: datetime | None) -> str | None:
    """A moment as call records have it: in UTC, with its zone [seen live]."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def within(records: Collection[Row], since: datetime, until: datetime) -> list[Row]:
    """The records of the calls that began in a period, oldest first."""
    began = ((datetime.fromisoformat(str(row["call-start-datetime"])), row) for row in records)
    return [row for at, row in sorted(began, key=lambda pair: pair[0]) if since <= at <= until]


def later(row: Row, by: timedelta) -> Row:
    """A record of a sample's past, moved with the sample's clock."""
    moved = {
        name: _zoned(datetime.fromisoformat(value) + by)
        for name, value in row.items()
        if name.endswith("-datetime") and isinstance(value, str)
    }
    return {**row, **moved}
