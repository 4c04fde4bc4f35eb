"""The sandbox's API: what each request of ``/ns-api/v2`` changes."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from queuewatch.pbx.sandbox.answer import SandboxAnswer, json_answer
from queuewatch.pbx.sandbox.api import Api, Call, Delayed, known_queue, known_user
from queuewatch.pbx.sandbox.logins import ApiError
from queuewatch.pbx.sandbox.quirks import as_sent, as_stored
from queuewatch.pbx.sandbox.rules import blank_rule, complaint, find_rule, write_rule
from queuewatch.pbx.sandbox.samples import Row

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"

SET_BY_THE_SERVER = frozenset(
    {
        "callqueue",
        "domain",
        "active-queued-calls-total-current",
        "callqueue-count-agents-available",
        "callqueue-count-agents-total",
    }
)


def jwt(api: Api, call: Call) -> SandboxAnswer:
    """A JWT for whoever asks."""
    made = api.logins.make_jwt()
    return json_answer({"token": made, "refresh": f"{made}-refresh"})


def write_queue(api: Api, call: Call) -> SandboxAnswer:
    """Change the settings that the body names, and no other. Names the server does not know do nothing."""
    extension = known_queue(api, call)
    body = as_stored("callqueues", _object(call), api.quirks)
    if body.get(REQUIRE_AGENTS, "yes") not in ("yes", "no"):
        raise ApiError(400, f"{REQUIRE_AGENTS} must be yes or no")

    def change() -> None:
        stored = api.pbx.floor.queues[extension]
        stored.update({key: body[key] for key in body if key in stored and key not in SET_BY_THE_SERVER})
        if api.quirks.spoils_other_block:
            stored["callqueue-max-wait-timeout-minutes"] = 45

    return _accept(api, call.path, change)


def change_rule(api: Api, call: Call) -> SandboxAnswer:
    """Change an answering rule that exists."""
    user, time_frame = known_user(api, call), call.names["time_frame"]
    body = _rule_body(api, call)
    if find_rule(api.pbx.rules.get(user, []), time_frame) is None:
        raise ApiError(404, "Record not found")

    def change() -> None:
        rule = find_rule(api.pbx.rules[user], time_frame)
        if rule is not None:
            write_rule(rule, body, api.quirks.puts)
            _spoil(api, rule)
            api.pbx.rules_changed()

    return _accept(api, call.path, change)


def create_rule(api: Api, call: Call) -> SandboxAnswer:
    """Add an answering rule."""
    user, body = known_user(api, call), _rule_body(api, call)
    time_frame = body.get("time-frame")
    if not isinstance(time_frame, str) or not time_frame:
        raise ApiError(400, "time-frame is required")
    if time_frame != "*" and time_frame not in {row["timeframe-name"] for row in api.pbx.sample.timeframes}:
        raise ApiError(404, "Not Found. Timeframe input was not found.")
    if find_rule(api.pbx.rules.get(user, []), time_frame) is not None:
        raise ApiError(409, "Answer rule already exists")
    rule = blank_rule(api.pbx.domain, user, time_frame)

    def change() -> None:
        write_rule(rule, body, "replace")
        _spoil(api, rule)
        api.pbx.rules.setdefault(user, []).append(rule)
        api.pbx.rules_changed()

    accepted = _accept(api, f"{call.path}/{time_frame}", change)
    if body.get("synchronous") == "yes":
        return json_answer(as_sent("answerrules", rule, api.quirks))
    return accepted


def delete_rule(api: Api, call: Call) -> SandboxAnswer:
    """Remove an answering rule."""
    user, time_frame = known_user(api, call), call.names["time_frame"]
    if find_rule(api.pbx.rules.get(user, []), time_frame) is None:
        raise ApiError(404, "Record not found")

    def change() -> None:
        api.pbx.rules[user] = [rule for rule in api.pbx.rules[user] if rule["time-frame"] != time_frame]
        api.pbx.rules_changed()

    return _accept(api, call.path, change)


def agent_status(api: Api, call: Call) -> SandboxAnswer:
    """Log an agent in or out, or out with a portal status such as Lunch: in one queue, or in ``all``."""
    queue = call.names["queue"]
    rows = api.pbx.floor.seats(call.names["agent"], None if queue == "all" else queue)
    if not rows:
        raise ApiError(404, "Record not found")
    status = call.names["status"]
    # What changes is the agent: reading its list brings the change nearer to showing.
    agent = call.path.rsplit("/", 1)[0]
    if status == "login":
        return _accept(api, agent, partial(api.pbx.floor.log_in, rows))
    if status == "onecall":
        return _accept(api, agent, partial(api.pbx.floor.log_out, rows, "Single Call"))
    if status == "logout":
        return _accept(api, agent, partial(api.pbx.floor.log_out, rows))
    if queue == "all":
        return _accept(api, agent, partial(api.pbx.floor.log_out, rows, status))
    raise ApiError(400, "No Route Found [92]")


def place_call(api: Api, call: Call) -> SandboxAnswer:
    """Ring a phone, and let it call somebody once it answers."""
    user, body = known_user(api, call), _object(call)
    for name in ("call-id", "synchronous", "call-term-user"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise ApiError(400, f"{name} is required")
    rings_first = str(body.get("call-orig-user") or user).split("@", 1)[0]
    named = str(body["call-id"])
    place = partial(api.pbx.exchange.place, named, rings_first, str(body["call-term-user"]), user)
    return _accept(api, f"{call.path}/{named}", place)


def _object(call: Call) -> Row:
    if not isinstance(call.body, dict):
        raise ApiError(400, "The body must be a JSON object")
    return call.body


def _rule_body(api: Api, call: Call) -> Row:
    body = as_stored("answerrules", _object(call), api.quirks)
    wrong = complaint(body)
    if wrong:
        raise ApiError(400, wrong)
    return body


def _spoil(api: Api, rule: Row) -> None:
    if api.quirks.spoils_other_block:
        rule["forward-on-active"] = {"enabled": "yes", "parameters": [f"vmail_{rule['user']}"]}


def _accept(api: Api, path: str, change: Callable[[], None]) -> SandboxAnswer:
    """Answer 202, and do it: now, later or never, as this server does."""
    if api.quirks.write_delay_seconds and not api.quirks.ignore_writes:
        due = api.pbx.now + timedelta(seconds=api.quirks.write_delay_seconds)
        api.delayed.append(Delayed(path, 0, change, due))
    elif api.quirks.write_delay_reads and not api.quirks.ignore_writes:
        api.delayed.append(Delayed(path, api.quirks.write_delay_reads, change))
    elif not api.quirks.ignore_writes:
        change()
        api.pbx.changed_by_hand()
    if api.quirks.empty_202:
        return SandboxAnswer(status=202)
    return json_answer({"code": 202, "message": "Accepted"}, 202)
