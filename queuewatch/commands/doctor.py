"""``queuewatch doctor``: is everything there that queuewatch needs, and if not, what to do."""

import argparse
import locale
import os
import platform
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from queuewatch import __version__
from queuewatch.commands import errors
from queuewatch.commands.connecting import asked
from queuewatch.commands.terminal import shows_lines_only
from queuewatch.commands.waiting import told_while_waiting
from queuewatch.connection.connection import Connection, ConnectionOptions, NotConfigured
from queuewatch.connection.resolve import chosen_profile, connect
from queuewatch.failover.wording import listing, plural
from queuewatch.pbx.checks import Check, CheckState, Seen, bad, good, skipped, unsure
from queuewatch.pbx.environment import BadEnvironment
from queuewatch.pbx.errors import BadConnection, NotKept, PbxError
from queuewatch.pbx.netsapiens.address import base_url, host_of
from queuewatch.pbx.netsapiens.client import NetsapiensDomain
from queuewatch.pbx.netsapiens.doctor.checkup import SPACING, Checkup
from queuewatch.pbx.netsapiens.doctor.network import check_events, check_network
from queuewatch.pbx.netsapiens.zones import Source, sources, zone_called
from queuewatch.process.background import run_loop
from queuewatch.process.output import terminal_size
from queuewatch.profiles.config import ALL_DOMAINS, Config, Profile, config_path, load_config
from queuewatch.profiles.fields import ConfigError
from queuewatch.report.checkup import Redactor, as_json, bundle_files, check_text, summary
from queuewatch.report.console import plain_console
from queuewatch.report.own_words import own_words
from queuewatch.signin.system_keyring import keyring_name
from queuewatch.storage.fault_log import fault_log
from queuewatch.storage.folder import UnsafeFile, read_private, state_folder, typed_path
from queuewatch.storage.last_picture import pictures_folder, survey
from queuewatch.text.plain_text import one_line

MOST_CHANGES = 5
"""Changes of which it is not known whether they were made that are told one by one."""
SMALLEST = (80, 24)
"""Columns and rows that the board is made for at least."""


def check_machine(environ: Mapping[str, str]) -> Iterator[Check]:
    """Everything about this machine that a support case asks for first."""
    yield _programs()
    yield _terminal(environ)
    yield _encoding()
    yield _keyring()
    yield from _pictures(environ)
    yield from _faults(environ)
    yield from _open_changes(environ)


def _open_changes(environ: Mapping[str, str]) -> Iterator[Check]:
    """The changes, to whatever phone system, of which nobody knows yet whether they were made."""
    from queuewatch.change import is_open
    from queuewatch.journal import JournalError, log_path, read_log

    try:
        found = tuple(filter(is_open, read_log(log_path(environ)).entries))
    except JournalError as error:
        yield unsure("Changes", str(error), error.hint)
        return
    if found:
        what = "it was made" if len(found) == 1 else "they were made"
        yield unsure(
            "Changes",
            f"{plural(len(found), 'change')} of which it is not known whether {what}.",
            "queuewatch log tells more; what connects to that phone system next looks again. "
            "queuewatch status QUEUE shows what holds now.",
            *(
                f"change {entry.id}: {entry.edit.setting.replace('_', ' ')} of {entry.edit.label} "
                f"({entry.edit.domain}), {entry.at.astimezone():%Y-%m-%d %H:%M}"
                for entry in found[-MOST_CHANGES:]
            ),
        )


def _programs() -> Check:
    versions = ", ".join(f"{name} {_version(name)}" for name in ("textual", "httpx", "rich"))
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return good("Programs", f"queuewatch {__version__}, {python}, {versions}, {_time_zones()}.")


def _time_zones() -> str:
    """Which edition of the world's clocks is used, and which others are there."""
    used, *others = map(_edition, sources() or (None,))
    return f"time zones {used}" + (f" (not {listing(others)})" if others else "")


