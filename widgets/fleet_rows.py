"""A fleet's domains as rows: how many queues of each are in which trouble, and since when that is known."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from queuewatch.failover.wording import listing, plural
from queuewatch.fleet.standing import DomainStanding, LastAlert, sentence_of
from widgets.bars import LIVE_WITHIN
from widgets.cells import ASIDE, EMPTY, Cell, CellSpan, Column, Row, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS

FLEET_COLUMNS = (
    Column("domain", "Domain", 16, enough=26),
    Column("nobody", "Nobody", 6, right=True),
    Column("dark", "Not ready", 9, right=True),
    Column("unknown", "Not known", 9, right=True, gives_way=4),
    Column("one", "One agent", 9, right=True, gives_way=5),
    Column("queues", "Queues", 6, right=True, gives_way=6),
    Column("read", "Read", 5, gives_way=2),
    Column("alert", "Alert", 5, gives_way=3),
    Column("what", "What", 18, gives_way=1, enough=30),
)

CLOCK_FOR = timedelta(hours=18)
"""For how long a moment is told by the clock alone: what was yesterday at this time is not taken for now."""
LATE = timedelta(seconds=30)
"""How much later than three times in a row a domain may be read until it is said when it was."""


def fleet_rows(
    standings: Iterable[DomainStanding],
    now: datetime,
    seen: frozenset[tuple[str, str]] = frozenset(),
    before: Mapping[str, Row] = MappingProxyType({}),
    *,
    all_fail: bool = False,
) -> list[Row]:
    """A row for each domain, in the order given; those that somebody has ``seen`` are marked, and quieter.

    Where ``all_fail``, what was known of each comes before the reason.
    What is the same as ``before`` is the same object: a table need not measure it again.
    """
    rows = [_row(standing, now, seen=standing.key in seen, all_fail=all_fail) for standing in standings]
    return [known if (known := before.get(row.key)) == row else row for row in rows]


def row_key(standing: DomainStanding) -> str:
    """What a domain's row is known by."""
    return f"{standing.server}\n{standing.domain}"


def style_of(standing: DomainStanding, *, seen: bool = False) -> str:
    """The one bright thing is what reaches nobody."""
    counts = standing.counts
    if seen or counts is None:
        return "muted" if seen or not standing.error else "warn"
    if counts.reach_nobody_now:
        return "bad"
    is_unknown = counts.not_known and not standing.is_partial
    return "warn" if standing.error or counts.not_ready or is_unknown else ""


def _row(standing: DomainStanding, now: datetime, *, seen: bool, all_fail: bool) -> Row:
    counts, style = standing.counts, style_of(standing, seen=seen)
    mark = "seen" if seen else "bad" if style == "bad" else "caution" if style == "warn" else ""
    # Numbers that may be others by now are not bright.
    old = seen or bool(standing.as_of)
    glyph = {"bad": GLYPHS["bad"], "caution": GLYPHS["caution"], "seen": GLYPHS["good"]}.get(mark, " ")
    return Row(
        row_key(standing),
        (
            (CellSpan(f"{glyph} ", style), CellSpan(standing.label, "strong" if style == "bad" else "")),
            _number(counts.reach_nobody_now if counts else None, "muted" if old else "bad"),
            _number(counts.not_ready if counts else None, "muted" if old else "warn"),
            _number(
                counts.not_known if counts and not standing.is_partial else None, "muted" if old else "unknown"
            ),
            _number(counts.one_from_failover if counts else None, "muted" if old else ""),
            _number(counts.queues if counts else None, "muted"),
            _age(standing, now),
            _alert(standing.last_alert, now, seen=seen),
            tuple(_what(standing, seen=seen, all_fail=all_fail)),
        ),
    )


def _number(number: int | None, style: str) -> Cell:
    if number is None:
        return cell("…", "muted")
    return cell(str(number), style) if number else cell("·", "muted")


def is_live(standing: DomainStanding, now: datetime) -> bool:
    """Whether the picture is of this moment: what is read again this soon needs no clock beside it."""
    taken_at = standing.taken_at
    if taken_at is None or standing.error is not None or standing.every > LIVE_WITHIN:
        return False
    return now - taken_at <= timedelta(seconds=3 * standing.every) + LATE


