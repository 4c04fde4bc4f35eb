"""The four forms of a report, against phone systems made by hand."""

import csv
import io
import json
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from msgspec.structs import replace
from rich.console import Console

from queuewatch.failover.drill.power_loss import supposed
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import (
    Agent,
    AgentLogin,
    Forward,
    Part,
    PhoneNumber,
    Problem,
    Queue,
    QueueRules,
    Registration,
    Rule,
    Snapshot,
    TimeFrame,
    User,
)
from queuewatch.failover.schedule.at_time import Moment
from queuewatch.failover.suppose import ALL_DARK, AS_IS, Suppose
from queuewatch.polling.state import LiveState
from queuewatch.report.console import plain_console
from queuewatch.report.status import StatusReport, as_csv, as_json, make_report, worst_first
from queuewatch.report.status_text import as_markdown, as_text
from widgets.verdict_facts import verdict_facts

TAKEN = datetime(2026, 11, 22, 8, 11, 2, 900_000, tzinfo=timezone(timedelta(hours=-6)))


def agent(id: str, name: str, queue: str, order: int, site: str = "") -> Agent:
    return Agent(id, queue, name, registration=Registration.CONNECTED, login=AgentLogin.IN, order=order, site=site)


SALES = Queue("8000", "Sales", site="Dallas", require_agents=True, waiting=1)
NIGHT = Queue("8001", "=Night | [bold]*line*", require_agents=None, waiting=None)
PARK = Queue("8090", "Parking", park=True)

SNAPSHOT = Snapshot(
    "example.com",
    TAKEN,
    queues={"8000": SALES, "8090": PARK, "8001": NIGHT},
    agents={
        "8000": (
            replace(agent("1003@example.com", "Ben Ito", "8000", 2), calls=1),
            agent("1001@example.com", "Ana Lopez", "8000", 1, site="Dallas"),
            replace(agent("1004@example.com", "Cara Singh", "8000", 3, "Austin"), registration=Registration.NONE),
        ),
    },
    rules={
        "8000": QueueRules(
            (
                Rule("Holidays", enabled=False, order=1),
                Rule("*", active=True, offline=Forward(True, ("12145550100", "8001"))),
            )
        ),
    },
    users={"1003": User("1003", "Ben Ito", site="Dallas"), "8001": User("8001", site="Austin", system=True)},
    numbers={},
    attendants=(),
    sites=("Dallas", "Austin"),
    problems=(Problem(Part.USERS, "User row 4 of 4 is a text, not an object: left out."),),
)


def report(suppose: Suppose = AS_IS, *, with_agents: bool = True, snapshot: Snapshot = SNAPSHOT) -> StatusReport:
    return make_report(
        snapshot, snapshot.call_queues, suppose, with_agents=with_agents, title="Example [red]Company"
    )


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    if before is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()


NOTED = [
    "The forward of Sales (8000) names several destinations: the first counts, not =Night | [bold]*line* (8001).",
    "1 caller already waiting in Sales (8000) would not be moved.",
    "Whether anybody answers (214) 555-0100 is not checked.",
]

READY = {
    "outcome": "fails_over",
    "would_fail_over": True,
    "reaches_someone": True,
    "held_open_by": [],
    "path": [
        {
            "at": "queue_8000",
            "outcome": "fails_over",
            "why": "every agent is Grey, so When Offline takes the call",
        },
        {"at": "12145550100", "outcome": "external", "why": "it leaves for an outside number"},
    ],
    "end": {"kind": "external", "target": "12145550100"},
    "sentence": "A call fails over to (214) 555-0100: every agent is Grey, so When Offline takes the call.",
    "assumptions": NOTED,
}

