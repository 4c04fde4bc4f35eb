import gc
import os
import signal
import time

import pytest
from hypothesis import settings

# The same surroundings on every machine, before Textual reads them on import: no wishes of the developer's for
# colours and sizes, no connection of the developer's own, no local time.
for name in tuple(os.environ):
    wish = name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES") or name.startswith(("TEXTUAL_", "QUEUEWATCH_"))
    # Set by the snapshots' own plugin, for its report.
    if wish and name != "TEXTUAL_SNAPSHOT_TEMPDIR":
        del os.environ[name]
os.environ["TZ"] = "UTC"
# The tests start Python several hundred times: what it runs each time is compiled once, and not read anew by all.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if hasattr(time, "tzset"):
    time.tzset()

# Under nohup a hang-up is ignored by whatever is started, in the background of a script Ctrl+C is, and so by the
# programs that are to obey them here.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No timed assertions, and the same examples on every machine on every day.
settings.register_profile("queuewatch", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("queuewatch")


def pytest_collection_finish() -> None:
    """Look for rubbish less often: to look through what stays loaded took a quarter of all time."""
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 100)


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The developer's own log of changes stays out of it."""
    os.environ["QUEUEWATCH_STATE"] = str(tmp_path_factory.mktemp("state"))
