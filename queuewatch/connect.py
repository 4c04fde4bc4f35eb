"""From options, environment, profile or sample to a phone system that can be asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from queuewatch.config import DEFAULT_TOKEN_ENV, ConfigError, Profile, config_path, load_config
from queuewatch.failover.audit.suppression import Suppression
from queuewatch.journal import Journal, Who, log_path, os_user
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.pbx.push import PushStream

if TYPE_CHECKING:
    import httpx

    from queuewatch.pbx.sandbox.office import SandboxPbx
    from queuewatch.pbx.sandbox.samples import Sample

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
    suppressions: tuple[Suppression, ...] = ()
    """What the audit of this phone system is not to mind."""
    push: PushStream | None = None
    """What tells a board when to poll early, if that was asked for."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The phone system's time; a sample has its own."""
    pbx: "SandboxPbx | None" = None
    """The sandbox behind the connection, if it is one."""
    journal: Journal | None = None
    """Where changes are logged; sample data is gone with the program, and so are changes to it."""

    @property
    def sample(self) -> "Sample | None":
        """The sample company, if this is sample data."""
        return self.pbx.sample if self.pbx else None


class NotConfigured(ConfigError):
    """Nothing says which phone system to ask. The hint tells how to say it, with all there is to type."""


def connect(asked: Asked, environ: Mapping[str, str], *, retries: int = 0, on_screen: bool = False) -> Connection:
    """The connection that was asked for; nothing is sent yet.

    A named profile comes first, then ``--url`` or the environment as a whole, then the default profile: parts of
    two are never mixed, so that a token only ever goes where it belongs. Options override what they name.
    ``on_screen`` adds what only a board has a use for: the stream of events, if it is asked for.
    Raises :class:`ConfigError` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    if asked.sample:
        return connect_sample(asked)
    profile = _profile(asked, environ)
    token = environ.get(profile.token_env, "").strip()
    if not token:
        raise ConfigError(
            f"There is no token for {profile.name}: the environment variable {profile.token_env} is not set.",
            f"Set it: export {profile.token_env}=… (a bearer token or an API key; never on the command line).",
        )
    from queuewatch.pbx.netsapiens import NetsapiensDomain

    read_only = asked.read_only or profile.read_only
    system = NetsapiensDomain(profile.url, profile.domain, token, retries=retries, read_only=read_only)
    return Connection(
        system=system,
        title=profile.name,
        read_only=read_only,
        interval=asked.interval or profile.interval or DEFAULT_INTERVAL,
        theme=profile.theme,
        suppressions=profile.suppressions,
        push=system.push_stream(profile.push_url) if on_screen and (asked.push or profile.push) else None,
        journal=Journal(log_path(environ), Who(profile.name, os_user())),
    )


def whereabouts(asked: Asked, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The address and domain of the connection that was asked for; ``None`` if nothing says which.

    Needs no token. Raises :class:`ConfigError` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    from queuewatch.pbx.netsapiens.address import base_url, domain_name

    try:
        profile = _profile(asked, environ)
    except NotConfigured:
        return None
    return base_url(profile.url), domain_name(profile.domain)


def _profile(asked: Asked, environ: Mapping[str, str]) -> Profile:
    if asked.profile:
        profile = load_config(config_path(environ)).profile(asked.profile)
    elif asked.url or environ.get("QUEUEWATCH_URL") or environ.get("QUEUEWATCH_DOMAIN"):
        return _from_environment(asked, environ)
    else:
        config = load_config(config_path(environ))
        found = config.default_profile
        if found is None:
            raise NotConfigured("No phone system is configured yet.", how_to_connect(str(config.path)))
        profile = found
    return Profile(
        name=profile.name,
        url=asked.url or profile.url,
        domain=asked.domain or profile.domain,
        token_env=profile.token_env,
        read_only=profile.read_only,
        interval=profile.interval,
        theme=profile.theme,
        suppressions=profile.suppressions,
        push=profile.push,
        push_url=profile.push_url,
    )


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


def connect_demo(asked: Asked, scenario: str = "", speed: float = 1.0) -> Connection:
    """A sample company going through its day, inside this process, ``speed`` times as fast as the room's clock.

    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    refuse_with_sample(asked)
    from queuewatch.pbx.sandbox.clock import SandboxClock
    from queuewatch.pbx.sandbox.office import SandboxPbx
    from queuewatch.pbx.sandbox.samples import DEFAULT_SAMPLE, load_sample
    from queuewatch.pbx.sandbox.script import load_scenario

    sample = load_sample(asked.sample or DEFAULT_SAMPLE)
    script = load_scenario(sample, scenario or sample.demo_scenario)
    clock = SandboxClock(sample.start, speed)
    return _in_process(asked, SandboxPbx(sample, clock=clock, scenario=script), clock)


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
    )


def how_to_connect(path: str) -> str:
    """How a phone system is named, with everything there is to type."""
    return f"""\
To try queuewatch without a phone system:

    queuewatch demo

To connect to yours, set three environment variables:

    export QUEUEWATCH_URL=https://pbx.example.com
    export QUEUEWATCH_DOMAIN=acme.example
    export {DEFAULT_TOKEN_ENV}=…

or write a profile to {path}

    default = "acme"

    [profiles.acme]
    url = "https://pbx.example.com"
    domain = "acme.example"
    token_env = "ACME_TOKEN"

and put the token (a bearer token or an API key) into that environment variable:

    export ACME_TOKEN=…"""
