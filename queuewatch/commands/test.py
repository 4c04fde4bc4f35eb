"""``queuewatch test``: whether what must hold of the failover holds, as a file says it."""

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.reading import check_new, check_out, warn, write_report_file
from queuewatch.commands.setting_up import plan_folders, read_all
from queuewatch.connection.connection import Connection
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Snapshot
from queuewatch.failover.wording import listing
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.polling.assemble import with_domain_clock
from queuewatch.process.background import run_loop
from queuewatch.report.console import plain_console
from queuewatch.report.expectations import ExpectationReport, write_expectations
from queuewatch.setup.expectations import Checker, ExpectationFile, learned, load_expectations
from queuewatch.setup.named_plans import find_setup
from queuewatch.setup.setup_file import SetupFileError
from queuewatch.text.plain_text import visible

PROVEN = ("proven", "reached")
"""The outcomes of a live test in which the call came where it should."""
FAILED = "not_proven"
"""That of one in which it did not."""


def run(options: argparse.Namespace) -> int:
    """Read the files, read the phone system, and hold one against the other."""
    if options.learn:
        return _learn(options)
    if not options.files:
        raise errors.UsageError(
            "No file of expectations was named.", "Name one, or let today write it: queuewatch test --learn FILE"
        )
    connection = connect_once(options)
    folders = plan_folders(connection)
    files = [load_expectations(find_setup(name, *folders)) for name in options.files]
    snapshot = run_loop(over(connection, lambda system: _read(system, connection, files, options)))
    for file in files:
        refuse_other_domain(file, snapshot.domain)
    checker = Checker(snapshot, proven(connection))
    checked = tuple(checker.check(expectation) for file in files for expectation in file.expectations)
    report = ExpectationReport(snapshot, checked, options.uncertain_ok)
    if written := write_expectations(report, options.format, plain_console()):
        sys.stdout.write(f"{written}\n")
    if options.format == "text":
        warn(snapshot)
    return errors.FOUND if report.fails else errors.DONE


def refuse_other_domain(file: ExpectationFile, domain: str) -> None:
    """Return if the file is about this domain, or does not say. Raises :class:`SetupFileError`."""
    if file.domain and file.domain.casefold() != domain.casefold():
        raise SetupFileError(
            f"{file.domain_place}: the file is about {visible(file.domain)}, and {domain} is connected.",
            "Name the profile or the domain it belongs to.",
        )


def proven(connection: Connection) -> Mapping[str, datetime]:
    """When each queue was last proven by a live test that this machine's log knows of, by extension."""
    system = connection.system
    if connection.journal is None:
        return {}
    found: dict[str, datetime] = {}
    for proof in connection.journal.read().proofs:
        if (proof.server, proof.domain) != (system.address, system.domain) or proof.ended is None:
            continue
        if proof.ended.outcome in PROVEN:
            found[proof.queue] = proof.ended.at
        elif proof.ended.outcome == FAILED:
            # What an earlier one has shown is not so any more.
            found.pop(proof.queue, None)
    return found


async def _read(
    system: PhoneSystem, connection: Connection, files: list[ExpectationFile], options: argparse.Namespace
) -> Snapshot:
    snapshot, _ = await read_all(system, connection)
    expectations = [expectation for file in files for expectation in file.expectations]
    if any(expectation.at is not None for expectation in expectations):
        snapshot = await with_domain_clock(system, snapshot)
    if options.phones:
        from queuewatch.commands.drill import read_devices_with_progress

        snapshot = await read_devices_with_progress(connection, snapshot, DrillScope(everything=True))
    return snapshot


def _learn(options: argparse.Namespace) -> int:
    if len(options.files) > 1:
        raise errors.UsageError(f"--learn writes one file, not {listing(options.files)}.", "Name one.")
    if options.files:
        check_new(check_out(options.files[0]), "Name another file and compare the two, or remove it first.")
    connection = connect_once(options)
    snapshot = run_loop(over(connection, lambda system: _read(system, connection, [], options)))
    text = learned(snapshot)
    if options.files:
        errors.print_error(f"Written to {write_report_file(text.removesuffix(chr(10)), options.files[0])}.")
    else:
        sys.stdout.write(text)
    warn(snapshot)
    return errors.DONE
