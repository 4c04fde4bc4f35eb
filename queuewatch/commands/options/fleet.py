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
        see=("collect", "status", "watch"),
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


def collect(prog: str) -> Parser:
    """``queuewatch collect``."""
    parser = new_parser(
        prog,
        "Read every domain for everybody, and keep what is found in a NATS broker: queuewatch fleet --nats and "
        "queuewatch --nats read it there, with no token of the phone system. Any number of collectors share the "
        "domains; where one dies, the others have its domains within fifteen seconds. No token, no phone's "
        "password and no recording ever goes to the broker. It goes on until it is told to end (Ctrl+C, SIGTERM), "
        "and then gives its domains back at once.",
        "queuewatch collect --nats nats://nats.example:4222\n"
        "queuewatch --profile provider collect --nats tls://nats.example --all-domains\n"
        "queuewatch collect --nats nats://nats.example --interval 10",
        reads=(*ASKING, *BROKER),
        see=("fleet", "watch", "doctor"),
    )
    parser.add_argument("--all-domains", action="store_true", help="every domain that the token sees")
    add_metrics(parser)
    return parser
