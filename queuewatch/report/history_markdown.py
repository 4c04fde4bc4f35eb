"""A history as Markdown: a report to hand on."""

from collections.abc import Iterator

from queuewatch.history.account import NOTHING, Account
from queuewatch.history.standing import Standing
from queuewatch.history.words import agent_words, headline, left_out_words, long, percent, split_words, times
from queuewatch.report.history_report import (
    LEFT_OUT_MEANS,
    UPTIME_MEANS,
    HistoryReport,
    change_words,
    day_words,
    last_words,
    period_words,
    summary,
    uptime,
)
from queuewatch.report.markdown import plain, table


def history_markdown(report: HistoryReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(report))


def _lines(report: HistoryReport) -> Iterator[str]:
    past = report.past
    yield "# Call queues: uptime and failover"
    yield ""
    yield f"**{plain(summary(report))}**"
    yield ""
    yield f"- **Phone system:** {plain(', '.join(report.whose))}"
    yield f"- **Period:** {period_words(report)}"
    if past.kept_since is None:
        return
    since = day_words(past.kept_since)
    yield f"- **Watched by:** queuewatch, which has kept a history on one machine since {since}"
    watched = [one for one in past.accounts if one.watched]
    if not watched:
        return
    yield ""
    yield from table(
        (
            "Queue",
            "Uptime",
            "Watched",
            "Failed over",
            "Longest",
            "Reached nobody",
            "Agents",
            "Sent on or failed over",
        ),
        [_row(one) for one in past.accounts],
    )
    for one in watched:
        yield from _section(report, one)
    yield ""
    yield "## How it is reckoned"
    yield ""
    yield f"{UPTIME_MEANS} {LEFT_OUT_MEANS} No share is rounded up."


def _row(one: Account) -> tuple[str, ...]:
    failed, nobody = one.spells_of(Standing.FAILS_OVER), one.times.get(Standing.NOBODY, NOTHING)
    agents, sent = (
        sum((one.times.get(standing, NOTHING) for standing in standings), NOTHING)
        for standings in ((Standing.RINGS, Standing.WAITS), (Standing.FAILS_OVER, Standing.SENT_ON))
    )
    return (
        one.label,
        uptime(one),
        long(one.watched),
        times(len(failed)) if failed else "never",
        long(max(spell.lasted for spell in failed)) if failed else "",
        long(nobody) if nobody else "never" if one.known else "",
        percent(agents, one.known),
        percent(sent, one.known),
    )


def _section(report: HistoryReport, one: Account) -> Iterator[str]:
    yield ""
    yield f"## {plain(one.label)}"
    yield ""
    yield plain(headline(one))
    yield ""
    yield f"- **Calls:** {split_words(one) or 'not known'}"
    yield f"- **Left out:** {left_out_words(one) or 'nothing'}"
    if report.with_changes and one.spells:
        yield ""
        yield from table(("From", "For", "What", "Why"), list(change_words(one)))
    agents = report.past.agents_of(one.queue) if report.with_agents else ()
    if agents:
        yield ""
        yield from table(
            ("Agent", "Colours", "Last"),
            [(agent.name or agent.agent, agent_words(agent), last_words(agent)) for agent in agents],
        )
