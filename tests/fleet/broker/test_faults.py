"""What must not be, whatever happens at a broker: wrong pictures, old ones that look fresh, secrets."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace
from nats import connect

from queuewatch.fleet.broker.bucket import (
    BrokerAway,
    BrokerError,
    BrokerRefused,
    Bucket,
    Lengths,
    Overtaken,
    StoredValue,
    connected,
    stay_connected,
)
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.keys import DomainKey, encoded, manifest_key, piece_key
from queuewatch.fleet.broker.pictures import Manifest, is_same_picture, manifest_from, manifest_text
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.shelf import Shelf, read_picture
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running
from tests.storage.pictures import SEEN

from .collectors import SAMPLES, SHORT, a_fleet, all_fresh, is_fresh, until
from .nats_server import NatsServer
from .test_viewer import BIG, KEY, bucket_of, viewing

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this machine kills otherwise")


async def test_a_collector_that_was_held_up_overwrites_nothing(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket:
        bucket.largest = 1600
        manifest = Manifest(*KEY, read_at=bucket.clock.now())
        late, other = Shelf(KEY, lambda: True), Shelf(KEY, lambda: True)
        await late.write(bucket, manifest, BIG)
        await late.write(bucket, manifest, replace(BIG, agents_unseen=1))
        # Its lease runs out, another takes the domain, and then what it had begun goes on.
        assert (left := await other.find(bucket)) is not None
        assert left.snapshot.agents_unseen == 1
        await other.write(bucket, manifest, replace(BIG, agents_unseen=2))
        with pytest.raises(Overtaken):
            await late.write(bucket, manifest, replace(BIG, agents_unseen=3))
        await other.write(bucket, manifest, replace(BIG, agents_unseen=4))
        with pytest.raises(Overtaken):
            await late.write(bucket, manifest, None)
        value = await bucket.get(manifest_key(KEY))
        assert value is not None
        found = await read_picture(bucket, manifest_from(value.value, KEY))
        assert is_same_picture(found, replace(BIG, agents_unseen=4))
        lapsed = Shelf(KEY, lambda: False)
        with pytest.raises(Overtaken):
            await lapsed.write(bucket, manifest, SEEN)


async def test_killed_between_any_two_writings_it_leaves_the_picture_before(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket:
        bucket.largest = 1600
        await Shelf(KEY, lambda: True).write(bucket, Manifest(*KEY, read_at=bucket.clock.now()), BIG)
        number = 0
        written = False
        while not written:
            number += 1
            writings = iter(range(number))
            dying = Shelf(KEY, lambda writings=writings: next(writings, None) is not None)  # type: ignore[misc]
            await dying.find(bucket)
            try:
                manifest = Manifest(*KEY, read_at=bucket.clock.now())
                await dying.write(bucket, manifest, replace(BIG, agents_unseen=number))
                written = True
            except Overtaken:
                pass
            async with viewing(nats) as viewer:
                await viewer.settled(60)
                picture = viewer.pictures[KEY].snapshot
            assert picture is not None
            assert picture.agents_unseen == (number if written else 0)
        assert number > 3


async def test_what_the_broker_held_up_does_not_look_fresh(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket, viewing(nats) as viewer:
        shelf = Shelf(KEY, lambda: True)
        await shelf.write(bucket, Manifest(*KEY, read_at=bucket.clock.now()), SEEN)
        await until(lambda: KEY in viewer.pictures)
        read_at = bucket.clock.now()
        nats.stall()
        writing = asyncio.ensure_future(
            shelf.write(bucket, Manifest(*KEY, read_at=read_at), replace(SEEN, agents_unseen=1))
        )
        await asyncio.sleep(1.5)
        nats.resume()
        await asyncio.wait({writing})
        writing.exception()
        await until(lambda: (s := viewer.pictures[KEY].snapshot) is not None and s.agents_unseen == 1)
        # What each knows of the broker's clock is off by as long as the broker took to tell it.
        assert (viewer.age(KEY) or 0.0) >= 0.5


async def test_no_secret_is_in_the_broker(nats: NatsServer) -> None:
    planted = "PLANTED-5ecret"
    names = (
        "device-sip-registration-password sip-password pass password authentication-key subscriber_pin "
        "voicemail-login-pin access_token recording-url unknown-field email-address"
    )
    secrets = dict.fromkeys(names.split(), planted)
    async with a_fleet(nats, planting=secrets) as (_, someone, _, viewer):
        someone("first")
        await until(lambda: all_fresh(viewer) and all(is_read(viewer, key) for key in viewer.pictures))
        async with bucket_of(nats) as bucket:
            values: dict[str, bytes] = {}
            whole = asyncio.Event()
            watching = asyncio.ensure_future(
                bucket.watch(">", lambda value: values.__setitem__(value.key, value.value), whole.set)
            )
            await whole.wait()
            watching.cancel()
            await asyncio.wait({watching})
    texts = [zlib.decompress(value) if value[:1] == b"\x78" else value for value in values.values()]
    assert len(texts) > 2 * len(SAMPLES)
    together = b"\n".join(texts)
    assert b"queuewatch snapshot" in together
    for secret in (planted.encode(), SANDBOX_TOKEN.encode()):
        assert secret not in together


def is_read(viewer: BrokerViewer, key: DomainKey) -> bool:
    """Whether its rules and people were read too."""
    snapshot = viewer.pictures[key].snapshot
    return (
        snapshot is not None
        and snapshot.users is not None
        and all(queue.extension in snapshot.rules for queue in snapshot.call_queues)
    )


async def test_a_bucket_that_is_full_is_said_and_shows_its_age_until_there_is_room(nats: NatsServer) -> None:
    settings = broker_settings({}, nats.address)
    async with connected(settings, BrokerClock(), create=True, lengths=SHORT) as bucket:
        config = (await bucket._jetstream.stream_info("KV_queuewatch")).config
        config.max_bytes = 6_000
        await bucket._jetstream.update_stream(config)
        async with a_fleet(nats) as (_, someone, readings, viewer):
            first = someone("first")
            await until(lambda: _times("is full", first.said) == 1)
            assert not all_fresh(viewer)
            # How much was left when a value had no room any more depends on how large each was.
            config.max_bytes = (await bucket._jetstream.stream_info("KV_queuewatch")).state.bytes
            await bucket._jetstream.update_stream(config)
            await until(lambda: viewer.is_full)
            config.max_bytes = -1
            await bucket._jetstream.update_stream(config)
            await until(lambda: all_fresh(viewer) and not viewer.is_full)
            await until(lambda: first.said[-1] == "The bucket has room again.")
            # A second time it is said as well: a collector has no room for what another has left.
            config.max_bytes = 50
            await bucket._jetstream.update_stream(config)
            second = someone("second")
            await until(lambda: any("is full" in line for line in second.said))
            config.max_bytes = -1
            await bucket._jetstream.update_stream(config)
            await until(lambda: bool(second.domains))
            # It was let in and refused again and again, and told that once.
            assert _times("is full", second.said) == 1
            assert readings.twice() < SHORT.lease


def _times(words: str, said: list[str]) -> int:
    return sum(words in line for line in said)


class Breaks:
    """A bucket whose connection breaks at the manifest: before it is written, or before that is answered."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self.largest = bucket.largest
        self.writes_first = True

    async def get(self, key: str) -> StoredValue | None:
        return await self._bucket.get(key)

    async def put(self, key: str, value: bytes, last: int) -> int:
        if key != manifest_key(KEY):
            return await self._bucket.put(key, value, last)
        if self.writes_first:
            await self._bucket.put(key, value, last)
        raise BrokerAway("It broke.")


