"""What a profile says of the sites of its domain: which addresses are whose, and which site is no building."""

import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import Path

from queuewatch.failover.sites import Network, SiteFacts
from queuewatch.profiles.fields import ConfigError, check_keys, kind, switch, text, texts

_SITE_KEYS = ("addresses", "building")


def read_site_facts(path: Path, where: str, profile: Mapping[str, object]) -> SiteFacts:
    """``home_site`` and the tables under ``sites``; ``where`` is the profile's place in the file.

    Raises :class:`ConfigError` naming the file, the key and what to write.
    """
    tables = profile.get("sites", {})
    if not isinstance(tables, dict):
        raise ConfigError(
            f"{path}: {where}sites is {kind(tables)}, not a table.", f"Begin each site with [{where}sites.NAME]."
        )
    addresses: dict[str, tuple[Network, ...]] = {}
    no_building: set[str] = set()
    for name, table in tables.items():
        site = f"{where}sites.{name}."
        if not isinstance(table, dict):
            raise ConfigError(
                f"{path}: {where}sites.{name} is {kind(table)}, not a table.",
                f"Begin each site with [{where}sites.NAME].",
            )
        check_keys(path, site, table, _SITE_KEYS)
        found = tuple(_networks(path, site, table))
        if not switch(path, site, table, "building", unless_said=True):
            if found:
                raise ConfigError(
                    f"{path}: {site}addresses are given to a site that is no building.",
                    "Leave out addresses, or building = false.",
                )
            no_building.add(name)
        if found:
            _check_free(path, site, found, addresses)
            addresses[name] = found
    return SiteFacts(text(path, where, profile, "home_site"), addresses, frozenset(no_building))


def _networks(path: Path, where: str, table: Mapping[str, object]) -> Iterator[Network]:
    for written in texts(path, where, table, "addresses"):
        try:
            yield ipaddress.ip_network(written)
        except ValueError:
            raise ConfigError(
                f"{path}: {where}addresses has {written!r}, which is no address.", _instead(written)
            ) from None


def _instead(written: str) -> str:
    try:
        meant = str(ipaddress.ip_network(written, strict=False))
    except ValueError:
        meant = '203.0.113.10", or a whole network: "203.0.113.0/24'
    return f'Write "{meant}".'


def _check_free(
    path: Path, where: str, networks: tuple[Network, ...], taken: Mapping[str, tuple[Network, ...]]
) -> None:
    """No phone can be at two sites: an address belongs to one."""
    for other, theirs in taken.items():
        for network in networks:
            if any(network.version == their.version and network.overlaps(their) for their in theirs):
                raise ConfigError(
                    f"{path}: {where}addresses has {network}, which {other} has as well.",
                    "Give each address to one site.",
                )
