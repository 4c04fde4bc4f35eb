"""The one line on top: whose phone system, how old the picture, how many queues are not ready."""

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from queuewatch.failover.model import Part
from queuewatch.failover.verdict import ReadinessState
from queuewatch.failover.words import plural
from queuewatch.watch import Sighting
from widgets.glyphs import GLYPHS

ENDS = 4
"""Cells between what is on the line, and at its end."""
SHORTEST_CAUTION = 12
"""Cells to which a caution is shortened at most: its first word is what matters."""


class TopLine(Widget):
    """Name on the left, state on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"top-line--caution"}

    badge: reactive[str] = reactive("")
    caution: reactive[str] = reactive("")
    """What to be careful about, on a background that warns."""
    left: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def render(self) -> Text:
        """Both ends, and what is between them left empty. Narrow terminals keep the right end."""
        badge = Text(f" {self.badge} ", "reverse bold") if self.badge else Text()
        if self.caution:
            caution = Text(f" {self.caution} ", self.get_component_rich_style("top-line--caution"), no_wrap=True)
            beside = badge.cell_len + cell_len(self.right) + ENDS
            caution.truncate(max(SHORTEST_CAUTION, self.size.width - beside), overflow="ellipsis")
            badge = Text.assemble(badge, caution)
        width = self.size.width - 2 - badge.cell_len
        room = max(0, width - cell_len(self.right) - 2)
        # Rich shortens nothing to no cells at all.
        left = Text(self.left if room else "", no_wrap=True)
        left.truncate(room, overflow="ellipsis")
        gap = max(1, width - left.cell_len - cell_len(self.right))
        return Text.assemble(badge, " ", left, " " * gap, self.right, " ", no_wrap=True)


LIVE_WITHIN = 30.0
"""Seconds: what is read again this soon is called live, without a clock that would tick on an idle line."""


def age_of(sighting: Sighting, interval: float) -> str:
    """How old the picture is: ``live``, or ``as of 14:02`` where it is not renewed every moment.

    ``push`` beside it says that the phone system tells of changes by itself.
    """
    if Part.LIVE not in sighting.snapshot.read_at:
        return "reading…"
    if sighting.trouble is None and max(interval, sighting.every) <= LIVE_WITHIN:
        return "live · push" if sighting.push else "live"
    return f"as of {sighting.snapshot.taken_at.astimezone():%H:%M}"


def readiness_of(sighting: Sighting) -> str:
    """How many queues are not ready, in a few words."""
    states = [judged.readiness.state for judged in sighting.judgements.values()]
    if not states or len(sighting.snapshot.rules) < len(states):
        return ""
    not_ready = sum(state is ReadinessState.NOT_READY for state in states)
    unknown = sum(state is ReadinessState.UNKNOWN for state in states)
    if not_ready:
        return f"{GLYPHS['bad']} {not_ready} of {plural(len(states), 'queue')} not ready"
    if unknown:
        return f"{GLYPHS['unknown']} {unknown} of {plural(len(states), 'queue')} not known"
    return f"{GLYPHS['good']} " + ("1 queue ready" if len(states) == 1 else f"all {len(states)} queues ready")
