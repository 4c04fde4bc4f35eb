"""The end by force is put off while something must be done first, and no longer than that."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, time
from queuewatch.process import deadline
deadline.LONGEST_FAREWELL, deadline.LOOKS_EVERY, deadline.LONGEST_HOLD = 0.1, 0.01, {longest}
needed = [True]
with deadline.ended_in_time(lambda: None), deadline.held_off(lambda: needed[0]):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep({works})
    print("restored", flush=True)
    needed[0] = False
    time.sleep(1000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signal")
@pytest.mark.parametrize(("longest", "works", "said"), [(1000.0, 0.4, "restored\n"), (0.05, 1000.0, "")])
def test_restoring_comes_first_and_not_for_ever(longest: float, works: float, said: str) -> None:
    words = [sys.executable, "-c", PROGRAM.format(longest=longest, works=works)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout, done.stderr) == (1, said, "")
