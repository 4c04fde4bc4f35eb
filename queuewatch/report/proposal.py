"""An edit before it is made, for the person who has to say yes."""

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.change import Proposal
from queuewatch.failover.verdict import ReadinessState
from queuewatch.report.console import printed
from queuewatch.report.wording import READINESS_WORDS

_STATE_STYLES = {
    ReadinessState.READY: "green",
    ReadinessState.NOT_READY: "bold red",
    ReadinessState.UNKNOWN: "bold yellow",
}


def proposal_text(proposal: Proposal, console: Console) -> str:
    """The setting before and after, what becomes of calls, and everything that speaks against it."""
    return printed([_block(proposal)], console)


def _block(proposal: Proposal) -> RenderableType:
    before, after = proposal.judged_before, proposal.judged_after
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=8, style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("Before", Text(proposal.before))
    grid.add_row("After", Text(proposal.after, "bold"))
    grid.add_row("Now", _sentence(before.now.sentence, after.now.sentence))
    grid.add_row("If dark", _readiness(before.readiness.state, after.readiness.state))
    grid.add_row("", _sentence(before.readiness.verdict.sentence, after.readiness.verdict.sentence))
    for note in (*proposal.moved, *proposal.warnings):
        grid.add_row(Text("Note", "yellow"), Text(note))
    for obstacle in proposal.obstacles:
        grid.add_row(Text("Refused", "bold red"), Text(obstacle))
    title = Text(proposal.title, "bold")
    return Group(title, Padding(grid, (0, 0, 0, 2)))


def _readiness(before: ReadinessState, after: ReadinessState) -> Text:
    words = Text(READINESS_WORDS[before], _STATE_STYLES[before])
    if before is after:
        return words.append(", as before", "default")
    return words.append(" → ", "default").append(READINESS_WORDS[after], _STATE_STYLES[after])


def _sentence(before: str, after: str) -> Text:
    return Text(f"{after} (as before)" if before == after else after)
