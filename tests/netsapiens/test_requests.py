"""What goes over the wire for a reading, and what is read from it, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from queuewatch import __version__
from queuewatch.failover.model import QueueRules
from queuewatch.pbx import errors
from queuewatch.pbx.netsapiens import NetsapiensDomain, http
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter

from .client import TOKEN, domain, in_turn, message
from .scripted import Heard, reply, scripted


async def test_what_is_sent() -> None:
    async with scripted(reply()) as script, domain(script) as pbx:
        await pbx.read_sites()
        heard = script.heard[0]
    assert (heard.method, heard.target) == ("GET", "/ns-api/v2/domains/example.com/sites")
    assert heard.headers["authorization"] == f"Bearer {TOKEN}"
    assert heard.headers["accept"] == "application/json"
    assert heard.headers["user-agent"] == f"queuewatch/{__version__}"


@pytest.mark.parametrize(
    ("queue", "target"),
    [
        ("8000", "users/8000/answerrules"),
        ("a/b?c#d e%", "users/a%2Fb%3Fc%23d%20e%25/answerrules"),
        ("sip:1@x", "users/sip%3A1%40x/answerrules"),
        ("é", "users/%C3%A9/answerrules"),
    ],
)
async def test_names_in_paths_are_quoted(queue: str, target: str) -> None:
    async with scripted(reply()) as script, domain(script) as pbx:
        await pbx.read_rules(queue)
        assert script.heard[0].target == f"/ns-api/v2/domains/example.com/{target}"


@pytest.mark.parametrize("queue", ["", ".", ".."])
async def test_names_that_would_climb_to_another_address_are_not_sent(queue: str) -> None:
    async with scripted(reply()) as script, domain(script) as pbx:
        with pytest.raises(errors.Missing):
            await pbx.read_rules(queue)
        assert script.heard == []


async def test_a_refresh_is_two_requests_at_the_same_time() -> None:
    both = asyncio.Event()
    async with scripted(reply()) as script:
        waiting = 0

        class Meeting(RateLimiter):
            """Lets nobody send before both are about to."""

            @asynccontextmanager
            async def turn(self) -> AsyncIterator[None]:
                nonlocal waiting
                waiting += 1
                if waiting == 2:
                    both.set()
                await both.wait()
                async with super().turn():
                    yield

        pbx = NetsapiensDomain(script.address, "example.com", TOKEN, rate_limiter=Meeting())
        live = await pbx.read_live()
        await pbx.close()
        assert sorted(heard.target.rsplit("/", 1)[1] for heard in script.heard) == ["agents", "callqueues"]
    assert (live.queues, live.agents, live.problems) == ((), (), ())
    assert live.taken_at.tzinfo is not None


@pytest.mark.parametrize(
    "answer",
    [
        reply(body=b"[]"),
        reply(body=b"\xef\xbb\xbf []"),
        message(404, "Record not found"),
        reply(404, b""),
        reply(404, b"[]"),
        reply(404, b'{"code":404,"message":null}'),
    ],
)
async def test_every_way_to_say_an_empty_list(answer: bytes) -> None:
    async with scripted(answer) as script, domain(script) as pbx:
        assert (await pbx.read_sites()).items == ()


async def test_a_bare_object_is_a_list_of_one() -> None:
    async with scripted(reply(body=b'{"site":"Dallas"}')) as script, domain(script) as pbx:
        assert (await pbx.read_sites()).items == ("Dallas",)


async def test_a_body_without_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_BODY", 1024 * 1024)
    async with scripted(reply(body=b"[" + b" " * 2_000_000 + b"]")) as script, domain(script) as pbx:
        with pytest.raises(errors.Misunderstood, match="more than 1 MiB"):
            await pbx.read_sites()


async def test_text_that_is_not_utf8_spoils_only_itself() -> None:
    async with scripted(reply(body=b'["Dallas","S\xe3o Paulo"]')) as script, domain(script) as pbx:
        assert (await pbx.read_sites()).items == ("Dallas", "S\ufffdo Paulo")


async def test_a_rule_that_had_to_be_mended_is_not_offered_for_an_edit() -> None:
    async with scripted(reply(body=b'[{"time-frame":"*","x":"S\xe3o"}]')) as script, domain(script) as pbx:
        assert (await pbx.read_rules("8000")).default is not None
        with pytest.raises(errors.Misunderstood, match="not UTF-8"):
            await pbx.read_stored_default("8000")


async def test_a_number_of_thousands_of_digits_spoils_only_itself() -> None:
    body = b'[{"callqueue":"8000","active-queued-calls-total-current":' + b"9" * 5000 + b"}]"

    def answer(heard: Heard) -> bytes:
        return reply(body=body if heard.target.endswith("callqueues") else b"[]")

    async with scripted(answer) as script, domain(script) as pbx:
        live = await pbx.read_live()
    assert [(queue.extension, queue.waiting) for queue in live.queues] == [("8000", None)]
    assert len(live.problems) == 1


async def test_no_user_for_a_queue() -> None:
    answer = message(404, "User 8000 does not exist in domain example.com")
    async with scripted(answer) as script, domain(script) as pbx:
        assert await pbx.read_rules("8000") == QueueRules(has_user=False)
        with pytest.raises(errors.Missing, match="User 8000"):
            await pbx.read_stored_default("8000")


async def test_no_such_domain_is_no_missing_user() -> None:
    async with scripted(message(404, "Domain user.com does not exist")) as script, domain(script) as pbx:
        with pytest.raises(errors.Missing):
            await pbx.read_rules("8000")


PEOPLE = [{"user": str(1000 + number), "email": ""} for number in range(2500)]


def paged(longest: int, first: int = 0) -> Callable[[Heard], bytes]:
    """A server that gives at most so many users at a time, counting them from ``first``."""

    def answer(heard: Heard) -> bytes:
        query = dict(pair.split("=") for pair in heard.target.split("?")[1].split("&"))
        start = max(int(query["start"]) - first, 0)
        rows = PEOPLE[start : start + min(int(query["limit"]), longest)]
        return reply(body=json.dumps(rows).encode()) if rows else message(404, "Record not found")

    return answer


@pytest.mark.parametrize(("longest", "first", "requests"), [(1000, 0, 3), (1000, 1, 3), (100, 0, 26)])
async def test_users_come_page_by_page(longest: int, first: int, requests: int) -> None:
    async with scripted(paged(longest, first)) as script, domain(script) as pbx:
        users = await pbx.read_users()
        assert len(script.heard) == requests
    assert [user.extension for user in users.items] == [str(row["user"]) for row in PEOPLE]
    assert users.problems == ()


async def test_a_server_that_ignores_the_page_asked_for_is_not_asked_for_ever() -> None:
    async with scripted(reply(body=json.dumps(PEOPLE[:1000]).encode())) as script, domain(script) as pbx:
        assert len((await pbx.read_users()).items) == 1000
        assert len(script.heard) == 2


async def test_phone_numbers_come_page_by_page() -> None:
    body = json.dumps([{"phonenumber": str(12145550000 + number)} for number in range(100)]).encode()
    async with scripted(in_turn(reply(body=body), reply(body=b'[{"phonenumber":"1"}]'))) as script:
        async with domain(script) as pbx:
            assert len((await pbx.read_numbers()).items) == 101
        assert [heard.target.split("?")[1] for heard in script.heard] == [
            "start=0&limit=1000",
            "start=100&limit=1000",
        ]


ROSTER = [{"callqueue-agent-id": f"{1000 + number}@user.com", "callqueue": "8000"} for number in range(230)]


@pytest.mark.parametrize("knows_pages", [True, False])
async def test_an_agent_list_cut_at_a_page_is_read_on_or_its_missing_agents_are_unknown(knows_pages: bool) -> None:
    queue = {"callqueue": "8000", "callqueue-count-agents-total": 230}

    def answer(heard: Heard) -> bytes:
        path, _, query = heard.target.partition("?")
        if path.endswith("/callqueues"):
            return reply(body=json.dumps([queue]).encode())
        if query and not knows_pages:
            return message(400, "Unknown parameter")
        start = int(query.split("&")[0].removeprefix("start=") or 0) if query else 0
        return reply(body=json.dumps(ROSTER[start : start + 100]).encode())

    async with scripted(answer) as script, domain(script) as pbx:
        live = await pbx.read_live()
    assert len(live.agents) == 230
    assert sum(agent.readable for agent in live.agents) == (230 if knows_pages else 100)
    assert bool(live.problems) is not knows_pages


@pytest.mark.parametrize(
    ("status", "error"), [(401, errors.Refused), (429, errors.Throttled), (502, errors.ServerFault)]
)
async def test_queues_that_were_not_read_do_not_pass_for_queues_that_are_not_there(
    status: int, error: type[errors.PbxError]
) -> None:
    """The server gives 100 at a time, and fails at the second hundred: a backup among those is no dead end."""
    queues = [{"callqueue": str(8000 + number)} for number in range(130)]

    def answer(heard: Heard) -> bytes:
        path, _, query = heard.target.partition("?")
        if not path.endswith("/callqueues"):
            return reply()
        return message(status, "Try again") if query else reply(body=json.dumps(queues[:100]).encode())

    async with scripted(answer) as script, domain(script) as pbx:
        with pytest.raises(error):
            await pbx.read_live()


async def test_the_servers_date_settles_when_a_registration_runs_out() -> None:
    device = {
        "device": "1001",
        "device-sip-registration-state": "registered",
        "device-sip-registration-datetime": "2026-11-23 06:00:00",
        "device-sip-registration-expires-datetime": "2026-11-23 06:05:00",
        "device-sip-registration-password": "sip-secret",
    }
    answer = reply(body=json.dumps([device]).encode(), Date="Mon, 23 Nov 2026 12:02:00 GMT")
    async with scripted(answer) as script, domain(script) as pbx:
        devices = (await pbx.read_devices("1001")).items
    assert f"{devices[0].expires_at}" == "2026-11-23 12:05:00+00:00"
    assert "secret" not in repr(devices)


@pytest.mark.parametrize("body", [b'{"callqueue":"8000"}', b'[{"callqueue":"8000"}]'])
async def test_one_queue_alone_or_as_a_list_of_one(body: bytes) -> None:
    async with scripted(reply(body=body)) as script, domain(script) as pbx:
        assert (await pbx.read_stored_queue("8000")).queue.extension == "8000"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (message(404, "Record not found"), errors.Missing),
        (reply(404, b""), errors.Missing),
        (reply(200, b"[]"), errors.Missing),
        (reply(200, b"[{},{}]"), errors.Misunderstood),
        (reply(200, b"[7]"), errors.Misunderstood),
    ],
)
async def test_no_such_queue(answer: bytes, error: type[errors.PbxError]) -> None:
    async with scripted(answer) as script, domain(script) as pbx:
        with pytest.raises(error):
            await pbx.read_stored_queue("8000")
