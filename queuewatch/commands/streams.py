"""Output streams that take any name, whatever the terminal can show."""

import codecs
import io
import sys
from typing import TextIO

from queuewatch.glyphs import STAND_INS
from queuewatch.plain_text import harmless_lines


def tolerate(stream: TextIO) -> None:
    """Make the stream write a stand-in, rather than fail, for what its encoding does not have."""
    codecs.register_error("queuewatch", _stand_in)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="queuewatch")


def write(text: str) -> None:
    """Write a text and a line break to stdout, whatever was in it that a terminal would obey."""
    sys.stdout.write(f"{harmless_lines(text)}\n")


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(STAND_INS.get(char, "?") for char in lacking), error.end
