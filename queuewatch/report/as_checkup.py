"""A checkup for people and for programs."""

import json
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from queuewatch import __version__
from queuewatch.failover.words import plural
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.pbx.checks import Check, CheckState
from queuewatch.report.as_text import WIDEST

_NAME_WIDTH = 15
_GLYPHS = {
    CheckState.GOOD: STATE_GLYPHS["good"],
    CheckState.BAD: STATE_GLYPHS["bad"],
    CheckState.UNSURE: STATE_GLYPHS["unknown"],
    CheckState.SKIPPED: "–",
}
_STYLES = {
    CheckState.GOOD: "green",
    CheckState.BAD: "bold red",
    CheckState.UNSURE: "yellow",
    CheckState.SKIPPED: "bright_black",
}


def check_text(check: Check, console: Console) -> str:
    """One check, as this console would show it."""
    said: list[RenderableType] = [Text(check.sentence)]
    said += [Text(f"- {detail}", "bright_black") for detail in check.details]
    if check.remedy:
        said.append(Text(f"{STATE_GLYPHS['onward']} {check.remedy}"))
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=1, no_wrap=True)
    grid.add_column(width=_NAME_WIDTH, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(_GLYPHS[check.state], _STYLES[check.state]), Text(check.name, "bold"), Group(*said))
    with console.capture() as captured:
        console.print(grid, width=min(console.width, WIDEST))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def summary(checks: Sequence[Check]) -> str:
    """How many checks came out how."""
    words = {
        CheckState.GOOD: "good",
        CheckState.BAD: "failed",
        CheckState.UNSURE: "to look at",
        CheckState.SKIPPED: "skipped",
    }
    states = [check.state for check in checks]
    counted = [f"{states.count(state)} {word}" for state, word in words.items() if state in states]
    return f"{plural(len(checks), 'check')}: {', '.join(counted)}."


def as_json(checks: Sequence[Check], status: int) -> str:
    """The checkup as one JSON document, in ASCII."""
    return json.dumps(document(checks, status), indent=2)


def document(checks: Sequence[Check], status: int) -> dict[str, object]:
    """The document before it is written."""
    return {
        "queuewatch": __version__,
        "exit_status": status,
        "checks": [
            {
                "name": check.name,
                "state": check.state.value,
                "sentence": check.sentence,
                "remedy": check.remedy,
                "details": list(check.details),
            }
            for check in checks
        ],
    }
