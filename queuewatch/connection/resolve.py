"""Which phone system was asked for, by options, environment, profile or sample, and how it is reached."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from queuewatch.connection.connection import (
    DEFAULT_INTERVAL,
    Connection,
    ConnectionOptions,
    NotConfigured,
    SwitchTarget,
)
from queuewatch.connection.sample import connect_sample
from queuewatch.history.open import history_on_disk
from queuewatch.pbx.environment import check_environment
from queuewatch.polling.rate import Peers
from queuewatch.profiles.config import ALL_DOMAINS, Profile, config_path, load_config
from queuewatch.profiles.fields import DEFAULT_TOKEN_ENV, ConfigError
from queuewatch.storage.folder import state_folder
from queuewatch.storage.last_picture import LastPicture, forget_pictures
from queuewatch.storage.view_preferences import ViewMemory

if TYPE_CHECKING:
    from queuewatch.alerts.quiet_file import QuietBook
    from queuewatch.connection.sign_in import SignIn
    from queuewatch.pbx.credentials import Session
    from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
    from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials


def connect(
    options: ConnectionOptions,
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
    if options.sample:
        return connect_sample(options)
    profile = chosen_profile(options, environ)
    if profile.domain == ALL_DOMAINS:
        raise ConfigError(
            f"{profile.name} stands for every domain that its token sees, and this is about one.",
            f"Name it with --domain; or watch them all: queuewatch --profile {profile.name} fleet",
        )
    from queuewatch.journal import Journal, Who, log_path
    from queuewatch.pbx.credentials import Token
    from queuewatch.pbx.netsapiens import NetsapiensDomain
    from queuewatch.pbx.netsapiens.address import base_url
    from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
    from queuewatch.storage.folder import os_user

    # Now, and not with the first request: a board would go on trying what no time can mend.
    check_environment(base_url(profile.url), environ)
    rate_limiter = RateLimiter()
    credentials, sign_in, login = _credentials(profile, options, environ, rate_limiter, on_screen, session)
    read_only = options.read_only or profile.read_only
    system = NetsapiensDomain(
        profile.url, profile.domain, credentials, retries=retries, read_only=read_only, rate_limiter=rate_limiter
    )
    state = state_folder(environ)
    keeps_picture = profile.cache and options.cache
    if not keeps_picture:
        forget_pictures(state, profile.name)
    return Connection(
        system=system,
        title=profile.name,
        read_only=read_only,
        interval=options.interval or profile.interval or DEFAULT_INTERVAL,
        theme=profile.theme,
        keys=profile.keys,
        suppressions=profile.suppressions,
        alerts=profile.alerts,
        token_env=profile.token_env,
        push=system.push_stream(profile.push_url) if on_screen and (options.push or profile.push) else None,
        production=profile.production,
        site_facts=profile.site_facts,
        proofs=profile.proofs,
        bearer=Token(credentials).bearer if isinstance(credentials, str) else credentials.bearer,
        sign_in=sign_in,
        journal=Journal(log_path(environ), Who(profile.name, os_user())),
        view_preferences=ViewMemory(state) if on_screen else None,
        peers=Peers(environ, system.address),
        history=history_on_disk(environ, system.address, system.domain, profile.history_days)
        if profile.history
        else None,
        quiets=lambda: quiets_on_disk(environ, system.address, system.domain),
        last_picture=LastPicture(
            state,
            profile.name,
            system.address,
            system.domain,
            login=login,
            token=credentials if isinstance(credentials, str) else "",
        )
        if keeps_picture and on_screen
        else None,
    )


def quiets_on_disk(environ: Mapping[str, str], address: str, domain: str) -> "QuietBook":
    """What is quiet of a domain on this machine; read when it is asked for."""
    from queuewatch.alerts.quiet_file import FILE, QuietBook

    return QuietBook(state_folder(environ) / FILE, address, domain)


def address_and_domain(options: ConnectionOptions, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The address and domain of the connection that was asked for; ``None`` if nothing says which.

    Needs no token. Raises :class:`ConfigError` and :class:`~queuewatch.pbx.errors.PbxError`.
    """
    from queuewatch.pbx.netsapiens.address import base_url, domain_name

    try:
        profile = chosen_profile(options, environ)
    except NotConfigured:
        return None
    return base_url(profile.url), domain_name(profile.domain)


