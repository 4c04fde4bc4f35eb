"""From options, environment, profile or sample to a phone system that can be asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from queuewatch.config import (
    DEFAULT_TOKEN_ENV,
    NO_OVERRIDES,
    ConfigError,
    Overrides,
    Profile,
    config_path,
    load_config,
)
from queuewatch.failover.audit.suppression import Suppression
from queuewatch.failover.site_facts import NO_SITE_FACTS, SiteFacts
from queuewatch.how_to_connect import how_to_connect
from queuewatch.neighbours import Neighbours
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.pbx.push import PushStream
from queuewatch.state import state_folder
from queuewatch.view_memory import ViewMemory
from queuewatch.which_history import WhichHistory, history_of_sample, history_on_disk

if TYPE_CHECKING:
    import httpx

    from queuewatch.alerts.rules import AlertRule
    from queuewatch.journal import Journal
    from queuewatch.pbx.netsapiens.pacing import Pacer
    from queuewatch.pbx.netsapiens.signed_in import SignedIn
    from queuewatch.pbx.sandbox.office import SandboxPbx
    from queuewatch.pbx.sandbox.samples import Sample
    from queuewatch.pbx.session import Session
    from queuewatch.places import Place
    from queuewatch.signing_in import SigningIn
    from queuewatch.stage import Stage

DEFAULT_INTERVAL = 5.0
SAMPLE_INTERVAL = 1.0
"""Nobody has to be spared where the phone system is in this process: a demo shows what happens as it happens."""

_IN_PROCESS = "http://localhost"


@dataclass(frozen=True, slots=True)
class Asked:
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
    signing: "SigningIn | None" = None
    """How to sign in, where that is how the credentials come about."""
    places: "Callable[[], Sequence[Place]]" = lambda: ()
    """Where else the board can be switched to; read anew at every call. Raises :class:`ConfigError`."""
    pbx: "SandboxPbx | None" = None
    """The sandbox behind the connection, if it is one."""
    stage: "Stage | None" = None
    """What a presenter has in hand, where the sandbox goes through its day."""
    journal: "Journal | None" = None
    """Where changes are logged; sample data is gone with the program, and so are changes to it."""
    memory: ViewMemory | None = None
    """How its board was looked at last; a sample begins every time as at first."""
    neighbours: Neighbours | None = None
    """The boards that ask the same server; a sample has no others."""

    site_facts: SiteFacts = NO_SITE_FACTS
    """What the profile says of where people are."""
    history: WhichHistory | None = None
    """Where what becomes of the queues is kept; a sample's is gone with the program."""

    @property
    def sample(self) -> "Sample | None":
        """The sample company, if this is sample data."""
        return self.pbx.sample if self.pbx else None

    def journal_of(self, identity: Identity | None) -> "Journal | None":
        """The log of changes, kept in the name of whoever makes them, as far as that is known."""
        return self.journal.of(identity.login) if self.journal and identity else self.journal


class NotConfigured(ConfigError):
    """Nothing says which phone system to ask. The hint tells how to say it, with all there is to type."""


