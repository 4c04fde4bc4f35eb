"""The past that comes with a sample company is what the program itself would have kept, and goes on from there."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from queuewatch.history.database import HistoryError, HistoryInMemory, PhoneSystemKey
from queuewatch.history.period import Period
from queuewatch.history.reader import read_past
from queuewatch.history.sample import dump, fill, sample_history
from queuewatch.history.statistics import NOTHING
from queuewatch.pbx.sandbox.samples import SampleError, load_sample

ROOT = Path(__file__).resolve().parents[2]
LAKESIDE = load_sample("lakeside")
WEEK = Period(LAKESIDE.start - timedelta(days=8), LAKESIDE.start)


def test_the_past_is_what_the_script_makes_of_the_sample() -> None:
    script = ROOT / "docs" / "make_sample_history.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_goes_up_to_the_first_moment_and_has_a_story() -> None:
    past = read_past(sample_history("http://localhost", LAKESIDE), WEEK, agents=True)
    ends = {account.segments[-1].ended for account in past.accounts}
    assert ends == {LAKESIDE.start}
    assert len(past.accounts) == len(LAKESIDE.callqueues) - 1
    assert {one.queue for one in past.accounts if one.reached < one.known} == {"8006"}
    assert all(one.unwatched > timedelta(hours=13) for one in past.accounts)
    assert all(one.watched > NOTHING for one in past.agents)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    first = sample_history("http://localhost", LAKESIDE)
    file = tmp_path / "history.jsonl"
    file.write_text("".join(f"{line}\n" for line in dump(first.open(), LAKESIDE.start)), encoding="utf-8")
    again = HistoryInMemory(first.place, lambda database: fill(database, file, first.place, LAKESIDE.start))
    assert read_past(again, WEEK, agents=True) == read_past(first, WEEK, agents=True)


@pytest.mark.parametrize("content", ["nonsense", "[]\n[1, 2]", '["8000"]\n["span", 0]', '[]\n["queue", 0, 1]'])
def test_a_damaged_past_is_named(tmp_path: Path, content: str) -> None:
    file, place = tmp_path / "history.jsonl", PhoneSystemKey("here", "example.com")
    file.write_text(content)
    history = HistoryInMemory(place, lambda database: fill(database, file, place, LAKESIDE.start))
    with pytest.raises(SampleError, match="is damaged"):
        history.open()
    with pytest.raises(HistoryError, match="is damaged"):
        read_past(history, WEEK)
