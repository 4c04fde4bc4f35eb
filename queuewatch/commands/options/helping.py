"""The options of the commands that help: help, completion."""

from queuewatch.commands.options.common import Parser, new_parser

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