SALES_DOCUMENT = {
    "queue": "8000",
    "name": "Sales",
    "site": "Dallas",
    "require_agents": True,
    "when_offline": {"enabled": True, "destination": "12145550100"},
    "rule_in_effect": "*",
    "waiting": 1,
    "counts": {"green": 1, "red": 1, "grey": 1, "unknown": 0},
    "agents": [
        {
            "id": "1001@example.com",
            "name": "Ana Lopez",
            "status": "green",
            "reason": "ready",
            "site": "Dallas",
        },
        {
            "id": "1003@example.com",
            "name": "Ben Ito",
            "status": "red",
            "reason": "on a call",
            "site": "Dallas",
        },
        {
            "id": "1004@example.com",
            "name": "Cara Singh",
            "status": "grey",
            "reason": "no device connected",
            "site": "Austin",
        },
    ],
    "verdict": {
        "outcome": "rings",
        "would_fail_over": False,
        "reaches_someone": True,
        "held_open_by": ["1001@example.com", "1003@example.com"],
        "path": [{"at": "queue_8000", "outcome": "rings", "why": "1 agent is ready (Ana Lopez)"}],
        "end": {"kind": "agents", "target": "8000"},
        "sentence": "A call rings an agent: 1 agent is ready (Ana Lopez).",
        "assumptions": [],
    },
    "readiness": {"state": "ready", "verdict": READY},
}


THEN = Moment(datetime(2026, 12, 25, 10))


def report_then(at: Moment = THEN) -> StatusReport:
    rules = {
        "8000": QueueRules((Rule("Holidays", order=1, offline=Forward(True, ("8001",))), Rule("*", active=True)))
    }
    snapshot = replace(SNAPSHOT, rules=rules, time_frames={"Holidays": TimeFrame("Holidays", always=True)})
    return make_report(snapshot, (SALES,), at=at, title="Example")


class TestAnotherTime:
    def test_every_form_says_which_time_it_is_about(self) -> None:
        asked = (
            "Asked about Friday, 2026-12-25 10:00, taken as what the clocks show in each queue's own time zone."
        )
        assert asked in " ".join(text_of(report_then()).split())
        assert asked in as_markdown(report_then())
        assert json.loads(as_json(report_then()))["at"] == "2026-12-25T10:00:00"
        (row,) = csv.DictReader(io.StringIO(as_csv(report_then())))
        assert list(row)[-1] == "at"
        assert row["at"] == "2026-12-25T10:00:00"

    def test_an_instant_is_told_in_utc(self) -> None:
        instant = Moment(datetime(2026, 12, 25, 10, 0, 30, tzinfo=timezone(timedelta(hours=-6))))
        assert "Asked about Friday, 2026-12-25 16:00:30 UTC." in as_markdown(report_then(instant))
        assert json.loads(as_json(report_then(instant)))["at"] == "2026-12-25T16:00:30Z"

    def test_the_answers_are_about_then_and_the_settings_are_those_of_now(self) -> None:
        written = text_of(report_then())
        assert "rings then" in written
        assert "  Then      A call rings" in written
        assert "When Offline off · rule in effect Holidays" in written
        assert "| Queue | Site | Then | If dark |" in as_markdown(report_then())
        assert "- **Then:** A call rings" in as_markdown(report_then())

    def test_of_now_nothing_is_said(self) -> None:
        assert "Asked about" not in text_of(report()) + as_markdown(report())
        assert "at" not in json.loads(as_json(report()))


