"""``queuewatch undo``: restore what was there before a change."""

import argparse
from collections.abc import Collection
from typing import TYPE_CHECKING

from queuewatch.change import CannotUndo, is_open, latest_to_undo, propose_undo, undone_by
from queuewatch.commands import errors
from queuewatch.commands.connecting import over
from queuewatch.commands.editing import carry_through, connect_to_change, is_refused, who_asks
from queuewatch.commands.errors import print_error
from queuewatch.commands.reading import read_queues
from queuewatch.commands.terminal import write
from queuewatch.connection.connection import Connection
from queuewatch.failover.lookup import NotFound
from queuewatch.journal import SETTINGS, JournalEntry, Log
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import with_scope
from queuewatch.process.background import run_loop
from queuewatch.report.log import change_line, what_to_do

if TYPE_CHECKING:
    from queuewatch.setup.plan import SetupPlan


def run(options: argparse.Namespace) -> int:
    """Find the change, propose, ask, restore, confirm."""
    connection = connect_to_change(options)
    log = _log(connection)
    if options.id and log.entry(options.id) is None:
        raise errors.UsageError(f"There is no change {options.id} in the log.", "queuewatch log lists them.")
    if options.group and options.id:
        raise errors.UsageError("A change and a group were both given.", "Give one of them.")
    if options.group and not log.group(options.group):
        raise errors.UsageError(
            f"There is no group {options.group} in the log.", "queuewatch log shows which changes are of a group."
        )
    if not (options.id or options.group) and _latest(log, connection) is None:
        raise _nothing_there(connection)
    return run_loop(over(connection, lambda system: _undo(system, connection, options)))


def _log(connection: Connection) -> Log:
    return connection.journal.read() if connection.journal else Log()


def _latest(log: Log, connection: Connection, but: Collection[str] = ()) -> JournalEntry | None:
    return latest_to_undo(log, connection.system.address, connection.system.domain, but)


def _nothing_there(connection: Connection) -> errors.UsageError:
    system = connection.system
    return errors.UsageError(
        f"The log has no change to {system.domain} on {system.address} that could be undone.",
        "queuewatch log --all-servers lists every change made from here.",
    )


async def _undo(system: PhoneSystem, connection: Connection, options: argparse.Namespace) -> int:
    # Read anew: those that were left not known have just been looked at.
    log = _log(connection)
    if options.group:
        status = await _undo_group(system, connection, options, log, options.group)
        return errors.DONE if status is None else status
    entry = log.entry(options.id) if options.id else _latest(log, connection)
    if entry is None:
        raise _nothing_there(connection)
    passed: list[str] = []
    while entry is not None:
        group = "" if options.id else entry.edit.group
        if group:
            write(f"Change {entry.id} is one of group {group}: all of it is taken back.")
            status = await _undo_group(system, connection, options, log, group)
        else:
            status = await _undo_one(system, connection, options, log, entry)
        if status is not None:
            return status
        # What may never have been made does not stand in the way of what was made before it.
        passed.extend(made.id for made in log.group(group)) if group else passed.append(entry.id)
        entry = None if options.id else _latest(log, connection, passed)
    return errors.DONE


async def _undo_group(
    system: PhoneSystem, connection: Connection, options: argparse.Namespace, log: Log, group: str
) -> int | None:
    """Undo all changes of a group, the last one first; ``None`` where everything is as it was before them."""
    # What it takes is loaded where there is a group.
    from queuewatch.commands.setting_up import carry_plan_through, read_all
    from queuewatch.setup.plan import plan_of_undo

    snapshot, identity = await read_all(system, connection)
    try:
        plan = await plan_of_undo(
            system, snapshot, log, group, identity, force=options.force, over_others=options.force
        )
    except CannotUndo as error:
        raise errors.UsageError(str(error), error.hint) from None
    if not plan.changes and not plan.refused:
        write(f"Everything of group {group} is as it was before it, or was undone already: nothing to undo.")
        _warn_of_open(log, group, plan)
        return None
    _warn_of_open(log, group, plan)
    return await carry_plan_through(
        system,
        connection,
        options,
        plan,
        identity,
        keep_going=False,
        can_go_on=False,
        way_out="Look at what is refused, and add --force if it is to be restored all the same.",
    )


def _warn_of_open(log: Log, group: str, plan: "SetupPlan") -> None:
    """Say which changes of a group may yet be made, though everything is as it was before them.

    Those that were broken off a moment ago: of all others it is told whenever a phone system is connected to.
    """
    undone = {proposal.undoes for proposal in plan.changes}
    for entry in log.group(group):
        if entry.ended is None and entry.id not in undone and undone_by(log, entry) is None:
            print_error(f"warning: {_may_yet_come(entry)}")


def _may_yet_come(entry: JournalEntry) -> str:
    return f"Whether change {entry.id} was made is not known, and it may yet come. {what_to_do(entry)}"


async def _undo_one(
    system: PhoneSystem, connection: Connection, options: argparse.Namespace, log: Log, entry: JournalEntry
) -> int | None:
    """Undo this change; ``None`` where it is not known whether it was made, and nothing of it is to be undone."""
    passes = is_open(entry) and not options.id
    try:
        snapshot, (queue,) = await read_queues(system, [entry.edit.queue], connection.site_facts)
        identity, setting = await who_asks(system), SETTINGS.get(entry.edit.setting)
        if setting and is_refused(identity, setting, snapshot, queue):
            return errors.NOT_DONE
        seen = with_scope(snapshot, identity)
        proposal = await propose_undo(system, seen, log, entry, again=options.force)
    except (CannotUndo, NotFound) as error:
        if passes:
            print_error(f"Change {entry.id} is passed over: {error}")
            return None
        raise (errors.UsageError(str(error), error.hint) if isinstance(error, CannotUndo) else error) from None
    write(change_line(entry))
    if proposal.nothing_to_do:
        write(f"{proposal.subject} is {proposal.after}, as it was before: nothing to undo.")
        if is_open(entry):
            write(_may_yet_come(entry))
        return None if passes else errors.DONE
    return await carry_through(system, connection, options, proposal, identity)
