"""How much of a processor another process has used, and how much memory it holds: asked of Linux."""

import os
from pathlib import Path


def seconds_used(process: int) -> float:
    """Processor seconds of all the threads of a running process, to the microsecond."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def megabytes_held(process: int) -> float:
    """Resident memory of a running process."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
