"""``queuewatch drills``: the register of proofs and drills. No phone system is asked."""

import argparse
import os
import string
import sys
from datetime import UTC, datetime

from queuewatch.commands import errors
from queuewatch.commands.connecting import asked
from queuewatch.connection.resolve import address_and_domain, chosen_profile
from queuewatch.journal.file import log_path, read_register
from queuewatch.profiles.fields import NO_PROOF_SETTINGS
from queuewatch.proof.register import register
from queuewatch.report.console import laid_out, plain_console
from queuewatch.report.drills import (
    RegisterReport,
    drills_csv,
    drills_json,
    drills_markdown,
    drills_text,
    flaws_of,
    verify_json,
    verify_lines,
)


def run(options: argparse.Namespace) -> int:
    """Write the register, or say whether it was edited."""
    fingerprint = options.fingerprint.strip().casefold()
    if fingerprint and (options.action != "verify" or set(fingerprint) - set(string.hexdigits.casefold())):
        raise errors.UsageError(
            "--fingerprint is one that queuewatch drills has shown, to be verified.",
            "queuewatch drills verify --fingerprint 5f0c2b1e9a774d03",
        )
    log, chain = read_register(log_path(os.environ))
    if options.format != "json":
        # Where an entry was, there may be something else now, which is no part of the chain.
        for problem in log.problems:
            errors.print_error(f"warning: {problem}")
    if options.action == "verify":
        if options.format not in ("text", "json"):
            raise errors.UsageError(
                "What verify found is told as text or JSON.", "Leave out --format, or give --format json."
            )
        if options.format == "json":
            sys.stdout.write(f"{verify_json(chain, fingerprint)}\n")
        else:
            sys.stdout.write(f"{laid_out(verify_lines(chain, fingerprint), plain_console())}\n")
        return errors.FOUND if flaws_of(chain, fingerprint) else errors.DONE
    wishes = asked(options)
    place = address_and_domain(wishes, os.environ)
    # With nothing that says which phone system, it is the register of all.
    profile = chosen_profile(wishes, os.environ) if place is not None else None
    report = RegisterReport(
        entries=register(log, place, profile.proofs if profile else NO_PROOF_SETTINGS),
        chain=chain,
        now=datetime.now(UTC),
        title=profile.name if profile else "",
        domain=place[1] if place else "",
        problems=log.problems,
    )
    sys.stdout.write(f"{_written(report, options.format)}\n")
    return errors.DONE


def _written(report: RegisterReport, form: str) -> str:
    match form:
        case "json":
            return drills_json(report)
        case "csv":
            return drills_csv(report)
        case "markdown":
            return drills_markdown(report)
        case "html":
            from queuewatch.report.html.tested import register_html

            return register_html(report)
        case _:
            return drills_text(report, plain_console())
