"""The two clocks of a broker's readers and writers: one that only counts, and the broker's own.

No two machines' clocks on the wall are ever compared. How old a picture is says the broker's clock alone, which is
known here by what the broker said last and what has passed since.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from queuewatch.process.clocks import real_seconds

Elapsed = Callable[[], float]
"""Seconds on a clock that only counts. Also while the machine sleeps, or a lease that ran out in the night would
look alive in the morning."""


class BrokerClock:
    """What the broker's clock shows, as far as it can be told here; it goes on while the broker is away."""

    def __init__(self, elapsed: Elapsed = real_seconds) -> None:
        self.elapsed = elapsed
        self._heard: tuple[float, datetime] | None = None

    def hear(self, asked_at: float, said: datetime) -> None:
        """The broker said this when it was asked at that moment of the clock that counts."""
        # From when it was asked, not answered: what is shown as too old by the way there and back harms nobody.
        self._heard = (asked_at, said)

    @property
    def is_known(self) -> bool:
        """Whether the broker ever said what its clock shows."""
        return self._heard is not None

    def now(self) -> datetime:
        """What it shows now. Raises :class:`LookupError` before it was ever heard."""
        if self._heard is None:
            raise LookupError("the broker's clock was never heard")
        asked_at, said = self._heard
        return said + timedelta(seconds=self.elapsed() - asked_at)

    def age(self, moment: datetime) -> float:
        """Seconds since this moment of the broker's clock, never less than none."""
        return max(0.0, self.since(moment))

    def since(self, moment: datetime) -> float:
        """Seconds since this moment, less than none where it is still to come: the broker's clock was put back."""
        return (self.now() - moment).total_seconds() if self.is_known else 0.0
