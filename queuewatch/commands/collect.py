"""``queuewatch collect``: read every domain once for everybody, and keep what is found in a broker."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from queuewatch.commands import errors
from queuewatch.commands.connecting import asked
from queuewatch.commands.terminal import LineStream
from queuewatch.connection.connection import DEFAULT_INTERVAL
from queuewatch.connection.fleet import FleetMembers, profile_members
from queuewatch.fleet.broker.bucket import BrokerRefused, require_library
from queuewatch.fleet.broker.collect import Collector
from queuewatch.fleet.broker.settings import BrokerSettings, broker_settings
from queuewatch.fleet.watch import FleetDomain, FleetWatch
from queuewatch.metrics.metrics import Metrics
from queuewatch.metrics.server import serve_metrics
from queuewatch.pbx.errors import PbxError
from queuewatch.polling.state import LiveState
from queuewatch.process.background import ProgramFault, heard_by, listen_to_loop, run_loop
from queuewatch.process.deadline import ended_in_time
from queuewatch.profiles.fields import ConfigError
from queuewatch.storage.fault_log import REPORT_IT, write_down
from queuewatch.text.plain_text import one_line

LISTED_EVERY = 600.0
"""Seconds between two looks at which domains there are: the profiles, and what a reseller's token sees."""
FAREWELL = 0.5
"""Seconds for which whoever reads the lines is waited for at the end."""


def run(options: argparse.Namespace) -> int:
    """Collect until told to end."""
    settings = broker_settings(os.environ, options.nats, options.nats_creds)
    try:
        require_library()
    except BrokerRefused as error:
        # Before there is a broker to come back it is a mistake like any other in how things are set up.
        raise ConfigError(str(error), error.hint) from None
    with serve_metrics(options.metrics, errors.print_error) as metrics:
        return run_loop(_collect(options, settings, metrics))


async def _collect(options: argparse.Namespace, settings: BrokerSettings, metrics: Metrics) -> int:
    members = await _members(options)
    out = LineStream(sys.stderr)
    ended = asyncio.Event()
    try:
        with heard_by(partial(_hear, out)), _told_to_end(ended):
            listen_to_loop()
            while True:
                collector = _collector(options, settings, metrics, members, partial(_write, out))
                others = await collector.run(_other_members(options, members, ended))
                if others is None:
                    return errors.DONE
                await members.close()
                members = others
                _write(out, "There are other domains than before; it begins anew with those.")
    finally:
        await members.close()
        await asyncio.to_thread(out.finish, FAREWELL)


async def _members(options: argparse.Namespace) -> FleetMembers:
    wishes = replace(asked(options), nats="", nats_creds="", read_only=True)
    return await profile_members(wishes, os.environ, all_domains=options.all_domains)


async def _other_members(
    options: argparse.Namespace, members: FleetMembers, ended: asyncio.Event
) -> FleetMembers | None:
    """Wait until there are other domains, which are given; or ``None`` once it is told to end."""
    known = {domain.key for domain in members.domains}
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(LISTED_EVERY):
                await ended.wait()
            return None
        try:
            found = await _members(options)
        except (PbxError, ConfigError):
            # What cannot be listed now is as it was.
            continue
        # A server that does not say for now which domains it has still has them.
        lists = found.broken <= members.broken
        if lists and ({domain.key for domain in found.domains} != known or found.broken != members.broken):
            return found
        await found.close()


def _collector(
    options: argparse.Namespace,
    settings: BrokerSettings,
    metrics: Metrics,
    members: FleetMembers,
    tell: Callable[[str], None],
) -> Collector:
    interval = options.interval or DEFAULT_INTERVAL
    watch = FleetWatch(members.domains, interval=interval, window=members.window, clock=members.clock)
    collector = Collector(
        settings,
        watch,
        tell=tell,
        interval=interval,
        takes=lambda domain: metrics.follow(*domain.key),
        gives=lambda domain: metrics.forget(*domain.key),
    )
    watch.tell(partial(_measure, metrics, collector))
    return collector


def _measure(metrics: Metrics, collector: Collector, domain: FleetDomain, live_state: LiveState) -> None:
    if domain.key in collector.held:
        # What another collector has left behind is as old as the broker says.
        metrics.see(*domain.key, live_state, collector.age(domain.key))


def _told_to_end(ended: asyncio.Event) -> AbstractContextManager[object]:
    """While the block runs, SIGTERM, SIGHUP and Ctrl+C set the event; after the first two it is over in time."""
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError, ValueError, RuntimeError):
        loop.add_signal_handler(signal.SIGINT, ended.set)

    def leave() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    return ended_in_time(leave, heed_nohup=True)


def _write(out: LineStream, line: str) -> None:
    out.write(f"{datetime.now().astimezone():%H:%M:%S} {one_line(line)}\n")


def _hear(out: LineStream, fault: ProgramFault) -> None:
    write_down(os.environ, fault)
    _write(out, f"{fault.sentence} {REPORT_IT}")
