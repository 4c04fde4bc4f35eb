"""What can stand in the place of a file and is none, or none that anybody wrote."""

import os
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path


def pipe(path: Path) -> None:
    """A named pipe: whoever opens it waits for somebody else."""
    os.mkfifo(path, 0o600)


def socket_file(path: Path) -> None:
    """A socket."""
    # The name of a socket may have a hundred signs, and a test's folder has more.
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with closing(socket.socket(socket.AF_UNIX)) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


def folder(path: Path) -> None:
    """A folder."""
    path.mkdir()


def link_to_a_pipe(path: Path) -> None:
    """A link to a named pipe."""
    os.mkfifo(path.parent / "elsewhere", 0o600)
    path.symlink_to(path.parent.absolute() / "elsewhere")


def link_to_zeros(path: Path) -> None:
    """A link to a device that never ends."""
    path.symlink_to("/dev/zero")


def brackets(path: Path) -> None:
    """Brackets nested deeper than anything real, in a file that only its owner reads."""
    path.write_text(f"{'a = ' if path.suffix == '.toml' else ''}{'[' * 50_000}")
    path.chmod(0o600)


def zeros(path: Path) -> None:
    """A hundred gigabytes of nothing, which take no room."""
    with path.open("wb") as file:
        file.truncate(10**11)
    path.chmod(0o600)


Make = Callable[[Path], None]
NO_FILES: dict[Make, str] = {
    pipe: "it is a named pipe, not a file",
    socket_file: "it is a socket, not a file",
    folder: "it is a folder, not a file",
    link_to_a_pipe: "it is a ",
    link_to_zeros: "it is a ",
}
"""What is said of each."""
