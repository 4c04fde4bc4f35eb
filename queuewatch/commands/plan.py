"""``queuewatch plan``: how a phone system differs from a file, and what that means. Nothing is changed."""

import argparse
import sys

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.reading import warn
from queuewatch.commands.setting_up import asked_setups, plan_of, read_all
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import run_loop
from queuewatch.report.console import plain_console
from queuewatch.report.plan import plan_json, plan_text
from queuewatch.setup.plan import SetupPlan


def run(options: argparse.Namespace) -> int:
    """Read the files, read the phone system, compare."""
    connection = connect_once(options)
    file = asked_setups(connection, options)

    async def planned(system: PhoneSystem) -> SetupPlan:
        snapshot, _ = await read_all(system, connection)
        # Whoever may change nothing still sees what there is to change.
        return await plan_of(system, snapshot, file, options, identity=None)

    plan = run_loop(over(connection, planned))
    as_json = options.format == "json"
    sys.stdout.write(f"{plan_json(plan) if as_json else plan_text(plan, plain_console())}\n")
    if not as_json:
        warn(plan.now)
    return errors.FOUND if plan.changes or plan.refused else errors.DONE
