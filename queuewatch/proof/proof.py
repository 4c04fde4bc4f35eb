"""What a live failover test came to, and the one document it is told in."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from queuewatch.failover.phone_number import format_number
from queuewatch.text.instant import utc


class ProofOutcome(StrEnum):
    """What a test came to."""

    PROVEN = "proven"
    """The call was seen to be answered where the queue's rule leads, and the tester said that it was right."""
    REACHED = "reached"
    """The call was seen to be answered there, and nobody said whether that was right."""
    NOT_PROVEN = "not_proven"
    """The call was seen, and it was not answered there, or not by whom it should be."""
    NO_CALL = "no_call"
    """No call of the tester's was seen."""
    ABORTED = "aborted"
    """The test was given up before there was an answer."""
    REFUSED = "refused"
    """The test was not begun: nothing was sent."""

    @property
    def is_good(self) -> bool:
        """Whether the call came to where it should."""
        return self in (ProofOutcome.PROVEN, ProofOutcome.REACHED)


class Reached(Struct, frozen=True):
    """Where the tester's call was last seen."""

    kind: str
    """``external``, ``user``, ``agents``, ``voicemail``, ``auto_attendant``, ``queue`` or ``unknown``."""
    target: str
    """The number or extension."""
    answered: bool
    seconds: float | None = None
    """From the call's beginning until it was answered, or rang there; ``None`` where that was not seen."""


class OtherCall(Struct, frozen=True):
    """A call of somebody else's that came to the queue during the test: to be called back."""

    number: str
    at: datetime


class Proof(Struct, frozen=True):
    """A whole test, told."""

    queue: str
    name: str
    outcome: ProofOutcome
    rule: str | None
    """The time frame of the answering rule that was tested; ``None`` where none is in effect."""
    destination: str | None
    """Where its When Offline leads, as it is stored."""
    reached: Reached | None
    began_at: datetime
    ended_at: datetime
    by: str
    """Who tested."""
    logged_out: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    not_restored: tuple[str, ...] = ()
    other_calls: tuple[OtherCall, ...] = ()
    caveats: tuple[str, ...] = ()
    why: str | None = None
    """Of a test that proved nothing: why."""
    hint: str = ""
    """What to do next, where there is something to do."""
    id: str = ""
    """In the log; empty where nothing was logged."""

    @property
    def label(self) -> str:
        """The queue as people know it: ``Sales (8000)``."""
        return f"{self.name} ({self.queue})" if self.name else self.queue

    @property
    def ok(self) -> bool:
        """Whether it proved what it was to prove, and everybody is logged in again."""
        return self.outcome.is_good and not self.not_restored


def document(proof: Proof) -> dict[str, object]:
    """The test as ``queuewatch prove --json`` writes it and the log keeps it. Its keys are a contract."""
    reached = proof.reached
    return {
        "queue": proof.queue,
        "outcome": proof.outcome.value,
        "rule": proof.rule,
        "destination": proof.destination,
        "reached": None
        if reached is None
        else {
            "kind": reached.kind,
            "target": reached.target,
            "answered": reached.answered,
            "seconds": None if reached.seconds is None else round(reached.seconds, 1),
        },
        "logged_out": list(proof.logged_out),
        "restored": list(proof.restored),
        "not_restored": list(proof.not_restored),
        "other_calls": [{"number": call.number, "at": utc(call.at)} for call in proof.other_calls],
        "caveats": list(proof.caveats),
        "why": proof.why,
        "by": proof.by,
        "began_at": utc(proof.began_at),
        "ended_at": utc(proof.ended_at),
    }


OUTCOME_WORDS = {
    ProofOutcome.PROVEN: "PROVEN",
    ProofOutcome.REACHED: "reached",
    ProofOutcome.NOT_PROVEN: "NOT PROVEN",
    ProofOutcome.NO_CALL: "no call",
    ProofOutcome.ABORTED: "given up",
    ProofOutcome.REFUSED: "refused",
}


def outcome_words(proof: Proof) -> str:
    """``PROVEN · (214) 555-0100 answered after 4 s``."""
    words = OUTCOME_WORDS[proof.outcome]
    if proof.outcome.is_good and proof.reached is not None:
        return f"{words} · {reached_words(proof.reached)}"
    return words


def reached_words(reached: Reached) -> str:
    """Where a call ended, and how fast."""
    where = {
        "voicemail": f"the voicemail of {reached.target}" if reached.target else "a voicemail",
        "agents": f"queue {reached.target}",
        "queue": f"queue {reached.target}",
        "auto_attendant": f"the auto attendant {reached.target}",
    }.get(reached.kind, format_number(reached.target))
    did = "answered" if reached.answered else "rang"
    after = "" if reached.seconds is None else f" after {reached.seconds:.0f} s"
    return f"{where} {did}{after}"
