"""What the commands share that set many queues at once: read, plan, show, ask, carry out, say what was done."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from queuewatch.change import Proposal, Result
from queuewatch.commands import errors
from queuewatch.commands.editing import YES, confirm, is_answered, tell_what_is_known, who_asks
from queuewatch.commands.errors import print_error
from queuewatch.commands.terminal import write
from queuewatch.connection.connection import Connection
from queuewatch.failover.model import Snapshot
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import read_snapshot, with_scope
from queuewatch.profiles.config import config_path
from queuewatch.report.console import plain_console
from queuewatch.report.plan import carried_out_lines, change_words, plan_text
from queuewatch.report.proposal import proposal_text
from queuewatch.setup.carry_out import CarriedOut, carry_out
from queuewatch.setup.named_plans import find_setup, plans_folder
from queuewatch.setup.plan import SetupPlan, chosen, make_plan, wanted_by_file, within_scope
from queuewatch.setup.setup_file import SetupFile, load_setups


def own_plans(connection: Connection) -> Path:
    """The folder of the named plans of the phone system that is connected."""
    return plans_folder(config_path(os.environ), connection.sample_name or connection.title)


def plan_folders(connection: Connection) -> tuple[Path, ...]:
    """Where plans that have a name are looked for: a sample brings some along."""
    own = own_plans(connection)
    sample = connection.sandbox.sample.plans if connection.sandbox is not None else None
    return (own, sample) if sample is not None else (own,)


def asked_setups(connection: Connection, options: argparse.Namespace) -> SetupFile:
    """What the files say that were named. Raises :class:`~queuewatch.setup.setup_file.SetupFileError`."""
    folders = plan_folders(connection)
    return load_setups([find_setup(name, *folders) for name in options.files])


async def read_all(system: PhoneSystem, connection: Connection) -> tuple[Snapshot, Identity | None]:
    """Every queue with its rules, and whose credentials are in use."""
    snapshot = await read_snapshot(system, site_facts=connection.site_facts)
    identity = await who_asks(system)
    return with_scope(snapshot, identity), identity


async def plan_of(
    system: PhoneSystem,
    snapshot: Snapshot,
    file: SetupFile,
    options: argparse.Namespace,
    identity: Identity | None,
) -> SetupPlan:
    """The plan of what a file wants. ``identity`` is of whoever would make it; ``None`` minds no scope."""
    only = chosen(snapshot, options.only)
    wishes = wanted_by_file(snapshot, file, only=only, force=options.force)
    named = {entry.queue for entry in file.queues}
    others = tuple(queue for queue in snapshot.call_queues if queue.extension not in named)
    return await make_plan(
        system,
        snapshot,
        within_scope(snapshot, wishes, identity),
        force=options.force,
        not_in_file=() if only else others,
    )


async def carry_plan_through(
    system: PhoneSystem,
    connection: Connection,
    options: argparse.Namespace,
    plan: SetupPlan,
    identity: Identity | None,
    *,
    keep_going: bool,
    can_go_on: bool = True,
    typed: Sequence[str] = YES,
    way_out: str = "Take it out of the file, or add --force if it is really meant.",
) -> int:
    """Show a plan, ask, carry it out and say what became of it. ``typed`` are the answers that are a yes.

    ``way_out`` is what to do about what is refused.
    """
    sys.stdout.write(f"{plan_text(plan, plain_console())}\n")
    if plan.refused and (not plan.changes or not keep_going):
        print_error(
            "Nothing was changed: "
            + ("every difference is refused." if not plan.changes else "part of the plan is refused."),
            way_out + (" --keep-going makes the rest without it." if plan.changes and can_go_on else ""),
        )
        return errors.NOT_DONE
    if not plan.changes:
        return errors.DONE
    question = f"Make {'it' if len(plan.changes) == 1 else f'these {len(plan.changes)} changes'}?"
    if typed is YES:
        confirm(connection, options, f"{question} [y/N] ")
    else:
        confirm(connection, options, f"{question} Type {typed[0]} to make them there: ", typed)
    journal = connection.journal_of(identity)
    carried_out = CarriedOut()

    async def ask_again(proposal: Proposal) -> bool:
        if options.yes:
            return False
        sys.stdout.write(f"\n{proposal_text(proposal, plain_console())}\n")
        return is_answered("Somebody changed this since it was planned. Make it all the same? [y/N] ")

    def report(so_far: CarriedOut, proposal: Proposal, result: Result | None) -> None:
        if result is None:
            return
        nth, total = len(so_far.made), len(so_far.made) + len(so_far.left)
        mark = "✔" if result.ok else "✖"
        write(f"{nth} of {total}  {mark} {change_words(proposal)}")

    write("")
    try:
        await carry_out(
            system,
            plan,
            carried_out,
            journal=journal,
            keep_going=keep_going,
            alone=connection.is_sample,
            ask_again=ask_again,
            report=report,
            tell=tell_what_is_known,
        )
    except asyncio.CancelledError:
        _say_what_became(carried_out)
        raise
    _say_what_became(carried_out)
    if connection.is_sample:
        write("This is sample data: the changes are gone once this command ends.")
    return errors.DONE if carried_out.ok and not plan.refused else errors.NOT_DONE


def _say_what_became(carried_out: CarriedOut) -> None:
    lines = list(carried_out_lines(carried_out))
    if carried_out.ok:
        for line in lines:
            write(line)
        for made in carried_out.made:
            if made.result.hint:
                print_error(f"warning: {made.result.hint}")
        return
    for line in lines:
        print_error(line)
