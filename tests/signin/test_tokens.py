"""Signing in, over real HTTP."""

from dataclasses import replace

import pytest

from queuewatch.pbx.credentials import Session
from queuewatch.pbx.errors import (
    Misunderstood,
    PbxError,
    Refused,
    ServerFault,
    Throttled,
    Unreachable,
    Unsupported,
)
from queuewatch.pbx.identity import Identity
from queuewatch.pbx.netsapiens.tokens import CodeRequired, TokenServer
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from tests.signin.sign_in_server import (
    AT_HOME,
    CLIENT_SECRET,
    MANAGER,
    PASSCODE,
    PASSWORD,
    PREFIX,
    desk,
    shows_no_secret,
)

DANA = Identity("1010@lakeside.example", "Dana Reyes", "Office Manager", "lakeside.example", "Dallas")


async def test_a_password_gives_a_session_and_tells_who_one_is() -> None:
    async with desk() as at:
        session = await at.server().sign_in(MANAGER)
        assert isinstance(session, Session)
        assert session.identity == DANA
        assert session.address == at.address
        assert session.expires_at is not None
        assert (session.expires_at - at.clock.now).total_seconds() == 3600
        assert at.asked("/tokens") == [
            {
                "grant_type": "password",
                "username": "1010@lakeside.example",
                "password": PASSWORD,
                "client_id": "12345.queuewatch",
                "client_secret": CLIENT_SECRET,
            }
        ]
        assert at.asked("/token/") == []


@pytest.mark.parametrize("absent", ["no route", "404"])
async def test_an_older_server_is_asked_at_its_older_address(absent: str) -> None:
    async with desk() as at:
        at.logins.offers_tokens = absent != "no route"
        if absent == "404":
            at.faults.append(Fault("/v2/tokens", FaultKind.STATUS, None, 404))
        session = await at.server().sign_in(MANAGER)
        assert isinstance(session, Session)
        assert session.legacy
        (body,) = at.asked("/token/")
        assert str(body).startswith("grant_type=password&username=1010%40lakeside.example&password=")
        assert all(one.query == "" for one in at.pbx.requests)
        renewed = await at.server().renew(session)
        assert renewed.legacy
        assert len(at.asked("/v2/tokens")) == 1


async def test_a_server_that_gives_no_tokens_at_all() -> None:
    async with desk() as at:
        at.faults.append(Fault("token", FaultKind.STATUS, None, 404))
        with pytest.raises(Unsupported, match="gives no tokens") as raised:
            await at.server().sign_in(MANAGER)
        assert "login --api-key" in raised.value.hint


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong-one"}, {"username": "9999@lakeside.example"}, {"client_secret": ""}]
)
@pytest.mark.parametrize("legacy", [False, True])
async def test_what_is_wrong_is_refused(wrong: dict[str, str], legacy: bool) -> None:
    async with desk() as at:
        at.logins.offers_tokens = not legacy
        with pytest.raises(
            Refused, match=r"does not accept this login \(401\)\. Its words: “(Auth|Inv)"
        ) as raised:
            await at.server().sign_in(replace(MANAGER, **wrong))
        assert "client id" in raised.value.hint
        assert shows_no_secret(raised.value)


async def test_a_200_without_a_token_is_a_failed_login() -> None:
    async with desk() as at:
        at.logins.refuses_politely = True
        with pytest.raises(Refused, match=r"does not accept this login \(it answers without a token\)\.$"):
            await at.server().sign_in(replace(MANAGER, password="wrong-one"))


async def test_a_code_is_asked_for_and_given() -> None:
    async with desk() as at:
        wanted = await at.server().sign_in(AT_HOME)
        assert isinstance(wanted, CodeRequired)
        assert PREFIX not in repr(wanted)
        with pytest.raises(Refused, match=r"does not accept this code \(401\)") as raised:
            await at.server().give_code(AT_HOME, wanted, "111111")
        assert shows_no_secret(raised.value)
        session = await at.server().give_code(AT_HOME, wanted, PASSCODE)
        assert session.identity.name == "Priya Raman"
        client, credentials = at.client(await at.sign_in())
        await credentials.use(session)
        assert (await client.read_live()).queues


async def test_the_half_way_token_opens_nothing() -> None:
    async with desk() as at:
        wanted = await at.server().sign_in(AT_HOME)
        assert isinstance(wanted, CodeRequired)
        with pytest.raises(Refused):
            await at.server().renew(Session(at.address, wanted.token, wanted.token, client_secret=CLIENT_SECRET))


ODD = [
    (Fault("/tokens", FaultKind.STATUS, None, 500), ServerFault, r"failed \(500\)"),
    (Fault("/tokens", FaultKind.STATUS, None, 429, retry_after=9), Throttled, "asks for fewer requests"),
    (Fault("/tokens", FaultKind.PAGE, None, 403), Throttled, "asks for fewer requests"),
    (Fault("/tokens", FaultKind.PAGE, None, 401), Refused, "does not accept this login"),
    (Fault("/tokens", FaultKind.STATUS, None, 403), Refused, "does not accept this login"),
    (Fault("/tokens", FaultKind.STATUS, None, 400), Refused, "does not accept this login"),
    (Fault("/tokens", FaultKind.PAGE, None, 200), Misunderstood, "web page"),
    (Fault("/tokens", FaultKind.TRUNCATED, None), Misunderstood, "breaks off"),
    (Fault("/tokens", FaultKind.WRONG_SHAPE, None), Misunderstood, "a number"),
    (Fault("/tokens", FaultKind.EMPTY, None), Misunderstood, "empty answer"),
    (Fault("/tokens", FaultKind.MISTYPED, None), Refused, "without a token"),
    (Fault("/tokens", FaultKind.DROPPED, None), Unreachable, "closed the connection"),
    (Fault("/tokens", FaultKind.REDIRECT, None), Misunderstood, "sends requests on to elsewhere.example"),
]


@pytest.mark.parametrize(("fault", "error", "words"), ODD)
async def test_whatever_else_comes_back_is_a_sentence(fault: Fault, error: type[PbxError], words: str) -> None:
    async with desk() as at:
        at.faults.append(fault)
        with pytest.raises(error, match=words) as raised:
            await at.server().sign_in(MANAGER)
        assert shows_no_secret(raised.value)


async def test_a_server_that_repeats_what_it_was_sent_is_not_quoted() -> None:
    async with desk() as at:
        at.logins.client_secret = ""
        with pytest.raises(Refused) as raised:
            await at.server().sign_in(replace(MANAGER, username=f"{PASSWORD}@x", password=PASSWORD))
        assert shows_no_secret(raised.value)


def test_a_session_and_a_login_print_no_secret() -> None:
    session = Session("https://x.example", PREFIX, f"{PREFIX}2", None, "id", CLIENT_SECRET)
    assert not any(secret in f"{session!r} {MANAGER!r}" for secret in (PREFIX, CLIENT_SECRET, PASSWORD))


def test_an_address_that_cannot_be_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(PbxError, match="not encrypted"):
        TokenServer("http://pbx.example.com")
