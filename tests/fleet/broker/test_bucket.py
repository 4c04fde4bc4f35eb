"""What a bucket makes of servers that are none it can work with."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nats.js.errors import ServiceUnavailableError

from queuewatch.fleet.broker.bucket import BrokerRefused, Bucket, BucketFull, Lengths
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


@pytest.mark.parametrize(
    ("code", "number", "description", "said"),
    [
        # As nats-server 2.15.1 answers: a bucket's --max-bytes, the server's max_file_store, its disk.
        (503, 10077, "maximum bytes exceeded", "The bucket “queuewatch” of 127.0.0.1:4222 is full."),
        (503, 10023, "insufficient resources", "The broker at 127.0.0.1:4222 has no storage left."),
        (503, 10077, "no space left on device", "The broker at 127.0.0.1:4222 has no storage left."),
    ],
)
def test_where_there_is_no_room_it_is_said_of_what(code: int, number: int, description: str, said: str) -> None:
    server = cast("Any", OddServer(b""))
    bucket = Bucket(server, broker_settings({}, "127.0.0.1"), BrokerClock(), Lengths())
    trouble = bucket.trouble(ServiceUnavailableError(code=code, err_code=number, description=description))
    assert isinstance(trouble, BucketFull)
    assert str(trouble) == said
    assert trouble.hint
