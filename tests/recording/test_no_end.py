"""A server that comes to no end is recorded up to where a board would give up."""

import httpx
import pytest

from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.recording import record as recording
from queuewatch.pbx.netsapiens.recording.record import record

ASKED_AT_MOST = 60


@pytest.mark.parametrize("collection", ["agents", "users"])
async def test_a_list_that_comes_to_no_end(collection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_ROWS", 3_000)
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if not request.url.path.endswith(f"/domains/acme.example/{collection}"):
            return httpx.Response(200, json=[])
        asked += 1
        assert asked < ASKED_AT_MOST, "it goes on and on"
        name = "user" if collection == "users" else "callqueue-agent-id"
        return httpx.Response(200, json=[{name: str(1_000_000 + 100 * asked + nth)} for nth in range(100)])

    system = NetsapiensDomain(
        "https://pbx.acme.example",
        "acme.example",
        "nsd_token",
        transport=lambda: httpx.MockTransport(answer),
        rate_limiter=RateLimiter(window=0.0),
    )
    made = await record(system, phones=False)
    await system.close()
    assert len(made.scrubbed.lists[collection]) == 3_000
    assert any("comes to no end" in note for note in made.notes)
