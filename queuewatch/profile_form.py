"""All that is typed about a phone system at once: what follows from what, and what is still missing."""

from collections.abc import Collection, Iterator, Mapping

from queuewatch.config import Config, ConfigError
from queuewatch.new_profile import new_name
from queuewatch.profile_input import (
    Entry,
    domain_of_login,
    read_address,
    read_client_id,
    read_client_secret,
    read_code,
    read_domain,
    read_key,
    read_login,
    read_name,
    read_password,
)

NEEDED = {
    "address": "address",
    "domain": "domain",
    "login": "login name",
    "password": "password",
    "key": "API key",
    "secret": "client secret",
    "code": "code",
    "name": "profile name",
}
"""By field, from the top: what cannot be done without, where it is asked for."""

PROPOSED = ("domain", "login", "name")
"""The fields that are filled in where what belongs there is certain, as long as nobody types into them."""

Values = Mapping[str, str]
"""What stands in each field."""


def read_all(values: Values, config: Config) -> dict[str, Entry]:
    """Every field, in the light of the others."""
    address, domain = read_address(values["address"]), read_domain(values["domain"])
    return {
        "address": address,
        "domain": domain,
        "login": read_login(values["login"], domain.value),
        "password": read_password(values["password"]),
        "key": read_key(values["key"]),
        "client": read_client_id(values["client"]),
        "secret": read_client_secret(values["secret"]),
        "name": read_name(values["name"], config, address.value, domain.value),
        "code": read_code(values["code"]),
    }


def asked_for(values: Values, *, with_key: bool, secret_known: bool, code: bool) -> set[str]:
    """The fields that are there: which they are depends on the way to sign in, and on what came of it.

    ``secret_known`` is whether the client secret is known already, ``code`` whether a code is wanted.
    """
    always = {"address", "domain", "name"}
    if with_key:
        return always | {"key"}
    asked = always | {"login", "password", "client"}
    if values["client"].strip() and not secret_known:
        asked.add("secret")
    return asked | {"code"} if code else asked


def missing(entries: Mapping[str, Entry], fields: Collection[str]) -> Iterator[str]:
    """Which of the fields are not filled in yet, or with what cannot be used, from the top.

    The profile's name comes with the domain: without that it is not missed.
    """
    for name in NEEDED:
        follows = name == "name" and not entries["domain"].value
        if name in fields and not entries[name].value and not follows:
            yield name


def filled_in(values: Values, untouched: Collection[str], config: Config) -> dict[str, str]:
    """The values, with what follows from them in the fields that nobody has typed into.

    A domain follows from a login name, a login name that was typed as the domain is one, and the profile is
    called after the domain.
    """
    filled = dict(values)
    if "login" in untouched:
        typed = "" if "domain" in untouched else values["domain"].strip()
        filled["login"] = typed if domain_of_login(typed) else ""
    if "domain" in untouched:
        filled["domain"] = domain_of_login(filled["login"])
    if "name" in untouched:
        domain = read_domain(filled["domain"]).value
        try:
            filled["name"] = new_name(config, read_address(values["address"]).value, domain) if domain else ""
        except ConfigError:
            # Both names are taken: there is none to propose.
            filled["name"] = ""
    return filled
