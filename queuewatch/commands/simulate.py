"""``queuewatch simulate``: verdicts at another time, or with agents or sites supposed in the dark."""

import argparse

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.reading import asked_moment, confirm_moment, read_queues, write_report
from queuewatch.failover.drill.power_loss import PowerLoss, power_loss
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lookup import find_agents, find_site
from queuewatch.failover.model import Snapshot
from queuewatch.process.background import run_loop
from queuewatch.report.status import make_report


def run(options: argparse.Namespace) -> int:
    """Read, suppose and report."""
    at = asked_moment(options)
    connection = connect_once(options)
    snapshot, queues = run_loop(
        over(connection, lambda system: read_queues(system, options.queues, connection.site_facts))
    )
    confirm_moment(snapshot, at, queues)
    dark = _power_loss(snapshot, options)
    report = make_report(
        snapshot, queues, dark.suppose, at=at, with_agents=False, title=connection.title, dark=dark
    )
    write_report(report, options)
    return errors.DONE


def _power_loss(snapshot: Snapshot, options: argparse.Namespace) -> PowerLoss:
    dark_agents: list[str] = options.dark_agent
    return power_loss(
        snapshot,
        DrillScope(
            sites=tuple(dict.fromkeys(find_site(snapshot, typed) for typed in options.dark_site)),
            agents=frozenset[str]().union(*(find_agents(snapshot, typed) for typed in dark_agents)),
            everything=options.all_dark,
        ),
    )
