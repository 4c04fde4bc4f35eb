"""What goes over the wire for a change, over a real socket."""

import json

import pytest

from queuewatch.failover.model import Forward
from queuewatch.pbx import errors
from queuewatch.pbx.phone_system import StoredRule

from .client import PAGE, domain, harmless_to_show, message
from .scripted import Heard, reply, scripted

CELL = Forward(enabled=True, destinations=("12145550123",))


async def test_require_agents_is_written_as_a_single_field() -> None:
    async with scripted(reply(202, b"")) as script, domain(script) as pbx:
        await pbx.write_require_agents("8000", True)
        await pbx.write_require_agents("8000", False)
        field = "callqueue-require-available-agents-to-accept-new-callers"
        assert [json.loads(heard.body) for heard in script.heard] == [{field: "yes"}, {field: "no"}]
        heard = script.heard[0]
    assert (heard.method, heard.target) == ("PUT", "/ns-api/v2/domains/example.com/callqueues/8000")
    assert heard.headers["content-type"] == "application/json"


async def test_the_default_rule_is_written_under_its_star_byte_for_byte_as_read() -> None:
    rule = b'[{"time-frame":"*","enabled":"yes","odd":"\\ud800","forward-on-busy":{"parameters":[12145550100.0]}}]'

    def answer(heard: Heard) -> bytes:
        return reply(body=rule) if heard.method == "GET" else reply(202, b"{}")

    async with scripted(answer) as script, domain(script) as pbx:
        stored = await pbx.read_stored_default("8000")
        assert isinstance(stored, StoredRule)
        await pbx.write_when_offline("8000", stored, CELL)
        written = script.heard[1]
    assert (written.method, written.target) == ("PUT", "/ns-api/v2/domains/example.com/users/8000/answerrules/*")
    assert written.body == (
        b'{"enabled": "yes", "odd": "\\ud800", "forward-on-busy": {"parameters": [12145550100.0]}, '
        b'"forward-when-unregistered": {"enabled": "yes", "parameters": ["12145550123"]}}'
    )


async def test_a_missing_default_rule_is_created() -> None:
    async with scripted(reply(202, b"")) as script, domain(script) as pbx:
        await pbx.write_when_offline("8000", None, CELL)
        heard = script.heard[0]
    assert (heard.method, heard.target) == ("POST", "/ns-api/v2/domains/example.com/users/8000/answerrules")
    assert json.loads(heard.body)["time-frame"] == "*"


@pytest.mark.parametrize(
    "answer",
    [reply(202, b""), message(202, "Accepted"), reply(200, b"{}"), reply(200, PAGE, "text/html"), reply(204, b"")],
)
async def test_a_change_is_accepted_whatever_the_body(answer: bytes) -> None:
    async with scripted(answer) as script, domain(script) as pbx:
        await pbx.write_require_agents("8000", True)
        assert len(script.heard) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (message(400, "Bad value"), errors.Rejected),
        (message(409, "Conflict"), errors.Rejected),
        (message(401, "x"), errors.Refused),
        (message(403, "x"), errors.Forbidden),
        (message(404, "Record not found"), errors.Missing),
        (message(400, "No Route Found [92]"), errors.Unsupported),
        (message(429, "x"), errors.Throttled),
        (reply(500, b""), errors.ServerFault),
        (b"", errors.Unreachable),
        (reply(302, b"", Location="https://elsewhere.example"), errors.Misunderstood),
    ],
)
async def test_a_change_that_failed_is_said_and_never_repeated(
    answer: bytes, error: type[errors.PbxError]
) -> None:
    async with scripted(answer) as script:
        async with domain(script, retries=2) as pbx:
            with pytest.raises(error) as failed:
                await pbx.write_when_offline("8000", None, CELL)
        assert len(script.heard) == 1
    assert harmless_to_show(failed.value)


async def test_read_only_writes_nothing() -> None:
    async with scripted(reply(202, b"")) as script, domain(script, read_only=True) as pbx:
        with pytest.raises(errors.ReadOnly):
            await pbx.write_require_agents("8000", True)
        with pytest.raises(errors.ReadOnly):
            await pbx.write_when_offline("8000", None, CELL)
        assert script.heard == []