def connect(
    asked: Asked,
    environ: Mapping[str, str],
    *,
    retries: int = 0,
    on_screen: bool = False,
    session: "Session | None" = None,
) -> Connection:
    """The connection that was asked for; nothing is sent yet.

    A named profile comes first, then ``--url`` or the environment as a whole, then the default profile: parts of
    two are never mixed, so that a token only ever goes where it belongs. Options override what they name.
    ``on_screen`` is for a board, which has a use for the stream of events, and can ask for credentials itself.
    ``session`` is one that is kept nowhere, and goes before what is kept.
    Raises :class:`ConfigError` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    if asked.sample:
        return connect_sample(asked)
    profile = chosen_profile(asked, environ)
    from queuewatch.journal import Journal, Who, log_path
    from queuewatch.os_user import os_user
    from queuewatch.pbx.netsapiens import NetsapiensDomain
    from queuewatch.pbx.netsapiens.pacing import Pacer

    pacer = Pacer()
    credentials, signing = _credentials(profile, asked, environ, pacer, on_screen, session)
    read_only = asked.read_only or profile.read_only
    system = NetsapiensDomain(
        profile.url, profile.domain, credentials, retries=retries, read_only=read_only, pacer=pacer
    )
    return Connection(
        system=system,
        title=profile.name,
        read_only=read_only,
        interval=asked.interval or profile.interval or DEFAULT_INTERVAL,
        theme=profile.theme,
        keys=profile.keys,
        suppressions=profile.suppressions,
        alerts=profile.alerts,
        token_env=profile.token_env,
        push=system.push_stream(profile.push_url) if on_screen and (asked.push or profile.push) else None,
        production=profile.production,
        site_facts=profile.site_facts,
        signing=signing,
        journal=Journal(log_path(environ), Who(profile.name, os_user())),
        memory=ViewMemory(state_folder(environ)) if on_screen else None,
        neighbours=Neighbours(environ, system.address),
        history=history_on_disk(environ, system.address, system.domain, profile.history_days)
        if profile.history
        else None,
    )


def whereabouts(asked: Asked, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The address and domain of the connection that was asked for; ``None`` if nothing says which.

    Needs no token. Raises :class:`ConfigError` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    from queuewatch.pbx.netsapiens.address import base_url, domain_name

    try:
        profile = chosen_profile(asked, environ)
    except NotConfigured:
        return None
    return base_url(profile.url), domain_name(profile.domain)


def _credentials(
    profile: Profile,
    asked: Asked,
    environ: Mapping[str, str],
    pacer: "Pacer",
    on_screen: bool,
    session: "Session | None",
) -> "tuple[str | SignedIn, SigningIn | None]":
    """The token of the environment, which always wins, else the session that is kept for the profile."""
    token = environ.get(profile.token_env, "").strip()
    if token:
        return token, None
    from queuewatch.pbx.netsapiens.signed_in import SignedIn
    from queuewatch.pbx.netsapiens.tokens import TokenServer
    from queuewatch.pbx.session import MemoryStore
    from queuewatch.sessions.keeping import store_for
    from queuewatch.signing_in import SigningIn

    server = TokenServer(profile.url, pacer=pacer)
    # An address from the command line or the environment is no profile's, and there is no session for it.
    named = not asked.url and not _outside_profiles(asked, environ)
    if session is not None:
        memory = MemoryStore(profile.name)
        memory.save(session)
        credentials = SignedIn(memory, server)
        return credentials, SigningIn(profile, server, credentials, environ, None)
    store = store_for(profile.name, server.address, environ) if named else None
    if store is None and not (named and on_screen):
        login = f"queuewatch login --profile {profile.name}" if named else "queuewatch login"
        raise ConfigError(
            f"There is no token for {profile.name}: the environment variable {profile.token_env} is not set.",
            f"Sign in with {login}, or set it: export {profile.token_env}=… "
            "(a bearer token or an API key; never on the command line).",
        )
    credentials = SignedIn(store or MemoryStore(profile.name), server)
    return credentials, SigningIn(profile, server, credentials, environ, store)


def chosen_profile(asked: Asked, environ: Mapping[str, str]) -> Profile:
    """Which phone system was asked for, in the order that :func:`connect` keeps. Raises :class:`ConfigError`."""
    if asked.profile:
        profile = load_config(config_path(environ)).profile(asked.profile)
    elif _outside_profiles(asked, environ):
        return _from_environment(asked, environ)
    else:
        config = load_config(config_path(environ))
        if (found := config.default_profile) is None:
            raise NotConfigured("No phone system is configured yet.", how_to_connect(str(config.path)))
        profile = found
    if asked.url:
        # Where the profile's own address has its stream, no other's token must go.
        profile = replace(profile, url=asked.url, push_url="")
    return replace(profile, domain=asked.domain or profile.domain)


def _outside_profiles(asked: Asked, environ: Mapping[str, str]) -> bool:
    """Whether an option or the environment names a phone system that is no profile's."""
    given = asked.url or environ.get("QUEUEWATCH_URL") or environ.get("QUEUEWATCH_DOMAIN")
    return bool(given) and not asked.profile


