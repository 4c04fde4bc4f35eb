"""``queuewatch prove QUEUE --unplug``: somebody takes the power, and the watch is held."""

import argparse
import asyncio
import json
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime

from queuewatch.commands import errors
from queuewatch.commands.drill import read_devices_with_progress
from queuewatch.commands.errors import print_error
from queuewatch.commands.reading import read_queues
from queuewatch.commands.terminal import LineStream, whole_words, write
from queuewatch.connection.connection import Connection
from queuewatch.connection.proving import read_with_phones, who_tests
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Snapshot
from queuewatch.journal import JournalError
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.proof.timing import Timing
from queuewatch.proof.unplug import (
    Unplugged,
    Watch,
    after_the_watch,
    before_the_watch,
    document,
    keep,
    nothing_to_time,
)
from queuewatch.text.plain_text import harmless_lines

TIMING = Timing()


async def time_power_loss(system: PhoneSystem, connection: Connection, options: argparse.Namespace) -> int:
    """Warn, wait for the word, watch, and tell what was measured."""
    snapshot, (queue,) = await read_queues(system, [options.queue], connection.site_facts)
    scope = DrillScope(agents=frozenset(agent.id for agent in snapshot.agents_of(queue.extension)))
    snapshot = await read_devices_with_progress(connection, snapshot, scope)
    stream = sys.stderr if options.format == "json" else sys.stdout
    out = LineStream(stream)

    def tell(line: str) -> None:
        with suppress(OSError, ValueError):
            out.write(f"{harmless_lines(whole_words(line, stream))}\n")

    if why := nothing_to_time(snapshot, queue):
        now = datetime.now(UTC)
        by = who_tests(connection).words
        return _tell_end(Unplugged(queue.extension, queue.name, now, now, by=by, why=why), options)
    for line in before_the_watch(snapshot, queue):
        tell(f"  {line}")
    if sys.stdin is not None and sys.stdin.isatty():
        tell("Press Enter in the moment in which the plug is pulled; Ctrl+C ends the watch.")
        await asyncio.to_thread(sys.stdin.readline)
    who = who_tests(connection)

    async def read() -> Snapshot:
        return (await read_with_phones(connection, queue.extension))[0]

    target = connection.proofs.target
    watch = Watch(system, snapshot, queue, tell, who.words, target, TIMING, connection.clock, read)
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(getattr(signal, name), watch.stopped.set)
    measured = await watch.run()
    out.finish(1.0)
    if connection.journal is not None:
        try:
            keep(connection.journal, system, queue, measured)
        except JournalError as error:
            print_error(f"warning: {error}", error.hint)
    return _tell_end(measured, options)


def _tell_end(measured: Unplugged, options: argparse.Namespace) -> int:
    if options.format == "json":
        write(json.dumps(document(measured), indent=2, ensure_ascii=False))
    else:
        for line in after_the_watch(measured):
            write(whole_words(line, sys.stdout))
    return errors.DONE if measured.ok else errors.NOT_DONE
