"""A provider's server: many sample companies behind one address, as a reseller's token sees them."""

import time
from collections.abc import Collection
from urllib.parse import unquote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from queuewatch.pbx.sandbox.faults import Fault
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.requests import ROOT
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app


class ProviderRequest(Struct, frozen=True):
    """One request as the provider's server got it."""

    domain: str
    """Whose it was; empty for the list of domains."""
    path: str
    at: float
    """When, by a clock that only counts."""


class Provider:
    """Many domains behind one address."""

    def __init__(self, companies: Collection[SandboxPbx], *, longest_page: int = 1000) -> None:
        self.companies = {pbx.domain: pbx for pbx in companies}
        self.faults: dict[str, list[Fault]] = {domain: [] for domain in self.companies}
        """By domain, what goes wrong there; changed at any time."""
        self.heard: list[ProviderRequest] = []
        """Every request, in order."""
        self.lists_domains = True
        """Whether the token may read the list of domains."""
        self._longest_page = longest_page
        self._apps: dict[str, ASGIApp] = {
            domain: sandbox_app(pbx, Quirks(spelling=pbx.sample.spelling), self.faults[domain])
            for domain, pbx in self.companies.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The server as an ASGI application."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        path = unquote(scope["path"]).removeprefix(ROOT)
        domain = path.split("/")[2] if path.startswith("/domains/") else ""
        self.heard.append(ProviderRequest(domain, path, time.monotonic()))
        if path == "/domains":
            await self._domains(request)(scope, receive, send)
        elif domain in self._apps:
            await self._apps[domain](scope, receive, send)
        else:
            answer = JSONResponse({"code": 404, "message": f"Domain {domain} does not exist"}, 404)
            await answer(scope, receive, send)

    def _domains(self, request: Request) -> JSONResponse:
        if request.headers.get("authorization", "") != f"Bearer {SANDBOX_TOKEN}":
            return JSONResponse({"code": 401, "message": "Unauthorized"}, 401)
        if not self.lists_domains:
            return JSONResponse({"code": 403, "message": "Forbidden"}, 403)
        start = int(request.query_params.get("start", "0"))
        limit = min(int(request.query_params.get("limit", "100")), self._longest_page)
        rows = [
            {"domain": domain, "reseller": "provider", "description": pbx.sample.title, "is-domain-locked": "no"}
            for domain, pbx in self.companies.items()
        ]
        return JSONResponse(rows[start : start + limit])