def _from_environment(asked: Asked, environ: Mapping[str, str]) -> Profile:
    url = asked.url or environ.get("QUEUEWATCH_URL", "").strip()
    domain = asked.domain or environ.get("QUEUEWATCH_DOMAIN", "").strip()
    if not url:
        raise ConfigError("There is a domain and no address to find it at.", "Set QUEUEWATCH_URL, or give --url.")
    if not domain:
        raise ConfigError("There is an address and no domain.", "Set QUEUEWATCH_DOMAIN, or give --domain.")
    return Profile(_host(url), url, domain)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "the phone system"
    except ValueError:
        return "the phone system"


def refuse_with_sample(asked: Asked) -> None:
    """Refuse to mix sample data and a real phone system. Raises :class:`ConfigError`."""
    for option, given in (("--profile", asked.profile), ("--url", asked.url), ("--domain", asked.domain)):
        if given:
            raise ConfigError(
                f"{option} names a real phone system, and this is sample data.", f"Leave out {option}."
            )


def connect_sample(asked: Asked) -> Connection:
    """A sample company at its first moment, inside this process: the same question has the same answer.

    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    refuse_with_sample(asked)
    from queuewatch.pbx.sandbox.office import SandboxPbx
    from queuewatch.pbx.sandbox.samples import load_sample

    sample = load_sample(asked.sample)
    return _in_process(asked, SandboxPbx(sample), lambda: sample.start)


def connect_demo(
    asked: Asked,
    scenario: str = "",
    speed: float = 1.0,
    *,
    tour: bool = False,
    clock_from: Callable[[datetime], Callable[[], datetime]] | None = None,
) -> Connection:
    """A sample company going through its day, inside this process, ``speed`` times as fast as the room's clock.

    ``tour`` begins with the tour, unless a ``scenario`` is named: that one tells its own story. ``clock_from``
    makes another clock, given the moment at which it begins; nobody presents by that one.
    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    refuse_with_sample(asked)
    from queuewatch.pbx.sandbox.clock import SandboxClock
    from queuewatch.pbx.sandbox.office import SandboxPbx
    from queuewatch.pbx.sandbox.samples import DEFAULT_SAMPLE, load_sample
    from queuewatch.pbx.sandbox.script import load_scenario
    from queuewatch.stage import Stage

    sample = load_sample(asked.sample or DEFAULT_SAMPLE)
    script = load_scenario(sample, scenario or sample.demo_scenario)
    if clock_from is not None:
        another = clock_from(sample.start)
        return _in_process(asked, SandboxPbx(sample, clock=another, scenario=script), another)
    clock = SandboxClock(sample.start, speed)
    pbx = SandboxPbx(sample, clock=clock, scenario=script)
    connection = _in_process(asked, pbx, clock)
    stage = Stage(
        pbx,
        clock,
        tells_itself=script.tells_itself,
        longest=connection.interval,
        tour=tour and not scenario,
    )
    return replace(connection, interval=stage.interval, stage=stage)


def _in_process(asked: Asked, pbx: "SandboxPbx", clock: Callable[[], datetime]) -> Connection:
    from queuewatch.pbx.netsapiens import NetsapiensDomain
    from queuewatch.pbx.netsapiens.pacing import Pacer
    from queuewatch.pbx.sandbox.office import SANDBOX_TOKEN

    def transport() -> "httpx.AsyncBaseTransport":
        from queuewatch.pbx.sandbox.server import in_process

        return in_process(pbx)

    return Connection(
        system=NetsapiensDomain(
            _IN_PROCESS,
            pbx.domain,
            SANDBOX_TOKEN,
            transport=transport,
            read_only=asked.read_only,
            clock=clock,
            pacer=Pacer(window=0.0),
        ),
        title=pbx.sample.title,
        read_only=asked.read_only,
        interval=asked.interval or SAMPLE_INTERVAL,
        clock=clock,
        pbx=pbx,
        history=history_of_sample(_IN_PROCESS, pbx.sample),
    )
