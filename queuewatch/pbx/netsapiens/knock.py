"""Whether a phone system answers at an address: a question or two, without a token, as somebody types."""

import asyncio
from datetime import datetime

from queuewatch.pbx.checks import Check, CheckState, bad, good, unsure
from queuewatch.pbx.credentials import Unsigned
from queuewatch.pbx.errors import PbxError, Unreachable
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.netsapiens.answer import Answer
from queuewatch.pbx.netsapiens.answers import has_no_route, object_of, said
from queuewatch.pbx.netsapiens.pacing import Pacer
from queuewatch.pbx.netsapiens.reach import check_reach
from queuewatch.pbx.netsapiens.values import text

SECONDS = 6.0
"""How long an answer is waited for."""
SECONDS_TO_EXPLAIN = 3.0
"""How long is looked for the reason why there is none."""

NAME = "Phone system"


async def knock(address: str, now: datetime) -> Check:
    """Ask whether a phone system is there; ``now`` is this machine's time, aware.

    The version of its API is asked for, which newer servers tell anybody, and where there is no such request, for
    what nobody is told without a token: to be refused says enough. Nothing is sent but the two addresses.
    Raises :class:`~queuewatch.pbx.errors.BadConnection` for an address that cannot be used.
    """
    from queuewatch.pbx.netsapiens.http import Connection

    base = base_url(address)
    connection = Connection(base, Unsigned(), transport=None, retries=0, timeout=SECONDS, pacer=Pacer(window=0.0))
    try:
        told = _understood(await connection.read("/version", "its version"))
        if told is not None:
            return told
        answer = await connection.read("/domains/~", "a domain")
        return _understood(answer) or _not_understood(answer, base)
    except Unreachable as error:
        return await _why_not(base, now) or bad(NAME, str(error), error.hint)
    except PbxError as error:
        return bad(NAME, str(error), error.hint)
    finally:
        await connection.close()


def _understood(answer: Answer) -> Check | None:
    """What an answer says of who gave it; ``None`` if another question has to be asked."""
    host, status = answer.host, answer.status
    if status in (401, 403) and said(answer) is not None:
        return good(NAME, f"A phone system answers at {host}.")
    if status == 200 and (version := _version(answer)):
        return good(NAME, f"A phone system answers at {host}: version {version}.")
    if status == 401:
        return unsure(
            NAME,
            f"{host} asks for a password before it says what it is.",
            "Ask your provider for the address of the API server.",
        )
    if status in (403, 429, 503):
        return unsure(
            NAME,
            f"{host} answers, and does not want to be asked just now ({status}).",
            "Wait a minute, or go on: signing in will tell.",
        )
    if status >= 500 and not has_no_route(answer):
        return unsure(NAME, f"{host} answers, and failed ({status}).", "Go on: signing in will tell.")
    if 300 <= status < 400:
        return unsure(
            NAME,
            f"{host} sends whoever asks elsewhere ({status}).",
            "Ask your provider for the address of the API server.",
        )
    return None


def _version(answer: Answer) -> str:
    try:
        told = text(object_of(answer).get("apiversion")) or ""
    except PbxError:
        return ""
    return told.removeprefix("Version: ")


def _not_understood(answer: Answer, base: str) -> Check:
    if has_no_route(answer):
        return bad(
            NAME,
            f"{answer.host} knows no version 2 of the API, which queuewatch needs.",
            "Ask your provider for the address of a server of version 44 or newer.",
        )
    if 400 <= answer.status < 500 and said(answer):
        return unsure(NAME, f"{answer.host} answers, and does not say what it is.", "Go on: signing in will tell.")
    return bad(
        NAME,
        f"Something answers at {base}, and it is no phone system that queuewatch understands.",
        "Ask your provider for the address of the API server: it may be another one than the portal's.",
    )


async def _why_not(base: str, now: datetime) -> Check | None:
    """What stands in the way: the name, the port or the certificate; ``None`` if that cannot be told soon."""
    try:
        async with asyncio.timeout(SECONDS_TO_EXPLAIN):
            async for check in check_reach(base, now):
                if check.state is CheckState.BAD:
                    return bad(NAME, check.sentence, check.remedy)
    except TimeoutError:
        pass
    return None
