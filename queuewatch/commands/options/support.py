"""The options of the commands for a support case: doctor, record."""

from queuewatch.commands.options.common import Parser, add_format, add_sample, new_parser


def doctor(prog: str) -> Parser:
    """``queuewatch doctor``."""
    parser = new_parser(
        prog,
        "Check one after the other what queuewatch needs, from the configuration to every list of the API,\n"
        "and say of each failure what to do. Nothing is changed.",
        "queuewatch doctor --sample lakeside\nqueuewatch doctor\nqueuewatch doctor --profile acme --json\n"
        "queuewatch doctor --bundle case-17.zip",
        one="something does not work: what, and what to do, is in what was written",
        see=("record", "login"),
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
    )
    parser.add_argument("--out", metavar="FOLDER", required=True, help="a new folder; nothing is overwritten")
    parser.add_argument(
        "--no-phones",
        action="store_true",
        help="leave the phones out: reading them takes 1.5 seconds for each agent",
    )
    add_sample(parser)
    return parser
