import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("queuewatch", deadline=None, max_examples=150)
settings.load_profile("queuewatch")


@pytest.fixture(autouse=True)
def nothing_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same surroundings on every machine: no colour wishes, no connection of one's own, no local time."""
    for name in [name for name in os.environ if name == "NO_COLOR" or name.startswith(("TEXTUAL_", "QUEUEWATCH_"))]:
        monkeypatch.delenv(name)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        if hasattr(time, "tzset"):
            time.tzset()
        yield
    if hasattr(time, "tzset"):
        time.tzset()
