"""The unit that lets a service manager run ``queuewatch watch``: of systemd on Linux, of launchd on a Mac."""

import argparse
import os
import plistlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from queuewatch.commands import errors
from queuewatch.fleet.broker.settings import AUTHORITY, CREDENTIALS, PASSWORD, USER
from queuewatch.profiles.config import Profile, config_path
from queuewatch.setup.named_plans import find_setup, plans_folder
from queuewatch.storage.folder import state_folder, typed_path

RESTART_SECONDS = 30
_SIGN_IN = (
    "Sign in first (queuewatch login): then the session is\n"
    "     in your keychain, and no token has to stand in here, where others can read it."
)
# Two hyphens would end the comment that it stands in.
_FROM_BROKER = (
    f"Where the broker wants credentials, let this be\n     written with {CREDENTIALS} set: the path comes along."
)


def unit(
    kind: str, options: argparse.Namespace, profile: Profile, environ: Mapping[str, str], broker: str = ""
) -> str:
    """The unit for this profile and these options, for ``systemd``, for ``launchd``, or by this machine.

    ``broker`` is the address of the one that the domain is read from, if any. The unit names the program that is
    running now, by its full path. Raises :class:`UsageError` for a word that no line of a unit can hold, and
    :class:`~queuewatch.setup.setup_file.SetupFileError` for a file of expectations that is not there.
    """
    words = [*_program(), *_words(options, profile, environ, broker)]
    variables = _kept(options, environ)
    if broker:
        variables |= {
            name: os.path.abspath(typed_path(environ[name]))
            for name in (AUTHORITY, CREDENTIALS)
            if environ.get(name)
        }
    for word in (*words, *variables.values(), profile.name):
        if not word.isprintable():
            raise errors.UsageError(
                f"No unit can hold {word!r}.", "Leave out what cannot be printed, or write the unit by hand."
            )
    if (kind or _own_kind()) == "launchd":
        return _launchd(words, variables, profile, environ, broker)
    return "\n".join(_systemd(words, variables, profile, environ, broker)) + "\n"


def _outside_profiles(options: argparse.Namespace, environ: Mapping[str, str]) -> bool:
    """Whether the phone system is none of the profile file's."""
    given = options.url or environ.get("QUEUEWATCH_URL") or environ.get("QUEUEWATCH_DOMAIN")
    return bool(given) and not options.profile


def _kept(options: argparse.Namespace, environ: Mapping[str, str]) -> dict[str, str]:
    """What of the environment belongs to the service as well. A token is none of it: others can read a unit."""
    variables: dict[str, str] = {}
    # A service is started elsewhere, and not by a shell.
    if environ.get("QUEUEWATCH_CONFIG") or environ.get("XDG_CONFIG_HOME"):
        variables["QUEUEWATCH_CONFIG"] = str(config_path(environ).absolute())
    if environ.get("QUEUEWATCH_STATE") or environ.get("XDG_STATE_HOME"):
        variables["QUEUEWATCH_STATE"] = str(state_folder(environ).absolute())
    if _outside_profiles(options, environ):
        variables |= {name: environ[name] for name in ("QUEUEWATCH_URL", "QUEUEWATCH_DOMAIN") if environ.get(name)}
    # Without them it would not get through to the phone system that this shell does.
    for name in _PROXIES:
        if environ.get(name) and not _holds_password(environ[name]):
            variables[name] = environ[name]
    if file := environ.get("SSL_CERT_FILE"):
        variables["SSL_CERT_FILE"] = os.path.abspath(file)
    if folders := environ.get("SSL_CERT_DIR"):
        absolute = (os.path.abspath(folder) for folder in folders.split(os.pathsep) if folder)
        variables["SSL_CERT_DIR"] = os.pathsep.join(absolute)
    return variables


_PROXIES = tuple(name for upper in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (upper, upper.lower()))


def _holds_password(address: str) -> bool:
    return "@" in address


def _left_out(environ: Mapping[str, str]) -> str:
    """The variables of proxies that others must not read."""
    return " and ".join(name for name in _PROXIES if _holds_password(environ.get(name, "")))


def _own_kind() -> str:
    return "launchd" if sys.platform == "darwin" else "systemd"


def _program() -> list[str]:
    beside = Path(sys.executable).parent / "queuewatch"
    found = str(beside) if beside.exists() else shutil.which("queuewatch")
    return [os.path.abspath(found)] if found else [sys.executable, "-m", "queuewatch"]


