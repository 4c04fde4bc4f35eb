"""What the sandbox answers: a status, headers and a body, over ASGI or to whoever asks within this process."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Send


class SandboxAnswer:
    """One answer. Headers can be added until it is sent; their names are in small letters."""

    def __init__(
        self,
        body: bytes = b"",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        *,
        media_type: str = "",
    ) -> None:
        self.body = body
        self.status = status
        self.headers = {**(headers or {}), "content-length": str(len(body))}
        if media_type:
            self.headers.setdefault("content-type", media_type)

    async def begin(self, send: "Send") -> None:
        """Send all but the body."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})

    async def send(self, send: "Send") -> None:
        """Send it whole."""
        await self.begin(send)
        await send({"type": "http.response.body", "body": self.body})


def json_answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> SandboxAnswer:
    """An answer in JSON. Raises ``ValueError`` for what JSON has no word for."""
    try:
        body = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # Half a character, as a recording of a real server may hold.
        body = json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
    return SandboxAnswer(body, status, headers, media_type="application/json")


def page_answer(page: str, status: int) -> SandboxAnswer:
    """A web page."""
    return SandboxAnswer(page.encode(), status, media_type="text/html; charset=utf-8")
