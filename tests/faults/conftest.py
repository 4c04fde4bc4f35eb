"""Limits so small that every fault reaches them soon, and the sandbox behind it all."""

from collections.abc import AsyncIterator
from importlib import import_module

import pytest

from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.sandbox.office import SandboxPbx
from queuewatch.pbx.sandbox.web import sandbox_app
from tests.tui.office import only

from .catalogue import LARGEST, PATIENCE, SECRET
from .server import FaultyServer, faulty


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little patience, small answers, no pauses."""
    monkeypatch.setattr("queuewatch.pbx.netsapiens.http.LARGEST_BODY", LARGEST)
    monkeypatch.setattr("queuewatch.pbx.netsapiens.pacing.RETRY_PAUSES", (0.0,))
    monkeypatch.setattr(import_module("queuewatch.change.carry_out"), "READ_BACK_PAUSE", 0)
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.006)
    defaults = NetsapiensDomain.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "timeout", PATIENCE)


@pytest.fixture
def pbx() -> SandboxPbx:
    """A company with one queue."""
    return SandboxPbx(only("8000"))


@pytest.fixture
async def server(pbx: SandboxPbx) -> AsyncIterator[FaultyServer]:
    """Its server, in the test's own loop."""
    async with faulty(sandbox_app(pbx, token=SECRET)) as serving:
        yield serving
