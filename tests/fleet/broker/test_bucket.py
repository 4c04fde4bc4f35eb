"""What a bucket makes of servers that are none it can work with."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from queuewatch.fleet.broker.bucket import BrokerRefused, Bucket, Lengths
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.settings import broker_settings


class OddServer:
    """Answers every question with this."""

    connected_server_version = SimpleNamespace(major=2, minor=9, patch=10)

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def jetstream(self, **_: object) -> None:
        """It is never come to."""

    async def request(self, *_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(data=self._answer)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        # As nats-server 2.9.10 answers, which is Debian 12's.
        (json.dumps({"config": {}, "state": {"messages": 0}, "created": "x"}).encode(), "nats-server 2.9.10"),
        (b"<html>", "has no JetStream"),
    ],
)
async def test_a_server_that_is_too_old_or_none_is_a_sentence(answer: bytes, said: str) -> None:
    server = cast("Any", OddServer(answer))
    bucket = Bucket(server, broker_settings({}, "127.0.0.1"), BrokerClock(), Lengths())
    with pytest.raises(BrokerRefused) as refused:
        await bucket.look()
    assert said in str(refused.value)
    assert refused.value.hint
