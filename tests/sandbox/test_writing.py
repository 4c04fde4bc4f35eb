"""What the sandbox's API does with each request that writes."""

import httpx
import pytest

from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Row, Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

from .conftest import Connect

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"
ON: Row = {"enabled": "yes", "parameters": ["12145550199"]}
OFF: Row = {"enabled": "no", "parameters": []}


@pytest.fixture
def pbx(lakeside: Sample) -> SandboxPbx:
    return SandboxPbx(lakeside)


@pytest.fixture
def api(pbx: SandboxPbx, connect: Connect) -> httpx.AsyncClient:
    return connect(pbx, None)


@pytest.mark.parametrize("puts", ["merge", "replace"])
async def test_one_setting_of_a_queue_changes_nothing_else(pbx: SandboxPbx, connect: Connect, puts: str) -> None:
    api = connect(pbx, Quirks(puts="replace" if puts == "replace" else "merge"))
    before = (await api.get("/callqueues/8000")).json()
    answer = await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})
    assert (answer.status_code, answer.json()) == (202, {"code": 202, "message": "Accepted"})
    assert (await api.get("/callqueues/8000")).json() == {**before, REQUIRE_AGENTS: "no"}


async def test_names_the_server_does_not_know_are_accepted_and_do_nothing(api: httpx.AsyncClient) -> None:
    before = (await api.get("/callqueues")).json()
    for body in (
        {"callqueue-agent-required": "no"},
        {"callqueue-max-current-wait-to-accept-new-callers-seconds": 300},
        {"callqueue-count-agents-total": 99, "callqueue": "8888"},
    ):
        assert (await api.put("/callqueues/8000", json=body)).status_code == 202
    assert (await api.get("/callqueues")).json() == before


async def test_merging_leaves_absent_blocks_alone(pbx: SandboxPbx, connect: Connect) -> None:
    api = connect(pbx, Quirks(puts="merge"))
    before = (await api.get("/users/8001/answerrules/*")).json()
    body = {"enabled": "yes", "forward-when-unregistered": ON}
    assert (await api.put("/users/8001/answerrules/*", json=body)).status_code == 202
    after = (await api.get("/users/8001/answerrules/*")).json()
    assert after == {**before, "forward-when-unregistered": ON}


async def test_replacing_turns_absent_blocks_off(pbx: SandboxPbx, connect: Connect) -> None:
    api = connect(pbx, Quirks(puts="replace"))
    body = {"enabled": "yes", "forward-when-unregistered": ON}
    await api.put("/users/8001/answerrules/*", json=body)
    after = (await api.get("/users/8001/answerrules/*")).json()
    assert after["forward-when-unregistered"] == ON
    assert after["forward-always"] == after["forward-on-busy"] == OFF
    assert (after["is-active"], after["ordinal-priority"], after["user"]) == (True, 99, "8001")


@pytest.mark.parametrize("puts", ["merge", "replace"])
async def test_a_whole_rule_written_back_changes_one_block(connect: Connect, pbx: SandboxPbx, puts: str) -> None:
    api = connect(pbx, Quirks(puts="replace" if puts == "replace" else "merge"))
    before = (await api.get("/users/8001/answerrules/*")).json()
    unwritable = ("domain", "user", "time-frame", "is-active", "ordinal-priority", "new_time_frame_data")
    body = {key: value for key, value in before.items() if key not in unwritable}
    await api.put("/users/8001/answerrules/*", json={**body, "forward-when-unregistered": ON})
    assert (await api.get("/users/8001/answerrules/*")).json() == {**before, "forward-when-unregistered": ON}


async def test_what_only_the_server_sets_cannot_be_written(api: httpx.AsyncClient) -> None:
    before = (await api.get("/users/8000/answerrules/*")).json()
    body = {"enabled": "yes", "is-active": False, "ordinal-priority": 1, "user": "9", "time-frame": "Holidays"}
    assert (await api.put("/users/8000/answerrules/*", json=body)).status_code == 202
    assert (await api.get("/users/8000/answerrules/*")).json() == before


async def test_a_rule_is_created_and_comes_into_effect(api: httpx.AsyncClient, pbx: SandboxPbx) -> None:
    pbx.rules["8000"] = []
    body = {"time-frame": "*", "enabled": "yes", "forward-when-unregistered": ON}
    assert (await api.post("/users/8000/answerrules", json=body)).status_code == 202
    (rule,) = (await api.get("/users/8000/answerrules")).json()
    assert (rule["time-frame"], rule["is-active"], rule["ordinal-priority"]) == ("*", True, 99)
    assert rule["forward-when-unregistered"] == ON
    assert rule["forward-always"] == OFF
    assert (await api.post("/users/8000/answerrules", json=body)).status_code == 409


