"""A JWT: what the stream of events wants to see, where REST requests show a token."""

from typing import TYPE_CHECKING

from queuewatch.pbx.errors import Forbidden, Missing, Misunderstood, Refused, Rejected, Unsupported
from queuewatch.pbx.netsapiens.answers import object_of

if TYPE_CHECKING:
    from queuewatch.pbx.netsapiens.answer import Answer
    from queuewatch.pbx.netsapiens.http import Connection

_NOT_GIVEN = (Forbidden, Missing, Misunderstood, Refused, Rejected, Unsupported)


async def jwt(connection: "Connection", domain: str) -> str | None:
    """A new JWT for whoever owns the connection's token; ``None`` where the server gives none.

    The vendor's own code has one made for a user it names (published); a key that belongs to no user names none.
    It changes nothing on the phone system. Raises :class:`~queuewatch.pbx.errors.PbxError` when the server is out
    of reach, or busy.
    """
    owner = _fields(await connection.read("/domains/~/users/~", "who is asking"))
    user = owner.get("user")
    wanted = {"domain": domain} | ({"user": user} if isinstance(user, str) and user else {})
    made = _fields(await connection.write("POST", "/jwt", "a JWT for the stream of events", wanted)).get("token")
    return made if isinstance(made, str) and made else None


def _fields(answer: "Answer") -> dict[str, object]:
    try:
        return object_of(answer)
    except _NOT_GIVEN:
        return {}
