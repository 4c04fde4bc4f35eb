"""``queuewatch profiles``: list, add, remove or choose the phone systems one looks after."""

import argparse
import json
import os
from pathlib import Path

from msgspec import Struct

from queuewatch.commands import errors
from queuewatch.commands.terminal import write
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens.address import base_url, domain_name
from queuewatch.profiles.config import Config, Profile, config_path, load_config
from queuewatch.profiles.edit import put_profile, remove_profile, use_profile
from queuewatch.profiles.fields import ConfigError
from queuewatch.signin.session_store import StoredSession
from queuewatch.storage.folder import state_folder
from queuewatch.storage.last_picture import forget_pictures


def run(options: argparse.Namespace) -> int:
    """Do what was asked, and say it."""
    path = config_path(os.environ)
    if options.action == "list":
        if options.name:
            raise errors.UsageError(f"{options.name!r} is one word too many.", "See queuewatch profiles --help.")
        write(_listing(load_config(path), options.format).removesuffix("\n"))
        return errors.DONE
    if not options.name:
        raise errors.UsageError(
            "No profile was named.", f"queuewatch profiles {options.action} NAME; queuewatch profiles lists them."
        )
    match options.action:
        case "add":
            message = _add(path, options)
        case "remove":
            message = _remove(path, options.name)
        case _:
            use_profile(path, options.name)
            message = f"queuewatch now opens {options.name} when no profile is named."
    write(message)
    return errors.DONE


def _add(path: Path, options: argparse.Namespace) -> str:
    name: str = options.name
    if name in load_config(path).profiles:
        raise ConfigError(
            f"There is a profile {name!r} already in {path}.", "Change it there, or remove it first."
        )
    if not (options.url and options.domain):
        raise errors.UsageError("A profile needs an address and a domain.", "Give both: --url URL --domain NAME")
    base_url(options.url)
    for domain in (options.domain, *options.more_domain):
        domain_name(domain)
    put_profile(
        path,
        name,
        {
            "url": options.url,
            "domain": options.domain,
            "domains": tuple(options.more_domain) or None,
            "username": options.username or None,
            "client_id": options.client_id or None,
            "read_only": True if options.read_only else None,
            "production": True if options.production else None,
            "interval": options.interval,
            "push": True if options.push else None,
        },
    )
    return f"The profile {name} is in {path}. Sign in: queuewatch login --profile {name}"


def _remove(path: Path, name: str) -> str:
    profile = load_config(path).profile(name)
    remove_profile(path, name)
    was = StoredSession(name, base_url(profile.url), os.environ).forget()
    forget_pictures(state_folder(os.environ), name)
    return f"The profile {name} is gone from {path}{', and its session too' if was else ''}."


class _Line(Struct, frozen=True):
    profile: Profile
    default: bool
    signed_in: str
    """Who, or how else requests are signed, or that they are not."""


def _listing(config: Config, form: str) -> str:
    default = config.default or (next(iter(config.profiles)) if len(config.profiles) == 1 else "")
    lines = [_Line(profile, profile.name == default, _signed_in(profile)) for profile in config.profiles.values()]
    if form == "json":
        return (
            json.dumps({"config": str(config.path), "profiles": [_object(line) for line in lines]}, indent=2)
            + "\n"
        )
    if not lines:
        return f"There are no profiles in {config.path}. queuewatch login makes one.\n"
    return "".join(_text(line) for line in lines)


def _signed_in(profile: Profile) -> str:
    if os.environ.get(profile.token_env):
        return f"the token in {profile.token_env}"
    try:
        record = StoredSession(profile.name, base_url(profile.url), os.environ).record()
    except PbxError as error:
        return f"not known: {error}"
    return f"{record.identity.label} ({record.where.value})" if record else "nobody"


def _text(line: _Line) -> str:
    profile = line.profile
    cautions = [word for word, on in (("production", profile.production), ("read-only", profile.read_only)) if on]
    name = f"{'*' if line.default else ' '} {profile.name}"
    return (
        f"{' · '.join([name, *cautions])}\n"
        f"    address    {profile.url}\n"
        f"    domain     {', '.join(profile.all_domains)}\n"
        f"    signed in  {line.signed_in}\n"
    )


def _object(line: _Line) -> dict[str, object]:
    profile = line.profile
    return {
        "name": profile.name,
        "default": line.default,
        "url": profile.url,
        "domains": list(profile.all_domains),
        "production": profile.production,
        "read_only": profile.read_only,
        "signed_in": line.signed_in,
    }
