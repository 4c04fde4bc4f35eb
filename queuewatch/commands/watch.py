"""``queuewatch watch``: what the board watches, without a screen, for a service manager or a pipe."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.changes import changes
from queuewatch.alerts.documents import alert_document
from queuewatch.alerts.rules import AlertRule, Tell
from queuewatch.alerts.teller import Teller
from queuewatch.commands import wrong
from queuewatch.commands.complaint import complain
from queuewatch.commands.connecting import asked
from queuewatch.commands.ending import End, told_to_end
from queuewatch.commands.kept_past import KeptPast
from queuewatch.config_error import ConfigError
from queuewatch.connect import DEFAULT_INTERVAL, Connection, connect, connect_demo
from queuewatch.failover.lookup import find_queue
from queuewatch.failover.model import Part, Snapshot
from queuewatch.pbx.errors import PbxError, Refused
from queuewatch.pbx.sandbox.stepping import SteppedTime
from queuewatch.sighting import Sighting
from queuewatch.standstill import notice_standstill
from queuewatch.watch import Watch

FAREWELL = 10.0
"""Seconds for which alerts on their way are waited for once the time is up."""

Listener = Callable[[Sighting], None]


def run(options: argparse.Namespace) -> int:
    """Watch until told to end."""
    connection, time = _connection(options)
    return asyncio.run(_watch(options, connection, time))


def _connection(options: argparse.Namespace) -> tuple[Connection, SteppedTime | None]:
    """The connection; for so many seconds of a sample with a time in which nobody has to wait."""
    if not options.sample:
        for option, given in (("--scenario", options.scenario), ("--speed", options.speed != 1.0)):
            if given:
                raise wrong.WrongCommand(f"{option} is for sample data.", "Add --sample NAME.")
        return connect(asked(options), os.environ), None
    if options.seconds is None:
        return connect_demo(asked(options), options.scenario, options.speed), None
    stepped: list[SteppedTime] = []

    def clock_from(start: datetime) -> SteppedTime:
        stepped.append(SteppedTime(start, options.seconds))
        return stepped[0]

    connection = connect_demo(asked(options), options.scenario, clock_from=clock_from)
    return replace(connection, interval=options.interval or DEFAULT_INTERVAL), stepped[0]


async def _watch(options: argparse.Namespace, connection: Connection, time: SteppedTime | None) -> int:
    end = End()
    lines = _Lines(options, connection)
    teller = _teller(options, connection, lines)
    past = KeptPast(connection, partial(_note, "history"))
    # Whatever follows the phone system is told every sighting here, in this order.
    listeners: list[Listener] = [_refuse_at_start, lines.look, teller.sight, past.keep]

    def see(sighting: Sighting) -> None:
        try:
            for listener in listeners:
                listener(sighting)
        except Exception as error:
            end.by_error(error)

    watching = asyncio.create_task(_read(connection, time, see, end))
    if time is None and options.seconds is not None:
        asyncio.get_running_loop().call_later(options.seconds, end.by_time)
    try:
        with told_to_end(end):
            status = await end.reached()
        if end.in_time:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await teller.finish()
        return status
    finally:
        watching.cancel()
        await asyncio.wait({watching})
        await teller.close()
        await asyncio.to_thread(past.close)
        if connection.neighbours is not None:
            connection.neighbours.leave()
        await connection.system.close()


async def _read(connection: Connection, time: SteppedTime | None, see: Listener, end: End) -> None:
    """Watch as a board does, until cancelled or until the time is up."""
    others = connection.neighbours
    boards = others.count if others else lambda: 1
    try:
        if time is None:
            watch = Watch(
                connection.system,
                see,
                interval=connection.interval,
                boards=boards,
                site_facts=connection.site_facts,
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(watch.run())
                tasks.create_task(notice_standstill(watch.woke_up))
                tasks.create_task(_learn_who_asks(connection, watch))
        else:
            watch = Watch(
                connection.system,
                see,
                interval=connection.interval,
                monotonic=time.seconds,
                wall=time.seconds,
                pause=time.pause,
                site_facts=connection.site_facts,
            )
            async with asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(watch.run())
                await time.over.wait()
                reading.cancel()
            end.by_time()
    except Exception as error:
        end.by_error(error)


async def _learn_who_asks(connection: Connection, watch: Watch) -> None:
    """How much of the domain the lists show hangs on it; where nobody tells, the queues' counts alone do."""
    with suppress(PbxError):
        watch.identify(await connection.system.read_identity())


def _teller(options: argparse.Namespace, connection: Connection, lines: "_Lines") -> Teller:
    """Writes the lines, and tells whomever the profile's rules name, but for who would sit at a board.

    Raises :class:`ConfigError` for a webhook that cannot be used: nobody would miss what it does not tell.
    """
    rules = tuple(replace(rule, tell=()) for rule in connection.alerts if rule.webhook_env or rule.command)
    teller = Teller(
        (AlertRule(hold=options.hold), *rules),
        connection.title,
        clock=connection.clock,
        environ=os.environ,
        secret=connection.token_env,
        note=_note,
        here=lines.tell,
        initial=options.initial,
    )
    for sentence in teller.missing:
        raise ConfigError(
            sentence, "Set it where this runs (export, or EnvironmentFile= of the service), or take the rule out."
        )
    return teller


def _note(what: str, trouble: str) -> None:
    # Where nobody listens to complaints either, the watch goes on.
    if trouble:
        with suppress(OSError):
            complain(trouble)


def _refuse_at_start(sighting: Sighting) -> None:
    """Raise :class:`Refused` for credentials that were never accepted; later on, others may come to be."""
    trouble = sighting.trouble
    if trouble is not None and trouble.refused and Part.LIVE not in sighting.snapshot.read_at:
        raise Refused(trouble.sentence, trouble.hint)


class _Lines:
    """What is written: alerts, and every change if that was asked for, of the queues that were asked for."""

    def __init__(self, options: argparse.Namespace, connection: Connection) -> None:
        self._typed: tuple[str, ...] = tuple(options.queues)
        self._queues: frozenset[str] | None = None
        self._as_text: bool = options.format == "text"
        self._every_change: bool = options.every_change
        self._profile = connection.title
        self._last: Sighting | None = None

    def look(self, sighting: Sighting) -> None:
        """Write every change. Raises :class:`~queuewatch.failover.lookup.NotFound` for a queue there is not."""
        if self._queues is None and self._typed and Part.LIVE in sighting.snapshot.read_at:
            self._queues = self._find(sighting.snapshot)
        if self._every_change:
            for change in changes(self._profile, self._last, sighting):
                self._write(str(change["queue"]), sighting.snapshot.taken_at, change)
            self._last = sighting

    def tell(self, told: Mapping[Tell, tuple[Alert, ...]]) -> None:
        """Write the alerts."""
        for alert in told[Tell.SCREEN]:
            self._write(alert.queue, alert.at, alert_document(self._profile, alert))

    def _find(self, snapshot: Snapshot) -> frozenset[str]:
        return frozenset(find_queue(snapshot.queues, name).extension for name in self._typed)

    def _write(self, queue: str, at: datetime, document: Mapping[str, object]) -> None:
        if queue and self._queues is not None and queue not in self._queues:
            return
        text = f"{at.astimezone():%Y-%m-%d %H:%M:%S}  {document['sentence']}"
        sys.stdout.write(f"{text if self._as_text else json.dumps(document)}\n")
        sys.stdout.flush()
