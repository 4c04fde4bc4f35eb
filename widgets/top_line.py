"""The one line on top: whose phone system, how old the picture, how many queues are not ready."""

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from queuewatch.failover.model import Part
from queuewatch.failover.verdict import ReadinessState
from queuewatch.failover.words import plural
from queuewatch.watch import Sighting
from widgets.glyphs import GLYPHS


class TopLine(Widget):
    """Name on the left, state on the right."""

    badge: reactive[str] = reactive("")
    left: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def render(self) -> Text:
        """Both ends, and what is between them left empty. Narrow terminals keep the right end."""
        badge = Text(f" {self.badge} ", "reverse bold") if self.badge else Text()
        width = self.size.width - 2 - badge.cell_len
        room = max(0, width - cell_len(self.right) - 2)
        left = Text(self.left, no_wrap=True)
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
    if sighting.trouble is None and interval <= LIVE_WITHIN:
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