def _credentials(
    profile: Profile,
    options: ConnectionOptions,
    environ: Mapping[str, str],
    rate_limiter: "RateLimiter",
    on_screen: bool,
    session: "Session | None",
) -> "tuple[str | RefreshingCredentials, SignIn | None, str]":
    """The token of the environment, which always wins, else the session kept for the profile, and whose."""
    token = environ.get(profile.token_env, "").strip()
    if token:
        return token, None, ""
    from queuewatch.connection.sign_in import SignIn
    from queuewatch.pbx.credentials import MemoryStore
    from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials, unset_variable
    from queuewatch.pbx.netsapiens.tokens import TokenServer
    from queuewatch.signin.session_store import store_for

    server = TokenServer(profile.url, rate_limiter=rate_limiter)
    variable = "" if profile.token_env == DEFAULT_TOKEN_ENV else profile.token_env
    # An address from the command line or the environment is no profile's, and there is no session for it.
    named = not options.url and not _outside_profiles(options, environ)
    if session is not None:
        memory = MemoryStore(profile.name)
        memory.save(session)
        credentials = RefreshingCredentials(memory, server)
        return credentials, SignIn(profile, server, credentials, environ, None), session.identity.sees
    store = store_for(profile.name, server.address, environ) if named else None
    if store is None and not (named and on_screen):
        login = f"queuewatch login --profile {profile.name}" if named else "queuewatch login"
        unset = f"the environment variable {profile.token_env} is not set"
        why = unset_variable(profile.name, variable) if variable else unset
        raise ConfigError(
            f"There is no token for {profile.name}: {why}.",
            f"Sign in with {login}, or set it: export {profile.token_env}=… "
            "(a bearer token or an API key; never on the command line).",
        )
    credentials = RefreshingCredentials(store or MemoryStore(profile.name), server, variable)
    record = store.record() if store and on_screen else None
    login = record.identity.sees if record else ""
    return credentials, SignIn(profile, server, credentials, environ, store), login


def chosen_profile(options: ConnectionOptions, environ: Mapping[str, str]) -> Profile:
    """Which phone system was asked for, in the order that :func:`connect` keeps. Raises :class:`ConfigError`."""
    if options.profile:
        profile = load_config(config_path(environ)).profile(options.profile)
    elif _outside_profiles(options, environ):
        return _from_environment(options, environ)
    else:
        config = load_config(config_path(environ))
        if (found := config.default_profile) is None:
            raise NotConfigured("No phone system is configured yet.", how_to_connect(str(config.path)))
        profile = found
    if options.url:
        # Where the profile's own address has its stream, no other's token must go.
        profile = replace(profile, url=options.url, push_url="")
    return replace(profile, domain=options.domain or profile.domain)


def _outside_profiles(options: ConnectionOptions, environ: Mapping[str, str]) -> bool:
    """Whether an option or the environment names a phone system that is no profile's."""
    given = options.url or environ.get("QUEUEWATCH_URL") or environ.get("QUEUEWATCH_DOMAIN")
    return bool(given) and not options.profile


def _from_environment(options: ConnectionOptions, environ: Mapping[str, str]) -> Profile:
    url = options.url or environ.get("QUEUEWATCH_URL", "").strip()
    domain = options.domain or environ.get("QUEUEWATCH_DOMAIN", "").strip()
    if not url:
        raise ConfigError("There is a domain and no address to find it at.", "Set QUEUEWATCH_URL, or give --url.")
    if not domain:
        raise ConfigError("There is an address and no domain.", "Set QUEUEWATCH_DOMAIN, or give --domain.")
    from queuewatch.pbx.netsapiens.address import host_of

    return Profile(host_of(url) or "the phone system", url, domain)


def with_switch_targets(
    connection: Connection, options: ConnectionOptions, environ: Mapping[str, str]
) -> Connection:
    """The connection, from which every other place can be switched to."""
    return replace(connection, switch_targets=lambda: switch_targets(options, environ))


def switch_targets(options: ConnectionOptions, environ: Mapping[str, str]) -> tuple[SwitchTarget, ...]:
    """Every one there is now, read anew. Raises :class:`~queuewatch.profiles.fields.ConfigError`."""

    def place(profile: str, domain: str, title: str) -> SwitchTarget:
        there = replace(options, profile=profile, url="", domain=domain, sample="")
        return SwitchTarget(
            profile,
            domain,
            title,
            lambda: with_switch_targets(connect(there, environ, on_screen=True), options, environ),
        )

    return tuple(
        place(profile.name, domain, f"{profile.name} · {domain}" if len(profile.all_domains) > 1 else profile.name)
        for profile in load_config(config_path(environ)).profiles.values()
        for domain in profile.all_domains
    )


def how_to_connect(path: str) -> str:
    """How a phone system is named, with everything there is to type."""
    return f"""\
To try queuewatch without a phone system:

    queuewatch demo

To connect to yours, sign in; that also writes a profile for it:

    queuewatch login

or set three environment variables:

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
