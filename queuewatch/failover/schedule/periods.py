"""Which answering rules can be in effect together, whatever the hour: what an audit has to look at besides now.

Time frames are walked through at sample instants, one within every stretch in which nothing changes: an ordinary
week, that week once more for each way in which the zones' clocks stand to one another, and the days of every dated
time frame that is still to come. What cannot be told of a time frame is taken both ways.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import (
    EVERY_DAY,
    LAST_MINUTE,
    Part,
    QueueRules,
    Rule,
    Snapshot,
    Span,
    TimeFrame,
    UnreadableSpan,
    sharing,
)
from queuewatch.failover.schedule.at_time import Named, frames_called
from queuewatch.failover.schedule.time_frames import holds

MOST_DOUBTS = 12
"""Time frames of one instant, of which it cannot be told whether they hold, that are tried one by one."""

_WEEK = 7
_WEEKS_AHEAD = 53
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class Situation(Struct, frozen=True):
    """One way in which answering rules are, or will be, in effect together."""

    snapshot: Snapshot
    """The phone system with these rules marked in effect."""
    rules: Mapping[str, Rule | None]
    """Of every queue that has a rule beside Default the one in effect, as it was read."""
    sure: bool = True
    """False where it rests on a time frame that could not be read: it may never come to this."""


class _Kind(Struct, frozen=True):
    """What tells which of a queue's rules is in effect when; queues of a kind change at the same instants."""

    zone: tzinfo
    rules: tuple[tuple[bool, int, Named], ...]
    """Of each rule that can be, in order: whether it is Default, its number, its time frames."""

    @property
    def ties(self) -> bool:
        """Whether two rules share a place, of which the first is not known."""
        places = [rule[:2] for rule in self.rules]
        return len(set(places)) < len(places)


_ALWAYS = Named((TimeFrame("", always=True),))


def situations(snapshot: Snapshot) -> tuple[Situation, ...]:
    """Every situation, that of now first. Only one where no queue has a rule beside Default."""
    possible = {queue: tuple(_possible(snapshot, queue)) for queue in snapshot.rules}
    possible = {queue: rules for queue, rules in possible.items() if any(not rule.is_default for rule in rules)}
    now = Situation(snapshot, {queue: snapshot.rules_of(queue).in_effect for queue in possible})
    if not possible:
        return (now,)
    kinds: dict[_Kind, list[str]] = {}
    for queue, rules in possible.items():
        kinds.setdefault(_kind(snapshot, queue, rules), []).append(queue)
    marked: dict[tuple[str, int | None], QueueRules] = {}
    found = [now]
    # A rule that is switched off and in effect all the same leads somewhere now, and nowhere in the others.
    odd = any(rule.active and not rule.enabled for queue in possible for rule in snapshot.rules_of(queue).rules)
    like = None if odd else snapshot
    for chosen, sure in _combinations(tuple(kinds), snapshot.taken_at).items():
        then: dict[str, QueueRules] = {}
        in_effect: dict[str, Rule | None] = {}
        for place, queues in zip(chosen, kinds.values(), strict=True):
            for queue in queues:
                in_effect[queue] = None if place is None else possible[queue][place]
                if (queue, place) not in marked:
                    marked[queue, place] = _marked(snapshot.rules_of(queue), in_effect[queue])
                then[queue] = marked[queue, place]
        marked_so = replace(snapshot, rules={**snapshot.rules, **then})
        like = sharing(marked_so, like) if like is not None else marked_so
        found.append(Situation(like, in_effect, sure))
    return tuple(found)


def never_applies(snapshot: Snapshot, queue: str, rule: Rule) -> bool:
    """Whether an enabled rule stands on a time frame that is in no wholly read list: it ceased to function."""
    if rule.is_default or not rule.enabled or rule.active:
        return False
    named = frames_called(snapshot, queue, rule)
    return not named.frames and not named.doubt


def times_unread(snapshot: Snapshot) -> bool:
    """Whether the time frames of the domain are still to be read: nothing says that they could not be."""
    return snapshot.time_frames is None and not any(
        problem.part is Part.TIME_FRAMES for problem in snapshot.problems
    )


def _possible(snapshot: Snapshot, queue: str) -> Iterator[Rule]:
    """The enabled rules that can come into effect, in order; none where there is Default alone.

    While time frames are still to be read only Default is known to come.
    """
    known = snapshot.rules_of(queue)
    if (
        not known.known
        or not known.complete
        or not any(rule.enabled and not rule.is_default for rule in known.rules)
    ):
        return
    unread = times_unread(snapshot)
    for rule in known.in_order:
        may_come = rule.is_default or rule.active or not unread
        if rule.enabled and may_come and not never_applies(snapshot, queue, rule):
            yield rule


