"""A connection: a phone system and how to look at it. Screens know less of it than the program that owns it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import PhoneSystem, PushStream
from queuewatch.profiles.fields import (
    DEFAULT_TOKEN_ENV,
    NO_OVERRIDES,
    NO_PROOF_SETTINGS,
    ConfigError,
    KeyOverrides,
    ProofSettings,
)
from queuewatch.storage.view_preferences import ViewMemory

if TYPE_CHECKING:
    from queuewatch.alerts.quiet_file import QuietBook
    from queuewatch.connection.sign_in import SignIn
    from queuewatch.demo.presenter import Presenter
    from queuewatch.failover.audit.finding import Suppression
    from queuewatch.history.open import OpenHistory
    from queuewatch.journal import Journal
    from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
    from queuewatch.polling.rate import Peers
    from queuewatch.polling.state import Publish, StateSource
    from queuewatch.profiles.alert_rules import AlertRule
    from queuewatch.storage.last_picture import LastPicture

DEFAULT_INTERVAL = 5.0


class SwitchTarget(Struct, frozen=True):
    """One domain of one profile."""

    profile: str
    domain: str
    title: str
    """The profile's name, and the domain where the profile has several."""
    connect: "Callable[[], Connection]"
    """Make the connection; nothing is sent yet. Raises what is wrong with the profile."""


class ConnectionOptions(Struct, frozen=True):
    """What the options before and after a command say about the connection."""

    profile: str = ""
    url: str = ""
    domain: str = ""
    sample: str = ""
    read_only: bool = False
    interval: float | None = None
    push: bool = False
    cache: bool = True
    """Whether what was last seen may be kept on this machine."""
    nats: str = ""
    """The address of a broker that is to be read in place of the phone system."""
    nats_creds: str = ""
    """A file with what to sign in to the broker with."""


class DemoInfo(Protocol):
    """What a screen shows of a demo: read only. Whoever wants its time or its power changed asks the program."""

    @property
    def tour(self) -> bool:
        """Whether the board begins with the tour."""
        ...

    @property
    def speed(self) -> float:
        """How many times as fast as the room's time the demo's goes."""
        ...

    @property
    def sites(self) -> Sequence[str]:
        """The sites whose power can be cut."""
        ...

    @property
    def powered_off(self) -> Collection[str]:
        """Those that have none now."""
        ...

    def dark_since(self, site: str) -> datetime | None:
        """Since when a site has no power; ``None`` for one that has."""
        ...

    def next_phone_off(self, site: str, after: datetime) -> datetime | None:
        """When, after a moment, the next phone at a site without power is offline; ``None`` if all are."""
        ...

    def caption(self, at: datetime) -> str:
        """What is said at this moment of the demo's time; empty before anything is."""
        ...


class ConnectionInfo(Struct, frozen=True):
    """A phone system as a screen may know it: what it is called, how to ask it, and what to be careful about."""

    system: PhoneSystem
    title: str
    """Whose phone system it is: the profile's name, the host, or the sample company."""
    read_only: bool = False
    interval: float = DEFAULT_INTERVAL
    """Seconds between two refreshes of a board."""
    suppressions: "tuple[Suppression, ...]" = ()
    """What the audit of this phone system is not to mind."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The phone system's time; a sample has its own."""
    production: bool = False
    """Whether real callers are on it: it is shown, and a change is asked about twice."""
    view_preferences: ViewMemory | None = None
    """How its board was looked at last; a sample begins every time as at first."""
    why_read_only: str = ""
    """Why nothing can be changed, where that is not for having been asked for."""

    @property
    def is_sample(self) -> bool:
        """Whether this is a sample: nobody has to be spared, and a change is gone with the program."""
        return False

    @property
    def sample_name(self) -> str:
        """By what name a command finds the same sample; empty for a real phone system."""
        return ""

    @property
    def keeps_history(self) -> bool:
        """Whether what becomes of the queues is kept."""
        return False

    @property
    def demo(self) -> DemoInfo | None:
        """What there is to show of a demo; ``None`` where nothing goes through its day."""
        return None


def quiets_in_memory() -> "QuietBook":
    """What is quiet for as long as the program runs. Each call gives another: it is to be called once."""
    from queuewatch.alerts.quiet_file import QuietBook

    return QuietBook(None, "", "")


class Connection(ConnectionInfo, frozen=True):
    """All that belongs to a phone system, for the program that owns it. Whoever is done closes ``system``."""

    theme: str = ""
    keys: KeyOverrides = NO_OVERRIDES
    """What the profile says of the board's keys."""
    alerts: "tuple[AlertRule, ...]" = ()
    """Who is told what of this phone system, and how."""
    token_env: str = DEFAULT_TOKEN_ENV
    """The environment variable that may hold the token, which is no other program's business."""
    push: PushStream | None = None
    """What tells a board when to poll early, if that was asked for."""
    sign_in: "SignIn | None" = None
    """How to sign in, where that is how the credentials come about."""
    switch_targets: "Callable[[], Sequence[SwitchTarget]]" = lambda: ()
    """Where else the board can be switched to; read anew at every call. Raises :class:`ConfigError`."""
    sandbox: "SandboxPbx | None" = None
    """The sandbox behind the connection, if it is one."""
    presenter: "Presenter | None" = None
    """What a presenter has in hand, where the sandbox goes through its day."""
    journal: "Journal | None" = None
    """Where changes are logged; sample data is gone with the program, and so are changes to it."""
    site_facts: SiteFacts = NO_SITE_FACTS
    """What the profile says of where people are."""
    bearer: Callable[[], Awaitable[str]] | None = None
    """Gives the token in use, for a process that goes on with it; a sample needs none."""
    proofs: ProofSettings = NO_PROOF_SETTINGS
    """What the profile says of live failover tests and of drills."""
    peers: "Peers | None" = None
    """The boards that ask the same server; a sample has no others."""
    history: "OpenHistory | None" = None
    """Where what becomes of the queues is kept; a sample's is gone with the program."""
    quiets: "Callable[[], QuietBook]" = quiets_in_memory
    """What is quiet, and where it is kept: with a sample it is gone with the program."""
    last_picture: "LastPicture | None" = None
    """Where what was last seen is kept for the next start; a sample has none."""
    source: "Callable[[Publish], StateSource] | None" = None
    """What gives the states where somebody else reads the phone system; ``None`` for a poller."""
    age: "Callable[[], float | None]" = lambda: None
    """How many seconds ago somebody else read what those states tell; ``None`` where nobody else does."""

    @property
    def is_sample(self) -> bool:
        """Whether this is a sample: nobody has to be spared, and a change is gone with the program."""
        return self.sandbox is not None

    @property
    def sample_name(self) -> str:
        """By what name a command finds the same sample; empty for a real phone system."""
        return self.sandbox.sample.name if self.sandbox is not None else ""

    @property
    def keeps_history(self) -> bool:
        """Whether what becomes of the queues is kept."""
        return self.history is not None

    @property
    def demo(self) -> DemoInfo | None:
        """What there is to show of a demo; ``None`` where nothing goes through its day."""
        return self.presenter

    def journal_of(self, identity: Identity | None) -> "Journal | None":
        """The log of changes, kept in the name of whoever makes them, as far as that is known."""
        return self.journal.of(identity.login) if self.journal and identity else self.journal


class NotConfigured(ConfigError):
    """Nothing says which phone system to ask. The hint tells how to say it, with all there is to type."""
