"""A plan before it is carried out, and what became of it, in each form it can have."""

import json
from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from queuewatch.change import Proposal, wanted
from queuewatch.failover.model import Queue
from queuewatch.failover.verdict import Judgement, ReadinessState
from queuewatch.failover.wording import listing, plural
from queuewatch.journal import Held, RequireAgents, WhenOffline, setting_of
from queuewatch.report.console import printed
from queuewatch.report.wording import READINESS_WORDS
from queuewatch.setup.carry_out import CarriedOut, MadeChange
from queuewatch.setup.plan import SetupPlan, fare, held_now

_STATE_STYLES = {
    ReadinessState.READY: "green",
    ReadinessState.NOT_READY: "bold red",
    ReadinessState.UNKNOWN: "bold yellow",
}
MOST_NAMED = 12
"""Queues that a line names."""


def plan_json(plan: SetupPlan) -> str:
    """The plan as a document."""
    return json.dumps(
        {
            "changes": [_change(plan, proposal) for proposal in plan.changes],
            "refused": [{**_change(plan, refused.proposal), "why": refused.why} for refused in plan.refused],
            "not_in_file": [queue.extension for queue in plan.not_in_file],
        },
        indent=2,
    )


def _change(plan: SetupPlan, proposal: Proposal) -> dict[str, object]:
    after = wanted(proposal.change)
    return {
        "queue": proposal.queue.extension,
        "setting": setting_of(after),
        "before": _value(held_now(plan.now, proposal.queue, proposal.change)),
        "after": _value(after),
        "readiness_before": proposal.judged_before.readiness.state,
        "readiness_after": proposal.judged_after.readiness.state,
    }


def _value(held: Held) -> object:
    """As it stands in a file; ``None`` for what cannot be read, and where there is no Default rule."""
    match held:
        case RequireAgents(on):
            return on
        case WhenOffline(forward):
            if forward is None:
                return False
            if not forward.readable:
                return None
            if not forward.enabled or not forward.destinations:
                return False
            return forward.destinations[0] if len(forward.destinations) == 1 else list(forward.destinations)


def plan_text(plan: SetupPlan, console: Console) -> str:
    """What is to be changed, the queues that fare worst first, what is refused, and what else is touched."""
    return printed(_blocks(plan), console)


def _blocks(plan: SetupPlan) -> Iterable[RenderableType]:
    yield Text(summary(plan))
    for queue in plan.queues:
        own = [proposal for proposal in plan.changes if proposal.queue.extension == queue.extension]
        yield Text()
        yield _queue(queue, own)
    for affected in plan.affected:
        yield Text()
        yield _titled(affected.queue, affected.before, affected.after, "is not set, and calls of it come there: ")
        yield Padding(Text(affected.after.readiness.verdict.sentence), (0, 0, 0, 2))
    for refused in plan.refused:
        yield Text()
        yield Text.assemble(("Refused  ", "bold red"), refused.why)
    if plan.not_in_file:
        names = listing((queue.label for queue in plan.not_in_file), MOST_NAMED)
        yield Text(f"\nNot in the file, and left as they are: {names}.")


def summary(plan: SetupPlan) -> str:
    """How much there is to change, in a sentence."""
    if plan.sets_nothing:
        return f"No difference: nothing is asked for that could be compared with {plan.now.domain}."
    refused = f" {plural(len(plan.refused), 'difference')} refused." if plan.refused else ""
    if not plan.changes:
        return (
            f"No difference that can be made to {plan.now.domain}.{refused}"
            if refused
            else (f"No difference: {plan.now.domain} is set as it should be.")
        )
    worse = f", {len(plan.worse)} worse off than now" if plan.worse else ""
    queues = plural(len(plan.queues), "queue")
    return f"{plural(len(plan.changes), 'change')} to {queues} of {plan.now.domain}{worse}.{refused}"


def _queue(queue: Queue, proposals: Sequence[Proposal]) -> RenderableType:
    before, after = proposals[0].judged_before, proposals[0].judged_after
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=14, style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    for proposal in proposals:
        grid.add_row(proposal.setting, Text(f"{proposal.before} → ").append(proposal.after, "bold"))
    if fare(after) < fare(before) or after.readiness.state is not ReadinessState.READY:
        grid.add_row("If dark", Text(after.readiness.verdict.sentence))
    for warning in dict.fromkeys(warning for proposal in proposals for warning in proposal.warnings):
        grid.add_row(Text("Note", "yellow"), Text(warning))
    for obstacle in dict.fromkeys(words for proposal in proposals for words in proposal.obstacles):
        grid.add_row(Text("Forced", "bold red"), Text(obstacle))
    return Group(_titled(queue, before, after, ""), Padding(grid, (0, 0, 0, 2)))


def _titled(queue: Queue, before: Judgement, after: Judgement, words: str) -> Text:
    was, will_be = before.readiness.state, after.readiness.state
    title = Text(queue.label, "bold").append(f"  {words}", "default not bold")
    if was is will_be:
        return title.append(f"{READINESS_WORDS[was]}, as before", "default not bold")
    title.append(f"{READINESS_WORDS[was]} → ", "default not bold")
    return title.append(READINESS_WORDS[will_be], _STATE_STYLES[will_be])


def change_words(proposal: Proposal) -> str:
    """``Require Agents of Sales (8000): No → Yes``."""
    return f"{proposal.subject}: {proposal.before} → {proposal.after}"


def carried_out_lines(carried_out: CarriedOut) -> Iterable[str]:
    """What was done and what was not, for the end."""
    done = len(carried_out.done)
    total = done + len(carried_out.failed) + len(carried_out.left) + (carried_out.under_way is not None)
    if carried_out.ok:
        every = "It was" if total == 1 else f"All {total} changes were"
        yield f"{every} made."
    else:
        yield f"{done} of {plural(total, 'change')} {'was' if done == 1 else 'were'} made."
    for made in carried_out.failed:
        yield f"Not as wished: {_with_hint(made)}"
    if carried_out.under_way is not None:
        yield f"Broken off, and not known: {change_words(carried_out.under_way)}"
    for proposal in carried_out.left:
        yield f"Not made: {change_words(proposal)}"
    if carried_out.group:
        yield f"To take all of it back: queuewatch undo --group {carried_out.group}"


def in_a_line(carried_out: CarriedOut, undo: str = "") -> str:
    """The same for a line of a screen. ``undo`` says how it is taken back, before what may be cut off."""
    first, *rest = carried_out_lines(carried_out)
    done = f"{first.removesuffix('.')}{f' · {undo}' if undo else ''}"
    if carried_out.ok:
        return done
    trouble = [line for line in rest if line.startswith(("Not as wished", "Broken off"))]
    return ". ".join([done, *trouble[:1]])


def _with_hint(made: MadeChange) -> str:
    return f"{made.result.sentence} {made.result.hint}".rstrip()
