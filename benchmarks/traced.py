"""Run a program with its memory traced: ``python traced.py FILE WARM_UP MINUTES PROGRAM|queuewatch WORDS…``.

Into the file goes, after so many minutes, what was taken since the end of the first ones and not given back.
"""

import gc
import runpy
import sys
import threading
import time
import tracemalloc
from pathlib import Path

FRAMES = 4
MOST = 8


def _watch(file: Path, warm_up: float, minutes: float) -> None:
    time.sleep(warm_up * 60)
    gc.collect()
    before = tracemalloc.take_snapshot()
    time.sleep(minutes * 60 - 20)
    gc.collect()
    after = tracemalloc.take_snapshot()
    lines: list[str] = []
    for found in after.compare_to(before, "traceback")[:MOST]:
        lines += [f"{found.size_diff / 1024:+.1f} KiB in {found.count_diff:+} blocks", *found.traceback.format()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    file, warm_up, minutes, program, *words = sys.argv[1:]
    tracemalloc.start(FRAMES)
    threading.Thread(target=_watch, args=(Path(file), float(warm_up), float(minutes)), daemon=True).start()
    sys.argv = [program, *words]
    if program == "queuewatch":
        runpy.run_module(program, run_name="__main__")
    else:
        runpy.run_path(program, run_name="__main__")
