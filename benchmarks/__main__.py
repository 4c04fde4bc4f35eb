"""``python -m benchmarks [NAME…] [--out FILE]``: measure, print a table, and write the figures as JSON."""

import argparse
import compileall
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks import LONG, NAMES
from benchmarks.figure import Figure

CHECKOUT = Path(__file__).parents[1]


def main(argv: list[str]) -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what queuewatch costs.")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"which: {', '.join(NAMES)} (default: all of these), {', '.join(LONG)}",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the figures here as JSON, over those of the same benchmarks",
    )
    options = parser.parse_args(argv)
    if unknown := [name for name in options.names if name not in NAMES + LONG]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(NAMES + LONG)}")
    if sys.platform != "linux":
        parser.error("the processor time of a board is asked of Linux, and this is none")
    # An edited checkout would run uncompiled for ever where this is set, and be measured so.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for package in ("queuewatch", "screens", "widgets"):
        compileall.compile_dir(CHECKOUT / package, quiet=2)
    figures: dict[str, list[Figure]] = {}
    for name in options.names or NAMES:
        print(f"\n{name}: {_idea(name)}", flush=True)
        figures[name] = []
        for figure in import_module(f"benchmarks.{name}").measure():
            figures[name].append(figure)
            print(_line(figure), flush=True)
    if options.out:
        before = json.loads(options.out.read_text(encoding="utf-8"))["benchmarks"] if options.out.exists() else {}
        written = json.dumps(_document(before, figures), indent=1, ensure_ascii=False)
        options.out.write_text(f"{written}\n", encoding="utf-8")
    return 0


def _idea(name: str) -> str:
    return str(import_module(f"benchmarks.{name}").__doc__).partition("\n")[0]


def _line(figure: Figure) -> str:
    against = f"{figure.what}, to {figure.against}" if figure.against else figure.what
    mark = "" if figure.budget is None else " kept" if figure.kept else " MISSED"
    budget = f"at most {figure.budget_words},{mark}" if figure.budget_words else ""
    return f"  {against:<86}{figure.words:>18}  {budget:<30}{figure.seen}"


def _document(before: dict[str, object], figures: dict[str, list[Figure]]) -> dict[str, object]:
    measured = {
        name: {"idea": _idea(name), "figures": [asdict(figure) for figure in found]}
        for name, found in figures.items()
    }
    return {
        "machine": {
            "processors": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "benchmarks": {
            name: {**before, **measured}[name] for name in NAMES + LONG if name in {**before, **measured}
        },
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
