"""Who asks, and what they may change."""

import pytest

from queuewatch.pbx.errors import ServerFault
from queuewatch.pbx.identity import Identity, Setting, may_edit, reach
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from tests.signin.sign_in_server import KEY, Desk, desk

AUSTIN = Identity(scope="Site Manager", site="Austin")
SUPERVISOR = Identity(scope="Call Center Supervisor")


@pytest.mark.parametrize("scope", ["Office Manager", "office manager", "Reseller", "Super User", "", "Wizard"])
@pytest.mark.parametrize("setting", Setting)
def test_a_manager_changes_everything_and_so_may_whoever_is_not_known(scope: str, setting: Setting) -> None:
    assert may_edit(Identity(scope=scope), setting, "Dallas") == ""
    assert may_edit(None, setting, "Dallas") == ""


@pytest.mark.parametrize("setting", Setting)
def test_a_site_manager_changes_their_own_site(setting: Setting) -> None:
    assert may_edit(AUSTIN, setting, "Austin") == ""
    reason = "A Site Manager changes queues of their own site, Austin; this one is at Dallas."
    assert may_edit(AUSTIN, setting, "Dallas") == reason
    # What is not known is for the phone system to decide.
    assert may_edit(AUSTIN, setting, "") == ""
    assert may_edit(Identity(scope="Site Manager"), setting, "Dallas") == ""


def test_a_supervisor_changes_queues_and_not_their_users() -> None:
    assert may_edit(SUPERVISOR, Setting.REQUIRE_AGENTS) == ""
    assert "does not change a queue's answering rules" in may_edit(SUPERVISOR, Setting.WHEN_OFFLINE)


@pytest.mark.parametrize(
    "scope", ["Basic User", "Simple User", "Advanced User", "Call Center Agent", "NDP", "No Portal"]
)
@pytest.mark.parametrize("setting", Setting)
def test_nobody_else_changes_anything(scope: str, setting: Setting) -> None:
    assert (
        may_edit(Identity(scope=scope), setting)
        == f"The scope {scope} does not change queues; an Office Manager's does."
    )


@pytest.mark.parametrize("setting", Setting)
def test_a_read_only_key_changes_nothing(setting: Setting) -> None:
    assert may_edit(Identity(scope="Super User", read_only=True), setting).startswith("Read-only: the API key")


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (Identity(scope="Reseller"), "of every queue"),
        (AUSTIN, "the queues at Austin"),
        (SUPERVISOR, "normally not When Offline"),
        (Identity(scope="Basic User"), "You look, and change nothing"),
        (Identity(scope="Wizard"), "The scope “Wizard” is not known to queuewatch: it lets you try"),
        (Identity(), "does not say what you may change"),
        (Identity(scope="Super User", read_only=True), "A read-only API key"),
    ],
)
def test_what_one_may_is_said(identity: Identity, words: str) -> None:
    assert words in reach(identity)


def with_token(at: Desk, token: str) -> NetsapiensDomain:
    client = NetsapiensDomain(at.address, at.pbx.domain, token, rate_limiter=RateLimiter(window=0.0))
    at.clients.append(client)
    return client


async def test_an_api_key_is_asked_about_itself() -> None:
    async with desk() as at:
        at.logins.key_row = {"readonly": "yes", "description": "Wallboard"}
        known = await with_token(at, KEY).read_identity()
        assert known == Identity("", "Wallboard", "Office Manager", "lakeside.example", "", read_only=True)
        assert len(at.pbx.requests) == 1


async def test_a_session_is_not_asked_about_again() -> None:
    async with desk() as at:
        client, _ = at.client(await at.sign_in())
        await client.read_sites()
        before = len(at.pbx.requests)
        assert (await client.read_identity()).name == "Dana Reyes"
        assert len(at.pbx.requests) == before


async def test_a_token_from_outside_is_asked_about_where_there_is_an_answer() -> None:
    async with desk() as at:
        row = at.logins.grant({"grant_type": "password", "username": "1014@lakeside.example", **SIGN_IN})
        known = await with_token(at, str(row["access_token"])).read_identity()
        # The portal's token does not tell the site, which is what decides for a Site Manager.
        assert (known.login, known.scope, known.site) == ("1014@lakeside.example", "Site Manager", "Austin")
        assert [one.path.partition("v2")[2] for one in at.pbx.requests] == [
            "/apikeys/~",
            "/jwt",
            "/domains/~/users/~",
        ]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_nothing_known_is_an_answer(status: int) -> None:
    async with desk() as at:
        at.faults.append(Fault("", FaultKind.STATUS, None, status))
        assert await with_token(at, KEY).read_identity() == Identity()


async def test_a_server_that_fails_is_no_answer() -> None:
    async with desk() as at:
        at.faults.append(Fault("", FaultKind.STATUS, None, 500))
        with pytest.raises(ServerFault):
            await with_token(at, KEY).read_identity()


SIGN_IN = {"password": "pw-Planted-hunter2", "client_secret": "cs-Planted-0123456789"}
