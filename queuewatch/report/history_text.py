"""A history for people at a terminal: one block for each queue, with its period as a line of signs."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.history.state import HistoryState
from queuewatch.history.statistics import NOTHING, AgentAccount, Statistics
from queuewatch.history.timeline import LEGEND, NOT_KNOWN, NOT_WATCHED, Sign, agent_signs, even_edges, queue_signs
from queuewatch.history.wording import agent_words, headline, left_out_words, long, percent, split_words, times
from queuewatch.report.console import WIDEST, printed
from queuewatch.report.formats import plain, table
from queuewatch.report.history import (
    LEFT_OUT_MEANS,
    UPTIME_MEANS,
    HistoryReport,
    change_words,
    day_words,
    last_words,
    period_words,
    quiet_words,
    summary,
    uptime,
)

_STYLES = {
    "green": "green",
    "warn": "yellow",
    "bad": "bold red",
    "red": "red",
    "grey": "bright_black",
    "unknown": "bold yellow",
    "muted": "bright_black",
}
_LABEL_WIDTH = 9
_INDENT = 2


def history_text(report: HistoryReport, console: Console) -> str:
    """The report as this console would show it, without a line break at its end."""
    width = min(console.width, WIDEST)
    edges = even_edges(report.past.period, max(10, width - _INDENT - _LABEL_WIDTH - 2))
    blocks: list[RenderableType] = [_head(report)]
    if any(account.watched for account in report.past.accounts):
        blocks += [_block(report, account, edges, width) for account in report.past.accounts]
        blocks.append(_legend(report, edges))
    if report.quiets:
        blocks.append(_quiet(report))
    return printed(blocks, console, apart=True)


def _head(report: HistoryReport) -> RenderableType:
    return Group(
        Text(" · ".join(("History", *report.whose)), "bold"),
        Text(f"{period_words(report)}. {summary(report)}"),
    )


def _block(report: HistoryReport, account: Statistics, edges: Sequence[datetime], width: int) -> RenderableType:
    name, answer = Text(account.label, "bold"), Text(f"uptime {uptime(account)}", _uptime_style(account))
    room = width - name.cell_len - answer.cell_len
    rows: list[tuple[str, RenderableType]] = [("", _line(queue_signs(account, edges)))]
    rows.append(("In short", Text(headline(account))))
    if split := split_words(account):
        rows.append(("Calls", Text(f"{split[:1].upper()}{split[1:]}.")))
    if left_out := left_out_words(account):
        rows.append(("Left out", Text(f"{left_out}.")))
    agents = report.past.agents_of(account.queue) if report.with_agents else ()
    if agents:
        rows.append(("Agents", _agents(agents, edges)))
    parts: list[RenderableType] = [Text.assemble(name, " " * room if room > 1 else "\n", answer), _grid(rows)]
    if report.with_changes and account.episodes:
        parts.append(_changes(account))
    return Group(*parts)


def _quiet(report: HistoryReport) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for subject, words in quiet_words(report):
        grid.add_row(Text(subject), Text(words))
    return Group(Text("Quiet: nobody was told of alerts", "bold"), Padding(grid, (0, 0, 0, _INDENT)))


def _uptime_style(account: Statistics) -> str:
    if not account.known:
        return "bright_black"
    return "bold red" if account.times.get(HistoryState.NOBODY) else "green"


def _line(signs: Sequence[Sign]) -> Text:
    line = Text(no_wrap=True)
    for glyph, style in signs:
        line.append(glyph, _STYLES[style])
    return line


def _changes(account: Statistics) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(no_wrap=True, justify="right", style="bright_black")
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(overflow="fold")
    for begun, lasted, words, sentence in change_words(account):
        grid.add_row(Text(begun), Text(lasted), Text.assemble((words, "bold"), f"  {sentence}"))
    return Group(
        Padding(Text("Changes", "bright_black"), (0, 0, 0, _INDENT)), Padding(grid, (0, 0, 0, 2 * _INDENT))
    )


def _agents(agents: Sequence[AgentAccount], edges: Sequence[datetime]) -> RenderableType:
    def lines() -> Iterator[RenderableType]:
        for agent in agents:
            last = last_words(agent)
            yield Text.assemble((agent.name or agent.agent, "bold"), f"  {last}" if last else "")
            yield _line(agent_signs(agent, edges))
            words = agent_words(agent)
            yield Text(f"{words[:1].upper()}{words[1:]}.")

    return Group(*lines())


def _legend(report: HistoryReport, edges: Sequence[datetime]) -> RenderableType:
    signs = ", ".join(f"{sign.glyph} {words}" for sign, words in LEGEND)
    each = long(edges[1] - edges[0])
    texts = [Text(f"Each sign is {each}: {signs}.")]
    if report.with_agents:
        texts.append(
            Text(
                f"Of an agent, the colour of most of it: █ Green, ▓ Red, ░ Grey, {NOT_KNOWN.glyph} not known, "
                f"{NOT_WATCHED.glyph} not watched."
            )
        )
    return Group(*texts, Text(f"{UPTIME_MEANS} {LEFT_OUT_MEANS}"))


def _grid(rows: Sequence[tuple[str, RenderableType]]) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=_LABEL_WIDTH, style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return Padding(grid, (0, 0, 0, _INDENT))


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
    watched = [account for account in past.accounts if account.watched]
    if not watched:
        yield from _quiet_table(report)
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
        [_row(account) for account in past.accounts],
    )
    for account in watched:
        yield from _section(report, account)
    yield from _quiet_table(report)
    yield ""
    yield "## How it is reckoned"
    yield ""
    yield f"{UPTIME_MEANS} {LEFT_OUT_MEANS} No share is rounded up."


def _quiet_table(report: HistoryReport) -> Iterator[str]:
    if report.quiets:
        yield from ("", "## Quiet: nobody was told of alerts", "")
        rows: list[tuple[str, ...]] = list(quiet_words(report))
        yield from table(("What", "When and why"), rows)


def _row(account: Statistics) -> tuple[str, ...]:
    failed, nobody = account.episodes_of(HistoryState.FAILS_OVER), account.times.get(HistoryState.NOBODY, NOTHING)
    agents, sent = (
        sum((account.times.get(standing, NOTHING) for standing in standings), NOTHING)
        for standings in (
            (HistoryState.RINGS, HistoryState.WAITS),
            (HistoryState.FAILS_OVER, HistoryState.SENT_ON),
        )
    )
    return (
        account.label,
        uptime(account),
        long(account.watched),
        times(len(failed)) if failed else "never",
        long(max(episode.lasted for episode in failed)) if failed else "",
        long(nobody) if nobody else "never" if account.known else "",
        percent(agents, account.known),
        percent(sent, account.known),
    )


def _section(report: HistoryReport, account: Statistics) -> Iterator[str]:
    yield ""
    yield f"## {plain(account.label)}"
    yield ""
    yield plain(headline(account))
    yield ""
    yield f"- **Calls:** {split_words(account) or 'not known'}"
    yield f"- **Left out:** {left_out_words(account) or 'nothing'}"
    if report.with_changes and account.episodes:
        yield ""
        yield from table(("From", "For", "What", "Why"), list(change_words(account)))
    agents = report.past.agents_of(account.queue) if report.with_agents else ()
    if agents:
        yield ""
        yield from table(
            ("Agent", "Colours", "Last"),
            [(agent.name or agent.agent, agent_words(agent), last_words(agent)) for agent in agents],
        )
