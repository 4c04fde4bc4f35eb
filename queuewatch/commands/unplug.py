"""``queuewatch prove QUEUE --unplug``: somebody takes the power, and the watch is held."""

import argparse
import asyncio
import json
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from queuewatch.commands import errors
from queuewatch.commands.drill import read_devices_with_progress
from queuewatch.commands.errors import print_error
from queuewatch.commands.reading import read_queues
from queuewatch.commands.terminal import LineStream, write
from queuewatch.connection.connection import Connection
from queuewatch.connection.proving import who_tests
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Queue
from queuewatch.journal import JournalError, ProofEnd, ProofEntry
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.proof.timing import Timing
from queuewatch.proof.unplug import LONGEST, Unplugged, Watch, after_the_watch, before_the_watch, document
from queuewatch.text.plain_text import harmless_lines

TIMING = Timing()


async def time_power_loss(system: PhoneSystem, connection: Connection, options: argparse.Namespace) -> int:
    """Warn, wait for the word, watch, and tell what was measured."""
    snapshot, (queue,) = await read_queues(system, [options.queue], connection.site_facts)
    scope = DrillScope(agents=frozenset(agent.id for agent in snapshot.agents_of(queue.extension)))
    snapshot = await read_devices_with_progress(connection, snapshot, scope)
    out = LineStream(sys.stderr if options.format == "json" else sys.stdout)

    def tell(line: str) -> None:
        with suppress(OSError, ValueError):
            out.write(f"{harmless_lines(line)}\n")

    for line in before_the_watch(snapshot, queue):
        tell(f"  {line}")
    if sys.stdin is not None and sys.stdin.isatty():
        tell("Press Enter in the moment in which the plug is pulled; Ctrl+C ends the watch.")
        await asyncio.to_thread(sys.stdin.readline)
    who = who_tests(connection)
    watch = Watch(system, snapshot, queue, tell, who.words, connection.proofs.target, TIMING)
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(getattr(signal, name), watch.stopped.set)
    measured = await watch.run()
    out.finish(1.0)
    _keep(connection, queue, measured)
    if options.format == "json":
        write(json.dumps(document(measured), indent=2, ensure_ascii=False))
    else:
        for line in after_the_watch(measured):
            write(line)
    return errors.DONE if measured.ok else errors.NOT_DONE


def _keep(connection: Connection, queue: Queue, measured: Unplugged) -> None:
    """Write it into the log, beside the tests."""
    journal = connection.journal
    if journal is None:
        return
    try:
        entry = journal.begin_proof(
            ProofEntry(
                "",
                measured.began_at,
                journal.who,
                connection.system.address,
                connection.system.domain,
                queue.extension,
                queue.name,
                kind="unplug",
                require_agents=queue.require_agents,
                until=datetime.now(UTC) + timedelta(seconds=LONGEST),
            )
        )
        outcome = str(document(measured)["outcome"])
        journal.add_proof(entry.id, ProofEnd(measured.ended_at, outcome, document(measured)))
    except JournalError as error:
        print_error(f"warning: {error}", error.hint)
