"""A drill as Markdown, to be kept and signed."""

from collections.abc import Iterable, Iterator

from queuewatch.report.drill_report import (
    FATE_WORDS,
    TO_SIGN,
    DrillReport,
    begins_words,
    date_words,
    event_times,
    noted,
    supposed_words,
)
from queuewatch.report.markdown import plain, table


def drill_markdown(report: DrillReport) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(report))


def _lines(report: DrillReport) -> Iterator[str]:
    drill = report.drill
    yield "# Failover drill"
    yield ""
    yield f"**{plain(report.summary)}**"
    yield ""
    yield f"- **Phone system:** {plain(', '.join(report.whose))}"
    yield f"- **Date:** {date_words(drill.snapshot.taken_at)}"
    yield f"- **Run by:** {plain(report.run_by)}"
    yield f"- **Supposed:** {plain(supposed_words(drill))}. Nothing was changed."
    if drill.queues:
        yield ""
        yield "## Queues"
        yield ""
        yield from table(
            ("Queue", "Site", "Result", "What happens to a call", "When", "Before"),
            [
                (
                    one.queue.label,
                    one.site,
                    FATE_WORDS[one.fate],
                    one.sentence,
                    begins_words(one),
                    one.before.sentence,
                )
                for one in drill.queues
            ],
        )
    yield ""
    yield "## Timeline"
    yield ""
    yield from table(
        ("Time", "After", "What happens"), [(*event_times(event), event.text) for event in report.timeline]
    )
    yield from _section("What could not be known", noted(report.not_known, "Everything asked for was read."))
    yield from _section("What it rests on", noted(report.assumptions, "Nothing was taken for granted."))
    yield ""
    yield TO_SIGN


def _section(title: str, sentences: Iterable[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    for sentence in sentences:
        yield f"- {plain(sentence)}"
