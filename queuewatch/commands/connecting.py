"""From a command's options to its connection, and one question asked over it."""

import argparse
import os
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from queuewatch.commands.errors import print_error
from queuewatch.commands.parser import asks_itself
from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import run_loop

if TYPE_CHECKING:
    from queuewatch.journal import Log

BROKER = "QUEUEWATCH_NATS"
RETRIES = 2
"""A board asks again anyway; a single command must not fail for one lost packet."""

Answer = TypeVar("Answer")


def asked(options: argparse.Namespace) -> ConnectionOptions:
    """What the options say about the connection, and the environment of a broker.

    Raises :class:`UsageError` for a command that cannot be carried out with one.
    """
    sample = getattr(options, "sample", "")
    broker = "" if sample else os.environ.get(BROKER, "").strip()
    if broker and options.asks_itself:
        raise asks_itself(options, BROKER, f"Leave it out for this command: env -u {BROKER} queuewatch …")
    return ConnectionOptions(
        profile=options.profile,
        url=options.url,
        domain=options.domain,
        sample=sample,
        read_only=options.read_only,
        interval=options.interval,
        push=options.push,
        cache=not options.no_cache,
        nats=options.nats or (broker if options.reads_broker else ""),
        nats_creds=options.nats_creds,
    )


def command_tail(options: argparse.Namespace) -> str:
    """What a command that is pasted needs as well, so that it reaches the phone system that was read."""
    given = {name: getattr(options, name) for name in ("sample", "profile", "url", "domain")}
    return "".join(f" --{name} {shlex.quote(value)}" for name, value in given.items() if value)


def connect_once(options: argparse.Namespace) -> Connection:
    """The connection for a command that asks once and ends."""
    wishes = asked(options)
    if wishes.sample:
        # A sample needs no profile, and so nothing of what it takes to read one.
        from queuewatch.connection.sample import connect_sample

        return connect_sample(wishes)
    if wishes.nats:
        return run_loop(connect_to_broker(wishes))
    from queuewatch.connection.resolve import connect

    return connect(wishes, os.environ, retries=RETRIES)


async def connect_to_broker(wishes: ConnectionOptions, *, on_screen: bool = False) -> Connection:
    """The connection to a domain that a broker has, once it has answered."""
    from queuewatch.commands.waiting import told_while_waiting
    from queuewatch.connection.shared import connect_shared

    with told_while_waiting("Waiting for the broker"):
        return await connect_shared(wishes, os.environ, on_screen=on_screen)


async def over(connection: Connection, ask: Callable[[PhoneSystem], Awaitable[Answer]]) -> Answer:
    """Ask over the connection, and close it whatever happens. What was left not known is looked at first."""
    try:
        await look_again(connection)
        return await ask(connection.system)
    finally:
        await connection.system.close()


async def look_again(connection: Connection) -> None:
    """Say what came of changes to this phone system of which it was not known whether they were made."""
    journal, system = connection.journal, connection.system
    if journal is None:
        return
    from queuewatch.journal import JournalError

    try:
        log = journal.read()
        if any(proof.still_out for proof in log.proofs):
            tell_interrupted(journal.path, log, system)
        if not log.entries:
            return
        # What it takes is loaded where there is a change to look for.
        from queuewatch.change import settle

        for look in await settle(system, journal):
            print_error(look.sentence, look.hint)
    except JournalError as error:
        print_error(f"warning: {error}", error.hint)


def tell_interrupted(journal: Path, log: "Log", system: PhoneSystem) -> None:
    """Say which tests here were interrupted: agents may still be logged out by them."""
    from queuewatch.proof.interrupted import interrupted, interrupted_words

    for proof in interrupted(journal, log, system.address, system.domain):
        print_error(*interrupted_words(proof))
