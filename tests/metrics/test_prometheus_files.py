"""The rules and the dashboard for Prometheus use only what there is, and promtool holds what they do."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from queuewatch.failover.status import Status
from queuewatch.metrics.metrics import Metrics
from queuewatch.metrics.series import FAMILIES
from queuewatch.pbx.phone_system import RequestOutcome
from tests.metrics.scrape import scraped
from tests.metrics.test_metrics import HERE, sales, seen, state

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILES = DOCS / "prometheus"
RULES = (FILES / "alerts.yml").read_text(encoding="utf-8")
PAGE = (DOCS / "metrics.md").read_text(encoding="utf-8")
DASHBOARD = json.loads((FILES / "dashboard.json").read_text(encoding="utf-8"))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
FROM_PROMETHEUS = {"job", "instance", "server"}
"""Labels that are not on every page: Prometheus's own, and the one of two domains of one name."""


def promtool(*arguments: str | Path, given: bytes | None = None) -> None:
    """Let Prometheus's own tool check it."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed here: it comes with Debian's package prometheus")
    done = subprocess.run(["promtool", *arguments], input=given, capture_output=True, timeout=150)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


def test_the_rules_do_what_their_tests_say() -> None:
    promtool("check", "rules", FILES / "alerts.yml")
    promtool("test", "rules", FILES / "alerts_test.yml")


def test_every_rule_is_tested_and_on_the_page() -> None:
    rules = set(re.findall(r"- alert: (\w+)", RULES))
    tests = (FILES / "alerts_test.yml").read_text(encoding="utf-8")
    fired = re.findall(r"alertname: (\w+)\n\s+exp_alerts:", tests)
    assert set(fired) == rules == set(re.findall(r"^\| `(Queuewatch\w+)`", PAGE, re.MULTILINE))


def test_every_expression_of_the_dashboard_is_one(tmp_path: Path) -> None:
    filled_in = [expr.replace("$domain", ".*").replace("$__rate_interval", "5m") for expr in EXPRESSIONS]
    rules = [{"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(filled_in)]
    # JSON is YAML.
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")
    promtool("check", "rules", file)


@pytest.mark.parametrize("text", [RULES, *EXPRESSIONS], ids=lambda text: text[:30])
def test_only_series_and_labels_that_there_are_are_asked_for(text: str) -> None:
    found = scraped(seen(state(sales())))
    names = {name for name, _ in found}
    assert set(re.findall(r"\bqueuewatch_\w+", text)) <= names
    labels = {label for _, of in found for label, _ in of} | FROM_PROMETHEUS
    used = re.findall(r"\$labels\.(\w+)|(\w+)=~?\"", text)
    assert {label for either in used for label in either if label} <= labels
    by = re.findall(r"(?:by|without|on|ignoring) \(([^)]*)\)", text)
    assert {label.strip() for each in by if each for label in each.split(",")} <= labels
    statuses = re.findall(r'status="(\w+)"', text)
    assert set(statuses) <= set(Status)
    outcomes = "|".join(re.findall(r'outcome=~?"([\w|]+)"', text))
    assert set(outcomes.split("|")) - {""} <= set(RequestOutcome)


def test_every_series_is_on_the_page_and_on_the_dashboard() -> None:
    names = {family.name for family in FAMILIES}
    assert set(re.findall(r"^\| `(queuewatch_\w+)`", PAGE, re.MULTILINE)) == names
    assert set(re.findall(r"\bqueuewatch_\w+", " ".join(EXPRESSIONS))) == names
    assert re.findall(r"^\| `(\w+)` \| ", PAGE.split("| `outcome` |")[1], re.MULTILINE)[: len(RequestOutcome)] == [
        *RequestOutcome
    ]


def test_the_page_that_is_scraped_is_as_prometheus_wants_it() -> None:
    metrics = Metrics()
    metrics.see(*HERE, state(sales("unknown grey")))
    registry = CollectorRegistry()
    registry.register(metrics)
    promtool("check", "metrics", given=generate_latest(registry))


def test_panels_are_told_apart_and_lie_beside_each_other() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    covered = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(covered)) == len(covered)
    assert max(x for x, _ in covered) < 24
