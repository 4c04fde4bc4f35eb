"""What was last seen of a phone system, beside a board: shown until there is a whole new picture, and kept anew.

It is on the screens alone. Whoever records, alerts or changes anything looks at the poller's state, which knows
nothing of it. Textual is not needed for it.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.sites import SiteFacts
from queuewatch.pbx.netsapiens.zones import zone_called
from queuewatch.polling.state import LiveState, Trouble, without_late_rules
from queuewatch.process.background import in_background, report
from queuewatch.storage.last_picture import LastPicture, PictureNotKept

KEEP_EVERY = 60.0
"""Seconds between two writings."""
LONGEST_RECALL = 15.0
"""Seconds after the first live reading until it is shown although not all of it is there."""
LAST_WRITING = 1.0
"""Seconds that the end of the program waits for a disk."""
ASKING = "The phone system is being asked; changes wait for its answer."
DOING = "keeping what was last seen"


class PictureKeeper:
    """The last known picture of one connection."""

    def __init__(
        self,
        picture: LastPicture,
        site_facts: SiteFacts,
        tell: Callable[[str], object],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``tell`` is told once what is wrong with the folder."""
        self._picture = picture
        self._tell = tell
        self._told = False
        self._clock = clock
        self._recalled = _recalled(picture, site_facts)
        self._first_read_at: float | None = None
        self._latest: Snapshot | None = None
        """The newest whole picture, which may be written."""
        self._written: Snapshot | None = None
        self._next_at = 0.0
        self._writing: asyncio.Task[None] | None = None

    def shown(self, live: LiveState) -> LiveState:
        """What the screens show while this is what the poller knows."""
        if self._recalled is None:
            return live
        trouble = live.trouble or Trouble(_progress(live), "", 0.0, asking=True)
        return replace(self._recalled, trouble=trouble, recalled_on=datetime.now().astimezone().date())

    def see(self, live: LiveState) -> None:
        """Take note of a state of the poller: the old picture gives way to a whole one, which is kept."""
        if live.trouble is not None or Part.LIVE not in live.snapshot.read_at:
            return
        now = self._clock()
        if self._first_read_at is None:
            self._first_read_at = now
        whole = is_whole(live.snapshot)
        if whole or now - self._first_read_at > LONGEST_RECALL:
            self._recalled = None
        if not whole:
            return
        self._latest = without_late_rules(live)
        if now >= self._next_at and (self._writing is None or self._writing.done()):
            self._next_at = now + KEEP_EVERY
            self._writing = in_background(self._write(), DOING)

    def signed_in(self, login: str) -> None:
        """Somebody is signed in from now on: unless it is who was before, nothing of what those saw is shown.

        Where something was read already, part of it stays with the poller for a while: it is kept for nobody then.
        """
        if not self._picture.is_of(login):
            self._picture = self._picture.of(login if self._first_read_at is None else "")
            self._recalled = self._latest = None

    async def close(self) -> None:
        """Keep the newest picture, if the disk is not too slow for it."""
        if self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing}, timeout=LAST_WRITING)
        elif self._latest is not self._written:
            await asyncio.wait({in_background(self._write(), DOING)}, timeout=LAST_WRITING)

    async def _write(self) -> None:
        snapshot = self._latest
        if snapshot is None:
            return
        try:
            await asyncio.to_thread(self._picture.write, snapshot)
        except PictureNotKept as error:
            if not self._told:
                self._told = True
                self._tell(str(error))
        else:
            self._written = snapshot


def _recalled(picture: LastPicture, site_facts: SiteFacts) -> LiveState | None:
    """What was kept at an earlier start, judged anew."""
    try:
        snapshot = picture.read(zone_called, site_facts)
        if snapshot is None or Part.LIVE not in snapshot.read_at:
            return None
        return LiveState(snapshot, judge_all(snapshot))
    # Whatever is wrong with a file, the board has to begin: it would fail at every start.
    except Exception as error:
        report("recalling what was last seen", error)
        return None


def is_whole(snapshot: Snapshot) -> bool:
    """Whether every list and every queue's answering rules were read, or cannot be."""
    lists = {
        Part.USERS: snapshot.users,
        Part.NUMBERS: snapshot.numbers,
        Part.ATTENDANTS: snapshot.attendants,
        Part.SITES: snapshot.sites,
        Part.TIME_FRAMES: snapshot.time_frames,
    }
    missing = {part for part, known in lists.items() if known is None}
    return missing <= {problem.part for problem in snapshot.problems} and all(
        queue.extension in snapshot.rules for queue in snapshot.call_queues
    )


def _progress(live: LiveState) -> str:
    """How far the first reading is."""
    snapshot = live.snapshot
    queues = snapshot.call_queues
    if Part.LIVE not in snapshot.read_at or not queues:
        return ASKING
    known = sum(queue.extension in snapshot.rules for queue in queues)
    if live.first_reading is not None and live.first_reading.of:
        # It is told no oftener than once a second.
        known = live.first_reading.read
    return f"The phone system is answering (the rules of {known} of {len(queues)} queues so far); changes wait."
