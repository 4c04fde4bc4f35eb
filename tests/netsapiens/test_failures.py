"""What becomes of every kind of bad answer, and of none, over a real socket."""

import asyncio
import socket
import ssl
from unittest import mock

import httpx
import pytest

from queuewatch.pbx import errors
from queuewatch.pbx.netsapiens import NetsapiensDomain

from .client import PAGE, TOKEN, domain, harmless_to_show, in_turn, message
from .scripted import Script, reply, scripted
from .still import StillClock

FAILURES: list[tuple[bytes, type[errors.PbxError], str]] = [
    (message(401, "Authentication Required"), errors.Refused, "Authentication Required"),
    (reply(401, PAGE, "text/html"), errors.Refused, "401"),
    (message(403, "Insufficient scope"), errors.Forbidden, "Insufficient scope"),
    (reply(403, PAGE, "text/html"), errors.Throttled, "fewer requests"),
    (reply(403, PAGE), errors.Throttled, "fewer requests"),
    (message(404, "Domain example.com does not exist"), errors.Missing, "does not exist"),
    (message(404, "No Route Found [92]"), errors.Unsupported, "no ns-api v2"),
    (reply(404, b"No Route Found [92]", "text/plain"), errors.Unsupported, "no ns-api v2"),
    (reply(404, PAGE, "text/html"), errors.Unsupported, "no ns-api v2"),
    (reply(404, b"page not found", "text/plain"), errors.Unsupported, "no ns-api v2"),
    (message(400, "No Route Found [92]"), errors.Unsupported, "no ns-api v2"),
    (reply(400, b"<p>No Route Found [92]</p>", "text/html"), errors.Unsupported, "no ns-api v2"),
    (message(400, "Bad filter"), errors.Misunderstood, "Bad filter"),
    (reply(418, b"teapot", "text/plain"), errors.Misunderstood, "teapot"),
    (message(429, "Slow down"), errors.Throttled, "Slow down"),
    (reply(503, PAGE, "text/html"), errors.Throttled, "503"),
    (reply(500, b""), errors.ServerFault, "500"),
    (reply(502, PAGE, "text/html"), errors.ServerFault, "502"),
    (reply(200, PAGE, "text/html"), errors.Misunderstood, "a web page instead of data"),
    (reply(200, b""), errors.Misunderstood, "an empty answer"),
    (reply(204, b""), errors.Misunderstood, "an empty answer"),
    (reply(200, b'[{"site":"Dal'), errors.Misunderstood, "breaks off"),
    (reply(200, b'[{"site":"Dallas"},'), errors.Misunderstood, "breaks off"),
    (reply(200, b"hello"), errors.Misunderstood, "not JSON"),
    (reply(200, b"42"), errors.Misunderstood, "a number instead of a list"),
    (reply(200, b"null"), errors.Misunderstood, "null instead of a list"),
    (reply(200, b'"x"'), errors.Misunderstood, "a text instead of a list"),
    (reply(200, b"[" * 200_000), errors.Misunderstood, "nested too deep"),
    (reply(200, b'{"code":401,"message":"Authentication Required"}'), errors.Refused, "Authentication Required"),
    (reply(200, b'{"code":"500","message":"Oops"}'), errors.ServerFault, "Oops"),
    (reply(200, b'{"code":202,"message":"Accepted"}'), errors.Misunderstood, "Accepted"),
    (reply(200, b'{"code":[],"message":{}}'), errors.Misunderstood, "sent"),
    (reply(302, b"", Location="https://elsewhere.example/login"), errors.Misunderstood, "elsewhere.example"),
    (reply(301, b"", Location="https://[broken"), errors.Misunderstood, "elsewhere"),
    (reply(200, b"not gzip", Content_Encoding="gzip"), errors.Misunderstood, "compression"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n[", errors.Unreachable, "closed the connection"),
    (b"", errors.Unreachable, "closed the connection"),
    (b"SSH-2.0-OpenSSH_9.6\r\n", errors.Unreachable, "closed the connection"),
]


@pytest.mark.parametrize(("answer", "error", "told"), FAILURES)
async def test_every_failure_is_a_sentence(answer: bytes, error: type[errors.PbxError], told: str) -> None:
    async with scripted(answer) as script, domain(script) as pbx:
        with pytest.raises(errors.PbxError, match=told) as failed:
            await pbx.read_sites()
        with pytest.raises(type(failed.value)):
            await pbx.read_live()
    assert isinstance(failed.value, error)
    assert str(failed.value).endswith(".")
    assert "\n" not in str(failed.value)
    assert harmless_to_show(failed.value)


async def test_a_redirect_is_not_followed() -> None:
    async with scripted(reply()) as elsewhere:
        away = reply(307, b"", Location=elsewhere.address + "/ns-api/v2/domains/example.com/sites")
        async with scripted(away) as script, domain(script) as pbx:
            with pytest.raises(errors.Misunderstood, match=r"127\.0\.0\.1"):
                await pbx.read_sites()
        assert elsewhere.heard == []


async def test_no_answer_in_time() -> None:
    async with scripted(None) as script, domain(script, seconds=0.05) as pbx:
        with pytest.raises(errors.Unreachable, match=r"no full answer within 0\.05 seconds") as failed:
            await pbx.read_sites()
    assert harmless_to_show(failed.value)


async def test_a_closed_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        script = Script(lambda _: None, f"http://127.0.0.1:{taken.getsockname()[1]}")
        async with domain(script, retries=2) as pbx:
            with pytest.raises(errors.Unreachable, match="refused the connection") as failed:
                await pbx.read_live()
    assert harmless_to_show(failed.value)


async def test_a_server_that_speaks_no_tls() -> None:
    async with scripted(b"HTTP/1.1 400 Bad Request\r\n\r\n") as script:
        script.address = script.address.replace("http:", "https:")
        async with domain(script) as pbx:
            with pytest.raises(errors.Unreachable, match="encrypted") as failed:
                await pbx.read_sites()
    assert harmless_to_show(failed.value)


async def test_an_unknown_name() -> None:
    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    script = Script(lambda _: None, "https://pbx.invalid")
    with mock.patch.object(asyncio.get_running_loop(), "getaddrinfo", unknown):
        async with domain(script) as pbx:
            with pytest.raises(errors.Unreachable, match=r"The name pbx\.invalid cannot be found"):
                await pbx.read_sites()


def failing(cause: Exception) -> httpx.ConnectError:
    """A connection that did not come about, as the library tells it: the cause is some way down."""
    error = httpx.ConnectError("failed")
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = ExceptionGroup("multiple", [OSError("other"), cause])
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (failing(ssl.SSLCertVerificationError("self-signed")), "certificate of pbx.example.com is not trusted"),
        (failing(ssl.SSLError("wrong version")), "No encrypted connection"),
        (failing(socket.gaierror("unknown")), "cannot be found"),
        (failing(ConnectionRefusedError()), "refused the connection"),
        (failing(OSError("no route to host")), "cannot be reached"),
        (httpx.ConnectTimeout("slow"), "No connection to pbx.example.com came about in time"),
        (httpx.ProxyError("407"), "proxy"),
        (httpx.ReadError("reset"), "closed the connection"),
        (httpx.InvalidURL("bad"), "cannot be asked for that"),
        (OSError("raw"), "closed the connection"),
    ],
)
async def test_every_way_to_get_no_answer(error: Exception, told: str) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    pbx = NetsapiensDomain(
        "https://pbx.example.com", "example.com", TOKEN, transport=lambda: httpx.MockTransport(fail)
    )
    with pytest.raises(errors.Unreachable, match=told) as failed:
        await pbx.read_sites()
    await pbx.close()
    assert harmless_to_show(failed.value)


