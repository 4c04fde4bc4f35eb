"""The host in an address, however it was typed."""

from urllib.parse import urlsplit


def host_of(address: str) -> str:
    """The host without its port; empty where there is none, or none that can be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
