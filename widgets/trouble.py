"""What is wrong with the phone system, or what a demo is doing, in a line for the banner."""

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Part
from queuewatch.watch import Sighting
from widgets.glyphs import GLYPHS


def trouble_text(sighting: Sighting) -> str:
    """What is wrong, what to do, and how old the picture is."""
    trouble = sighting.trouble
    if trouble is None:
        return ""
    if Part.LIVE in sighting.snapshot.read_at:
        at = sighting.snapshot.taken_at.astimezone()
        kept = f"What you see is as of {at:%H:%M:%S}."
    else:
        kept = "Nothing could be read yet."
    again = f"Next try in {round(trouble.retry_in)} s." if trouble.retry_in >= 2 else "Trying again."
    return " ".join(part for part in (trouble.sentence, trouble.hint, kept, again) if part)


def caption(connection: ConnectionInfo, sighting: Sighting) -> str:
    """What a demo says of what is seen, and how fast its time goes if it is not the room's."""
    demo = connection.demo
    if demo is None or Part.LIVE not in sighting.snapshot.read_at:
        return ""
    times = "" if demo.speed == 1 else f" {GLYPHS['times']}{demo.speed:g}"
    return " · ".join(filter(None, (f"Demo{times}", demo.caption(sighting.snapshot.taken_at))))
