"""Pages: whole, standing alone, harmless, and saying first what matters."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from queuewatch.failover.destination import EndKind
from queuewatch.failover.drill.drill import drill
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.history.period import Period
from queuewatch.history.state import HistoryState, QueueState
from queuewatch.history.statistics import Episode, Statistics
from queuewatch.report.audit import make_audited
from queuewatch.report.drill import make_drill_report
from queuewatch.report.html.drawing import BAR, call_way, chunks, period_bar
from queuewatch.report.html.pages import audit_html, drill_html, status_html
from queuewatch.report.status import make_report
from tests.cli.conftest import Run
from tests.cli.conftest import environment as environment_fixture
from tests.cli.conftest import run as run_fixture
from tests.failover.build import CELL, agent, default, office, to
from tests.failover.systems import snapshots
from tests.report.test_report import NIGHT, SALES, SNAPSHOT

run, environment = run_fixture, environment_fixture

STATE = QueueState("Sales", Outcome.RINGS, True, ReadinessState.READY, EndKind.AGENTS, "8000", 2, "A call rings.")

ALONE = frozenset({"meta", "br", "hr"})
"""Elements that have no end."""


class Page(HTMLParser):
    """What a page is made of; complains of an element that is not ended in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ALONE:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self._open and "title" not in self._open:
            self.words.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def stands_alone(text: str) -> Page:
    assert text.isascii()
    assert text.startswith("<!doctype html>")
    page = Page(text)
    names = {name for name, _ in page.elements}
    assert not names & {"script", "link", "img", "iframe", "object", "base", "form", "a"}
    assert not re.search(r"url\((?!#)|@import|javascript:", text)
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("href", "src") for name in attributes)
    assert [attributes.get("lang") for attributes in page.all("html")] == ["en"]
    assert len(page.all("h1")) == 1
    drawings = page.all("svg")
    assert all(("aria-label" in drawing) != ("aria-hidden" in drawing) for drawing in drawings)
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    assert all(below - above <= 1 for above, below in pairwise(levels)), "no level of headings is left out"
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    return page


@settings(max_examples=25)
@given(snapshots())
def test_every_page_of_every_phone_system_stands_alone(snapshot: Snapshot) -> None:
    report = make_report(snapshot, snapshot.call_queues)
    page = stands_alone(status_html(report))
    for queue in snapshot.call_queues:
        assert " ".join(queue.label.split()) in page.words
    stands_alone(audit_html(make_audited(report)))
    stands_alone(drill_html(make_drill_report(drill(snapshot, DrillScope(everything=True)), run_by="<me>")))


def test_what_comes_from_outside_is_text() -> None:
    report = make_report(SNAPSHOT, (SALES, NIGHT), title="<b>&\u202eevil")
    text = status_html(report)
    assert "<b>&" not in text
    assert "&lt;b&gt;&amp;" in text
    assert "&#8238;" not in text
    assert "=Night | [bold]*line* (8001)" in stands_alone(text).words


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (
            ("status", "--sample", "harbor"),
            [
                "Yard Gate (8110): callers reach nobody now",
                "What to do:",
                "Set When Offline, then Require Agents to Yes.",
            ],
        ),
        (
            ("drill", "--sample", "lakeside", "--site", "Dallas"),
            ["Referrals (8006): callers would reach nobody", "What to do:", "Set Require Agents to Yes"],
        ),
        (
            ("drill", "--sample", "lakeside", "--all-sites"),
            ["Referrals (8006): callers would reach nobody with Dallas dark", "Set Require Agents to Yes"],
        ),
        (("check", "--sample", "harbor"), ["Dispatch (8100)", "What to do:"]),
        (
            ("report", "--sample", "lakeside"),
            ["Referrals (8006): callers would reach nobody", "Set Require Agents to Yes"],
        ),
        (("fleet", "--sample"), ["Beacon Plumbing: callers reach nobody"]),
        (
            ("history", "--sample", "lakeside", "--since", "7d"),
            ["Referrals (8006): callers reached nobody"],
        ),
    ],
    ids=["status", "drill", "matrix", "check", "report", "fleet", "history"],
)
def test_without_its_style_sheet_a_page_still_says_first_who_reaches_nobody_and_what_to_do(
    run: Run, words: tuple[str, ...], first: list[str]
) -> None:
    ran = run(*words, "--format", "html")
    assert ran.status in (0, 1)
    told = stands_alone(ran.out).words[:16]
    for sentence in first:
        assert any(sentence in part for part in told), (sentence, told)


def test_moments_stay_on_a_line_and_sentences_have_room_beside_them(run: Run) -> None:
    page = stands_alone(run("drill", "--sample", "lakeside", "--site", "Dallas", "--format", "html").out)
    cells = [(tag, attributes.get("class")) for tag, attributes in page.elements if tag in ("th", "td")]
    assert [tag for tag, tone in cells if tone == "long"] == ["td"] * 2 * 7, "what happens, and what did before"
    assert ("th", "time") in cells
    history = run("history", "--sample", "lakeside", "--since", "7d", "--changes", "--format", "html").out
    assert re.search(r'<th scope="row" class="time">[^<]*2026-11-17', history)
    assert '<td class="long">A call' in history


