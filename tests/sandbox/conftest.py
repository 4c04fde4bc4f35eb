from collections.abc import Callable

import httpx
import pytest

from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import in_process

Connect = Callable[[SandboxPbx, Quirks | None], httpx.AsyncClient]


@pytest.fixture
def lakeside() -> Sample:
    return load_sample("lakeside")


@pytest.fixture
def connect() -> Connect:
    """An ordinary client of a sandbox in this process, with the sandbox's token."""

    def connected(pbx: SandboxPbx, quirks: Quirks | None = None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=in_process(pbx, quirks),
            base_url=f"http://pbx.example/ns-api/v2/domains/{pbx.domain}",
            headers={"authorization": f"Bearer {SANDBOX_TOKEN}"},
        )

    return connected
