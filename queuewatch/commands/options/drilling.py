"""The options of the drill."""

from queuewatch.commands.options.common import Parser, add_at, add_format, add_sample, new_parser


def drill(prog: str) -> Parser:
    """``queuewatch drill``."""
    parser = new_parser(
        prog,
        "What a loss of power would do to every queue, and when: a failover test that nobody notices, with a\n"
        "report to keep. Nothing is changed.",
        "queuewatch drill --sample lakeside --site Dallas\n"
        "queuewatch drill --sample lakeside --agent 1001 --agent 'Ben Ito' --json\n"
        "queuewatch drill --site Dallas --format markdown --out drill.md\n"
        "queuewatch drill --ip 203.0.113.10\nqueuewatch drill --all --no-phones",
        see=("simulate", "help readiness"),
    )
    add = parser.add_argument_group("what goes dark (each may be repeated, and they add up)").add_argument
    add("--site", metavar="S", action="append", default=[], help="a site")
    add("--ip", metavar="A", action="append", default=[], help="every phone connected from this public address")
    add("--agent", metavar="ID", action="append", default=[], help="an agent: id, extension or name")
    add("--all", action="store_true", help="everything")
    add_at(parser)
    parser.add_argument(
        "--no-phones", action="store_true", help="do not read phones: quick, and without the moments"
    )
    parser.add_argument("--by", metavar="NAME", default="", help="who runs the drill (default: the login name)")
    parser.add_argument("--out", metavar="FILE", default="", help="write the report to a file")
    add_sample(parser)
    add_format(parser)
    return parser
