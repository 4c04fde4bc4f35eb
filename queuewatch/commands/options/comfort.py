"""The options of the command about the board's own keys."""

from queuewatch.commands.options.common import Parser, add_format, new_parser


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
