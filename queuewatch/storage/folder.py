"""The folder for what queuewatch itself keeps on this machine, and files in it that only their owner reads."""

import errno
import getpass
import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

STATE_VARIABLE = "QUEUEWATCH_STATE"
LARGEST_PRIVATE = 1024 * 1024
"""Bytes of a private file: far beyond any session."""
NOBODY_ELSE = 0o077
"""The permissions that a private file must not give."""


class UnsafeFile(OSError):
    """A private file or folder that others could read or have put there; ``str()`` says so, ``hint`` mends it."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


def typed_path(name: str) -> Path:
    """The path that somebody typed. One that begins with the home of nobody stays so: nothing is found there."""
    # Path.expanduser raises RuntimeError for it.
    return Path(os.path.expanduser(name))


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where queuewatch keeps what it knows: ``QUEUEWATCH_STATE``, else the platform's own folder for state."""
    if chosen := environ.get(STATE_VARIABLE):
        return typed_path(chosen)
    from platformdirs import user_state_path

    return user_state_path("queuewatch", appauthor=False)


def open_file(path: Path, flags: int, mode: int = 0o600, *, follow: bool = True) -> int:
    """Open a file that is one, and give its descriptor: not what would keep a reader waiting, or read for ever.

    With ``follow`` off, a link is none either: whoever can put one there must not choose what is read or written.
    Raises ``OSError``, whose ``strerror`` says what stands there instead.
    """
    for name in ("O_CLOEXEC", "O_BINARY", "O_NONBLOCK", *(() if follow else ("O_NOFOLLOW",))):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags, mode)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _named(path, error) from None
    try:
        found = os.fstat(descriptor)
        reads = not flags & (os.O_WRONLY | os.O_RDWR)
        # Who names the null device wants an empty file, and gets one.
        if not (follow and reads and os.name == "posix" and os.path.samestat(found, os.stat(os.devnull))):
            require_file(found)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def require_file(found: os.stat_result) -> None:
    """Raise ``OSError``, whose ``strerror`` says what it is, for anything but an ordinary file."""
    if not stat.S_ISREG(found.st_mode):
        what = next((words for is_such, words in _NO_FILE if is_such(found.st_mode)), "no file")
        raise OSError(errno.EINVAL, f"it is {what}")


_NO_FILE: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder, not a file"),
    (stat.S_ISFIFO, "a named pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISLNK, "a link to elsewhere, which is not followed"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


def _named(path: Path, error: OSError) -> OSError:
    """What stands there, if that is why it cannot be opened; else the error."""
    try:
        require_file(path.lstat())
    except OSError as other:
        return other if other.errno == errno.EINVAL else error
    return error


def read_whole(path: Path, largest: int, *, follow: bool = True) -> bytes:
    """What is in a file. Raises ``OSError``, also for more bytes than that: it is not what it should be then."""
    with os.fdopen(open_file(path, os.O_RDONLY, follow=follow), "rb") as file:
        return _at_most(file, largest)


def _at_most(file: BinaryIO, largest: int) -> bytes:
    content = file.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, f"it has more than {largest // 1024:,} KiB")
    return content


def own_folder(folder: Path) -> Path:
    """The folder, made for its owner alone if it is not there. Raises ``OSError``."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def private_folder(folder: Path) -> Path:
    """A folder of our own, and nobody else may look into it, whoever made it.

    Raises :class:`UnsafeFile` when others may, and ``OSError``.
    """
    _check(own_folder(folder).stat(), folder, 0o700)
    return folder


def read_private(path: Path, largest: int = LARGEST_PRIVATE) -> str | None:
    """The text of a file that only its owner may read; ``None`` when there is none.

    Raises :class:`UnsafeFile` when others may read it or own it, and ``OSError``, also for more bytes than that.
    """
    try:
        # What is checked must be what is read, so it is opened first; a link could be anybody's.
        descriptor = open_file(path, os.O_RDONLY, follow=False)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        _check(os.fstat(descriptor), path, 0o600)
        return _at_most(file, largest).decode("utf-8")


def write_private(path: Path, text: str) -> None:
    """Put the text into a file that only its owner may read, whole or not at all. Raises ``OSError``."""
    write_whole(path, text, 0o600)


def write_whole(path: Path, text: str, mode: int) -> None:
    """Put the text in the place of the file's, so that a crash leaves one or the other. Raises ``OSError``."""
    # With it come compression and archives: whoever only reads starts sooner without.
    from tempfile import mkstemp

    descriptor, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    # The file is there, whether or not this folder can be told to flush.
    with suppress(OSError):
        flush_folder(path.parent)


def new_file_mode() -> int:
    """The permissions that this machine gives a new file."""
    # The mask can only be read by setting it: for a moment it is the strictest there is.
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def flush_folder(folder: Path) -> None:
    """Let the disk know which files are in the folder. Raises ``OSError``."""
    # Windows has no such request.
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(found: os.stat_result, path: Path, mode: int) -> None:
    # Windows keeps its own lists of who may read what, and shows none of it here.
    if os.name != "posix":
        return
    if found.st_uid != os.geteuid():
        raise UnsafeFile(
            f"{path} belongs to somebody else, so it is not used.", "Look who put it there, and take it away."
        )
    if stat.S_IMODE(found.st_mode) & NOBODY_ELSE:
        raise UnsafeFile(f"{path} is open to others, so it is not used.", f"chmod {mode:o} {path}")


def os_user() -> str:
    """Who runs this program, by the operating system's account; ``unknown`` where it does not say."""
    try:
        return getpass.getuser()
    # A container may run under a number that no account has; which error says so depends on the Python.
    except (OSError, KeyError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
