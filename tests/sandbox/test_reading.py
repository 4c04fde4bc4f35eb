"""What the sandbox's API answers to each request that reads."""

import httpx
import pytest

from queuewatch.pbx.sandbox import sandbox_pbx
from queuewatch.pbx.sandbox.samples import Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

from .conftest import Connect


@pytest.fixture
def pbx(lakeside: Sample) -> SandboxPbx:
    return SandboxPbx(lakeside)


@pytest.fixture
def api(pbx: SandboxPbx, connect: Connect) -> httpx.AsyncClient:
    return connect(pbx, None)


async def test_the_lists_are_the_samples(api: httpx.AsyncClient, lakeside: Sample) -> None:
    for path, rows in {
        "/callqueues": lakeside.callqueues,
        "/agents": lakeside.agents,
        "/users": lakeside.users,
        "/sites": lakeside.sites,
        "/phonenumbers": lakeside.phonenumbers,
        "/autoattendants": lakeside.autoattendants,
        "/timeframes": lakeside.timeframes,
        "/users/8003/answerrules": lakeside.answerrules["8003"],
        "/users/1014/devices": lakeside.devices["1014"],
    }.items():
        answer = await api.get(path)
        assert answer.status_code == 200
        assert answer.json() == list(rows)


async def test_the_single_objects(api: httpx.AsyncClient, lakeside: Sample) -> None:
    for path, row in {
        "/callqueues/8001": lakeside.callqueues[1],
        "/users/1001": lakeside.users[0],
        "/users/8003/answerrules/*": lakeside.answerrules["8003"][1],
        "/users/8003/answerrules/%2A": lakeside.answerrules["8003"][1],
        "/users/8003/answerrules/Holidays": lakeside.answerrules["8003"][0],
        "/users/1014/devices/1014m": lakeside.devices["1014"][1],
    }.items():
        assert (await api.get(path)).json() == row


async def test_a_queues_own_agents(api: httpx.AsyncClient) -> None:
    rows = (await api.get("/callqueues/8002/agents")).json()
    assert [row["name-full-name"] for row in rows] == ["Grace O'Neill", "Tomás Herrera"]


async def test_who_waits_in_a_queue(api: httpx.AsyncClient) -> None:
    (caller,) = (await api.get("/queuedcall/8001")).json()
    assert caller["dial-rule-translation-source-user"] == "12145550150"
    assert caller["time_queued"] == "2026-11-23 15:10:25"


async def test_version_domain_and_key(api: httpx.AsyncClient) -> None:
    base = "http://pbx.example/ns-api/v2"
    assert (await api.get(f"{base}/version")).json()["current-time"] == "2026-11-23 15:12:00"
    assert (await api.get(f"{base}/domains/~")).json()["domain"] == "lakeside.example"
    assert (await api.get(f"{base}/domains/lakeside.example")).json()["description"] == "Lakeside Dental"
    assert (await api.get(f"{base}/apikeys/~")).json()["readonly"] == "no"
    assert len((await api.get(f"{base}/domains/~/callqueues")).json()) == 8


async def test_every_alias_in_use_has_its_dial_rule(api: httpx.AsyncClient, lakeside: Sample) -> None:
    rows = (await api.get("/dialplans/lakeside.example/dialrules")).json()
    aliases = {row["dial-rule-matching-to-uri"] for row in rows}
    assert {"queue_8003", "vmail_8002", "aa_EmergencyMenu", "user_1001"} <= aliases
    assert "vmail_9000" not in aliases
    assert (await api.get("/dialplans/nowhere.example/dialrules")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        (
            "http://pbx.example/ns-api/v2/domains/nowhere.example/sites",
            404,
            "Domain nowhere.example does not exist",
        ),
        ("/users/4711", 404, "User 4711 does not exist in domain lakeside.example"),
        ("/users/4711/answerrules", 404, "User 4711 does not exist in domain lakeside.example"),
        ("/users/4711/answerrules/*", 404, "User 4711 does not exist in domain lakeside.example"),
        ("/users/4711/devices", 404, "User 4711 does not exist in domain lakeside.example"),
        ("/users/1001/answerrules/*", 404, "Record not found"),
        ("/callqueues/4711", 404, "Record not found"),
        ("/callqueues/4711/agents", 404, "Record not found"),
        ("/queuedcall/4711", 404, "Record not found"),
        ("/devices", 400, "No Route Found [92]"),
        ("/callqueues/list", 404, "Record not found"),
        ("/users?start=-1", 400, "start must be a whole number"),
    ],
)
async def test_what_does_not_exist(api: httpx.AsyncClient, path: str, status: int, message: str) -> None:
    answer = await api.get(path)
    assert answer.status_code == status
    assert answer.json() == {"code": status, "message": message}


