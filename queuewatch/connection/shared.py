"""Domains that a broker has: which one is meant, and a connection to it with no token of the phone system."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.connection.connection import Connection, ConnectionOptions, SwitchTarget
from queuewatch.connection.resolve import chosen_profile, quiets_on_disk
from queuewatch.failover.model import Snapshot
from queuewatch.failover.sites import SiteFacts
from queuewatch.failover.wording import listing, plural
from queuewatch.fleet.broker.bucket import BrokerError, Lengths
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.shared import USUAL_SILENCE, SharedDomain, SharedFleet, Silence, current_snapshot
from queuewatch.fleet.standing import Fleet
from queuewatch.fleet.watch import FleetDomain, Key
from queuewatch.history.open import history_on_disk
from queuewatch.pbx.errors import Unreachable
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.shared.picture import SharedPhoneSystem, why_read_only
from queuewatch.polling.state import LiveState
from queuewatch.process.background import end, held
from queuewatch.profiles.config import ALL_DOMAINS, Profile
from queuewatch.profiles.fields import ConfigError
from queuewatch.storage.folder import state_folder
from queuewatch.storage.view_preferences import ViewMemory
from queuewatch.text.similar import nearest

MOST_NAMED = 8
"""Domains that a sentence names."""
NO_DOMAIN = "The broker has no domain: nobody collects into it."
COLLECT = "Start queuewatch collect where there is a profile with a token."


class Wanted(Struct, frozen=True):
    """Which domain of the broker is meant, as far as anything says so."""

    domain: str = ""
    server: str = ""
    """The address of its phone system; empty for whichever has it."""
    profile: Profile | None = None
    """What says how it is looked at."""


def wanted(options: ConnectionOptions, environ: Mapping[str, str]) -> Wanted:
    """What options, environment and a profile that is named say. Raises :class:`ConfigError` and ``PbxError``."""
    profile = chosen_profile(options, environ) if options.profile else None
    url = options.url or (profile.url if profile is not None else environ.get("QUEUEWATCH_URL", "").strip())
    own = "" if profile is None or profile.domain == ALL_DOMAINS else profile.domain
    domain = options.domain or own or environ.get("QUEUEWATCH_DOMAIN", "").strip()
    return Wanted(domain, base_url(url) if url else "", profile)


async def connect_shared(
    options: ConnectionOptions,
    environ: Mapping[str, str],
    *,
    on_screen: bool = False,
    silence: Silence = USUAL_SILENCE,
    lengths: Lengths | None = None,
) -> Connection:
    """The connection to the domain that was asked for, which the broker was found to have.

    On a screen it goes on listening; else all that is asked over it is answered by what was found.
    Raises :class:`ConfigError`, and :class:`~queuewatch.pbx.errors.PbxError` where the broker gives no answer.
    """
    settings = broker_settings(environ, options.nats, options.nats_creds)
    meant = wanted(options, environ)
    site_facts = meant.profile.site_facts if meant.profile is not None else None
    make = partial(BrokerViewer, settings, lengths=lengths)
    key, name, state = await _find(make, meant, site_facts, silence)
    if not on_screen:
        return _connection(key, name, partial(_found, state), environ, meant.profile)
    return _board(make, key, name, environ, profile=meant.profile, first=state, silence=silence)


def _board(
    make: Callable[..., BrokerViewer],
    key: Key,
    name: str,
    environ: Mapping[str, str],
    *,
    profile: Profile | None = None,
    first: LiveState | None = None,
    silence: Silence,
) -> Connection:
    """The connection of a board that listens by itself, and can be switched to whatever else the broker has."""
    shared = SharedDomain(
        partial(make, domain=key[1], server=key[0]),
        key,
        first=first,
        site_facts=profile.site_facts if profile is not None else None,
        silence=silence,
    )

    def targets() -> tuple[SwitchTarget, ...]:
        others = sorted(other for other in shared.known if other != key)
        return tuple(map(target, others))

    def target(other: Key) -> SwitchTarget:
        label = shared.known[other]
        there = partial(_board, make, other, label, environ, silence=silence)
        return SwitchTarget("", other[1], label or other[1], there)

    connection = _connection(key, name, shared.take, environ, profile)
    return replace(_on_screen(connection, shared, environ), switch_targets=targets)


def _on_screen(connection: Connection, shared: SharedDomain, environ: Mapping[str, str]) -> Connection:
    return replace(
        connection, source=shared.tell, age=shared.age, view_preferences=ViewMemory(state_folder(environ))
    )


async def _found(state: LiveState) -> Snapshot:
    return current_snapshot(state)


async def _find(
    make: Callable[..., BrokerViewer], meant: Wanted, site_facts: SiteFacts | None, silence: Silence
) -> tuple[Key, str, LiveState]:
    """The domain that is meant, what people call it, and what is known of it."""
    if not meant.domain:
        async with _settled(make(domain="")) as viewer:
            meant = replace(meant, domain=_only(viewer.known, meant)[1])
    async with _settled(make(domain=meant.domain)) as viewer:
        key = _meant(viewer.known, meant)
        shared = SharedDomain(lambda _: viewer, key, runs_viewer=False, site_facts=site_facts, silence=silence)
        return key, viewer.known[key], shared.live_state


@asynccontextmanager
async def _settled(viewer: BrokerViewer) -> AsyncIterator[BrokerViewer]:
    """A viewer that has looked through the broker once, while the block runs. Raises :class:`Unreachable`."""
    running = held(viewer.run())
    try:
        await viewer.settled()
        yield viewer
    except BrokerError as error:
        raise Unreachable(str(error), error.hint) from None
    finally:
        await end(running)


def _only(known: Mapping[Key, str], meant: Wanted) -> Key:
    """The one domain that there is, of the server that is meant. Raises :class:`ConfigError`."""
    there = [key for key in known if meant.server in ("", key[0])]
    if not there:
        raise ConfigError(NO_DOMAIN, COLLECT)
    if len(there) > 1:
        names = listing(sorted({domain for _, domain in there}), most=MOST_NAMED)
        raise ConfigError(
            f"The broker has {plural(len(there), 'domain')}, and this is about one.",
            f"Name it with --domain: {names}. Or see them all: queuewatch fleet",
        )
    return there[0]


def _meant(known: Mapping[Key, str], meant: Wanted) -> Key:
    """The domain of that name. Raises :class:`ConfigError` with the nearest names, or with its servers."""
    if not known:
        raise ConfigError(NO_DOMAIN, COLLECT)
    name = meant.domain.casefold()
    there = sorted(key for key in known if key[1].casefold() == name)
    if not there:
        # Somebody may have typed what people call it.
        called = {label: domain for (_, domain), label in known.items() if label}
        names = sorted({domain for _, domain in known})
        if (label := nearest(meant.domain, [*called, *names])) is not None:
            hint = f"Did you mean {called.get(label, label)}? "
        else:
            hint = f"It has {listing(names, most=MOST_NAMED)}. "
        raise ConfigError(f"The broker has no domain {meant.domain!r}.", f"{hint}queuewatch fleet shows all.")
    at = [key for key in there if meant.server in ("", key[0])]
    if len(at) == 1:
        return at[0]
    servers = listing([server for server, _ in there])
    if not at:
        raise ConfigError(
            f"The broker has {there[0][1]} of {servers}, and not of {meant.server}.",
            f"Give that address with --url{'' if len(there) == 1 else ', one of them'}.",
        )
    raise ConfigError(
        f"The broker has {there[0][1]} of {len(there)} phone systems: {servers}.", "Say which with --url."
    )


def _connection(
    key: Key,
    name: str,
    take: Callable[[], Awaitable[Snapshot]],
    environ: Mapping[str, str],
    profile: Profile | None = None,
) -> Connection:
    server, domain = key
    connection = Connection(
        system=SharedPhoneSystem(domain, server, take),
        title=name or domain,
        read_only=True,
        why_read_only=why_read_only(domain),
        quiets=lambda: quiets_on_disk(environ, server, domain),
        history=history_on_disk(environ, server, domain),
    )
    if profile is None:
        return connection
    return replace(
        connection,
        title=profile.name,
        theme=profile.theme,
        keys=profile.keys,
        suppressions=profile.suppressions,
        alerts=profile.alerts,
        token_env=profile.token_env,
        production=profile.production,
        site_facts=profile.site_facts,
    )


class SharedMembers(Struct, frozen=True):
    """The fleet that a broker has, and how the board of one of its domains is opened."""

    fleet: SharedFleet
    open_board: Callable[[FleetDomain], Connection]
    first: Connection
    """What is open while no board is."""
    title: str
    empty: str = f"{NO_DOMAIN} {COLLECT}"


def shared_members(
    options: ConnectionOptions,
    environ: Mapping[str, str],
    *,
    silence: Silence = USUAL_SILENCE,
    lengths: Lengths | None = None,
) -> SharedMembers:
    """Every domain that the broker has; nothing is asked yet. Raises :class:`ConfigError`."""
    settings = broker_settings(environ, options.nats, options.nats_creds)
    fleet = SharedFleet(partial(BrokerViewer, settings, lengths=lengths), silence=silence)

    def open_board(domain: FleetDomain) -> Connection:
        board = fleet.board(domain.key)
        return _on_screen(_connection(domain.key, domain.name, board.take, environ), board, environ)

    first = _connection(("", ""), "Fleet", _nothing, environ)
    return SharedMembers(fleet, open_board, first, f"Fleet · {settings.title}")


async def _nothing() -> Snapshot:
    raise Unreachable("No domain is open.", "Open one from the fleet.")


async def check_broker(options: ConnectionOptions, environ: Mapping[str, str]) -> None:
    """Return if the broker answers. Raises :class:`ConfigError` and :class:`Unreachable`."""
    settings = broker_settings(environ, options.nats, options.nats_creds)
    async with _settled(BrokerViewer(settings, domain="")):
        pass


async def read_shared_fleet(members: SharedMembers) -> Fleet:
    """Every domain as the broker has it now. Raises :class:`Unreachable`."""
    async with _settled(members.fleet.viewer):
        await members.fleet.look()
        return members.fleet.fleet
