"""One queue under audit, and what all checks say of it in the same words."""

from collections.abc import Iterator

from msgspec import Struct

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.model import Queue, QueueRules, Rule, Snapshot
from queuewatch.failover.places import places, queue_site
from queuewatch.failover.verdict import Judgement, Verdict
from queuewatch.failover.wording import describe_destination


class QueueAudit(Struct, frozen=True):
    """One queue with its two answers."""

    snapshot: Snapshot
    queue: Queue
    judgement: Judgement
    in_turn: frozenset[Rule] = frozenset()
    """The queue's rules that are in effect in this or another situation under audit, all marked as inactive."""

    @property
    def rules(self) -> QueueRules:
        """The answering rules of the queue's user."""
        return self.snapshot.rules_of(self.queue.extension)

    @property
    def rule(self) -> Rule | None:
        """The answering rule in effect in the situation that is looked at."""
        return self.rules.in_effect

    @property
    def dark(self) -> Verdict:
        """What would happen to a call if the building went dark."""
        return self.judgement.readiness.verdict

    def finding(
        self,
        code: str,
        why: str,
        fix: str,
        *,
        severity: Severity | None = None,
        command: str = "",
        remedy: Remedy = Remedy.LOOK,
    ) -> Finding:
        """A finding about this queue."""
        worst = CODES[code].severity
        return Finding(code, severity or worst, self.queue.extension, why, fix, command, remedy)

    def where(self, text: str) -> str:
        """A destination by the name people know it by."""
        return describe_destination(self.snapshot, text)


def require_agents_command(queue: Queue) -> str:
    """The command that switches Require Agents on."""
    return f"queuewatch require-agents {queue.extension} yes"


def when_offline_command(queue: Queue, destination: str = "DESTINATION") -> str:
    """The command that sets When Offline of the Default rule."""
    return f"queuewatch when-offline {queue.extension} {destination}"


def way(case: QueueAudit, verdict: Verdict) -> str:
    """Where a call goes from the queue on, hop by hop: ``Tracking (8103) → Bookings (8102)``."""
    return " → ".join(_unrepeated(case.where(stop.at) for stop in verdict.path[1:]))


def _unrepeated(names: Iterator[str]) -> Iterator[str]:
    last = ""
    for name in names:
        if name != last:
            yield name
        last = name


def home_sites(case: QueueAudit) -> frozenset[str]:
    """The sites that go dark with the queue: its own, and the one where all its agents sit, if it is one."""
    at = places(case.snapshot).agents
    sites = {at[agent.id].name for agent in case.snapshot.agents_of(case.queue.extension)}
    own = queue_site(case.snapshot, case.queue)
    named = {own, *(sites if len(sites) == 1 else ())} - {""}
    return frozenset(site for site in named if case.snapshot.site_facts.has_building(site))
