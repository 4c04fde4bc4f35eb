"""One figure of a benchmark, and how it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, or a ratio to something measured in the same run."""

    what: str
    value: float
    unit: str
    """``x`` for a ratio, else what is counted."""
    against: str = ""
    """What a ratio is to."""
    budget: float | None = None
    """The most it may be, where there is a budget."""
    seen: str = ""
    """The measurements behind it, for this machine and this hour."""

    @property
    def kept(self) -> bool:
        """Whether the budget, if there is one, was kept."""
        return self.budget is None or self.value <= self.budget

    @property
    def words(self) -> str:
        """``1.42x`` or ``264 bytes``."""
        return amount(self.value, self.unit)

    @property
    def budget_words(self) -> str:
        """The budget in the same words; empty where there is none."""
        return "" if self.budget is None else amount(self.budget, self.unit)


def amount(value: float, unit: str) -> str:
    """A number with its unit, with as many digits as mean something."""
    number = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
    return f"{number}x" if unit == "x" else f"{number} {unit}"


def milliseconds(seconds: float) -> str:
    """``16.4 ms`` or ``308 ms``."""
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"


def ratio(what: str, against: str, pairs: Sequence[tuple[float, float]], *, budget: float | None = None) -> Figure:
    """The ratio of the medians of ``(ours, theirs)`` in seconds, which were measured by turns."""
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    seen = f"{milliseconds(ours)} to {milliseconds(theirs)}, medians of {len(pairs)}"
    return Figure(what, ours / theirs, "x", against, budget, seen)
