"""Keep a report in a file that nothing is lost to."""

import os
import re
from datetime import datetime
from itertools import count
from pathlib import Path

from msgspec import Struct

from queuewatch.report.drill import DrillReport
from queuewatch.storage.folder import new_file_mode, typed_path, write_whole
from queuewatch.text.plain_text import harmless_lines


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


SUFFIX = ".svg"


class ReportFile(Struct, frozen=True):
    """Where a picture would go, and what there is to say about it."""

    path: Path
    problem: str = ""
    """Why it cannot go there; empty if it can."""
    exists: bool = False
    """Whether a file is there already, and would be gone."""


def picture_name(title: str, at: datetime) -> str:
    """A name for a picture of this phone system: ``queuewatch-acme-2026-11-25-1405.svg``. Local time."""
    plain = re.sub(r"[^a-z0-9.]+", "-", title.casefold()).strip("-.")[:60].rstrip("-.")
    return "-".join(filter(None, ("queuewatch", plain, f"{at.astimezone():%Y-%m-%d-%H%M}"))) + SUFFIX


def check_path(typed: str, folder: Path) -> ReportFile:
    """What becomes of a picture under this name; a name without a folder is in ``folder``. Nothing is written."""
    name = typed.strip()
    if not name:
        return ReportFile(folder, "Type a name for the file.")
    if not name.isprintable():
        return ReportFile(folder, "The name has characters that cannot be seen.")
    try:
        path = folder / typed_path(name)
        if path.is_dir() or name.endswith(("/", os.sep)):
            return ReportFile(path, f"{path} is a folder: add a name for the file.")
        if path.suffix.casefold() != SUFFIX:
            path = path.with_name(f"{path.name}{SUFFIX}")
        if not path.parent.is_dir():
            return ReportFile(path, f"There is no folder {path.parent}.")
        if not os.access(path.parent, os.W_OK | os.X_OK):
            return ReportFile(path, f"Nothing can be written into {path.parent}.")
        if path.exists() and not path.is_file():
            return ReportFile(path, f"{path} is no ordinary file.")
        return ReportFile(path, exists=path.exists())
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return ReportFile(folder, f"That is no name for a file: {reason or 'it is not understood'}.")


def write_picture(path: Path, svg: str) -> None:
    """Write the picture, whole or not at all. Raises ``OSError``."""
    write_whole(path, svg, new_file_mode())


def plain_svg(svg: str) -> str:
    """Without the font that a viewer would fetch, with the same ids every time, and harmless in every text."""
    svg = harmless_lines(svg)
    svg = re.sub(r"\s*@font-face\s*\{[^}]*\}", "", svg)
    svg = re.sub(r"terminal-[0-9]+", "terminal", svg)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE).rstrip() + "\n"
