"""Suppressions: findings somebody has decided not to mind, for a reason and until a day."""

from dataclasses import dataclass
from datetime import date

from queuewatch.failover.audit.finding import Finding


@dataclass(frozen=True, slots=True)
class Suppression:
    """One code that is not to be minded, for one queue or wherever it is found."""

    code: str
    reason: str
    until: date
    """The last day it holds."""
    queue: str = ""
    """The queue's extension; empty for every queue and for the domain."""

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding."""
        return self.code == finding.code and self.queue in ("", finding.queue)
