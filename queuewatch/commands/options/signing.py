"""The options of the commands about credentials and profiles."""

import argparse

from queuewatch.commands.options.common import ASKING, KEEPING, Parser, add_format, new_parser

STORES = ("keyring", "file", "none")


def login(prog: str) -> Parser:
    """``queuewatch login``."""
    parser = new_parser(
        prog,
        "Sign in to a phone system with a password or an API key, and keep the session.\n"
        "What is missing is asked for; a password or a key is typed unseen, and never an argument.",
        "queuewatch login\nqueuewatch login --profile acme\n"
        "queuewatch login --url https://pbx.example.com --domain acme.example --api-key",
        reads=(*ASKING, "QUEUEWATCH_CLIENT_SECRET"),
        see=("logout", "profiles", "doctor"),
    )
    add = parser.add_argument
    add("--username", metavar="NAME", default="", help="the login name, such as 1002@acme.example")
    add("--client-id", metavar="ID", default="", help="what the provider gave queuewatch to sign in with")
    add("--api-key", action="store_true", help="with an API key instead of a password; it is asked for")
    add("--store", choices=STORES, default="", help="where the session is kept (asked if not given)")
    _add_word_too_many(parser)
    return parser


def logout(prog: str) -> Parser:
    """``queuewatch logout``."""
    parser = new_parser(
        prog,
        "Forget the session that is kept on this machine.",
        "queuewatch logout\nqueuewatch logout --profile acme",
        reads=KEEPING,
        see=("login", "profiles"),
    )
    _add_word_too_many(parser)
    return parser


def profiles(prog: str) -> Parser:
    """``queuewatch profiles``."""
    parser = new_parser(
        prog,
        "The phone systems you look after. Without a word: list them.",
        "queuewatch profiles\n"
        "queuewatch profiles add north --url https://pbx.example.com --domain north.example\n"
        "queuewatch profiles use north\nqueuewatch profiles remove north",
        reads=KEEPING,
        see=("login", "logout"),
    )
    add = parser.add_argument
    add(
        "action",
        metavar="list|add|remove|use",
        nargs="?",
        default="list",
        choices=("list", "add", "remove", "use"),
    )
    add("name", metavar="NAME", nargs="?", default="", help="the profile")
    add("--username", metavar="NAME", default="", help="the login name, such as 1002@acme.example")
    add("--client-id", metavar="ID", default="", help="what the provider gave queuewatch to sign in with")
    add("--more-domain", metavar="NAME", action="append", default=[], help="a further domain; may be repeated")
    add("--production", action="store_true", help="ask twice before a change, and show that it is in production")
    add_format(parser, ("text", "json"))
    return parser


def _add_word_too_many(parser: argparse.ArgumentParser) -> None:
    """Take a word that does not belong there without repeating it: it may be a password."""
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
