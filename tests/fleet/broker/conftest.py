"""One NATS server for the tests of a module; each begins with an empty one."""

from collections.abc import AsyncIterator

import pytest

from .nats_server import NatsServer


@pytest.fixture
async def nats(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[NatsServer]:
    """A server that runs."""
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    await server.start()
    yield server
    server.kill()