class TestJson:
    def test_a_queue_is_written_exactly_so(self) -> None:
        document = json.loads(as_json(report()))
        assert document["queues"][0] == SALES_DOCUMENT
        assert {key: value for key, value in document.items() if key != "queues"} == {
            "domain": "example.com",
            "taken_at": "2026-11-22T14:11:02Z",
            "problems": ["User row 4 of 4 is a text, not an object: left out."],
        }

    def test_the_keys_keep_their_order(self) -> None:
        queue = json.loads(as_json(report()))["queues"][0]
        assert list(queue) == list(SALES_DOCUMENT)
        assert list(queue["verdict"]) == list(READY)

    def test_what_is_not_known_is_null_and_a_park_is_not_listed(self) -> None:
        queues = json.loads(as_json(report()))["queues"]
        assert [queue["queue"] for queue in queues] == ["8000", "8001"]
        night = queues[1]
        assert night["site"] == "Austin"
        assert (night["require_agents"], night["waiting"], night["rule_in_effect"]) == (None, None, None)
        assert night["when_offline"] is None
        assert night["verdict"]["outcome"] == "uncertain"
        assert night["verdict"]["would_fail_over"] is None
        assert night["verdict"]["reaches_someone"] is None
        assert night["readiness"]["state"] == "unknown"

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            (QueueRules(()), {"enabled": False, "destination": None}),
            (
                QueueRules((Rule("*", offline=Forward(False, ("vmail_8000",))),)),
                {"enabled": False, "destination": "vmail_8000"},
            ),
            (QueueRules((Rule("*", offline=Forward(True)),)), {"enabled": True, "destination": None}),
            (
                QueueRules(
                    (Rule("Open", active=True, offline=Forward(True, ("8001",))), Rule("*", enabled=False))
                ),
                {"enabled": False, "destination": None},
            ),
            (QueueRules(problem="refused"), None),
        ],
    )
    def test_when_offline_is_the_default_rules_own(
        self, rules: QueueRules, expected: dict[str, object] | None
    ) -> None:
        snapshot = replace(SNAPSHOT, rules={"8000": rules})
        assert json.loads(as_json(report(snapshot=snapshot)))["queues"][0]["when_offline"] == expected

    def test_the_rule_in_effect_is_named_by_its_time_frame(self) -> None:
        snapshot = replace(SNAPSHOT, rules={"8000": QueueRules((Rule("Holidays", active=True), Rule("*")))})
        assert json.loads(as_json(report(snapshot=snapshot)))["queues"][0]["rule_in_effect"] == "Holidays"

    def test_a_simulation_leaves_agents_out_and_counts_as_supposed(self) -> None:
        queue = json.loads(as_json(report(ALL_DARK, with_agents=False)))["queues"][0]
        assert "agents" not in queue
        assert queue["counts"] == {"green": 0, "red": 0, "grey": 3, "unknown": 0}
        assert queue["verdict"] == READY

    def test_a_supposed_agent_shows_its_supposed_colour(self) -> None:
        queue = json.loads(as_json(report(Suppose(agents=frozenset({"1003@example.com"})))))["queues"][0]
        assert [(row["status"], row["reason"]) for row in queue["agents"]] == [
            ("green", "ready"),
            ("grey", "supposed offline"),
            ("grey", "no device connected"),
        ]

    def test_it_is_ascii_whatever_the_names(self) -> None:
        snapshot = replace(SNAPSHOT, queues={"8000": replace(SALES, name="Zürich 陳 \ud800")})
        written = as_json(report(snapshot=snapshot))
        assert written.isascii()
        assert json.loads(written)["queues"][0]["name"] == "Zürich 陳 \ud800"


def text_of(reported: StatusReport, width: int = 80, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, markup=False, highlight=False, force_terminal=colour, no_color=not colour
    )
    return as_text(reported, console)


