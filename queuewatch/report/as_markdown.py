"""A report as Markdown, for a ticket, a wiki or a mail: a table of all queues, then a section for each."""

from collections.abc import Iterator

from queuewatch.failover.model import Queue
from queuewatch.failover.reasons import directly
from queuewatch.failover.suppose import queue_site, site_of
from queuewatch.failover.words import agent_name, yes_no
from queuewatch.report.content import Report, agents_of, worst_first
from queuewatch.report.markdown import plain, table
from queuewatch.report.wording import (
    OUTCOME_WORDS,
    READINESS_WORDS,
    STATUS_WORDS,
    asked_time,
    counts_words,
    holders_words,
    moment_of,
    settings_words,
    summary,
    supposition,
    when_offline_words,
    when_words,
)


def as_markdown(report: Report) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"# {plain(report.title or report.snapshot.domain)}"
    yield ""
    yield f"{plain(report.snapshot.domain)}, {moment_of(report)}. {summary(report)}"
    if asked := asked_time(report):
        yield ""
        yield plain(asked)
    if not report.suppose.nothing:
        yield ""
        yield f"Supposed in the dark: {plain(supposition(report.suppose, report.snapshot))}."
    if not report.queues:
        return
    yield ""
    yield from table(
        (
            "Queue",
            "Site",
            _heading(report),
            "If dark",
            "Require Agents",
            "When Offline",
        ),
        [_summary_row(report, queue) for queue in worst_first(report)],
    )
    for queue in worst_first(report):
        yield from _section(report, queue)


def _summary_row(report: Report, queue: Queue) -> tuple[str, ...]:
    judgement = report.judgements[queue.extension]
    return (
        queue.label,
        queue_site(report.snapshot, queue),
        OUTCOME_WORDS[judgement.now.outcome],
        READINESS_WORDS[judgement.readiness.state],
        yes_no(queue.require_agents),
        when_offline_words(report.snapshot, queue),
    )


def _section(report: Report, queue: Queue) -> Iterator[str]:
    judgement = report.judgements[queue.extension]
    yield ""
    yield f"## {plain(queue.label)}"
    yield ""
    yield f"- **{_heading(report)}:** {plain(judgement.now.sentence)}"
    yield f"- **If dark:** {plain(judgement.readiness.verdict.sentence)}"
    if judgement.readiness.verdict.direct is not None:
        yield f"- **Directly:** {plain(directly(judgement, all_dark=report.suppose.all_dark))}"
    yield f"- **Settings:** {plain(settings_words(report, queue))}"
    if holders := holders_words(report, queue):
        yield f"- **Held open by:** {plain(holders)}"
    yield f"- **Agents:** {counts_words(judgement.now.counts)}"
    for note in judgement.assumptions:
        yield f"- **Rests on:** {plain(note)}"
    if report.with_agents and (agents := agents_of(report, queue)):
        yield ""
        yield from table(
            ("Agent", "Status", "Reason", "Site"),
            [
                (agent_name(agent), STATUS_WORDS[shown.status], shown.reason, site_of(agent, report.snapshot))
                for agent, shown in agents
            ],
        )


def _heading(report: Report) -> str:
    return when_words(report).removeprefix("as ").capitalize()
