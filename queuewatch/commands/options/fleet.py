"""The options of the commands about many domains."""

from queuewatch.commands.options.common import (
    ASKING,
    BROKER,
    REPORT_FORMATS,
    Parser,
    add_format,
    add_metrics,
    new_parser,
)


def fleet(prog: str) -> Parser:
    """``queuewatch fleet``."""
    parser = new_parser(
        prog,
        "Every domain of every profile, or with --nats all that a broker has, one line each, the worst first: "
        "whose callers reach nobody now, which is not ready, which hangs on one agent. On a terminal it is a "
        "screen that goes on reading; piped, or with a "
        'format, it reads once. A reseller\'s token (domain = "*" in a profile, or --all-domains) has them all.',
        "queuewatch fleet --sample\nqueuewatch fleet\nqueuewatch fleet --json\n"
        "queuewatch --profile provider fleet --all-domains\nqueuewatch --nats nats://nats.example:4222 fleet",
        see=("status", "watch"),
        reads=(*ASKING, *BROKER),
    )
    parser.add_argument(
        "--sample",
        metavar="NAME",
        nargs="?",
        const="fleet",
        default="",
        help="a sample fleet, or a folder of samples",
    )
    parser.add_argument("--all-domains", action="store_true", help="every domain that the token sees")
    add_metrics(parser)
    add_format(parser, ("screen", *REPORT_FORMATS))
    parser.set_defaults(format="")
    return parser
