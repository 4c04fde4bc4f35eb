"""A message for the people in a channel of Slack or Teams. Names from the phone system are never markup there."""

from queuewatch.alerts.alert import Message, and_more, groups, in_full, worst_of_each
from queuewatch.alerts.documents import message_document
from queuewatch.profiles.alert_rules import WebhookFormat
from queuewatch.text.plain_text import harmless

MOST_LINES = 20
"""Alerts that are written out in one message; the rest is counted. Slack takes 50 blocks, Teams 28 KB."""
LONGEST = 1000
"""Characters of one of them."""
LONGEST_HEAD = 150
LONGEST_BLOCK = 3000
"""Characters that Slack takes in a header and in a section."""

_TEAMS_HOSTS = ("office.com", "azure.com", "powerplatform.com", "powerautomate.com")


def shape_for(host: str) -> WebhookFormat:
    """What this host takes."""
    if host == "slack.com" or host.endswith(".slack.com"):
        return WebhookFormat.SLACK
    if host.endswith(tuple(f".{teams}" for teams in _TEAMS_HOSTS)):
        return WebhookFormat.TEAMS
    return WebhookFormat.JSON


def document_in(shape: WebhookFormat, message: Message) -> dict[str, object]:
    """The message in this shape."""
    match shape:
        case WebhookFormat.SLACK:
            return _slack(message)
        case WebhookFormat.TEAMS:
            return _teams(message)
        case WebhookFormat.JSON:
            return message_document(message)


def _slack(message: Message) -> dict[str, object]:
    """As an incoming webhook takes it: the text is for the notification, the blocks are for the channel.

    Every block is of plain text, in which Slack makes nothing bold, a link or an emoji, and calls nobody.
    """
    lines = _lines(message)[:MOST_LINES]
    head = {"type": "header", "text": _plain(message.title, LONGEST_HEAD)}
    blocks: list[object] = [head, *({"type": "section", "text": _plain(line)} for line in lines)]
    foot = {"type": "context", "elements": [_plain(_foot(message))]}
    return {"text": _escaped(message.title), "mrkdwn": False, "blocks": [*blocks, foot]}


def _plain(words: str, limit: int = LONGEST_BLOCK) -> dict[str, object]:
    return {"type": "plain_text", "text": harmless(_escaped(words), limit), "emoji": False}


def _escaped(words: str) -> str:
    # Slack asks for it in whatever it shows; without angle brackets there is no link and nobody is called.
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(message: Message) -> dict[str, object]:
    """As a workflow of Power Automate takes it: a message with one Adaptive Card.

    A text run is shown as it is, where a text block would be read as Markdown.
    """
    bad = message.alerts[0].begins
    title = {"text": message.title, "weight": "Bolder", "color": "Attention" if bad else "Good"}
    body = [
        _runs({**title, "size": "Medium"}),
        *(_runs({"text": line}) for line in _lines(message)[:MOST_LINES]),
        _runs({"text": _foot(message), "isSubtle": True, "size": "Small"}),
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": message.title,
        "body": body,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _runs(run: dict[str, object]) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", **run}]}


def _lines(message: Message) -> list[str]:
    def line(begins: bool, sentence: str) -> str:
        cut = sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"
        return f"{'▲' if begins else '✔'} {cut}"

    return [
        line(group[0].begins, sentence)
        for group in groups(worst_of_each(message.alerts))
        for sentence in in_full(group)
    ]


def _foot(message: Message) -> str:
    first, domains = message.alerts[0], message.domains
    where = first.domain if len(domains) == 1 else f"{len(domains)} domains"
    left_out = max(0, len(_lines(message)) - MOST_LINES)
    return f"queuewatch · {message.profile} · {where} · {first.at.astimezone():%H:%M %Z}{and_more(left_out)}"
