"""Who is told outside this program: a webhook, or somebody's own command."""

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Protocol

from queuewatch.alerts.alert import Message
from queuewatch.alerts.chat import document_in, shape_for
from queuewatch.alerts.command import CommandReceiver, environment_for
from queuewatch.alerts.documents import message_document
from queuewatch.alerts.webhook import Webhook
from queuewatch.pbx.environment import check_environment
from queuewatch.pbx.errors import BadConnection
from queuewatch.profiles.alert_rules import AlertRule, WebhookFormat
from queuewatch.text.instant import utc
from queuewatch.text.plain_text import harmless_document, one_line


class Unusable(ValueError):
    """A rule's webhook cannot be used; ``str()`` says why, and what to do."""


class Receiver(Protocol):
    """Whoever is told outside this program."""

    def send(self, message: Message) -> None:
        """Tell this. Returns at once: whatever takes time goes on by itself."""

    async def finish(self) -> None:
        """Wait until everything has been sent or given up."""

    async def close(self) -> None:
        """Let go of everything; what has not been sent is lost."""


class CommandRunner:
    """Somebody's own command, and what it is given."""

    def __init__(self, command: CommandReceiver) -> None:
        self._command = command
        self.finish = command.finish
        self.close = command.close

    def send(self, message: Message) -> None:
        """Run it with the message."""
        self._command.run(body_of(message), variables_of(message))


class Hook:
    """A webhook, and what it is sent."""

    def __init__(self, webhook: Webhook, shape: WebhookFormat) -> None:
        self._webhook = webhook
        self._shape = shape
        self.finish = webhook.finish
        self.close = webhook.close

    def send(self, message: Message) -> None:
        """Send the message in its turn."""
        self._webhook.post(_written(document_in(self._shape, message)))


def hook_of(rule: AlertRule, environ: Mapping[str, str], note: Callable[[str], None]) -> Hook:
    """The rule's webhook. Raises :class:`Unusable`."""
    name = rule.webhook_env
    address = environ.get(name, "").strip()
    if not address:
        raise Unusable(
            f"The environment variable {name} is not set, so a rule for alerts tells nobody by its webhook. "
            f"Set it: export {name}=…"
        )
    try:
        webhook = Webhook(address, note)
    except BadConnection as error:
        raise Unusable(f"The webhook's address in the environment variable {name} {error} {error.hint}") from None
    try:
        # Better now than at the first alert, which would be lost.
        check_environment(address, environ)
    except BadConnection as error:
        raise Unusable(f"No alert can be sent to {webhook.host}: {error} {error.hint}") from None
    return Hook(webhook, rule.shape or shape_for(webhook.host))


def receivers_of(
    rule: AlertRule,
    environ: Mapping[str, str],
    hidden: Collection[str],
    note: Callable[[str, str], None],
    missing: Callable[[str], None],
) -> tuple[Receiver, ...]:
    """Whom the rule tells outside. A command does not see the ``hidden`` variables.

    ``note`` is told of trouble on the way: with what, and a sentence. ``missing`` is told why a webhook cannot be
    used.
    """
    receivers: list[Receiver] = []
    if rule.webhook_env:
        try:
            receivers.append(hook_of(rule, environ, partial(note, rule.webhook_env)))
        except Unusable as error:
            missing(str(error))
    if rule.command:
        about = partial(note, " ".join(rule.command))
        receivers.append(CommandRunner(CommandReceiver(rule.command, environment_for(environ, hidden), about)))
    return tuple(receivers)


def body_of(message: Message) -> bytes:
    """What a command reads on its input."""
    return _written(message_document(message)) + b"\n"


def variables_of(message: Message) -> dict[str, str]:
    """What a command finds in its environment: the worst of the message, and the sum of it."""
    worst = message.alerts[0]
    values = {
        "KIND": worst.kind.value,
        "TEXT": message.title,
        "SENTENCE": worst.sentence,
        "PROFILE": message.profile,
        "DOMAIN": worst.domain,
        "QUEUE": worst.queue,
        "NAME": worst.name,
        "SITE": worst.site,
        "QUEUES": ",".join(dict.fromkeys(alert.queue for alert in message.alerts if alert.queue)),
        "AT": utc(worst.at),
        "COUNT": str(len(message.alerts)),
    }
    return {f"QUEUEWATCH_ALERT_{name}": one_line(value).strip() for name, value in values.items()}


def _written(document: dict[str, object]) -> bytes:
    # ASCII, so that nothing on the way can spoil it.
    return json.dumps(harmless_document(document)).encode("ascii")
