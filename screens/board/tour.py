"""The demo's tour: a few cards below the board, which go on by themselves once what they ask for is done."""

from collections.abc import Callable

from msgspec import Struct
from textual.screen import Screen
from textual.widgets import Static

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Queue
from queuewatch.failover.places import queue_site
from queuewatch.failover.simulate import readiness
from queuewatch.failover.suppose import with_require_agents
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.polling.state import LiveState
from widgets.action import KEY_NAMES
from widgets.marks import GLYPHS

Key = Callable[[str], str]
"""The key of the action with this id, as it is printed."""


class Card(Struct, frozen=True):
    """One card of the tour."""

    title: str
    text: str
    done: bool | None = None
    """Whether what it asks for is done; ``None`` where it asks for nothing."""


class Example(Struct, frozen=True):
    """The queue that the tour is about: one that is not ready."""

    extension: str
    once_right: str = ""
    """What becomes of a call in an outage once Require Agents is Yes; empty if that does not put it right."""


def example_of(live_state: LiveState) -> Example | None:
    """A queue that Require Agents alone would put right, else any that is not ready; ``None`` if all are."""
    snapshot, judged = live_state.snapshot, live_state.judgements
    not_ready = [
        queue
        for queue in snapshot.call_queues
        if judged[queue.extension].readiness.state is ReadinessState.NOT_READY
    ]
    for queue in not_ready:
        changed = with_require_agents(snapshot, queue, True)
        right = readiness(changed, changed.queues[queue.extension])
        if queue.require_agents is False and right.state is ReadinessState.READY:
            return Example(queue.extension, right.verdict.sentence.partition(": ")[0].removeprefix("A call "))
    return Example(not_ready[0].extension) if not_ready else None


def cards(
    connection: ConnectionInfo, live_state: LiveState, chosen: Queue | None, example: Example | None, key: Key
) -> list[Card]:
    """The cards, as things stand."""
    queue = live_state.snapshot.queues.get(example.extension) if example else None
    judged = live_state.judgements.get(example.extension) if example else None
    gone = judged is not None and judged.now.outcome in (Outcome.STRANDED, Outcome.FAILS_OVER)
    found = [
        _first(queue, live_state),
        _colours(),
        _power(connection, live_state, chosen, key),
        _time(key, gone),
    ]
    if queue is not None and judged is not None and example is not None and example.once_right:
        found.append(_put_right(queue, example, judged.readiness.state is ReadinessState.READY, key))
    return [*found, _prove(queue, key), _onward(key)]


def _first(queue: Queue | None, live_state: LiveState) -> Card:
    text = "Each line is a call queue: what happens to a call now, and what if its building went dark."
    if queue is not None:
        verdict = live_state.judgements[queue.extension].readiness.verdict
        does = "would strand its callers" if verdict.outcome is Outcome.STRANDED else "would reach nobody"
        state = live_state.judgements[queue.extension].readiness.state
        if state is ReadinessState.NOT_READY:
            text = f"{text} Worst first. {queue.name or queue.extension} {does}."
    return Card("What the board says", text)


def _colours() -> Card:
    green, red, grey = (f"{GLYPHS[colour]} {colour.capitalize()}" for colour in ("green", "red", "grey"))
    return Card(
        "The colours of the agents",
        f"{green} is ready, {red} is busy, {grey} is offline. One phone that is online holds its queue open: "
        "calls fail over once every agent is Grey.",
    )


def _power(connection: ConnectionInfo, live_state: LiveState, chosen: Queue | None, key: Key) -> Card:
    demo = connection.demo
    sites = demo.sites if demo else ()
    own = queue_site(live_state.snapshot, chosen) if chosen else ""
    site = own if own in sites else next(iter(sites), "")
    return Card(
        "Cut the power",
        f"Press {key('demo.power')}: {site} loses its power; pressed again, it has it back. At first nothing "
        "seems to happen: a phone looks connected until its registration runs out.",
        done=bool(demo and demo.powered_off),
    )


