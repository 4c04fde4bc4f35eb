"""Put the figures of the benchmarks into ``docs/performance.md``.

``.venv/bin/python -m benchmarks --out docs/performance.json`` measures them, on a machine that has nothing else to
do; ``.venv/bin/python docs/make_performance.py`` writes the tables. No test asks whether they are fresh.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figure import Figure

FOLDER = Path(__file__).parent
PAGE, FIGURES = FOLDER / "performance.md", FOLDER / "performance.json"
BETWEEN_MARKS = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)


def table(name: str, idea: str, figures: list[Figure]) -> str:
    """One benchmark: a heading, and a row for each figure."""
    rows = [("What", "Figure", "Budget", "Measured"), ("---",) * 4, *map(row, figures)]
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    return f"### `{name}`\n\n{idea}\n\n{lines}\n"


def row(figure: Figure) -> tuple[str, str, str, str]:
    """What was measured, the figure, the budget and whether it was kept, and what is behind the figure."""
    what = f"{figure.what}, to {figure.against}" if figure.against else figure.what
    budget = f"{figure.budget_words}: {'kept' if figure.kept else '**missed**'}" if figure.budget_words else ""
    return what, figure.words, budget, figure.seen


def machine(facts: Mapping[str, object]) -> str:
    """The machine in words."""
    return f"Measured on {facts['processors']} processors, {facts['system']}, Python {facts['python']}.\n\n"


def main() -> None:
    """Write the figures between the marks of the page."""
    measured = json.loads(FIGURES.read_text(encoding="utf-8"))
    tables = "".join(
        table(name, one["idea"], [Figure(**figure) for figure in one["figures"]])
        for name, one in measured["benchmarks"].items()
    )
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BETWEEN_MARKS.sub(lambda _: f"{machine(measured['machine'])}{tables}", page), encoding="utf-8")


if __name__ == "__main__":
    main()
