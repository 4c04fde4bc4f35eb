"""A fleet to be written down: one line a domain, worst first, whatever form it takes."""

import json
from collections.abc import Iterator
from datetime import datetime

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.fleet.standing import DomainStanding, Fleet, sentence_of
from queuewatch.report.console import printed
from queuewatch.report.formats import csv_table, plain, table
from queuewatch.text.instant import date_words, utc
from queuewatch.text.plain_text import one_line


def age_seconds(fleet: Fleet, standing: DomainStanding) -> int | None:
    """How old what is known of a domain is, in whole seconds; ``None`` while nothing is."""
    if standing.taken_at is None:
        return None
    return max(0, int((fleet.taken_at - standing.taken_at).total_seconds()))


def age_words(seconds: int | None) -> str:
    """``3 s``, ``4 min``, ``2 h``; a dash while nothing is known."""
    if seconds is None:
        return "-"
    if seconds < 100:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 6000 else f"{seconds // 3600} h"


def fleet_json(fleet: Fleet) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it. Counts are null while never read."""
    return json.dumps(
        {
            "taken_at": utc(fleet.taken_at),
            "domains": [_document(fleet, standing) for standing in fleet.domains],
        },
        indent=2,
    )


_COUNTS = ("queues", "reach_nobody_now", "not_ready", "not_known", "one_from_failover")


def _counts(standing: DomainStanding) -> dict[str, int | None]:
    counts = standing.counts
    return {name: getattr(counts, name) if counts is not None else None for name in _COUNTS}


def _document(fleet: Fleet, standing: DomainStanding) -> dict[str, object]:
    return {
        "domain": standing.domain,
        "name": one_line(standing.name),
        "age_seconds": age_seconds(fleet, standing),
        "error": standing.error,
        **_counts(standing),
        "server": standing.server,
        "profile": standing.profile,
    }


def fleet_csv(fleet: Fleet) -> str:
    """The rows below one row of column names."""
    return csv_table(
        (
            *("taken_at", "server", "profile", "domain", "name", "age_seconds", "error", *_COUNTS),
            *("last_alert_at", "last_alert", "last_alert_over_at"),
        ),
        (
            (
                utc(fleet.taken_at),
                standing.server,
                standing.profile,
                standing.domain,
                standing.name,
                age_seconds(fleet, standing),
                standing.error,
                *_counts(standing).values(),
                *_last_alert(standing),
            )
            for standing in fleet.domains
        ),
    )


def _last_alert(standing: DomainStanding) -> tuple[str | None, str | None, str | None]:
    alert = standing.last_alert
    if alert is None:
        return None, None, None
    return utc(alert.at), alert.headline, utc(alert.over_at) if alert.over_at is not None else None


def what_words(standing: DomainStanding) -> str:
    """What there is to say of a domain, and what was told of it last."""
    alert = standing.last_alert
    if alert is None:
        return sentence_of(standing)
    over = alert.over_words(_when)
    return f"{sentence_of(standing)} Last alert: {_when(alert.at)}, {alert.headline}{over}."


def _when(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


_HEADS = ("Domain", "Nobody", "Not ready", "Not known", "One agent", "Queues", "Age", "What")


def fleet_markdown(fleet: Fleet) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(fleet))


def _lines(fleet: Fleet) -> Iterator[str]:
    yield "# Fleet"
    yield ""
    yield f"{date_words(fleet.taken_at)}. {plain(fleet.summary)}"
    yield ""
    yield from table(_HEADS, [row_words(fleet, standing) for standing in fleet.domains])


def row_words(fleet: Fleet, standing: DomainStanding) -> tuple[str, ...]:
    """A domain as a row: its name, its numbers, the age of what is known, and what there is to say."""
    known = _counts(standing)
    numbers = tuple("-" if known[name] is None else str(known[name]) for name in (*_COUNTS[1:], _COUNTS[0]))
    return (standing.label, *numbers, age_words(age_seconds(fleet, standing)), what_words(standing))


def style_of(standing: DomainStanding) -> str:
    """The style of a domain's line: what reaches nobody is the one bright thing."""
    counts = standing.counts
    if counts is None:
        return "bold yellow" if standing.error else "bright_black"
    if counts.reach_nobody_now:
        return "bold red"
    return "yellow" if standing.error or counts.not_ready or counts.not_known else ""


def fleet_text(fleet: Fleet, console: Console) -> str:
    """The fleet as this console would show it, without a line break at its end."""
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(overflow="ellipsis", no_wrap=True, ratio=1)
    for _ in _HEADS[1:-1]:
        grid.add_column(justify="right", no_wrap=True)
    grid.add_row(*(Text(head, "bright_black") for head in _HEADS[:-1]))
    for standing in fleet.domains:
        label, *numbers, _ = row_words(fleet, standing)
        grid.add_row(Text(label, style_of(standing)), *(Text("·" if cell == "0" else cell) for cell in numbers))
    shared = fleet.on_several_servers
    said = [_said(standing, shared) for standing in fleet.domains if style_of(standing)]
    head = Group(Text(f"Fleet · {date_words(fleet.taken_at)}", "bold"), Text(fleet.summary))
    return printed([head, grid, *said], console, apart=True)


def _said(standing: DomainStanding, on_several: frozenset[str]) -> Group:
    names = [standing.label, standing.domain]
    if standing.domain in on_several:
        names.append(standing.server)
    head = Text(" · ".join(dict.fromkeys(names)))
    head.stylize("bold", 0, len(standing.label))
    return Group(head, Padding(Text(what_words(standing), style_of(standing)), (0, 0, 0, 2)))
