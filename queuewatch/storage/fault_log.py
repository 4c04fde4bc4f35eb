"""Where faults of the program itself are written down, for whoever mends them: when, which, and where in its code.

Nothing of what was being read is in it: an error's text may hold anything.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from queuewatch import __version__
from queuewatch.process.background import ProgramFault
from queuewatch.storage.folder import open_file, own_folder, state_folder
from queuewatch.text.instant import utc

REPORT_IT = "Please report it: queuewatch doctor says where the faults are written down."

LARGEST = 64 * 1024
"""Bytes after which it begins anew; what was before is kept once."""


def fault_log(environ: Mapping[str, str]) -> Path:
    """The file that faults of the program are written to."""
    return state_folder(environ) / "faults.log"


def write_down(environ: Mapping[str, str], fault: ProgramFault) -> None:
    """Add a line to the file, if that is possible: who cannot write has said so elsewhere."""
    with suppress(OSError):
        path = fault_log(environ)
        own_folder(path.parent)
        file = open_file(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, follow=False)
        try:
            os.write(file, f"{_line(fault)}\n".encode())
            is_full = os.fstat(file).st_size > LARGEST
        finally:
            os.close(file)
        if is_full:
            os.replace(path, path.with_suffix(".log.1"))


def _line(fault: ProgramFault) -> str:
    where = " > ".join(fault.places) or "outside its own files"
    return f"{utc(datetime.now(UTC))} {__version__} {fault.kind} while {fault.doing}: {where}"
