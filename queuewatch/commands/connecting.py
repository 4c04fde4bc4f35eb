"""From a command's options to its connection, and one question asked over it."""

import argparse
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.pbx.phone_system import PhoneSystem

RETRIES = 2
"""A board asks again anyway; a single command must not fail for one lost packet."""

Answer = TypeVar("Answer")


def asked(options: argparse.Namespace) -> ConnectionOptions:
    """What the options say about the connection."""
    return ConnectionOptions(
        profile=options.profile,
        url=options.url,
        domain=options.domain,
        sample=getattr(options, "sample", ""),
        read_only=options.read_only,
        interval=options.interval,
        push=options.push,
    )


def connect_once(options: argparse.Namespace) -> Connection:
    """The connection for a command that asks once and ends."""
    from queuewatch.connection.resolve import connect

    return connect(asked(options), os.environ, retries=RETRIES)


async def over(connection: Connection, ask: Callable[[PhoneSystem], Awaitable[Answer]]) -> Answer:
    """Ask over the connection, and close it whatever happens."""
    try:
        return await ask(connection.system)
    finally:
        await connection.system.close()
