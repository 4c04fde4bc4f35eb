"""The broker's configuration in the manual, on a real server: who looks can only look, and nobody else gets in."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from msgspec.structs import replace

from queuewatch.connection.fleet import sample_members
from queuewatch.fleet.broker.bucket import BrokerError
from queuewatch.fleet.broker.collect import Collector
from queuewatch.fleet.broker.settings import BrokerSettings, broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.watch import FleetWatch
from queuewatch.process.background import alongside
from tests.connection.certificates import certificate

from .collectors import until
from .nats_server import NatsServer
from .publisher import SHORT

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "nats-server.conf"
PASSWORDS = {"viewer": "look-Planted", "collector": "write-Planted"}


class ServerOfTheManual(NatsServer):
    """A server with the configuration of the manual; only its folders and its port are the test's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        authority = certificate("Own authority", authority=True)
        own = certificate("localhost", authority, hosts=["localhost"])
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(authority.pem)
        (folder / "server.crt").write_bytes(own.pem)
        (folder / "server.key").write_bytes(own.key_pem)
        text = MANUAL.read_text(encoding="utf-8")
        for theirs, ours in (
            ("0.0.0.0:4222", f"127.0.0.1:{self.port}"),
            ("/var/lib/nats", self._store.as_posix()),
            ("/etc/nats", folder.as_posix()),
        ):
            assert theirs in text
            text = text.replace(theirs, ours)
        self._config.write_text(text, encoding="utf-8")

    def settings(self, user: str = "", password: str = "", scheme: str = "tls") -> BrokerSettings:
        """As somebody has them who was told all of it."""
        environ = {"QUEUEWATCH_NATS_CA": str(self.authority)} if scheme == "tls" else {}
        if user:
            environ |= {"QUEUEWATCH_NATS_USER": user, "QUEUEWATCH_NATS_PASSWORD": password or PASSWORDS[user]}
        return broker_settings(environ, f"{scheme}://localhost:{self.port}")


@pytest.fixture
async def server(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ServerOfTheManual]:
    for user, password in PASSWORDS.items():
        monkeypatch.setenv(f"{user.upper()}_PASSWORD", password)
    started = ServerOfTheManual(tmp_path_factory.mktemp("manual"))
    await started.start()
    yield started
    started.kill()


async def test_who_collects_writes_and_who_looks_reads(server: ServerOfTheManual) -> None:
    members = sample_members("fleet")
    watch = FleetWatch(members.domains[:2], window=0.0, clock=members.clock)
    collector = Collector(server.settings("collector"), watch, tell=lambda line: None, interval=0.2, lengths=SHORT)
    viewer = BrokerViewer(server.settings("viewer"), lengths=SHORT)
    async with alongside(collector.run(asyncio.Event().wait()), viewer.run()):
        await until(lambda: len([picture for picture in viewer.pictures.values() if picture.snapshot]) == 2)
        await until(lambda: all(viewer.is_renewed(domain.key) for domain in members.domains[:2]))
        assert len(viewer.collectors) == 1
        assert viewer.trouble == ""
        for subject in (
            "$KV.queuewatch.v1.planted.0",
            "$JS.API.STREAM.DELETE.KV_queuewatch",
            "$JS.API.STREAM.PURGE.KV_queuewatch",
            "$JS.API.STREAM.CREATE.KV_mine",
        ):
            assert await refused(server, "viewer", subject), subject
        for subject in ("$JS.API.STREAM.DELETE.KV_queuewatch", "$JS.API.STREAM.CREATE.KV_mine", "anything.else"):
            assert await refused(server, "collector", subject), subject
    await members.close()


async def refused(server: ServerOfTheManual, user: str, subject: str) -> bool:
    """Whether the server does not let this user send there."""
    heard: list[str] = []

    async def wrong(error: Exception) -> None:
        heard.append(str(error))

    settings = server.settings(user)
    client = await nats.connect(
        settings.servers[0], user=user, password=PASSWORDS[user], tls=settings.tls, error_cb=wrong
    )
    try:
        await client.publish(subject, b"planted")
        await client.flush()
        await until(lambda: bool(heard))
    finally:
        await client.close()
    return "permissions violation" in heard[0].lower()


@pytest.mark.parametrize(
    ("user", "password", "scheme", "said"),
    [
        ("", "", "tls", "does not accept the credentials"),
        ("viewer", "guessed-Planted", "tls", "does not accept the credentials"),
        ("nobody", "guessed-Planted", "tls", "does not accept the credentials"),
        ("viewer", "", "nats", "certificate"),
    ],
)
async def test_nobody_else_gets_in_and_is_told_why(
    user: str, password: str, scheme: str, said: str, server: ServerOfTheManual
) -> None:
    viewer = BrokerViewer(server.settings(user, password, scheme), lengths=SHORT)
    async with alongside(viewer.run()):
        with pytest.raises(BrokerError, match=said) as error:
            await viewer.settled(60)
    assert error.value.hint
    # Of the two variables for authorities one is about a broker.
    assert "SSL_CERT_FILE" not in error.value.hint
    assert ("QUEUEWATCH_NATS_CA" in error.value.hint) == (said == "certificate")
    assert "Planted" not in f"{error.value} {error.value.hint}"


async def test_who_may_only_look_and_collects_is_told_what_is_not_allowed(
    server: ServerOfTheManual, caplog: pytest.LogCaptureFixture
) -> None:
    members = sample_members("fleet")
    said: list[str] = []
    watch = FleetWatch(members.domains[:1], window=0.0, clock=members.clock)
    # What is not allowed is not answered, and waited for as long as for any answer.
    lengths = replace(SHORT, answer=1.0)
    collector = Collector(server.settings("viewer"), watch, tell=said.append, interval=0.2, lengths=lengths)
    async with alongside(collector.run(asyncio.Event().wait())):
        await until(lambda: any("does not allow this: publish to" in line for line in said))
    (refused,) = [line for line in said if "does not allow this" in line]
    assert refused.count('"') in (0, 2), refused
    await members.close()
    # What asyncio says of every connection that the library encrypts is no news to whoever reads the screen.
    for words in ("returning true from eof_received() has no effect when using ssl", "news"):
        logging.getLogger("asyncio").warning(words)
    assert [record.getMessage() for record in caplog.records] == ["news"]
