"""Every fault of whatever gives tokens: a sentence without a secret, and a session that is not lost by it."""

import json
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.pbx.credentials import MemoryStore, Session
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens.doctor.openapi import check_description
from queuewatch.pbx.netsapiens.identity import identity_of
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.responses import Response
from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials
from queuewatch.pbx.netsapiens.tokens import TokenServer
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.signin.session_store import record_of, secrets_from
from tests.netsapiens import anything
from tests.signin.sign_in_server import CLIENT_SECRET, KEY, MANAGER, PASSWORD, PLANTED, PREFIX

from .catalogue import CATALOGUE, PATIENCE, SEQUENCES
from .fault import Effect, Fault, Where, always, whole
from .server import faulty


def _given(name: str, **fields: object) -> Fault:
    return Fault(name, always(whole(200, json.dumps(fields).encode())))


OF_TOKENS = (
    _given("200 without a token", scope="Office Manager"),
    _given("a token of null", access_token=None),
    _given("a token that is a number", access_token=7),
    _given("a token of blanks", access_token="  "),
    _given("a token with a line break", access_token=f"{PREFIX}a\r\nX: y"),
    _given("a token in a list", access_token=[PREFIX]),
    _given("a code asked for, and nothing to go with it", scope="mfa_required"),
    Fault("the password said again", always(whole(400, json.dumps({"error_description": PASSWORD}).encode()))),
    Fault("the client's secret said again", always(whole(500, CLIENT_SECRET.encode(), "text/plain"))),
)
ODD_LIVES = [-1, 0, 1e400, "soon", "3600", True, [], 10**30, None, float("nan")]


def check(fault: Fault, error: PbxError) -> None:
    shown = "".join(traceback.format_exception(error)) + error.hint
    assert str(error).endswith("."), fault.name
    assert not any(secret in shown for secret in PLANTED), fault.name


async def test_a_sign_in_that_fails_says_why_and_a_renewal_that_fails_loses_nothing(pbx: SandboxPbx) -> None:
    logins = Logins(pbx, KEY, password=PASSWORD, client_secret=CLIENT_SECRET, prefix=PREFIX)

    async with faulty(sandbox_app(pbx, logins=logins)) as server:

        def tokens() -> TokenServer:
            patience = PATIENCE if server.fault and server.fault.slow else 10.0
            return TokenServer(server.address, timeout=patience, rate_limiter=RateLimiter(window=0.0))

        session = await tokens().sign_in(MANAGER)
        assert isinstance(session, Session)
        for fault in (*CATALOGUE[::3], *OF_TOKENS):
            if fault.effect is not Effect.TROUBLE or fault.where is not Where.SERVER or fault in SEQUENCES:
                continue
            server.break_down(fault, applies=False)
            with pytest.raises(PbxError) as failed:
                await tokens().sign_in(MANAGER)
            check(fault, failed.value)
            # Nobody remembers a password: one that is said again at a renewal could not be known for one.
            if fault not in OF_TOKENS:
                await renew_under(fault, tokens, session)
        server.recover()
        assert isinstance(await tokens().sign_in(MANAGER), Session)


async def renew_under(fault: Fault, tokens: Callable[[], TokenServer], session: Session) -> None:
    """Fail to renew a session that has run out; what is kept is what was kept before."""
    store = MemoryStore("acme")
    store.save(session)
    late = tokens()
    late.clock = lambda: datetime(2099, 1, 1, tzinfo=UTC)
    credentials = RefreshingCredentials(store, late)
    with pytest.raises(PbxError) as failed:
        await credentials.bearer()
    check(fault, failed.value)
    assert store.load() == session
    await credentials.close()


@pytest.mark.parametrize("life", ODD_LIVES)
async def test_a_token_of_any_life_is_a_session(pbx: SandboxPbx, life: object) -> None:
    async with faulty(sandbox_app(pbx)) as server:
        server.break_down(_given("odd", access_token="tk-1", expires_in=life, scope=[], uid={}), applies=False)
        session = await TokenServer(server.address, rate_limiter=RateLimiter(window=0.0)).sign_in(MANAGER)
        assert isinstance(session, Session)
        assert session.access_token == "tk-1"
        assert session.expires_at is None or session.expires_at > datetime(2026, 1, 1, tzinfo=UTC)


names = st.sampled_from(["user", "domain", "login", "uid", "scope", "site", "readonly", "displayName"])


@settings(max_examples=50)
@given(st.dictionaries(names, anything.json))
def test_whoever_is_told_of_is_somebody(fields: dict[str, object]) -> None:
    who = identity_of(fields)
    assert all(isinstance(words, str) for words in (who.login, who.name, who.scope, who.domain, who.site))


described = st.recursive(
    anything.scalars,
    lambda inner: st.dictionaries(
        st.sampled_from(["paths", "/domains/{d}/agents", "get", "responses", "200", "content", "schema", "$ref"]),
        inner | st.just("#/paths"),
    ),
    max_leaves=12,
)


@settings(max_examples=50)
@given(described)
def test_a_description_of_anything_is_checked_in_a_sentence(document: object) -> None:
    body = json.dumps(document).encode()
    check_result = check_description(Response("https://pbx", "GET", "it", 200, body, {}, lambda words: words))
    assert check_result.sentence.endswith(".")


@settings(max_examples=50)
@given(anything.json | st.dictionaries(st.sampled_from(["v", "address", "secrets", "expires_at"]), anything.json))
def test_a_session_file_of_anything_is_a_session_or_none(document: object) -> None:
    text = json.dumps(document)
    record_of(text)
    assert isinstance(secrets_from(text), dict)