def _words(
    options: argparse.Namespace, profile: Profile, environ: Mapping[str, str], broker: str
) -> Iterator[str]:
    """What was given, in the words of the command line."""
    yield "--read-only"
    if broker:
        yield f"--nats={broker}"
        if options.nats_creds:
            yield f"--nats-creds={os.path.abspath(typed_path(options.nats_creds))}"
        if options.profile:
            yield f"--profile={options.profile}"
    elif not _outside_profiles(options, environ):
        # The default may be another one by tomorrow.
        yield f"--profile={profile.name}"
    for name in ("url", "domain"):
        if value := getattr(options, name):
            yield f"--{name}={value}"
    if options.interval is not None:
        yield f"--interval={options.interval:g}"
    yield "watch"
    if options.expect:
        # A service is started elsewhere: there a path from here, and a tilde, mean something else.
        plans = plans_folder(config_path(environ), profile.name)
        yield f"--expect={os.path.abspath(find_setup(options.expect, plans))}"
    yield f"--hold={options.hold:g}"
    yield f"--format={options.format or 'json'}"
    if options.metrics is not None:
        yield f"--metrics={options.metrics}"
    for name in ("every_change", "initial"):
        if getattr(options, name):
            yield f"--{name.replace('_', '-')}"
    if options.queues:
        yield "--"
        yield from options.queues


def _name(profile: Profile) -> str:
    """What the service is called: letters, digits and hyphens, which every service manager takes."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", profile.name).strip("-").lower()
    return f"queuewatch-{plain}" if plain else "queuewatch"


def _systemd(
    words: Sequence[str], variables: Mapping[str, str], profile: Profile, environ: Mapping[str, str], broker: str
) -> Iterator[str]:
    name = _name(profile)
    yield f"# Save this as ~/.config/systemd/user/{name}.service, then start it, now and with the machine,"
    yield "# and read what it writes:"
    yield f"#   systemctl --user daemon-reload && systemctl --user enable --now {name} && loginctl enable-linger"
    yield f"#   journalctl --user -u {name} -f"
    yield "# The token, and the addresses of webhooks, go into a file of lines such as the second of these, which"
    yield "# nobody else may read (chmod 600):"
    yield f"#   ~/.config/queuewatch/{name}.env"
    yield f"#   {profile.token_env}=…"
    if broker:
        yield f"# Or {USER}=… and {PASSWORD}=…, or neither where the broker lets in anybody."
    else:
        yield "# A session that is kept in a file needs no token: queuewatch login --store file. One in the"
        yield "# keyring is there only while you are signed in to this machine."
    if proxies := _left_out(environ):
        yield f"# {proxies} as well: with a password in it, it is left out here."
    yield "[Unit]"
    yield f"Description=Watch the phone queues of {_systemd_text(profile.name)}"
    yield ""
    yield "[Service]"
    # Only here a $ begins a variable.
    yield f"ExecStart={' '.join(_systemd_word(word).replace('$', '$$') for word in words)}"
    for variable, value in variables.items():
        yield f"Environment={_systemd_word(f'{variable}={value}')}"
    yield f"EnvironmentFile=-%h/.config/queuewatch/{name}.env"
    yield "# For a phone system that is away, or that refuses the credentials, it waits by itself. Status 2 is a"
    yield "# mistake that no restart mends."
    yield "Restart=on-failure"
    yield f"RestartSec={RESTART_SECONDS}"
    yield "RestartPreventExitStatus=2"
    yield "NoNewPrivileges=yes"
    yield "LockPersonality=yes"
    yield "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"
    yield "UMask=0077"
    yield ""
    yield "[Install]"
    yield "WantedBy=default.target"


def _systemd_text(words: str) -> str:
    return words.replace("%", "%%")


def _systemd_word(word: str) -> str:
    """A word of ExecStart= or Environment=, in quotes where systemd would read it as anything else."""
    escaped = _systemd_text(word).replace("\\", "\\\\").replace('"', '\\"')
    return escaped if re.fullmatch(r"[A-Za-z0-9_./:=@%+,-]+", escaped) else f'"{escaped}"'


def _launchd(
    words: Sequence[str], variables: Mapping[str, str], profile: Profile, environ: Mapping[str, str], broker: str
) -> str:
    name = f"local.{_name(profile)}"
    log = state_folder(environ).absolute() / f"{_name(profile)}.log"
    document = {
        "Label": name,
        "ProgramArguments": list(words),
        "EnvironmentVariables": dict(variables),
        "RunAtLoad": True,
        # It goes on by itself; only what ended it otherwise is started again.
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": RESTART_SECONDS,
        "ProcessType": "Background",
        "StandardOutPath": str(log),
        "StandardErrorPath": str(log),
        "Umask": 0o077,
    }
    if not variables:
        del document["EnvironmentVariables"]
    proxies = _left_out(environ)
    without = f"\n     {proxies} is left out, with a password in it." if proxies else ""
    how = (
        f"<!-- Save this as ~/Library/LaunchAgents/{name}.plist and start it, now and at every login:\n"
        f"       launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{name}.plist\n"
        f"     What it writes is in the file named below. {_FROM_BROKER if broker else _SIGN_IN}{without} -->\n"
    )
    head, mark, rest = plistlib.dumps(document, sort_keys=False).decode().partition("<plist")
    return f"{head}{how}{mark}{rest}"
