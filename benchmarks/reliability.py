"""What can go wrong, what becomes of it, and what minutes of it leave behind: ``docs/reliability.md``.

``.venv/bin/python -m benchmarks.reliability`` from the checkout, on Linux; it takes six minutes or more, most of
them for the soak (``--seconds``). The figures go to ``docs/reliability.json`` and from there into the page;
``--page`` makes the page again from figures that are there.
"""

import argparse
import json
import os
import platform
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.reliability_page import page
from queuewatch import __version__

DOCS = Path(__file__).parents[1] / "docs"
SOAKS = (
    ("over loopback sockets", "loopback"),
    ("without any socket", ""),
    ("without any socket, Python's memory traced, which slows it down", "traced"),
)


def measure(seconds: float) -> dict[str, Any]:
    """All figures."""
    # What follows loads the screens and the tests' own tools: making the page needs none of that.
    from benchmarks.campaign import campaign
    from benchmarks.soak import in_a_process
    from benchmarks.stalled import endings

    begun = time.monotonic()
    found = campaign()
    campaign_seconds = time.monotonic() - begun
    stalled = endings()
    print(f"{len(stalled)} endings on stalled terminals", flush=True)
    soaks = []
    for how, option in SOAKS:
        soaks.append(in_a_process(how, seconds / len(SOAKS), option))
        print(f"{how}: {soaks[-1]['polls']} polls", flush=True)
    return {
        "version": __version__,
        "on": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "campaign_seconds": round(campaign_seconds, 1),
        "campaign": {name: dict(one) if isinstance(one, Counter) else one for name, one in vars(found).items()},
        "stalled": stalled,
        "soaks": soaks,
    }


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=270.0, help="how long to soak, in all")
    parser.add_argument("--page", action="store_true", help="measure nothing")
    options = parser.parse_args()
    if not options.page and not Path("/proc/self/statm").exists():
        parser.error("what a program holds is read from /proc, which is there on Linux alone")
    figures = DOCS / "reliability.json"
    if not options.page:
        figures.write_text(json.dumps(measure(options.seconds), indent=1) + "\n")
    (DOCS / "reliability.md").write_text(page(json.loads(figures.read_text())))


if __name__ == "__main__":
    main()
