"""Limits so small that every fault reaches them soon, and the sandbox behind it all."""

from collections.abc import AsyncIterator, Callable
from importlib import import_module

import pytest

from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from tests.tui.phone_system import only

from .catalogue import LARGEST, SECRET
from .server import FaultyServer, faulty


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small answers, no pauses."""
    monkeypatch.setattr("queuewatch.pbx.netsapiens.http.LARGEST_BODY", LARGEST)
    monkeypatch.setattr("queuewatch.pbx.netsapiens.client.MOST_PAGES", 5)
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.RETRY_PAUSES", (0.0,))
    monkeypatch.setattr(import_module("queuewatch.change.apply"), "READ_BACK_PAUSE", 0)
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.006)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """How long whoever begins to ask from now on waits for an answer."""
    defaults = NetsapiensDomain.__init__.__kwdefaults__
    assert defaults is not None
    return lambda seconds: monkeypatch.setitem(defaults, "timeout", seconds)


@pytest.fixture
def pbx() -> SandboxPbx:
    """A company with one queue."""
    return SandboxPbx(only("8000"))


@pytest.fixture
async def server(pbx: SandboxPbx) -> AsyncIterator[FaultyServer]:
    """Its server, in the test's own loop."""
    async with faulty(sandbox_app(pbx, token=SECRET)) as serving:
        yield serving