async def test_after_an_answer_that_was_lost_nothing_is_written_over_what_readers_are_told_of(
    nats: NatsServer,
) -> None:
    async with bucket_of(nats) as bucket:
        bucket.largest = 1600
        manifest = Manifest(*KEY, read_at=bucket.clock.now())
        shelf, breaks = Shelf(KEY, lambda: True), Breaks(bucket)
        await shelf.write(bucket, manifest, BIG)
        for unseen, writes_first in ((1, True), (2, False)):
            breaks.writes_first = writes_first
            with pytest.raises(BrokerAway):
                await shelf.write(cast("Bucket", breaks), manifest, replace(BIG, agents_unseen=unseen))
            value = await bucket.get(manifest_key(KEY))
            assert value is not None
            found = await read_picture(bucket, manifest_from(value.value, KEY))
            assert is_same_picture(found, replace(BIG, agents_unseen=1))
        await shelf.write(bucket, manifest, replace(BIG, agents_unseen=3))
        value = await bucket.get(manifest_key(KEY))
        assert value is not None
        found = await read_picture(bucket, manifest_from(value.value, KEY))
        assert is_same_picture(found, replace(BIG, agents_unseen=3))


async def test_a_broker_that_lets_in_and_then_refuses_is_asked_less_and_less_often(nats: NatsServer) -> None:
    pauses: list[float] = []

    async def refused(_: Bucket) -> None:
        raise BrokerRefused("It may not be written there.")

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await stay_connected(
            broker_settings({}, nats.address),
            BrokerClock(),
            refused,
            lambda _: None,
            create=True,
            lengths=Lengths(),
            sleep=sleep,
        )
    assert pauses[0] <= Lengths().shortest_pause
    assert pauses[-1] >= Lengths().longest_pause / 2


