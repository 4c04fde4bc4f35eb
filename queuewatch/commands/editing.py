"""What the editing commands share: show what would change, ask, change it, say what became of it."""

import argparse
import asyncio
import sys
from collections.abc import Callable

from queuewatch.change import Change, Proposal, carry_out, propose
from queuewatch.commands import wrong
from queuewatch.commands.complaint import complain
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.reading import read_queues
from queuewatch.connect import Connection
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.report.as_proposal import proposal_text
from queuewatch.report.console import plain_console

Choose = Callable[[Snapshot, Queue], Change]
"""What to change, once the queue and its phone system are known. May raise what is wrong with the command."""


def edit(options: argparse.Namespace, choose: Choose) -> int:
    """Carry out one edit from question to answer."""
    connection = connect_once(options)
    if connection.read_only:
        raise wrong.WrongCommand(
            "Nothing was changed: queuewatch is read-only here.",
            "Leave out --read-only, or read_only in the profile.",
        )
    return asyncio.run(over(connection, lambda system: _edit(system, connection, options, choose)))


async def _edit(system: PhoneSystem, connection: Connection, options: argparse.Namespace, choose: Choose) -> int:
    snapshot, (queue,) = await read_queues(system, [options.queue])
    change = choose(snapshot, queue)
    proposal = await propose(system, snapshot, queue, change)
    if proposal.nothing_to_do:
        _say(f"{proposal.subject} is {proposal.after} already: nothing to change.")
        return wrong.DONE
    _say(proposal_text(proposal, plain_console()))
    _permit(proposal, options)
    result = await carry_out(system, proposal)
    if not result.ok:
        complain(result.sentence, result.hint)
        return wrong.NOT_DONE
    _say(result.sentence)
    if connection.sample is not None:
        _say("This is sample data: the change is gone once this command ends.")
    return wrong.DONE


def _permit(proposal: Proposal, options: argparse.Namespace) -> None:
    """Return if the change may be made. Raises :class:`WrongCommand`."""
    if proposal.obstacles and not options.force:
        raise wrong.WrongCommand(
            "Nothing was changed: with this forward, callers would not reach anybody.",
            "Choose another destination, or add --force if it is really meant.",
        )
    if options.yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise wrong.WrongCommand(
            "Nothing was changed: there is no terminal to confirm it at.",
            "Add --yes to change it without being asked.",
        )
    sys.stdout.flush()
    sys.stderr.write("Change it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise wrong.WrongCommand("Nothing was changed.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
