"""What a person chose to look at, kept to the next day: each board's sort, filter, columns, groups; the theme.

One small file, written whole. It is a comfort and no more: a file that cannot be read is said once and begun anew,
and one that cannot be written keeps nobody from anything.
"""

import json
import os
from pathlib import Path

from msgspec import Struct

from queuewatch.storage.folder import open_file, own_folder, write_whole

FILE = "view.json"
MOST_BOARDS = 50
"""The boards looked at longest ago are forgotten."""
LONGEST_TEXT = 200
MOST_FOLDED = 40
"""Groups of a board of which it is kept that they are folded."""
LARGEST_FILE = 4_000_000
"""Bytes: whatever is larger was not written here."""


class View(Struct, frozen=True):
    """How one board is looked at; what is empty is as it was at first."""

    sort: str = ""
    """The order's name; with ``-`` before it, turned round."""
    filter: str = ""
    columns: tuple[str, ...] = ()
    """The keys of the columns shown, in order."""
    group: str = ""
    """What the queues are grouped by."""
    folded: tuple[str, ...] = ()
    """The groups of which only their own row is shown."""


class _Kept(Struct, frozen=True):
    theme: str = ""
    boards: tuple[tuple[str, str, View], ...] = ()
    """Profile, domain, and how its board is looked at; the latest last."""


class ViewMemory:
    """The file in the folder for state."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.problem = ""
        """What is wrong with the file, in one sentence; empty if nothing is."""

    @property
    def theme(self) -> str:
        """The theme that was chosen last; empty if none was."""
        return self._read().theme

    def view(self, profile: str, domain: str) -> View:
        """How this board was looked at last."""
        known = {(of_profile, of_domain): view for of_profile, of_domain, view in self._read().boards}
        return known.get((profile, domain), View())

    def keep_theme(self, theme: str) -> None:
        """Remember the theme."""
        stored = self._read()
        if theme != stored.theme:
            self._write(_Kept(theme, stored.boards))

    def keep_view(self, profile: str, domain: str, view: View) -> None:
        """Remember how this board is looked at."""
        stored = self._read()
        others = tuple(board for board in stored.boards if board[:2] != (profile, domain))
        if (profile, domain, view) not in stored.boards:
            new = (profile, domain, view)
            self._write(_Kept(stored.theme, (*others, new)[-MOST_BOARDS:]))

    def _read(self) -> _Kept:
        try:
            with os.fdopen(open_file(self._path, os.O_RDONLY), "rb") as file:
                written = file.read(LARGEST_FILE + 1)
            if len(written) > LARGEST_FILE:
                raise ValueError
            stored = _kept(json.loads(written))
        except FileNotFoundError:
            return _Kept()
        except OSError as error:
            self.problem = f"How the board was last looked at cannot be read: {error.strerror or 'it is no file'}."
            return _Kept()
        except (ValueError, RecursionError):
            self.problem = f"{self._path} is not what queuewatch wrote there, and begins anew."
            return _Kept()
        return stored

    def _write(self, stored: _Kept) -> None:
        boards = [
            {
                "profile": profile,
                "domain": domain,
                "sort": view.sort,
                "filter": view.filter[:LONGEST_TEXT],
                "columns": list(view.columns),
                "group": view.group,
                "folded": list(view.folded[:MOST_FOLDED]),
            }
            for profile, domain, view in stored.boards
        ]
        text = json.dumps({"theme": stored.theme, "boards": boards}, indent=1)
        try:
            own_folder(self._path.parent)
            write_whole(self._path, f"{text}\n", 0o600)
        except OSError as error:
            self.problem = f"How the board is looked at is not kept: {error.strerror or 'the folder is unusable'}."


def _kept(found: object) -> _Kept:
    """What a file says; parts that make no sense say nothing. Raises ``ValueError`` for what is no such file."""
    if not isinstance(found, dict):
        raise ValueError
    boards = found.get("boards", [])
    return _Kept(
        _text(found.get("theme")),
        tuple(
            (_text(board.get("profile")), _text(board.get("domain")), _view(board))
            for board in (boards if isinstance(boards, list) else ())
            if isinstance(board, dict)
        )[-MOST_BOARDS:],
    )


def _view(found: dict[str, object]) -> View:
    return View(
        _text(found.get("sort")),
        _text(found.get("filter")),
        _texts(found.get("columns")),
        _text(found.get("group")),
        _texts(found.get("folded")),
    )


def _texts(found: object) -> tuple[str, ...]:
    texts = (_text(text) for text in found) if isinstance(found, list) else ()
    return tuple(text for text in texts if text)


def _text(found: object) -> str:
    # Lone surrogates and control characters come from no key of a keyboard.
    if not isinstance(found, str) or len(found) > LONGEST_TEXT or not found.isprintable():
        return ""
    return found
