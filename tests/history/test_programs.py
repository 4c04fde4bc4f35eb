"""Several programs of one machine share a history: one writes, and another takes over when it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from queuewatch.history.database import HistoryFile
from queuewatch.history.recorder import Recorder

from .build import Company, history, line, minutes, sales, see, told

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def kept(tmp_path: Path) -> HistoryFile:
    return history(tmp_path)


def test_of_two_programs_one_writes_and_the_other_takes_over(kept: HistoryFile) -> None:
    first, second, company = Recorder(kept), Recorder(kept), Company()
    for live_state in company.day("GGYY"):
        for one in (first, second):
            one.see(live_state)
            assert one.flush(10)
    assert (first.problem, second.problem) == ("", "")
    assert minutes(sales(told(kept))) == {"rings": 2, "fails_over": 1}
    assert first.close(10)
    see(second, company, "GG", 4)
    second.close(10)
    assert line(sales(told(kept))) == [("rings", 0, 2), ("fails_over", 2, 1), ("rings", 4, 1)]


KILLED = """\
import sys, time
from pathlib import Path
from tests.history.build import Company, history
from queuewatch.history.recorder import Recorder
recorder = Recorder(history(Path(sys.argv[1])))
for live_state in Company().day("GGYY"):
    recorder.see(live_state)
recorder.flush(10)
print("written", flush=True)
time.sleep(60)
"""


def test_after_a_program_that_was_killed_another_goes_on(tmp_path: Path) -> None:
    kept = history(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "written\n"
        waiting = Recorder(kept)
        see(waiting, Company(), "G", 3)
        other.kill()
        other.wait()
    see(waiting, Company(), "GG", 5)
    waiting.close(10)
    assert waiting.problem == ""
    assert line(sales(told(kept))) == [("rings", 0, 2), ("fails_over", 2, 1), ("rings", 5, 1)]
