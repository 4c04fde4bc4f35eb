"""The sandbox's requests: which address is answered by what, whether asked over a port or in this process."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl

from queuewatch.pbx.sandbox import api as reads
from queuewatch.pbx.sandbox import writes
from queuewatch.pbx.sandbox.answer import SandboxAnswer, json_answer, page_answer
from queuewatch.pbx.sandbox.api import Api, Call, below_domain, describe
from queuewatch.pbx.sandbox.faults import Fault, FaultKind, spoil, take_fault
from queuewatch.pbx.sandbox.logins import ApiError, Logins
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, Received, SandboxPbx
from queuewatch.text.instant import http_date

ROOT = "/ns-api/v2"
LEGACY_TOKENS = "/ns-api/oauth2/token/"
DESCRIPTION = "/ns-api/webroot/openapi/openapi.json"
"""Where live servers were reported to publish the description of their API; here without a token as well."""

LARGEST_BODY = 1024 * 1024
"""Bytes of a request that are read at most: far more than any rule has."""

Handler = Callable[[Api, Call], SandboxAnswer]

ADDRESSES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/version", reads.version),
    ("GET", "/apikeys/~", reads.own_key),
    ("GET", "/jwt", reads.own_claims),
    ("POST", "/jwt", writes.jwt),
    ("GET", "/domains/{domain}", reads.domain),
    ("GET", "/domains/{domain}/callqueues", reads.queues),
    ("GET", "/domains/{domain}/callqueues/{queue}", reads.queue),
    ("PUT", "/domains/{domain}/callqueues/{queue}", writes.write_queue),
    ("GET", "/domains/{domain}/callqueues/{queue}/agents", reads.queue_agents),
    ("PATCH", "/domains/{domain}/callqueues/{queue}/agents/{agent}/{status}", writes.agent_status),
    ("GET", "/domains/{domain}/agents", reads.agents),
    ("GET", "/domains/{domain}/queuedcall/{queue}", reads.queued_calls),
    ("GET", "/domains/{domain}/calls", reads.calls),
    ("GET", "/domains/{domain}/cdrs", reads.call_records),
    ("GET", "/domains/{domain}/users", reads.users),
    ("GET", "/domains/{domain}/users/{user}/calls", reads.user_calls),
    ("POST", "/domains/{domain}/users/{user}/calls", writes.place_call),
    ("GET", "/domains/{domain}/users/{user}", reads.user),
    ("GET", "/domains/{domain}/users/{user}/answerrules", reads.rules),
    ("POST", "/domains/{domain}/users/{user}/answerrules", writes.create_rule),
    ("GET", "/domains/{domain}/users/{user}/answerrules/{time_frame:path}", reads.rule),
    ("PUT", "/domains/{domain}/users/{user}/answerrules/{time_frame:path}", writes.change_rule),
    ("DELETE", "/domains/{domain}/users/{user}/answerrules/{time_frame:path}", writes.delete_rule),
    ("GET", "/domains/{domain}/users/{user}/timeframes", reads.user_time_frames),
    ("GET", "/domains/{domain}/users/{user}/devices", reads.devices),
    ("GET", "/domains/{domain}/users/{user}/devices/{device}", reads.device),
    ("GET", "/domains/{domain}/sites", reads.sites),
    ("GET", "/domains/{domain}/phonenumbers", reads.phone_numbers),
    ("GET", "/domains/{domain}/autoattendants", reads.auto_attendants),
    ("GET", "/domains/{domain}/timeframes", reads.time_frames),
    ("GET", "/domains/{domain}/dialplans/{plan}/dialrules", reads.dial_rules),
)

_NAMED = re.compile(r"{([a-z_]+)(:path)?}")


def _pattern(path: str) -> re.Pattern[str]:
    """What fits an address: a name in it is one part of a path, or with ``:path`` all that is left."""
    return re.compile(_NAMED.sub(lambda name: f"(?P<{name[1]}>{'.*' if name[2] else '[^/]+'})", path))


_PATTERNS = tuple((method, _pattern(path), handler) for method, path, handler in ADDRESSES)


class SandboxRequest(NamedTuple):
    """A request, apart from its body."""

    method: str
    path: str
    """Without any quoting."""
    query: str
    headers: Mapping[str, str]
    """By name in small letters."""


class SandboxRequests:
    """Answers the requests to one phone system, whichever way they come."""

    def __init__(
        self,
        pbx: SandboxPbx,
        quirks: Quirks | None = None,
        faults: list[Fault] | None = None,
        *,
        token: str = SANDBOX_TOKEN,
        logins: Logins | None = None,
    ) -> None:
        """Without ``quirks`` it behaves as the sample says.

        ``faults`` is looked at before each request and may be changed at any time. ``token`` is the API key that
        is always good; ``logins`` knows who else may come in.
        """
        self._pbx = pbx
        self._api = Api(pbx, quirks or Quirks(spelling=pbx.sample.spelling), logins or Logins(pbx, token))
        self._faults = faults if faults is not None else []

    async def answer(
        self, asked: SandboxRequest, content: Callable[[], Awaitable[bytes]]
    ) -> tuple[SandboxAnswer, FaultKind | None]:
        """The answer, and what is wrong with it by intention. ``content`` reads the request's body, if need be."""
        pbx, api = self._pbx, self._api
        body = await _body(api, asked, content)
        pbx.advance()
        api.settle()
        pbx.remember(
            Received(pbx.now, asked.method, asked.path, asked.query, None if isinstance(body, ApiError) else body)
        )
        fault = take_fault(self._faults, asked.method, asked.path)
        if fault is None:
            answer = _answer(api, asked, body)
        else:
            if fault.late is not None:
                # Whoever asked may be gone by then, and whatever waited for an answer with it.
                asyncio.get_running_loop().call_later(fault.late, _answer, api, asked, body)
            if fault.kind is FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
            true_answer = _answer(api, asked, body) if fault.carries_out else SandboxAnswer()
            answer = spoil(fault, true_answer)
        ahead = timedelta(seconds=api.quirks.clock_ahead)
        answer.headers["date"] = http_date(pbx.now + ahead)
        return answer, fault.kind if fault else None


