"""A phone or app, and whether it needs a building."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Device:
    """A phone or app of a user. Its passwords are never read."""

    id: str
    user: str
    registered: bool | None = None
    expires_at: datetime | None = None
    """When the registration runs out, on the server's clock; aware."""
    expiry_seconds: int | None = None
    ip: str = ""
    model: str = ""
    push: bool = False
    """Whether the phone system may wake it by push. The vendor's default is yes, so that says little by itself."""

    @property
    def is_app(self) -> bool:
        """Whether it is a mobile app, which needs no building: assumed by its make, else by its id.

        An app names itself by its platform; a web phone is none. Without a make, an ``m`` after the user's
        extension stands for one (seen on live servers: ``1006m``, ``1001M``), and no other suffix does.
        """
        make = self.model.casefold()
        if not self.push or "web" in make:
            return False
        if make:
            return any(platform in make for platform in ("mobile", "android", "iphone", "ipad", "ios"))
        return self.id.casefold() == f"{self.user}m".casefold()
