"""The same screens on every machine: nothing of the surroundings shows, and no edit waits."""

import os
import time
from collections.abc import Callable, Hashable, Iterator
from importlib import import_module
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.exceptions import SnapshotDoesNotExist

from queuewatch.glyphs import STATE_GLYPHS

REPORT = "TEXTUAL_SNAPSHOT_TEMPDIR"
"""Where the pictures that differ are gathered for the report."""

LOOKS = 20.0
"""Seconds for a picture to come to look as it is stored: a line that grew is laid out after it was written."""

# Textual reads these once, when it is imported: here is before every test that does.
for name in [name for name in os.environ if name.startswith("TEXTUAL_") and name != REPORT]:
    del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def stylesheets_parsed_once() -> Iterator[None]:
    """Every program of a test has the same stylesheets: what Textual keeps of them for one, all may have."""
    stylesheet = import_module("textual.css.stylesheet").Stylesheet
    parse = stylesheet._parse_rules
    kept: dict[Hashable, Any] = {}

    def parse_once(sheet: Any, *css: Hashable, **how: Hashable) -> Any:
        key = css, *how.items(), *sheet._variables.items()
        if key not in kept:
            kept[key] = parse(sheet, *css, **how)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A terminal of full colour and Unicode; what was written can be read back at once."""
    if REPORT not in os.environ:
        monkeypatch.setenv(REPORT, str(tmp_path_factory.mktemp("pictures")))
    # After each key Textual waits until the program is idle; to find that out takes it no longer than this.
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.006)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = import_module("widgets.marks").GLYPHS
    for name, glyph in STATE_GLYPHS.items():
        monkeypatch.setitem(shown, name, glyph)
    # The package offers a function of the module's name, which hides it from a dotted path.
    monkeypatch.setattr(import_module("queuewatch.change.apply"), "READ_BACK_PAUSE", 0)


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool], snapshot: SnapshotAssertion) -> Callable[..., bool]:
    """Take a picture once it looks as it is stored, or as it looks when that does not come about.

    What is to be seen may be known long before it is laid out and drawn, and how long is the machine's affair. So
    is what tables held on the way, by which their columns are wider.
    """
    line_table = import_module("widgets.line_table").LineTable
    # As late as Textual itself, which reads its surroundings.
    extension = snapshot.use_extension(import_module("pytest_textual_snapshot").SVGImageExtension).extension
    try:
        stored = extension.read_snapshot(test_location=snapshot.test_location, index=0, session_id=snapshot.name)
    except SnapshotDoesNotExist:
        stored = None

    def compare(app: Any, *, run_before: Callable[[Any], Any] | None = None, **how: Any) -> bool:
        async def settle(pilot: Any) -> None:
            if run_before is not None:
                await run_before(pilot)
            for screen in pilot.app.screen_stack:
                for table in screen.query(line_table):
                    table.fit_anew()
            given_up = time.monotonic() + LOOKS
            while stored is not None and not snapshot.update_snapshots and time.monotonic() < given_up:
                seen = extension.serialize(pilot.app.export_screenshot(title=pilot.app.title, simplify=True))
                if extension.matches(serialized_data=seen, snapshot_data=stored):
                    return
                await pilot.pause(0.05)

        return snap_compare(app, run_before=settle, **how)

    return compare
