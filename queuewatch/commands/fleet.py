"""``queuewatch fleet``: every domain at once, which needs a call first."""

import argparse
import asyncio
import os
import sys

from queuewatch.commands import errors
from queuewatch.commands.connecting import RETRIES, asked
from queuewatch.connection.fleet import FleetProfile, fleet_profiles, sample_domains
from queuewatch.connection.sample import refuse_with_sample
from queuewatch.fleet.standing import Fleet
from queuewatch.fleet.watch import FleetDomain, read_fleet
from queuewatch.process.background import run_loop


def run(options: argparse.Namespace) -> int:
    """Read every domain once and write where each stands, or open the screen."""
    fleet = run_loop(_read(options))
    sys.stdout.write(f"{_written(fleet, options.format)}\n")
    return errors.NO_ANSWER if any(standing.error for standing in fleet.domains) else errors.DONE


async def _read(options: argparse.Namespace) -> Fleet:
    if options.sample:
        refuse_with_sample(asked(options))
        # The companies stand still at one moment, and so does the fleet's clock.
        return await read_fleet(*sample_domains(options.sample), window=0.0)
    profiles = fleet_profiles(asked(options), os.environ, all_domains=options.all_domains, retries=RETRIES)
    try:
        return await read_fleet(await domains_of(profiles, all_domains=options.all_domains))
    finally:
        for profile in profiles:
            await profile.connection.system.close()


async def domains_of(profiles: tuple[FleetProfile, ...], *, all_domains: bool) -> tuple[FleetDomain, ...]:
    """The domains of all profiles, each once. Raises
    :class:`~queuewatch.pbx.errors.PbxError` where a list of them cannot be read."""
    listed = await asyncio.gather(*(profile.domains(all_domains=all_domains) for profile in profiles))
    found: dict[tuple[str, str], FleetDomain] = {}
    for domain in (domain for domains in listed for domain in domains):
        found.setdefault(domain.key, domain)
    return tuple(found.values())


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
