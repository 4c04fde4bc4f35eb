"""The way to a sandbox within this process: the same requests and the same JSON, without a library in between."""

from urllib.parse import unquote, urlencode, urlsplit

from queuewatch.pbx.netsapiens.wire import WireAnswer, WireRequest, too_large
from queuewatch.pbx.sandbox.requests import SandboxRequest, SandboxRequests
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx


class SandboxWire:
    """Takes a client's requests straight to the sandbox."""

    def __init__(self, address: str, pbx: SandboxPbx) -> None:
        self._requests = SandboxRequests(pbx)
        self._root = urlsplit(address).path

    async def exchange(self, request: WireRequest, bearer: str, largest: int) -> WireAnswer:
        """Ask the sandbox."""
        sent = request.content or b""

        async def content() -> bytes:
            return sent

        headers = {"content-length": str(len(sent)), **({"authorization": f"Bearer {bearer}"} if bearer else {})}
        path = unquote(self._root + request.path)
        asked = SandboxRequest(request.method, path, urlencode(request.parameters or {}), headers)
        answer, _ = await self._requests.answer(asked, content)
        if len(answer.body) > largest:
            raise too_large("The sandbox", request.what, largest)
        return WireAnswer(answer.status, answer.headers, answer.body)

    async def close(self) -> None:
        """Nothing is held open."""
