"""Which domains a fleet has: those of all profiles, of one, or all that a reseller's token sees."""

from collections.abc import Callable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.connection.resolve import chosen_profile, connect
from queuewatch.fleet.watch import FleetDomain
from queuewatch.pbx.netsapiens.client import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.profiles.config import ALL_DOMAINS, Profile, config_path, load_config
from queuewatch.profiles.fields import ConfigError

_NO_DOMAIN = "~"
"""The server's own word for the domain of the token: what is asked for beside every domain is asked there."""


class FleetProfile(Struct, frozen=True):
    """One profile of a fleet, and a connection of it beside which each of its domains is opened."""

    profile: Profile
    options: ConnectionOptions
    connection: Connection

    def client_of(self, domain: str, limiter: RateLimiter) -> NetsapiensDomain:
        """The client of one of the profile's domains. Raises :class:`~queuewatch.pbx.errors.BadConnection`."""
        system = self.connection.system
        assert isinstance(system, NetsapiensDomain)
        return system.beside(domain, limiter)

    def board_of(self, domain: str, limiter: RateLimiter, environ: Mapping[str, str]) -> Connection:
        """The connection of that domain's board. Raises what is wrong with the profile or the credentials."""
        connection = connect(replace(self.options, domain=domain), environ, on_screen=True)
        return replace(connection, system=self.client_of(domain, limiter))

    @property
    def wants_all(self) -> bool:
        """Whether its domains are all that the token sees."""
        return self.profile.domain == ALL_DOMAINS

    async def domains(self, *, all_domains: bool) -> tuple[FleetDomain, ...]:
        """Its domains. Raises :class:`~queuewatch.pbx.errors.PbxError` where they have to be asked for."""
        names = dict.fromkeys(self.profile.all_domains, "")
        if all_domains or self.wants_all:
            listing = await self.client_of(_NO_DOMAIN, RateLimiter()).read_domains()
            names = {listed.domain: listed.name for listed in listing.items}
        return tuple(
            FleetDomain(
                self.connection.system.address,
                domain,
                lambda limiter, domain=domain: self.client_of(domain, limiter),  # type: ignore[misc]
                name=name or (self.profile.name if len(names) == 1 else ""),
                profile=self.profile.name,
                site_facts=self.profile.site_facts,
            )
            for domain, name in names.items()
            if is_wanted(self.profile, domain)
        )


def fleet_profiles(
    options: ConnectionOptions, environ: Mapping[str, str], *, all_domains: bool = False, retries: int = 0
) -> tuple[FleetProfile, ...]:
    """The profiles of a fleet: the one that the options or the environment name, else all there are.

    Raises :class:`ConfigError` and :class:`~queuewatch.pbx.errors.PbxError`; nothing is sent.
    """

    def opened(profile: Profile, named: ConnectionOptions) -> FleetProfile:
        first = _NO_DOMAIN if profile.domain == ALL_DOMAINS else profile.domain
        return FleetProfile(profile, named, connect(replace(named, domain=first), environ, retries=retries))

    if options.profile:
        return (opened(chosen_profile(options, environ), options),)
    if options.url or environ.get("QUEUEWATCH_URL"):
        domain = options.domain or environ.get("QUEUEWATCH_DOMAIN", "") or (ALL_DOMAINS if all_domains else "")
        named = replace(options, domain=domain)
        return (opened(chosen_profile(named, environ), named),)
    profiles = load_config(config_path(environ)).profiles.values()
    if not profiles:
        raise ConfigError(
            "No phone system is set up yet.",
            "queuewatch login makes a profile for one. queuewatch fleet --sample shows what a fleet looks like.",
        )
    return tuple(opened(profile, replace(options, profile=profile.name)) for profile in profiles)


def sample_domains(name: str, *, still: bool = True) -> tuple[tuple[FleetDomain, ...], Callable[[], datetime]]:
    """The domains of a sample fleet, inside this process, and its clock.

    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    from queuewatch.connection.sample import sample_fleet

    companies = sample_fleet(name, still=still)
    # Nobody has to be spared in this process: each client keeps its own limiter, which lets everything through.
    domains = tuple(
        FleetDomain(
            "sample",
            company.connection.system.domain,
            lambda limiter, company=company: company.connection.system,  # type: ignore[misc]
            name=company.name,
        )
        for company in companies
    )
    return domains, companies[0].connection.clock


def is_wanted(profile: Profile, domain: str) -> bool:
    """Whether the profile's ``include`` and ``exclude`` let this domain through; capital letters are alike."""
    name = domain.casefold()

    def named_by(patterns: tuple[str, ...]) -> bool:
        return any(fnmatchcase(name, pattern.casefold()) for pattern in patterns)

    return (not profile.include or named_by(profile.include)) and not named_by(profile.exclude)