class TestText:
    def test_a_block_says_it_all_in_eighty_columns(self) -> None:
        assert text_of(report()).endswith(
            """
Sales (8000) · Dallas                                  rings now · ready if dark
  Now       A call rings an agent: 1 agent is ready (Ana Lopez).
  If dark   A call fails over to (214) 555-0100: every agent is Grey, so When
            Offline takes the call.
  Settings  Require Agents Yes · When Offline (214) 555-0100
  Waiting   1 caller
  Open by   Ana Lopez (Dallas) and Ben Ito (Dallas)
  Agents    ● Green  Ana Lopez   ready                Dallas
            ◆ Red    Ben Ito     on a call            Dallas
            ○ Grey   Cara Singh  no device connected  Austin
  Rests on  - The forward of Sales (8000) names several destinations: the first
              counts, not =Night | [bold]*line* (8001).
            - 1 caller already waiting in Sales (8000) would not be moved.
            - Whether anybody answers (214) 555-0100 is not checked."""
        )

    def test_the_head_names_whose_it_is_when_and_how_many_are_ready(self) -> None:
        assert text_of(report()).splitlines()[:2] == [
            "Example [red]Company · example.com · 2026-11-22 14:11:02 UTC",
            "2 queues. If the building went dark: 1 ready, 1 not known.",
        ]

    def test_a_supposition_is_said_at_the_top_and_at_every_verdict(self) -> None:
        suppose = supposed(SNAPSHOT, DrillScope(sites=("Dallas",), agents=frozenset({"1004@example.com"})))
        written = text_of(report(suppose, with_agents=False))
        assert "Supposed in the dark: site Dallas and Cara Singh. Nothing is changed." in written
        assert "fails over as supposed · ready if dark" in written
        assert "  Supposed  A call fails over to (214) 555-0100" in written
        assert "  Agents    3 Grey" in written

    def test_with_every_agent_dark_there_is_one_verdict_to_read(self) -> None:
        written = text_of(report(ALL_DARK, with_agents=False))
        assert "Supposed in the dark: every agent." in written
        assert "as supposed" not in written
        assert written.count("A call fails over to (214) 555-0100") == 1

    def test_the_worst_come_first(self) -> None:
        ready = QueueRules((Rule("*", offline=Forward(True, ("12145550100",))),))
        queues = (
            Queue("1", require_agents=True),
            Queue("2", require_agents=True),
            Queue("3", require_agents=False),
            Queue("4", require_agents=True),
            Queue("5", require_agents=True),
        )
        snapshot = replace(
            SNAPSHOT,
            queues={known.extension: known for known in queues},
            agents={name: (agent("1001@example.com", "Ana", name, 1),) for name in ("1", "2")},
            rules={"1": ready, "2": QueueRules((Rule("*"),)), "3": ready, "5": ready},
        )
        assert [found.extension for found in worst_first(report(snapshot=snapshot))] == ["3", "4", "2", "1", "5"]

    def test_no_line_is_wider_than_the_terminal_nor_too_wide_to_read(self) -> None:
        for width, widest in ((60, 60), (80, 80), (200, 100)):
            assert max(len(line) for line in text_of(report(), width).splitlines()) <= widest

    @pytest.mark.parametrize(("said", "width"), [("0", 80), ("1", 80), ("-5", 80), ("wide", 80), ("120", 120)])
    def test_a_width_that_is_none_is_not_believed_of_an_environment(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str, width: int
    ) -> None:
        for name, value in {"COLUMNS": said, "LINES": said}.items():
            monkeypatch.setenv(name, value)
        assert plain_console().width == width

    def test_nothing_is_cut_off_on_a_narrow_terminal(self) -> None:
        together = "".join(text_of(report(), 40).split())
        assert "Whetheranybodyanswers(214)555-0100isnotchecked." in together
        assert "uncertainnow·notknownifdark" in together

    def test_names_are_never_markup_and_colour_is_only_for_terminals(self) -> None:
        assert "\x1b[" not in text_of(report())
        coloured = text_of(report(), colour=True)
        assert "\x1b[" in coloured
        assert "[bold]*line*" in coloured

    def test_a_domain_without_queues_says_so(self) -> None:
        assert "This domain has no call queues." in text_of(report(snapshot=replace(SNAPSHOT, queues={})))


class TestCsv:
    def test_there_is_one_row_for_each_queue_under_the_documented_names(self) -> None:
        rows = list(csv.DictReader(io.StringIO(as_csv(report()))))
        assert len(rows) == 2
        assert rows[0] == {
            "domain": "example.com",
            "taken_at": "2026-11-22T14:11:02Z",
            "queue": "8000",
            "name": "Sales",
            "site": "Dallas",
            "require_agents": "yes",
            "when_offline_enabled": "yes",
            "when_offline_destination": "12145550100",
            "rule_in_effect": "*",
            "waiting": "1",
            "green": "1",
            "red": "1",
            "grey": "1",
            "unknown": "0",
            "outcome": "rings",
            "would_fail_over": "no",
            "reaches_someone": "yes",
            "held_open_by": "1001@example.com 1003@example.com",
            "end_kind": "agents",
            "end_target": "8000",
            "sentence": "A call rings an agent: 1 agent is ready (Ana Lopez).",
            "readiness": "ready",
            "dark_outcome": "fails_over",
            "dark_would_fail_over": "yes",
            "dark_reaches_someone": "yes",
            "dark_held_open_by": "",
            "dark_end_kind": "external",
            "dark_end_target": "12145550100",
            "dark_sentence": READY["sentence"],
            "assumptions": " ".join(NOTED),
        }

    def test_what_is_not_known_is_empty(self) -> None:
        night = list(csv.DictReader(io.StringIO(as_csv(report()))))[1]
        assert night["require_agents"] == night["waiting"] == night["would_fail_over"] == ""

    @pytest.mark.parametrize(
        ("name", "cell"),
        [
            ("=A1", "'=A1"),
            ("+A1", "'+A1"),
            ("-A1", "'-A1"),
            ("@A1", "'@A1"),
            ("\t=A1", "'=A1"),
            ("\r\n=A1", "'=A1"),
            ("A=1", "A=1"),
            ('A "quoted", name', 'A "quoted", name'),
        ],
    )
    def test_no_cell_is_a_formula(self, name: str, cell: str) -> None:
        snapshot = replace(SNAPSHOT, queues={"8000": replace(SALES, name=name)})
        assert next(csv.DictReader(io.StringIO(as_csv(report(snapshot=snapshot)))))["name"] == cell


