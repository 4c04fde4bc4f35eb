"""The stream of events over real sockets: what it tells, and how it takes what servers do."""

import asyncio
import gc
import logging
import sys

import pytest
from starlette.types import Receive, Scope, Send

from queuewatch.pbx.errors import BadConnection, Throttled, Unreachable
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens import push as module
from queuewatch.pbx.netsapiens.push import FIRST_PAUSE, LONGEST_PAUSE, STEADY, TRIES, NetsapiensPush
from queuewatch.pbx.phone_system import PushEvent
from queuewatch.pbx.sandbox.server import running

from .client import PAGE, TOKEN, in_turn, message
from .scripted import Script, reply, scripted
from .stream import BEARER, COMPLETE, DOMAIN, Listener, Stream, listening, streaming


async def test_it_subscribes_to_the_domains_agents_queues_and_calls() -> None:
    async with streaming() as stream, listening(stream.url):
        pass
    same = {"domain": DOMAIN, "bearer": BEARER, "application": "queuewatch"}
    assert stream.subscribed == [
        {"type": "agent"} | same,
        {"type": "queue"} | same,
        {"type": "call", "subtype": "domain"} | same,
    ]


async def test_whatever_an_event_holds_it_says_that_something_moved() -> None:
    async with streaming() as stream, listening(stream.url) as listener:
        for event, payload in (
            ("agent", {"domain": DOMAIN.upper(), "status": "x"}),
            ("agent", [{"domain": "other.example"}, {"domain": DOMAIN}]),
            ("agent", {"domain": 7}),
            ("queue", {"domain": ""}),
            ("queue", {"device_aor": "sip:1001@other.example"}),
            ("queue", []),
            ("call", "words"),
            ("call", 3.5),
            ("call", b"\xff"),
            ("call", None),
        ):
            await stream.tell(event, payload)
            assert await listener.next() is PushEvent.MOVED


async def test_what_is_about_another_domain_or_about_something_else_is_not_told() -> None:
    async with streaming() as stream, listening(stream.url) as listener:
        for event, payload in (
            ("agent", {"domain": "other.example"}),
            ("queue", [{"domain": "other.example"}, {"domain": "third.example"}, "words"]),
            ("contacts-domain", {"domain": DOMAIN}),
            ("status", COMPLETE),
            ("chat", None),
        ):
            await stream.tell(event, payload)
        await stream.hang_up()
        assert await listener.next() is PushEvent.OFF


async def test_a_server_that_goes_away_and_comes_back_is_subscribed_to_again() -> None:
    async with streaming() as stream, listening(stream.url) as listener:
        await stream.hang_up()
        assert [await listener.next(), await listener.next()] == [PushEvent.OFF, PushEvent.ON]
        await stream.tell("agent", {"domain": DOMAIN})
        assert await listener.next() is PushEvent.MOVED
    assert [wanted["type"] for wanted in stream.subscribed] == ["agent", "queue", "call"] * 2


async def test_after_words_that_make_no_sense_it_begins_anew(capfd: pytest.CaptureFixture[str]) -> None:
    nonsense = ("words", '2["agent"', "2[]", "4", '51-["agent",{"_placeholder":true,"num":7}]', b"\xff")
    async with streaming() as stream, listening(stream.url) as listener:
        for words in nonsense:
            await stream.say(words)
            if isinstance(words, str) and words.startswith("51"):
                await stream.say(b"\xff")
            assert [await listener.next(), await listener.next()] == [PushEvent.OFF, PushEvent.ON], words
        await stream.tell("agent", None)
        assert await listener.next() is PushEvent.MOVED
    gc.collect()
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "")


async def test_a_server_that_was_there_once_is_waited_for_without_end() -> None:
    async with streaming(Stream(hangs_up=True)) as stream:
        listener = Listener(stream.url, longest=TRIES + 5)
        task = asyncio.create_task(listener.until_given_up())
        await listener.next()
    await task
    assert len(listener.pauses) == TRIES + 5


def assert_doubled(pauses: list[float]) -> None:
    full = FIRST_PAUSE
    for pause in pauses:
        assert full / 2 <= pause <= full
        full = min(2 * full, LONGEST_PAUSE)


async def test_a_server_that_answers_and_hangs_up_at_once_is_left_alone_for_longer_and_longer() -> None:
    async with streaming(Stream(hangs_up=True)) as stream:
        listener = Listener(stream.url, longest=9)
        await listener.until_given_up()
    assert_doubled(listener.pauses)
    assert listener.pauses[-1] > LONGEST_PAUSE / 3
    assert listener.told == [PushEvent.ON, PushEvent.OFF] * 9


async def test_after_a_connection_that_lasted_the_pauses_are_short_again() -> None:
    async with streaming(Stream(hangs_up=True)) as stream:
        listener = Listener(stream.url, longest=4, lasts=STEADY + 1)
        await listener.until_given_up()
    assert max(listener.pauses) <= FIRST_PAUSE


async def assert_given_up(url: str) -> None:
    listener = Listener(url)
    await listener.until_given_up()
    assert listener.told == []
    assert len(listener.pauses) == TRIES
    assert_doubled(listener.pauses)


async def test_a_closed_port_is_given_up() -> None:
    async with streaming() as stream:
        pass
    await assert_given_up(stream.url)


NO_WEBSOCKET = (
    reply(200, PAGE, "text/html"),
    reply(403, PAGE, "text/html"),
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    reply(404, b""),
)
NO_SOCKET_IO = ("hello", "0{}", '0{"sid":1}', "9", "[" * 5_000)
assert len(NO_WEBSOCKET) == len(NO_SOCKET_IO) == TRIES


async def test_what_is_no_websocket_is_given_up() -> None:
    async with scripted(in_turn(*NO_WEBSOCKET)) as script:
        await assert_given_up(script.address)
    assert len(script.heard) == TRIES


