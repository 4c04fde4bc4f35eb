"""``queuewatch drill``: what a loss of power would do to every queue, and when."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.reading import asked_moment, check_out, warn, write_report_file
from queuewatch.commands.terminal import write
from queuewatch.commands.waiting import rules_read, told_while_waiting
from queuewatch.connection.connection import Connection
from queuewatch.connection.known_proofs import known_proofs
from queuewatch.failover.drill.drill import drill, drill_clock, site_clock
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lookup import find_agents, find_ip, find_site, known_sites
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.places import canonical_ip
from queuewatch.failover.schedule.at_time import Moment
from queuewatch.failover.schedule.moment_input import check_clock
from queuewatch.failover.wording import listing
from queuewatch.polling.assemble import read_snapshot, with_domain_clock
from queuewatch.polling.devices import DeviceReadBudget, Progress, read_for_drill, stopped, users_to_read
from queuewatch.process.background import held, run_loop
from queuewatch.report.drill import DrillReport, make_drill_report
from queuewatch.report.drill_entry import drill_entry
from queuewatch.storage.folder import os_user

if TYPE_CHECKING:
    from queuewatch.report.matrix import MatrixReport

UNSAID = 20.0
"""Seconds that a command may take without a word."""


async def read_devices_with_progress(connection: Connection, snapshot: Snapshot, scope: DrillScope) -> Snapshot:
    """The snapshot with the phones a drill asks about, or with as many as came until Ctrl+C."""
    users = users_to_read(snapshot, scope)
    leave = DeviceReadBudget(seconds_each=0.0) if connection.is_sample else DeviceReadBudget()
    line = _ProgressLine(leave.seconds_for(len(users)))
    done, total = 0, len(users)

    async def read() -> None:
        nonlocal snapshot, done, total
        async for step in read_for_drill(connection.system, snapshot, scope, leave, clock=connection.clock):
            snapshot, done, total = step.update(snapshot), step.done, step.total
            line.show(step)

    reading = held(read())
    with _until_interrupted(reading) as interrupted:
        try:
            await reading
        except asyncio.CancelledError:
            if not interrupted:
                raise
            snapshot = stopped(done, total)(snapshot)
        finally:
            line.clear()
    return snapshot


@contextmanager
def _until_interrupted(reading: "asyncio.Task[None]") -> Iterator[list[bool]]:
    """Let Ctrl+C end the reading and nothing else. The list is no longer empty once it did."""
    interrupted: list[bool] = []

    def interrupt() -> None:
        interrupted.append(True)
        reading.cancel()

    loop = asyncio.get_running_loop()
    # Where the loop takes no handlers (Windows), Ctrl+C ends the command as it always does.
    with suppress(NotImplementedError, ValueError, RuntimeError):
        loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        yield interrupted
    finally:
        with suppress(NotImplementedError, ValueError, RuntimeError):
            loop.remove_signal_handler(signal.SIGINT)


class _ProgressLine:
    """One line on stderr that is written over, if somebody is there to read it and it takes long enough."""

    def __init__(self, seconds: float) -> None:
        self._shown = seconds > UNSAID and sys.stderr.isatty()
        self._width = 0

    def show(self, step: Progress) -> None:
        seconds = round(step.seconds_to_go)
        self._write(
            f"Reading phones: {step.done} of {step.total}, about {seconds // 60}:{seconds % 60:02} to go "
            "(Ctrl+C goes on with these)"
        )

    def clear(self) -> None:
        self._write("")
        if self._shown:
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r{text.ljust(self._width)}")
            sys.stderr.flush()
            self._width = len(text)


def run(options: argparse.Namespace) -> int:
    """Read, suppose and report."""
    _check(options)
    if options.all_sites:
        return _run_all_sites(options)
    at = asked_moment(options)
    connection = connect_once(options)
    snapshot, scope = run_loop(over(connection, lambda system: _read(connection, options, at)))
    if at is not None and (clock := drill_clock(snapshot, scope)) is not None:
        check_clock(at, clock)
    report = make_drill_report(
        drill(snapshot, scope, at),
        run_by=options.by or os_user(),
        title=connection.title,
        proofs=known_proofs(connection),
    )
    _write(report, options)
    if options.record:
        _record(connection, report, options.took_part)
    return errors.DONE


def _record(connection: Connection, report: DrillReport, names: list[str]) -> None:
    """Put the drill into the register, and say so where it does not spoil the report."""
    journal = connection.journal
    if journal is None:
        raise errors.UsageError("Sample data has no register.", "Leave out --record.")
    took_part = [name.strip() for named in names for name in named.split(",")]
    held = journal.record_drill(
        drill_entry(report, connection.system.address, connection.proofs.target, tuple(filter(None, took_part)))
    )
    errors.print_error(f"Put into the register as number {held.id}: queuewatch drills")


def _run_all_sites(options: argparse.Namespace) -> int:
    """Every site in turn. Phones are read only where that is asked for: it takes a while for all of them."""
    from queuewatch.report.matrix import make_matrix_report

    connection = connect_once(options)
    snapshot = run_loop(over(connection, lambda system: _read_for_sites(connection, options)))
    report = make_matrix_report(snapshot, run_by=options.by or os_user(), title=connection.title)
    text = _matrix_written(report, options.format, to_file=bool(options.out))
    _deliver(text, options, said=report.sentences.values(), problems=snapshot)
    return errors.DONE


async def _read_for_sites(connection: Connection, options: argparse.Namespace) -> Snapshot:
    snapshot = await read_snapshot(connection.system, site_facts=connection.site_facts)
    if options.phones:
        sites = known_sites(snapshot)
        scope = DrillScope(sites=sites) if sites else DrillScope(everything=True)
        snapshot = await read_devices_with_progress(connection, snapshot, scope)
    return snapshot


def _matrix_written(report: "MatrixReport", form: str, *, to_file: bool) -> str:
    from queuewatch.report import matrix

    match form:
        case "json":
            return matrix.matrix_json(report)
        case "csv":
            return matrix.matrix_csv(report)
        case "markdown":
            return matrix.matrix_markdown(report)
        case "html":
            from queuewatch.report.html.pages import matrix_html

            return matrix_html(report)
        case _:
            from queuewatch.report.console import file_console, plain_console

            return matrix.matrix_text(report, file_console() if to_file else plain_console())


def _check_all_sites(options: argparse.Namespace) -> None:
    """Every site in turn, and everything, are supposed by themselves: nothing else can go dark beside them."""
    given = {
        "--site": options.site,
        "--ip": options.ip,
        "--agent": options.agent,
        "--all": options.all,
        "--at": options.at,
        "--record": options.record,
    }
    if also := [option for option, value in given.items() if value]:
        raise errors.UsageError(
            f"--all-sites takes every site in turn, and everything, as they are now: {listing(also)} cannot be "
            "added to it.",
            f"Leave out {listing(also)}, or --all-sites.",
        )


def _check(options: argparse.Namespace) -> None:
    """What needs no phone system to be known for wrong."""
    if options.phones and options.no_phones:
        raise errors.UsageError("Phones are either read or not.", "Leave out --phones or --no-phones.")
    if options.all_sites:
        _check_all_sites(options)
    if options.ip and options.no_phones:
        raise errors.UsageError(
            "Which agents are behind an address only their phones tell.", "Leave out --no-phones."
        )
    if options.took_part and not options.record:
        raise errors.UsageError("--with is for the register.", "Add --record.")
    if options.record and options.sample:
        raise errors.UsageError("Sample data has no register.", "Leave out --record.")
    if options.out:
        check_out(options.out)
    for typed in options.ip:
        if not canonical_ip(typed):
            raise errors.UsageError(f"{typed!r} is not an IP address.", "Such as 203.0.113.10.")


async def _read(
    connection: Connection, options: argparse.Namespace, at: Moment | None
) -> tuple[Snapshot, DrillScope]:
    with told_while_waiting(f"Waiting for the phone system of {connection.system.domain}") as say:
        snapshot = await read_snapshot(connection.system, None, connection.site_facts, rules_read(say))
    scope = _scope(snapshot, options)
    if at is not None and not at.is_instant and site_clock(snapshot, scope) is None:
        snapshot = await with_domain_clock(connection.system, snapshot)
    if not options.no_phones:
        snapshot = await read_devices_with_progress(connection, snapshot, scope)
    _check_ips(snapshot, options.ip)
    return snapshot, scope


def _scope(snapshot: Snapshot, options: argparse.Namespace) -> DrillScope:
    dark_agents: list[str] = options.agent
    scope = DrillScope(
        sites=tuple(dict.fromkeys(find_site(snapshot, typed) for typed in options.site)),
        ips=tuple(dict.fromkeys(canonical_ip(typed) for typed in options.ip)),
        agents=frozenset[str]().union(*(find_agents(snapshot, typed) for typed in dark_agents)),
        everything=options.all,
    )
    if scope.nothing:
        sites = known_sites(snapshot)
        known = f" The sites are {listing(sites, most=8)}." if sites else ""
        raise errors.UsageError(
            "Nothing was said to go dark.", f"Give --site, --ip, --agent, --all or --all-sites.{known}"
        )
    return scope


def _check_ips(snapshot: Snapshot, ips: list[str]) -> None:
    """Complain of an address that nobody is connected from, unless phones are missing that may be."""
    if not any(problem.part is Part.DEVICES for problem in snapshot.problems):
        for typed in ips:
            find_ip(snapshot, typed)


def _write(report: DrillReport, options: argparse.Namespace) -> None:
    text = _written(report, options.format, to_file=bool(options.out))
    _deliver(text, options, said=(report.summary,), problems=report.drill.snapshot)


def _deliver(text: str, options: argparse.Namespace, *, said: Iterable[str], problems: Snapshot) -> None:
    if options.out:
        path = write_report_file(text, options.out)
        write("\n".join((*said, f"Written to {path}")))
    else:
        sys.stdout.write(f"{text}\n")
    if options.format == "csv":
        warn(problems)


def _written(report: DrillReport, form: str, *, to_file: bool) -> str:
    match form:
        case "json":
            from queuewatch.report.drill import drill_json

            return drill_json(report)
        case "csv":
            from queuewatch.report.drill import drill_csv

            return drill_csv(report)
        case "markdown":
            from queuewatch.report.drill_text import drill_markdown

            return drill_markdown(report)
        case "html":
            from queuewatch.report.html.pages import drill_html

            return drill_html(report)
        case _:
            from queuewatch.report.console import file_console, plain_console
            from queuewatch.report.drill_text import drill_text

            return drill_text(report, file_console() if to_file else plain_console())
