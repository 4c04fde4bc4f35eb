"""What is typed about a phone system, understood or explained while it is being typed.

Where only one thing can be meant by what was pasted, that is taken, and said. First field by field, then all at
once: what follows from what, and what is still missing.
"""

from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from queuewatch.connection.new_profile import is_free, new_name
from queuewatch.pbx.checks import Check, bad, good, skipped, unsure
from queuewatch.pbx.errors import BadConnection
from queuewatch.pbx.netsapiens.address import base_url, bearer_token, domain_name, is_this_machine
from queuewatch.profiles.config import Config
from queuewatch.profiles.fields import ConfigError
from queuewatch.text.plain_text import harmless

ADDRESS_HELP = "Where the phone system is: your provider knows it."
DOMAIN_HELP = "What follows the @ of a portal login."
LOGIN_HELP = "What you sign in to the portal with, like 1002@acme.example."
PASSWORD_HELP = "The portal's. It goes to the phone system and is kept nowhere."
KEY_HELP = "From your provider. A read-only key is enough for looking."
CLIENT_ID_HELP = "Only if your provider gave you one."
CLIENT_SECRET_HELP = "What came with the client id."
CODE_HELP = "As your authenticator app shows it."
NAME_HELP = "Any word: what you call it."

_PORTAL = "portal"
"""The first part of the path of every page of the vendor's portal."""


class FieldReading(Struct, frozen=True):
    """One field as it is now."""

    value: str
    """What is meant; empty while it cannot be used."""
    check: Check
    """What to say of it: skipped is plain help, unsure is worth a second look."""


def read_address(typed: str) -> FieldReading:
    """The phone system's address, also when a page of its portal was pasted, or a host alone."""
    name, address = "Address", typed.strip()
    if not address or any(scheme.startswith(address.casefold()) for scheme in ("https://", "http://")):
        return FieldReading("", skipped(name, ADDRESS_HELP))
    if "@" in address and "/" not in address:
        return FieldReading("", bad(name, "This is a login name, not an address.", ADDRESS_HELP))
    taken = _completed(address)
    try:
        base_url(taken)
    except BadConnection as error:
        return FieldReading("", bad(name, str(error), error.hint))
    if taken == address:
        return FieldReading(taken, skipped(name, ADDRESS_HELP))
    return FieldReading(taken, skipped(name, f"Taken as {taken}."))


def _completed(address: str) -> str:
    """The address with its scheme, and without the path of a page of the portal."""
    if "://" not in address:
        host = _host_and_path(f"//{address}")[0]
        # What is not encrypted is refused for every other machine, so only this can be meant.
        address = f"{'http' if is_this_machine(host) else 'https'}://{address}"
    host, path = _host_and_path(address)
    if host and path.strip("/").partition("/")[0].casefold() == _PORTAL:
        return address[: address.index("/", address.index("://") + 3)]
    return address


def _host_and_path(address: str) -> tuple[str, str]:
    """Host and path; nothing where they cannot be read, which is then said elsewhere."""
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""


def read_domain(typed: str) -> FieldReading:
    """The domain, also when a login name was typed."""
    name, words = "Domain", typed.strip()
    if not words or words.endswith("@"):
        return FieldReading("", skipped(name, DOMAIN_HELP))
    domain = domain_of_login(words)
    try:
        taken = domain_name(domain or words)
    except BadConnection as error:
        return FieldReading("", bad(name, str(error), error.hint))
    if domain:
        return FieldReading(taken, good(name, f"Taken as {harmless(taken)}, the part after the @."))
    return FieldReading(taken, skipped(name, DOMAIN_HELP))


def domain_of_login(login: str) -> str:
    """The domain that a login name holds; empty when it is not written like one."""
    user, _, domain = login.strip().partition("@")
    try:
        return domain_name(domain) if user and domain else ""
    except BadConnection:
        return ""


def read_login(typed: str, domain: str) -> FieldReading:
    """The login name. Phone systems let it be anything, so it is at most doubted."""
    name, login = "Login name", typed.strip()
    if not login:
        return FieldReading("", skipped(name, LOGIN_HELP))
    if not login.isprintable():
        return FieldReading("", bad(name, "A login name holds no such character.", LOGIN_HELP))
    of = domain_of_login(login)
    if not of:
        return FieldReading(
            login, unsure(name, f"Most login names have the domain in them: {login}@{domain or '…'}")
        )
    if domain and of.casefold() != domain.casefold():
        return FieldReading(login, unsure(name, f"This login is of {of}, and the domain above is {domain}."))
    return FieldReading(login, skipped(name, LOGIN_HELP))


def read_password(typed: str) -> FieldReading:
    """The password, which may hold anything."""
    return FieldReading(typed, skipped("Password", PASSWORD_HELP))


def read_key(typed: str) -> FieldReading:
    """The API key. What is said never repeats it."""
    if not typed.strip():
        return FieldReading("", skipped("API key", KEY_HELP))
    try:
        return FieldReading(bearer_token(typed), skipped("API key", KEY_HELP))
    except BadConnection as error:
        return FieldReading("", bad("API key", str(error), error.hint))


def read_client_id(typed: str) -> FieldReading:
    """The client id, which most phone systems do without."""
    name, words = "Client id", typed.strip()
    if not words.isprintable():
        return FieldReading("", bad(name, "A client id holds no such character.", CLIENT_ID_HELP))
    return FieldReading(words, skipped(name, CLIENT_ID_HELP))


def read_name(typed: str, config: Config, url: str, domain: str) -> FieldReading:
    """The profile's name: one that can be typed after ``--profile``, and is no other phone system's."""
    name, words = "Profile name", typed.strip()
    if not words:
        return FieldReading("", skipped(name, NAME_HELP))
    if not words.isprintable() or words.startswith("-") or any(letter in words for letter in " \"'\\/"):
        return FieldReading("", bad(name, "One word, without quotes or slashes.", NAME_HELP))
    if not is_free(config, words, url, domain):
        return FieldReading("", bad(name, f"Another phone system is called {words}.", NAME_HELP))
    return FieldReading(words, skipped(name, NAME_HELP))


def read_client_secret(typed: str) -> FieldReading:
    """The client secret, which may hold anything."""
    return FieldReading(typed.strip(), skipped("Client secret", CLIENT_SECRET_HELP))


def read_code(typed: str) -> FieldReading:
    """The code of an authenticator app, which shows it in groups."""
    return FieldReading(typed.replace(" ", ""), skipped("Code", CODE_HELP))


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


def read_all(values: Values, config: Config) -> dict[str, FieldReading]:
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


def missing(entries: Mapping[str, FieldReading], fields: Collection[str]) -> Iterator[str]:
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
