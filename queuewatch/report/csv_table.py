"""Rows as CSV that a spreadsheet shows as they are."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@")


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
            text = " ".join(str(value).split())
            return f"'{text}" if text.startswith(_FORMULA) else text