WAITS = [
    ("7", 7.0),
    ("0", 0.0),
    ("999999", 3600.0),
    ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
    ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
    ("soon", None),
    ("-5", None),
    ("", None),
    ("9" * 400, None),
]


@pytest.mark.parametrize(("said", "seconds"), WAITS)
@pytest.mark.parametrize("status", [429, 503])
async def test_how_long_to_stay_away(said: str, seconds: float | None, status: int) -> None:
    answer = message(status, "Slow down", Retry_After=said, Date="Mon, 23 Nov 2026 12:00:00 GMT")
    async with scripted(answer) as script, domain(script) as pbx:
        with pytest.raises(errors.Throttled) as failed:
            await pbx.read_sites()
    assert failed.value.retry_after == seconds


@pytest.mark.parametrize(
    ("first", "pauses"),
    [
        ([reply(500, b"")], [0.5]),
        ([reply(502, PAGE, "text/html"), b""], [0.5, 1.0]),
        ([message(429, "x"), message(503, "x", Retry_After="4")], [0.5, 4.0]),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["], [0.5]),
    ],
)
async def test_a_reading_is_tried_again(first: list[bytes], pauses: list[float]) -> None:
    clock = StillClock()
    async with scripted(in_turn(*first, reply(body=b'["Dallas"]'))) as script:
        async with domain(script, retries=2, clock=clock) as pbx:
            assert (await pbx.read_sites()).items == ("Dallas",)
        assert len(script.heard) == len(first) + 1
    assert clock.pauses == pauses


@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_a_reading_is_not_tried_for_ever(retries: int) -> None:
    async with scripted(b"") as script:
        async with domain(script, retries=retries) as pbx:
            with pytest.raises(errors.Unreachable):
                await pbx.read_sites()
        assert len(script.heard) == retries + 1


@pytest.mark.parametrize(
    "answer",
    [
        message(400, "x"),
        message(401, "x"),
        message(403, "x"),
        reply(403, PAGE, "text/html"),
        message(404, "Domain x does not exist"),
        reply(200, b"{"),
        message(429, "x", Retry_After="11"),
    ],
)
async def test_what_trying_again_cannot_cure_is_asked_once(answer: bytes) -> None:
    async with scripted(answer) as script:
        async with domain(script, retries=2) as pbx:
            with pytest.raises(errors.PbxError):
                await pbx.read_sites()
        assert len(script.heard) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 503])
