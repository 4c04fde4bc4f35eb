"""``queuewatch apply``: set a phone system as a file says, one safe edit after the other."""

import argparse

from queuewatch.commands import errors
from queuewatch.commands.connecting import over
from queuewatch.commands.editing import YES, connect_to_change
from queuewatch.commands.setting_up import asked_setups, carry_plan_through, plan_of, read_all
from queuewatch.connection.connection import Connection
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import run_loop
from queuewatch.setup.setup_file import SetupFile


def run(options: argparse.Namespace) -> int:
    """Plan, ask, carry out, confirm."""
    connection = connect_to_change(options)
    file = asked_setups(connection, options)
    _require_domain(file, connection, options)

    async def applied(system: PhoneSystem) -> int:
        snapshot, identity = await read_all(system, connection)
        plan = await plan_of(system, snapshot, file, options, identity)
        typed = YES if file.domain else (system.domain.casefold(),)
        return await carry_plan_through(
            system, connection, options, plan, identity, keep_going=options.keep_going, typed=typed
        )

    return run_loop(over(connection, applied))


def _require_domain(file: SetupFile, connection: Connection, options: argparse.Namespace) -> None:
    """A file that does not say whose it is needs somebody who does. Raises :class:`UsageError`."""
    if options.yes and not (file.domain or options.domain or connection.is_sample):
        raise errors.UsageError(
            f"Nothing was changed: {file.domain_place.file} does not say which domain it is for.",
            "Write the domain into it (a column domain, or [domain] with name), or name it with --domain.",
        )
