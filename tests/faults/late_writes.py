"""Writes that land late, by a clock of their own: the answer is lost, and the phone system goes on behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from httpx import ASGITransport

from queuewatch.change import (
    Change,
    Result,
    ResultKind,
    SetRequireAgents,
    SetWhenOffline,
    apply,
    propose,
    settle,
)
from queuewatch.journal import Journal, JournalEntry
from queuewatch.pbx.credentials import Credentials
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.polling.assemble import read_snapshot
from tests.journal.build import JANE, NOON
from tests.process.virtual_time import now, run

TOKEN = "nsd_0123456789abcdef-planted"
CELL, TOGGLE = SetWhenOffline("2145550123"), SetRequireAgents(False)
GIVES_UP = [
    *(Fault("", FaultKind.STATUS, status=status, method="PUT") for status in (504, 502, 500, 503, 429)),
    Fault("", FaultKind.PAGE, status=504, method="PUT"),
    Fault("", FaultKind.SLOW, seconds=60, method="PUT"),
]
"""Ways in which the answer to a write is lost; the last one is no answer within 15 seconds."""
DELAYS = (0.0, 3.0, 5.0, 22.0, 50.0)
"""Seconds after which it is carried out, all within the minute for which it is looked for."""


@dataclass
class Desk:
    """Somebody who changes something, and starts queuewatch again later."""

    client: NetsapiensDomain
    pbx: SandboxPbx
    faults: list[Fault]
    journal: Journal
    told: list[tuple[float, Result, bool]] = field(default_factory=list)

    async def change(self, change: Change) -> Result:
        snapshot = await read_snapshot(self.client, ["8000"])
        proposal = await propose(self.client, snapshot, snapshot.queues["8000"], change)
        begun = now()
        return await apply(
            self.client,
            proposal,
            journal=self.journal,
            clock=asyncio.get_running_loop().time,
            tell=lambda result, looking: self.told.append((now() - begun, result, looking)),
        )

    async def start_again(self) -> list[tuple[str, ResultKind]]:
        """Look as a later start does."""
        return [(look.entry.id, look.kind) for look in await settle(self.client, self.journal)]

    @property
    def entry(self) -> JournalEntry:
        return self.journal.read().entries[0]

    @property
    def outcomes(self) -> list[str]:
        """What the log says became of the first change, one after the other."""
        entry = self.entry
        return [one.outcome for one in (*entry.earlier, entry.ended) if one is not None]

    @property
    def writes(self) -> int:
        return sum(request.method == "PUT" for request in self.pbx.requests)


@asynccontextmanager
async def desk(folder: Path, *faults: Fault, credentials: Credentials | str = TOKEN) -> AsyncIterator[Desk]:
    pbx, ordered = SandboxPbx(load_sample("lakeside")), list(faults)
    app = sandbox_app(pbx, faults=ordered, token=TOKEN)
    client = NetsapiensDomain(
        "http://127.0.0.1/ns-api/v2",
        pbx.domain,
        credentials,
        rate_limiter=RateLimiter(window=0.0),
        transport=lambda: ASGITransport(app=app),
    )
    loop = asyncio.get_running_loop()
    begun = loop.time()
    journal = Journal(folder / "changes.jsonl", JANE, lambda: NOON + timedelta(seconds=loop.time() - begun))
    try:
        yield Desk(client, pbx, ordered, journal)
    finally:
        await client.close()


Story = Callable[[Desk], Coroutine[Any, Any, None]]


def play(story: Story, folder: Path, *faults: Fault, credentials: Credentials | str = TOKEN) -> None:
    async def played() -> None:
        async with desk(folder, *faults, credentials=credentials) as sitting:
            await story(sitting)

    run(played())
