"""What themes, columns, letters and the question for a picture's name look like."""

from pathlib import Path

import pytest
from textual.theme import Theme

from widgets import themes

from .office import open_office
from .test_pictures import Compare, after, keys, on

WIDE = (140, 40)


@pytest.mark.parametrize("theme", [themes.COLOUR_BLIND, themes.HIGH_CONTRAST], ids=lambda theme: theme.name)
def test_board_in_a_theme(snap_compare: Compare, theme: Theme) -> None:
    assert snap_compare(open_office("harbor", theme=theme.name).app(), run_before=after())


def test_board_in_the_light_colour_blind_theme(snap_compare: Compare) -> None:
    app = open_office("harbor", theme=themes.COLOUR_BLIND_LIGHT.name).app()
    assert snap_compare(app, terminal_size=WIDE, run_before=after(on("8103")))


def test_columns(snap_compare: Compare) -> None:
    steps = after(keys("C", "down", "down", "down", "space", "J"))
    assert snap_compare(open_office().app(), run_before=steps)


def test_columns_on_a_wide_terminal(snap_compare: Compare) -> None:
    steps = after(keys("C", "G", "space", "K"))
    assert snap_compare(open_office().app(), terminal_size=WIDE, run_before=steps)


def test_letters(snap_compare: Compare) -> None:
    assert snap_compare(open_office("harbor").app(), run_before=after(keys("w", "o")))


def test_letters_on_a_wide_terminal(snap_compare: Compare) -> None:
    assert snap_compare(open_office("harbor").app(), terminal_size=WIDE, run_before=after(keys("o")))


def test_letters_without_colour(snap_compare: Compare) -> None:
    assert snap_compare(open_office("harbor", theme="ansi-dark").app(), run_before=after(keys("o")))


def test_a_pictures_name(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    # The folder is shown, and is the same on every machine.
    monkeypatch.setattr(Path, "cwd", lambda: Path("/"))
    monkeypatch.setattr("os.access", lambda *_: True)
    assert snap_compare(open_office().app(), run_before=after(keys("S")))
