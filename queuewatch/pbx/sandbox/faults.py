"""Things that go wrong between a phone system and its clients, made to order."""

import json
from enum import StrEnum

from msgspec import Struct

from queuewatch.pbx.sandbox.answer import SandboxAnswer, json_answer, page_answer


class FaultKind(StrEnum):
    """What the client gets instead of its answer."""

    STATUS = "status"
    """An error status in the API's own words, with Retry-After if given."""
    PAGE = "page"
    """A web page, as firewalls and proxies send them."""
    TRUNCATED = "truncated"
    """The first half of the true answer."""
    MISTYPED = "mistyped"
    """The true answer with every value of another type."""
    BAD_ROW = "bad row"
    """The true list with a text in place of its first row."""
    WRONG_SHAPE = "wrong shape"
    """Good JSON that is neither list nor object."""
    EMPTY = "empty"
    """Status 200 and no body."""
    SLOW = "slow"
    """The true answer, late."""
    DROPPED = "dropped"
    """The connection ends in the middle of the answer. Needs a real socket."""
    REDIRECT = "redirect"
    """A redirection to another host."""


SPOILS_THE_TRUE_ANSWER = frozenset({FaultKind.TRUNCATED, FaultKind.MISTYPED, FaultKind.BAD_ROW, FaultKind.SLOW})

MESSAGES = {
    400: "Bad Request",
    401: "Authentication Required",
    403: "Forbidden",
    404: "Record not found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
}


class Fault(Struct):
    """One fault for requests whose path holds ``match``."""

    match: str
    kind: FaultKind
    times: int | None = 1
    """How many requests it spoils; ``None`` for every one. Counted down."""
    status: int = 500
    """For ``STATUS`` and ``PAGE``."""
    retry_after: int | None = None
    """Seconds, for ``STATUS``."""
    seconds: float = 1.0
    """For ``SLOW``, in the room's time."""
    method: str = ""
    """Spoil only this method; empty for all."""
    after: int = 0
    """How many such requests go through first. Counted down."""
    applied: bool = False
    """The request is carried out though its answer is another: a write has happened all the same."""
    late: float | None = None
    """The request is carried out so many seconds after it came, in the room's time, whenever it is answered: as
    servers do behind a gateway that has given up on them."""

    def fits(self, method: str, path: str) -> bool:
        """Whether this fault spoils such a request."""
        return self.times != 0 and self.match in path and self.method in ("", method)

    @property
    def carries_out(self) -> bool:
        """Whether the request is carried out first."""
        return self.late is None and (self.applied or self.kind in SPOILS_THE_TRUE_ANSWER)


def take_fault(faults: list[Fault], method: str, path: str) -> Fault | None:
    """The first fault for this request, counted down."""
    for fault in faults:
        if fault.fits(method, path):
            if fault.after:
                fault.after -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
    return None


def spoil(fault: Fault, answer: SandboxAnswer) -> SandboxAnswer:
    """What the client gets in place of ``answer``."""
    match fault.kind:
        case FaultKind.MISTYPED | FaultKind.BAD_ROW if not answer.body:
            return answer
        case FaultKind.STATUS:
            message = {"code": fault.status, "message": MESSAGES.get(fault.status, "Error")}
            headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
            return json_answer(message, fault.status, headers)
        case FaultKind.PAGE:
            return page_answer("<!DOCTYPE html><title>Request blocked</title><p>Request blocked.", fault.status)
        case FaultKind.TRUNCATED:
            return _json(bytes(answer.body[: len(answer.body) // 2]))
        case FaultKind.MISTYPED:
            return _json(json.dumps(_mistyped(json.loads(bytes(answer.body)))).encode())
        case FaultKind.BAD_ROW:
            rows = json.loads(bytes(answer.body))
            return _json(json.dumps(["not a row", *rows[1:]] if isinstance(rows, list) else rows).encode())
        case FaultKind.WRONG_SHAPE:
            return _json(b"42")
        case FaultKind.EMPTY:
            return _json(b"")
        case FaultKind.REDIRECT:
            return SandboxAnswer(status=302, headers={"location": "https://elsewhere.example/login"})
        case FaultKind.SLOW:
            return answer
        case FaultKind.DROPPED:
            return answer if answer.body else _json(b"[{}]")


def _json(body: bytes) -> SandboxAnswer:
    return SandboxAnswer(body, media_type="application/json")


def _mistyped(value: object) -> object:
    match value:
        case list():
            return [_mistyped(item) for item in value]
        case dict():
            return {key: _swapped(item) for key, item in value.items()}
        case _:
            return _swapped(value)


def _swapped(value: object) -> object:
    match value:
        case bool():
            return "perhaps"
        case int() | float():
            return "several"
        case str():
            return [value]
        case None:
            return {}
        case _:
            return 7
