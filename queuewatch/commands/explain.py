"""``queuewatch explain``: the whole story behind a code of the audit, or the list of all."""

import argparse
import shutil
import sys

from queuewatch.commands import wrong
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.selecting import find_code
from queuewatch.report.story import list_text, story_text

WIDEST = 100


def run(options: argparse.Namespace) -> int:
    """Tell it. No phone system is asked."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    text = story_text(find_code(options.code), width) if options.code else list_text(CODES.values())
    sys.stdout.write(f"{text}\n")
    return wrong.DONE
