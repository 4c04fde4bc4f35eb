"""Copy everything about a queue as text, for a ticket or a mail."""

from typing import TYPE_CHECKING

from queuewatch.failover.words import plural
from queuewatch.report.as_ticket import as_ticket, cut, stale
from screens.comfort import ComfortableApp

if TYPE_CHECKING:
    from screens.live import LiveScreen


def copy_verdict(screen: "LiveScreen") -> None:
    """Copy the chosen queue's verdict, and say what was copied, and what to do if it does not arrive."""
    queue, sighting, app = screen.chosen, screen.sighting, screen.app
    if queue is None or sighting is None or not isinstance(app, ComfortableApp):
        screen.say("There is no queue here to copy.", good=False)
        return
    if queue.extension not in sighting.snapshot.rules:
        screen.say("The answering rules are still being read: copy it in a moment.", good=False)
        return
    trouble = sighting.trouble
    caution = stale(trouble.sentence, sighting.snapshot.taken_at) if trouble else ""
    whole = as_ticket(sighting.snapshot, queue, title=screen.connection.title, caution=caution)
    text = cut(whole)
    app.copy_text(text)
    lines = f"{plural(len(text.splitlines()), 'line')}{'' if text == whole else ', cut at the end'}"
    sample = screen.connection.sample
    command = f"queuewatch status {queue.extension}" + (f" --sample {sample.name}" if sample else "")
    screen.say(
        f"Copied {queue.label}, {lines}. If nothing arrives, the terminal does not let programs copy: "
        f"{command} writes the same."
    )
