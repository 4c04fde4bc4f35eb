"""Rows as CSV that a spreadsheet shows as they are."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from queuewatch.text.plain_text import harmless_lines, one_line

_SIGNS = "=+\\-@＝＋－＠"
"""What a formula begins with, also in the wide letters of East Asia."""
_FORMULA = re.compile(f"(^[;|]*|[;|] *)(?=[{_SIGNS}])")
"""Where a cell may begin: many a country's spreadsheets take a semicolon for the end of a cell."""


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows below one row of column names, without a line break at the end."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(
        [columns, *([_cell(value) for value in row] for row in rows)]
    )
    return written.getvalue().removesuffix("\n")


def _cell(value: object) -> str:
    """A cell on one line that no spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return _FORMULA.sub(r"\1'", " ".join(one_line(str(value)).split()))


_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """A table, line by line."""
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for row in rows:
        yield f"| {' | '.join(map(plain, row))} |"


def plain(text: str) -> str:
    """The text with every mark that Markdown or HTML would act on made harmless."""
    return _SPECIAL.sub(r"\\\1", one_line(text))


def workflow_command(level: str, title: str, message: str) -> str:
    """A line that GitHub shows as an ``error``, a ``warning`` or a ``notice`` (the escapes are its own)."""
    named = _workflow_data(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={named}::{_workflow_data(message)}"


def _workflow_data(text: str) -> str:
    return harmless_lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
