"""What an answer means: rows, one object, leave, or an error in a sentence."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from msgspec import Struct

from queuewatch.pbx.errors import (
    Forbidden,
    Missing,
    Misunderstood,
    PbxError,
    Refused,
    Rejected,
    ServerFault,
    Throttled,
    Unsupported,
)
from queuewatch.pbx.netsapiens.address import host_of
from queuewatch.pbx.netsapiens.fields import first_of, integer, kind, text
from queuewatch.text.instant import read_http_date
from queuewatch.text.plain_text import harmless

_LONGEST_WAIT = 3600.0


class Response(Struct, frozen=True):
    """What came back. Never shows its body, which may hold the phones' passwords."""

    address: str
    """The base URL asked."""
    method: str
    what: str
    """What was asked for, in words: ``the call queues``."""
    status: int
    body: bytes
    headers: Mapping[str, str]
    redact: Callable[[str], str]
    """Makes the server's words fit to be quoted."""
    suspicion: str = ""
    """What looks wrong with what was sent, to be said where it was refused."""

    def __repr__(self) -> str:
        return f"Response({self.status} from {self.address!r}, asked for {self.what})"

    @property
    def host(self) -> str:
        """The server's name, as it is shown to people."""
        return urlsplit(self.address).netloc

    @property
    def date(self) -> datetime | None:
        """The server's own time of answering (its ``Date`` header); aware."""
        return read_http_date(self.headers.get("date", ""))

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asks to be left alone, at most an hour; ``None`` when it does not say."""
        words = self.headers.get("retry-after", "").strip()
        if re.fullmatch("[0-9]{1,9}", words):
            return min(float(words), _LONGEST_WAIT)
        until = read_http_date(words)
        if until is None:
            return None
        wait = (until - (self.date or datetime.now(UTC))).total_seconds()
        return min(max(wait, 0.0), _LONGEST_WAIT)


_NO_ROUTE = b"no route"
"""Begins the words in which servers say that they have no such request: ``No Route Found [92]``."""

_NOT_THERE = "does not exist"
"""Tells a missing domain or user from an empty list, which servers were seen to answer with 404 as well."""


class _NotJson(Exception):
    """The body is no JSON; the text says in which way."""


def _json(answer: Response, *, exact: bool = False) -> object:
    body = answer.body.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise _NotJson("an empty answer")
    if _is_page(answer):
        raise _NotJson(_a_page(answer))
    words = body.decode("utf-8", errors="replace")
    if exact and words.encode("utf-8") != body:
        raise _NotJson("text that is not UTF-8")
    try:
        return _loads(words, exact=exact)
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(words.rstrip()) or error.msg.startswith("Unterminated")
        how = "data that breaks off in the middle" if cut_off else "text that is not JSON"
    except RecursionError:
        how = "data nested too deep to be real"
    except ValueError:
        how = "a number too long to be real"
    raise _NotJson(how)


def _loads(words: str, *, exact: bool) -> object:
    try:
        return json.loads(words)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # Python reads no number of thousands of digits. Let it be infinite: only its own value is lost.
        if exact:
            raise
        return json.loads(words, parse_int=lambda digits: int(digits) if len(digits) < 400 else float(digits))


def rows_of(answer: Response, *, exact: bool = False) -> list[object]:
    """The rows of a list. A list that the server says is empty in its own way (404) is empty.

    A bare object is a list of one, as seen on some servers, and an object around a list is that list, as met
    behind gateways. ``exact`` refuses text that had to be mended.
    """
    if answer.status == 404 and _is_empty_list(answer):
        return []
    content = _unwrapped(_content(answer, exact=exact))
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        return [content]
    raise _misunderstood(answer, f"{kind(content)} instead of a list")


def object_of(answer: Response) -> dict[str, object]:
    """The one object asked for; some servers were seen to send it as a list of one."""
    content = _unwrapped(_content(answer))
    if isinstance(content, list) and len(content) <= 1:
        if not content:
            raise _missing(answer, "")
        content = content[0]
    if isinstance(content, dict):
        return content
    raise _misunderstood(answer, f"{kind(content)} instead of one object")


_WRAPPERS = frozenset(
    (
        "content",
        "data",
        "entries",
        "items",
        "list",
        "objects",
        "payload",
        "records",
        "response",
        "result",
        "results",
        "rows",
        "values",
        "callqueues",
        "agents",
        "users",
        "phonenumbers",
        "autoattendants",
        "sites",
        "timeframes",
        "answerrules",
        "devices",
    )
)
"""Names under which gateways were met, or are known, to hand on a list beside words about it, and the lists' own.
No row has a field that is called so."""

_MOST_WRAPPERS = 3


def _unwrapped(content: object) -> object:
    """What a gateway put into an object of its own: ``{"data": […]}``, also beside ``total`` and the like.

    An object with a single value that is a list or an object is no row, whatever the name: a row has an id.
    """
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(content, dict):
            break
        inside = [value for name, value in content.items() if name.casefold() in _WRAPPERS]
        if len(content) == 1:
            inside = list(content.values())
        if len(inside) != 1 or not isinstance(inside[0], list | dict):
            break
        content = inside[0]
    return content


def check_accepted(answer: Response) -> None:
    """Return if the change was accepted, whatever the body (202 means "accepted"); raise the error otherwise."""
    if not 200 <= answer.status < 300:
        raise _failure(answer, answer.status, _words(answer))


def missing_user(answer: Response) -> bool:
    """Whether the server says that the user asked about does not exist, rather than the domain."""
    words = _words(answer).casefold()
    return answer.status == 404 and words.startswith("user") and _NOT_THERE in words


def _content(answer: Response, *, exact: bool = False) -> object:
    """The JSON of a good answer; everything else is raised."""
    if not 200 <= answer.status < 300:
        raise _failure(answer, answer.status, _words(answer))
    try:
        content = _json(answer, exact=exact)
    except _NotJson as how:
        failure: PbxError = _misunderstood(answer, str(how))
    else:
        if not (isinstance(content, dict) and "code" in content and "message" in content):
            return content
        words = answer.redact(text(content["message"], limit=4_000) or "")
        code = integer(content["code"]) or 0
        # An error may come with a good status, and a good list with words about it.
        good = not 400 <= code < 600
        if good and _unwrapped(content) is not content:
            return content
        failure = _misunderstood(answer, f"“{words}”") if good else _failure(answer, code, words)
    raise failure


def server_message(answer: Response) -> str | None:
    """The server's own words in a refusal, fit to be quoted; ``None`` when it sent no JSON, as a proxy does."""
    return _words(answer) if _is_json(answer) else None