async def test_a_server_without_a_certificate_hears_nothing() -> None:
    async with scripted(None) as script:
        script.answer = lambda _: b"\x15\x03\x01\x00\x02\x02\x28"
        await assert_given_up(script.address.replace("http:", "https:"))
    assert {heard.target for heard in script.heard} == {""}


async def test_a_redirection_is_not_followed() -> None:
    async with streaming() as elsewhere:
        moved = reply(302, b"", Location=f"{elsewhere.url}/socket.io/?transport=websocket&EIO=4")
        async with scripted(moved) as script:
            await assert_given_up(script.address)
    assert elsewhere.subscribed == []


async def test_a_websocket_that_speaks_something_else_is_given_up() -> None:
    says = list(NO_SOCKET_IO)

    async def something_else(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": says.pop()})
        await send({"type": "websocket.close"})

    async with running(something_else, websockets=True) as address:
        await assert_given_up(address.removesuffix("/ns-api/v2"))


async def test_a_server_that_never_says_anything_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.01)
    async with scripted(None) as script:
        await assert_given_up(script.address)


async def test_a_refused_bearer_is_given_up_and_shown_nowhere(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with streaming(Stream([("status", {"status": "Not authorized"})], hangs_up=True)) as stream:
        await assert_given_up(stream.url)
        assert BEARER not in repr(vars(Listener(stream.url).push()))
    assert len(stream.subscribed) == 3 * TRIES
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "")
    assert BEARER not in caplog.text


async def test_while_the_phone_system_is_out_of_reach_no_try_is_counted() -> None:
    failures = [Throttled("", retry_after=30.0), *[Unreachable("") for _ in range(2 * TRIES)]]

    class Waiting(Listener):
        async def bearer(self) -> str:
            if failures:
                raise failures.pop(0)
            return BEARER

    async with streaming(Stream(hangs_up=True)) as stream:
        listener = Waiting(stream.url, longest=2 * TRIES + 2)
        await listener.until_given_up()
    assert listener.pauses[0] == 30.0
    assert listener.told == [PushEvent.ON, PushEvent.OFF]


async def bearers_shown(script: Script, stream: Stream, *, read_only: bool = False) -> set[str]:
    stream.subscribed.clear()
    pbx = NetsapiensDomain(script.address, DOMAIN, TOKEN, read_only=read_only)
    hearing = asyncio.Event()
    task = asyncio.create_task(pbx.push_stream(stream.url).listen(lambda _: hearing.set()))
    await asyncio.wait_for(hearing.wait(), 30)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await pbx.close()
    return {wanted["bearer"] for wanted in stream.subscribed}


@pytest.mark.parametrize("read_only", [False, True])
async def test_it_shows_a_jwt_that_was_made_for_the_tokens_owner_and_sends_nothing_else(read_only: bool) -> None:
    answers = in_turn(reply(body=b'{"user": "1000"}'), reply(body=b'{"token": "made.for.it", "refresh": "x"}'))
    async with streaming() as stream, scripted(answers) as script:
        assert await bearers_shown(script, stream, read_only=read_only) == {"made.for.it"}
    asked, made = script.heard
    assert (asked.method, asked.target) == ("GET", "/ns-api/v2/domains/~/users/~")
    assert (made.method, made.target) == ("POST", "/ns-api/v2/jwt")
    assert made.body == b'{"domain": "example.com", "user": "1000"}'


NO_JWT = (
    message(400, "No Route Found [92]"),
    message(401, "Authentication Required"),
    message(403, "Forbidden"),
    reply(200, PAGE, "text/html"),
    reply(200, b'{"token": 5}'),
    reply(202, b"{}"),
)


async def test_where_no_jwt_is_made_it_shows_the_token() -> None:
    async with streaming() as stream:
        for answer in NO_JWT:
            async with scripted(in_turn(message(400, "Bad Request"), answer)) as script:
                assert await bearers_shown(script, stream) == {TOKEN}, answer
            assert script.heard[1].body == b'{"domain": "example.com"}'


@pytest.mark.parametrize("library", ["socketio", "aiohttp"])
def test_without_its_libraries_it_says_how_to_get_them(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BadConnection, match="takes libraries that are not installed") as error:
        NetsapiensDomain("https://pbx.example.com", DOMAIN, TOKEN).push_stream()
    assert "pip install 'queuewatch[push]'" in error.value.hint


@pytest.mark.parametrize(
    ("address", "own", "url"),
    [
        ("https://pbx.example.com", "", "https://pbx.example.com:8001"),
        ("https://pbx.example.com:8443/custom/api", "", "https://pbx.example.com:8001"),
        ("https://[2001:db8::1]/", "", "https://[2001:db8::1]:8001"),
        ("http://127.0.0.1:8087", "", "http://127.0.0.1:8087"),
        ("https://pbx.example.com", "https://core1.example.com:8001/", "https://core1.example.com:8001"),
    ],
)
def test_where_the_stream_is(address: str, own: str, url: str) -> None:
    stream = NetsapiensDomain(address, DOMAIN, TOKEN).push_stream(own)
    assert isinstance(stream, NetsapiensPush)
    assert stream.url == url


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ("http://core1.example.com:8001", "is not encrypted"),
        ("https://me:secret@core1.example.com", "holds a user name or a password"),
        ("https://core1.example.com/socket.io", "“https://core1.example.com” is followed by a path"),
        ("wss://core1.example.com", "is no web address"),
    ],
)
def test_an_own_address_that_cannot_be_used_is_refused(own: str, sentence: str) -> None:
    with pytest.raises(BadConnection, match=sentence):
        NetsapiensDomain("https://pbx.example.com", DOMAIN, TOKEN).push_stream(own)