class TestMarkdown:
    def test_a_table_of_all_queues_worst_first_then_a_section_for_each(self) -> None:
        written = as_markdown(report())
        assert "| Queue | Site | Now | If dark | Require Agents | When Offline |" in written
        assert "| Sales (8000) | Dallas | rings | ready | Yes | (214) 555-0100 |" in written
        assert "- **If dark:** A call fails over to (214) 555-0100" in written
        assert "- **Held open by:** Ana Lopez (Dallas) and Ben Ito (Dallas)" in written
        assert "| Ana Lopez | Green | ready | Dallas |" in written
        assert written.index("8001") < written.index("## Sales (8000)")

    def test_names_are_neither_markdown_nor_html(self) -> None:
        queue = replace(SALES, name="<b>A|B</b> *x* [y](z) `c`")
        written = as_markdown(report(snapshot=replace(SNAPSHOT, queues={"8000": queue})))
        assert "<b>" not in written.replace("\\<b\\>", "")
        assert "A\\|B" in written
        assert "\\*x\\* \\[y\\](z) \\`c\\`" in written

    def test_a_simulation_says_what_is_supposed_and_leaves_agents_out(self) -> None:
        written = as_markdown(report(supposed(SNAPSHOT, DrillScope(sites=("Dallas",))), with_agents=False))
        assert "Supposed in the dark: site Dallas." in written
        assert "| Queue | Site | Supposed |" in written
        assert "| Agent |" not in written

    def test_a_domain_without_queues_says_so(self) -> None:
        assert as_markdown(report(snapshot=replace(SNAPSHOT, queues={}))).endswith(
            "This domain has no call queues."
        )


def test_a_second_way_into_a_queue_is_told_in_every_form() -> None:
    """A number leads straight into Sales, whose calls are diverted to a mailbox that is not there."""
    number = PhoneNumber("12145550177", "to-callqueue", "8000")
    diverting = Rule(
        "*", active=True, always=Forward(True, ("vmail_7777",)), offline=Forward(True, ("12145550100",))
    )
    snapshot = replace(SNAPSHOT, rules={"8000": QueueRules((diverting,))}, numbers={"2145550177": number})
    told = make_report(snapshot, (SALES,))
    sales = json.loads(as_json(told))["queues"][0]
    assert sales["verdict"]["outcome"] == "diverted"
    assert sales["verdict"]["direct"] == {
        "outcome": "rings",
        "end": {"kind": "agents", "target": "8000"},
        "reaches_someone": True,
    }
    assert sales["readiness"]["state"] == "unknown"
    assert sales["readiness"]["verdict"]["reaches_someone"] is False
    assert sales["readiness"]["verdict"]["direct"]["outcome"] == "fails_over"
    words = "(214) 555-0177 leads straight into the queue"
    assert words in " ".join(as_text(told, Console(width=100)).split())
    assert f"- **Directly:** {words}" in as_markdown(told)
    watched = LiveState(snapshot, judgements=told.judgements)
    directly = next(fact for fact in verdict_facts(watched, SALES) if fact.label == "Directly")
    assert words in "".join(span.text for span in directly.spans)
