"""What somebody who knows the buildings wrote down about them: the part of a profile about places."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field

from queuewatch.failover.site_names import site_key

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a profile says of the sites of its domain, which the phone system does not know."""

    home_site: str = ""
    """Where everybody is taken to be of whom no site is known; empty for nowhere in particular."""
    addresses: Mapping[str, tuple[Network, ...]] = field(default_factory=dict)
    """By site: the public addresses of its lines."""
    no_building: frozenset[str] = frozenset()
    """The sites that are no place, such as Remote: no power cut takes their people together."""

    def has_building(self, site: str) -> bool:
        """Whether the site is a place that can go dark, however it is spelled."""
        return site_key(site) not in {site_key(name) for name in self.no_building}

    def site_at(self, ip: str) -> str:
        """The key of the site that has this address by the profile; empty for none."""
        if not self.addresses:
            return ""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return ""
        for site, networks in self.addresses.items():
            if any(address in network for network in networks):
                return site_key(site)
        return ""


NO_SITE_FACTS = SiteFacts()
