"""The register of proofs and drills, in every form it is written in."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from rich.console import Console

from queuewatch.failover.wording import listing, plural
from queuewatch.journal.chain import ChainCheck
from queuewatch.proof.register import Gap, RegisterEntry
from queuewatch.report.console import laid_out
from queuewatch.report.formats import csv_table, plain, table
from queuewatch.text.instant import minute_words, utc

NO_COMPLIANCE = (
    "This register says what was tested with queuewatch from this machine and what was found. It certifies "
    "nothing and promises no compliance with any rule or standard."
)
HEADS = ("No.", "When", "Kind", "Scenario", "Who", "Outcome", "Times", "Gaps", "Since the last", "Next")
_SHOWN = 16
"""Signs of a fingerprint that people read to one another."""


class RegisterReport(Struct, frozen=True):
    """The register of one phone system, and the state of its chain."""

    entries: tuple[RegisterEntry, ...]
    chain: ChainCheck
    now: datetime
    title: str = ""
    domain: str = ""
    problems: tuple[str, ...] = ()

    @property
    def whose(self) -> tuple[str, ...]:
        """The phone system and the domain, each once."""
        return tuple(dict.fromkeys(part for part in (self.title, self.domain) if part))


def clock(seconds: float | None, *, at_most: bool = False) -> str:
    """``3:41``, ``4 s``, ``within 5:00``; empty where it is not known."""
    if seconds is None:
        return ""
    whole = round(seconds)
    words = f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02}"
    return f"within {words}" if at_most else words


def times_words(entry: RegisterEntry) -> str:
    """``predicted 3:41, measured 3:36, target 5:00``, as far as they are known."""
    parts = (
        ("predicted", clock(entry.predicted, at_most=entry.predicted_at_most)),
        ("measured", clock(entry.measured)),
        ("target", clock(entry.target)),
    )
    return ", ".join(f"{name} {words}" for name, words in parts if words)


def due_words(entry: RegisterEntry, now: datetime) -> str:
    """``next due 2026-12-24``, ``was due 22 days ago``; empty where none is."""
    if entry.due is None:
        return ""
    if not entry.is_overdue(now):
        return f"next due {_day(entry.due)}"
    days = (now - entry.due).days
    return f"was due {plural(days, 'day')} ago" if days else "due today"


def gap_words(gap: Gap) -> str:
    """A gap, and the change that closed it."""
    return f"{gap.label}: {gap.what.rstrip('.')}. {_closed_words(gap)}"


def _closed_words(gap: Gap) -> str:
    change = f"change {gap.closed_by[0]} ({gap.closed_by[1]})" if gap.closed_by else ""
    if gap.tested:
        return f"Closed by {change}." if change else "Closed, by no change in this log."
    return f"Since then {change}: not tested again." if change else "Still open."


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"


def chain_words(chain: ChainCheck) -> str:
    """How the chain stands, and its fingerprint."""
    if not chain.entries:
        return "The register is empty."
    if chain.flaws:
        return (
            f"The chain of the register is broken in {plural(len(chain.flaws), 'place')}: queuewatch drills verify"
        )
    short = chain.fingerprint[:_SHOWN]
    return f"The chain holds. Fingerprint {short}: write it down elsewhere, to verify against it later."


def drills_text(report: RegisterReport, console: Console) -> str:
    """The oldest entry first, without a line break at its end."""
    return laid_out(_text_lines(report), console)


def _text_lines(report: RegisterReport) -> Iterator[str]:
    yield " · ".join(("Register of proofs and drills", *report.whose))
    if not report.entries:
        yield "Nothing is in it yet. A proof gets in by itself, a drill by: queuewatch drill … --record"
    for entry in report.entries:
        yield ""
        yield f"{minute_words(entry.at)}  {entry.kind.value:<6}  {entry.scenario} (number {entry.id} in the log)"
        facts = (entry.outcome, times_words(entry), due_words(entry, report.now))
        yield f"  {'; '.join(filter(None, facts))}."
        yield f"  Took part: {listing(entry.took_part, most=20)}."
        yield from (f"  Gap: {gap_words(gap)}" for gap in entry.gaps)
        if not entry.first:
            changed = " ".join(entry.changed) or "Nothing that it would show."
            yield f"  Since the last one: {changed}"
    yield ""
    yield chain_words(report.chain)
    yield NO_COMPLIANCE


def drills_markdown(report: RegisterReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_markdown_lines(report))


def _markdown_lines(report: RegisterReport) -> Iterator[str]:
    yield "# Register of failover proofs and drills"
    yield ""
    yield f"- **Phone system:** {plain(', '.join(report.whose))}"
    yield f"- **As of:** {minute_words(report.now)}"
    yield f"- **Chain:** {plain(chain_words(report.chain))}"
    if report.entries:
        yield ""
        yield from table(HEADS, [row_words(report, entry) for entry in report.entries])
    yield ""
    yield NO_COMPLIANCE


def row_words(report: RegisterReport, entry: RegisterEntry) -> tuple[str, ...]:
    """An entry as a row, below ``HEADS``."""
    return (
        entry.id,
        minute_words(entry.at),
        entry.kind.value,
        entry.scenario,
        listing(entry.took_part, most=20),
        entry.outcome,
        times_words(entry),
        " ".join(map(gap_words, entry.gaps)) or "none",
        "the first" if entry.first else " ".join(entry.changed) or "nothing",
        due_words(entry, report.now),
    )


def drills_json(report: RegisterReport) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it."""
    return json.dumps(
        {
            "domain": report.domain,
            "as_of": utc(report.now),
            "entries": [_entry(report, entry) for entry in report.entries],
            "chain": {
                "entries": report.chain.entries,
                "fingerprint": report.chain.fingerprint or None,
                "flaws": list(report.chain.flaws),
            },
            "problems": list(report.problems),
        },
        indent=2,
    )


