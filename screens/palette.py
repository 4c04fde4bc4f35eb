"""The command palette: every action with its keys, and every queue, agent, number and site by name.

What comes from a phone system is never read as markup. The list of what there is to find is made when the palette
opens, and searched by words: of some thousand people none is missed for want of the right letters in between.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from rich.text import Text
from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from queuewatch.failover.destination import Destination, DestinationKind, lead, parse_destination
from queuewatch.failover.model import Agent, PhoneNumber, Queue, Snapshot
from queuewatch.failover.places import queue_site, site_of
from queuewatch.failover.sites import site_key
from queuewatch.failover.wording import (
    LONGEST_EXTENSION,
    agent_name,
    describe_destination,
    format_number,
    listing,
    plural,
    short_destination,
)
from queuewatch.fleet.standing import sentence_of
from queuewatch.polling.state import LiveState
from queuewatch.text.plain_text import one_line
from screens.board.board import BoardScreen
from screens.fleet import FleetScreen
from screens.keys.board import EVERYWHERE
from screens.live import LiveScreen
from widgets.action import key_names
from widgets.marks import outcome_mark, readiness_mark
from widgets.queue_rows import OutcomeFilter, Sort

MOST = 30
"""What is found among queues, agents, numbers and sites: more nobody reads."""


class Entry(NamedTuple):
    """Something to be found by name."""

    label: str
    about: str
    """One sentence: what it is, and what choosing it does."""
    found_by: str
    """All words it is found by, in small letters."""
    choose: Callable[[], object]


def entries(screen: LiveScreen, live_state: LiveState) -> Iterator[Entry]:
    """Every queue, site, number and agent, in this order."""
    snapshot = live_state.snapshot
    yield from _queues(screen, live_state)
    yield from _sites(screen, snapshot)
    for number in (snapshot.numbers or {}).values():
        yield _number(screen, snapshot, number)
    yield from _backups(screen, snapshot)
    yield from _agents(screen, snapshot)


def _domains(screen: FleetScreen) -> Iterator[Entry]:
    """Every domain of a fleet."""
    for standing in screen.fleet.domains if screen.fleet is not None else ():
        yield Entry(
            standing.label,
            f"Domain: {sentence_of(standing)} Opens its board.",
            f"{standing.label} {standing.domain} {standing.profile} domain".casefold(),
            partial(screen.post_message, FleetScreen.DomainOpened(standing.key)),
        )


def _queues(screen: LiveScreen, live_state: LiveState) -> Iterator[Entry]:
    snapshot = live_state.snapshot
    for queue in snapshot.call_queues:
        judged = live_state.judgements.get(queue.extension)
        site = queue_site(snapshot, queue)
        words = [site] if site else []
        if judged is not None and queue.extension in snapshot.rules:
            now, dark = outcome_mark(judged.now), readiness_mark(judged.readiness)
            words = [f"now {now.word}, if dark {dark.word}", *words]
        about = f"Queue{'' if not words else ': '}{' · '.join(words)}. Opens it."
        yield Entry(
            queue.label,
            about,
            f"{queue.label} {queue.extension} queue".casefold(),
            partial(screen.post_message, LiveScreen.Found(queue=queue.extension)),
        )


def _sites(screen: LiveScreen, snapshot: Snapshot) -> Iterator[Entry]:
    number: dict[str, int] = {}
    names: dict[str, str] = {}
    for queue in snapshot.call_queues:
        if site := queue_site(snapshot, queue):
            names.setdefault(site_key(site), site)
            number[site_key(site)] = number.get(site_key(site), 0) + 1
    for key, site in names.items():
        about = f"Site: {plural(number[key], 'queue')}. Shows the board with them."
        yield Entry(site, about, f"{site} site".casefold(), _show(screen, site))


def _number(screen: LiveScreen, snapshot: Snapshot, number: PhoneNumber) -> Entry:
    label = format_number(number.number)
    then = lead(number.application, number.target, number.parameter) if number.enabled else None
    found_by = f"{label} {number.number} {''.join(filter(str.isdigit, label))} number".casefold()
    if then is None:
        about = "Number: it leads nowhere." if number.enabled else "Number: it is switched off."
        return Entry(label, about, found_by, partial(screen.say, f"{label}: {about}"))
    words = _destination_words(snapshot, then)
    if then.kind is DestinationKind.QUEUE and then.target in snapshot.queues:
        opens = partial(screen.post_message, LiveScreen.Found(queue=then.target))
        return Entry(label, f"Number: it leads to {words}. Opens the queue.", found_by, opens)
    return Entry(
        label, f"Number: it leads to {words}.", found_by, partial(screen.say, f"{label} leads to {words}.")
    )


def _backups(screen: LiveScreen, snapshot: Snapshot) -> Iterator[Entry]:
    """The numbers that calls go to once every agent is offline, each with the queues that hang on it."""
    queues: dict[str, list[Queue]] = {}
    for queue in snapshot.call_queues:
        default = snapshot.rules_of(queue.extension).default
        written = default.offline.destination if default is not None and default.offline.readable else None
        destination = parse_destination(written or "")
        if written and destination.kind is DestinationKind.DIGITS and len(destination.target) > LONGEST_EXTENSION:
            queues.setdefault(short_destination(snapshot, written), []).append(queue)
    for label, those in queues.items():
        digits = "".join(filter(str.isdigit, label))
        about = f"Number: When Offline of {listing([queue.label for queue in those], most=4)}."
        found_by = f"{label} {digits} number when offline".casefold()
        if len(those) == 1:
            opens = partial(screen.post_message, LiveScreen.Found(queue=those[0].extension))
            yield Entry(label, f"{about} Opens the queue.", found_by, opens)
        else:
            yield Entry(label, about, found_by, partial(screen.say, f"{label}: {about.removeprefix('Number: ')}"))


_PREFIXES = {DestinationKind.QUEUE: "queue_", DestinationKind.USER: "user_", DestinationKind.VOICEMAIL: "vmail_"}


def _destination_words(snapshot: Snapshot, then: Destination) -> str:
    prefix = _PREFIXES.get(then.kind)
    return describe_destination(snapshot, f"{prefix}{then.target}" if prefix else then.text)


def _agents(screen: LiveScreen, snapshot: Snapshot) -> Iterator[Entry]:
    """Everybody who is an agent, once, with their queues."""
    rows: dict[str, tuple[Agent, list[str]]] = {}
    for queue in snapshot.call_queues:
        for agent in snapshot.agents_of(queue.extension):
            if agent.listed:
                rows.setdefault(agent.id, (agent, []))[1].append(queue.name or queue.extension)
    for agent, queues in rows.values():
        name, site = agent_name(agent), site_of(agent, snapshot)
        where = f", {site}" if site else ""
        about = f"Agent{where}: in {listing(queues)}. Shows the board with {'it' if len(queues) == 1 else 'them'}."
        yield Entry(name, about, f"{name} {agent.id} agent".casefold(), _show(screen, agent.id))


def _show(screen: LiveScreen, words: str) -> Callable[[], object]:
    return partial(screen.post_message, LiveScreen.Found(words=words))


class Palette(Provider):
    """What the palette offers: at first the actions of the screen, and whatever is typed."""

    def __init__(self, *given: object, **options: object) -> None:
        super().__init__(*given, **options)  # type: ignore[arg-type]
        self._entries: tuple[Entry, ...] = ()
        self._keys: dict[str, str] = {}

    async def startup(self) -> None:
        """Make the list of what there is to be found."""
        screen = self.screen
        if isinstance(screen, LiveScreen):
            self._keys = {action.title: key_names(action) for action in (*screen.ACTIONS, *EVERYWHERE)}
            if screen.live_state is not None:
                self._entries = tuple(entries(screen, screen.live_state))
        elif isinstance(screen, FleetScreen):
            self._keys = {action.title: key_names(action) for action in (*screen.ACTIONS, *EVERYWHERE)}
            self._entries = tuple(_domains(screen))

    def _commands(self) -> Iterable[SystemCommand]:
        yield from self.app.get_system_commands(self.screen)
        if isinstance(self.screen, BoardScreen):
            board = self.screen
            for sort in Sort:
                yield SystemCommand(
                    f"Sort {sort.value}", "Put the queues in this order.", partial(board.sort_by, sort)
                )
            for only in OutcomeFilter:
                yield SystemCommand(
                    f"Only {only.value}",
                    "Show the queues with that outcome alone.",
                    partial(board.show_only, only),
                )

    def _titled(self, title: Content, name: str) -> Content:
        keys = self._keys.get(name)
        return Content.assemble(title, (f"  {keys}", "dim")) if keys else title

    async def discover(self) -> Hits:
        """The actions, those of the screen first."""
        for command in self.app.get_system_commands(self.screen):
            title = self._titled(Content(one_line(command.title)), command.title)
            yield DiscoveryHit(title, command.callback, text=command.title, help=escape(command.help))

    async def search(self, query: str) -> Hits:
        """The actions whose names match, and what is found by all of the words."""
        matcher = self.matcher(query)
        for command in self._commands():
            if (score := matcher.match(command.title)) > 0:
                # Textual would take what stands in brackets for a style, and leave it out.
                plain = Content(one_line(command.title))
                marked = plain if "[" in command.title else matcher.highlight(command.title)
                title = self._titled(marked, command.title)
                yield Hit(score, title, command.callback, text=command.title, help=escape(command.help))
        for score, entry in found(self._entries, query):
            label = Text(one_line(entry.label))
            yield Hit(score, label, entry.choose, text=entry.label, help=escape(one_line(entry.about)))


_DIALLED = re.compile(r"[-.()/+\d]*\d[-.()/+\d]*", re.ASCII)


def found(entries: Iterable[Entry], query: str) -> Iterator[tuple[float, Entry]]:
    """What has every word of the query, at most :data:`MOST`; what begins with it comes first."""
    # A number is found however it is typed: 214-555-0100.
    words = [
        re.sub(r"[-.()/+]", "", word) if _DIALLED.fullmatch(word) else word for word in query.casefold().split()
    ]
    whole = " ".join(words)
    scored: list[tuple[float, Entry]] = []
    for entry in entries:
        if all(word in entry.found_by for word in words):
            begins, beside = entry.found_by.startswith(whole), f" {whole}" in entry.found_by
            scored.append((3.0 if begins else 2.0 if beside else 1.0, entry))
    scored.sort(key=lambda one: -one[0])
    yield from scored[:MOST]
