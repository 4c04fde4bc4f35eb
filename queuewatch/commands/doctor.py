"""``queuewatch doctor``: is everything there that queuewatch needs, and if not, what to do."""

import argparse
import asyncio
import os
import sys
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from queuewatch.commands import wrong
from queuewatch.commands.connecting import asked
from queuewatch.commands.surroundings import check_surroundings
from queuewatch.config import Config, ConfigError, Profile, config_path, load_config
from queuewatch.connection.connection import Connection
from queuewatch.connection.resolve import chosen_profile, connect
from queuewatch.failover.words import plural
from queuewatch.pbx.checks import Check, CheckState, Seen, bad, good, skipped
from queuewatch.pbx.environment import BadEnvironment
from queuewatch.pbx.errors import BadConnection, NotKept
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.netsapiens.checkup import SPACING, Checkup
from queuewatch.pbx.netsapiens.client import NetsapiensDomain
from queuewatch.pbx.netsapiens.reach import check_events, check_reach
from queuewatch.plain_text import one_line
from queuewatch.report.as_bundle import bundle_files
from queuewatch.report.as_checkup import as_json, check_text, summary
from queuewatch.report.console import plain_console
from queuewatch.report.own_words import own_words
from queuewatch.report.redaction import Redactor


@dataclass(slots=True)
class _Found:
    """What was found on the way, for the bundle."""

    config: Config | None = None
    profile: Profile | None = None
    seen: Seen = field(default_factory=Seen)


def run(options: argparse.Namespace) -> int:
    """Check one after the other, and say each as soon as it is known."""
    bundle = Path(options.bundle).expanduser() if options.bundle else None
    if bundle is not None:
        _check_new(bundle)
    found = _Found()
    checks = asyncio.run(_all(options, found))
    status = _status(checks)
    if options.format == "json":
        sys.stdout.write(f"{as_json(checks, status)}\n")
    else:
        sys.stdout.write(f"{summary(checks)}\n")
    if bundle is not None:
        _write(bundle, bundle_files(checks, status, found.seen, found.config, _redactor(found)))
        sys.stderr.write(
            f"{one_line(options.bundle)} is written. Names and numbers are hidden in it; "
            "look before you send it.\n"
        )
    return status


async def _all(options: argparse.Namespace, found: _Found) -> list[Check]:
    console = plain_console()
    checks = []
    async for check in _checks(options, found):
        checks.append(check)
        if options.format != "json":
            sys.stdout.write(f"{check_text(check, console)}\n")
            sys.stdout.flush()
    return checks


async def _checks(options: argparse.Namespace, found: _Found) -> AsyncIterator[Check]:
    environ = os.environ
    if not options.sample:
        yield _check_config(environ, found)
    connection, address, chosen = _check_connection(options, environ, found)
    yield chosen
    reached = bool(address)
    if not options.sample and address:
        async for check in check_reach(address, datetime.now(UTC)):
            reached = reached and check.state is not CheckState.BAD
            yield check
    if connection is not None and reached:
        async for check in _check_api(connection, found):
            yield check
    elif connection is not None:
        yield skipped("API", "The server cannot be reached.")
    else:
        yield skipped("API", "There is nothing to ask it with.")
    if not options.sample and address and reached:
        yield await check_events(address)
    for check in check_surroundings(environ):
        yield check


def _check_config(environ: Mapping[str, str], found: _Found) -> Check:
    path = config_path(environ)
    try:
        config = found.config = load_config(path)
    except ConfigError as error:
        return bad("Configuration", str(error), error.hint)
    if not path.exists():
        return good("Configuration", f"There is no file {path}; without one the environment counts.")
    default = f"; {config.default} is the default" if config.default else ""
    return good("Configuration", f"{path} has {plural(len(config.profiles), 'profile')}{default}.")


def _check_connection(
    options: argparse.Namespace, environ: Mapping[str, str], found: _Found
) -> tuple[Connection | None, str, Check]:
    """The connection if there can be one, the server's address as far as it is known, and what to say of both."""
    address = ""
    try:
        if not options.sample:
            found.profile = chosen_profile(asked(options), environ)
            address = base_url(found.profile.url)
        connection = connect(asked(options), environ)
    except BadEnvironment:
        # What is wrong is said by the check of the client.
        return None, address, skipped("Connection", "No request can be made here: see the next line.")
    except (ConfigError, BadConnection, NotKept) as error:
        return None, address, bad("Connection", str(error), error.hint)
    where = f"{connection.title}: {connection.system.domain} at {connection.system.address}"
    if found.profile is None:
        return (
            connection,
            connection.system.address,
            good("Connection", f"{connection.title}, inside this program."),
        )
    if connection.sign_in is None:
        source = f"the token is from the environment variable {found.profile.token_env}"
    else:
        source = "the session is from queuewatch login"
    return connection, address, good("Connection", f"{where}; {source}.")


async def _check_api(connection: Connection, found: _Found) -> AsyncIterator[Check]:
    system = connection.system
    if not isinstance(system, NetsapiensDomain):
        raise wrong.WrongCommand(
            "Only phone systems of NetSapiens can be checked.", "Name a profile of one: --profile NAME"
        )
    sample = connection.is_sample
    checkup = Checkup(system, connection.clock, spacing=0.0 if sample else SPACING)
    found.seen = checkup.seen
    try:
        async for check in checkup.run():
            yield check
    finally:
        await system.close()


def _status(checks: list[Check]) -> int:
    failed = [check for check in checks if check.state is CheckState.BAD]
    if any(check.no_answer for check in failed):
        return wrong.NO_ANSWER
    return wrong.NOT_DONE if failed else wrong.DONE


def _redactor(found: _Found) -> Redactor:
    """What a bundle must not hold: everything the answers, the profiles and the environment name."""
    hidden = {*found.seen.texts, str(Path.home()), Path.home().name}
    profiles = [
        *(found.config.profiles.values() if found.config else ()),
        *([found.profile] if found.profile else []),
    ]
    for profile in profiles:
        host = _host(profile.url)
        hidden |= {profile.name, profile.url, host, *profile.all_domains, profile.token_env}
        hidden |= {profile.username, profile.client_id}
        hidden |= {os.environ.get(profile.token_env, "")}
    if found.config is not None:
        hidden.add(str(found.config.path))
    return Redactor(hidden, own_words())


def _host(url: str) -> str:
    """The host of an address, as far as it can be told."""
    return url.partition("://")[2].partition("/")[0].partition(":")[0]


def _check_new(bundle: Path) -> None:
    if bundle.exists() or bundle.is_symlink():
        raise wrong.WrongCommand(f"{bundle} exists already, and a bundle overwrites nothing.", "Name a new file.")
    if not bundle.absolute().parent.is_dir():
        raise wrong.WrongCommand(f"There is no folder {bundle.absolute().parent} to put it in.", "Make it first.")


def _write(bundle: Path, files: Mapping[str, str]) -> None:
    try:
        descriptor = os.open(bundle, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    except OSError as error:
        raise wrong.WrongCommand(f"{bundle} cannot be written: {error.strerror}.", "Name another file.") from None