async def test_a_synchronous_creation_answers_with_the_rule(api: httpx.AsyncClient, pbx: SandboxPbx) -> None:
    pbx.rules["8000"] = []
    body = {"time-frame": "*", "enabled": "yes", "synchronous": "yes"}
    answer = await api.post("/users/8000/answerrules", json=body)
    assert (answer.status_code, answer.json()["time-frame"]) == (200, "*")


async def test_a_deleted_rule_gives_way_to_the_next(connect: Connect) -> None:
    pbx = SandboxPbx(load_sample("harbor"))
    api = connect(pbx, None)
    assert (await api.delete("/users/8109/answerrules/Peak%20Season")).status_code == 202
    (rule,) = (await api.get("/users/8109/answerrules")).json()
    assert (rule["time-frame"], rule["is-active"]) == ("*", True)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("PUT", "/callqueues/8000", {REQUIRE_AGENTS: True}, 400, "must be yes or no"),
        ("PUT", "/callqueues/8000", [], 400, "must be a JSON object"),
        ("PUT", "/callqueues/4711", {REQUIRE_AGENTS: "no"}, 404, "Record not found"),
        ("PUT", "/users/8000/answerrules/*", {"forward-when-unregistered": ON}, 400, "enabled is required"),
        ("PUT", "/users/8000/answerrules/*", {"enabled": "yes", "forward-always": "no"}, 400, "forward-always"),
        (
            "PUT",
            "/users/8000/answerrules/*",
            {"enabled": "yes", "forward-always": {"enabled": "yes", "parameters": [{}]}},
            400,
            "strings or numbers",
        ),
        ("PUT", "/users/8000/answerrules/Holidays", {"enabled": "yes"}, 404, "Record not found"),
        ("PUT", "/users/4711/answerrules/*", {"enabled": "yes"}, 404, "User 4711 does not exist"),
        ("POST", "/users/8000/answerrules", {"enabled": "yes"}, 400, "time-frame is required"),
        ("POST", "/users/8000/answerrules", {"enabled": "yes", "time-frame": "Easter"}, 404, "Timeframe"),
        ("DELETE", "/users/8000/answerrules/Holidays", None, 404, "Record not found"),
        ("PATCH", "/callqueues/8000/agents/4711%40lakeside.example/login", None, 404, "Record not found"),
        ("PATCH", "/callqueues/8000/agents/1001%40lakeside.example/Lunch", None, 400, "No Route Found [92]"),
        ("POST", "/callqueues/8000/agents/1001%40lakeside.example/login", None, 400, "No Route Found [92]"),
    ],
)
async def test_what_is_refused(
    api: httpx.AsyncClient, pbx: SandboxPbx, method: str, path: str, body: object, status: int, words: str
) -> None:
    before = str((pbx.floor.queue_rows(), pbx.floor.agent_rows(), pbx.rules))
    answer = await api.request(method, path, json=body)
    assert answer.status_code == status
    assert words in answer.json()["message"]
    assert str((pbx.floor.queue_rows(), pbx.floor.agent_rows(), pbx.rules)) == before


def kinds(pbx: SandboxPbx, agent: str) -> dict[object, tuple[object, object]]:
    return {
        row["callqueue"]: (row["callqueue-agent-availability-type"], row["sub-portal-status"])
        for row in pbx.floor.agent_rows()
        if row["callqueue-agent-id"] == agent
    }


async def test_logging_in_and_out(api: httpx.AsyncClient, pbx: SandboxPbx) -> None:
    cara = "1003@lakeside.example"
    assert (await api.patch("/callqueues/8000/agents/1003%40lakeside.example/logout")).status_code == 202
    automatic, lunch = ("automatic", None), ("manual", "Lunch")
    assert kinds(pbx, cara) == {"8000": ("manual", None), "8004": automatic, "8006": automatic}
    await api.patch("/callqueues/all/agents/1003%40lakeside.example/Lunch")
    assert kinds(pbx, cara) == dict.fromkeys(("8000", "8004", "8006"), lunch)
    await api.patch("/callqueues/all/agents/1003%40lakeside.example/login")
    assert kinds(pbx, cara) == dict.fromkeys(("8000", "8004", "8006"), automatic)
    await api.patch("/callqueues/8003/agents/sip%3A1014m%40lakeside.example/logout")
    assert kinds(pbx, "sip:1014m@lakeside.example") == {"8003": ("manual", None)}
