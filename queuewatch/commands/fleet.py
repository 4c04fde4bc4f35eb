"""``queuewatch fleet``: every domain at once, which needs a call first."""

import argparse
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from queuewatch.commands import errors
from queuewatch.commands.connecting import RETRIES, asked
from queuewatch.commands.terminal import is_terminal, require_terminal
from queuewatch.commands.waiting import told_while_waiting
from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.connection.fleet import FleetMembers, other_domains, profile_members, sample_members
from queuewatch.connection.sample import refuse_with_sample
from queuewatch.failover.wording import plural
from queuewatch.fleet.memory import FILE, FleetMemory, last_alerts
from queuewatch.fleet.standing import Fleet
from queuewatch.fleet.watch import FleetDomain, FleetWatch, read_fleet
from queuewatch.pbx.errors import PbxError
from queuewatch.polling.state import LiveState
from queuewatch.process.background import run_loop
from queuewatch.profiles.fields import ConfigError
from queuewatch.storage.folder import state_folder

if TYPE_CHECKING:
    from queuewatch.fleet.broker.viewer import BrokerViewer
    from queuewatch.metrics.metrics import Metrics


def run(options: argparse.Namespace) -> int:
    """Open the screen; or read every domain once and write where each stands."""
    if options.format in ("", "screen") and (is_terminal() or options.format):
        require_terminal("queuewatch fleet --format text")
        return _show(options)
    if options.metrics is not None:
        raise errors.UsageError(
            "Metrics are of a fleet that goes on being read, and this reads it once.",
            "Leave out --metrics, or open the screen: queuewatch fleet --metrics 9464, on a terminal.",
        )
    fleet = run_loop(_read(options)).with_alerts(last_alerts(_memory(options).domains().values()))
    sys.stdout.write(f"{_written(fleet, options.format)}\n")
    return errors.NO_ANSWER if any(standing.error for standing in fleet.domains) else errors.DONE


async def _members(options: argparse.Namespace, *, still: bool, retries: int) -> FleetMembers:
    if options.sample:
        refuse_with_sample(asked(options))
        return sample_members(options.sample, still=still)
    with told_while_waiting("Waiting for the list of domains"):
        return await profile_members(
            asked(options), os.environ, all_domains=options.all_domains, retries=retries, watched=not still
        )


async def _read(options: argparse.Namespace) -> Fleet:
    wishes = asked(options)
    if wishes.nats and not wishes.sample:
        from queuewatch.connection.shared import read_shared_fleet, shared_members

        _check_whole(options)
        with told_while_waiting("Waiting for the broker"):
            return await read_shared_fleet(shared_members(wishes, os.environ))
    members = await _members(options, still=True, retries=RETRIES)
    try:
        # A server answers ten times in a second: hundreds of domains take minutes.
        with told_while_waiting(f"Reading {plural(len(members.domains), 'domain')}") as say:
            return await read_fleet(
                members.domains,
                members.clock,
                window=members.window,
                count=lambda read, of: say(f"Reading the domains: {read} of {of}"),
            )
    finally:
        await members.close()


def _check_whole(options: argparse.Namespace) -> None:
    """Complain of what would choose among the domains of a broker, which has those that are collected."""
    if options.all_domains:
        raise errors.UsageError(
            "--all-domains is for who asks the phone system: a broker has every domain that is collected.",
            "Leave it out; queuewatch collect --all-domains collects them.",
        )


async def _check_broker(wishes: ConnectionOptions) -> None:
    from queuewatch.connection.shared import check_broker

    with told_while_waiting("Waiting for the broker"):
        await check_broker(wishes, os.environ)


