"""Time zones by the names the phone system uses, such as ``US/Central``, from the newest database there is.

Governments change their clocks at short notice, and an operating system's database may be years old. The library's
own search asks the operating system first and the ``tzdata`` package only for names that are missing there, so an
old database wins, and two names may come from two editions. Here one source is chosen, the newer, for all names.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_OF_THIS_MACHINE = ("localtime", "posixrules")
_OTHER_TREES = ("posix/", "right/")
"""Copies of the whole database, one of them with leap seconds, which no phone system counts."""

_VERSION = re.compile(r"\b(2[0-9]{3})([a-z]{1,2})\b")
_VERSION_FILES = ("tzdata.zi", "+VERSION")
"""Where an edition says which it is: the compact source, which most install, and the file of BSD and macOS."""


class Source(NamedTuple):
    """One edition of the time zones of the world."""

    version: str
    """As IANA calls it, ``2026f``; empty where the edition does not say."""
    folder: Path
    packaged: bool
    """It came with the ``tzdata`` package rather than with the operating system."""

    @property
    def rank(self) -> tuple[str, int, str]:
        """Sorts a newer edition behind an older one, and behind all what does not say which it is."""
        found = _VERSION.fullmatch(self.version)
        return (found[1], len(found[2]), found[2]) if found else ("", 0, "")


def sources() -> tuple[Source, ...]:
    """Every edition on this machine, the one in use first."""
    # Loaded for the first name, not before: a board is painted without.
    from zoneinfo import TZPATH

    return _sources(TZPATH, *_package())


def zone_called(name: str) -> tzinfo | None:
    """The clocks of that zone, daylight saving included; ``None`` when no zone is called so."""
    if name in _OF_THIS_MACHINE or name.startswith(_OTHER_TREES) or not _NAME.fullmatch(name):
        return None
    return _zone(name, sources())


@lru_cache(maxsize=256)
def _zone(name: str, known: tuple[Source, ...]) -> tzinfo | None:
    if not known:
        return None
    zone = _read(name, known[0].folder)
    if zone is not None:
        return zone
    # Some systems install old names such as US/Central apart: what such a name stands for is in the edition's
    # list of links, or in the other's, and its clocks are still those of the edition in use.
    meant = next((target for source in known if (target := _links(source.folder).get(name))), None)
    return _read(meant, known[0].folder, name) if meant else None


def _read(name: str, folder: Path, key: str = "") -> tzinfo | None:
    try:
        with open(folder / name, "rb") as file:
            return _zone_type().from_file(file, key or name)
    # What is no zone may be a folder, a file of something else, or no file's name at all.
    except (LookupError, OSError, ValueError):
        return None


@cache
def _zone_type() -> "type[ZoneInfo]":
    from zoneinfo import ZoneInfo

    class Zone(ZoneInfo):
        """Equal to any other of its name: two readings of one user are then equal, whoever loaded the clocks."""

        def __eq__(self, other: object) -> bool:
            return isinstance(other, ZoneInfo) and other.key == self.key

        def __hash__(self) -> int:
            return hash(self.key)

    return Zone


@lru_cache(maxsize=8)
def _links(folder: Path) -> dict[str, str]:
    """What other names stand for: lines such as ``L America/Chicago US/Central``."""
    try:
        lines = (folder / "tzdata.zi").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    words = (line.split() for line in lines if line.startswith("L "))
    return {link[2]: link[1] for link in words if len(link) == 3 and _NAME.fullmatch(link[1])}


@lru_cache(maxsize=8)
def _sources(paths: tuple[str, ...], package: Path | None, version: str) -> tuple[Source, ...]:
    found = list(_of_the_system(paths))
    if package is not None:
        found.append(Source(version or _version_in(package), package, packaged=True))
    # Of equals the operating system's stays first, unless neither says which it is: packages are kept up to date.
    return tuple(
        sorted(found, key=lambda source: (source.rank, source.packaged and not source.version), reverse=True)
    )


def _of_the_system(paths: Iterable[str]) -> Iterator[Source]:
    for path in map(Path, paths):
        try:
            has_any = any(path.iterdir())
        except OSError:
            # It is not there, is no folder, or may not be looked into.
            continue
        if has_any:
            yield Source(_version_in(path), path, packaged=False)


def _version_in(folder: Path) -> str:
    for name in _VERSION_FILES:
        try:
            with open(folder / name, encoding="utf-8", errors="replace") as file:
                found = _VERSION.search(file.readline())
        except OSError:
            continue
        if found:
            return found[0]
    return ""


def _package() -> tuple[Path | None, str]:
    """The folder of the ``tzdata`` package, where it is installed as files, and the edition it says it is."""
    try:
        import tzdata
    except ImportError:
        return None, ""
    folder = Path(tzdata.__file__ or "").parent / "zoneinfo"
    return (folder if folder.is_dir() else None), str(getattr(tzdata, "IANA_VERSION", ""))
