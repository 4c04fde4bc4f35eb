"""What carries one request to a server and its answer back, of which the client needs to know no more.

Over a network that is httpx, which takes longer to load than a board to paint; a phone system inside this process
is called without it.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from queuewatch.pbx.errors import Misunderstood, Unreachable


class WireRequest(NamedTuple):
    """What is sent, apart from the token. Its body may hold a password: it is printed nowhere."""

    method: str
    path: str
    """Below the server's address, its names quoted."""
    what: str
    """What is asked for, in words."""
    parameters: Mapping[str, int | str] | None
    content: bytes | None
    kind: str
    """The media type of the content."""


class WireAnswer(NamedTuple):
    """What came back, whatever it is."""

    status: int
    headers: Mapping[str, str]
    """By name in small letters."""
    body: bytes


class Wire(Protocol):
    """The way to one server."""

    async def exchange(self, request: WireRequest, bearer: str, largest: int) -> WireAnswer:
        """Send a request with this token, if there is one, and read no more than ``largest`` bytes of its answer.

        Raises :class:`~queuewatch.pbx.errors.PbxError` where there is none; one that is never answered waits.
        """

    async def close(self) -> None:
        """Let go of every connection."""


class Dropped(Unreachable):
    """The connection was closed in mid-answer: the one failure of a connection that trying again may cure."""


def too_large(host: str, what: str, largest: int) -> Misunderstood:
    """The refusal to read on."""
    return Misunderstood(
        f"{host} sends more than {largest // 2**20} MiB when asked for {what}.",
        "Check that the address is the phone system's API.",
    )
