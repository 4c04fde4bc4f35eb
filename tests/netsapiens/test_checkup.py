"""The checkup of an API, against the sample phone system over loopback and a server told what to say."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from queuewatch.pbx.checks import Check, CheckState
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.agents import read_agents
from queuewatch.pbx.netsapiens.devices import read_devices
from queuewatch.pbx.netsapiens.directory import read_attendants, read_numbers, read_sites, read_users
from queuewatch.pbx.netsapiens.doctor.checkup import Checkup
from queuewatch.pbx.netsapiens.field_names import HELPFUL, VITAL, aliases_of
from queuewatch.pbx.netsapiens.queues import read_queues
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.rules import read_rules
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

from .client import PAGE, TOKEN

GOOD, BAD, UNSURE, SKIPPED = CheckState.GOOD, CheckState.BAD, CheckState.UNSURE, CheckState.SKIPPED
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LISTS = (
    "Queues",
    "Agents",
    "Users",
    "Numbers",
    "Auto attendants",
    "Sites",
    "Time frames",
    "Answering rules",
    "Phones",
)


async def no_sleep(seconds: float) -> None:
    """Requests follow one another at once."""


async def made(checkup: Checkup) -> dict[str, Check]:
    return {check.name: check async for check in checkup.run()}


@asynccontextmanager
async def office(
    *faults: Fault, quirks: Quirks | None = None, domain: str = "", token: str = TOKEN, seconds: float = 15.0
) -> AsyncIterator[tuple[Checkup, SandboxPbx]]:
    company = SandboxPbx(load_sample("lakeside"))
    async with running(sandbox_app(company, quirks, list(faults), token=TOKEN)) as address:
        client = NetsapiensDomain(
            address, domain or company.domain, token, timeout=seconds, rate_limiter=RateLimiter(window=0.0)
        )
        try:
            yield Checkup(client, lambda: company.now, sleep=no_sleep), company
        finally:
            await client.close()


async def test_a_good_server_is_good_in_about_twenty_requests() -> None:
    async with office() as (checkup, company):
        checks = await made(checkup)
    assert {name: check.state for name, check in checks.items() if check.state is not GOOD} == {}
    assert tuple(name for name in checks if name in LISTS) == LISTS
    assert checks["API"].sentence.endswith("version 44.2.3.")
    assert checks["Scope"].sentence == "An API key of scope Office Manager: it may look and edit."
    assert checks["Agents"].sentence.startswith("21 agents in them, 14 different, in ")
    assert checks["Agents"].sentence.endswith("in the spelling of live 44.x servers.")
    assert len(company.requests) <= 20
    assert [request for request in company.requests if request.method != "GET"] == []


async def test_the_vendors_spelling_is_told_apart() -> None:
    async with office(quirks=Quirks(spelling="spec")) as (checkup, _):
        checks = await made(checkup)
    assert checks["Agents"].sentence.endswith("in the vendor's documented spelling.")
    assert checks["Agents"].state is checks["Answering rules"].state is GOOD
    assert checks["Description"].details == ("callqueues: no site.",)


FAULTS: list[tuple[Fault, str, CheckState, str, str]] = [
    (Fault("/agents", FaultKind.STATUS, None, 403), "Agents", BAD, "may not read the agents", "scope"),
    (
        Fault("/agents", FaultKind.STATUS, None, 404),
        "Agents",
        BAD,
        "gave no agents, and its queues count 21",
        "provider",
    ),
    (Fault("/agents", FaultKind.PAGE, None, 404), "Agents", BAD, "no ns-api v2 at", "older version"),
    (Fault("/phonenumbers", FaultKind.TRUNCATED, None), "Numbers", BAD, "breaks off in the middle", "proxy"),
    (Fault("/sites", FaultKind.STATUS, None, 403), "Sites", UNSURE, "Verdicts do not need them", "scope"),
    (Fault("/agents", FaultKind.BAD_ROW, None), "Agents", UNSURE, "1 thing in it was not understood", "--bundle"),
    (Fault("/callqueues", FaultKind.MISTYPED, None), "Queues", UNSURE, "were not understood", "--bundle"),
    (
        Fault("/answerrules", FaultKind.STATUS, None, 500),
        "Answering rules",
        BAD,
        "failed (500)",
        "tell the provider",
    ),
    (Fault("/version", FaultKind.STATUS, None, 500), "API", UNSURE, "does not tell its version", ""),
    (Fault("openapi", FaultKind.STATUS, None, 404), "Description", SKIPPED, "publishes no description", ""),
    (Fault("openapi", FaultKind.PAGE, None, 200), "Description", UNSURE, "cannot be read", ""),
    (
        Fault("/apikeys", FaultKind.STATUS, None, 400),
        "Scope",
        UNSURE,
        "does not tell what this token may do",
        "edit",
    ),
]


@pytest.mark.parametrize(("fault", "name", "state", "sentence", "remedy"), FAULTS)
async def test_one_thing_that_fails_is_named_and_the_rest_goes_on(
    fault: Fault, name: str, state: CheckState, sentence: str, remedy: str
) -> None:
    async with office(fault) as (checkup, _):
        checks = await made(checkup)
    assert (checks[name].state, sentence in checks[name].sentence) == (state, True), checks[name]
    assert remedy in checks[name].remedy
    assert {one for one, check in checks.items() if check.state is BAD} <= {name}
    assert checks["Clock"].state is GOOD


async def test_a_token_that_is_not_accepted() -> None:
    async with office(token="nsd_another-0123456789") as (checkup, company):
        checks = await made(checkup)
    assert (checks["Token"].state, checks["Token"].no_answer) == (BAD, True)
    assert "does not accept the token (401)" in checks["Token"].sentence
    assert "get a new one" in checks["Token"].remedy
    assert checks["API"].state is checks["Clock"].state is GOOD
    assert checks["Lists"] == Check("Lists", SKIPPED, "The token is not accepted.")
    assert len(company.requests) == 2


async def test_a_domain_that_is_not_the_tokens() -> None:
    async with office(domain="other.example") as (checkup, _):
        checks = await made(checkup)
    assert checks["Domain"].state is BAD
    assert checks["Domain"].sentence == (
        "The token belongs to the domain lakeside.example, and other.example was asked for."
    )
    assert checks["Domain"].remedy.startswith("Ask for lakeside.example instead")
    assert "Domain other.example does not exist" in checks["Queues"].sentence
    assert checks["Lists"].sentence == "The domain does not exist."


async def test_web_pages_in_place_of_everything() -> None:
    async with office(Fault("", FaultKind.PAGE, None, 200)) as (checkup, _):
        checks = await made(checkup)
    assert (checks["API"].state, checks["API"].no_answer) == (BAD, True)
    assert "a web page instead of data" in checks["API"].sentence
    assert "sign-in page" in checks["API"].remedy
    assert {checks[name].state for name in ("Token", "Scope", "Lists")} == {SKIPPED}


Answer = (
    Callable[[httpx.Request], httpx.Response] | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)


async def told(
    answer: Answer,
    *,
    now: datetime = NOON,
    timer: Callable[[], float] = time.perf_counter,
    seconds: float = 15.0,
) -> dict[str, Check]:
    """The checkup of a server that is somewhere else and answers so."""
    client = NetsapiensDomain(
        "https://pbx.acme.test",
        "acme.test",
        TOKEN,
        transport=lambda: httpx.MockTransport(answer),
        timeout=seconds,
        rate_limiter=RateLimiter(window=0),
    )
    checks = await made(Checkup(client, lambda: now, sleep=no_sleep, timer=timer))
    await client.close()
    return checks


def empty(request: httpx.Request) -> httpx.Response:
    """A server with an empty domain, at noon."""
    headers = {"date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    if request.url.path.endswith("/version"):
        return httpx.Response(200, headers=headers, json={"apiversion": "Version: 45.0.1"})
    if request.url.path.endswith("/~"):
        return httpx.Response(404, headers=headers, json={"code": 404, "message": "Record not found"})
    return httpx.Response(200, headers=headers, json=[])


def silent(*endings: str) -> Answer:
    """A server that never answers for paths that end so."""

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(endings):
            await asyncio.Event().wait()
        return empty(request)

    return answer


async def test_a_server_that_answers_too_late() -> None:
    checks = await told(silent(""), seconds=0.02)
    assert (checks["API"].state, checks["API"].no_answer) == (BAD, True)
    assert "gave no full answer within 0.02 seconds" in checks["API"].sentence
    assert checks["Lists"].state is SKIPPED


async def test_a_server_that_falls_silent_is_not_waited_for_again_and_again() -> None:
    checks = await told(silent("/agents"), seconds=0.02)
    assert (checks["Agents"].state, checks["Users"].state) == (BAD, GOOD)
    checks = await told(silent("/agents", "/users", "/phonenumbers"), seconds=0.02)
    assert checks["Users"].state is BAD
    assert checks["Numbers"] == Check("Numbers", SKIPPED, "The server no longer answers.")


async def test_nothing_is_there_at_all() -> None:
    checks = await told(lambda request: httpx.Response(404, content=PAGE))
    assert (checks["API"].state, checks["API"].no_answer) == (BAD, True)
    assert "There is no ns-api v2 at https://pbx.acme.test/ns-api/v2" in checks["API"].sentence
    assert checks["Clock"].sentence == "The server does not tell its time."


async def test_only_the_older_version_is_there() -> None:
    def old(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.url.path == "/ns-api/" else 404, content=PAGE)

    checks = await told(old)
    assert "an older API beside it, and no version 2" in checks["API"].sentence
    assert "version 44 or newer" in checks["API"].remedy


@pytest.mark.parametrize(
    ("ahead", "state", "sentence"),
    [
        (timedelta(seconds=50), GOOD, "The same as the server's, within 60 seconds."),
        (timedelta(hours=1), BAD, "This machine's clock is 1 hour ahead of the server's."),
        (timedelta(minutes=-5), BAD, "This machine's clock is 5 minutes behind the server's."),
        (timedelta(days=400), BAD, "This machine's clock is 400 days ahead of the server's."),
    ],
)
async def test_a_clock_that_is_off(ahead: timedelta, state: CheckState, sentence: str) -> None:
    clock = (await told(empty, now=NOON + ahead))["Clock"]
    assert (clock.state, clock.sentence) == (state, sentence)
    assert bool(clock.remedy) == (state is BAD)


async def test_a_slow_server_is_said_to_be_slow() -> None:
    ticks = iter(range(0, 10_000, 3))
    latency = (await told(empty, timer=lambda: float(next(ticks))))["Latency"]
    assert (latency.state, latency.sentence) == (UNSURE, "3000 ms for one request (median of 3).")
    assert "--interval" in latency.remedy


@pytest.mark.parametrize(
    ("path", "answer", "state", "sentence"),
    [
        ("apikeys", {"user-scope": "Office Manager", "readonly": "yes"}, GOOD, "An API key for reading only"),
        ("apikeys", {"user-scope": "Site Manager"}, GOOD, "the queues of its own site"),
        ("users", {"user-scope": "Call Center Supervisor"}, UNSURE, "edit Require Agents, normally not"),
        ("jwt", {"user_scope": "Call Center Agent"}, UNSURE, "A signed token (JWT) of scope Call Center Agent"),
        ("users", {"user-scope": "Super User"}, GOOD, "A token of scope Super User: it may look and edit."),
        ("users", {"user-scope": "Emperor"}, UNSURE, "“Emperor”"),
    ],
)
async def test_what_a_token_may_do(path: str, answer: dict[str, str], state: CheckState, sentence: str) -> None:
    ends = {"apikeys": "/apikeys/~", "jwt": "/jwt", "users": "/domains/~/users/~"}

    def tells(request: httpx.Request) -> httpx.Response:
        asked = request.url.path.removeprefix("/ns-api/v2")
        if asked == ends[path]:
            return httpx.Response(200, json=answer)
        if asked in ends.values():
            return httpx.Response(403, json={"code": 403, "message": "Forbidden"})
        return empty(request)

    scope = (await told(tells))["Scope"]
    assert (scope.state, sentence in scope.sentence) == (state, True), scope


async def test_a_field_that_a_verdict_needs_is_missed() -> None:
    def without(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/callqueues"):
            return httpx.Response(200, json=[{"callqueue": "8000", "description": "Sales"}])
        return empty(request)

    queues = (await told(without))["Queues"]
    assert queues.state is BAD
    assert "3 fields it needs are missing: callqueue-require-available-agents" in queues.sentence
    assert "--bundle" in queues.remedy


class ConnectionOptions(dict[str, object]):
    """A row that notes under which names its fields were asked for."""

    def __init__(self) -> None:
        super().__init__({"callqueue": "8000", "user": "1001", "device": "1001", "phonenumber": "1"})
        self["device-sip-registration-state"] = "registered"
        self.names: set[str] = set()

    def get(self, key: str, default: object = None) -> object:
        self.names.add(key)
        return super().get(key, default)


READERS: dict[str, Callable[[list[object]], object]] = {
    "callqueues": read_queues,
    "agents": lambda rows: read_agents(rows, ()),
    "users": read_users,
    "phonenumbers": read_numbers,
    "autoattendants": read_attendants,
    "sites": read_sites,
    "answerrules": read_rules,
    "devices": lambda rows: read_devices(rows, "1001", NOON),
}


@pytest.mark.parametrize("resource", READERS)
def test_the_fields_it_looks_for_are_the_ones_that_are_read(resource: str) -> None:
    row = ConnectionOptions()
    READERS[resource]([row])
    looked_for = {
        name
        for field in (*VITAL.get(resource, ()), *HELPFUL.get(resource, ()))
        for name in aliases_of(resource, field)
    }
    assert looked_for - row.names == set()
    # Names that no document has for this list, or no server was seen to use: read to be on the safe side;
    # and whether the row is this domain's at all.
    beside = {"callqueue-id", "name-full-name", "device-models-model", "dial-rule-parameter"}
    beside |= {"callqueue_agent_id", "domain", "time-zone"}
    assert row.names - looked_for <= beside


async def test_a_description_is_followed_wherever_it_leads() -> None:
    fields = {"site": {"type": "string"}}
    document = {
        "info": {"version": "45.0.1"},
        "paths": {
            "/domains/{domain}/sites#1": {
                "get": {
                    "responses": {
                        "200": {
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sites"}}}
                        }
                    }
                }
            },
            "/domains/{d}/callqueues": "nonsense",
        },
        "components": {
            "schemas": {
                "Sites": {"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/Site"}, 7]}},
                "Site": {"properties": fields, "oneOf": [{"$ref": "#/components/schemas/Site"}]},
            }
        },
    }

    def describes(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/ns-api/webroot/openapi/openapi.json":
            return httpx.Response(200, content=json.dumps(document))
        return empty(request)

    description = (await told(describes))["Description"]
    assert description.state is UNSURE
    assert description.sentence.startswith("The server describes its API (version 45.0.1)")
    assert "callqueues is not described." in description.details
    assert not [detail for detail in description.details if detail.startswith("sites")]
