"""Text fit to leave this program: no sign in it does anything but be read.

Names come from servers, files, recordings and command lines. What a terminal, a spreadsheet or a reader of
right-to-left script would obey is taken out where text leaves, whatever way it came in.
"""

import re

TEXT_LIMIT = 200
"""Characters kept of one text: longer than any real name, shorter than any screen can be flooded with."""

_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_DIRECTIONS = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
HARMFUL = f"\x00-\x1f\x7f-\x9f{_DIRECTIONS}"
"""What never leaves, as it is written between the brackets of a regular expression."""
_HARMFUL = re.compile(f"[{HARMFUL}]+")
_HARMFUL_IN_LINES = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f{_DIRECTIONS}]+")
_OTHER_BREAKS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """The text on one line, without control, bidirectional or half characters; of any length, its blanks kept."""
    return text if text.isprintable() else _HARMFUL.sub("", _BREAKS.sub(" ", text))


def harmless(words: str, limit: int = TEXT_LIMIT) -> str:
    """The words on one line as :func:`one_line` gives it, without blanks around, cut to ``limit``."""
    words = one_line(words).strip()
    return words if len(words) <= limit else words[: limit - 1] + "…"


def visible(words: str) -> str:
    """Words that somebody typed, to be quoted: what can be seen of them, cut as :func:`harmless` cuts."""
    return harmless("".join(sign for sign in one_line(words) if sign.isprintable()))


def harmless_lines(text: str) -> str:
    """A whole text of several lines, without the same characters; of any length, its blanks as they were."""
    if text.isprintable():
        return text
    return _HARMFUL_IN_LINES.sub("", _OTHER_BREAKS.sub("\n", text.replace("\t", "    ")))


def same_cells(text: str) -> str:
    """The text without the same characters and with nothing in their place: none of them fills a cell."""
    return text if text.isprintable() else _HARMFUL.sub("", text)


def harmless_document(value: object) -> object:
    """A JSON value with every text in it on one harmless line, for what is shown by whoever it is sent to."""
    match value:
        case str():
            return one_line(value)
        case dict():
            return {name: harmless_document(held) for name, held in value.items()}
        case list() | tuple():
            return [harmless_document(held) for held in value]
        case _:
            return value