def _edition(source: Source | None) -> str:
    if source is None:
        return "unknown: install the package tzdata"
    version = f"IANA {source.version}" if source.version else "of an unknown edition"
    return f"{version} from {'the package tzdata' if source.packaged else source.folder}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _terminal(environ: Mapping[str, str]) -> Check:
    kind = environ.get("TERM", "") or "no TERM"
    through = [
        name
        for name, variable in (("tmux", "TMUX"), ("screen", "STY"), ("SSH", "SSH_TTY"))
        if environ.get(variable)
    ]
    inside = f", through {' and '.join(through)}" if through else ""
    if not sys.stdout.isatty():
        return good("Terminal", f"None: the output goes elsewhere ({kind}{inside}).")
    size = terminal_size(sys.stdout.fileno())
    shown = "{}x{}".format(*size) if size else "of unknown size"
    sentence = f"{shown}, {kind}, {colours_in_use(environ)}{inside}."
    if shows_lines_only(environ):
        return unsure("Terminal", sentence, "The board cannot be drawn on it: queuewatch status needs no more.")
    more = more_colours(environ)
    if size is None:
        remedy = "The board takes it for 80x24; “stty rows 24 columns 80” tells the terminal."
        return unsure("Terminal", sentence, remedy, *more)
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1]:
        return unsure("Terminal", sentence, "The board is made for 80x24 and more: enlarge the window.", *more)
    return good("Terminal", sentence, *more)


def colours_in_use(environ: Mapping[str, str]) -> str:
    """The colours that the board has on this terminal, and why not more where somebody chose so."""
    if environ.get("NO_COLOR"):
        return "no colours, as NO_COLOR wishes"
    match _colour_system(environ):
        case None:
            return "no colours"
        case "standard" | "windows":
            return "16 colours, the terminal's own"
        case "256":
            return "256 colours"
        case _:
            return "16 million colours"


def _colour_system(environ: Mapping[str, str]) -> str | None:
    from rich.console import Console

    # As Textual asks, which is not loaded for it.
    known: Literal["auto", "standard", "256", "truecolor", "windows"]
    match environ.get("TEXTUAL_COLOR_SYSTEM"):
        case "standard" | "256" | "truecolor" | "windows" as known:
            pass
        case _:
            known = "auto"
    return Console(color_system=known, force_terminal=True, _environ=environ).color_system


def more_colours(environ: Mapping[str, str]) -> Iterator[str]:
    """What would give more of them."""
    remote = environ.get("SSH_TTY") or environ.get("SSH_CONNECTION")
    if environ.get("NO_COLOR") or _colour_system(environ) == "truecolor" or not remote:
        return
    if not environ.get("COLORTERM"):
        yield (
            "SSH does not pass COLORTERM on. Where the terminal at your end shows 16 million colours, "
            "export COLORTERM=truecolor here has them used."
        )


def _encoding() -> Check:
    encoding = (sys.stdout.encoding or "none").lower().replace("utf8", "utf-8")
    if encoding == "utf-8":
        return good("Encoding", "UTF-8.")
    return unsure(
        "Encoding",
        f"{encoding}, of the locale {locale.setlocale(locale.LC_CTYPE)}: some signs are shown by stand-ins.",
        "Choose a UTF-8 locale, such as LANG=C.UTF-8.",
    )


def _faults(environ: Mapping[str, str]) -> Iterator[Check]:
    """Faults of queuewatch itself, if there ever were any."""
    path = fault_log(environ)
    try:
        lines = read_private(path)
    except (OSError, ValueError) as error:
        yield unsure("Faults", f"{path} cannot be read ({type(error).__name__}).")
        return
    if lines:
        number, last = lines.count("\n"), lines.splitlines()[-1].partition(" ")[0]
        sentence = f"{plural(number, 'fault')} of queuewatch itself, the last at {last}."
        yield unsure("Faults", sentence, f"Please report what {path} says; then take it away.")


def _pictures(environ: Mapping[str, str]) -> Iterator[Check]:
    """What is kept of phone systems for the next start, if anything is."""
    state = state_folder(environ)
    folder = pictures_folder(state)
    try:
        found = survey(state, zone_called)
    except UnsafeFile as error:
        yield unsure("Last pictures", str(error), error.hint)
        return
    except OSError as error:
        yield unsure("Last pictures", f"{folder} cannot be read ({type(error).__name__}).")
        return
    if found.unusable:
        number = plural(found.unusable, "picture")
        sentence = f"{number} in {folder} cannot be used: damaged, or kept by another version."
        yield unsure("Last pictures", sentence, "Nothing to be done: the next one that is kept takes its place.")
    elif found.number:
        size = f"{-(-found.size // 1024):,} KiB"
        yield good("Last pictures", f"{plural(found.number, 'phone system')} as last seen, {size}, in {folder}.")


