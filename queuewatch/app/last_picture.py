"""What was last seen of a phone system, beside a board: shown until there is a whole new picture, and kept anew.

It is on the screens alone. Whoever records, alerts or changes anything looks at the poller's state, which knows
nothing of it. Textual is not needed for it.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import rejudge
from queuewatch.polling.assemble import DIRECTORY
from queuewatch.polling.state import LiveState, Trouble
from queuewatch.process.background import in_background

if TYPE_CHECKING:
    from queuewatch.connection.connection import Connection

KEEP_EVERY = 60.0
"""Seconds between two writings."""
LONGEST_RECALL = 15.0
"""Seconds after the first live reading until it is shown although not all of it is there."""
LAST_WRITING = 1.0
"""Seconds that the end of the program waits for a disk."""
ASKING = "The phone system is being asked; until it has answered nothing can be changed."


class PictureKeeper:
    """The last known picture of one connection."""

    def __init__(
        self,
        connection: "Connection",
        tell: Callable[[str], object],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """What is wrong with the folder is told once."""
        self._picture = connection.last_picture
        self._tell = tell
        self._told = False
        self._clock = clock
        self._recalled = self._recall(connection)
        self._first_read_at: float | None = None
        self._latest: Snapshot | None = None
        """The newest whole picture, which may be written."""
        self._written: Snapshot | None = None
        self._next_at = 0.0
        self._writing: asyncio.Task[None] | None = None

    def _recall(self, connection: "Connection") -> LiveState | None:
        if self._picture is None:
            return None
        # Only where there is a picture does it cost anything to know the time zones.
        from queuewatch.pbx.netsapiens.zones import zone_called

        snapshot = self._picture.read(zone_called, connection.site_facts)
        if snapshot is None or Part.LIVE not in snapshot.read_at:
            return None
        nothing = Snapshot(snapshot.domain, snapshot.taken_at)
        return LiveState(snapshot, rejudge(nothing, {}, snapshot))

    def shown(self, live: LiveState) -> LiveState:
        """What the screens show while this is what the poller knows."""
        if self._recalled is None:
            return live
        trouble = live.trouble or Trouble(f"{ASKING}{_progress(live.snapshot)}", "", 0.0, asking=True)
        return replace(self._recalled, trouble=trouble, recalled_on=datetime.now().astimezone().date())

    def see(self, live: LiveState) -> None:
        """Take note of a state of the poller: the old picture gives way to a whole one, which is kept."""
        if live.trouble is not None or Part.LIVE not in live.snapshot.read_at:
            return
        now = self._clock()
        whole = is_whole(live.snapshot)
        if self._recalled is not None:
            self._first_read_at = now if self._first_read_at is None else self._first_read_at
            if whole or now - self._first_read_at > LONGEST_RECALL:
                self._recalled = None
        if self._picture is None or not whole:
            return
        self._latest = live.snapshot
        if now >= self._next_at and (self._writing is None or self._writing.done()):
            self._next_at = now + KEEP_EVERY
            self._writing = in_background(self._write(), "keeping what was last seen")

    def signed_in(self, login: str) -> None:
        """Somebody is signed in from now on: unless it is who was before, nothing of what those saw is shown."""
        if self._picture is not None and not self._picture.belongs_to(login):
            self._recalled = self._latest = None

    async def close(self) -> None:
        """Keep the newest picture, if the disk is not too slow for it."""
        if self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing}, timeout=LAST_WRITING)
        elif self._picture is not None and self._latest is not self._written:
            writing = in_background(self._write(), "keeping what was last seen")
            await asyncio.wait({writing}, timeout=LAST_WRITING)

    async def _write(self) -> None:
        picture, snapshot = self._picture, self._latest
        if picture is None or snapshot is None:
            return
        from queuewatch.storage.last_picture import NotKept

        try:
            await asyncio.to_thread(picture.write, snapshot)
        except NotKept as error:
            if not self._told:
                self._told = True
                self._tell(str(error))
        else:
            self._written = snapshot


def is_whole(snapshot: Snapshot) -> bool:
    """Whether every list and every queue's answering rules were read, or cannot be."""
    tried = {*snapshot.read_at, *(problem.part for problem in snapshot.problems)}
    return tried.issuperset(DIRECTORY) and all(queue.extension in snapshot.rules for queue in snapshot.call_queues)


def _progress(snapshot: Snapshot) -> str:
    """How far the first reading is."""
    queues = snapshot.call_queues
    if Part.LIVE not in snapshot.read_at or not queues:
        return ""
    known = sum(queue.extension in snapshot.rules for queue in queues)
    return f" It has told the rules of {known} of {len(queues)} queues."
