"""The register of proofs and drills out of the log: what an auditor asks for, worked out anew whenever it is read.

And the ledger: what of it bears on the findings and on what is shown beside a queue.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from queuewatch.failover.audit.proofs import FailedProof, PastDrill, PastProof, ProofLedger
from queuewatch.failover.wording import plural
from queuewatch.journal.drills import DrillEntry, DrillFate
from queuewatch.journal.file import Log
from queuewatch.journal.proofs import ProofEntry
from queuewatch.journal.record import JournalEntry
from queuewatch.profiles.fields import ProofSettings

GOOD = ("proven", "reached", "failed_over")
"""The outcomes of a test that found the call answered where it should be, and of power taken that let it go so."""
_FAILED = "not_proven"
"""The outcome of a test whose call was seen elsewhere, or answered by nobody or by somebody else."""
_SHOWS_A_GAP = (_FAILED, "held_open")
"""One that was given up, refused, or had no call has shown nothing of the queue."""
_MADE = ("confirmed", "spoiled")
"""What became of a change that was made."""


class RegisterKind(StrEnum):
    """What an entry is of."""

    DRILL = "drill"
    """A loss of power that was supposed."""
    PROOF = "proof"
    """A live test, with a real call."""
    UNPLUG = "unplug"
    """Power that was really taken."""


class Gap(Struct, frozen=True):
    """A queue whose callers reach nobody, or of whom nobody can tell."""

    queue: str
    label: str
    what: str
    closed_by: tuple[str, ...] = ()
    """The first change of the log to this queue that was made afterwards: its id and what it was; empty for none.
    It is not named where a later entry of the same scenario still has the gap."""
    tested: bool = False
    """Whether a later entry of the same scenario does not have the gap any more."""


class RegisterEntry(Struct, frozen=True):
    """One proof or drill, as it is told."""

    id: str
    """In the log."""
    kind: RegisterKind
    at: datetime
    scenario: str
    took_part: tuple[str, ...]
    """Who ran it first."""
    outcome: str
    """In words: ``6 of 7 queues reach someone``, ``proven``."""
    target: float | None = None
    """Seconds."""
    predicted: float | None = None
    """Seconds until the last queue fails over."""
    predicted_at_most: bool = False
    measured: float | None = None
    """Seconds, of a call that was really made."""
    gaps: tuple[Gap, ...] = ()
    changed: tuple[str, ...] = ()
    """What is otherwise than in the entry before it of the same scenario, a sentence each."""
    first: bool = True
    """Whether there is none before it."""
    due: datetime | None = None
    """When the next is due; ``None`` where nobody has said, and of all but the latest of a scenario."""

    def is_overdue(self, now: datetime) -> bool:
        """Whether the next one should have been."""
        return self.due is not None and now >= self.due


def register(log: Log, place: tuple[str, str] | None, settings: ProofSettings) -> tuple[RegisterEntry, ...]:
    """Every ended proof and every recorded drill, the oldest first.

    Of one phone system (address and domain), or of all.
    """
    places = {(entry.edit.server, entry.edit.domain) for entry in log.entries}
    places |= {(drill.server, drill.domain) for drill in log.drills}
    places |= {(proof.server, proof.domain) for proof in log.proofs}
    entries: list[RegisterEntry] = []
    for here in places if place is None else (place,):
        changes = [
            entry
            for entry in log.entries
            if (entry.edit.server, entry.edit.domain) == here and entry.outcome in _MADE
        ]
        drills = [drill for drill in log.drills if (drill.server, drill.domain) == here]
        proofs = [proof for proof in log.proofs if (proof.server, proof.domain) == here and proof.ended]
        entries += [*_of_drills(drills, changes, settings), *_of_proofs(proofs, changes, settings)]
    return tuple(sorted(entries, key=lambda entry: (entry.at, int(entry.id) if entry.id.isdecimal() else 0)))


def _of_drills(
    drills: Sequence[DrillEntry], changes: Sequence[JournalEntry], settings: ProofSettings
) -> Iterator[RegisterEntry]:
    for nth, drill in enumerate(drills):
        before = next((other for other in reversed(drills[:nth]) if other.scope == drill.scope), None)
        after = next((other for other in drills[nth + 1 :] if other.scope == drill.scope), None)
        reached = sum(fate.reaches_someone is True for fate in drill.queues)
        last = max(
            (fate for fate in drill.queues if fate.fate in ("fails_over", "sent_on") and fate.seconds is not None),
            key=lambda fate: fate.seconds or 0,
            default=None,
        )
        still = {fate.queue for fate in after.queues if fate.reaches_someone is not True} if after else set()
        yield RegisterEntry(
            id=drill.id,
            kind=RegisterKind.DRILL,
            at=drill.at,
            scenario=f"{drill.scenario} ({drill.supposed_at})" if drill.supposed_at else drill.scenario,
            took_part=tuple(dict.fromkeys((drill.run_by or drill.who.words, *drill.took_part))),
            outcome=f"{reached} of {plural(len(drill.queues), 'queue')} reach someone",
            target=drill.target,
            predicted=last.seconds if last else None,
            predicted_at_most=last.at_most if last else False,
            gaps=tuple(
                Gap(
                    fate.queue,
                    fate.label,
                    fate.sentence,
                    () if fate.queue in still else _closing(fate.queue, drill.at, changes),
                    tested=after is not None and fate.queue not in still,
                )
                for fate in drill.queues
                if fate.reaches_someone is not True
            ),
            changed=tuple(_drill_changes(before, drill, changes)) if before else (),
            first=before is None,
            due=_due(drill.at, settings.drill_every) if after is None else None,
        )


def _due(at: datetime, days: int | None) -> datetime | None:
    return None if days is None else at + timedelta(days=days)


def _closing(queue: str, since: datetime, changes: Iterable[JournalEntry]) -> tuple[str, ...]:
    change = next((change for change in changes if change.edit.queue == queue and change.at >= since), None)
    if change is None:
        return ()
    edit = change.edit
    return change.id, f"{edit.setting_words}: {edit.before.words} → {edit.after.words}"


def _drill_changes(before: DrillEntry, drill: DrillEntry, changes: Sequence[JournalEntry]) -> Iterator[str]:
    then = {fate.queue: fate for fate in before.queues}
    now = {fate.queue: fate for fate in drill.queues}
    for queue, fate in now.items():
        if queue not in then:
            yield f"{fate.label} is new."
        elif then[queue].fate != fate.fate or then[queue].reaches_someone is not fate.reaches_someone:
            yield f"{fate.label}: {_fate_words(then[queue])} then, {_fate_words(fate)} now."
    for queue, fate in then.items():
        if queue not in now:
            yield f"{fate.label} is no more."
    made = sum(before.at <= change.at < drill.at for change in changes)
    if made:
        yield f"{plural(made, 'change')} in the log in between."


def _fate_words(fate: DrillFate) -> str:
    words = fate.fate.replace("_", " ")
    reached = {True: "", False: ", reaching nobody", None: ", whom it reaches not known"}
    return f"{words}{reached[fate.reaches_someone]}"


def _of_proofs(
    proofs: Sequence[ProofEntry], changes: Sequence[JournalEntry], settings: ProofSettings
) -> Iterator[RegisterEntry]:
    for nth, proof in enumerate(proofs):
        same = (proof.queue, proof.rule, proof.kind)
        before = next((o for o in reversed(proofs[:nth]) if (o.queue, o.rule, o.kind) == same), None)
        after = next((o for o in proofs[nth + 1 :] if _shows(o) and (o.queue, o.rule, o.kind) == same), None)
        good = proof.outcome in GOOD
        closed = after is not None and after.outcome in GOOD
        unplugged = proof.kind == "unplug"
        rule = "Default" if proof.rule in ("*", "") else proof.rule
        what = f"{proof.outcome.replace('_', ' ')}{_why(proof)}"
        measured = _number(proof, "measured")
        yield RegisterEntry(
            id=proof.id,
            kind=RegisterKind.UNPLUG if unplugged else RegisterKind.PROOF,
            at=proof.at,
            scenario=f"{proof.label}, {rule}" + (", power really taken" if unplugged else ", a real call"),
            took_part=(proof.who.words,),
            outcome=what,
            target=_number(proof, "target"),
            predicted=_number(proof, "predicted"),
            measured=measured if measured is not None else _seconds(proof),
            gaps=()
            if proof.outcome not in _SHOWS_A_GAP
            else (
                Gap(
                    proof.queue,
                    proof.label,
                    what,
                    () if after and not closed else _closing(proof.queue, proof.at, changes),
                    tested=closed,
                ),
            ),
            changed=tuple(_proof_changes(before, proof, changes)) if before else (),
            first=before is None,
            due=_due(proof.at, settings.prove_every) if after is None and good else None,
        )


def _shows(proof: ProofEntry) -> bool:
    """Whether it has shown anything of the queue, good or bad."""
    return proof.outcome in GOOD or proof.outcome in _SHOWS_A_GAP


def _why(proof: ProofEntry) -> str:
    found = proof.ended.document.get("why") if proof.ended else None
    return f" ({found.rstrip('.')})" if isinstance(found, str) and found else ""


def _number(proof: ProofEntry, name: str) -> float | None:
    found = proof.ended.document.get(name) if proof.ended else None
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def _seconds(proof: ProofEntry) -> float | None:
    """From dialling to the answer, where that was seen."""
    match proof.ended.document.get("reached") if proof.ended else None:
        case {"answered": True, "seconds": (int() | float()) as seconds}:
            return seconds
        case _:
            return None


def _proof_changes(before: ProofEntry, proof: ProofEntry, changes: Sequence[JournalEntry]) -> Iterator[str]:
    if before.destination != proof.destination:
        then, now = (each.destination or "nowhere" for each in (before, proof))
        yield f"When Offline led to {then} then and to {now} now."
    if before.require_agents is not proof.require_agents and None not in (
        before.require_agents,
        proof.require_agents,
    ):
        yield f"Require Agents was {'Yes' if before.require_agents else 'No'} then."
    if before.outcome != proof.outcome:
        yield f"It came to {before.outcome.replace('_', ' ')} then."
    made = sum(before.at <= change.at < proof.at and change.edit.queue == proof.queue for change in changes)
    if made:
        yield f"{plural(made, 'change')} of this queue in the log in between."


def ledger(log: Log, place: tuple[str, str], settings: ProofSettings, now: datetime) -> ProofLedger:
    """What was proven and drilled on one phone system, for the audit and for what is shown beside a queue."""
    proofs = tuple(
        PastProof(
            queue=proof.queue,
            rule=proof.rule,
            destination=proof.destination,
            require_agents=proof.require_agents,
            at=proof.at,
            seconds=_seconds(proof),
            confirmed=proof.outcome == "proven",
            id=proof.id,
        )
        for proof in log.proofs
        if (proof.server, proof.domain) == place and proof.outcome in GOOD and proof.kind == "call"
    )
    failed = tuple(
        FailedProof(proof.queue, proof.rule, proof.at)
        for proof in log.proofs
        if (proof.server, proof.domain) == place and proof.outcome == _FAILED and proof.kind == "call"
    )
    drills = tuple(
        PastDrill(drill.sites, drill.everything, drill.at)
        for drill in log.drills
        if (drill.server, drill.domain) == place
    )
    every = (settings.prove_every, settings.drill_every)
    return ProofLedger(proofs, drills, *every, settings.never_prove, now, failed)
