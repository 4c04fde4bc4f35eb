"""The sandbox's stream of events: a real Socket.IO endpoint that tells whoever listens what has changed."""

import asyncio
import logging
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from queuewatch.pbx.phone_system import require_push
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.samples import Row
from queuewatch.process.background import in_background

LOOK_EVERY = 0.1
"""Seconds between two looks at what the clock has changed, while somebody listens."""

KINDS = ("queue", "agent", "call")

Rows = dict[str, Row]


class SandboxPush:
    """Tells of every queue and agent that is not as it was, to whoever subscribed with a bearer that is good.

    What an event of a real server holds is not known: these hold the row as the API sends it. Nor is it known what
    becomes of a bearer that is no good: this server says so and hangs up.
    Raises :class:`~queuewatch.pbx.errors.BadConnection` where the libraries are missing.
    """

    def __init__(self, logins: Logins) -> None:
        require_push()
        import socketio

        silent = logging.Logger("queuewatch.sandbox.push")
        silent.disabled = True
        self.subscriptions = 0
        """Accepted so far."""
        self.wants_jwt = False
        """Whether what requests are signed with is no good here."""
        self.tells_all_first = True
        """Whether a subscription is answered with all there is before it is told what changes."""
        self._logins = logins
        self._pbx = logins.pbx
        self._listeners: dict[str, set[str]] = {}
        self._seen = self._rows()
        self._looking: asyncio.Task[None] | None = None
        self._io = socketio.AsyncServer(
            async_mode="asgi",
            transports=["websocket"],
            logger=silent,
            engineio_logger=silent,
            # In tasks of their own, what the library cannot read ends as a traceback on the terminal.
            async_handlers=False,
        )
        self._io.on("subscribe", self._subscribe)
        self._io.on("disconnect", self._forget)

    def beside(self, app: ASGIApp) -> ASGIApp:
        """The application with the stream at ``/socket.io``; every request to it is followed by a look."""
        import socketio

        async def looked_after(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, send)
            await self.look()

        both: ASGIApp = socketio.ASGIApp(self._io, looked_after)
        return both

    async def look(self) -> None:
        """Tell of everything that is not as it was at the last look."""
        before, self._seen = self._seen, self._rows()
        for kind, rows in self._seen.items():
            for key, row in rows.items():
                if before[kind].get(key) != row:
                    for listener in tuple(self._listeners.get(kind, ())):
                        await self._io.emit(kind, row, to=listener)

    async def close(self) -> None:
        """Hang up on everybody, and look no more."""
        for listener in {listener for listeners in self._listeners.values() for listener in listeners}:
            await self._io.disconnect(listener)
        await self._io.shutdown()

    def _rows(self) -> dict[str, Rows]:
        floor = self._pbx.floor
        return {
            "queue": {str(row["callqueue"]): row for row in floor.queue_rows()},
            "agent": {f"{row['callqueue']} {row['callqueue-agent-id']}": row for row in floor.agent_rows()},
        }

    async def _subscribe(self, listener: str, *payload: Any) -> None:
        # Whoever listens may send anything, and any number of it.
        first = payload[0] if payload else None
        asked = first if isinstance(first, dict) else {}
        good = self._logins.may_listen(str(asked.get("bearer")), with_token=not self.wants_jwt)
        if not good or asked.get("domain") != self._pbx.domain:
            await self._io.emit("status", {"status": "Not authorized"}, to=listener)
            await self._io.disconnect(listener)
            return
        kind = asked.get("type")
        if kind not in KINDS:
            await self._io.emit("status", {"status": "Not found"}, to=listener)
            return
        self._listeners.setdefault(kind, set()).add(listener)
        self.subscriptions += 1
        for row in self._rows().get(kind, {}).values() if self.tells_all_first else ():
            await self._io.emit(kind, row, to=listener)
        await self._io.emit("status", {"status": f"{kind} load Complete"}, to=listener)
        if self._looking is None:
            self._looking = in_background(self._keep_looking(), "telling the sandbox's events")

    def _forget(self, listener: str, *_: object) -> None:
        for listeners in self._listeners.values():
            listeners.discard(listener)
        if self._looking and not any(self._listeners.values()):
            self._looking.cancel()
            self._looking = None

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._pbx.advance()
            await self.look()
