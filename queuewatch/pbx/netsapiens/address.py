"""What may be connected to: the address, the domain and the token, checked before anything is sent."""

from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

from queuewatch.pbx.errors import BadConnection, Missing
from queuewatch.text.plain_text import harmless

API_PATH = "/ns-api/v2"
"""Where the vendor puts version 2 of its API on a server."""

STREAM_PORT = 8001
"""Where servers have their stream of events (published by the vendor's engineers, not documented)."""

QUOTES = "\"'`“”„‘’«»"
"""What a shell or a file may leave around a value, and no token and no domain begins or ends with."""

_EXAMPLE = "Write it like https://pbx.example.com."


def base_url(address: str) -> str:
    """The API's base URL, without a slash at the end; ``/ns-api/v2`` is added to an address without a path.

    Raises :class:`BadConnection` unless it is an https address, or http on this very machine, with nothing but
    a host, a port and a path.
    """
    parts = _checked(address)
    return _plain(parts) + (parts.path.rstrip("/") or API_PATH)


def stream_url(address: str) -> str:
    """Where the events of the phone system at this address are to be had, as code published by its vendor has it.

    A sandbox, which is whatever speaks plain http, has them at the API's own port.
    Raises :class:`BadConnection` as :func:`base_url` does.
    """
    parts = _checked(address)
    if parts.scheme == "http":
        return _plain(parts)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"https://{host}:{STREAM_PORT}"


def own_stream_url(address: str) -> str:
    """An address of a stream of events that was given as it is, without a slash at the end.

    Raises :class:`BadConnection` as :func:`base_url` does, and for one with a path.
    """
    parts = _checked(address)
    if parts.path.strip("/"):
        raise BadConnection(
            f"The address of the events “{_plain(parts)}” is followed by a path.", "Leave out the path."
        )
    return _plain(parts)


def _checked(address: str) -> SplitResult:
    shown = harmless(address)
    if not shown:
        raise BadConnection("No address of a phone system was given.", _EXAMPLE)
    if "@" in address:
        raise BadConnection(
            "The phone system's address holds a user name or a password.",
            "Leave out everything up to the @: the token alone signs in.",
        )
    if shown[0] in QUOTES or shown[-1] in QUOTES:
        raise BadConnection(
            f"The address {shown} has quotes around it, which are taken for a part of it.",
            "Write it without them where it is set (QUEUEWATCH_URL, unless a profile or --url gives it).",
        )
    if spelled := _for_the_wire(address):
        raise BadConnection(
            f"“{shown}” has letters in its name that no address goes over the wire with.",
            f"Write {spelled}, which is the same.",
        )
    if any(not "!" <= letter <= "~" or letter == "\\" for letter in address):
        raise BadConnection(
            f"“{shown}” is no address: it holds a blank or a character no address can have.", _EXAMPLE
        )
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadConnection(f"“{shown}” is no address: its host or port cannot be read.", _EXAMPLE) from None
    if parts.scheme not in ("https", "http") or not host:
        raise BadConnection(f"“{shown}” is no web address.", _EXAMPLE)
    if parts.scheme == "http" and not is_this_machine(host):
        raise BadConnection(
            f"“{shown}” is not encrypted: the token could be read on its way.",
            "Use https://. Plain http is for a sandbox on this machine alone.",
        )
    if parts.query or parts.fragment or address.endswith(("?", "#")):
        raise BadConnection(
            f"The address “{_plain(parts)}” is followed by a query or a fragment.", "Leave out the ? or # part."
        )
    return parts


def _for_the_wire(address: str) -> str:
    """The address with a host of other letters than ASCII's as it goes over the wire; empty if that is not it."""
    scheme, found, rest = address.partition("://")
    end = next((at for at, letter in enumerate(rest) if letter in ":/?#"), len(rest))
    host, beyond = rest[:end], rest[end:]
    if not found or host.isascii() or not f"{scheme}{beyond}".isascii():
        return ""
    from queuewatch.pbx.environment import for_machines

    spelled = for_machines(host)
    # Some letters (ß) are written otherwise by newer rules: nobody is sent to another server.
    try:
        same = bool(spelled) and spelled.encode("ascii").decode("idna") == host.lower()
    except UnicodeError:
        same = False
    return f"{scheme}://{spelled}{beyond}" if same else ""


def _plain(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_this_machine(host: str) -> bool:
    """Whether the host is the machine this program runs on."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def domain_name(domain: str) -> str:
    """The domain without blanks around it. Raises :class:`BadConnection` when no domain is called like that."""
    name = domain.strip()
    if not name:
        raise BadConnection(
            "No domain was given.", "It is the part after the @ of a portal login, such as example.com."
        )
    if not name.isprintable() or any(letter in " /\\?#@" for letter in name) or not name.strip("."):
        raise BadConnection(
            f"“{harmless(name)}” is no domain.",
            "It is the part after the @ of a portal login, such as example.com.",
        )
    return name


def bearer_token(token: str) -> str:
    """The token without blanks around it. Raises :class:`BadConnection`, never quoting it, when none can be so."""
    secret = token.strip()
    if not secret:
        raise BadConnection("No token was given.", "A bearer token or an API key of the phone system is needed.")
    if any(letter in QUOTES and not letter.isascii() for letter in (secret[0], secret[-1])):
        raise BadConnection(
            "The token has quotes around it, which are taken for a part of it.",
            "Write it without them where it is set (QUEUEWATCH_TOKEN, unless the profile names another variable).",
        )
    if any(not "!" <= letter <= "~" for letter in secret):
        raise BadConnection(
            "The token holds a blank, a line break or a character no token can have.",
            "Copy it again, the whole of it and nothing else, without the word Bearer.",
        )
    return secret


def domain_path(domain: str, *segments: str) -> str:
    """``/domains/acme.example/users/8000``, every segment encoded. Raises :class:`Missing` for dots."""
    for segment in segments:
        # These would climb to another address.
        if not segment.strip("."):
            raise Missing(f"“{segment}” is no extension of {domain}.", "Check the extension.")
    return "/".join(["/domains", *(quote(segment, safe="", errors="replace") for segment in (domain, *segments))])


def host_of(address: str) -> str:
    """The host without its port; empty where there is none, or none that can be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
