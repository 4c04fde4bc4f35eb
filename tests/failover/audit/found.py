"""What the audit finds, in as few words as a test needs."""

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.finding import Finding
from queuewatch.failover.model import Snapshot


def found(snapshot: Snapshot, queue: str = "8000") -> dict[str, str]:
    """The codes found in a queue, and how bad each is."""
    return {one.code: one.severity.value for one in audit(snapshot) if one.queue == queue}


def serious(snapshot: Snapshot, queue: str = "8000") -> dict[str, str]:
    """The same without what is only worth knowing."""
    return {code: severity for code, severity in found(snapshot, queue).items() if severity != "info"}


def finding(snapshot: Snapshot, code: str, queue: str = "8000") -> Finding:
    """The one finding of this code in a queue."""
    (one,) = [one for one in audit(snapshot) if (one.code, one.queue) == (code, queue)]
    return one
