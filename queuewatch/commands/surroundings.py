"""What a checkup says of this machine: programs, terminal, where secrets could be kept."""

import locale
import platform
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from queuewatch import __version__
from queuewatch.commands.screen import shows_lines_only
from queuewatch.failover.words import listing, plural
from queuewatch.fault_log import fault_log
from queuewatch.output import terminal_size
from queuewatch.pbx.checks import Check, good, unsure
from queuewatch.pbx.netsapiens.zones import Source, sources
from queuewatch.sessions.in_keyring import keyring_name
from queuewatch.state import read_private

SMALLEST = (80, 24)
"""Columns and rows that the board is made for at least."""


def check_surroundings(environ: Mapping[str, str]) -> Iterator[Check]:
    """Everything about this machine that a support case asks for first."""
    yield _programs()
    yield _terminal(environ)
    yield _encoding()
    yield _keyring()
    yield from _faults(environ)


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
    size = terminal_size(sys.stdout.fileno())
    shown = "{}x{}".format(*size) if size else "of unknown size"
    sentence = f"{shown}, {kind}, {colours_in_use(environ)}{inside}."
    if shows_lines_only(environ):
        return unsure("Terminal", sentence, "The board cannot be drawn on it: queuewatch status needs no more.")
    more = more_colours(environ)
    if size is None:
        remedy = "The board takes it for 80x24; “stty rows 24 columns 80” tells the terminal."
        return unsure("Terminal", sentence, remedy, *more)
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1]:
        return unsure("Terminal", sentence, "The board is made for 80x24 and more: enlarge the window.", *more)
    return good("Terminal", sentence, *more)


def colours_in_use(environ: Mapping[str, str]) -> str:
    """The colours that the board has on this terminal, and why not more where somebody chose so."""
    if environ.get("NO_COLOR"):
        return "no colours, as NO_COLOR wishes"
    match _colour_system(environ):
        case None:
            return "no colours"
        case "standard" | "windows":
            return "16 colours, the terminal's own"
        case "256":
            return "256 colours"
        case _:
            return "16 million colours"


def _colour_system(environ: Mapping[str, str]) -> str | None:
    from rich.console import Console

    # As Textual asks, which is not loaded for it.
    known: Literal["auto", "standard", "256", "truecolor", "windows"]
    match environ.get("TEXTUAL_COLOR_SYSTEM"):
        case "standard" | "256" | "truecolor" | "windows" as known:
            pass
        case _:
            known = "auto"
    return Console(color_system=known, force_terminal=True, _environ=environ).color_system


def more_colours(environ: Mapping[str, str]) -> Iterator[str]:
    """What would give more of them."""
    remote = environ.get("SSH_TTY") or environ.get("SSH_CONNECTION")
    if environ.get("NO_COLOR") or _colour_system(environ) == "truecolor" or not remote:
        return
    if not environ.get("COLORTERM"):
        yield (
            "SSH does not pass COLORTERM on. Where the terminal at your end shows 16 million colours, "
            "export COLORTERM=truecolor here has them used."
        )


def _encoding() -> Check:
    encoding = (sys.stdout.encoding or "none").lower().replace("utf8", "utf-8")
    if encoding == "utf-8":
        return good("Encoding", "UTF-8.")
    return unsure(
        "Encoding",
        f"{encoding}, of the locale {locale.setlocale(locale.LC_CTYPE)}: some signs are shown by stand-ins.",
        "Choose a UTF-8 locale, such as LANG=C.UTF-8.",
    )


def _faults(environ: Mapping[str, str]) -> Iterator[Check]:
    """Faults of queuewatch itself, if there ever were any."""
    path = fault_log(environ)
    try:
        lines = read_private(path)
    except (OSError, ValueError) as error:
        yield unsure("Faults", f"{path} cannot be read ({type(error).__name__}).")
        return
    if lines:
        number, last = lines.count("\n"), lines.splitlines()[-1].partition(" ")[0]
        sentence = f"{plural(number, 'fault')} of queuewatch itself, the last at {last}."
        yield unsure("Faults", sentence, f"Please report what {path} says; then take it away.")


def _keyring() -> Check:
    name = keyring_name()
    if not name:
        return good("Keyring", "There is none: a session is kept in a file that only you may read, if you wish.")
    return good("Keyring", f"{name}: a session can be kept in it.")
