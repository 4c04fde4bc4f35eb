"""Output streams that take any name, whatever the terminal can show."""

import codecs
import io
from typing import TextIO

from queuewatch.glyphs import STAND_INS


def tolerate(stream: TextIO) -> None:
    """Make the stream write a stand-in, rather than fail, for what its encoding does not have."""
    codecs.register_error("queuewatch", _stand_in)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="queuewatch")


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(STAND_INS.get(char, "?") for char in lacking), error.end
