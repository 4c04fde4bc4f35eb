"""What a fault is: what goes over the wire instead of the true answer, and what may be expected of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class End(StrEnum):
    """How a connection is left, other than by closing it properly."""

    HANG = "hang"
    """It stays open, and nothing more comes."""
    RESET = "reset"
    """It is torn down in mid-air."""


Step = bytes | float | End
"""Bytes to send, seconds to wait, or an end."""


class Where(StrEnum):
    """Who is asked."""

    SERVER = "server"
    NOBODY = "nobody"
    """A port where nothing listens."""
    SELF_SIGNED = "self-signed"
    """A server with a certificate of its own making."""
    NO_TLS = "no tls"
    """A server that is asked for encryption and knows none."""
    OLD_TLS = "old tls"
    """A server whose encryption is too old to be safe."""


class Effect(StrEnum):
    """What becomes of a list that is read."""

    TROUBLE = "trouble"
    """An error; the last picture stays."""
    PARTLY = "partly"
    """Something is read, and what could not be understood is told."""
    NONE = "none"
    """What is read is true."""


Steps = Callable[[bytes, int], Sequence[Step] | None]
"""From the true answer's body, and how many requests were spoilt before, to what is sent; ``None``: the truth."""


@dataclass(frozen=True)
class Fault:
    """One thing that can be wrong with a phone system, its network, or what stands between."""

    name: str
    steps: Steps
    effect: Effect = Effect.TROUBLE
    where: Where = Where.SERVER
    denies: bool = False
    """It says in so many words that nothing was done, so nothing was."""
    slow: bool = False
    """It lasts until patience ends."""


def head(status: int | str = 200, kind: str = "application/json", **headers: str) -> bytes:
    """The head of an answer. Header names are written with underscores; the connection is closed after it."""
    lines = [f"HTTP/1.1 {status} Words", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def whole(status: int = 200, body: bytes = b"[]", kind: str = "application/json", **headers: str) -> bytes:
    """A whole answer."""
    return head(status, kind, **{"Content_Length": str(len(body)), **headers}) + body


def always(*steps: Step) -> Steps:
    """The same for every request."""
    return lambda _, __: steps


def spoilt(spoil: Callable[[bytes], bytes], **headers: str) -> Steps:
    """The true answer, changed."""
    return lambda true, _: (whole(200, spoil(true), **headers),)
