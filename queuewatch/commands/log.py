"""``queuewatch log``: the changes made through queuewatch. No phone system is asked."""

import argparse
import os
import sys

from queuewatch.commands import errors
from queuewatch.commands.connecting import asked
from queuewatch.commands.errors import print_error
from queuewatch.connection.resolve import address_and_domain
from queuewatch.journal import log_path, read_log
from queuewatch.report.log import LogReport, log_report, write_log


def run(options: argparse.Namespace) -> int:
    """Read the log and write it."""
    place = None if options.all_servers else address_and_domain(asked(options), os.environ)
    report = log_report(read_log(log_path(os.environ)), place, options.queue, options.limit)
    sys.stdout.write(f"{write_log(report, options.format)}\n")
    if options.format != "json":
        _warn(report)
    return errors.DONE


def _warn(report: LogReport) -> None:
    for problem in report.problems:
        print_error(f"warning: {problem}")
