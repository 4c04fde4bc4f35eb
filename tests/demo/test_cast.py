"""The recording of the demo: well formed, of a decent size, and of what the program says now."""

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from queuewatch.demo.presenter import Presenter
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.scenario import load_scenario
from screens.keys.board import BOARD, EVERYWHERE

DOCS = Path(__file__).resolve().parents[2] / "docs"
CAST, PICTURE = DOCS / "demo.cast", DOCS / "demo.svg"
WIDTH, HEIGHT = 80, 24
CAPTION = 60
"""So much of a caption is on its first line, whatever stands before it."""


def events() -> list[tuple[float, str]]:
    rows = [json.loads(line) for line in CAST.read_text(encoding="utf-8").splitlines()[1:]]
    assert {kind for _, kind, _ in rows} == {"o"}
    return [(at, text) for at, _, text in rows]


def said() -> list[str]:
    """What the narrator says of the power cut at Dallas that the recording shows."""
    sample = load_sample("lakeside")
    room = [0.0]
    clock = SandboxClock(sample.start, monotonic=lambda: room[0])
    pbx = SandboxPbx(sample, clock=clock, scenario=load_scenario(sample, "quiet-day"))
    stage = Presenter(pbx, clock)
    pbx.cut_power("Dallas")
    room[0] = 260
    pbx.restore_power("Dallas")
    room[0] = 290
    pbx.advance()
    return [sentence for _, sentence in stage.captions]


def test_the_recording_is_one_that_players_take() -> None:
    header = json.loads(CAST.read_text(encoding="utf-8").splitlines()[0])
    assert (header["version"], header["width"], header["height"]) == (2, WIDTH, HEIGHT)
    times = [at for at, _ in events()]
    assert times[0] == 0
    assert all(earlier < later for earlier, later in pairwise(times))
    rows = [int(row) for _, text in events() for row in re.findall(r"\x1b\[(\d+);1H", text)]
    assert set(rows) == set(range(1, HEIGHT + 1))


@pytest.mark.parametrize(("file", "most"), [(CAST, 300_000), (PICTURE, 400_000)])
def test_both_are_of_a_decent_size_and_tell_nothing_of_their_maker(file: Path, most: int) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) < most
    assert str(Path.home()) not in text


def test_the_recording_shows_what_the_program_says() -> None:
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", "\n".join(text for _, text in events()))
    assert [sentence for sentence in said() if sentence[:CAPTION] not in shown] == []
    # What has room in the footer changes with its words; these never give way in a demo.
    kept = [action.label for action in (*BOARD, *EVERYWHERE) if action.demo and action.footer] + ["Help", "Quit"]
    assert "Power" in kept
    assert [label for label in kept if label not in shown] == []


def test_the_picture_plays_by_itself_and_fetches_nothing() -> None:
    svg = PICTURE.read_text(encoding="utf-8")
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "@keyframes" in svg
    assert not re.search(r"<script|@font-face|@import|url\(|href=", svg)
    words = " ".join(ElementTree.fromstring(svg).itertext())
    assert [sentence for sentence in said() if sentence[:CAPTION] not in words] == []
