"""``queuewatch drill``: what a loss of power would do to every queue, and when."""

import argparse
import asyncio
import sys

from queuewatch.commands import wrong
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.moment import asked_moment
from queuewatch.commands.out_file import check_out, write_out
from queuewatch.commands.phones import with_phones
from queuewatch.commands.reading import warn
from queuewatch.commands.streams import write
from queuewatch.connection.connection import Connection
from queuewatch.failover.at_time import Moment
from queuewatch.failover.drill import drill, drill_clock, site_clock
from queuewatch.failover.lookup import find_agents, find_ip, find_site, known_sites
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.moment_input import check_clock
from queuewatch.failover.places import canonical_ip
from queuewatch.failover.scope import Scope
from queuewatch.failover.words import listing
from queuewatch.gather import read_snapshot, with_domain_clock
from queuewatch.os_user import os_user
from queuewatch.report.drill_report import DrillReport, make_drill_report


def run(options: argparse.Namespace) -> int:
    """Read, suppose and report."""
    _check(options)
    at = asked_moment(options)
    connection = connect_once(options)
    snapshot, scope = asyncio.run(over(connection, lambda system: _read(connection, options, at)))
    if at is not None and (clock := drill_clock(snapshot, scope)) is not None:
        check_clock(at, clock)
    report = make_drill_report(drill(snapshot, scope, at), run_by=options.by or os_user(), title=connection.title)
    _write(report, options)
    return wrong.DONE


def _check(options: argparse.Namespace) -> None:
    """What needs no phone system to be known for wrong."""
    if options.ip and options.no_phones:
        raise wrong.WrongCommand(
            "Which agents are behind an address only their phones tell.", "Leave out --no-phones."
        )
    if options.out:
        check_out(options.out)
    for typed in options.ip:
        if not canonical_ip(typed):
            raise wrong.WrongCommand(f"{typed!r} is not an IP address.", "Such as 203.0.113.10.")


async def _read(connection: Connection, options: argparse.Namespace, at: Moment | None) -> tuple[Snapshot, Scope]:
    snapshot = await read_snapshot(connection.system, site_facts=connection.site_facts)
    scope = _scope(snapshot, options)
    if at is not None and not at.is_instant and site_clock(snapshot, scope) is None:
        snapshot = await with_domain_clock(connection.system, snapshot)
    if not options.no_phones:
        snapshot = await with_phones(connection, snapshot, scope)
    _check_ips(snapshot, options.ip)
    return snapshot, scope


def _scope(snapshot: Snapshot, options: argparse.Namespace) -> Scope:
    dark_agents: list[str] = options.agent
    scope = Scope(
        sites=tuple(dict.fromkeys(find_site(snapshot, typed) for typed in options.site)),
        ips=tuple(dict.fromkeys(canonical_ip(typed) for typed in options.ip)),
        agents=frozenset[str]().union(*(find_agents(snapshot, typed) for typed in dark_agents)),
        everything=options.all,
    )
    if scope.nothing:
        sites = known_sites(snapshot)
        known = f" The sites are {listing(sites, most=8)}." if sites else ""
        raise wrong.WrongCommand("Nothing was said to go dark.", f"Give --site, --ip, --agent or --all.{known}")
    return scope


def _check_ips(snapshot: Snapshot, ips: list[str]) -> None:
    """Complain of an address that nobody is connected from, unless phones are missing that may be."""
    if not any(problem.part is Part.DEVICES for problem in snapshot.problems):
        for typed in ips:
            find_ip(snapshot, typed)


def _write(report: DrillReport, options: argparse.Namespace) -> None:
    text = _written(report, options.format, to_file=bool(options.out))
    if options.out:
        write(f"{report.summary}\nWritten to {write_out(text, options.out)}")
    else:
        sys.stdout.write(f"{text}\n")
    if options.format == "csv":
        warn(report.drill.snapshot)


def _written(report: DrillReport, form: str, *, to_file: bool) -> str:
    match form:
        case "json":
            from queuewatch.report.drill_json import drill_json

            return drill_json(report)
        case "csv":
            from queuewatch.report.drill_csv import drill_csv

            return drill_csv(report)
        case "markdown":
            from queuewatch.report.drill_markdown import drill_markdown

            return drill_markdown(report)
        case _:
            from queuewatch.report.console import file_console, plain_console
            from queuewatch.report.drill_text import drill_text

            return drill_text(report, file_console() if to_file else plain_console())
