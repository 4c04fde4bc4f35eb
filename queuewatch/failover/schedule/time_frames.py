"""Whether a time frame holds at a time: yes, no, or not to be told from what the vendor documents.

Where the documentation leaves two readings open, both are worked out. Where they agree nothing is left to doubt.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import EVERY_DAY, LAST_MINUTE, Span, TimeFrame, UnreadableSpan


class Holds(Struct, frozen=True):
    """Whether something holds; ``None`` where that cannot be told, for the reason in ``why``, a clause."""

    holds: bool | None
    why: str = ""


YES, NO = Holds(True), Holds(False)


def holds(frame: TimeFrame, at: datetime) -> Holds:
    """Whether the time frame holds when the clocks where it applies show ``at`` (naive)."""
    if frame.always:
        return YES
    plain = [_part(frame.name, span, at) for span in frame.spans if not span.inverted]
    inverted = [_not(_part(frame.name, span, at)) for span in frame.spans if span.inverted]
    either = _any([*plain, *inverted])
    if not inverted or len(frame.spans) == 1:
        return either
    except_for = _all([_any(plain) if plain else YES, *inverted])
    return _agreed(
        either,
        except_for,
        f"how the inverted ranges of {frame.name} go together with the others is not documented",
    )


def _part(name: str, part: Span | UnreadableSpan, at: datetime) -> Holds:
    match part:
        case UnreadableSpan():
            return Holds(None, part.why)
        case Span(yearly=True):
            return _any(_each_year(name, part, at))
        case Span():
            return _span(name, part, at)


def _each_year(name: str, span: Span, at: datetime) -> Iterator[Holds]:
    """Of this year's and last year's turn, of which the second may reach into this year."""
    if span.first is None or span.last is None:
        return
    for years in (at.year - span.first.year, at.year - span.first.year - 1):
        if span.first.year + years < 1 or span.last.year + years > 9999:
            continue
        first, last = (day.replace(year=day.year + years) for day in (span.first, span.last))
        answer = _span(name, replace(span, first=first, last=last), at)
        if years < 0 and answer.holds is not False:
            answer = Holds(None, f"whether {name} holds in the years before its first is not documented")
        yield answer


def _span(name: str, span: Span, at: datetime) -> Holds:
    each_day = _each_day(name, span, at)
    if span.days != EVERY_DAY or (span.first is None and span.last is None):
        return each_day
    return _agreed(
        each_day,
        _throughout(name, span, at),
        f"whether {name} holds all through its dates, or on each of them between its times, is not documented",
    )


def _each_day(name: str, span: Span, at: datetime) -> Holds:
    """On each of the days between the two times."""
    today, now = at.toordinal(), at.time()
    here = _is_on(span, today)
    near = here or _is_on(span, today - 1)
    if span.begin == span.end:
        return _if(near, f"what it means that {name} begins and ends at {span.end:%H:%M} is not documented")
    if span.begin < span.end:
        return _until(name, span.end, now) if here and now >= span.begin else NO
    if here and now >= span.begin:
        return YES
    return _if(
        near and _minute(now) <= span.end,
        f"whether {name}, which runs past midnight, still holds at {now:%H:%M} is not documented",
    )


def _throughout(name: str, span: Span, at: datetime) -> Holds:
    """From the one time on the first date to the other time on the last."""
    today, now = at.toordinal(), at.time()
    if span.first is not None and (today, now) < (span.first.toordinal(), span.begin):
        return NO
    if span.last is None or today < span.last.toordinal():
        return YES
    return _until(name, span.end, now) if today == span.last.toordinal() else NO


def _is_on(span: Span, day: int) -> bool:
    """Whether the span's days and dates allow this day, given by its number from 1 January of year 1, a Monday."""
    begun = span.first is None or span.first.toordinal() <= day
    return begun and (span.last is None or day <= span.last.toordinal()) and day % 7 in span.days


def _until(name: str, end: time, now: time) -> Holds:
    if now < end or end == LAST_MINUTE:
        return YES
    return _if(_minute(now) == end, f"whether {name} still holds at {end:%H:%M} sharp is not documented")


def _minute(now: time) -> time:
    return now.replace(second=0, microsecond=0)


def _if(open_question: bool, why: str) -> Holds:
    return Holds(None, why) if open_question else NO


def _not(answer: Holds) -> Holds:
    return answer if answer.holds is None else Holds(not answer.holds)


def _any(answers: Iterable[Holds]) -> Holds:
    """Yes if any is, whatever else cannot be told; no only if every one is."""
    open_question = NO
    for answer in answers:
        if answer.holds:
            return answer
        if answer.holds is None and open_question.holds is False:
            open_question = answer
    return open_question


def _all(answers: Sequence[Holds]) -> Holds:
    return _not(_any([_not(answer) for answer in answers]))


def _agreed(first: Holds, other: Holds, why: str) -> Holds:
    """The answer that both readings give."""
    if first.holds is None or other.holds is None:
        return first if first.holds is None else other
    return first if first.holds is other.holds else Holds(None, why)
