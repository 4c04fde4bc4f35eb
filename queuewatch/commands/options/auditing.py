"""The options of the commands that audit: check and explain."""

from queuewatch.commands.options.common import Parser, add_format, add_sample, new_parser

CHECK_FORMATS = ("text", "json", "markdown", "github")
FAIL_ON = ("error", "warning", "info", "never")


def check(prog: str) -> Parser:
    """``queuewatch check``."""
    parser = new_parser(
        prog,
        "Find what is wrong with the failover of each queue: like a linter, for phones. Nothing is changed. The "
        "exit status is 1 if something at or above --fail-on is found.",
        "queuewatch check --sample lakeside\n"
        "queuewatch check --sample harbor 8101 --select QW101,QW103\n"
        "queuewatch check Sales 8001\n"
        "queuewatch check --fail-on warning --ignore QW119 --format github",
        one="something at or above --fail-on was found",
        see=("explain", "status"),
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add("--select", metavar="CODES", action="append", default=[], help="only these: QW103, a prefix, or a name")
    add("--ignore", metavar="CODES", action="append", default=[], help="all but these")
    add("--fail-on", choices=FAIL_ON, default="error", help="from which severity on it fails (default error)")
    add_sample(parser)
    add_format(parser, CHECK_FORMATS)
    return parser


def explain(prog: str) -> Parser:
    """``queuewatch explain``."""
    parser = new_parser(
        prog,
        "What a code of the check means: why it matters, how it comes about, how to put it right. Without a code, "
        "all codes are listed.",
        "queuewatch explain\nqueuewatch explain QW103\nqueuewatch explain same-fate",
        reads=(),
        see=("check", "help verdicts"),
    )
    parser.add_argument("code", metavar="CODE", nargs="?", default="", help="QW103, or its name")
    return parser
