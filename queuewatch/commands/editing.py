"""What the editing commands share: show what would change, ask, change it, say what became of it."""

import argparse
import sys
from collections.abc import Callable, Sequence

from queuewatch.change import Change, Proposal, Result, ResultKind, apply, propose
from queuewatch.change.apply import DEADLINE
from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.errors import print_error
from queuewatch.commands.prompts import answer_to
from queuewatch.commands.reading import read_queues
from queuewatch.commands.terminal import write
from queuewatch.connection.connection import Connection
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.identity import Identity, Setting, may_edit
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import with_scope
from queuewatch.process.background import run_loop
from queuewatch.report.console import plain_console
from queuewatch.report.proposal import proposal_text

YES = ("y", "yes")

Choose = Callable[[Snapshot, Queue], Change]
"""What to change, once the queue and its phone system are known. May raise what is wrong with the command."""


def edit(options: argparse.Namespace, choose: Choose) -> int:
    """Carry out one edit from question to answer."""
    connection = connect_to_change(options)
    return run_loop(over(connection, lambda system: _edit(system, connection, options, choose)))


def connect_to_change(options: argparse.Namespace) -> Connection:
    """The connection for a command that changes something. Raises :class:`UsageError` where nothing may be."""
    connection = connect_once(options)
    if connection.read_only:
        raise errors.UsageError(
            "Nothing was changed: queuewatch is read-only here.",
            "Leave out --read-only, or read_only in the profile.",
        )
    return connection


async def _edit(system: PhoneSystem, connection: Connection, options: argparse.Namespace, choose: Choose) -> int:
    snapshot, (queue,) = await read_queues(system, [options.queue], connection.site_facts)
    change = choose(snapshot, queue)
    identity = await who_asks(system)
    if is_refused(identity, change.setting, snapshot, queue):
        return errors.NOT_DONE
    proposal = await propose(system, with_scope(snapshot, identity), queue, change)
    if proposal.nothing_to_do:
        write(f"{proposal.subject} is {proposal.after} already: nothing to change.")
        return errors.DONE
    return await carry_through(system, connection, options, proposal, identity)


async def who_asks(system: PhoneSystem) -> Identity | None:
    """Whose credentials are in use; ``None`` when nobody can tell."""
    try:
        return await system.read_identity()
    except PbxError:
        return None


def is_refused(identity: Identity | None, setting: Setting, snapshot: Snapshot, queue: Queue) -> bool:
    """Whether these credentials do not reach that far; if so, it is said."""
    reason = may_edit(identity, setting, queue_site(snapshot, queue))
    if reason:
        print_error(f"Nothing was changed: {reason}", "Sign in as somebody who may: queuewatch login")
    return bool(reason)


async def carry_through(
    system: PhoneSystem,
    connection: Connection,
    options: argparse.Namespace,
    proposal: Proposal,
    identity: Identity | None,
) -> int:
    """Show a proposal, ask, carry it out and say what became of it. Raises :class:`UsageError`."""
    # Its colours are ours, and its texts were cleaned before they got any.
    sys.stdout.write(f"{proposal_text(proposal, plain_console())}\n")
    _permit(proposal, connection, options)
    journal = connection.journal_of(identity)
    result = await apply(system, proposal, journal=journal, alone=connection.is_sample, tell=tell_what_is_known)
    if not result.ok:
        print_error(result.sentence, result.hint)
        return errors.NOT_DONE
    write(result.sentence)
    if result.hint:
        print_error(f"warning: {result.hint}")
    if connection.is_sample:
        write("This is sample data: the change is gone once this command ends.")
    return errors.DONE


def tell_what_is_known(result: Result, looking: bool) -> None:
    """Say what is known of an edit that takes its time."""
    if looking:
        print_error(
            f"{result.sentence} {'Still trying…' if result.kind is ResultKind.NOT_SENT else 'Still looking…'}",
            f"It is looked at for {DEADLINE:.0f} seconds in all. Ctrl+C ends that, and the log keeps it as it is.",
        )
    else:
        print_error(result.sentence, result.hint)


def _permit(proposal: Proposal, connection: Connection, options: argparse.Namespace) -> None:
    """Return if the change may be made. Raises :class:`UsageError`."""
    if proposal.conflict and not options.force:
        raise errors.UsageError(
            f"Nothing was changed. {proposal.conflict}",
            "Undo would write over that. Look at it, and add --force if it is really meant.",
        )
    if proposal.emergency and not options.force:
        raise errors.UsageError(
            f"Nothing was changed. {proposal.emergency}",
            "Choose another destination, or add --force if it is really meant.",
        )
    if proposal.obstacles and not options.force:
        raise errors.UsageError(
            "Nothing was changed: with this forward, callers would not reach anybody.",
            "Choose another destination, or add --force if it is really meant.",
        )
    confirm(connection, options, "Change it? [y/N] ")


def confirm(
    connection: Connection, options: argparse.Namespace, question: str, answers: Sequence[str] = YES
) -> None:
    """Return if whoever sits at the terminal gives one of these answers. Raises :class:`UsageError`."""
    if options.yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise errors.UsageError(
            "Nothing was changed: there is no terminal to confirm it at.",
            "Add --yes to change it without being asked.",
        )
    asked = [(question, answers)]
    if connection.production:
        asked.append((f"{connection.title} is in production: callers will meet this. Really? [y/N] ", YES))
    for words, right in asked:
        if not is_answered(words, right):
            raise errors.UsageError(
                "Nothing was changed.", f"To change it after all, repeat this and answer {right[0]}."
            )


def is_answered(question: str, answers: Sequence[str] = YES) -> bool:
    """Whether whoever sits at the terminal gives one of these answers."""
    return sys.stdin is not None and answer_to(question).strip().casefold() in answers
