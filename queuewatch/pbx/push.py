"""A phone system that says by itself when something moved: a reason to ask it early, and nothing to believe."""

from collections.abc import Callable
from enum import StrEnum
from importlib.util import find_spec
from typing import Protocol

from queuewatch.pbx.errors import BadConnection

_LIBRARIES = ("socketio", "aiohttp")


class Push(StrEnum):
    """What a stream of events tells."""

    ON = "on"
    """From now on it tells what moves."""
    MOVED = "moved"
    """A queue, an agent or a call of the domain is not as it was; which and how only asking can say."""
    OFF = "off"
    """It tells nothing any more, until the next ``ON``."""


class PushStream(Protocol):
    """A domain's stream of events."""

    async def listen(self, tell: Callable[[Push], None]) -> None:
        """Tell what the stream says until cancelled, connecting again whenever it breaks off.

        Returns where there is no such stream. Raises nothing of its own: who polls misses only its haste.
        """


def require_push() -> None:
    """Raise :class:`BadConnection` unless the libraries are there that such streams need; none is loaded."""
    if not all(map(find_spec, _LIBRARIES)):
        raise BadConnection(
            "To be told of changes as they happen takes libraries that are not installed.",
            "Get them with: pip install 'queuewatch[push]'. Or leave out --push, and push = true in the profile.",
        )
