"""``queuewatch undo``: restore what was there before a change."""

import argparse
import asyncio

from queuewatch.change import CannotUndo, latest_to_undo, propose_undo
from queuewatch.commands import wrong
from queuewatch.commands.connecting import over
from queuewatch.commands.editing import carry_through, connect_to_change, is_refused, say, who_asks
from queuewatch.commands.reading import read_queues
from queuewatch.connect import Connection
from queuewatch.gather import with_scope
from queuewatch.journal import SETTINGS, Entry, Log
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.report.log_words import change_line


def run(options: argparse.Namespace) -> int:
    """Find the change, propose, ask, restore, confirm."""
    connection = connect_to_change(options)
    log = connection.journal.read() if connection.journal else Log()
    entry = _entry(log, connection, options.id)
    return asyncio.run(over(connection, lambda system: _undo(system, connection, options, log, entry)))


def _entry(log: Log, connection: Connection, named: str) -> Entry:
    if named:
        entry = log.entry(named)
        if entry is None:
            raise wrong.WrongCommand(f"There is no change {named} in the log.", "queuewatch log lists them.")
        return entry
    system = connection.system
    entry = latest_to_undo(log, system.address, system.domain)
    if entry is None:
        raise wrong.WrongCommand(
            f"The log has no change to {system.domain} on {system.address} that could be undone.",
            "queuewatch log --all-servers lists every change made from here.",
        )
    return entry


async def _undo(
    system: PhoneSystem, connection: Connection, options: argparse.Namespace, log: Log, entry: Entry
) -> int:
    snapshot, (queue,) = await read_queues(system, [entry.edit.queue], connection.site_facts)
    identity, setting = await who_asks(system), SETTINGS.get(entry.edit.setting)
    if setting and is_refused(identity, setting, snapshot, queue):
        return wrong.NOT_DONE
    try:
        seen = with_scope(snapshot, identity)
        proposal = await propose_undo(system, seen, log, entry, again=options.force)
    except CannotUndo as error:
        raise wrong.WrongCommand(str(error), error.hint) from None
    say(change_line(entry))
    if proposal.nothing_to_do:
        say(f"{proposal.subject} is {proposal.after}, as it was before: nothing to undo.")
        return wrong.DONE
    return await carry_through(system, connection, options, proposal, identity)
