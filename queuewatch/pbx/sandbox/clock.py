"""The sandbox's time: it starts where the sample says and may run faster than the room's."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Sandbox time: ``start`` when made, then ``speed`` seconds for each second of ``monotonic``."""

    def __init__(
        self, start: datetime, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.start = start
        self.speed = speed
        self._monotonic = monotonic
        self._began = monotonic()

    def __call__(self) -> datetime:
        """The time now in the sandbox; aware."""
        return self.start + timedelta(seconds=(self._monotonic() - self._began) * self.speed)


def stamp(at: datetime) -> str:
    """A moment as the API writes it: ``2026-11-23 15:12:00``, without a zone (seen on live servers); here UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def moment(text: str) -> datetime:
    """The moment that :func:`stamp` wrote. Raises ``ValueError`` for any other text."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
