"""What live tests and drills have shown of a phone system, held against what it is now. They are handed in."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding
from queuewatch.failover.decide import diverts
from queuewatch.failover.destination import meaning
from queuewatch.failover.model import Queue, Rule, Snapshot
from queuewatch.failover.places import buildings
from queuewatch.failover.schedule.periods import never_applies
from queuewatch.failover.sites import site_key
from queuewatch.failover.wording import describe_destination, listing, plural


class PastProof(Struct, frozen=True):
    """A live test that found the call answered where one answering rule of a queue leads."""

    queue: str
    rule: str
    """The rule's time frame."""
    destination: str
    """Where its When Offline led, as it was stored."""
    require_agents: bool | None
    at: datetime
    seconds: float | None = None
    """From dialling to the answer; ``None`` where that was not seen."""
    confirmed: bool = True
    """Whether the tester said that the right person or greeting answered."""
    id: str = ""
    """In the log."""

    @property
    def word(self) -> str:
        """``proven``, or ``reached`` where nobody said whether that was right."""
        return "proven" if self.confirmed else "reached"


class FailedProof(Struct, frozen=True):
    """A live test in which the call did not get where one answering rule of a queue leads."""

    queue: str
    rule: str
    """The rule's time frame."""
    at: datetime


class PastDrill(Struct, frozen=True):
    """A drill that was put into the register."""

    sites: tuple[str, ...]
    everything: bool
    at: datetime

    def covers(self, site: str) -> bool:
        """Whether this site went dark in it."""
        return self.everything or site_key(site) in map(site_key, self.sites)


class ProofLedger(Struct, frozen=True):
    """Everything that was proven and drilled on this phone system, as far as this machine knows."""

    proofs: tuple[PastProof, ...] = ()
    drills: tuple[PastDrill, ...] = ()
    prove_every: int | None = None
    """Days after which a proof is outdated."""
    drill_every: int | None = None
    """Days after which a drill is due again."""
    never_prove: tuple[str, ...] = ()
    """The queues, by extension or name, that are never to be tested."""
    now: datetime | None = None
    """``None`` where nothing is known of proofs at all."""
    failed: tuple[FailedProof, ...] = ()

    def latest(self, queue: str, rule: str) -> PastProof | None:
        """The last good proof of a queue's rule; of two of one moment the one that was written later."""
        of_rule = (proof for proof in reversed(self.proofs) if (proof.queue, proof.rule) == (queue, rule))
        return max(of_rule, key=lambda proof: proof.at, default=None)

    def failed_since(self, queue: str, rule: str) -> FailedProof | None:
        """The last test of a queue's rule, if that has failed, whatever an earlier one has shown."""
        of_rule = (test for test in reversed(self.failed) if (test.queue, test.rule) == (queue, rule))
        last, proof = max(of_rule, key=lambda test: test.at, default=None), self.latest(queue, rule)
        return last if last is not None and (proof is None or proof.at < last.at) else None

    def spares(self, queue: Queue) -> bool:
        """Whether the profile says that this queue is never to be tested."""
        names = {name.casefold() for name in self.never_prove}
        return queue.extension in names or queue.name.casefold() in names


NO_PROOFS = ProofLedger()


def ago(at: datetime, now: datetime) -> str:
    """``today``, ``12 days ago``."""
    days = (now - at).days
    return f"{plural(days, 'day')} ago" if days > 0 else "today"


def proof_words(ledger: ProofLedger, snapshot: Snapshot, queue: Queue) -> str:
    """``proven 12 days ago (4 s)``, of the answering rule in effect; empty where it never was.

    Where something changed since, or it is too long ago, that is said as well.
    """
    rule = snapshot.rules_of(queue.extension).in_effect
    if rule is None or ledger.now is None:
        return ""
    proof = ledger.latest(queue.extension, rule.time_frame)
    if proof is None:
        failed = ledger.failed_since(queue.extension, rule.time_frame)
        return f"tested {ago(failed.at, ledger.now)}, and not proven" if failed else ""
    took = f" ({proof.seconds:.0f} s)" if proof.seconds is not None else ""
    words = f"{proof.word} {ago(proof.at, ledger.now)}{took}"
    reason = _outdated(ledger, snapshot, queue, rule, proof)
    return f"{words}, outdated: {reason}" if reason else words