def _entry(report: RegisterReport, entry: RegisterEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "at": utc(entry.at),
        "scenario": entry.scenario,
        "took_part": list(entry.took_part),
        "outcome": entry.outcome,
        "target_seconds": entry.target,
        "predicted_seconds": entry.predicted,
        "predicted_at_most": entry.predicted_at_most,
        "measured_seconds": entry.measured,
        "gaps": [
            {
                "queue": gap.queue,
                "what": gap.what,
                "closed_by": gap.closed_by[0] if gap.closed_by else None,
                "tested_again": gap.tested,
            }
            for gap in entry.gaps
        ],
        "first": entry.first,
        "changed": list(entry.changed),
        "due": utc(entry.due) if entry.due else None,
        "overdue": entry.is_overdue(report.now),
        "hash_before": report.chain.before_of.get(entry.id),
        "hash": report.chain.hash_of.get(entry.id),
    }


_COLUMNS = (
    *("domain", "id", "kind", "at", "scenario", "took_part", "outcome", "target_seconds", "predicted_seconds"),
    *("predicted_at_most", "measured_seconds", "gaps", "changed", "due", "overdue"),
)


def drills_csv(report: RegisterReport) -> str:
    """One row an entry below one row of column names."""
    return csv_table(_COLUMNS, (_csv_row(report, entry) for entry in report.entries))


def _csv_row(report: RegisterReport, entry: RegisterEntry) -> tuple[object, ...]:
    document = _entry(report, entry)
    joined: dict[str, object] = {
        "domain": report.domain,
        "took_part": listing(entry.took_part, most=20),
        "gaps": " ".join(map(gap_words, entry.gaps)),
        "changed": " ".join(entry.changed),
    }
    return tuple(joined.get(name, document.get(name)) for name in _COLUMNS)


def verify_lines(chain: ChainCheck, fingerprint: str) -> Sequence[str]:
    """What ``queuewatch drills verify`` says; the first line is the answer."""
    if lines := flaws_of(chain, fingerprint):
        return (f"The register was edited, or damaged, in {plural(len(lines), 'place')}.", *lines)
    if not chain.entries:
        return ("The register is empty: there is nothing to verify.",)
    since = (
        ""
        if fingerprint
        else (
            " Whether any were cut off at the end, only a fingerprint that was written down tells (--fingerprint)."
        )
    )
    return (
        f"All {plural(chain.entries, 'record')} of the register fit: none was edited, taken out or put in.{since}",
        f"Fingerprint {chain.fingerprint}",
    )


def verify_json(chain: ChainCheck, fingerprint: str) -> str:
    """The same as a document, in ASCII so that no terminal or pipe can spoil it."""
    flaws = flaws_of(chain, fingerprint)
    return json.dumps(
        {
            "whole": not flaws,
            "entries": chain.entries,
            "fingerprint": chain.fingerprint or None,
            "flaws": list(flaws),
        },
        indent=2,
    )


def flaws_of(chain: ChainCheck, fingerprint: str) -> Sequence[str]:
    """What does not fit, a sentence each; ``fingerprint`` is one that was written down, or empty."""
    if not fingerprint or _fits(chain, fingerprint):
        return chain.flaws
    missing = (
        f"No entry has the fingerprint {fingerprint}: what was there when it was written down is not any more."
    )
    return (*chain.flaws, missing)


def _fits(chain: ChainCheck, fingerprint: str) -> bool:
    """Whether an entry has this fingerprint, or one that begins so."""
    return any(found.startswith(fingerprint.casefold()) for found in chain.hashes)
