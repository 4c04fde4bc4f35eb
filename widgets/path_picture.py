"""A verdict's path as stations joined by arrows: what a picture of it has to show, before it is drawn."""

from typing import NamedTuple

from queuewatch.failover.decide import roster_of
from queuewatch.failover.destination import EndKind, parse_destination
from queuewatch.failover.model import Snapshot
from queuewatch.failover.phone_number import number_key
from queuewatch.failover.suppose import AS_IS, Suppose
from queuewatch.failover.verdict import Outcome, Stop, Verdict
from queuewatch.failover.words import describe_destination
from widgets.cells import EMPTY, Cell
from widgets.glyphs import GLYPHS, Mark
from widgets.queue_row import agent_strip, short_destination


class Station(NamedTuple):
    """One stop of a call."""

    name: str
    short: str
    """The name where there is no room for the whole of it."""
    mark: Mark
    why: str
    onward: str = ""
    """The forward by which the call leaves, in the portal's words; empty where it stays."""
    agents: Cell = EMPTY
    """A queue's agents, a glyph each."""


class Picture(NamedTuple):
    """A call's way."""

    stations: tuple[Station, ...] = ()
    back_to: int | None = None
    """In a loop, the station to which the last one sends the call back."""


def picture_of(snapshot: Snapshot, verdict: Verdict, suppose: Suppose = AS_IS) -> Picture:
    """The path of a verdict, which was given under this supposition."""
    stops, back_to = verdict.path, None
    if stops[-1].outcome == EndKind.LOOP:
        back_to = _place_of(stops[-1], stops[:-1])
    if back_to is not None:
        stops = stops[:-1]
    return Picture(tuple(_station(snapshot, stop, suppose) for stop in stops), back_to)


def _place_of(again: Stop, before: tuple[Stop, ...]) -> int | None:
    same = (place for place, stop in enumerate(before) if stop.at == again.at)
    number = number_key(parse_destination(again.at).target)
    alike = (
        place
        for place, stop in enumerate(before)
        if stop.outcome == "own_number" and number_key(parse_destination(stop.at).target) == number
    )
    return next(same, next(alike, None))


def _station(snapshot: Snapshot, stop: Stop, suppose: Suppose) -> Station:
    queue = stop.at.removeprefix("queue_")
    decided = stop.at != queue and queue in snapshot.queues and stop.outcome != EndKind.LOOP
    return Station(
        describe_destination(snapshot, stop.at).removeprefix("the "),
        short_destination(snapshot, stop.at).removeprefix("the "),
        stop_mark(stop),
        stop.why,
        _ONWARD.get(stop.outcome, ""),
        agent_strip(roster_of(snapshot, queue, suppose).counts) if decided else EMPTY,
    )


_ONWARD = {
    Outcome.FAILS_OVER.value: "When Offline",
    Outcome.OVERFLOWS.value: "When Busy",
    Outcome.DIVERTED.value: "Always",
    "own_number": "leads to",
    "forwards": "then",
}

_MARKS = {
    Outcome.RINGS.value: ("green", "rings", "green"),
    Outcome.WAITS.value: ("red", "waits", "red"),
    Outcome.FAILS_OVER.value: ("onward", "fails over", "warn"),
    Outcome.OVERFLOWS.value: ("onward", "overflows", "warn"),
    Outcome.DIVERTED.value: ("onward", "diverted", "warn"),
    Outcome.STRANDED.value: ("bad", "stranded", "bad"),
    Outcome.LOST.value: ("bad", "lost", "bad"),
    "own_number": ("onward", "own number", "warn"),
    "forwards": ("onward", "sends on", "warn"),
    EndKind.EXTERNAL.value: ("good", "outside number", "good"),
    EndKind.VOICEMAIL.value: ("good", "answers", "good"),
    EndKind.AUTO_ATTENDANT.value: ("good", "answers", "good"),
    EndKind.USER.value: ("good", "phone rings", "good"),
    EndKind.PARK.value: ("unknown", "parked", "unknown"),
    EndKind.DEAD_END.value: ("bad", "dead end", "bad"),
    EndKind.NOBODY.value: ("bad", "nobody", "bad"),
    EndKind.LOOP.value: ("bad", "loop", "bad"),
}


def stop_mark(stop: Stop) -> Mark:
    """What happens at a stop, as glyph, word and style."""
    if stop.outcome == EndKind.UNKNOWN:
        return Mark(GLYPHS["unknown"], "not known", "unknown")
    glyph, word, style = _MARKS.get(stop.outcome, ("unknown", "uncertain", "unknown"))
    return Mark(GLYPHS[glyph], word, style)
