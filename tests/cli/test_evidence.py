"""What a server says that is odd, seen by whoever asks: said, and no answer surer than it."""

import json
from typing import Any

import pytest

from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Row, load_sample

from .conftest import Ran, Run, Serve

WORD = "callqueue-agent-availability-for-dispatch"
TYPE = "callqueue-agent-availability-type"
MESSAGE = "sub-portal-status"
HERE = "lakeside.example"


def seen(ran: Ran) -> dict[str, Any]:
    assert ran.status == 0, ran.err
    return {queue["queue"]: queue for queue in json.loads(ran.out)["queues"]}


def everybody(says: Row) -> dict[str, Row]:
    """The same said of every agent, and nobody on a call."""
    fields: Row = {"active-calls-total-current": 0, **says}
    return {str(row["callqueue-agent-id"]): fields for row in load_sample("lakeside").agents}


@pytest.mark.parametrize("command", ["status", "check", "simulate", "drill"])
@pytest.mark.parametrize("name", ["callqueues", "agents"])
def test_rows_that_cannot_be_read_are_no_empty_domain(run: Run, serve: Serve, command: str, name: str) -> None:
    serve("lakeside", quirks=Quirks(unreadable=frozenset({name})))
    ran = run(command, *(["--site", "Dallas"] if command == "drill" else []))
    assert ran.status == 3
    assert "rows could not be read" in ran.err
    assert "no call queues" not in ran.err + ran.out


def test_users_that_cannot_be_read_are_not_taken_for_missing(run: Run, serve: Serve) -> None:
    serve("harbor", quirks=Quirks(unreadable=frozenset({"users"})))
    ran = run("status", "8105", "--json")
    assert seen(ran)["8105"]["readiness"]["state"] == "unknown"
    assert any("rows could not be read" in text for text in json.loads(ran.out)["problems"])


def test_a_token_that_is_shown_one_site_is_told_so_and_guesses_at_no_agent(run: Run, serve: Serve) -> None:
    serve("lakeside", quirks=Quirks(site_shown="Dallas"))
    austin = seen(run("status", "--json"))["8003"]
    assert austin["verdict"]["outcome"] == "uncertain"
    assert austin["readiness"]["state"] == "ready"
    assert any("This token sees" in text for text in austin["verdict"]["assumptions"])
    (found,) = [one for one in json.loads(run("check", "--json").out)["findings"] if one["code"] == "QW125"]
    assert found["severity"] == "info"
    assert "This token sees" in found["why"]
    assert "Austin Front Desk (8003)" in found["why"]


def test_rows_of_a_deleted_queue_and_of_another_domain_are_told(run: Run, serve: Serve) -> None:
    strangers: tuple[Row, ...] = (
        {"callqueue-agent-id": f"1001@{HERE}", "callqueue": "8099", "domain": HERE},
        {"callqueue-agent-id": "1999@other.example", "callqueue": "8000", "domain": "other.example"},
    )
    serve("lakeside", quirks=Quirks(strangers=strangers))
    ran = run("status", "--json")
    told = json.loads(ran.out)["problems"]
    assert ["8099" in text for text in told] == [False, True]
    assert ["other.example" in text for text in told] == [True, False]
    assert not any(
        agent["id"] == "1999@other.example" for queue in seen(ran).values() for agent in queue["agents"]
    )
    codes = {one["code"]: one["why"] for one in json.loads(run("check", "--json").out)["findings"]}
    assert "8099" in codes["QW125"]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ({WORD: "unavailable", TYPE: "automatic", MESSAGE: None}, "the phone system says “unavailable”"),
        ({WORD: "available", TYPE: "manual", MESSAGE: "Lunch"}, "the phone system says “available”"),
        ({WORD: "logged out", TYPE: "manual", MESSAGE: "Single Call"}, "set Offline (Single Call)"),
    ],
)
def test_the_second_opinion_is_shown_and_an_agent_it_contradicts_is_unknown(
    run: Run, serve: Serve, says: Row, reason: str
) -> None:
    counts: dict[str, Row] = {"8003": {"callqueue-count-agents-available": 0}}
    serve("lakeside", quirks=Quirks(says={**everybody(says), **counts}))
    queue = seen(run("status", "8003", "--json"))["8003"]
    shown = [agent for agent in queue["agents"] if reason in agent["reason"]]
    assert shown
    assert {agent["status"] for agent in shown} == {"unknown"}
    assert queue["verdict"]["outcome"] == "uncertain"


def test_a_queue_whose_agents_are_all_on_do_not_disturb_waits_for_nobody(run: Run, serve: Serve) -> None:
    serve("lakeside", quirks=Quirks(says=everybody({TYPE: "automatic", MESSAGE: "Do Not Disturb"})))
    verdict = seen(run("status", "8003", "--json"))["8003"]["verdict"]
    assert (verdict["outcome"], verdict["reaches_someone"]) == ("waits", None)
    assert verdict["end"] == {"kind": "caller_waits", "target": "8003"}
    assert "nobody comes until somebody takes it off" in str(verdict["sentence"])
