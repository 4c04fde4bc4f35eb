"""Keep a report in a file that nothing is lost to."""

import re
from itertools import count
from pathlib import Path

from queuewatch.report.drill_report import DrillReport


def drill_file_name(report: DrillReport) -> str:
    """A name for the report of this drill: ``drill-dallas-2026-11-23-1512``. Local time."""
    scope = report.drill.scope
    what = "-".join((*scope.sites, *scope.ips, *sorted(scope.agents))) or "everything"
    plain = re.sub(r"[^a-z0-9.]+", "-", what.casefold()).strip("-.")[:60].rstrip("-.") or "site"
    return f"drill-{plain}-{report.drill.snapshot.taken_at.astimezone():%Y-%m-%d-%H%M}"


def write_new(folder: Path, stem: str, suffix: str, text: str) -> Path:
    """Write a file that was not there before: a number is added to its name until there is none.

    Raises ``OSError``.
    """
    for number in count(1):
        path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(f"{text}\n")
        except FileExistsError:
            continue
        return path
    raise AssertionError("there is always a next number")