def test_a_page_says_who_wrote_it_below_the_signature_with_nothing_between_them(run: Run) -> None:
    # Paper that ends there would else have that one line on a page of its own.
    written = run("report", "--sample", "lakeside").out
    assert re.search(r"<span>Date</span></div>\n<footer>\n<p>Written by [^<]*</p>\n</footer>\n</main>", written)


@pytest.mark.parametrize("command", ["status", "check", "report"])
def test_a_command_that_is_pasted_reaches_the_phone_system_that_was_read(run: Run, command: str) -> None:
    page = run(command, "--sample", "harbor", "--format", "html").out
    pasted = re.findall(r"queuewatch (?:require-agents|when-offline) [^<\n]+", page)
    assert pasted
    assert [one for one in pasted if not one.endswith(" --sample harbor")] == []


def test_a_queue_with_everything_in_order_is_told_so(run: Run) -> None:
    page = stands_alone(run("status", "8000", "--sample", "lakeside", "--format", "html").out)
    assert any("also if the building went dark" in words for words in page.words)
    assert not any("What to do:" in words for words in page.words)


def test_what_is_not_known_now_is_no_assurance() -> None:
    queue = Queue("8000", "Sales", require_agents=True)
    on_dnd = replace(agent("green", name="Ana Lopez"), status_message="Do Not Disturb")
    snapshot = office(queue, agents=[on_dnd], rules={"8000": [default(offline=to(CELL))]})
    report = make_report(snapshot, (queue,))
    assert report.judgements["8000"].readiness.state is ReadinessState.READY
    words = stands_alone(status_html(report)).words
    assert any("Sales (8000): whether a call reaches someone now is not known" in one for one in words)
    assert not any("would reach someone" in one for one in words)


def test_a_domain_without_queues_is_assured_of_nothing(run: Run, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "sample_data" / "riverside", tmp_path / "nobody")
    for name, nothing in (("callqueues", "[]"), ("agents", "[]"), ("answerrules", "{}")):
        (tmp_path / "nobody" / f"{name}.json").write_text(nothing)
    for command in ("report", "status"):
        words = stands_alone(run(command, "--sample", str(tmp_path / "nobody"), "--format", "html").out).words
        assert any("This domain has no call queues." in one for one in words)
        assert not any("would reach someone" in one for one in words)


def test_the_way_of_a_call_ends_in_a_box_that_says_whether_somebody_is_reached() -> None:
    report = make_report(SNAPSHOT, (SALES, NIGHT))
    for queue in (SALES, NIGHT):
        verdict = report.judgements[queue.extension].readiness.verdict
        way = call_way(SNAPSHOT, verdict)
        assert [box.tone for box in way.boxes[:-1]] == ["plain"] * (len(verdict.path) - 1)
        assert way.boxes[-1].tone == {True: "good", False: "bad", None: "doubt"}[verdict.reaches_someone]
        below = [box.top for box in way.boxes[1:]]
        assert all(box.top + box.height < top for box, top in zip(way.boxes, below, strict=False))
        assert way.boxes[-1].top + way.boxes[-1].height <= way.height


def test_what_reached_nobody_is_seen_however_short_it_was() -> None:
    begun = datetime(2026, 11, 1, tzinfo=UTC)
    lengths = {HistoryState.RINGS: timedelta(days=20), HistoryState.NOBODY: timedelta(seconds=30)}
    told: list[Episode[QueueState, HistoryState]] = []
    for kind in (HistoryState.RINGS, HistoryState.NOBODY, HistoryState.RINGS):
        at = told[-1].ended if told else begun
        told.append(Episode(kind, at, at + lengths[kind], lengths[kind], True, STATE))
    period = Period(begun, told[-1].ended)
    spans = period_bar(Statistics("8000", "Sales", period, (), tuple(told), {}))
    assert [span.tone for span in spans] == ["good", "good", "bad"], "drawn last, so that nothing covers it"
    assert spans[-1].width >= 4
    assert all(span.left >= 0 and span.left + span.width <= BAR + 5 for span in spans)


def test_columns_are_parted_into_tables_that_fit_on_paper() -> None:
    sites = [f"Site {number}" for number in range(13)]
    assert [len(table) for table in chunks(sites)] == [5, 5, 3]
    assert [name for table in chunks(sites) for name in table] == sites
    assert chunks(()) == ()


def test_a_report_says_what_each_site_would_bring_and_has_the_same_facts_in_each_form(run: Run) -> None:
    page = " ".join(stands_alone(run("report", "--sample", "lakeside").out).words)
    markdown = run("report", "--sample", "lakeside", "--format", "markdown").out
    document = json.loads(run("report", "--sample", "lakeside", "--format", "json").out)
    assert [site["site"] for site in document["sites"]] == ["Dallas", "Austin", "Remote"]
    for site in document["sites"]:
        assert site["sentence"] in page
        assert site["sentence"] in markdown
    assert document["audit"]["summary"]["error"] == 1
    assert document["history"]["queues"]
    for heading in ("Open findings", "Proofs and drills", "Uptime", "Changes made", "What it rests on"):
        assert heading in page
        assert heading in markdown


def test_a_report_is_written_to_a_file_and_a_folder_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "failover.html"
    ran = run("report", "--sample", "lakeside", "--out", str(file))
    assert (ran.status, ran.out) == (0, f"Written to {file}\n")
    stands_alone(file.read_text(encoding="ascii"))
    assert run("report", "--sample", "lakeside", "--out", str(tmp_path)).status == 2
