"""``queuewatch watch``: what the board watches, without a screen, for a service manager or a pipe."""

import argparse
import asyncio
import errno
import json
import os
import select
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.detector import duration_words
from queuewatch.alerts.dispatcher import Dispatcher, Locally, Note
from queuewatch.alerts.documents import alert_document, changes
from queuewatch.app.history import HistoryKeeper
from queuewatch.commands import errors
from queuewatch.commands.connecting import asked, connect_to_broker, look_again
from queuewatch.commands.errors import complaint_text
from queuewatch.commands.terminal import LineStream
from queuewatch.connection.connection import DEFAULT_INTERVAL, Connection, ConnectionOptions
from queuewatch.connection.resolve import chosen_profile, connect
from queuewatch.connection.sample import connect_demo
from queuewatch.failover.lookup import find_queue
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.wording import plural
from queuewatch.metrics.metrics import Metrics
from queuewatch.metrics.server import serve_metrics
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.sandbox.stepped_clock import SteppedClock
from queuewatch.polling.poller import Poller, detect_sleep
from queuewatch.polling.state import LiveState, StateSource
from queuewatch.process.background import (
    ProgramFault,
    alongside,
    heard_by,
    held,
    in_background,
    listen_to_loop,
    run_loop,
)
from queuewatch.process.background import end as end_tasks
from queuewatch.process.clocks import real_seconds
from queuewatch.process.deadline import ended_in_time
from queuewatch.process.garbage import kept_down, put_off
from queuewatch.profiles.alert_rules import AlertRule, LocalReceiver
from queuewatch.profiles.config import Profile, config_path
from queuewatch.profiles.fields import ConfigError
from queuewatch.storage.fault_log import REPORT_IT, write_down
from queuewatch.storage.folder import typed_path
from queuewatch.text.plain_text import harmless_document, harmless_lines, one_line

if TYPE_CHECKING:
    from queuewatch.setup.promises import Promises

LONGEST_NAP = 5.0
"""Seconds between two looks at a clock that goes on while the machine sleeps."""
BESIDE = 60
"""Columns from which on a sentence stands beside its moment, not below it."""


class StopSignals:
    """The end of a command, whichever way it comes first."""

    def __init__(self) -> None:
        self._reached: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.in_time = False
        """Whether it came because the time was up: then there is time to finish."""

    async def reached(self) -> int:
        """Wait for it; gives the exit status, or raises what it ended by."""
        return await self._reached

    def by_time(self) -> None:
        """The time is up."""
        self.in_time = not self._reached.done()
        self._with(errors.DONE)

    def by_request(self) -> None:
        """Somebody wants it to end."""
        self._with(errors.DONE)

    def by_error(self, error: BaseException) -> None:
        """It cannot go on."""
        if not self._reached.done():
            self._reached.set_exception(error)

    def _with(self, status: int) -> None:
        if not self._reached.done():
            self._reached.set_result(status)


def after_real_seconds(seconds: float, call: Callable[[], None]) -> None:
    """Call it after so many seconds, those in which the machine slept among them."""
    loop, until = asyncio.get_running_loop(), real_seconds() + seconds

    def look() -> None:
        left = until - real_seconds()
        if left <= 0:
            call()
        else:
            # The loop's own clock may stand still in sleep.
            loop.call_later(min(left, LONGEST_NAP), look)

    look()


class Totals:
    """What a watch amounts to, told at its end."""

    def __init__(self) -> None:
        self._begun = real_seconds()
        self._read = 0
        self._last: datetime | None = None
        self._away_since: float | None = None
        self._away = 0.0

    def see(self, live_state: "LiveState") -> None:
        """Count what was read, and the time in which nothing could be."""
        now = real_seconds()
        if live_state.trouble is not None:
            self._away_since = now if self._away_since is None else self._away_since
        elif self._away_since is not None:
            self._away += now - self._away_since
            self._away_since = None
        if live_state.trouble is None and live_state.snapshot.taken_at != self._last:
            self._read += Part.LIVE in live_state.snapshot.read_at
            self._last = live_state.snapshot.taken_at

    def sentence(self, lines: int) -> str:
        """All of it, and how many lines were written."""
        now = real_seconds()
        away = self._away + (now - self._away_since if self._away_since is not None else 0.0)
        without = f", {duration_words(timedelta(seconds=away))} of it without an answer" if away >= 1 else ""
        return (
            f"Watched for {duration_words(timedelta(seconds=now - self._begun))}{without}: "
            f"read {plural(self._read, 'time')}, {plural(lines, 'line')} written."
        )


