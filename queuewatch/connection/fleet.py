"""Which domains a fleet has: those of all profiles, of one, or all that a reseller's token sees."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.connection.resolve import chosen_profile, connect, quiets_on_disk
from queuewatch.failover.wording import listing
from queuewatch.fleet.watch import FleetDomain, Key
from queuewatch.history.open import history_on_disk
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.netsapiens.client import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import PhoneSystem, PushStream, require_push
from queuewatch.profiles.config import ALL_DOMAINS, Profile, config_path, load_config
from queuewatch.profiles.fields import ConfigError

MOST_NAMED = 3
"""Domains of which it is said by name that they are new."""
_NO_DOMAIN = "~"
"""The server's own word for the domain of the token: what is asked for beside every domain is asked there."""


class FleetMembers(Struct, frozen=True):
    """The domains of a fleet, and how the board of one of them is opened."""

    title: str
    domains: tuple[FleetDomain, ...]
    open_board: Callable[[FleetDomain, RateLimiter], Connection]
    """Makes the connection; its client asks this limiter for leave. Raises what is wrong with the credentials."""
    connections: tuple[Connection, ...]
    """What the domains are opened beside; to be closed once nothing is read any more."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    window: float | None = None
    """Of the limiter of each server; 0 where nobody has to be spared."""
    broken: frozenset[Key] = frozenset()
    """Those that cannot be read as things are: their profile cannot be used, or not be asked which it has."""

    async def close(self) -> None:
        """Let go of everything."""
        for connection in self.connections:
            await connection.system.close()


def other_domains(members: FleetMembers, found: FleetMembers) -> str:
    """Which domains there are that were not among the members, in a sentence; empty where there are none.

    What cannot be listed for now is not gone, and what is gone says so itself, as it cannot be read.
    """
    known = {domain.key for domain in members.domains}
    new = [
        domain.name or domain.domain
        for domain in found.domains
        if domain.key not in known and domain.key not in found.broken
    ]
    if not new:
        return ""
    are = "There is another domain" if len(new) == 1 else f"There are {len(new)} other domains"
    return f"{are} by now: {listing(new, MOST_NAMED)}. Quit and open the fleet again to watch all."


class _BrokenProfile(Struct, frozen=True):
    """A profile that cannot be used as things are: its domains are there, and say why they cannot be read."""

    profile: Profile
    options: ConnectionOptions
    problem: ConfigError | PbxError
    connection: None = None
    wants_push: bool = False

    def open_board(self, domain: FleetDomain, environ: Mapping[str, str], limiter: RateLimiter) -> Connection:
        """The board of one of its domains, where it is told what is missing, or asked for it."""
        connection = connect(replace(self.options, domain=domain.domain), environ, on_screen=True)
        return replace(connection, system=_beside(connection, domain.domain, limiter))

    async def domains(self, *, all_domains: bool, environ: Mapping[str, str]) -> tuple[FleetDomain, ...]:
        def fail(_: RateLimiter) -> PhoneSystem:
            raise self.problem

        names = self.profile.all_domains or (ALL_DOMAINS,)
        try:
            # By the same key as once the profile is mended: a broker would have it twice.
            address = base_url(self.profile.url)
        except PbxError:
            address = self.profile.url
        return tuple(
            FleetDomain(
                address,
                domain,
                fail,
                name=self.profile.name if len(names) == 1 else "",
                profile=self.profile.name,
                alerts=self.profile.alerts,
                token_env=self.profile.token_env,
            )
            for domain in names
            if domain == ALL_DOMAINS or is_wanted(self.profile, domain)
        )


class _Profile(Struct, frozen=True):
    """One profile, and a connection of it beside which each of its domains is opened."""

    profile: Profile
    options: ConnectionOptions
    connection: Connection
    label: str
    """What its domain is called where it has but one; empty where it stands in no file, and so has no name."""

    @property
    def wants_push(self) -> bool:
        """Whether its streams of events are listened to."""
        return self.options.push or self.profile.push

    def client(self, domain: str, limiter: RateLimiter) -> NetsapiensDomain:
        return _beside(self.connection, domain, limiter)

    def open_board(self, domain: FleetDomain, environ: Mapping[str, str], limiter: RateLimiter) -> Connection:
        """The board of one of its domains: its own connection, which asks this limiter for leave."""
        connection = connect(replace(self.options, domain=domain.domain), environ, on_screen=True)
        system = _beside(connection, domain.domain, limiter)
        # What asks for a stream's token asks the same server.
        push = system.push_stream(self.profile.push_url) if connection.push is not None else None
        return replace(connection, system=system, push=push)

    async def domains(self, *, all_domains: bool, environ: Mapping[str, str]) -> tuple[FleetDomain, ...]:
        names = dict.fromkeys(self.profile.all_domains, "")
        if all_domains or self.profile.domain == ALL_DOMAINS:
            system = self.client(_NO_DOMAIN, RateLimiter())
            try:
                listing = await system.read_domains()
            finally:
                await system.close()
            names = {listed.domain: listed.name for listed in listing.items}
        address = self.connection.system.address
        return tuple(
            FleetDomain(
                address,
                domain,
                partial(self.client, domain),
                name=name or (self.label if len(names) == 1 else ""),
                profile=self.profile.name,
                site_facts=self.profile.site_facts,
                push=self._stream if self.wants_push else None,
                alerts=self.profile.alerts,
                token_env=self.profile.token_env,
                quiets=partial(quiets_on_disk, environ, address, domain),
                history=history_on_disk(environ, address, domain, self.profile.history_days)
                if self.profile.history
                else None,
            )
            for domain, name in names.items()
            if is_wanted(self.profile, domain)
        )

    def _stream(self, system: PhoneSystem) -> PushStream:
        assert isinstance(system, NetsapiensDomain)
        return system.push_stream(self.profile.push_url)


def _beside(connection: Connection, domain: str, limiter: RateLimiter) -> NetsapiensDomain:
    system = connection.system
    assert isinstance(system, NetsapiensDomain)
    return system.beside(domain, limiter)


async def profile_members(
    options: ConnectionOptions,
    environ: Mapping[str, str],
    *,
    all_domains: bool = False,
    retries: int = 0,
    watched: bool = False,
) -> FleetMembers:
    """The domains of the profile that the options or the environment name, else of all there are, each once.

    Where they are to be ``watched``, what streams of events need has to be there, if a profile wants them. Of
    several profiles one that cannot be used keeps no other from being watched: its domains say why.
    Raises :class:`ConfigError`, and :class:`~queuewatch.pbx.errors.PbxError` where a list cannot be read.
    """
    profiles = _profiles(options, environ, all_domains=all_domains, retries=retries)
    if watched and any(profile.wants_push for profile in profiles):
        require_push()
    listed = await asyncio.gather(
        *(_listed(profile, len(profiles), all_domains=all_domains, environ=environ) for profile in profiles)
    )
    broken = [profile.problem for profile, _ in listed if isinstance(profile, _BrokenProfile)]
    if len(broken) == len(listed):
        # With nothing to watch the first reason is as good as any.
        raise broken[0]
    found: dict[tuple[str, str], tuple[FleetDomain, _Profile | _BrokenProfile]] = {}
    for profile, domains in listed:
        for domain in domains:
            found.setdefault(domain.key, (domain, profile))
    if not found:
        raise ConfigError(
            "No domain is left to be watched.",
            "Look at domains, include and exclude in the profiles (queuewatch profiles).",
        )

    def open_board(domain: FleetDomain, limiter: RateLimiter) -> Connection:
        return found[domain.key][1].open_board(domain, environ, limiter)

    title = profiles[0].profile.name if len(profiles) == 1 else "Fleet"
    return FleetMembers(
        title,
        tuple(domain for domain, _ in found.values()),
        open_board,
        tuple(profile.connection for profile in profiles if profile.connection is not None),
        broken=frozenset(key for key, (_, profile) in found.items() if isinstance(profile, _BrokenProfile)),
    )


async def _listed(
    profile: _Profile | _BrokenProfile, many: int, *, all_domains: bool, environ: Mapping[str, str]
) -> tuple[_Profile | _BrokenProfile, tuple[FleetDomain, ...]]:
    """The profile and its domains; of several one whose list cannot be read is broken."""
    try:
        return profile, await profile.domains(all_domains=all_domains, environ=environ)
    except PbxError as error:
        if many == 1:
            raise
        broken = _BrokenProfile(profile.profile, profile.options, error)
        return broken, await broken.domains(all_domains=all_domains, environ=environ)


def _profiles(
    options: ConnectionOptions, environ: Mapping[str, str], *, all_domains: bool, retries: int
) -> tuple[_Profile | _BrokenProfile, ...]:
    def opened(profile: Profile, named: ConnectionOptions) -> _Profile:
        first = _NO_DOMAIN if profile.domain == ALL_DOMAINS else profile.domain
        connection = connect(replace(named, domain=first), environ, retries=retries)
        return _Profile(profile, named, connection, profile.name if named.profile else "")

    if options.profile:
        return (opened(chosen_profile(options, environ), options),)
    if options.url or environ.get("QUEUEWATCH_URL"):
        domain = options.domain or environ.get("QUEUEWATCH_DOMAIN", "") or (ALL_DOMAINS if all_domains else "")
        if not domain:
            raise ConfigError(
                "There is an address and no domain.",
                "Set QUEUEWATCH_DOMAIN, or give --domain; --all-domains takes all that the token sees.",
            )
        named = replace(options, domain=domain)
        return (opened(chosen_profile(named, environ), named),)
    profiles = load_config(config_path(environ)).profiles.values()
    if not profiles:
        raise ConfigError(
            "No phone system is set up yet.",
            "queuewatch login makes a profile for one. queuewatch fleet --sample shows what a fleet looks like.",
        )

    def opened_or_broken(profile: Profile) -> _Profile | _BrokenProfile:
        named = replace(options, profile=profile.name)
        try:
            return opened(profile, named)
        except (ConfigError, PbxError) as error:
            return _BrokenProfile(profile, named, error)

    return tuple(map(opened_or_broken, profiles))


def sample_members(name: str, *, still: bool = True) -> FleetMembers:
    """The companies of a sample fleet, inside this process: at their first moment, or going through their day.

    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    from queuewatch.connection.sample import sample_fleet

    companies = sample_fleet(name, still=still)
    by_domain = {company.connection.system.domain: company.connection for company in companies}

    # Whoever reads a company has a client of their own, which nobody has to spare and each closes.
    def client(domain: str, limiter: RateLimiter) -> NetsapiensDomain:
        return _beside(by_domain[domain], domain, RateLimiter(window=0.0))

    def open_board(domain: FleetDomain, limiter: RateLimiter) -> Connection:
        return replace(by_domain[domain.domain], system=client(domain.domain, limiter))

    return FleetMembers(
        "Sample fleet",
        tuple(
            FleetDomain(
                "sample", domain, partial(client, domain), name=connection.title, history=connection.history
            )
            for domain, connection in by_domain.items()
        ),
        open_board,
        tuple(by_domain.values()),
        companies[0].connection.clock,
        0.0,
    )


def is_wanted(profile: Profile, domain: str) -> bool:
    """Whether the profile's ``include`` and ``exclude`` let this domain through; capital letters are alike."""
    name = domain.casefold()

    def named_by(patterns: tuple[str, ...]) -> bool:
        return any(fnmatchcase(name, pattern.casefold()) for pattern in patterns)

    return (not profile.include or named_by(profile.include)) and not named_by(profile.exclude)
