"""Whether a failed request may have been carried out: only what never left is certain not to have been."""

import httpx
import pytest

from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter

NEVER_LEFT = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("too slow"),
    httpx.ProxyError("no way"),
    httpx.UnsupportedProtocol("what"),
]
MAY_HAVE_LEFT = [
    httpx.ReadError("reset"),
    httpx.ReadTimeout("too slow"),
    httpx.WriteError("broken"),
    httpx.RemoteProtocolError("closed"),
    httpx.DecodingError("gzip"),
]


class Failing(httpx.AsyncBaseTransport):
    """A line on which every request fails like this."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise self.error


@pytest.mark.parametrize(
    ("error", "not_sent"),
    [*((error, True) for error in NEVER_LEFT), *((error, False) for error in MAY_HAVE_LEFT)],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_failed_before_sending_is_told_apart(error: Exception, not_sent: bool) -> None:
    system = NetsapiensDomain(
        "http://127.0.0.1",
        "example.com",
        "nsd_x",
        transport=lambda: Failing(error),
        rate_limiter=RateLimiter(window=0.0),
    )
    with pytest.raises(PbxError) as raised:
        await system.write_require_agents("8000", True)
    await system.close()
    assert raised.value.not_sent is not_sent
