"""``queuewatch explain``: the whole story behind a code of the audit, or the list of all."""

import argparse
import sys
import textwrap
from collections.abc import Iterable

from queuewatch.commands import errors
from queuewatch.commands.manual import terminal_width
from queuewatch.failover.audit.codes import CODES, find_code
from queuewatch.failover.audit.stories import Code


def explanation(code: Code, width: int) -> str:
    """The story for a terminal this wide, without a line break at its end."""
    parts = [f"{code.number} {code.slug} ({code.severity})", code.title]
    for heading, paragraph in code.story:
        parts += ["", heading, textwrap.indent(filled(paragraph, width - 2), "  ")]
    return "\n".join(parts)


def list_text(codes: Iterable[Code]) -> str:
    """All codes, a line each."""
    return "\n".join(f"{code.number}  {code.severity:<8} {code.slug:<22} {code.title}" for code in codes)


def filled(paragraph: str, width: int) -> str:
    """The paragraph in lines of at most ``width`` characters."""
    # A command that is broken at its hyphen cannot be copied.
    return textwrap.fill(paragraph, width, break_on_hyphens=False)


def run(options: argparse.Namespace) -> int:
    """Tell it. No phone system is asked."""
    width = terminal_width()
    text = explanation(find_code(options.code), width) if options.code else list_text(CODES.values())
    sys.stdout.write(f"{text}\n")
    return errors.DONE