def _time(key: Key, gone: bool) -> Card:
    return Card(
        "Watch it happen",
        f"{key('demo.faster')} lets time go faster, {key('demo.slower')} slower. The line on top tells each step: "
        "agents turn Grey one after the other, and queues fail over or are held open.",
        done=gone,
    )


def _put_right(queue: Queue, example: Example, ready: bool, key: Key) -> Card:
    name = queue.name or queue.extension
    text = (
        f"Require Agents of {name} is Yes: in an outage a call {example.once_right}."
        if ready
        else f"Require Agents of {name} is No: in an outage its callers are stranded. On it, "
        f"{key('queue.require_agents')} and then y set it to Yes, and a call {example.once_right}."
    )
    return Card("Put it right with two keys", text, done=ready)


def _prove(queue: Queue | None, key: Key) -> Card:
    name = f"{queue.name or queue.extension}, or any queue" if queue else "a queue"
    return Card(
        "Prove it with a call",
        f"{key('board.prove')} on {name} whose agents are free, logs them out; you give any number, the demo "
        "calls from it, you see who answers, and all are logged in again.",
    )


def _onward(key: Key) -> Card:
    offered = {"board.simulate": "What if", "board.drill": "Drill", "board.audit": "Audit", "app.help": "Help"}
    keys = ", ".join(f"{key(action)} {word}" for action, word in offered.items())
    return Card(
        "Look around",
        f"{keys}. A company with almost everything set up wrong: queuewatch demo --sample harbor. "
        "Your own phones: queuewatch login.",
    )


class TourCard(Static):
    """The card that is shown, or nothing."""

    def __init__(self, *, shown: bool) -> None:
        super().__init__(markup=False)
        self.shown = shown
        self._at = 0
        self._done: frozenset[str] | None = None
        """The titles of the cards of which it was ever seen that they are done; ``None`` before anybody looked."""
        self._example: Example | None = None
        self._drawn = ("", "")

    def turn(self, step: int) -> None:
        """Go to the next card (1), the one before (-1), or (0) show the tour or put it away."""
        if step == 0:
            self.shown = not self.shown
        self._at = max(0, self._at + step)

    def follow(self, connection: ConnectionInfo, live_state: LiveState, chosen: Queue | None) -> None:
        """Show what the card says of what is seen now."""
        ready = len(live_state.snapshot.rules) >= len(live_state.snapshot.call_queues) > 0
        if self._example is None and ready:
            self._example = example_of(live_state)
        stack = cards(connection, live_state, chosen, self._example, self._key)
        if ready:
            self._go_on(stack)
        if self._at >= len(stack):
            self._at, self.shown = 0, False
        self.set_class(self.shown and connection.demo is not None, "-shown")
        card = stack[self._at]
        on, end = self._key("tour.next"), self._key("tour.toggle")
        title = f"Tour {self._at + 1} of {len(stack)}: {card.title} ({on} goes on, {end} ends it)"
        if (title, card.text) != self._drawn:
            self._drawn = (title, card.text)
            self.border_title = title
            self.update(card.text)

    def _go_on(self, stack: list[Card]) -> None:
        """Once something that is asked for has been done, go on to what has not, whichever card it was on."""
        done = frozenset(card.title for card in stack if card.done)
        known = self._done if self._done is not None else done
        self._done = known | done
        if done <= known or self._at >= len(stack):
            return
        asked = stack[self._at].done is not None and stack[self._at].title not in self._done
        if asked:
            return
        left = (
            place
            for place, card in enumerate(stack)
            if place > self._at and card.done is not None and card.title not in self._done
        )
        last = max(place for place, card in enumerate(stack) if card.done is not None)
        self._at = next(left, last + 1)

    def _key(self, action: str) -> str:
        key = key_of(self.screen, action)
        return KEY_NAMES.get(key, key)


def key_of(screen: Screen[object], action: str) -> str:
    """The first key that does this on a screen, as the user's keymap has it; empty if none does."""
    active = screen.active_bindings.values()
    return next((binding.binding.key for binding in active if binding.binding.id == action), "")
