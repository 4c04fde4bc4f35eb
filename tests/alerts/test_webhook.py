"""Posting to a webhook over a real socket, whatever the far end does; its address is said to nobody."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from unittest import mock

import pytest

from queuewatch.alerts import webhook
from queuewatch.alerts.webhook import MOST_WAITING, TRIES, Webhook
from queuewatch.pbx.errors import BadConnection
from queuewatch.process.background import ProgramFault, heard_by

from .waiting import eventually

PATH = "/services/T0/B0/SeCrEt?sig=HuShHuSh"
ANSWER = "HTTP/1.1 {} X\r\nContent-Length: 2\r\n{}\r\nok"


def answer(status: int, headers: str = "") -> bytes:
    return ANSWER.format(status, headers).encode()


HANGS = b"hangs"
DROPS = b"drops"
RUBBISH = b"SSH-2.0-OpenSSH_9.9\r\n"


@dataclass
class Service:
    """A web server that answers by a script, its last answer for ever, and keeps what it was sent."""

    answers: list[bytes]
    requests: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, _, rest = head.decode().partition("\r\n")
                (length,) = [
                    int(one.split(":")[1]) for one in rest.lower().split("\r\n") if "content-length" in one
                ]
                self.requests.append((line, json.loads(await reader.readexactly(length))))
                self.headers.append(rest)
                said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if said == HANGS:
                    await reader.read()
                if said not in (HANGS, DROPS):
                    writer.write(said)
                    await writer.drain()
                if said in (HANGS, DROPS, RUBBISH):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@dataclass
class Sender:
    """A webhook in a time that does not pass, and what it said."""

    service: Service
    hook: Webhook
    notes: list[str]
    pauses: list[float]

    async def send(self, *bodies: Mapping[str, object]) -> list[str]:
        for body in bodies:
            self.hook.post(json.dumps(body).encode())
        await asyncio.wait_for(self.hook.finish(), 30)
        return self.notes


@asynccontextmanager
async def sending(*answers: bytes) -> AsyncIterator[Sender]:
    service = Service(list(answers))
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    notes: list[str] = []
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    hook = Webhook(f"http://127.0.0.1:{service.port}{PATH}", notes.append, sleep=sleep)
    async with server:
        yield Sender(service, hook, notes, pauses)
        await hook.close()


async def test_what_is_posted_arrives_once_and_in_its_order() -> None:
    async with sending(answer(200)) as one:
        assert await one.send({"n": 1}, {"n": 2}) == ["", ""]
        assert one.service.requests == [(f"POST {PATH} HTTP/1.1", {"n": 1}), (f"POST {PATH} HTTP/1.1", {"n": 2})]
        assert "content-type: application/json" in one.service.headers[0].lower()
        assert await one.send({"n": 3}) == ["", "", ""]
    assert [body["n"] for _, body in one.service.requests] == [1, 2, 3]


async def test_after_a_fault_it_is_tried_again() -> None:
    async with sending(answer(500), DROPS, answer(204)) as one:
        assert await one.send({"n": 1}, {"n": 2}) == ["", ""]
    assert [body["n"] for _, body in one.service.requests] == [1, 1, 1, 2]
    assert one.pauses == [1, 2]


async def test_a_lasting_fault_ends_the_tries_and_is_said() -> None:
    async with sending(answer(503)) as one:
        (note,) = await one.send({"n": 1})
    assert note == "An alert did not reach 127.0.0.1: it answered 503, 5 times over."
    assert len(one.service.requests) == TRIES
    assert one.pauses == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ("Retry-After: 7\r\n", 7),
        ("Retry-After: 100000\r\n", 60),
        ("Retry-After: soon\r\n", 1),
        ("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", 0),
        ("", 1),
    ],
)
async def test_who_asks_for_patience_is_given_it_within_bounds(headers: str, pause: float) -> None:
    async with sending(answer(429, headers), answer(200)) as one:
        assert await one.send({"n": 1}) == [""]
    assert one.pauses == [pause]


async def test_a_redirect_is_not_followed() -> None:
    async with sending(answer(302, "Location: http://127.0.0.1:1/elsewhere\r\n")) as one:
        (note,) = await one.send({"n": 1})
    assert note == "An alert did not reach 127.0.0.1: it points elsewhere (302), where nothing is sent."
    assert len(one.service.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_a_refusal_is_final(status: int) -> None:
    async with sending(answer(status)) as one:
        (note,) = await one.send({"n": 1})
    assert note.endswith(f": it answered {status}.")
    assert len(one.service.requests) == 1


async def test_one_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.02)
    async with sending(HANGS) as one:
        (note,) = await one.send({"n": 1})
    assert "it gave no answer within 0.02 seconds, 5 times over" in note


async def test_one_that_speaks_something_else() -> None:
    async with sending(RUBBISH) as one:
        (note,) = await one.send({"n": 1})
    assert "the connection failed, 5 times over" in note


async def test_one_that_is_not_there() -> None:
    async with sending(answer(200)) as one:
        pass
    (note,) = await one.send({"n": 1})
    assert note == "An alert did not reach 127.0.0.1: nothing answers there, 5 times over."


async def test_once_messages_arrive_again_there_is_nothing_to_say() -> None:
    async with sending(answer(404), answer(200)) as one:
        assert [bool(note) for note in await one.send({"n": 1}, {"n": 2})] == [True, False]


async def test_too_many_that_wait_give_way_the_oldest_first_and_are_counted() -> None:
    async with sending(answer(200)) as one:
        notes = await one.send(*({"n": n} for n in range(MOST_WAITING + 3)))
    assert [body["n"] for _, body in one.service.requests] == list(range(3, MOST_WAITING + 3))
    assert notes[0] == "3 of the messages for 127.0.0.1 had to wait for too long, and will not be sent."
    assert not any(notes[1:])


async def test_posting_and_closing_wait_for_nobody() -> None:
    async with sending(HANGS) as one:
        one.hook.post(b"{}")
        await eventually(lambda: bool(one.service.requests))
        one.hook.post(b"{}")
        await asyncio.wait_for(one.hook.close(), 30)
        assert len(one.service.requests) == 1
    assert one.notes == []


async def never(_: float) -> None:
    await asyncio.Event().wait()


async def test_closing_between_two_tries_ends_them() -> None:
    async with sending(answer(500)) as one:
        waiting: Callable[[float], Awaitable[None]] = never
        hook = Webhook(f"http://127.0.0.1:{one.service.port}{PATH}", one.notes.append, sleep=waiting)
        hook.post(b"{}")
        await eventually(lambda: bool(one.service.requests))
        await asyncio.wait_for(hook.close(), 30)


@pytest.mark.parametrize(
    "said", [answer(404), answer(500), answer(302, "Location: /x\r\n"), DROPS, RUBBISH], ids=repr
)
async def test_no_word_of_the_address_is_said_but_its_host(said: bytes) -> None:
    async with sending(said) as one:
        (note,) = await one.send({"n": 1})
    assert "127.0.0.1" in note
    for secret in ("SeCrEt", "services", "HuShHuSh", "sig", str(one.service.port)):
        assert secret not in note


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "is no web address"),
        ("hooks.slack.com/services/SeCrEt", "is no web address"),
        ("ftp://hooks.slack.com/SeCrEt", "is no web address"),
        ("https:///SeCrEt", "is no web address"),
        ("https://hooks.slack.com:port/SeCrEt", "is no web address"),
        ("https://hooks.slack.com/Se CrEt", "is no web address"),
        ("http://hooks.slack.com/SeCrEt", "is not encrypted"),
    ],
)
def test_an_address_that_cannot_be_posted_to_is_refused_unsaid(address: str, why: str) -> None:
    with pytest.raises(BadConnection, match=why) as error:
        Webhook(address, print)
    assert "SeCrEt" not in f"{error.value}{error.value.hint}"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            ValueError("http://u:HuShHuSh@proxy"),
            "No client for HTTP can be made here (ValueError).",
        ),
        (BadConnection("HTTPS_PROXY is no address.", "Write a URL."), "HTTPS_PROXY is no address. Write a URL."),
    ],
)
async def test_where_no_client_can_be_made_the_alert_is_told_to_be_lost(
    error: Exception, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr("queuewatch.alerts.webhook.httpx.AsyncClient", fail)
    heard: list[ProgramFault] = []
    with heard_by(heard.append):
        async with sending(answer(200)) as one:
            (note,) = await one.send({"n": 1}, {"n": 2})
            assert await one.send({"n": 3}) == [note, note], "and so is each that comes later"
    assert note.startswith("An alert did not reach 127.0.0.1: ")
    assert says in note
    assert "HuShHuSh" not in note
    assert heard == [], "what hinders it lies outside the program"


async def test_a_fault_in_sending_itself_is_told_as_one_and_the_alert_as_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Webhook, "_try", mock.Mock(side_effect=KeyError("HuShHuSh")))
    heard: list[ProgramFault] = []
    with heard_by(heard.append):
        async with sending(answer(200)) as one:
            (note,) = await one.send({"n": 1}, {"n": 2})
    assert "nothing can be sent from here (KeyError); queuewatch doctor looks" in note
    assert "HuShHuSh" not in note
    assert [fault.doing for fault in heard] == ["sending alerts to 127.0.0.1"]