@contextmanager
def told_to_end(end: StopSignals) -> Iterator[None]:
    """While the block runs, SIGTERM and a closed terminal end it, and so does who closes the pipe it writes to.

    After either of the first two the whole process is gone within a time, whatever holds it up.
    """
    loop = asyncio.get_running_loop()
    pipe = _pipe()

    def look() -> None:
        if pipe is not None and _is_closed(pipe):
            end.by_error(BrokenPipeError())
        if pipe is not None:
            loop.remove_reader(pipe)

    def leave() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(end.by_request)

    # Windows' loop watches no files; a write will find out.
    if pipe is not None:
        with suppress(NotImplementedError, OSError):
            loop.add_reader(pipe, look)
    try:
        # Whoever started it with nohup wants it to outlive the terminal.
        with ended_in_time(leave, heed_nohup=True):
            yield
    finally:
        if pipe is not None:
            with suppress(NotImplementedError, OSError):
                loop.remove_reader(pipe)


def _pipe() -> int | None:
    """Standard output, if it is a pipe: of a closed one nothing is heard before something is written."""
    with suppress(OSError, ValueError, AttributeError):
        file = sys.stdout.fileno()
        if stat.S_ISFIFO(os.fstat(file).st_mode):
            return file
    return None


def _is_closed(pipe: int) -> bool:
    poll = select.poll()
    poll.register(pipe, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


FAREWELL = 10.0
"""Seconds for which alerts on their way are waited for once the time is up."""

SHORT_FAREWELL = 0.5
"""Seconds for which somebody is waited for who does not read, when it is told to end."""

Listener = Callable[[LiveState], None]


def run(options: argparse.Namespace) -> int:
    """Watch until told to end; or only write the unit by which a service manager does."""
    if options.unit is not None:
        return _print_unit(options)
    if options.metrics is not None and options.at_once is not None:
        raise errors.UsageError(
            "Nobody could ask for metrics of what is gone through at once.", "Leave out --at-once."
        )
    connection, time = _connection(options)
    if time is None:
        put_off()
    with serve_metrics(options.metrics, errors.print_error) as metrics:
        return run_loop(_watch(options, connection, time, metrics))


def _print_unit(options: argparse.Namespace) -> int:
    if options.sample:
        raise errors.UsageError("There is no unit for sample data.", "Leave out --sample.")
    from queuewatch.commands.service_unit import unit

    kind = "" if options.unit is True else options.unit
    wishes = asked(options)
    profile = _profile_at_broker(wishes) if wishes.nats else chosen_profile(wishes, os.environ)
    sys.stdout.write(unit(kind, options, profile, os.environ, wishes.nats))
    return errors.DONE


def _profile_at_broker(wishes: ConnectionOptions) -> Profile:
    """What a unit is named after that reads a domain from a broker, and the secret that it needs."""
    from queuewatch.connection.shared import wanted
    from queuewatch.fleet.broker.settings import TOKEN, broker_settings

    # An address that holds a password has no place in a file that others read.
    broker_settings(os.environ, wishes.nats, wishes.nats_creds)
    meant = wanted(wishes, os.environ)
    profile = meant.profile or Profile(meant.domain or "broker", meant.server, meant.domain)
    return replace(profile, token_env=TOKEN)


def _connection(options: argparse.Namespace) -> tuple[Connection, SteppedClock | None]:
    """The connection; for so many seconds of a sample at once with a time in which nobody has to wait."""
    if not options.sample:
        given_for_samples = (options.scenario, options.speed != 1.0, options.at_once is not None)
        for option, given in zip(("--scenario", "--speed", "--at-once"), given_for_samples, strict=True):
            if given:
                raise errors.UsageError(f"{option} is for sample data.", "Add --sample NAME.")
        wishes = asked(options)
        if wishes.nats:
            return run_loop(connect_to_broker(wishes, on_screen=True)), None
        return connect(wishes, os.environ), None
    if options.at_once is None:
        return connect_demo(asked(options), options.scenario, options.speed), None
    stepped: list[SteppedClock] = []

    def clock_from(start: datetime) -> SteppedClock:
        stepped.append(SteppedClock(start, options.at_once))
        return stepped[0]

    connection = connect_demo(asked(options), options.scenario, clock_from=clock_from)
    return replace(connection, interval=options.interval or DEFAULT_INTERVAL), stepped[0]


async def _watch(
    options: argparse.Namespace, connection: Connection, time: SteppedClock | None, metrics: Metrics
) -> int:
    end = StopSignals()
    out, err = _streams(end, time)
    with heard_by(partial(_hear, err)):
        listen_to_loop()
        return await _watch_until(end, options, connection, time, out, err, metrics)


async def _watch_until(
    end: StopSignals,
    options: argparse.Namespace,
    connection: Connection,
    time: SteppedClock | None,
    out: LineStream,
    err: LineStream,
    metrics: Metrics,
) -> int:
    note = partial(_note, err)
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    lines = _Lines(options, connection, out, on_terminal)
    domain = (connection.system.address, connection.system.domain)
    metrics.follow(*domain)

    def measure(live_state: LiveState) -> None:
        metrics.see(*domain, live_state, connection.age())

    def tell(alerts: Mapping[LocalReceiver, tuple[Alert, ...]]) -> None:
        metrics.count_alerts(*domain, alerts[LocalReceiver.SCREEN])
        lines.tell(alerts)

    dispatcher = _dispatcher(options, connection, tell, note)
    # A sample's past is its own.
    history = HistoryKeeper(None if connection.is_sample else connection.history)
    totals = Totals()

    def keep(live_state: LiveState) -> None:
        history.record(live_state)
        note("history", history.take_note(with_problem=True))

    promises = _promises(options, connection)

    def alert(live_state: LiveState) -> None:
        others: tuple[Alert, ...] = ()
        if promises is not None:
            others = promises.look(live_state)
            note("promises", promises.take_beginning())
        dispatcher.sight(live_state, others)

    # Whatever follows the phone system is told every live state here, in this order.
    beginning = _Beginning(err, on_terminal)
    listeners: list[Listener] = [beginning.see, totals.see, measure, lines.look, alert, keep]
    if on_terminal:
        note("", _introduction(options, connection))
    started = asyncio.Event()

    def see(live_state: LiveState) -> None:
        try:
            for listener in listeners:
                listener(live_state)
        except Exception as error:
            end.by_error(error)
        started.set()

    watching = held(_read(connection, time, see, end, started))
    if time is None and options.seconds is not None:
        after_real_seconds(options.seconds, end.by_time)
    try:
        with told_to_end(end):
            await look_again(connection)
            status = await end.reached()
        if end.in_time:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await dispatcher.finish()
        await asyncio.to_thread(out.finish, FAREWELL if end.in_time else SHORT_FAREWELL)
        return status
    finally:
        await end_tasks(watching)
        await dispatcher.close()
        await asyncio.to_thread(history.close)
        if connection.peers is not None:
            connection.peers.leave()
        await connection.system.close()
        if on_terminal:
            note("", totals.sentence(lines.written))
        err.finish(SHORT_FAREWELL)


def _streams(end: StopSignals, time: SteppedClock | None) -> tuple[LineStream, LineStream]:
    """Where lines go and where complaints go. The watch goes on if neither is read, and ends with its reader."""
    loop = asyncio.get_running_loop()

    def failed(error: OSError) -> None:
        # A terminal that is gone says so in its own way.
        gone = BrokenPipeError() if error.errno in (errno.EPIPE, errno.EIO) else error
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(end.by_error, gone)

    # Of a time that is stepped through nothing is missed: whoever reads slowly is to have every line.
    waits = time is not None
    err = LineStream(sys.stderr, waits=waits)

    def left_out(lines: int) -> None:
        err.write(complaint_text(f"{lines} lines were left out while nobody read them."))

    return LineStream(sys.stdout, waits=waits, left_out=left_out, failed=failed), err


async def _read(
    connection: Connection, time: SteppedClock | None, see: Listener, end: StopSignals, started: asyncio.Event
) -> None:
    """Watch as a board does, until cancelled or until the time is up."""
    others = connection.peers
    boards = others.count if others else lambda: 1
    try:
        if time is None:
            watch: StateSource = (
                connection.source(see)
                if connection.source is not None
                else Poller(
                    connection.system,
                    see,
                    interval=connection.interval,
                    boards=boards,
                    site_facts=connection.site_facts,
                )
            )
            asking = in_background(_learn_who_asks(connection, watch), "asking whose credentials these are")
            try:
                async with alongside(detect_sleep(watch.resumed), kept_down(started)):
                    await watch.run()
            finally:
                asking.cancel()
        else:
            stepped = Poller(
                connection.system,
                see,
                interval=connection.interval,
                monotonic=time.seconds,
                wall=time.seconds,
                pause=time.pause,
                site_facts=connection.site_facts,
            )
            async with alongside(stepped.run()):
                await time.over.wait()
            end.by_time()
    except Exception as error:
        end.by_error(error)


async def _learn_who_asks(connection: Connection, watch: StateSource) -> None:
    """How much of the domain the lists show hangs on it; where nobody tells, the queues' counts alone do."""
    with suppress(PbxError):
        watch.identify(await connection.system.read_identity())


def _promises(options: argparse.Namespace, connection: Connection) -> "Promises | None":
    """What must hold, by the option or the profile. Raises :class:`SetupFileError`."""
    name = options.expect
    if not name and not connection.is_sample and connection.source is None:
        expected = chosen_profile(asked(options), os.environ).expect
        name = str(config_path(os.environ).parent / typed_path(expected)) if expected else ""
    if not name:
        return None
    # What it takes is loaded where something is expected.
    from queuewatch.commands.setting_up import plan_folders
    from queuewatch.commands.test import refuse_other_domain
    from queuewatch.setup.expectations import load_expectations
    from queuewatch.setup.named_plans import find_setup
    from queuewatch.setup.promises import Promises

    file = load_expectations(find_setup(name, *plan_folders(connection)))
    refuse_other_domain(file, connection.system.domain)
    return Promises(file.expectations, initial=options.initial)


def _dispatcher(options: argparse.Namespace, connection: Connection, here: Locally, note: Note) -> Dispatcher:
    """Writes the lines, and tells whomever the profile's rules name, but for who would sit at a board.

    Raises :class:`ConfigError` for a webhook that cannot be used: nobody would miss what it does not tell.
    """
    rules = tuple(replace(rule, tell=()) for rule in connection.alerts if rule.webhook_env or rule.command)
    dispatcher = Dispatcher(
        (AlertRule(hold=options.hold), *rules),
        connection.title,
        clock=connection.clock,
        environ=os.environ,
        secret=connection.token_env,
        note=note,
        here=here,
        initial=options.initial,
        quiets=connection.quiets(),
    )
    for sentence in dispatcher.missing:
        raise ConfigError(
            sentence, "Set it where this runs (export, or EnvironmentFile= of the service), or take the rule out."
        )
    return dispatcher


def _note(err: LineStream, what: str, trouble: str) -> None:
    # Where nobody listens to complaints either, the watch goes on.
    if trouble:
        with suppress(OSError):
            err.write(complaint_text(trouble))


def _hear(err: LineStream, fault: ProgramFault) -> None:
    write_down(os.environ, fault)
    err.write(complaint_text(fault.sentence, REPORT_IT))


def _introduction(options: argparse.Namespace, connection: Connection) -> str:
    """What is watched, and how to end it."""
    what = f"the queues {', '.join(options.queues)}" if options.queues else "every queue"
    where = "sample data" if connection.is_sample else connection.system.address
    ends = f"It ends after {options.seconds:g} seconds, or by Ctrl+C" if options.seconds else "Ctrl+C ends it"
    return (
        f"Watching {what} of {connection.title} ({connection.system.domain}, {where}) "
        f"every {connection.interval:g} seconds. {ends}."
    )


class _Beginning:
    """Says how it begins: why there is nothing to watch yet, and that there is.

    Later on, trouble is an alert like any other. Whatever it is, it is tried again: credentials that are refused
    at night may have been put right by the morning.
    """

    def __init__(self, err: LineStream, on_terminal: bool) -> None:
        self._err = err
        self._on_terminal = on_terminal
        self._shown: set[str] = set()
        self._begun = False

    def see(self, live_state: LiveState) -> None:
        """Say what is new."""
        if self._begun:
            return
        trouble = live_state.trouble
        if Part.LIVE in live_state.snapshot.read_at:
            self._begun = True
            if self._shown or self._on_terminal:
                snapshot = live_state.snapshot
                agents = sum(len(snapshot.agents_of(queue.extension)) for queue in snapshot.call_queues)
                queues = plural(len(snapshot.call_queues), "queue")
                _note(self._err, "", f"The phone system answers: {queues}, {plural(agents, 'agent')} in them.")
        elif trouble is not None and trouble.sentence not in self._shown:
            self._shown.add(trouble.sentence)
            self._err.write(complaint_text(f"{trouble.sentence} It is tried again.", trouble.hint))


class _Lines:
    """What is written: alerts, and every change if that was asked for, of the queues that were asked for."""

    def __init__(
        self, options: argparse.Namespace, connection: Connection, out: LineStream, on_terminal: bool
    ) -> None:
        self._out = out
        self.written = 0
        """How many lines there were."""
        self._typed: tuple[str, ...] = tuple(options.queues)
        self._queues: frozenset[str] | None = None
        self._on_terminal = on_terminal
        self._as_text: bool = (options.format or ("text" if on_terminal else "json")) == "text"
        self._every_change: bool = options.every_change
        self._profile = connection.title
        self._last: LiveState | None = None

    def look(self, live_state: LiveState) -> None:
        """Write every change. Raises :class:`~queuewatch.failover.lookup.NotFound` for a queue there is not."""
        if self._queues is None and self._typed and Part.LIVE in live_state.snapshot.read_at:
            self._queues = self._find(live_state.snapshot)
        if self._every_change:
            for change in changes(self._profile, self._last, live_state):
                self._write(str(change["queue"]), live_state.snapshot.taken_at, change)
            self._last = live_state

    def tell(self, alerts: Mapping[LocalReceiver, tuple[Alert, ...]]) -> None:
        """Write the alerts."""
        for alert in alerts[LocalReceiver.SCREEN]:
            aside = f" (Nobody is told: {alert.quiet.words}.)" if alert.quiet is not None else ""
            self._write(alert.queue, alert.at, alert_document(self._profile, alert), aside)

    def _find(self, snapshot: Snapshot) -> frozenset[str]:
        return frozenset(find_queue(snapshot.queues, name).extension for name in self._typed)

    def _write(self, queue: str, at: datetime, document: Mapping[str, object], aside: str = "") -> None:
        if queue and self._queues is not None and queue not in self._queues:
            return
        if self._as_text:
            line = self._laid_out(f"{at.astimezone():%Y-%m-%d %H:%M:%S}", f"{document['sentence']}{aside}")
        else:
            line = json.dumps(harmless_document(document))
        self._out.write(f"{harmless_lines(line)}\n")
        self.written += 1

    def _laid_out(self, moment: str, sentence: str) -> str:
        """One line in a file or a pipe; on a terminal as many as it takes, none broken within a word."""
        if not self._on_terminal:
            return f"{moment}  {sentence}"
        from rich.text import Text

        from queuewatch.report.console import WIDEST, plain_console

        # A terminal may get another width at any time.
        console = plain_console()
        beside = console.width >= BESIDE
        new_line = "\n" + " " * (len(moment) + 2 if beside else 2)
        width = min(console.width, WIDEST) - len(new_line) + 1
        lines = Text(one_line(sentence)).wrap(console, width)
        return moment + ("  " if beside else new_line) + new_line.join(line.plain.rstrip() for line in lines)
