"""What a message says to people and to programs; names from a phone system stay text."""

import json
from datetime import timedelta
from typing import Any

import pytest

from queuewatch.alerts.alert import Alert, Message
from queuewatch.alerts.chat import MOST_LINES, document_in, shape_for
from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.documents import alert_document
from queuewatch.alerts.receivers import body_of, variables_of
from queuewatch.profiles.alert_rules import AlertKind, WebhookFormat
from tests.alerts.states import alert, recovered
from tests.failover.build import NOON

HOSTILE = "<!channel> & [x](https://evil.example) *b* <https://evil.example|y>"


def message(*alerts: Alert) -> Message:
    return Message("acme", alerts)


@pytest.mark.parametrize(
    ("alerts", "title"),
    [
        ((alert(),), "fails over 8000"),
        ((alert(), alert(queue="8001")), "2 queues fail over: Q8000 and Q8001"),
        ((alert(), alert(AlertKind.NOT_READY, "8001")), "fails over 8000 (and 1 other alert)"),
        ((alert(AlertKind.REACHES_NOBODY), alert()), "reaches nobody 8000"),
        ((alert(), recovered()), "fails over 8000 (and 1 other alert)"),
        (
            tuple(recovered(queue=str(8000 + nth)) for nth in range(5)),
            "5 queues no longer fail over: Q8000, Q8001 and 3 more",
        ),
        ((alert(AlertKind.UNREACHABLE, ""), alert(AlertKind.NOT_READY)), "unreachable  (and 1 other alert)"),
        ((alert(queue="8000", name=""), alert(queue="8001")), "2 queues fail over: 8000 and Q8001"),
    ],
)
def test_a_title_says_the_worst_and_how_much_more_there_is(alerts: tuple[Alert, ...], title: str) -> None:
    assert message(*alerts).title == title


def test_the_document_of_an_alert_is_a_contract() -> None:
    one = alert(
        AlertKind.FAILS_OVER,
        site="Dallas",
        since=NOON - timedelta(seconds=30),
        outcome="fails_over",
        readiness="ready",
        held_open_by=("a@x", "b@x"),
    )
    assert list(alert_document("acme", one).items()) == [
        ("kind", "fails_over"),
        ("profile", "acme"),
        ("domain", "example.com"),
        ("queue", "8000"),
        ("name", "Q8000"),
        ("site", "Dallas"),
        ("at", "2026-11-22T12:00:00Z"),
        ("since", "2026-11-22T11:59:30Z"),
        ("condition", "fails_over"),
        ("lasted", None),
        ("sentence", "fails over 8000."),
        ("outcome", "fails_over"),
        ("readiness", "ready"),
        ("held_open_by", ["a@x", "b@x"]),
        ("quiet", None),
    ]


def test_what_is_over_and_what_is_about_the_whole_domain() -> None:
    over = alert_document("acme", recovered())
    assert (over["kind"], over["condition"], over["lasted"], over["since"]) == (
        "recovered",
        "fails_over",
        720,
        None,
    )
    away = alert_document("acme", alert(AlertKind.UNREACHABLE, ""))
    assert [away[key] for key in ("queue", "name", "site", "condition", "outcome")] == [None] * 5


def test_a_command_reads_the_whole_message_and_finds_the_worst_in_its_environment() -> None:
    told = message(alert(AlertKind.REACHES_NOBODY), alert(), alert(queue="8001", name="a\nb\x1b[2J"))
    document = json.loads(body_of(told))
    assert [one["kind"] for one in document["alerts"]] == ["reaches_nobody", "fails_over", "fails_over"]
    assert (document["text"], document["domain"]) == (told.title, "example.com")
    assert variables_of(message(alert(queue="8001", name="a\nb\x1b[2J", site="Dallas"))) == {
        "QUEUEWATCH_ALERT_KIND": "fails_over",
        "QUEUEWATCH_ALERT_TEXT": "fails over 8001",
        "QUEUEWATCH_ALERT_SENTENCE": "fails over 8001.",
        "QUEUEWATCH_ALERT_PROFILE": "acme",
        "QUEUEWATCH_ALERT_DOMAIN": "example.com",
        "QUEUEWATCH_ALERT_QUEUE": "8001",
        "QUEUEWATCH_ALERT_NAME": "a b[2J",
        "QUEUEWATCH_ALERT_SITE": "Dallas",
        "QUEUEWATCH_ALERT_QUEUES": "8001",
        "QUEUEWATCH_ALERT_AT": "2026-11-22T12:00:00Z",
        "QUEUEWATCH_ALERT_COUNT": "1",
    }


def test_slack_is_given_no_markup_of_anybody_elses() -> None:
    document: Any = document_in(WebhookFormat.SLACK, message(alert(headline=HOSTILE, sentence=HOSTILE)))
    written = json.dumps(document)
    assert "<" not in written
    assert ">" not in written
    assert str(document["text"]).startswith("&lt;!channel&gt; &amp; ")
    texts = [block.get("text") or block["elements"][0] for block in document["blocks"]]
    assert {(text["type"], text["emoji"]) for text in texts} == {("plain_text", False)}
    assert document["mrkdwn"] is False


def test_teams_is_given_runs_of_text_which_it_does_not_read_as_markdown() -> None:
    document: Any = document_in(WebhookFormat.TEAMS, message(alert(sentence=HOSTILE)))
    assert document["type"] == "message"
    (attachment,) = document["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert card["body"][1]["inlines"][0]["text"] == f"▲ {HOSTILE}"


@pytest.mark.parametrize("shape", [WebhookFormat.SLACK, WebhookFormat.TEAMS])
def test_people_are_told_each_queue_once_and_not_more_than_they_read(shape: WebhookFormat) -> None:
    many = [
        alert(kind, str(8000 + nth))
        for kind in (AlertKind.REACHES_NOBODY, AlertKind.FAILS_OVER)
        for nth in range(40)
    ]
    long = alert(AlertKind.ONE_AGENT_LEFT, "9000", sentence="x" * 10_000)
    written = json.dumps(document_in(shape, message(*many, long)))
    assert written.count("reaches nobody 8") == MOST_LINES
    assert "fails over 8" not in written
    assert "(and 21 other alerts)" in written
    assert len(json.dumps(document_in(shape, message(*[long] * 1)))) < 3000


def test_the_foot_says_where_and_when() -> None:
    assert "queuewatch · acme · example.com · 12:00 UTC" in json.dumps(
        document_in(WebhookFormat.TEAMS, message(alert())), ensure_ascii=False
    )


@pytest.mark.parametrize(
    ("host", "shape"),
    [
        ("hooks.slack.com", WebhookFormat.SLACK),
        ("notslack.com", WebhookFormat.JSON),
        ("acme.webhook.office.com", WebhookFormat.TEAMS),
        ("prod-1.westus.logic.azure.com", WebhookFormat.TEAMS),
        ("x.environment.api.powerplatform.com", WebhookFormat.TEAMS),
        ("alerts.example.com", WebhookFormat.JSON),
    ],
)
def test_the_host_says_what_it_takes(host: str, shape: WebhookFormat) -> None:
    assert shape_for(host) is shape


def test_a_recovery_of_several_kinds_names_each_queue_once() -> None:
    both = message(recovered(), recovered(Condition.ONE_AGENT_LEFT))
    assert both.title == "recovered 8000"
