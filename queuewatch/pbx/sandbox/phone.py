"""One phone and its registration: why a phone without power is still shown online for minutes."""

from datetime import datetime, timedelta

from msgspec import Struct

RENEWS_AFTER = 0.75
"""A phone registers again once this share of its registration has passed. Makes differ; this is the sandbox's."""


class Phone(Struct):
    """A desk phone, web phone or mobile app.

    A phone that is on registers at ``on_since`` and renews from then on. One that loses power says nothing: its
    last registration simply runs out. One that unregisters is gone at once.
    """

    device: str
    user: str
    site: str
    lifetime: timedelta
    """How long one registration lasts (``device-sip-registration-expiry-seconds``)."""
    push: bool
    """A mobile app that is woken by push: no building's power reaches it."""
    on_since: datetime | None
    """When it registered, or will, for the first time since it was switched on; ``None`` while it is off."""
    last: datetime | None = None
    """Its latest registration."""

    def settle(self, now: datetime) -> None:
        """Take note of every registration up to ``now``."""
        if self.on_since is not None and now >= self.on_since:
            every = self.lifetime * RENEWS_AFTER
            self.last = self.on_since + (now - self.on_since) // every * every

    @property
    def is_on(self) -> bool:
        """Whether the phone has power, and is registered or about to be."""
        return self.on_since is not None

    @property
    def expires_at(self) -> datetime | None:
        """When the latest registration runs out; ``None`` for a phone that has none."""
        return None if self.last is None else self.last + self.lifetime

    def is_registered(self, now: datetime) -> bool:
        """Whether the phone system believes, at ``now``, that the phone is there."""
        return self.expires_at is not None and now < self.expires_at

    def registers_after(self, now: datetime) -> bool:
        """Whether the phone is switched on and about to register."""
        return self.on_since is not None and self.on_since > now

    def next_turn(self, now: datetime) -> datetime | None:
        """When the phone next registers or runs out; ``None`` for a phone that is on and renews, or gone."""
        if self.on_since is not None and self.on_since <= now:
            return None
        moments = (self.on_since, self.expires_at)
        return min((moment for moment in moments if moment is not None and moment > now), default=None)

    def lose_power(self) -> None:
        """Go dark. What was registered stays so until it runs out."""
        self.on_since = None

    def start(self, at: datetime) -> None:
        """Have power, and register at ``at``; a phone that is on already stays as it is."""
        if self.on_since is None:
            self.on_since = at

    def unregister(self) -> None:
        """Say goodbye: gone at once."""
        self.on_since = None
        self.last = None