def _words(answer: Response) -> str:
    """The server's own words about a failure, fit to be quoted; empty when it sent a page or nothing."""
    try:
        content = _json(answer)
    except _NotJson:
        return "" if _is_page(answer) else answer.redact(answer.body[:4_000].decode("utf-8", errors="replace"))
    # The second two are how sign-ins are refused where OAuth's own words are kept.
    names = ("message", "error_description", "error")
    message = first_of(content, *names) if isinstance(content, dict) else content
    return answer.redact(text(message, limit=4_000) or "")


_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)


def _is_page(answer: Response) -> bool:
    return answer.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _a_page(answer: Response, status: str = "") -> str:
    """What was sent in place of data, with the title of the page: it often names whose it is."""
    found = _TITLE.search(answer.body[:50_000])
    # Loaded where a page came in place of data, which is seldom.
    from html import unescape

    title = answer.redact(unescape(found[1].decode("utf-8", errors="replace"))) if found else ""
    return f"a web page instead of data{status}" + (f", titled “{title}”," if title else "")


def _is_json(answer: Response) -> bool:
    try:
        _json(answer)
    except _NotJson:
        return False
    return True


def _is_empty_list(answer: Response) -> bool:
    if has_no_route(answer) or _NOT_THERE in _words(answer).casefold():
        return False
    return _is_json(answer) or not answer.body.strip()


