"""Everything that is tried: a hundred and more ways in which a phone system can fail to answer well."""

import gzip
import json
import zlib
from collections.abc import Sequence

from queuewatch.pbx.sandbox import faults as ordered
from queuewatch.pbx.sandbox.answer import SandboxAnswer

from .fault import Effect, End, Fault, Step, Where, always, head, spoilt, whole

SECRET = "nsd_Planted-0123456789abcdef"
"""The token in use. Some faults repeat it, as servers do that quote a request in their complaints."""

LARGEST = 200_000
"""Bytes that an answer may have at most while these faults are tried."""
PATIENCE = 0.25
"""Seconds for one request while a slow fault is tried and nothing else is asked."""
LONGER_PATIENCE = 1.0
"""The same where other requests must be answered meanwhile, on a busy machine as well."""

JSON = "application/json"
PAGE = b"<!DOCTYPE html><html><body>Request blocked</body></html>"
TITLED = b"<!DOCTYPE html><title>\x1b]0;owned\x07\xc2\x9b31m\xe2\x80\xaeBad &#27;[2J Gateway</title>"
ELSEWHERE = "https://elsewhere.example/login"


def _words(status: int, words: str, name: str = "", *, denies: bool = False, **headers: str) -> Fault:
    body = json.dumps({"code": status, "message": words}).encode()
    return Fault(name or f"{status} in its own words", always(whole(status, body, **headers)), denies=denies)


def _page(status: int, name: str = "", *, denies: bool = False, **headers: str) -> Fault:
    answer = whole(status, PAGE, "text/html", **headers)
    return Fault(name or f"{status} as a web page", always(answer), denies=denies)


STATUSES = (
    *(
        _words(status, words, denies=True)
        for status, words in (
            (400, "Bad Request"),
            (401, "Authentication Required"),
            (402, "Payment Required"),
            (403, "Insufficient scope"),
            (405, "Method Not Allowed"),
            (406, "Not Acceptable"),
            (407, "Proxy Authentication Required"),
            (408, "Request Timeout"),
            (409, "Conflict"),
            (410, "Gone"),
            (413, "Too Large"),
            (418, "I am a teapot"),
            (421, "Misdirected"),
            (423, "Locked"),
            (425, "Too Early"),
            (451, "Unavailable For Legal Reasons"),
        )
    ),
    _words(400, "No Route Found [92]", "400 for an address it does not know", denies=True),
    _words(404, "Domain lakeside.example does not exist", "404 because the domain is gone", denies=True),
    _words(404, "No Route Found [92]", "404 for an address it does not know", denies=True),
    _words(500, f"Bearer {SECRET} caused an exception", "500 that repeats the token"),
    _words(401, f"Token {SECRET} revoked", "401 that repeats the token", denies=True),
    *(_words(status, "It failed") for status in (500, 501, 505, 507, 520, 525, 599)),
    *(_page(status, denies=True) for status in (400, 401, 404)),
    Fault("502 as a web page whose title a terminal would obey", always(whole(502, TITLED, "text/html"))),
    *(_page(status) for status in (403, 500, 502, 503, 504, 521)),
    *(Fault(f"{status} and nothing", always(whole(status, b""))) for status in (204, 500, 502, 600, 999)),
    _words(206, "Partial", "206 with an object of words"),
    *(
        Fault(f"{status} to another host", always(whole(status, b"", Location=ELSEWHERE)))
        for status in (301, 302, 303, 307, 308)
    ),
    Fault(
        "302 to itself, for ever", always(whole(302, b"", Location="/ns-api/v2/domains/lakeside.example/agents"))
    ),
    Fault("307 to no address at all", always(whole(307, b"", Location="https://[broken"))),
    Fault("300 without a word", always(whole(300, b""))),
    Fault("304 as if something were kept here", always(head(304))),
)

PATIENCE_ASKED = (
    _words(429, "Slow down", "429 without a time"),
    *(
        _words(429, "Slow down", f"429 with Retry-After: {told}", Retry_After=after, Date=NOW)
        for NOW in ("Mon, 23 Nov 2026 12:00:00 GMT",)
        for told, after in (
            ("7", "7"),
            ("0", "0"),
            ("-5", "-5"),
            ("a hundred years", "3155760000"),
            ("400 digits", "9" * 400),
            ("soon", "soon"),
            ("a time to come", "Mon, 23 Nov 2026 12:00:30 GMT"),
            ("a time past", "Mon, 23 Nov 2020 12:00:00 GMT"),
            ("no date of this calendar", "Mon, 99 Nov 2026 99:00:00 GMT"),
        )
    ),
    _page(503, "503 with Retry-After: 120", Retry_After="120"),
)

