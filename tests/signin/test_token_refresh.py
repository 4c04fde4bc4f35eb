"""Sessions that renew themselves: in time, once, and without losing what the server gave."""

import asyncio
import sys
from pathlib import Path

import pytest

from queuewatch.pbx.credentials import MemoryStore, Session
from queuewatch.pbx.errors import Forbidden, NotKept, Refused, ServerFault
from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.signin.session_store import StoredSession, store_for
from tests.signin.sign_in_server import PLANTED, Desk, desk, shows_no_secret

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"


class Notebook(MemoryStore):
    """Keeps a session, and remembers in which order things happened."""

    def __init__(self, at: Desk) -> None:
        super().__init__("acme")
        self.happened: list[str] = []
        self.fails = False
        self._at = at

    def save(self, session: Session) -> None:
        self.happened.append(f"stored after {len(self._at.pbx.requests)}")
        if self.fails:
            raise NotKept("The disk is full.")
        super().save(session)


async def test_a_token_is_used_until_a_minute_before_its_end() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        at.clock.pass_by(minutes=58)
        await client.read_live()
        assert at.renewals == 0
        at.clock.pass_by(minutes=1.5)
        await client.read_live()
        assert at.renewals == 1
        at.clock.pass_by(hours=1)
        await client.read_live()
        assert at.renewals == 2


async def test_the_new_session_is_stored_before_anybody_uses_it() -> None:
    async with desk() as at:
        store = Notebook(at)
        client, _ = at.client(await at.sign_in(store=store))
        at.clock.pass_by(hours=1)
        await client.read_live()
        # One sign-in, one renewal; what is asked with the new token comes after.
        assert store.happened == ["stored after 1", "stored after 2"]
        assert len(at.pbx.requests) == 4


async def test_however_many_requests_wait_there_is_one_renewal() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        at.clock.pass_by(hours=2)
        await asyncio.gather(*(client.read_live() for _ in range(10)))
        assert at.renewals == 1


async def test_a_401_is_answered_by_one_renewal_and_one_more_try() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        await client.read_live()
        at.logins.expire()
        await client.read_live()
        assert at.renewals == 1
        at.logins.expire()
        await client.write_require_agents("8000", False)
        assert at.renewals == 2
        assert at.pbx.floor.queues["8000"][REQUIRE_AGENTS] == "no"


async def test_a_401_that_a_new_token_does_not_cure_is_no_reason_to_renew_for_ever() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        at.faults.append(Fault("/sites", FaultKind.STATUS, None, 401))
        for _ in range(4):
            with pytest.raises(Refused, match="does not accept the token"):
                await client.read_sites()
        assert at.renewals == 1
        assert (await client.read_live()).queues
        at.faults.clear()
        assert (await client.read_sites()).items
        at.logins.expire()
        assert (await client.read_sites()).items
        assert at.renewals == 2


async def test_a_session_that_was_ended_is_over_and_its_token_is_not_tried_twice() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        at.logins.revoke()
        for _ in range(3):
            with pytest.raises(Refused, match="The session of acme is over") as raised:
                await client.read_sites()
            assert "queuewatch login --profile acme" in raised.value.hint
            assert shows_no_secret(raised.value)
        assert at.renewals == 1


async def test_who_signs_in_again_elsewhere_is_followed() -> None:
    async with desk() as at:
        store = await at.sign_in()
        client, _ = at.client(store)
        at.logins.revoke()
        with pytest.raises(Refused):
            await client.read_sites()
        await at.sign_in(store=store)
        assert (await client.read_sites()).items


async def test_until_its_end_a_token_that_cannot_be_renewed_will_do() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        at.faults.append(Fault("/tokens", FaultKind.STATUS, None, 500))
        at.clock.pass_by(minutes=59, seconds=30)
        assert (await client.read_sites()).items
        at.clock.pass_by(minutes=1)
        with pytest.raises(ServerFault):
            await client.read_sites()
        at.faults.clear()
        assert (await client.read_sites()).items


async def test_a_session_that_cannot_be_stored_is_said_and_still_used_here() -> None:
    async with desk() as at:
        store = Notebook(at)
        client, _ = at.client(await at.sign_in(store=store))
        store.fails = True
        at.clock.pass_by(hours=1)
        with pytest.raises(NotKept, match="disk is full"):
            await client.read_sites()
        assert (await client.read_sites()).items
        at.clock.pass_by(hours=1)
        store.fails = False
        assert (await client.read_sites()).items
        assert at.renewals == 2
        assert (await at.client(store)[0].read_sites()).items


