"""Text and tables as Markdown that shows them as they are."""

import re
from collections.abc import Iterator

from queuewatch.plain_text import one_line

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
