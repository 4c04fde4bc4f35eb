"""The options of the command about what was: history."""

from queuewatch.commands.options.common import Parser, add_format, add_sample, new_parser


def history(prog: str) -> Parser:
    """``queuewatch history``."""
    parser = new_parser(
        prog,
        "What became of each queue while the board or queuewatch watch was running on this machine: how often it\n"
        "failed over, how long callers reached nobody, and its uptime. No phone system is asked.",
        "queuewatch history --sample lakeside\nqueuewatch history Sales --since 2026-11-01 --changes\n"
        "queuewatch history --since '2026-11-20 08:00' --until '2026-11-20 18:00' --agents\n"
        "queuewatch history --since 30d --format markdown > november.md",
        reads=(),
        see=("watch", "status"),
    )
    add = parser.add_argument
    add("queues", metavar="QUEUE", nargs="*", help="extension or name; all queues without one")
    add("--since", metavar="TIME", default="7d", help="7d, 24h, 2026-11-01 or '2026-11-20 08:00' (default 7d)")
    add("--until", metavar="TIME", default="", help="the same (default now)")
    add("--agents", action="store_true", help="the agents' colours as well")
    add("--changes", action="store_true", help="list what changed, and when")
    add_sample(parser)
    add_format(parser)
    return parser
