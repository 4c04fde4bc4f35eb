"""A connection: a phone system and how to look at it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from queuewatch.config import DEFAULT_TOKEN_ENV, NO_OVERRIDES, ConfigError, Overrides
from queuewatch.failover.audit.suppression import Suppression
from queuewatch.history.open import OpenHistory
from queuewatch.neighbours import Neighbours
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.pbx.push import PushStream
from queuewatch.view_memory import ViewMemory

if TYPE_CHECKING:
    from queuewatch.alerts.rules import AlertRule
    from queuewatch.connection.sign_in import SignIn
    from queuewatch.journal import Journal
    from queuewatch.pbx.sandbox.office import SandboxPbx
    from queuewatch.pbx.sandbox.samples import Sample
    from queuewatch.stage import Stage

DEFAULT_INTERVAL = 5.0


@dataclass(frozen=True, slots=True)
class SwitchTarget:
    """One domain of one profile."""

    profile: str
    domain: str
    title: str
    """The profile's name, and the domain where the profile has several."""
    connect: "Callable[[], Connection]"
    """Make the connection; nothing is sent yet. Raises what is wrong with the profile."""


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """What the options before and after a command say about the connection."""

    profile: str = ""
    url: str = ""
    domain: str = ""
    sample: str = ""
    read_only: bool = False
    interval: float | None = None
    push: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A phone system and how to look at it. Whoever is done with it closes ``system``."""

    system: PhoneSystem
    title: str
    """Whose phone system it is: the profile's name, the host, or the sample company."""
    read_only: bool = False
    interval: float = DEFAULT_INTERVAL
    """Seconds between two refreshes of a board."""
    theme: str = ""
    keys: Overrides = NO_OVERRIDES
    """What the profile says of the board's keys."""
    suppressions: tuple[Suppression, ...] = ()
    """What the audit of this phone system is not to mind."""
    alerts: "tuple[AlertRule, ...]" = ()
    """Who is told what of this phone system, and how."""
    token_env: str = DEFAULT_TOKEN_ENV
    """The environment variable that may hold the token, which is no other program's business."""
    push: PushStream | None = None
    """What tells a board when to poll early, if that was asked for."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The phone system's time; a sample has its own."""
    production: bool = False
    """Whether real callers are on it: it is shown, and a change is asked about twice."""
    sign_in: "SignIn | None" = None
    """How to sign in, where that is how the credentials come about."""
    switch_targets: "Callable[[], Sequence[SwitchTarget]]" = lambda: ()
    """Where else the board can be switched to; read anew at every call. Raises :class:`ConfigError`."""
    sandbox: "SandboxPbx | None" = None
    """The sandbox behind the connection, if it is one."""
    presenter: "Stage | None" = None
    """What a presenter has in hand, where the sandbox goes through its day."""
    journal: "Journal | None" = None
    """Where changes are logged; sample data is gone with the program, and so are changes to it."""
    view_preferences: ViewMemory | None = None
    """How its board was looked at last; a sample begins every time as at first."""
    peers: Neighbours | None = None
    """The boards that ask the same server; a sample has no others."""

    history: OpenHistory | None = None
    """Where what becomes of the queues is kept; a sample's is gone with the program."""

    @property
    def sample(self) -> "Sample | None":
        """The sample company, if this is sample data."""
        return self.sandbox.sample if self.sandbox else None

    def journal_of(self, identity: Identity | None) -> "Journal | None":
        """The log of changes, kept in the name of whoever makes them, as far as that is known."""
        return self.journal.of(identity.login) if self.journal and identity else self.journal


class NotConfigured(ConfigError):
    """Nothing says which phone system to ask. The hint tells how to say it, with all there is to type."""