def _kind(snapshot: Snapshot, queue: str, rules: Iterable[Rule]) -> _Kind:
    user = (snapshot.users or {}).get(queue)
    # A clock that is not known is taken for one that goes by UTC: only what follows on what matters here.
    zone = user.zone if user and user.zone else UTC
    named = (_ALWAYS if rule.is_default else frames_called(snapshot, queue, rule) for rule in rules)
    return _Kind(zone, tuple((rule.is_default, rule.order, of) for rule, of in zip(rules, named, strict=True)))


def _marked(known: QueueRules, chosen: Rule | None) -> QueueRules:
    return replace(known, rules=tuple(replace(rule, active=rule is chosen) for rule in known.rules))


Chosen = tuple[int | None, ...]
"""Of each kind of queue the place of the rule in effect among those that can be; ``None`` for no rule."""


def _combinations(kinds: tuple[_Kind, ...], now: datetime) -> dict[Chosen, bool]:
    """Every combination that comes, and whether it is sure to."""
    clocks = list(dict.fromkeys((kind.zone, named) for kind in kinds for _, _, named in kind.rules))
    place_of = {clock: place for place, clock in enumerate(clocks)}
    of_kind = [[place_of[kind.zone, named] for _, _, named in kind.rules] for kind in kinds]
    of_ties = (False, True) if any(kind.ties for kind in kinds) else (False,)
    found: dict[Chosen, bool] = {}
    for at in _instants(kinds, now):
        held = [_holding(named, at.astimezone(zone).replace(tzinfo=None)) for zone, named in clocks]
        doubts = [place for place, answer in enumerate(held) if answer is None]
        none: frozenset[int] = frozenset()
        for taken in dict.fromkeys(
            [none, frozenset(doubts), *map(frozenset, ({doubt} for doubt in doubts[:MOST_DOUBTS]))]
        ):
            sure = not any(clocks[place][1].doubt for place in taken)
            holding = [place in taken if answer is None else answer for place, answer in enumerate(held)]
            for last in of_ties:
                chosen = tuple(
                    _first(kind, [holding[place] for place in places], last=last)
                    for kind, places in zip(kinds, of_kind, strict=True)
                )
                found[chosen] = found.get(chosen, False) or sure
    return found


def _holding(named: Named, wall: datetime) -> bool | None:
    if named.doubt:
        return None
    answers = {holds(frame, wall).holds for frame in named.frames}
    return answers.pop() if len(answers) == 1 else None


def _first(kind: _Kind, holding: list[bool], *, last: bool) -> int | None:
    """The first rule that holds; of several that share its place the last, if asked for."""
    place: tuple[bool, int] | None = None
    found: int | None = None
    for nth, ((is_default, order, _), holds_then) in enumerate(zip(kind.rules, holding, strict=True)):
        if not holds_then:
            continue
        if place is None:
            place, found = (is_default, order), nth
        elif place == (is_default, order) and last:
            found = nth
    return found


# At which instants


def _instants(kinds: tuple[_Kind, ...], now: datetime) -> Iterator[datetime]:
    """One instant within every stretch of the days that matter in which no time frame begins or ends."""
    spans = {
        span
        for kind in kinds
        for _, _, named in kind.rules
        for frame in named.frames
        for span in frame.spans
        if isinstance(span, Span)
    }
    zones = tuple(dict.fromkeys(kind.zone for kind in kinds))
    edges = {time(0, 0)} | {edge for span in spans for edge in (span.begin, span.end)}
    bounds: set[datetime] = set()
    for day in _days(spans, zones, now.astimezone(UTC).date()):
        for edge in edges:
            for zone in zones:
                at = datetime.combine(day, edge, zone).astimezone(UTC)
                # In its last minute a time frame may hold or not: that minute is left out.
                bounds |= {at, at + _MINUTE}
    for begin, end in pairwise(sorted(bounds)):
        if end - begin > _MINUTE:
            yield begin + (end - begin) / 2