async def test_an_interrupted_request_does_not_lose_the_session() -> None:
    async with desk() as at:
        store = await at.sign_in()
        client, _ = at.client(store)
        at.clock.pass_by(hours=1)
        asking = asyncio.create_task(client.read_sites())
        for _ in range(10_000):
            if at.renewals:
                break
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await client.close()
        assert (await at.client(store)[0].read_sites()).items
        assert at.renewals == 1


async def test_without_a_known_end_a_token_is_simply_used() -> None:
    async with desk() as at:
        at.logins.lifetime = None
        client, _ = at.client(await at.sign_in())
        at.clock.pass_by(days=300)
        assert (await client.read_sites()).items
        assert at.renewals == 0


async def test_a_server_that_rotates_nothing() -> None:
    async with desk() as at:
        at.logins.rotates = False
        client, _ = at.client(await at.sign_in())
        for _ in range(2):
            at.clock.pass_by(hours=1)
            assert (await client.read_sites()).items
        assert at.renewals == 2


async def test_nobody_is_signed_in() -> None:
    async with desk() as at:
        client, _ = at.client(MemoryStore("acme"))
        with pytest.raises(Refused, match="Nobody is signed in to acme"):
            await client.read_sites()
        assert at.pbx.requests == []


async def test_two_programs_with_one_session_do_not_break_one_another(tmp_path: Path) -> None:
    environ = {"QUEUEWATCH_STATE": str(tmp_path)}
    async with desk() as at:
        await at.sign_in(store=StoredSession("acme", at.address, environ))
        clients = []
        for _ in range(4):
            store = store_for("acme", at.address, environ)
            assert store is not None
            clients.append(at.client(store)[0])
        for turn in range(1, 4):
            at.clock.pass_by(hours=1)
            await asyncio.gather(*(client.read_sites() for client in clients))
            assert at.renewals == turn
        at.logins.expire()
        await asyncio.gather(*(client.read_sites() for client in clients))
        assert at.renewals == 4


PROGRAM = """
import asyncio, os, sys
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials
from queuewatch.pbx.netsapiens.tokens import TokenServer
from queuewatch.signin.session_store import store_for

async def ask(address):
    store = store_for("acme", address, os.environ)
    client = NetsapiensDomain(address, "lakeside.example", RefreshingCredentials(store, TokenServer(address)))
    try:
        for _ in range(3):
            await client.read_sites()
            print("read", flush=True)
            sys.stdin.readline()
    finally:
        await client.close()

asyncio.run(ask(sys.argv[1]))
"""


async def test_nor_do_two_processes(tmp_path: Path) -> None:
    async with desk() as at:
        # The children's clocks are real ones: only a 401 tells them that a token is no longer good.
        at.logins.lifetime = None
        await at.sign_in(store=StoredSession("acme", at.address, {"QUEUEWATCH_STATE": str(tmp_path)}))
        children = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                PROGRAM,
                at.address,
                stdin=-1,
                stdout=-1,
                env={"QUEUEWATCH_STATE": str(tmp_path)},
            )
            for _ in range(2)
        ]
        for turn in range(3):
            for child in children:
                assert child.stdout is not None
                assert await child.stdout.readline() == b"read\n"
            assert at.renewals == turn
            at.logins.expire()
            for child in children:
                assert child.stdin is not None
                child.stdin.write(b"\n")
        assert [await child.wait() for child in children] == [0, 0]


async def test_every_secret_in_use_is_kept_out_of_errors() -> None:
    async with desk() as at:
        store = await at.sign_in()
        client, credentials = at.client(store)
        await client.read_sites()
        session = store.load()
        assert session is not None
        assert set(session.secrets) <= set(credentials.secrets())
        assert not any(secret in f"{credentials!r} {client!r} {store!r}" for secret in PLANTED)
        at.faults.append(Fault("/sites", FaultKind.STATUS, 1, 403))
        with pytest.raises(Forbidden) as raised:
            await client.read_sites()
        assert shows_no_secret(raised.value)


def test_credentials_say_whose_they_are() -> None:
    assert repr(RefreshingCredentials(MemoryStore("acme"), None)) == "RefreshingCredentials('acme')"  # type: ignore[arg-type]


async def test_a_variable_that_a_profile_names_and_nobody_set_is_named() -> None:
    credentials = RefreshingCredentials(MemoryStore("acme"), None, "ACME_TOKEN")  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        await credentials.bearer()
    assert str(refused.value) == (
        "Nobody is signed in to acme, and the environment variable ACME_TOKEN, which token_env of the profile "
        "acme names, is not set."
    )
    assert "export ACME_TOKEN=…" in refused.value.hint
