"""``queuewatch simulate``: verdicts at another time, or with agents or sites supposed in the dark."""

import argparse
import asyncio

from queuewatch.commands import wrong
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.moment import asked_moment, confirm_moment
from queuewatch.commands.reading import read_queues, write_report
from queuewatch.failover.lookup import find_agents, find_site
from queuewatch.failover.model import Snapshot
from queuewatch.failover.suppose import Suppose
from queuewatch.report.content import make_report


def run(options: argparse.Namespace) -> int:
    """Read, suppose and report."""
    at = asked_moment(options)
    connection = connect_once(options)
    snapshot, queues = asyncio.run(over(connection, lambda system: read_queues(system, options.queues)))
    confirm_moment(snapshot, at, queues)
    suppose = _suppose(snapshot, options)
    report = make_report(snapshot, queues, suppose, at=at, with_agents=False, title=connection.title)
    write_report(report, options)
    return wrong.DONE


def _suppose(snapshot: Snapshot, options: argparse.Namespace) -> Suppose:
    dark_agents: list[str] = options.dark_agent
    return Suppose(
        all_dark=options.all_dark,
        sites=frozenset(find_site(snapshot, typed) for typed in options.dark_site),
        agents=frozenset[str]().union(*(find_agents(snapshot, typed) for typed in dark_agents)),
    )