def of_proofs(snapshot: Snapshot, queue: Queue, ledger: ProofLedger) -> Iterator[Finding]:
    """What was never proven of this queue, and what a proof does not say any more."""
    rules = snapshot.rules_of(queue.extension)
    if ledger.now is None or not rules.known:
        return
    never: list[str] = []
    in_vain: list[str] = []
    for rule in rules.in_order:
        if not rule.enabled or never_applies(snapshot, queue.extension, rule):
            continue
        proof = ledger.latest(queue.extension, rule.time_frame)
        if proof is None:
            if rule.offline.destination is not None and not _diverts(snapshot, queue, rule):
                failed = ledger.failed_since(queue.extension, rule.time_frame)
                (never if failed is None else in_vain).append(rule.label)
        elif reason := _outdated(ledger, snapshot, queue, rule, proof):
            yield _finding(
                "QW131",
                queue.extension,
                f"{queue.label} was {proof.word} in {rule.label} {ago(proof.at, ledger.now)}, which says nothing "
                f"any more: {reason}.",
                f"queuewatch prove {queue.extension}",
            )
    wanted = ledger.prove_every is not None or bool(ledger.proofs or ledger.failed)
    # What cannot fail over for want of Require Agents is found for that, and cannot be tried out before.
    can_fail_over = queue.require_agents is not False
    if (never or in_vain) and wanted and can_fail_over and not ledger.spares(queue):
        untried = f"was never tried out in {listing(never)}: it rests on settings alone" if never else ""
        tried = f"was tried out in {listing(in_vain)}, and not proven" if in_vain else ""
        yield _finding(
            "QW130",
            queue.extension,
            f"That a call to {queue.label} fails over {', and '.join(filter(None, (tried, untried)))}.",
            f"queuewatch prove {queue.extension}",
        )


def _diverts(snapshot: Snapshot, queue: Queue, rule: Rule) -> bool:
    """Whether this rule sends every call elsewhere before the queue."""
    return diverts(rule.always, queue.extension, snapshot.domain)


def _outdated(ledger: ProofLedger, snapshot: Snapshot, queue: Queue, rule: Rule, proof: PastProof) -> str:
    """Why a proof of this rule is none any more, as a clause; empty while it is."""
    destination = rule.offline.destination
    if _diverts(snapshot, queue, rule):
        return "every call is sent elsewhere before the queue (Always) now"
    if rule.offline.readable and destination is None:
        return "its When Offline is off now"
    if destination is not None and meaning(snapshot, destination) != meaning(snapshot, proof.destination):
        then, to = (describe_destination(snapshot, text) for text in (proof.destination, destination))
        return f"When Offline led to {then} then and leads to {to} now"
    if queue.require_agents is not None and proof.require_agents not in (None, queue.require_agents):
        return f"Require Agents is {'Yes' if queue.require_agents else 'No'} now"
    if ledger.now is not None and (failed := ledger.failed_since(queue.extension, rule.time_frame)) is not None:
        return f"a later test of it, {ago(failed.at, ledger.now)}, did not prove it"
    days = ledger.prove_every
    if days is not None and ledger.now is not None and (ledger.now - proof.at).days >= days:
        return f"that is due every {plural(days, 'day')}"
    return ""


def of_drills(snapshot: Snapshot, ledger: ProofLedger) -> Iterator[Finding]:
    """The sites whose drill is due."""
    if ledger.drill_every is None or ledger.now is None:
        return
    every = plural(ledger.drill_every, "day")
    for site in buildings(snapshot):
        last = max((drill.at for drill in ledger.drills if drill.covers(site)), default=None)
        if last is None:
            why = f"{site}: no drill is in the register, and one is due every {every}."
        elif (ledger.now - last).days >= ledger.drill_every:
            why = f"{site}: the last drill was {ago(last, ledger.now)}, and one is due every {every}."
        else:
            continue
        yield _finding("QW132", "", why, f"queuewatch drill --site {_quoted(site)} --record --with NAMES")


def _quoted(name: str) -> str:
    return name if name.isalnum() else "'" + name.replace("'", "'\\''") + "'"


def _finding(code: str, queue: str, why: str, command: str) -> Finding:
    fix = {
        "QW130": "Prove it when the office can spare a minute: the test logs everybody in again.",
        "QW131": "Prove it again.",
        "QW132": "Hold the drill, and put it into the register.",
    }[code]
    return Finding(code, CODES[code].severity, queue, why, fix, command)
