"""The paths of a domain's things below the API's address."""

from urllib.parse import quote

from queuewatch.pbx.errors import Missing


def domain_path(domain: str, *segments: str) -> str:
    """``/domains/acme.example/users/8000``, every segment encoded. Raises :class:`Missing` for dots."""
    for segment in segments:
        # These would climb to another address.
        if not segment.strip("."):
            raise Missing(f"“{segment}” is no extension of {domain}.", "Check the extension.")
    return "/".join(["/domains", *(quote(segment, safe="", errors="replace") for segment in (domain, *segments))])
