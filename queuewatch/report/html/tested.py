"""What became of real calls, and the register of proofs and drills, as pages."""

from collections.abc import Iterator
from datetime import UTC, datetime

from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.history.wording import long
from queuewatch.report import drills as drills_report
from queuewatch.report import past as past_report
from queuewatch.report.drills import NO_COMPLIANCE, RegisterReport, chain_words, due_words
from queuewatch.report.html.page import write_page
from queuewatch.report.html.pages import First
from queuewatch.report.past import PastReport
from queuewatch.text.instant import minute_words


def past_html(report: PastReport) -> str:
    """What became of real calls while every agent was Grey."""
    found = report.found
    return write_page(
        "tested.html",
        datetime.now(UTC),
        title="What became of real calls while every agent was Grey",
        whose=" · ".join(report.whose),
        when=past_report.period_words(report),
        lead=past_report.summary(report),
        first=tuple(_nobody(report)),
        caption="Every time with all agents Grey",
        heads=past_report.HEADS,
        rows=[past_report.row_words(report, time) for time in found.times],
        classes=("", "time", "time", "number", "number", "time", "long"),
        told=tuple(past_report.notes(report)),
        means=past_report.WHAT_IT_SAYS,
        to_sign=False,
    )


def _nobody(report: PastReport) -> Iterator[First]:
    for time in report.found.times:
        missed = sum(not call.answered for call in time.calls)
        if missed:
            what = f"{missed} of {len(time.calls)} calls reached nobody"
            why = f"{past_report.when_words(time)}, {long(time.dark.lasted)}."
            yield First("bad", STATE_GLYPHS["bad"], time.dark.label, what, why)


def register_html(report: RegisterReport) -> str:
    """The register, with what is overdue and what is still open first, and a line to sign."""
    return write_page(
        "tested.html",
        datetime.now(UTC),
        title="Register of failover proofs and drills",
        whose=" · ".join(report.whose),
        when=f"As of {minute_words(report.now)}. {chain_words(report.chain)}",
        lead="",
        first=tuple(_open(report)),
        caption="Every proof and drill",
        heads=drills_report.HEADS,
        rows=[drills_report.row_words(report, entry) for entry in report.entries],
        classes=("", "time", "", "", "", "", "time", "long", "", ""),
        told=report.problems,
        means=NO_COMPLIANCE,
        to_sign=True,
    )


def _open(report: RegisterReport) -> Iterator[First]:
    for entry in report.entries:
        if entry.is_overdue(report.now):
            yield First(
                "later", STATE_GLYPHS["unknown"], entry.scenario, due_words(entry, report.now), entry.outcome
            )
    for flaw in report.chain.flaws:
        yield First("bad", STATE_GLYPHS["bad"], "The register", "does not fit together", flaw)
