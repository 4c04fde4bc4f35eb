"""Users are asked for by the fields that are read of them, and read the same whatever a server makes of that."""

import httpx
import pytest

from queuewatch.failover.model import User
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.client import AskedFields
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import in_process


class Counting(httpx.AsyncBaseTransport):
    """Counts what is sent to the sandbox and what comes back."""

    def __init__(self, pbx: SandboxPbx, quirks: Quirks) -> None:
        self._sandbox = in_process(pbx, quirks)
        self.requests = self.bytes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._sandbox.handle_async_request(request)
        body = await answer.aread()
        self.requests += 1
        self.bytes += len(body)
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


async def users_of(quirks: Quirks, times: int = 1) -> tuple[tuple[User, ...], Counting]:
    """What is read, so many times, of a server that behaves like this."""
    pbx = SandboxPbx(load_sample("lakeside"))
    counting = Counting(pbx, quirks)
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: counting,
        rate_limiter=RateLimiter(window=0.0),
    )
    for _ in range(times):
        reading = await system.read_users()
    assert not reading.problems
    return reading.items, counting


async def test_a_server_that_knows_the_parameter_sends_less_and_the_same() -> None:
    whole, before = await users_of(Quirks(knows_fields=False))
    asked, after = await users_of(Quirks())
    assert asked == whole
    assert len(asked) > 10
    assert after.bytes < before.bytes
    assert (before.requests, after.requests) == (1, 1)


async def test_a_server_with_other_names_is_asked_for_whole_rows_once_and_for_all() -> None:
    whole, _ = await users_of(Quirks(knows_fields=False))
    asked, counting = await users_of(Quirks(underscores=True), times=3)
    assert asked == whole
    assert counting.requests == 4


@pytest.mark.parametrize(
    ("rows", "enough"),
    [
        ([], True),
        ([{"user": "1", "site": "A"}], True),
        ([{"user": "1"}, {"site": "A"}], True),
        ([{"user": "1"}], False),
        ([{"user": "1", "e-mail": "x"}], True),
        (["odd"], True),
    ],
)
def test_what_came_tells_whether_it_was_understood(rows: list[object], enough: bool) -> None:
    assert AskedFields("user", "site", besides=("domain",)).are_in(rows) is enough
