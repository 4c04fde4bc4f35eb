"""The sandbox's time: it starts where the sample says and may run faster than the room's."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Sandbox time: ``start`` when made, then ``speed`` seconds for each second of ``monotonic``.

    The speed may be changed at any moment: time goes on from where it is.
    """

    def __init__(
        self, start: datetime, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.start = start
        self._speed = speed
        self._monotonic = monotonic
        self._since, self._from = monotonic(), start

    def __call__(self) -> datetime:
        """The time now in the sandbox; aware."""
        return self._at(self._monotonic())

    @property
    def speed(self) -> float:
        """How many seconds pass here in one of the room's."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        now = self._monotonic()
        self._since, self._from = now, self._at(now)
        self._speed = speed

    def _at(self, moment: float) -> datetime:
        return self._from + timedelta(seconds=(moment - self._since) * self._speed)


def stamp(at: datetime) -> str:
    """A moment as the API writes it: ``2026-11-23 15:12:00``, without a zone (seen on live servers); here UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def moment(text: str) -> datetime:
    """The moment that :func:`stamp` wrote. Raises ``ValueError`` for any other text."""
    found = datetime.fromisoformat(text).replace(tzinfo=UTC)
    if stamp(found) != text:
        raise ValueError(f"{text!r} is no moment as the API writes it")
    return found
