"""``queuewatch explain``: the whole story behind a code of the audit, or the list of all."""

import argparse
import sys

from queuewatch.commands import wrong
from queuewatch.commands.manual.on_terminal import terminal_width
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.selecting import find_code
from queuewatch.report.story import list_text, story_text


def run(options: argparse.Namespace) -> int:
    """Tell it. No phone system is asked."""
    width = terminal_width()
    text = story_text(find_code(options.code), width) if options.code else list_text(CODES.values())
    sys.stdout.write(f"{text}\n")
    return wrong.DONE
