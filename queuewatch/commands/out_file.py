"""Write a report to a file: whole, or not at all."""

import os
from pathlib import Path

from queuewatch.commands.wrong import WrongCommand
from queuewatch.state import write_whole


def check_out(name: str) -> Path:
    """The file's full name, if it can be written as far as can be told before. Raises :class:`WrongCommand`."""
    path = Path(name).expanduser().absolute()
    if path.is_dir():
        raise WrongCommand(f"{path} is a folder.", "Name a file in it.")
    if not path.parent.is_dir():
        raise WrongCommand(f"There is no folder {path.parent}.", "Nothing was written. Name another file.")
    return path


def write_out(text: str, name: str) -> Path:
    """Write the text, with a line break at its end, and give the file's full name.

    What was there before is replaced in one step. Raises :class:`WrongCommand`.
    """
    path = check_out(name)
    try:
        write_whole(path, f"{text}\n", _mode(path))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise WrongCommand(
            f"{path} cannot be written: {why}.", "Nothing was written. Name another file."
        ) from None
    return path


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced, else those a new file would get."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
