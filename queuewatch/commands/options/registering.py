"""The options of the register."""

from queuewatch.commands.options.common import KEEPING, REPORT_FORMATS, Parser, add_format, new_parser


def drills(prog: str) -> Parser:
    """``queuewatch drills``."""
    parser = new_parser(
        prog,
        "The register of proofs and drills, for whoever has to show that failover is tested: what was tested,\n"
        "who took part, what was predicted and measured, which gaps were found and which change closed them.\n"
        "No phone system is asked. It promises no compliance with anything.",
        "queuewatch drills\nqueuewatch drills --format markdown\nqueuewatch drills verify\n"
        "queuewatch drills verify --fingerprint 5f0c2b1e9a774d03",
        reads=("QUEUEWATCH_URL", "QUEUEWATCH_DOMAIN", *KEEPING),
        status_1="verify found that the register was edited",
        see=("drill", "prove", "log"),
    )
    add = parser.add_argument
    add(
        "action",
        metavar="list|verify",
        nargs="?",
        default="list",
        choices=("list", "verify"),
        help="list the entries (the default), or say whether any was edited since it was written",
    )
    add("--fingerprint", metavar="HASH", default="", help="a fingerprint that was written down, to verify against")
    add_format(parser, REPORT_FORMATS)
    return parser
