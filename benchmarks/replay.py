"""The board in a process of its own, its phone system's answers ready-made, so that no network counts.

``python replay.py QUEUES AGENTS ROUNDS FILE CHANGE SITES`` on a terminal. Once everything is read, two answers
about the agents alternate, and what each refresh took goes into the file; then the program ends. They differ in
one agent (``one``), in the order of the rows (``order``), or in nothing (``none``).
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import httpx

from queuewatch.app.app import run_app
from queuewatch.connection.connection import Connection
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import in_process
from tests.wire.company import FIRST_PERSON, FIRST_QUEUE, large_company

INTERVAL = 0.5
WARMING = 3
"""Refreshes that are not counted, after the last first reading of anything."""


class Replay(httpx.AsyncBaseTransport):
    """Asks the sandbox once for each thing, and gives the same bytes from then on; agents change by turns."""

    def __init__(self, pbx: SandboxPbx, queues: int, rounds: int, result: Path, change: str) -> None:
        self._change = change
        self._pbx = pbx
        self._sandbox = in_process(pbx)
        self._known: dict[str, list[bytes]] = {}
        self._queues = queues
        self._rounds = rounds
        self._result = result
        self._read_last = 0
        self._turn = 0
        self._answered = 0
        self._in_hand = 0.0
        self._seconds: list[tuple[float, float]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One answer. A refresh is two requests; what it brought is drawn before the next begins."""
        address = str(request.url)
        if not address.endswith(("/agents", "/callqueues")):
            self._read_last = self._turn
            return httpx.Response(200, content=(await self._bodies(request))[0])
        first = self._answered % 2 == 0
        if first:
            self._end_round()
        bodies = await self._bodies(request)
        body = bodies[self._turn % len(bodies)]
        self._answered += 1
        if not first:
            self._turn += 1
            self._in_hand = time.process_time()
        return httpx.Response(200, content=body)

    async def _bodies(self, request: httpx.Request) -> list[bytes]:
        address = str(request.url)
        if address not in self._known:
            bodies = [await self._ask(request)]
            if address.endswith("/agents") and self._change == "order":
                bodies.append(json.dumps(json.loads(bodies[0])[::-1], separators=(",", ":")).encode())
            elif address.endswith("/agents") and self._change == "one":
                self._pbx.floor.log_out(
                    self._pbx.floor.seats(f"{FIRST_PERSON + 5}@{self._pbx.domain}", str(FIRST_QUEUE + 3))
                )
                bodies.append(await self._ask(request))
            self._known[address] = bodies
        return self._known[address]

    async def _ask(self, request: httpx.Request) -> bytes:
        answer = await self._sandbox.handle_async_request(request)
        return await answer.aread()

    def _end_round(self) -> None:
        drawn = time.process_time() - self._in_hand
        if self._turn < self._read_last + WARMING or len(self._known) < self._queues:
            return
        live = [bodies[self._turn % len(bodies)] for address, bodies in self._known.items() if _is_live(address)]
        begun = time.process_time()
        for body in live:
            json.loads(body)
        self._seconds.append((drawn, time.process_time() - begun))
        if len(self._seconds) == self._rounds:
            self._result.write_text(json.dumps(self._seconds))
            os.kill(os.getpid(), signal.SIGTERM)


def _is_live(address: str) -> bool:
    return address.endswith(("/agents", "/callqueues"))


def main(queues: int, agents: int, rounds: int, result: Path, change: str, sites: int) -> int:
    """Run the board until enough has been measured."""
    pbx = SandboxPbx(large_company(queues, agents, sites))
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: Replay(pbx, queues, rounds, result, change),
        clock=lambda: pbx.now,
        rate_limiter=RateLimiter(window=0.0),
    )
    return run_app(Connection(system, "Large company", interval=INTERVAL, clock=lambda: pbx.now))


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(main(int(words[0]), int(words[1]), int(words[2]), Path(words[3]), words[4], int(words[5])))