JUNK = {
    "a web page": PAGE,
    "nothing": b"",
    "blanks": b" \r\n ",
    "a greeting": b"hello",
    "a number": b"42",
    "null": b"null",
    "a text": b'"queues"',
    "true": b"true",
    "NaN": b"NaN",
    "XML": b'<?xml version="1.0"?><queues/>',
    "nested too deep": b"[" * 100_000,
    "nested too deep in objects": b'{"a":' * 50_000,
    "two documents": b"[] []",
    "script before data": b")]}',\n[]",
    "single quotes": b"[{'callqueue': '8000'}]",
    "zeros": bytes(500),
    "UTF-16": "[]".encode("utf-16"),
    "an error with a good status": b'{"code":500,"message":"Oops"}',
    "401 with a good status": b'{"code":"401","message":"Authentication Required"}',
    "its approval": b'{"code":202,"message":"Accepted"}',
    "a web page whose title a terminal would obey": TITLED,
    "the token": json.dumps(SECRET).encode(),
    "the token in broken data": f'[{{"token":"{SECRET}"'.encode(),
    "more than is read": b"[" + b" " * (LARGEST + 1) + b"]",
}

BODIES = (
    *(Fault(f"200 with {name}", always(whole(200, body))) for name, body in JUNK.items()),
    Fault("data that breaks off", spoilt(lambda true: true[: len(true) // 2])),
    Fault("data without its last sign", spoilt(lambda true: true[:-1])),
    Fault("data and a web page after it", spoilt(lambda true: true + PAGE)),
    Fault("rows that are texts and nothing", always(whole(200, b'["x",null,7,[],{}]'))),
    Fault("every value of another type", spoilt(lambda true: _spoilt_values(true))),
    Fault("a row that is none among the others", spoilt(lambda true: b"[7," + true[1:]), Effect.PARTLY),
    Fault("an object without an id among the rows", spoilt(lambda true: b"[{}," + true[1:]), Effect.PARTLY),
    Fault("the list in an object", spoilt(lambda true: b'{"data":' + true + b',"total":1}'), Effect.NONE),
    Fault(
        "the list under its own name", spoilt(lambda true: b'{"callqueues":' + true + b',"total":1}'), Effect.NONE
    ),
    Fault("the list in an object in an object", spoilt(lambda true: b'{"a":{"b":' + true + b"}}"), Effect.NONE),
    Fault("rows that are lists, in an object", always(whole(200, b'{"data":[[1],[2]]}'))),
    Fault("rows that never end", lambda _, nth: (whole(200, _new_rows(nth)),)),
    Fault("numbers that are none", always(whole(200, b'[{"callqueue":NaN,"x":-Infinity}]'))),
    Fault("a number of 5,000 digits", always(whole(200, b'[{"callqueue":' + b"9" * 5000 + b"}]"))),
    Fault(
        "a key twice",
        spoilt(lambda true: true.replace(b'{"callqueue":', b'{"callqueue":"1","callqueue":')),
        Effect.NONE,
    ),
    Fault("a byte order mark", spoilt(lambda true: b"\xef\xbb\xbf" + true), Effect.NONE),
    Fault("a charset there is not", lambda true, _: (whole(200, true, f"{JSON}; charset=klingon"),), Effect.NONE),
    Fault("blanks around the data", spoilt(lambda true: b"\n\n " + true + b"\n"), Effect.NONE),
)


def _new_rows(nth: int) -> bytes:
    """As many rows as a page has, and never the same."""
    names = ("callqueue", "callqueue-agent-id", "user", "phonenumber", "time-frame", "site")
    return json.dumps([dict.fromkeys(names, f"{nth}{row:03}") for row in range(100)]).encode()


def _spoilt_values(true: bytes) -> bytes:
    mistyped = ordered.Fault("", ordered.FaultKind.MISTYPED)
    return ordered.spoil(mistyped, SandboxAnswer(true or b"[]")).body


def _chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return head(200, Transfer_Encoding="chunked") + b"%x\r\n%b\r\n" % (len(body), body) + end


_BOMB = gzip.compress(bytes(LARGEST * 20))

CODINGS = (
    Fault("gzip, properly", spoilt(gzip.compress, Content_Encoding="gzip"), Effect.NONE),
    Fault("deflate, properly", spoilt(zlib.compress, Content_Encoding="deflate"), Effect.NONE),
    Fault("gzip that is none", spoilt(lambda true: true, Content_Encoding="gzip")),
    Fault("gzip that breaks off", spoilt(lambda true: gzip.compress(true)[:-12], Content_Encoding="gzip")),
    Fault("gzip of a web page", always(whole(200, gzip.compress(PAGE), Content_Encoding="gzip"))),
    Fault("a gzip bomb", always(whole(200, _BOMB, Content_Encoding="gzip"))),
    Fault("a gzip bomb in gzip", always(whole(200, gzip.compress(_BOMB), Content_Encoding="gzip, gzip"))),
    Fault("a gzip bomb with an error status", always(whole(500, _BOMB, Content_Encoding="gzip"))),
    Fault("deflate that is none", spoilt(lambda true: b"\x00" + true, Content_Encoding="deflate")),
    Fault("a coding nobody knows", spoilt(lambda true: true[::-1], Content_Encoding="rot13")),
    Fault("chunks, properly", lambda true, _: (_chunked(true),), Effect.NONE),
    Fault("chunks without an end", lambda true, _: (_chunked(true, b""),)),
    Fault("a chunk of no size", always(head(200, Transfer_Encoding="chunked") + b"zz\r\n[]\r\n0\r\n\r\n")),
    Fault("a length that is too short", lambda true, _: (head(200, Content_Length=str(len(true) - 3)) + true,)),
    Fault("a length that is too long", lambda true, _: (head(200, Content_Length=str(len(true) + 3)) + true,)),
    Fault("a length below zero", always(head(200, Content_Length="-2") + b"[]")),
    Fault("two lengths", always(head(200, Content_Length="2", content_length="3") + b"[]")),
    Fault("no length at all", lambda true, _: (head(200) + true,), Effect.NONE),
    Fault("a header of 200 kilobytes", always(head(200, X_Long="x" * 200_000, Content_Length="2") + b"[]")),
    Fault("a header without a colon", always(b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n[]")),
    Fault("a header with a zero in it", always(b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 2\r\n\r\n[]")),
    Fault("a status that is no number", always(b"HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n[]")),
    Fault("a version of HTTP there is not", always(b"HTTP/one 200 OK\r\nContent-Length: 2\r\n\r\n[]")),
    Fault("another protocol", always(b"SSH-2.0-OpenSSH_9.6\r\n")),
    Fault("an encrypted alert to a plain question", always(b"\x15\x03\x01\x00\x02\x02\x28")),
    Fault("no head", always(b'[{"callqueue":"8000"}]')),
    Fault("“continue”, and no more", always(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)),
)

CONNECTIONS = (
    Fault("nothing listens", always(), where=Where.NOBODY),
    Fault("a certificate of its own making", always(), where=Where.SELF_SIGNED),
    Fault("no encryption where it is asked for", always(), where=Where.NO_TLS),
    Fault("encryption of long ago", always(), where=Where.OLD_TLS),
    Fault("closed without a word", always()),
    Fault("reset without a word", always(End.RESET)),
    Fault("closed in mid-head", always(b"HTTP/1.1 200 OK\r\nContent-Le")),
    Fault("reset in mid-head", always(b"HTTP/1.1 200 OK\r\nContent-Le", End.RESET)),
    Fault("closed in mid-body", lambda true, _: (whole(200, true)[: -len(true) // 2 - 1],)),
    Fault("reset in mid-body", lambda true, _: (whole(200, true)[: -len(true) // 2 - 1], End.RESET)),
)

TIMINGS = (
    Fault("never an answer", always(End.HANG), slow=True),
    Fault("a head and never a body", always(head(200, Content_Length="2"), End.HANG), slow=True),
    Fault(
        "a head that drips",
        always(*(step for sign in head() for step in (bytes([sign]), PATIENCE / 10))),
        slow=True,
    ),
    Fault(
        "a body that drips",
        always(head(200, Content_Length="90"), *(step for _ in range(90) for step in (b" ", PATIENCE / 10))),
        slow=True,
    ),
    Fault(
        "an answer in five pieces",
        lambda true, _: tuple(step for part in _pieces(whole(200, true), 5) for step in (part, 0.0)),
        Effect.NONE,
    ),
)


def _pieces(words: bytes, count: int) -> list[bytes]:
    size = -(-len(words) // count)
    return [words[at : at + size] for at in range(0, len(words), size)]


def _in_turn(*faults: Fault | None) -> Fault:
    """One after the other, and from the beginning."""
    name = ", then ".join(fault.name if fault else "the truth" for fault in faults)

    def steps(true: bytes, nth: int) -> Sequence[Step] | None:
        fault = faults[nth % len(faults)]
        return fault.steps(true, 0) if fault else None

    return Fault(name, steps)


_BY_NAME = {fault.name: fault for fault in (*STATUSES, *PATIENCE_ASKED, *BODIES, *CODINGS, *CONNECTIONS)}

SEQUENCES = tuple(
    _in_turn(*(_BY_NAME[name] if name else None for name in names))
    for names in (
        ("500 in its own words", ""),
        ("", "401 in its own words"),
        ("", "reset in mid-body"),
        ("429 with Retry-After: 7", "502 as a web page", "200 with nothing"),
        ("closed without a word", "200 with a web page", "gzip that is none"),
    )
)

CATALOGUE = (*STATUSES, *PATIENCE_ASKED, *BODIES, *CODINGS, *CONNECTIONS, *TIMINGS, *SEQUENCES)
"""All of them; no two have the same name."""
