"""A demo as its presenter has it in hand: how fast its time goes, and one sentence on what happens.

The sentences are worked out inside the sandbox, at the very moment each thing happens there: however often anybody
looks, the same second of the same run has the same sentence. What finds them is loaded when the sandbox is first
asked, which is after the board's first frame.
"""

from bisect import bisect_right
from datetime import datetime
from typing import TYPE_CHECKING

from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

if TYPE_CHECKING:
    from queuewatch.demo.captions import Captioner

SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""How many times as fast as the room's the demo's time can be made to go."""
OFTENEST = 0.25
"""Seconds between two refreshes at least."""
ONE_STEP = 5.0
"""Seconds of the demo's time that one refresh may pass over: what happens in them is seen as happening at once."""
CAPTIONS_KEPT = 500


class Presenter:
    """Tells what happens in a sandbox, and lets its time go faster.

    ``tells_itself`` says that the scenario has sentences of its own; ``longest`` is the time in seconds between
    two refreshes at the room's own pace.
    """

    def __init__(
        self,
        pbx: SandboxPbx,
        clock: SandboxClock,
        *,
        tells_itself: bool = False,
        longest: float = 1.0,
        tour: bool = False,
    ) -> None:
        self.tour = tour
        """Whether the board is to begin with the tour."""
        self._pbx = pbx
        self._clock = clock
        self._tells_itself = tells_itself
        self._longest = longest
        self._heard = 0
        self._captioner: Captioner | None = None
        self.captions: list[tuple[datetime, str]] = []
        """What was said, and from when on."""
        pbx.audience = self._look

    def caption(self, at: datetime) -> str:
        """What is said at this moment of the sandbox's time; empty before anything is."""
        shown = bisect_right(self.captions, at, key=lambda caption: caption[0])
        return self.captions[shown - 1][1] if shown else ""

    @property
    def speed(self) -> float:
        """How many times as fast as the room's time the demo's goes."""
        return self._clock.speed

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites whose power can be cut."""
        return self._pbx.sites

    @property
    def powered_off(self) -> frozenset[str]:
        """Those that have none now."""
        return self._pbx.powered_off

    def dark_since(self, site: str) -> datetime | None:
        """Since when a site has no power; ``None`` for one that has."""
        return self._pbx.floor.dark_since(site)

    def next_phone_off(self, site: str, after: datetime) -> datetime | None:
        """When, after a moment, the next phone at a site without power is offline; ``None`` if all are."""
        return self._pbx.floor.next_phone_off(site, after)

    def faster(self) -> float:
        """Take the next speed up; gives the speed."""
        self._clock.speed = min((speed for speed in SPEEDS if speed > self.speed), default=self.speed)
        return self.speed

    def slower(self) -> float:
        """Take the next speed down; gives the speed."""
        self._clock.speed = max((speed for speed in SPEEDS if speed < self.speed), default=self.speed)
        return self.speed

    @property
    def interval(self) -> float:
        """Seconds between two refreshes, so that what happens one after the other is seen so."""
        return min(self._longest, max(OFTENEST, ONE_STEP / self.speed))

    def _look(self) -> None:
        """Say what there is to say of the sandbox as it is now."""
        if self._captioner is None:
            from queuewatch.demo.captions import Captioner

            self._captioner = Captioner(self._pbx)
        sentence = self._captioner.look()
        scripted, self._heard = self._pbx.said[self._heard :], len(self._pbx.said)
        # The script cannot know what somebody does meanwhile: from then on its sentences may be wrong.
        if self._tells_itself and not self._pbx.by_hand and self.captions:
            if scripted:
                self._say(scripted[-1][1])
        else:
            self._say(sentence)

    def _say(self, sentence: str) -> None:
        if self.captions and self.captions[-1][1] == sentence:
            return
        self.captions.append((self._pbx.now, sentence))
        if len(self.captions) >= 2 * CAPTIONS_KEPT:
            del self.captions[:-CAPTIONS_KEPT]