async def test_a_user_without_rules_has_an_empty_list(api: httpx.AsyncClient) -> None:
    answer = await api.get("/users/1001/answerrules")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("header", ["", "Bearer wrong", "nsd_sandbox", "Basic nsd_sandbox"])
async def test_without_the_token_nothing_is_told(api: httpx.AsyncClient, header: str) -> None:
    for path in ("/callqueues", "/nowhere"):
        answer = await api.get(path, headers={"authorization": header})
        assert answer.status_code == 401
        assert answer.json() == {"code": 401, "message": "Authentication Required"}


async def test_beside_the_api_there_are_web_pages(api: httpx.AsyncClient) -> None:
    for path in ("http://pbx.example/", "http://pbx.example/portal/login", "http://pbx.example/ns-api/"):
        answer = await api.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")


async def test_users_come_in_pages(api: httpx.AsyncClient, lakeside: Sample) -> None:
    seen: list[object] = []
    for start in range(0, 100, 5):
        rows = (await api.get("/users", params={"start": start, "limit": 5})).json()
        seen += rows
        if len(rows) < 5:
            break
    assert seen == list(lakeside.users)
    assert len((await api.get("/phonenumbers?start=1&limit=2")).json()) == 2


async def test_without_a_limit_a_page_has_a_hundred_rows(connect: Connect) -> None:
    sample = load_sample("lakeside")
    pbx = SandboxPbx(sample)
    for number in range(2000, 3200):
        pbx.users[str(number)] = {"user": str(number), "domain": sample.domain}
    api = connect(pbx, None)
    assert len((await api.get("/users")).json()) == 100
    assert len((await api.get("/users?limit=5000")).json()) == 1000


async def test_users_of_one_site(api: httpx.AsyncClient) -> None:
    rows = (await api.get("/users?site=Remote")).json()
    assert [row["user"] for row in rows] == ["1020"]


async def test_every_request_is_remembered(api: httpx.AsyncClient, pbx: SandboxPbx) -> None:
    await api.get("/callqueues")
    await api.get("/users?start=0&limit=5")
    await api.put("/users/8000/answerrules/%2A", json={"enabled": "yes"})
    assert [(seen.method, seen.path.rsplit("/", 1)[1], seen.query, seen.body) for seen in pbx.requests] == [
        ("GET", "callqueues", "", None),
        ("GET", "users", "start=0&limit=5", None),
        ("PUT", "*", "", {"enabled": "yes"}),
    ]
    assert {seen.at for seen in pbx.requests} == {pbx.sample.start}


async def test_a_sandbox_left_running_forgets_the_oldest_requests(
    api: httpx.AsyncClient, pbx: SandboxPbx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_pbx, "REQUESTS_KEPT", 2)
    for path in ("/sites", "/users", "/agents", "/callqueues", "/timeframes"):
        await api.get(path)
    assert [seen.path.rsplit("/", 1)[1] for seen in pbx.requests] == ["agents", "callqueues", "timeframes"]


async def test_the_date_header_is_the_sandboxs_time(api: httpx.AsyncClient) -> None:
    assert (await api.get("/callqueues")).headers["date"] == "Mon, 23 Nov 2026 15:12:00 GMT"
