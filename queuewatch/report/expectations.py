"""Expectations held against a phone system, as text, JSON, JUnit's XML, and annotations for GitHub."""

import json
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from msgspec import Struct
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from queuewatch.failover.model import Snapshot
from queuewatch.failover.wording import listing, plural
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.report.console import printed
from queuewatch.report.formats import workflow_command
from queuewatch.setup.expectations import CheckedExpectation, Holding
from queuewatch.text.instant import utc
from queuewatch.text.plain_text import harmless_lines

_GLYPHS = {Holding.PASS: "good", Holding.FAIL: "bad", Holding.UNCERTAIN: "unknown"}
_WORDS = {Holding.PASS: "pass", Holding.FAIL: "FAIL", Holding.UNCERTAIN: "uncertain"}
_STYLES = {Holding.PASS: "green", Holding.FAIL: "bold red", Holding.UNCERTAIN: "bold yellow"}


class ExpectationReport(Struct, frozen=True):
    """What was expected of a snapshot, and what holds, in the order of the file."""

    snapshot: Snapshot
    checked: tuple[CheckedExpectation, ...]
    uncertain_ok: bool = False

    def count(self, holding: Holding) -> int:
        """How many fare so."""
        return sum(checked.holding is holding for checked in self.checked)

    @property
    def fails(self) -> bool:
        """Whether something does not hold, or is not sure to."""
        return bool(self.count(Holding.FAIL)) or (bool(self.count(Holding.UNCERTAIN)) and not self.uncertain_ok)


def write_expectations(report: ExpectationReport, form: str, console: Console) -> str:
    """The report in this form, without a line break at its end."""
    match form:
        case "json":
            return _as_json(report)
        case "junit":
            return _as_junit(report)
        case "github":
            return _as_github(report)
        case _:
            return _as_text(report, console)


def _as_text(report: ExpectationReport, console: Console) -> str:
    return printed(_blocks(report), console)


def _blocks(report: ExpectationReport) -> Iterable[RenderableType]:
    for checked in report.checked:
        holding = checked.holding
        head = Text(f"{STATE_GLYPHS[_GLYPHS[holding]]} {_WORDS[holding]:<9} ", _STYLES[holding])
        yield head.append(_words(checked), "default not bold")
        if holding is not Holding.PASS:
            yield Padding(Text(checked.sentence), (0, 0, 0, 12))
    yield Text(tally(report), "bold")


def _words(checked: CheckedExpectation) -> str:
    words = checked.expectation.words.removeprefix(checked.expectation.queue)
    return f"{checked.queue.label}{words}"


def tally(report: ExpectationReport) -> str:
    """How many hold."""
    total = len(report.checked)
    if report.count(Holding.PASS) == total:
        return f"{'It holds' if total == 1 else f'All {total} hold'}."
    counts = (
        (Holding.PASS, "holds", "hold"),
        (Holding.FAIL, "fails", "fail"),
        (Holding.UNCERTAIN, "is uncertain", "are uncertain"),
    )
    said = [
        f"{count} {one if count == 1 else many}"
        for holding, one, many in counts
        if (count := report.count(holding))
    ]
    return f"Of {plural(total, 'expectation')} {listing(said)}."


def _as_json(report: ExpectationReport) -> str:
    return json.dumps(
        {
            "domain": report.snapshot.domain,
            "taken_at": utc(report.snapshot.taken_at),
            "expectations": [_document(checked) for checked in report.checked],
            "summary": {str(holding): report.count(holding) for holding in Holding},
        },
        indent=2,
    )


def _document(checked: CheckedExpectation) -> dict[str, object]:
    expectation = checked.expectation
    return {
        "queue": checked.queue.extension,
        "name": checked.queue.name,
        "dark": expectation.dark or None,
        "at": expectation.at.at.isoformat() if expectation.at is not None else None,
        "reaches": list(expectation.reaches),
        "never": list(expectation.never),
        "outcome": list(expectation.outcome),
        "proof": expectation.proof_days,
        "result": checked.holding,
        "sentence": checked.sentence,
        "place": str(expectation.place),
    }


def _as_junit(report: ExpectationReport) -> str:
    counts = {
        "tests": str(len(report.checked)),
        "failures": str(
            report.count(Holding.FAIL) + (0 if report.uncertain_ok else report.count(Holding.UNCERTAIN))
        ),
        "skipped": str(report.count(Holding.UNCERTAIN) if report.uncertain_ok else 0),
    }
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": report.snapshot.domain, **counts})
    for checked in report.checked:
        names = {"classname": harmless_lines(checked.queue.label), "name": harmless_lines(_words(checked))}
        case = ElementTree.SubElement(suite, "testcase", names)
        if checked.holding is Holding.PASS:
            continue
        skipped = checked.holding is Holding.UNCERTAIN and report.uncertain_ok
        told = {"message": harmless_lines(checked.sentence)}
        if not skipped:
            told["type"] = str(checked.holding)
        found = ElementTree.SubElement(case, "skipped" if skipped else "failure", told)
        found.text = harmless_lines(f"{checked.expectation.place}\n{checked.sentence}")
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _as_github(report: ExpectationReport) -> str:
    return "\n".join(_annotations(report.checked, report.uncertain_ok))


def _annotations(all_checked: Sequence[CheckedExpectation], uncertain_ok: bool) -> list[str]:
    return [
        workflow_command(
            "warning" if checked.holding is Holding.UNCERTAIN and uncertain_ok else "error",
            f"{checked.queue.label} {checked.holding}",
            f"{_words(checked)}: {checked.sentence} ({checked.expectation.place})",
        )
        for checked in all_checked
        if checked.holding is not Holding.PASS
    ]