def _age(standing: DomainStanding, now: datetime) -> Cell:
    if standing.taken_at is None:
        return cell("…" if standing.error is None else "never", "muted" if standing.error is None else "warn")
    if is_live(standing, now):
        return cell("live", "muted")
    late = now - standing.taken_at > timedelta(seconds=3 * standing.every) + LATE
    return cell(_moment(standing.taken_at, now), "warn" if standing.error or late else "muted")


def _moment(at: datetime, now: datetime) -> str:
    """``14:02``; of long ago, ``27 Nov``."""
    here = at.astimezone()
    return f"{here:%H:%M}" if abs(now - at) < CLOCK_FOR else f"{here.day} {here:%b}"


def _alert(alert: LastAlert | None, now: datetime, *, seen: bool) -> Cell:
    if alert is None:
        return EMPTY
    over = alert.over_at is not None
    style = "muted" if over or seen else "warn"
    after = f" {alert.headline}{', over' if over else ''}"
    return (CellSpan(_moment(alert.at, now), style), CellSpan(after, ASIDE))


def _what(standing: DomainStanding, *, seen: bool, all_fail: bool) -> Iterator[CellSpan]:
    """Which queues it is about, the worst first: how many the columns say already."""
    counts = standing.counts
    if counts is None or not (standing.nobody or standing.not_ready or (standing.error and not all_fail)):
        quiet = seen or not standing.needs_somebody
        yield CellSpan(sentence_of(standing), "muted" if quiet else style_of(standing))
        return
    old = seen or bool(standing.as_of)
    parts: list[CellSpan] = []
    error = [CellSpan(standing.error, "muted" if seen or all_fail else "warn")] if standing.error else []
    if not all_fail:
        parts += error
    if standing.as_of and (standing.nobody or standing.not_ready):
        parts.append(CellSpan(f"As of {standing.as_of}:", "muted"))
    if standing.nobody:
        parts.append(CellSpan(f"{GLYPHS['bad']} {listing(standing.nobody)}", "muted" if old else "bad"))
    if others := [queue for queue in standing.not_ready if queue not in standing.nobody]:
        parts.append(CellSpan(f"{GLYPHS['caution']} {listing(others)}", "muted" if old else "warn"))
    if all_fail:
        parts += error
    for place, part in enumerate(parts):
        if place:
            yield CellSpan(" ")
        yield part
    if standing.is_partial:
        yield CellSpan(f"  {standing.unread} of {plural(counts.queues, 'queue')} not read yet", "muted")


def domain_facts(
    standing: DomainStanding,
    now: datetime,
    *,
    seen: bool = False,
    unmark: str = "",
    on_several: frozenset[str] = frozenset(),
) -> tuple[Fact, ...]:
    """Everything about the domain under the cursor; with its server where domains ``on_several`` have its name.

    ``unmark`` is the key by which one that was ``seen`` is so no longer.
    """
    names = (*_names(standing), standing.server if standing.domain in on_several else "")
    facts = [
        Fact("Domain", cell(" · ".join(dict.fromkeys(filter(None, names))))),
        Fact("Then" if standing.as_of else "Now", cell(sentence_of(standing), style_of(standing, seen=seen))),
    ]
    if standing.last_alert is not None:
        facts.append(Fact("Alert", cell(alert_words(standing.last_alert, now), "muted")))
    if standing.taken_at is not None:
        facts.append(Fact("Read", cell(_read_words(standing, now), "warn" if standing.as_of else "muted")))
    if seen:
        facts.append(
            Fact("Seen", cell(f"until it gets worse{f': {unmark} takes it back' if unmark else ''}", "muted"))
        )
    return tuple(facts)


def _names(standing: DomainStanding) -> tuple[str, ...]:
    return standing.label, standing.domain, standing.profile


def alert_words(alert: LastAlert, now: datetime) -> str:
    """``15:12 Calls to Support reach nobody, over since 15:20``."""
    return f"{_moment(alert.at, now)} {alert.headline}{alert.over_words(lambda at: _moment(at, now))}"


def _read_words(standing: DomainStanding, now: datetime) -> str:
    at = standing.taken_at
    if standing.as_of:
        return f"as of {standing.as_of}"
    if at is None or is_live(standing, now):
        return "live"
    often = f", every {plural(round(standing.every), 'second')}" if standing.every else ""
    return f"at {at.astimezone():%H:%M:%S}{often}"
