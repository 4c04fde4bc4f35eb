"""Listening to the stream of events as whoever signed in."""

import asyncio

from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.phone_system import PushEvent
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from tests.signin.sign_in_server import desk


async def first_word(client: NetsapiensDomain) -> PushEvent:
    news: asyncio.Queue[PushEvent] = asyncio.Queue()
    task = asyncio.create_task(client.push_stream().listen(news.put_nowait))
    try:
        return await asyncio.wait_for(news.get(), 30)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_jwt_is_made_for_whoever_signed_in() -> None:
    async with desk() as at:
        at.push.wants_jwt = True
        client, _ = at.client(await at.sign_in())
        assert await first_word(client) is PushEvent.ON
        assert at.asked("/jwt") == [{"domain": "lakeside.example", "user": "1010"}]


async def test_where_none_is_made_the_access_token_is_shown_renewed_if_need_be() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        at.clock.pass_by(hours=2)
        at.faults.append(Fault("/jwt", FaultKind.STATUS, status=403))
        assert await first_word(client) is PushEvent.ON
        assert at.renewals == 1
        assert at.push.subscriptions == 3


async def test_when_all_sessions_are_ended_nobody_listens_anew() -> None:
    async with desk() as at:
        store = await at.sign_in()
        session = store.load()
        assert session is not None
        made = at.logins.make_jwt()
        bearers = (made, session.access_token)
        assert all(map(at.logins.may_listen, bearers))
        assert at.logins.may_listen(made, with_token=False)
        assert not at.logins.may_listen(session.access_token, with_token=False)
        at.logins.revoke()
        assert not any(map(at.logins.may_listen, bearers))
