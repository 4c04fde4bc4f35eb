"""The options of the commands that change a setting."""

import argparse

from queuewatch.commands.options.common import (
    ASKING,
    KEEPING,
    LOOKING,
    Parser,
    add_format,
    add_queue,
    add_sample,
    new_parser,
)

REFUSED = "the phone system refused the change, reading back did not confirm it, or it is not known"


def require_agents(prog: str) -> Parser:
    """``queuewatch require-agents``."""
    parser = new_parser(
        prog,
        "Set a queue's Require Agents. It must be Yes for the queue to fail over once every agent is offline.",
        "queuewatch require-agents --sample lakeside 'Front Desk' no --yes\n"
        "queuewatch require-agents Sales yes\nqueuewatch require-agents 8000 no --yes",
        status_1=REFUSED,
        see=("when-offline", "undo", "log"),
        asks_itself="changes a setting",
    )
    add_queue(parser)
    parser.add_argument("on", metavar="yes|no", type=_yes_or_no, help="what to set it to")
    _add_editing(parser)
    return parser


def when_offline(prog: str) -> Parser:
    """``queuewatch when-offline``."""
    parser = new_parser(
        prog,
        "Set where a queue's calls go once every agent is offline: When Offline of its Default answering rule.",
        "queuewatch when-offline --sample lakeside 'Front Desk' '(214) 555-0199' --yes\n"
        "queuewatch when-offline Sales '(214) 555-0100'\nqueuewatch when-offline 8000 queue_8001\n"
        "queuewatch when-offline 8000 --off",
        status_1=REFUSED,
        see=("require-agents", "simulate", "undo", "log"),
        asks_itself="changes a setting",
    )
    add_queue(parser)
    parser.add_argument(
        "destination",
        metavar="DESTINATION",
        nargs="?",
        default="",
        help="a number (one abroad with + and its country's code), an extension, a name, or an alias",
    )
    parser.add_argument("--off", action="store_true", help="switch the forward off")
    _add_editing(parser)
    return parser


def _add_editing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask before changing it")
    parser.add_argument("--force", action="store_true", help="even if callers would then loop or reach nobody")
    add_sample(parser)


def _yes_or_no(text: str) -> bool:
    match text.casefold():
        case "yes":
            return True
        case "no":
            return False
        case _:
            raise argparse.ArgumentTypeError(f"{text!r} is neither")


def keys(prog: str) -> Parser:
    """``queuewatch keys``."""
    parser = new_parser(
        prog,
        "Every key of the board's screens, what it does, and the id by which a profile gives it others:\n"
        '[profiles.acme.keys] and below it "board.drill" = "z".',
        "queuewatch keys\nqueuewatch keys drill\nqueuewatch keys --profile acme --json",
        reads=(),
        see=("help",),
    )
    parser.add_argument("words", metavar="WORD", nargs="*", help="only lines that have each of these words")
    add_format(parser)
    return parser


SHELLS = ("bash", "zsh", "fish")


def help_command(prog: str) -> Parser:
    """``queuewatch help``."""
    parser = new_parser(
        prog,
        "Explain a command as its --help does, or what the screens show: failover, colours, verdicts, readiness, "
        "the top line, or a single word such as stranded. Without a word it says what queuewatch is and can do.",
        "queuewatch help\nqueuewatch help drill\nqueuewatch help verdicts\nqueuewatch help stranded",
        reads=(),
        see=("explain", "demo"),
    )
    parser.add_argument("topic", metavar="COMMAND|TOPIC", nargs="*", help="a command, a topic, or a word")
    return parser


def completion(prog: str) -> Parser:
    """``queuewatch completion``."""
    parser = new_parser(
        prog,
        "Write what lets a shell complete commands, options and names when Tab is pressed: of profiles, samples "
        "and codes, and of a sample's queues, agents and sites. Where it belongs stands at its top. No phone "
        "system is asked for a name.",
        "queuewatch completion bash\nqueuewatch completion zsh\nqueuewatch completion fish",
        reads=(),
        see=("help",),
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell: bash, zsh or fish")
    return parser


def undo(prog: str) -> Parser:
    """``queuewatch undo``."""
    parser = new_parser(
        prog,
        "Restore exactly what was there before a change that was made through queuewatch. Where the last one was "
        "made with others, by apply, all of them are restored.",
        "queuewatch undo\nqueuewatch undo 17\nqueuewatch undo --group 17 --yes",
        status_1=REFUSED,
        see=("log", "require-agents", "when-offline"),
        asks_itself="changes a setting back",
    )
    parser.add_argument(
        "id", metavar="ID", nargs="?", default="", help="which change (default: the last one to this domain)"
    )
    parser.add_argument("--group", metavar="N", default="", help="all changes that were made as this group")
    parser.add_argument("--yes", action="store_true", help="do not ask before restoring it")
    parser.add_argument(
        "--force",
        action="store_true",
        help="even if somebody changed it since, or callers would then loop or reach nobody",
    )
    return parser


def log(prog: str) -> Parser:
    """``queuewatch log``."""
    parser = new_parser(
        prog,
        "The changes made through queuewatch on this machine, the latest first. No phone system is asked.",
        "queuewatch log\nqueuewatch log --all-servers --format csv\nqueuewatch log --queue Sales --limit 5",
        reads=("QUEUEWATCH_URL", "QUEUEWATCH_DOMAIN", *KEEPING),
        see=("undo",),
    )
    add = parser.add_argument
    add("--queue", metavar="QUEUE", default="", help="only changes to this queue: extension or name")
    add("--limit", metavar="N", type=_count, default=None, help="only the latest so many")
    add("--all-servers", action="store_true", help="changes to every phone system, not only to the one configured")
    add_format(parser)
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


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


def doctor(prog: str) -> Parser:
    """``queuewatch doctor``."""
    parser = new_parser(
        prog,
        "Check one after the other what queuewatch needs, from the configuration to every list of the API,\n"
        "and say of each failure what to do. Nothing is changed.",
        "queuewatch doctor --sample lakeside\nqueuewatch doctor\nqueuewatch doctor --profile acme --json\n"
        "queuewatch doctor --bundle case-17.zip",
        status_1="something does not work: what, and what to do, is in what was written",
        see=("record", "login"),
        reads=LOOKING,
    )
    add_sample(parser)
    add_format(parser, ("text", "json"))
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        default="",
        help="write what support needs to a zip file, with all names hidden",
    )
    return parser


def record(prog: str) -> Parser:
    """``queuewatch record``."""
    parser = new_parser(
        prog,
        "Save the phone system as it is now in a folder, with people, numbers and the domain replaced.\n"
        "queuewatch status --sample FOLDER then says of it what it says of the real one.",
        "queuewatch record --sample lakeside --out lakeside-copy\nqueuewatch record --out case-17\n"
        "queuewatch --profile acme record --out case-17 --no-phones",
        see=("doctor", "status"),
        asks_itself="saves the phone system's own answers",
    )
    parser.add_argument("--out", metavar="FOLDER", required=True, help="a new folder; nothing is overwritten")
    parser.add_argument(
        "--no-phones",
        action="store_true",
        help="leave the phones out: reading them takes 1.5 seconds for each agent",
    )
    add_sample(parser)
    return parser
