"""The same screens on every machine: nothing of the surroundings shows, and no edit waits."""

import os
from importlib import import_module

import pytest

from queuewatch.glyphs import STATE_GLYPHS

REPORT = "TEXTUAL_SNAPSHOT_TEMPDIR"
"""Where the pictures that differ are gathered for the report."""

# Textual reads these once, when it is imported: here is before every test that does.
for name in [name for name in os.environ if name.startswith("TEXTUAL_") and name != REPORT]:
    del os.environ[name]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A terminal of full colour and Unicode; what was written can be read back at once."""
    if REPORT not in os.environ:
        monkeypatch.setenv(REPORT, str(tmp_path_factory.mktemp("pictures")))
    # After each key Textual waits until the program is idle; to find that out takes it no longer than this.
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.006)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = import_module("widgets.glyphs").GLYPHS
    for name, glyph in STATE_GLYPHS.items():
        monkeypatch.setitem(shown, name, glyph)
    # The package offers a function of the module's name, which hides it from a dotted path.
    monkeypatch.setattr(import_module("queuewatch.change.carry_out"), "READ_BACK_PAUSE", 0)