def _keyring() -> Check:
    name = keyring_name()
    if not name:
        return good("Keyring", "There is none: a session is kept in a file that only you may read, if you wish.")
    return good("Keyring", f"{name}: a session can be kept in it.")


@dataclass(slots=True)
class _Found:
    """What was found on the way, for the bundle."""

    config: Config | None = None
    profile: Profile | None = None
    seen: Seen = field(default_factory=Seen)


def run(options: argparse.Namespace) -> int:
    """Check one after the other, and say each as soon as it is known."""
    bundle = typed_path(options.bundle) if options.bundle else None
    if bundle is not None:
        _check_new(bundle)
    found = _Found()
    checks = run_loop(_all(options, found))
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
    checks: list[Check] = []
    checking = _checks(options, found)
    while True:
        # Each check on its own: what is said while one is waited for is gone before its outcome is written.
        with told_while_waiting(f"Checking, {plural(len(checks), 'check')} done"):
            check = await anext(checking, None)
        if check is None:
            return checks
        checks.append(check)
        if options.format != "json":
            sys.stdout.write(f"{check_text(check, console)}\n")
            sys.stdout.flush()


async def _checks(options: argparse.Namespace, found: _Found) -> AsyncIterator[Check]:
    environ = os.environ
    wishes = asked(options)
    if not options.sample:
        yield _check_config(environ, found)
    if wishes.nats and not options.sample:
        yield await _check_broker(wishes, environ, found)
    if options.nats and not options.sample:
        yield skipped("Connection", "--nats was given: the phone system itself is not asked.")
        for check in check_machine(environ):
            yield check
        return
    if not options.sample and (profile := _for_every_domain(wishes, environ)) is not None:
        wishes, listed = await _check_domains(wishes, profile, environ, found)
        yield listed
    connection, address, chosen = _check_connection(wishes, environ, found)
    # Of which nothing can be listed, there is no domain to be connected with, and that is said.
    if found.profile is None or found.profile.domain != ALL_DOMAINS:
        yield chosen
    reached = bool(address)
    if not options.sample and address:
        async for check in check_network(address, datetime.now(UTC)):
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
    for check in check_machine(environ):
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


def _for_every_domain(wishes: ConnectionOptions, environ: Mapping[str, str]) -> Profile | None:
    """The profile, if it stands for every domain that its token sees."""
    try:
        profile = chosen_profile(wishes, environ)
    except ConfigError:
        return None
    return profile if profile.domain == ALL_DOMAINS else None


async def _check_domains(
    wishes: ConnectionOptions, profile: Profile, environ: Mapping[str, str], found: _Found
) -> tuple[ConnectionOptions, Check]:
    """Which domains the token sees. The first stands for all of them in what is checked next."""
    from queuewatch.connection.fleet import profile_members

    wishes = replace(wishes, profile=profile.name)
    try:
        members = await profile_members(wishes, environ)
    except PbxError as error:
        return wishes, bad("Domains", str(error), error.hint, no_answer=True)
    except ConfigError as error:
        return wishes, bad("Domains", str(error), error.hint)
    await members.close()
    first, *others = members.domains
    found.seen.texts |= {text for domain in members.domains for text in (domain.domain, domain.name) if text}
    sees = f"{profile.name} has {plural(len(members.domains), 'domain')}"
    beside = f"; {first.domain} stands for all of them below" if others else ""
    return replace(wishes, domain=first.domain), good("Domains", f"{sees}{beside}.")


def _check_connection(
    wishes: ConnectionOptions, environ: Mapping[str, str], found: _Found
) -> tuple[Connection | None, str, Check]:
    """The connection if there can be one, the server's address as far as it is known, and what to say of both."""
    address = ""
    try:
        if not wishes.sample:
            found.profile = chosen_profile(wishes, environ)
            address = base_url(found.profile.url)
        connection = connect(wishes, environ)
    except NotConfigured as error:
        if wishes.nats:
            return None, address, skipped("Connection", "No phone system is set up here: a broker is read.")
        return None, address, bad("Connection", str(error), error.hint)
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