def has_no_route(answer: Response) -> bool:
    """Whether the server says that it knows no such request, which another version of it may."""
    return _NO_ROUTE in answer.body[:10_000].lower()


def _failure(answer: Response, status: int, words: str) -> PbxError:
    """The error that a status and the server's words stand for."""
    host, what = answer.host, answer.what
    reading = answer.method == "GET"
    says = f" Its words: “{words}”." if words else ""
    if not says and _is_page(answer):
        says = f" It sent {_a_page(answer)}".rstrip(",") + "."
    match status:
        case 401:
            return Refused(
                f"{host} does not accept the token (401).{says}",
                answer.suspicion
                or "It may have expired, been revoked, or belong to another server: get a new one, or sign in "
                "again with “queuewatch login”.",
            )
        case 403 if _is_json(answer):
            verb = "read" if reading else "change"
            return Forbidden(
                f"The token may not {verb} {what} on {host} (403).{says}",
                answer.suspicion
                or "Ask the provider for a token whose scope reaches this far, such as Office Manager.",
            )
        case 400 | 404 if has_no_route(answer):
            return _unsupported(answer, status)
        case 404 if answer.body.strip() and not _is_json(answer):
            return _unsupported(answer, status)
        case 404:
            return _missing(answer, says)
        case 403 | 429 | 503:
            wait = answer.retry_after
            return Throttled(
                f"{host} asks for fewer requests ({status}).{says}",
                f"It asks to be left alone for {wait:g} seconds: try again after that."
                if wait
                else "Wait a minute, and poll less often.",
                retry_after=wait,
            )
        # Beyond 599 there is nothing; where something gives it all the same, it says no more than that it failed.
        case _ if status >= 500:
            return ServerFault(
                f"{host} failed ({status}) when asked for {what}.{says}",
                "Try again; if it stays, tell the provider.",
            )
        case _ if 300 <= status < 400:
            target = harmless(host_of(answer.headers.get("location", "")))
            return Misunderstood(
                f"{host} sends requests on to {answer.redact(target) or 'elsewhere'} ({status}); "
                "the token does not follow.",
                "If that is the right server, use its address.",
            )
        case _ if reading and _is_page(answer):
            return _misunderstood(answer, _a_page(answer, f" ({status})"))
        case _ if reading:
            return Misunderstood(
                f"{host} did not understand being asked for {what} ({status}).{says}",
                "It may be of another version: queuewatch doctor tries every list.",
            )
        case _ if status not in (400, 409):
            # Who answers so may be somebody on the way, and says nothing of what became of the change.
            return Misunderstood(
                f"{host} answered the change of {what} in a way that says neither yes nor no ({status}).{says}",
                "A proxy on the way may answer so: try from another network.",
            )
        case _:
            return Rejected(
                f"{host} refused to change {what} ({status}).{says}",
                "Try the same in the portal: it may say what stands in the way.",
            )


def _missing(answer: Response, says: str) -> Missing:
    return Missing(
        f"{answer.host} has no such thing as {answer.what}.{says}",
        answer.suspicion or "Check the domain and the extension; queuewatch doctor tries every list.",
    )


def _unsupported(answer: Response, status: int) -> Unsupported:
    return Unsupported(
        f"There is no ns-api v2 at {answer.address} that could give {answer.what} ({status}).",
        "Check the address with the provider: it usually ends in /ns-api/v2. An older version offers less.",
    )


def _misunderstood(answer: Response, how: str) -> Misunderstood:
    return Misunderstood(
        f"{answer.host} sent {how} when asked for {answer.what}.",
        "Check that the address is the phone system's API, and that no proxy or sign-in page is in the way.",
    )