def _answer(api: Api, asked: SandboxRequest, body: object) -> SandboxAnswer:
    path = asked.path
    if path == DESCRIPTION:
        return json_answer(describe(api))
    if not _is_api(path):
        return page_answer(f"<!DOCTYPE html><title>Sandbox</title><p>The API is at {ROOT}.", 404)
    try:
        if isinstance(body, ApiError):
            raise body
        if _gives_tokens(api, path):
            return json_answer(api.logins.grant(body if isinstance(body, dict) else dict(parse_qsl(str(body)))))
        signed_in = api.logins.user_of(asked.headers.get("authorization", ""))
        handler, call = _route(api, asked, path.removeprefix(ROOT), body, signed_in)
        answer = handler(api, call)
    except ApiError as refusal:
        answer = json_answer({"code": refusal.status, "message": str(refusal)}, refusal.status)
    except Exception as error:
        # A fault of the sandbox: said to whoever asked, and no traceback over what its owner reads.
        answer = json_answer({"code": 500, "message": f"The sandbox failed ({type(error).__name__})"}, 500)
    if asked.method == "GET":
        api.was_read(path.removeprefix(ROOT))
    return answer


def _gives_tokens(api: Api, path: str) -> bool:
    if path == f"{ROOT}/tokens" and not api.logins.offers_tokens:
        raise ApiError(400, "No Route Found [92]")
    return path in (f"{ROOT}/tokens", LEGACY_TOKENS)


def _route(
    api: Api, asked: SandboxRequest, path: str, body: object, signed_in: str | None
) -> tuple[Handler, Call]:
    for method, pattern, handler in _PATTERNS:
        found = pattern.fullmatch(path)
        if method == asked.method and found:
            names = found.groupdict()
            if names.get("domain", "~") not in ("~", api.pbx.domain):
                raise ApiError(404, f"Domain {names['domain']} does not exist")
            if below_domain(path) in api.quirks.lacks:
                break
            if below_domain(path) in api.pbx.sample.refused:
                raise ApiError(403, "Forbidden")
            return handler, Call(
                path, names, dict(parse_qsl(asked.query, keep_blank_values=True)), body, signed_in
            )
    raise ApiError(400, "No Route Found [92]")


def _is_api(path: str) -> bool:
    return path.startswith((f"{ROOT}/", LEGACY_TOKENS))


async def _body(api: Api, asked: SandboxRequest, content: Callable[[], Awaitable[bytes]]) -> object:
    """What was sent, or why it is not read: of a stranger nothing is, of nobody more than there can be."""
    try:
        if not _is_api(asked.path):
            return None
        if not _gives_tokens(api, asked.path):
            api.logins.user_of(asked.headers.get("authorization", ""))
        length = asked.headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 9 or int(length) > LARGEST_BODY):
            raise too_large_body()
        return _json_or_text(await content())
    except ApiError as refusal:
        return refusal


def too_large_body() -> ApiError:
    """The refusal to read more than can be meant."""
    return ApiError(413, "The body is too large")


def _json_or_text(sent: bytes) -> object:
    if not sent:
        return None
    try:
        content = json.loads(sent)
    except RecursionError:
        raise ApiError(400, "The body is nested too deep") from None
    except ValueError:
        return sent.decode("utf-8", "replace")
    try:
        # What could be stored and never be sent again would spoil every list that it is in.
        json.dumps(content, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ApiError(400, "The body holds a value that no JSON can") from None
    return content