_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""Beyond these nobody's opening hours are planned, and no time zone's rules are known."""


def _days(spans: Iterable[Span], zones: tuple[tzinfo, ...], today: date) -> set[date]:
    today = min(max(today, _FIRST_DAY), _LAST_DAY)
    dated = [stretch for span in spans for stretch in _stretches(span, today - _DAY)]
    days: set[date] = set()
    for first, last in dated:
        days |= {first + _DAY * nth for nth in range(min((last - first).days, _WEEK) + 1)} | {last}
    # An ordinary week; where zones put their clocks forward on different days, one for each state of affairs.
    for begin in _states_of_clocks(zones, today):
        for nth in range(_WEEK):
            day, weeks = begin + _DAY * nth, 0
            while weeks < _WEEKS_AHEAD and any(first <= day <= last for first, last in dated):
                day, weeks = day + _DAY * _WEEK, weeks + 1
            days.add(day)
    return days


def _stretches(span: Span, from_day: date) -> Iterator[tuple[date, date]]:
    """The dates that a span is still to come to, or is in; none for one without dates."""
    if span.first is None and span.last is None:
        return
    years: Iterable[int] = (0,)
    if span.yearly and span.first is not None:
        years = (max(from_day.year + nth - span.first.year, 0) for nth in (-1, 0, 1))
    for later in years:
        first, last = _in_years(span.first, later), _in_years(span.last, later)
        begin = max(first or from_day, from_day)
        end = last or begin + _DAY * _WEEK
        if begin <= end and begin <= _LAST_DAY:
            yield begin, min(end, _LAST_DAY)
            return


def _in_years(day: date | None, later: int) -> date | None:
    if day is None:
        return None
    return _LAST_DAY + _DAY if day.year + later > _LAST_DAY.year else day.replace(year=day.year + later)


def _states_of_clocks(zones: tuple[tzinfo, ...], today: date) -> Iterator[date]:
    seen: set[tuple[timedelta, ...]] = set()
    for nth in range(_WEEKS_AHEAD if len(zones) > 1 else 1):
        day = today + _DAY * _WEEK * nth
        noon = datetime.combine(day, time(12), UTC)
        offsets = [noon.astimezone(zone).utcoffset() or timedelta() for zone in zones]
        # Only how they stand to one another matters.
        state = tuple(offset - offsets[0] for offset in offsets)
        if state not in seen:
            seen.add(state)
            yield day


# In words


def when_words(snapshot: Snapshot, queue: str, rule: Rule | None) -> str:
    """When a rule is in effect: ``in After Hours: Mon-Fri 17:00-08:00``."""
    if rule is None:
        return "while no rule is in effect"
    if rule.is_default:
        return "in Default: while no other rule applies"
    frames = frames_called(snapshot, queue, rule).frames
    times = "; or ".join(dict.fromkeys(frame_words(frame) for frame in frames))
    return f"in {rule.label}: {times}" if times else f"in {rule.label}, whose times are not known"


def frame_words(frame: TimeFrame) -> str:
    """The times of a time frame: ``Mon-Fri 08:00-17:00``, ``2026-12-24 to 2026-12-26``."""
    if frame.always:
        return "always"
    days: dict[Span, frozenset[int]] = {}
    for span in frame.spans:
        if isinstance(span, Span):
            same = replace(span, days=EVERY_DAY)
            days[same] = days.get(same, frozenset()) | span.days
    words = [_span_words(replace(span, days=on)) for span, on in days.items()]
    if any(isinstance(span, UnreadableSpan) for span in frame.spans):
        words.append("times that are not worked out")
    more = len(words) - MOST_TIMES
    return ", ".join(words if more <= 0 else [*words[:MOST_TIMES], f"and {more} more"]) or "never"


MOST_TIMES = 3
"""Of more than this, the number is told."""


def _span_words(span: Span) -> str:
    dates, days = _dates(span), _days_words(span.days)
    end = "24:00" if span.end == LAST_MINUTE else f"{span.end:%H:%M}"
    hours = "" if (span.begin, span.end) == (time(0, 0), LAST_MINUTE) else f"{span.begin:%H:%M}-{end}"
    words = " ".join(part for part in (dates, "" if dates and span.days == EVERY_DAY else days, hours) if part)
    return f"not {words}" if span.inverted else words


def _dates(span: Span) -> str:
    first, last = span.first, span.last
    if first is not None and last is not None:
        if span.yearly:
            days = f"{first:%m-%d}" if first == last else f"{first:%m-%d} to {last:%m-%d}"
            return f"every year {days}"
        return f"{first}" if first == last else f"{first} to {last}"
    if first is not None:
        return f"from {first}"
    return f"until {last}" if last is not None else ""


_NAMES = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def _days_words(days: frozenset[int]) -> str:
    """``Mon-Fri``, ``Sat-Sun``, ``Mon, Wed``, ``every day``."""
    if days == EVERY_DAY:
        return "every day"
    week = [day % 7 for day in range(1, 8)]
    runs: list[list[int]] = []
    for place, day in enumerate(week):
        if day not in days:
            continue
        if runs and place and week[place - 1] == runs[-1][-1]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_NAMES[run[0]] if len(run) == 1 else f"{_NAMES[run[0]]}-{_NAMES[run[-1]]}" for run in runs)
