"""A code of the audit and the whole story behind it."""

from dataclasses import dataclass

from queuewatch.failover.audit.finding import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """What the audit can find. ``queuewatch explain``, the screen and the documentation tell the same story."""

    number: str
    """``QW103``: it never changes its meaning."""
    slug: str
    title: str
    severity: Severity
    """The worst it is found with."""
    what: str
    matters: str
    arises: str
    right: str
    fine: str
    """When it may be suppressed."""

    @property
    def story(self) -> tuple[tuple[str, str], ...]:
        """The story in parts: a heading and a paragraph each."""
        return (
            ("What it is", self.what),
            ("Why it matters", self.matters),
            ("How it comes about", self.arises),
            ("How to put it right", self.right),
            ("When to suppress it", self.fine),
        )
