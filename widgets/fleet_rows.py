"""A fleet's domains as rows: how many queues of each are in which trouble, and since when that is known."""

from collections.abc import Iterable

from queuewatch.fleet.standing import DomainStanding, sentence_of
from widgets.cells import EMPTY, Cell, CellSpan, Column, Row, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS

FLEET_COLUMNS = (
    Column("domain", "Domain", 16, enough=30),
    Column("nobody", "Nobody", 6, right=True),
    Column("dark", "Not ready", 9, right=True),
    Column("unknown", "Not known", 9, right=True, gives_way=3),
    Column("one", "One agent", 9, right=True, gives_way=4),
    Column("queues", "Queues", 6, right=True, gives_way=5),
    Column("read", "Read", 5, right=True, gives_way=2),
    Column("what", "What", 20, gives_way=1),
)


def fleet_rows(standings: Iterable[DomainStanding], seen: frozenset[tuple[str, str]] = frozenset()) -> list[Row]:
    """A row for each domain, in the order given; those that somebody has ``seen`` are marked, and quieter."""
    return [_row(standing, seen=standing.key in seen) for standing in standings]


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
    return "warn" if standing.error or counts.not_ready or counts.not_known else ""


def _row(standing: DomainStanding, *, seen: bool) -> Row:
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
            _number(counts.not_known if counts else None, "muted" if old else "unknown"),
            _number(counts.one_from_failover if counts else None, "muted" if old else ""),
            _number(counts.queues if counts else None, "muted"),
            cell(f"{standing.taken_at.astimezone():%H:%M}", "muted") if standing.taken_at else EMPTY,
            cell(sentence_of(standing), style),
        ),
    )


def _number(number: int | None, style: str) -> Cell:
    if number is None:
        return cell("…", "muted")
    return cell(str(number), style) if number else cell("·", "muted")


def domain_facts(standing: DomainStanding, *, seen: bool = False) -> tuple[Fact, ...]:
    """Everything about the domain under the cursor."""
    facts = [
        Fact("Domain", cell(" · ".join(filter(None, (standing.label, standing.domain, standing.profile))))),
        Fact("Then" if standing.as_of else "Now", cell(sentence_of(standing), style_of(standing, seen=seen))),
    ]
    if standing.taken_at is not None:
        read = f"as of {standing.as_of}" if standing.as_of else f"at {standing.taken_at.astimezone():%H:%M:%S}"
        facts.append(Fact("Read", cell(read, "warn" if standing.as_of else "muted")))
    if seen:
        facts.append(Fact("Seen", cell("until it gets worse: x takes it back", "muted")))
    return tuple(facts)
