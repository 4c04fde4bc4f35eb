"""``queuewatch`` without a command: the live board of a phone system."""

import argparse
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from queuewatch.commands import errors
from queuewatch.commands.connecting import asked, connect_to_broker
from queuewatch.commands.terminal import is_terminal, require_terminal, show
from queuewatch.connection.connection import NotConfigured
from queuewatch.connection.resolve import connect, with_switch_targets
from queuewatch.process.background import run_loop

if TYPE_CHECKING:
    from queuewatch.connection.new_profile import NewConnection


def run(options: argparse.Namespace) -> int:
    """Open the board; where nothing says on what, help the user to one."""
    # Where there is a screen to sign in at, a profile without a token is no mistake.
    wishes = asked(options)
    if wishes.nats:
        require_terminal("queuewatch status")
        return show(run_loop(connect_to_broker(wishes, on_screen=True)), options)
    try:
        connection = connect(wishes, os.environ, on_screen=is_terminal())
    except NotConfigured:
        if not is_terminal():
            raise
        return _begin(options)
    require_terminal("queuewatch status")
    return show(with_switch_targets(connection, wishes, os.environ), options)


def _begin(options: argparse.Namespace) -> int:
    """Let the user choose, and go on with it."""
    from queuewatch.app.first_run import Other, first_run
    from queuewatch.profiles.config import config_path, load_config

    match first_run(load_config(config_path(os.environ)), os.environ, mouse=not options.no_mouse):
        case Other.LEAVE:
            return errors.DONE
        case Other.SAMPLE:
            return _demo(options)
        case Other.FLEET:
            return _fleet(options)
        case made:
            return _open(options, made)


WELCOME_SCENARIO = "power-cut"
"""What a newcomer sees of the sample company."""


def _demo(options: argparse.Namespace) -> int:
    from queuewatch.commands import demo
    from queuewatch.commands.parser import parse

    chosen = parse(["demo", "--scenario", WELCOME_SCENARIO])
    return demo.play(argparse.Namespace(**{**vars(chosen), **vars(options), "command": "demo"}), tour=True)


def _fleet(options: argparse.Namespace) -> int:
    from queuewatch.commands import fleet
    from queuewatch.commands.parser import parse

    chosen = parse(["fleet", "--sample"])
    return fleet.run(
        argparse.Namespace(**{**vars(chosen), **vars(options), "command": "fleet", "sample": chosen.sample})
    )


def _open(options: argparse.Namespace, made: "NewConnection") -> int:
    there = replace(asked(options), profile=made.profile, domain="")
    connection = connect(there, _without_token(os.environ), on_screen=True, session=made.session)
    return show(with_switch_targets(connection, asked(options), os.environ), options, made.greeting)


def _without_token(environ: Mapping[str, str]) -> Mapping[str, str]:
    """What was just signed in to goes before the token in the environment, which goes before it the next time."""
    from queuewatch.profiles.fields import DEFAULT_TOKEN_ENV

    return {name: value for name, value in environ.items() if name != DEFAULT_TOKEN_ENV}