def _show_shared(options: argparse.Namespace, wishes: ConnectionOptions) -> int:
    """The screen of what a broker has."""
    from queuewatch.app.fleet import FleetApp
    from queuewatch.app.terminal import run_on_terminal
    from queuewatch.connection.shared import shared_members
    from queuewatch.metrics.server import serve_metrics

    _check_whole(options)
    with serve_metrics(options.metrics, errors.print_error) as metrics:
        # What is wrong with the address or the credentials is said before there is a screen.
        run_loop(_check_broker(wishes))
        members = shared_members(wishes, os.environ)
        fleet = members.fleet
        fleet.tell(partial(measure_shared, metrics, fleet.viewer))
        app = FleetApp(
            fleet,
            members.open_board,
            members.title,
            first=members.first,
            empty=members.empty,
            memory=_memory(options),
            told=lambda key, alerts: metrics.count_alerts(*key, alerts),
        )
        run_on_terminal(app, mouse=not options.no_mouse)
    return errors.DONE


def measure_shared(metrics: "Metrics", viewer: "BrokerViewer", domain: FleetDomain, live_state: LiveState) -> None:
    """Take in a state of what a broker has: as old as the broker says, and gone once the broker has it no more."""
    if domain.key in viewer.pictures:
        metrics.see(*domain.key, live_state, viewer.age(domain.key))
    else:
        metrics.forget(*domain.key)


def _show(options: argparse.Namespace) -> int:
    """The screen, and the boards that are opened from it."""
    wishes = asked(options)
    if wishes.nats and not wishes.sample:
        return _show_shared(options, wishes)
    from queuewatch.app.fleet import FleetApp
    from queuewatch.app.terminal import run_on_terminal
    from queuewatch.metrics.server import serve_metrics

    # What cannot be done is said before anything is asked.
    with serve_metrics(options.metrics, errors.print_error) as metrics:
        members = run_loop(_members(options, still=False, retries=0))
        watch = FleetWatch(
            members.domains,
            interval=options.interval or members.connections[0].interval,
            window=members.window,
            clock=members.clock,
        )
        for domain in members.domains:
            metrics.follow(*domain.key)
        watch.tell(lambda domain, live_state: metrics.see(*domain.key, live_state))
        app = FleetApp(
            watch,
            lambda domain: members.open_board(domain, watch.limiter_of(domain.key)),
            members.title,
            first=_first(members, watch),
            memory=_memory(options),
            told=lambda key, alerts: metrics.count_alerts(*key, alerts),
            others=None if options.sample else partial(_others, options, members),
        )
        run_on_terminal(app, mouse=not options.no_mouse)
    return errors.DONE


async def _others(options: argparse.Namespace, members: FleetMembers) -> str | None:
    """Which domains there are that are not watched, in a sentence; ``None`` where that cannot be told for now."""
    try:
        found = await profile_members(asked(options), os.environ, all_domains=options.all_domains)
    except (PbxError, ConfigError):
        return None
    await found.close()
    return other_domains(members, found)


def _first(members: FleetMembers, watch: FleetWatch) -> Connection:
    """Any board's connection that can be made: it is never opened. Raises why the last cannot be."""
    problem: Exception | None = None
    for domain in members.domains:
        try:
            return members.open_board(domain, watch.limiter_of(domain.key))
        except (ConfigError, PbxError) as error:
            problem = error
    assert problem is not None
    raise problem


def _memory(options: argparse.Namespace) -> FleetMemory:
    """What was seen and told before, here; of a sample it is gone with the program."""
    return FleetMemory(None if options.sample else state_folder(os.environ) / FILE)


def _written(fleet: Fleet, form: str) -> str:
    match form:
        case "json":
            from queuewatch.report.fleet import fleet_json

            return fleet_json(fleet)
        case "csv":
            from queuewatch.report.fleet import fleet_csv

            return fleet_csv(fleet)
        case "markdown":
            from queuewatch.report.fleet import fleet_markdown

            return fleet_markdown(fleet)
        case "html":
            from queuewatch.report.html.pages import fleet_html

            return fleet_html(fleet)
        case _:
            from queuewatch.report.console import plain_console
            from queuewatch.report.fleet import fleet_text

            return fleet_text(fleet, plain_console())
