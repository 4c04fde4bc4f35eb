"""What a checkup says of this machine: programs, terminal, where secrets could be kept."""

import locale
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from queuewatch import __version__
from queuewatch.failover.words import listing
from queuewatch.pbx.checks import Check, good, unsure
from queuewatch.pbx.netsapiens.zones import Source, sources
from queuewatch.sessions.in_keyring import keyring_name

SMALLEST = (80, 24)
"""Columns and rows that the board is made for at least."""


def check_surroundings(environ: Mapping[str, str]) -> Iterator[Check]:
    """Everything about this machine that a support case asks for first."""
    yield _programs()
    yield _terminal(environ)
    yield _encoding()
    yield _keyring()


def _programs() -> Check:
    versions = ", ".join(f"{name} {_version(name)}" for name in ("textual", "httpx", "rich"))
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return good("Programs", f"queuewatch {__version__}, {python}, {versions}, {_time_zones()}.")


def _time_zones() -> str:
    """Which edition of the world's clocks is used, and which others are there."""
    used, *others = map(_edition, sources() or (None,))
    return f"time zones {used}" + (f" (not {listing(others)})" if others else "")


def _edition(source: Source | None) -> str:
    if source is None:
        return "unknown: install the package tzdata"
    version = f"IANA {source.version}" if source.version else "of an unknown edition"
    return f"{version} from {'the package tzdata' if source.packaged else source.folder}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _terminal(environ: Mapping[str, str]) -> Check:
    kind = environ.get("TERM", "") or "no TERM"
    through = [
        name
        for name, variable in (("tmux", "TMUX"), ("screen", "STY"), ("SSH", "SSH_TTY"))
        if environ.get(variable)
    ]
    inside = f", through {' and '.join(through)}" if through else ""
    if not sys.stdout.isatty():
        return good("Terminal", f"None: the output goes elsewhere ({kind}{inside}).")
    columns, rows = shutil.get_terminal_size()
    sentence = f"{columns}x{rows}, {kind}, {_colours()}{inside}."
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return unsure("Terminal", sentence, "The board is made for 80x24 and more: enlarge the window.")
    return good("Terminal", sentence)


def _colours() -> str:
    from rich.console import Console

    match Console().color_system:
        case None:
            return "no colours"
        case "standard" | "windows":
            return "16 colours"
        case "256":
            return "256 colours"
        case _:
            return "16 million colours"


def _encoding() -> Check:
    encoding = (sys.stdout.encoding or "none").lower().replace("utf8", "utf-8")
    if encoding == "utf-8":
        return good("Encoding", "UTF-8.")
    return unsure(
        "Encoding",
        f"{encoding}, of the locale {locale.setlocale(locale.LC_CTYPE)}: some signs are shown by stand-ins.",
        "Choose a UTF-8 locale, such as LANG=C.UTF-8.",
    )


def _keyring() -> Check:
    name = keyring_name()
    if not name:
        return good("Keyring", "There is none: a session is kept in a file that only you may read, if you wish.")
    return good("Keyring", f"{name}: a session can be kept in it.")
