"""A client for the scripted server, and what its tests have in common."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from queuewatch.pbx import errors
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter

from .scripted import Heard, Script, reply
from .still import StillClock

TOKEN = "nsd_0123456789abcdef-planted"

PAGE = b"<!DOCTYPE html><html><body>Request blocked</body></html>"


@asynccontextmanager
async def domain(
    script: Script,
    *,
    retries: int = 0,
    seconds: float = 5.0,
    read_only: bool = False,
    clock: StillClock | None = None,
) -> AsyncIterator[NetsapiensDomain]:
    clock = clock or StillClock()
    rate_limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    pbx = NetsapiensDomain(
        script.address,
        "example.com",
        TOKEN,
        retries=retries,
        timeout=seconds,
        read_only=read_only,
        rate_limiter=rate_limiter,
    )
    try:
        yield pbx
    finally:
        await pbx.close()


def message(status: int, words: str, **headers: str) -> bytes:
    return reply(status, json.dumps({"code": status, "message": words}).encode(), **headers)


def harmless_to_show(error: errors.PbxError) -> bool:
    """Whether neither the token nor a long piece of it is in anything the error can show, nor in its causes."""
    shown = f"{error} {error!r} {error.hint} {error.args!r} {error.__cause__!r} {error.__context__!r}"
    return TOKEN[:8] not in shown


def in_turn(*answers: bytes) -> Callable[[Heard], bytes]:
    left = list(answers)
    return lambda _: left.pop(0)