async def _check_broker(wishes: ConnectionOptions, environ: Mapping[str, str], found: _Found) -> Check:
    """Whether the broker answers, what it has, and who keeps that fresh."""
    from queuewatch.connection.shared import COLLECT, read_shared_fleet, shared_members
    from queuewatch.fleet.broker.keys import BUCKET
    from queuewatch.report.fleet import age_seconds, age_words

    try:
        members = shared_members(wishes, environ)
        fleet = await read_shared_fleet(members)
    except ConfigError as error:
        return bad("Broker", str(error), error.hint)
    except PbxError as error:
        return bad("Broker", str(error), error.hint, no_answer=True)
    collectors = members.fleet.viewer.collectors
    found.seen.texts |= {wishes.nats, *collectors}
    for standing in fleet.domains:
        found.seen.texts |= set(filter(None, (standing.server, standing.domain, standing.name)))
    known = [standing for standing in fleet.domains if standing.taken_at is not None]
    oldest = max(known, key=lambda standing: age_seconds(fleet, standing) or 0, default=None)
    has = f"It answers; the bucket {BUCKET} has {plural(len(fleet.domains), 'domain')}"
    by = f"collected by {listing(collectors)}" if collectors else "and nobody collects"
    age = f"; the oldest picture is {age_words(age_seconds(fleet, oldest))} old ({oldest.label})" if oldest else ""
    troubled = [standing for standing in fleet.domains if standing.error is not None]
    if collectors and not troubled:
        return good("Broker", f"{has}, {by}{age}.")
    return unsure(
        "Broker",
        f"{has}, {by}{age}."
        + (f" Of {plural(len(troubled), 'domain')} there is nothing newer." if troubled else ""),
        "" if collectors else COLLECT,
        *(f"{standing.label}: {standing.error}" for standing in troubled[:MOST_CHANGES]),
    )


async def _check_api(connection: Connection, found: _Found) -> AsyncIterator[Check]:
    system = connection.system
    if not isinstance(system, NetsapiensDomain):
        raise errors.UsageError(
            "Only phone systems of NetSapiens can be checked.", "Name a profile of one: --profile NAME"
        )
    sample = connection.is_sample
    checkup = Checkup(system, connection.clock, spacing=0.0 if sample else SPACING)
    # What was seen before is in no bundle either, such as every customer's name.
    checkup.seen.texts |= found.seen.texts
    found.seen = checkup.seen
    try:
        async for check in checkup.run():
            yield check
    finally:
        await system.close()


def _status(checks: list[Check]) -> int:
    failed = [check for check in checks if check.state is CheckState.BAD]
    if any(check.no_answer for check in failed):
        return errors.NO_ANSWER
    return errors.NOT_DONE if failed else errors.DONE


def _redactor(found: _Found) -> Redactor:
    """What a bundle must not hold: everything the answers, the profiles and the environment name."""
    hidden = {*found.seen.texts, str(Path.home()), Path.home().name}
    profiles = [
        *(found.config.profiles.values() if found.config else ()),
        *([found.profile] if found.profile else []),
    ]
    for profile in profiles:
        host = host_of(profile.url)
        hidden |= {profile.name, profile.url, host, *profile.all_domains, profile.token_env}
        hidden |= {profile.username, profile.client_id}
        hidden |= {os.environ.get(profile.token_env, "")}
    if found.config is not None:
        hidden.add(str(found.config.path))
    return Redactor(hidden, own_words())


def _check_new(bundle: Path) -> None:
    if bundle.exists() or bundle.is_symlink():
        raise errors.UsageError(f"{bundle} exists already, and a bundle overwrites nothing.", "Name a new file.")
    if not bundle.absolute().parent.is_dir():
        raise errors.UsageError(f"There is no folder {bundle.absolute().parent} to put it in.", "Make it first.")


def _write(bundle: Path, files: Mapping[str, str]) -> None:
    try:
        descriptor = os.open(bundle, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    except OSError as error:
        raise errors.UsageError(f"{bundle} cannot be written: {error.strerror}.", "Name another file.") from None