@pytest.mark.parametrize("echo", ["Bad token {}", "{}", "x" * 150 + "{}", "\x1b[31m{}"])
async def test_a_server_that_echoes_the_token_gets_it_cut_out(status: int, echo: str) -> None:
    words = echo.format(TOKEN)
    for answer in (message(status, words), reply(status, words.encode(), "text/plain")):
        async with scripted(answer) as script, domain(script) as pbx:
            with pytest.raises(errors.PbxError) as failed:
                await pbx.read_stored_queue("8000")
            assert harmless_to_show(failed.value)
            with pytest.raises(errors.PbxError) as failed:
                await pbx.write_require_agents("8000", True)
            assert harmless_to_show(failed.value)


async def test_the_client_does_not_show_its_token() -> None:
    pbx = NetsapiensDomain("https://pbx.example.com", "example.com", TOKEN)
    shown = f"{pbx!r} {pbx} {vars(pbx)!r} {vars(pbx._connection)!r} {pbx.address} {pbx.domain}"
    await pbx.close()
    assert TOKEN not in shown
    assert "https://pbx.example.com/ns-api/v2" in repr(pbx)


TITLED = b"<!DOCTYPE html><html><head><TITLE lang=en>Sign in &ndash; \x1b[31mAcme &amp; Sons</title></head></html>"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, errors.Misunderstood),
        (400, errors.Misunderstood),
        (401, errors.Refused),
        (403, errors.Throttled),
        (418, errors.Misunderstood),
        (502, errors.ServerFault),
    ],
)
async def test_a_web_page_is_told_as_one_with_its_title(status: int, kind: type[errors.PbxError]) -> None:
    async with scripted(reply(status, TITLED, "text/html")) as script, domain(script) as pbx:
        with pytest.raises(kind) as failed:
            await pbx.read_sites()
    assert "a web page instead of data" in str(failed.value)
    assert "titled “Sign in – [31mAcme & Sons”" in str(failed.value)
    assert str(status) in str(failed.value) or status == 200


async def test_a_web_page_in_answer_to_a_change_is_told_as_one() -> None:
    async with scripted(reply(400, TITLED, "text/html")) as script, domain(script) as pbx:
        with pytest.raises(errors.Rejected, match="titled “Sign in"):
            await pbx.write_require_agents("8000", True)


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize(
    ("token", "name", "what"),
    [(f'"{TOKEN}"', "example.com", "token"), (f"'{TOKEN}'", "example.com", "token"), (TOKEN, "“a.b”", "domain")],
)
async def test_quotes_left_around_what_was_given_are_named_as_the_cause(
    status: int, token: str, name: str, what: str
) -> None:
    async with scripted(message(status, "This does not exist")) as script:
        pbx = NetsapiensDomain(script.address, name, token)
        with pytest.raises(errors.PbxError) as failed:
            await pbx.read_sites()
        await pbx.close()
    assert f"The {what} has quotes around it" in failed.value.hint
    assert f"QUEUEWATCH_{what.upper()}" in failed.value.hint
    assert harmless_to_show(failed.value)


def test_typographic_quotes_around_a_token_are_named_before_anything_is_sent() -> None:
    with pytest.raises(errors.BadConnection, match="has quotes around it") as failed:
        NetsapiensDomain("https://pbx.example.com", "example.com", f"“{TOKEN}”")
    assert harmless_to_show(failed.value)
