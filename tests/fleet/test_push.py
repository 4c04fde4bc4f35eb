"""A word of a domain's own stream of events moves it to the front, over real sockets; of streams there are few."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from msgspec.structs import replace

from queuewatch.failover.model import AgentLogin
from queuewatch.fleet.watch import MOST_STREAMS, FleetDomain, FleetWatch
from queuewatch.pbx.netsapiens.push import NetsapiensPush
from queuewatch.pbx.phone_system import PhoneSystem, PushEvent, PushStream
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.push import SandboxPush
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.process.background import held

from .test_watch import domains, provider, until


async def _token() -> str:
    return SANDBOX_TOKEN


def stream(url: str, domain: str, _: PhoneSystem) -> PushStream:
    return NetsapiensPush(url, domain, _token)


@asynccontextmanager
async def events_of(server: Provider, domain: str) -> AsyncIterator[tuple[SandboxPush, str]]:
    """The stream of one company of a provider."""
    push = SandboxPush(Logins(server.companies[domain]))
    push.tells_all_first = False
    async with running(push.beside(sandbox_app(server.companies[domain])), websockets=True) as address:
        try:
            yield push, address.removesuffix("/ns-api/v2")
        finally:
            await push.close()


def asked(server: Provider, domain: str) -> Callable[[], int]:
    """How often the queues of a domain were asked for by now."""
    return lambda: sum(heard.domain == domain and heard.path.endswith("/callqueues") for heard in server.heard)


async def test_a_domain_in_which_something_moved_is_read_at_once() -> None:
    server = provider()
    names = list(server.companies)
    moved, still = names[3], names[4]
    async with running(server) as address, events_of(server, moved) as (push, url):
        members = [
            replace(domain, push=partial(stream, url, moved)) if domain.domain == moved else domain
            for domain in domains(address, names)
        ]
        # Left to itself none of them would be read again in this test.
        watch = FleetWatch(members, interval=3600.0, window=0.0)
        task = held(watch.run())
        try:
            await until(lambda: all(s.counts and not s.is_partial for s in watch.fleet.domains))
            await until(lambda: push.subscriptions == 3)
            known = watch.known(members[3].key)
            assert known is not None
            before = asked(server, moved)(), asked(server, still)()
            floor = server.companies[moved].floor
            agent = next(agent for agent in known.snapshot.agents_of("8000") if agent.login is AgentLogin.IN)
            floor.log_out(floor.seats(agent.id, "8000"))
            await until(lambda: asked(server, moved)() > before[0])
            assert asked(server, still)() == before[1], "and no other"
        finally:
            task.cancel()
            await asyncio.wait({task})


class Counted:
    """A stream that never says anything, and counts who listens."""

    listening = 0

    async def listen(self, tell: Callable[[PushEvent], None]) -> None:
        Counted.listening += 1
        try:
            await asyncio.Event().wait()
        finally:
            Counted.listening -= 1


async def test_one_server_has_so_many_streams_to_serve_and_no_more() -> None:
    server = provider(MOST_STREAMS + 6)
    async with running(server) as address:
        members: list[FleetDomain] = [
            replace(domain, push=lambda _: Counted()) for domain in domains(address, list(server.companies))
        ]
        watch = FleetWatch(members, interval=0.2, window=0.0)
        task = held(watch.run())
        try:
            await until(lambda: all(s.counts for s in watch.fleet.domains))
            await until(lambda: Counted.listening == MOST_STREAMS)
            listened = next(domain for domain in members if domain.domain in watch._streams[address])
            watch.hand_over(listened.key)
            await until(lambda: Counted.listening == MOST_STREAMS - 1)
            watch.take_back(listened.key)
            await until(lambda: Counted.listening == MOST_STREAMS)
        finally:
            task.cancel()
            await asyncio.wait({task})
    assert Counted.listening == 0