async def test_a_domain_that_is_deleted_and_one_of_another_version(nats: NatsServer) -> None:
    async with a_fleet(nats) as (server, someone, _, viewer):
        first = someone("first")
        await until(lambda: all_fresh(viewer))
        gone, other = list(viewer.pictures)[:2]
        server._apps.pop(gone[1])
        await until(lambda: viewer.pictures[gone].sentence != "")
        await until(lambda: is_fresh(viewer, other))
        await first.leave()
        async with bucket_of(nats) as bucket:
            value = await bucket.get(manifest_key(other))
            assert value is not None
            await bucket.put(manifest_key(other), manifest_text(Manifest(*other, format=9)), value.revision)
            await until(lambda: viewer.pictures[other].unreadable != "")
            second = someone("second")
            await until(lambda: second.domains == set(server.companies))
            await until(lambda: viewer.pictures[other].unreadable == "" and is_fresh(viewer, other))
            assert viewer.pictures[gone].sentence
            assert await bucket.get(piece_key(other, 1)) is not None


async def test_what_nobody_can_read_any_more_is_deleted_in_the_end(nats: NatsServer) -> None:
    async with a_fleet(nats) as (server, someone, _, viewer):
        async with bucket_of(nats) as bucket:
            bucket.largest = 1600
            shelf = Shelf(KEY, lambda: True)
            await shelf.write(bucket, Manifest(*KEY, read_at=bucket.clock.now()), BIG)
            await until(lambda: KEY in viewer.pictures)
            first = someone("first", lengths=replace(SHORT, forgotten=0.5))
            await until(lambda: any("its last picture is deleted" in line for line in first.said))
            await until(lambda: KEY not in viewer.pictures)
            assert [value.key for value in await bucket.everything(f"v1.{encoded(KEY)}.*") if value.value] == []
        await until(lambda: {name for _, name in viewer.pictures} == set(server.companies))


async def test_a_viewer_that_is_slow_has_the_latest_in_the_end(nats: NatsServer) -> None:
    async with bucket_of(nats) as bucket, viewing(nats) as viewer:
        shelf = Shelf(KEY, lambda: True)
        viewer._changed = lambda key: time.sleep(0.01)
        for number in range(60):
            manifest = Manifest(*KEY, read_at=bucket.clock.now())
            await shelf.write(bucket, manifest, replace(SEEN, agents_unseen=number))
        await until(
            lambda: (
                KEY in viewer.pictures
                and (s := viewer.pictures[KEY].snapshot) is not None
                and s.agents_unseen == 59
            )
        )


@contextmanager
def collecting(nats: NatsServer, address: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """``queuewatch collect`` as anybody starts it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("QUEUEWATCH_")}
    environ |= {
        "QUEUEWATCH_NATS": nats.address,
        "QUEUEWATCH_URL": address,
        "QUEUEWATCH_TOKEN": SANDBOX_TOKEN,
        "QUEUEWATCH_STATE": str(folder),
        "QUEUEWATCH_CONFIG": str(folder / "config.toml"),
    }
    command = [sys.executable, "-m", "queuewatch", "collect", "--all-domains", "--interval", "2"]
    with (folder / "said.txt").open("ab") as said:
        process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def test_at_real_length_a_collector_is_killed_and_another_told_to_end(
    nats: NatsServer, tmp_path: Path
) -> None:
    server = Provider([SandboxPbx(sample) for sample in SAMPLES[:3]])
    said = tmp_path / "said.txt"
    async with running(server) as address, viewing(nats, lengths=replace(SHORT, lease=10.0)) as viewer:
        with collecting(nats, address, tmp_path) as one, collecting(nats, address, tmp_path) as other:
            await until(lambda: "2 collectors share them" in said.read_text() and len(viewer.pictures) == 3)
            await until(lambda: len(viewer.collectors) == 2)
            one.kill()
            await until(lambda: "Reading 3 of 3 domains" in said.read_text().partition("has shown no life")[2])
            later, everything = time.monotonic(), set(server.companies)
            await until(lambda: {heard.domain for heard in server.heard if heard.at > later} >= everything)
            other.terminate()
            assert await asyncio.to_thread(other.wait, 60) == 0
        assert "3 domains are given back." in said.read_text()
        assert SANDBOX_TOKEN not in said.read_text()
        await until(lambda: viewer.collectors == ())


async def test_a_bucket_in_which_no_picture_fits_or_leases_end_is_a_sentence(nats: NatsServer) -> None:
    client = await connect(nats.address)
    stream = client.jetstream()
    for options, said in (
        ({"max_value_size": 1024}, "takes values of 1024 bytes only"),
        ({"ttl": 60}, "by themselves"),
    ):
        await stream.create_key_value(bucket="queuewatch", **options)  # type: ignore[arg-type]
        with pytest.raises(BrokerError, match=said) as caught:
            async with bucket_of(nats):
                pass
        assert caught.value.hint
        await stream.delete_key_value("queuewatch")
    await client.close()


async def test_no_error_says_how_to_get_in(nats: NatsServer) -> None:
    settings = broker_settings({"QUEUEWATCH_NATS_TOKEN": "s3cret-token"}, "nats://127.0.0.1:1")
    assert "s3cret" not in repr(settings) + str(settings)
    with pytest.raises(BrokerError) as caught:
        async with connected(settings, BrokerClock(), create=False, lengths=SHORT):
            pass
    assert "s3cret" not in json.dumps([str(caught.value), caught.value.hint, repr(caught.value)])
