"""The ways in which servers differ."""

import httpx

from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Row, Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

from .conftest import Connect

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"
ACCEPT = "callqueue-max-current-wait-to-accept-new-callers-seconds"
ACCEPTS = "callqueue-max-current-wait-to-accepts-new-callers-seconds"


async def first(api: httpx.AsyncClient, path: str) -> Row:
    rows = (await api.get(path)).json()
    assert isinstance(rows[0], dict)
    return rows[0]


async def test_the_vendors_spelling(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(spelling="spec"))
    agent = await first(api, "/agents")
    assert (agent["agent-site"], agent["agent-user-scope"]) == ("Dallas", "Call Center Agent")
    assert (agent["agent-name-first-name"], agent["agent-name-last-name"]) == ("Ana", "Lopez")
    assert (agent["agent-status-message"], agent["auto-answer-enabled"]) == (None, "no")
    assert agent["callqueue-agent-dispatch-order-ordinal"] == 1
    assert not {"sub-site", "sub-scope", "sub-portal-status", "auto-ans", "ordinal-order"} & set(agent)

    queue = await first(api, "/callqueues")
    assert queue[ACCEPT] == 0
    assert not {ACCEPTS, "site"} & set(queue)

    rule = await first(api, "/users/8000/answerrules")
    assert (rule["order"], rule["time_range_data"]) == (99, [])
    assert "dail-rule-matching-to-uri" in await first(api, "/dialplans/lakeside.example/dialrules")


async def test_the_vendors_older_time_frames(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(spelling="spec"))
    holidays, hours = (await api.get("/timeframes")).json()
    assert holidays["time-range-data"] == [
        {
            "ordinal-order": 0,
            "start-date": "2026-11-26",
            "end-date": "2026-11-27",
            "day-of-week-number": "*",
            "start-time": "00:00",
            "end-time": "23:59",
            "invert-match": "no",
        }
    ]
    assert [part["day-of-week-number"] for part in hours["time-range-data"]] == ["1", "2", "3", "4", "5"]
    assert hours["time-range-data"][0]["start-time"] == "08:00"


async def test_writes_go_by_the_servers_own_spelling(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(spelling="spec"))
    await api.put("/callqueues/8000", json={ACCEPTS: 300})
    assert (await api.get("/callqueues/8000")).json()[ACCEPT] == 0
    await api.put("/callqueues/8000", json={ACCEPT: 300})
    assert (await api.get("/callqueues/8000")).json()[ACCEPT] == 300


async def test_a_sample_says_which_spelling_its_server_uses(connect: Connect) -> None:
    api = connect(SandboxPbx(load_sample("riverside")), None)
    assert "agent-site" in await first(api, "/agents")


async def test_numbers_as_strings(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(numbers_as_strings=True))
    assert (await first(api, "/agents"))["active-calls-total-current"] == "0"
    assert (await first(api, "/callqueues"))["callqueue-max-current-callers-to-accept-new-callers"] == "10"
    rule = await first(api, "/users/8000/answerrules")
    assert (rule["ordinal-priority"], rule["is-active"]) == ("99", True)


async def test_parameters_as_numbers(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(parameters_as_numbers=True))
    rule = await first(api, "/users/8000/answerrules")
    assert rule["forward-when-unregistered"] == {"enabled": "yes", "parameters": [12145550100]}
    assert rule["forward-always"] == {"enabled": "yes", "parameters": ["queue_8000"]}


async def test_empty_lists_are_404(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(empty_lists_are_404=True))
    for path in (
        "/users/1001/answerrules",
        "/users/8000/devices",
        "/callqueues/701/agents",
        "/users?site=Nowhere",
    ):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()) == (404, {"code": 404, "message": "Record not found"})


async def test_a_list_of_one_as_the_bare_object(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(bare_objects=True))
    assert (await api.get("/users/8000/answerrules")).json()["time-frame"] == "*"
    assert len((await api.get("/users/8003/answerrules")).json()) == 2
    assert (await api.get("/users/1001/answerrules")).json() == []


async def test_pages_counted_from_one_overlap(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(page_start_at_one=True))
    pages = [
        [row["user"] for row in (await api.get(f"/users?start={start}&limit=4")).json()] for start in (0, 1, 4)
    ]
    assert pages[0] == pages[1] == ["1001", "1002", "1003", "1004"]
    assert pages[2] == ["1004", "1005", "1006", "1007"]


async def test_a_server_may_give_shorter_pages_than_asked_for(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(longest_page=5))
    assert len((await api.get("/users?limit=1000")).json()) == 5


async def test_accepted_without_a_body(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(empty_202=True))
    answer = await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert (await api.get("/callqueues/8000")).json()[REQUIRE_AGENTS] == "no"


async def test_a_write_shows_after_some_reads_of_what_it_changed(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(write_delay_reads=2))
    await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})
    seen = []
    for path in ("/callqueues/8000", "/agents", "/callqueues/8001", "/callqueues", "/callqueues/8000"):
        rows = (await api.get(path)).json()
        if path == "/callqueues/8000":
            seen.append(rows[REQUIRE_AGENTS])
    assert seen == ["yes", "no"]


async def test_a_created_rule_shows_after_some_reads(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(write_delay_reads=1))
    await api.post("/users/1001/answerrules", json={"time-frame": "*", "enabled": "yes"})
    assert (await api.get("/users/1001/answerrules/*")).status_code == 404
    assert (await api.get("/users/1001/answerrules/*")).status_code == 200


async def test_a_server_that_accepts_and_does_nothing(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(ignore_writes=True))
    before = (await api.get("/users/8000/answerrules")).json()
    assert (await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})).status_code == 202
    assert (await api.put("/users/8000/answerrules/*", json={"enabled": "no"})).status_code == 202
    assert (await api.get("/callqueues/8000")).json()[REQUIRE_AGENTS] == "yes"
    assert (await api.get("/users/8000/answerrules")).json() == before


async def test_a_write_that_changes_something_else_too(lakeside: Sample, connect: Connect) -> None:
    api = connect(SandboxPbx(lakeside), Quirks(spoils_other_block=True))
    before = (await api.get("/users/8000/answerrules/*")).json()
    await api.put("/users/8000/answerrules/*", json={"enabled": "yes"})
    after = (await api.get("/users/8000/answerrules/*")).json()
    assert [key for key in before if before[key] != after[key]] == ["forward-on-active"]

    settings = (await api.get("/callqueues/8000")).json()
    await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})
    changed = (await api.get("/callqueues/8000")).json()
    assert {key for key in settings if settings[key] != changed[key]} == {
        REQUIRE_AGENTS,
        "callqueue-max-wait-timeout-minutes",
    }
