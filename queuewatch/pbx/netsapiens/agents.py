"""Agents from the API's JSON: one row for each agent in each queue."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from sys import intern

from msgspec.structs import replace

from queuewatch.failover.model import Agent, AgentLogin, EntryKind, Part, Problem, Queue, Registration, local_part
from queuewatch.pbx.netsapiens.fields import JsonRow, first_of, foreign_rows, object_at, place_of, text
from queuewatch.pbx.netsapiens.queues import queue_named
from queuewatch.pbx.netsapiens.repeated_rows import RepeatedRows
from queuewatch.pbx.phone_system import grouped

_Fields = Mapping[str, object]
_Key = tuple[object, object]


class AgentCache:
    """The rows of two readings, the last and the present one."""

    def __init__(self) -> None:
        self._before: dict[_Key, tuple[_Fields, list[type], Agent]] = {}
        self._now: dict[_Key, tuple[_Fields, list[type], Agent]] = {}

    def again(self, fields: object) -> Agent | None:
        """The agent that exactly this row was the last time; ``None`` if there was no such row."""
        if not isinstance(fields, dict):
            return None
        key = _key(fields)
        try:
            known = self._before.get(key)
        except TypeError:
            # What should be a text is a list or an object, and cannot be looked up.
            return None
        # To Python 1, 1.0 and true are the same; to a phone system they are not.
        if known is None or known[0] != fields or known[1] != _types(fields):
            return None
        self._now[key] = known
        return known[2]

    def keep(self, fields: _Fields, agent: Agent) -> None:
        """Remember what this row is; all of it made sense."""
        self._now[_key(fields)] = (fields, _types(fields), agent)

    def has_all(self, rows: int) -> bool:
        """Whether so many rows came the last time, and every one of them made sense."""
        return len(self._before) == rows

    def rotate(self) -> None:
        """Forget the rows that did not come again."""
        self._before, self._now = self._now, {}

    def take_back(self, rows: Sequence[object], agents: Sequence[Agent]) -> None:
        """Know again that these rows were these agents the last time."""
        for fields, agent in zip(rows, agents, strict=True):
            if isinstance(fields, dict):
                self.keep(fields, agent)
        self.rotate()

    def forget(self) -> None:
        """Hold no row any more: each takes several times what its agent does."""
        self._before = {}


def _key(fields: _Fields) -> _Key:
    agent = fields.get("callqueue-agent-id")
    return fields.get("callqueue"), fields.get("callqueue_agent_id") if agent is None else agent


def _types(fields: _Fields) -> list[type]:
    return list(map(type, fields.values()))


DEFAULT_PAGE = 100
"""Rows the vendor's API gives of a list when no limit is asked. Whether the agent list keeps to it is not
stated: it is asked for without a limit, asked on at just this length, and held against the queues' counts."""

_LAST = 999_999
"""The place in a queue's order of agents who are only counted: they are shown below those who are known."""

_LOGINS = {
    "automatic": AgentLogin.IN,
    "offnet-automatic": AgentLogin.IN,
    "manual": AgentLogin.OUT,
    "disabled": AgentLogin.OUT,
}
"""By ``callqueue-agent-availability-type``, as the vendor documents it."""

_REGISTRATIONS = {state.value: state for state in Registration if state is not Registration.UNKNOWN}
_ENTRIES = {entry.value: entry for entry in EntryKind if entry is not EntryKind.UNKNOWN}


def read_agents(
    rows: Sequence[object],
    queues: Sequence[Queue],
    *,
    domain: str = "",
    listed: bool = True,
    known: AgentCache | None = None,
) -> tuple[tuple[Agent, ...], list[Problem]]:
    """Every agent row, in the server's order, and what could not be understood.

    A row whose queue is certain and whose agent is not becomes an unreadable agent of that queue. Of the agents
    that a queue counts (``callqueue-count-agents-total``) beyond its rows nothing is known: a token may be shown
    part of the domain, the server may have cut the list, or says that there is none (not ``listed``: live servers
    say so of an empty list, and older ones of a request they do not know). A row that names no queue may belong to
    any queue that does not count its agents, and becomes an unreadable agent of each of those.

    A row of another domain than this one is left out and said. A row of a queue that no list has is said, no more:
    deleting a queue leaves its agent rows behind. With what is ``known`` of the last reading, a row that came then
    is the same agent again.
    """
    problems: list[Problem] = []
    agents: dict[tuple[str, str], Agent] = {}
    known = known or AgentCache()
    extensions = {queue.extension for queue in queues}
    foreign: Counter[str] = Counter()
    lost = 0
    for number, fields in enumerate(rows, 1):
        if (same := known.again(fields)) is not None:
            agents.setdefault((same.queue, same.id), same)
            continue
        place = place_of("Agent", number, rows)
        sent = fields if isinstance(fields, dict) else {}
        row = object_at(place, fields, Part.LIVE, problems)
        if row is None:
            lost += 1
            continue
        written = row.text("callqueue", "callqueue-id")
        if not written:
            lost += 1
            problems.append(Problem(Part.LIVE, f"{place} names no queue (callqueue): left out.", lost=True))
            continue
        queue = written if written in extensions else queue_named(written, domain)
        other = row.of_another_domain(domain) or ("" if queue else written.partition("@")[2])
        if other:
            foreign[other] += 1
            continue
        agent = agent_of(row, queue)
        if not agent.id:
            text = f"{place}, in queue {queue}, has no id: shown as unknown."
            problems.append(Problem(Part.LIVE, text, queue=queue))
            agent = _unreadable(queue, place.removeprefix("Agent "))
        elif row.notes and (queue, agent.id) not in agents:
            problems.extend(row.problems(Part.LIVE, f"Agent {agent.id} of queue {queue}", queue))
        if not row.notes and agent.readable:
            known.keep(sent, agent)
        agents.setdefault((queue, agent.id), agent)
    known.rotate()
    problems.extend(foreign_rows(foreign, "Agent", Part.LIVE))
    placed = Counter(agent.queue for agent in agents.values())
    problems.extend(_of_no_queue(placed, extensions))
    missing: list[Agent] = []
    for counting in queues:
        missing.extend(_missing(counting, placed[counting.extension], lost))
        problems.extend(_cut(counting, placed[counting.extension], len(rows), listed))
    return (*agents.values(), *missing), problems


class AgentList:
    """The agent list of a domain, reading after reading: what comes again is not read again."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._known = AgentCache()
        self._repeated: RepeatedRows[Agent] = RepeatedRows()
        self._steady = True
        """Whether every list so far was like the one before it, so that hardly any is read whole."""
        self._unlisted: tuple[Agent, ...] = ()
        self._problems: list[Problem] = []
        self._by_queue: Mapping[str, tuple[Agent, ...]] = {}

    def read(
        self, rows: Sequence[object], queues: Sequence[Queue], *, listed: bool, body: bytes = b""
    ) -> tuple[tuple[Agent, ...], list[Problem]]:
        """The whole list, as :func:`read_agents` does. ``body`` is what it came in, if that is one answer."""
        if self._repeated.items:
            # The list held was not like this one, and the next may not be either.
            if self._steady and (last := self._repeated.rows_again()) is not None:
                self._known.take_back(last, self._repeated.items)
            self._steady = False
        agents, problems = read_agents(rows, queues, domain=self._domain, listed=listed, known=self._known)
        self._repeated.forget()
        self._by_queue = {}
        # Who is only counted, or could not be read, is no row that can come again.
        sensible = self._known.has_all(len(rows)) and sum(agent.readable for agent in agents) == len(rows)
        if body and listed and sensible:
            of_rows, self._unlisted, self._problems = agents[: len(rows)], agents[len(rows) :], problems
            self._repeated.keep(body, of_rows, _what_agents_rest_on(queues))
            self._by_queue = grouped(agents)
        if self._repeated.items and self._steady:
            # They are in the message, which is held.
            self._known.forget()
        return agents, problems

    def read_again(self, body: bytes, queues: Sequence[Queue]) -> tuple[tuple[Agent, ...], list[Problem]] | None:
        """The list if it is the last one with some of its rows changed; ``None`` where it has to be read whole."""
        extensions = {queue.extension for queue in queues}
        changes = self._repeated.compare(
            body,
            lambda fields, before: _changed_agent(fields, before, extensions, self._domain),
            _what_agents_rest_on(queues),
        )
        if changes is None:
            return None
        for before, agent in changes:
            rows = self._by_queue[agent.queue]
            self._by_queue = {
                **self._by_queue,
                agent.queue: tuple(agent if row is before else row for row in rows),
            }
        return (*self._repeated.items, *self._unlisted), self._problems

    @property
    def by_queue(self) -> Mapping[str, tuple[Agent, ...]]:
        """The agents of the last reading by queue; empty where that list is not to be compared with."""
        return self._by_queue


def _what_agents_rest_on(queues: Iterable[Queue]) -> tuple[object, ...]:
    """What of the queues bears on how the agent list is read: which there are, and how many agents they count."""
    return tuple((queue.extension, queue.park, queue.agents_total, queue.counts_readable) for queue in queues)


def _changed_agent(fields: object, before: Agent, extensions: Collection[str], domain: str) -> Agent | None:
    """The same agent of the same queue by a row that changed, if all of it makes sense."""
    if not isinstance(fields, dict):
        return None
    row = JsonRow(fields)
    written = row.text("callqueue", "callqueue-id")
    queue = written if written in extensions else queue_named(written, domain)
    if queue != before.queue or row.of_another_domain(domain):
        return None
    agent = agent_of(row, queue)
    return agent if agent.id == before.id and agent.readable and not row.notes else None


def _of_no_queue(placed: Mapping[str, int], extensions: Collection[str]) -> Iterator[Problem]:
    for queue, number in placed.items():
        if queue not in extensions:
            are = "row is" if number == 1 else "rows are"
            text = f"{number} agent {are} of queue {queue}, which is in no list: not counted anywhere."
            yield Problem(Part.LIVE, text, aside=True)


def _missing(queue: Queue, placed: int, lost: int) -> Iterator[Agent]:
    """The agents of this queue of whom nothing is known, those first whose rows were left out."""
    # A queue that does not count its agents may own every row that was left out.
    if queue.park:
        return
    shortfall = lost if queue.agents_total is None else queue.agents_total - placed
    if not queue.counts_readable:
        shortfall = max(shortfall, 1)
    for number in range(1, shortfall + 1):
        if number <= lost:
            yield _unreadable(queue.extension, f"left out {number}")
        else:
            nth = number - lost
            agent = _unreadable(queue.extension, f"not listed {nth}")
            yield replace(agent, listed=False, name=f"unlisted agent {nth}", order=_LAST)


def _cut(queue: Queue, placed: int, rows: int, listed: bool) -> Iterator[Problem]:
    """That a list which lacks agents ends just where a server may have cut it, or is said not to be there."""
    total = queue.agents_total or 0
    if total <= placed or (listed and rows != DEFAULT_PAGE):
        return
    counts = f"{total} agents by its own count and {placed} in the agent list"
    ends = f"which ends at {rows} rows: the server may have cut it"
    gone = "of which the server says that there is none"
    text = f"Queue {queue.extension} has {counts}, {ends if listed else gone}."
    yield Problem(Part.LIVE, text, queue=queue.extension)


def agent_of(row: JsonRow, queue: str) -> Agent:
    """The agent that a row is in this queue; what makes no sense of it is noted in the row."""
    words = row.text
    agent = words("callqueue-agent-id")
    message = words("agent-status-message", "sub-portal-status")
    availability = words("callqueue-agent-availability-for-dispatch")
    # Whether somebody is on Do Not Disturb or in for a single call stands in these two.
    readable = not row.notes
    availability_type = words("callqueue-agent-availability-type").casefold()
    registration = _REGISTRATIONS.get(words("callqueue-agent-has-registered-devices").casefold())
    login = _LOGINS.get(availability_type)
    for name, known in (
        ("callqueue-agent-has-registered-devices", registration),
        ("callqueue-agent-availability-type", login),
    ):
        if known is None and (value := first_of(row.fields, name)) is not None:
            row.note(name, value, "a value this program knows")
    # Somebody sits in several queues, and a few words are those of thousands of rows: one text each is enough. But
    # not of what people type anew every day: Python 3.12 keeps whatever was interned until it ends.
    return Agent(
        id=intern(agent),
        queue=intern(queue),
        name=intern(_name(row) or local_part(agent)),
        entry=_entry(row, agent, registration, availability_type),
        registration=registration or Registration.UNKNOWN,
        login=login or AgentLogin.UNKNOWN,
        calls=row.count("active-calls-total-current"),
        site=intern(words("agent-site", "sub-site")),
        status_message=message,
        availability=intern(availability),
        may_take_one=availability_type == "manual",
        order=row.count("callqueue-agent-dispatch-order-ordinal", "ordinal-order") or 0,
        readable=readable,
    )


def _name(row: JsonRow) -> str:
    full = row.text("name-full-name")
    if full:
        return full
    first = row.text("agent-name-first-name", "name-first-name")
    last = row.text("agent-name-last-name", "name-last-name")
    return f"{first} {last}".strip()


def _entry(row: JsonRow, agent: str, registration: Registration | None, availability_type: str) -> EntryKind:
    stated = first_of(row.fields, "callqueue-agent-entry-type")
    if stated is not None:
        return _ENTRIES.get((text(stated) or "").casefold(), EntryKind.UNKNOWN)
    if registration is Registration.OFFNET or availability_type == "offnet-automatic":
        return EntryKind.OFFNET
    return EntryKind.DEVICE if agent[:4].casefold() == "sip:" else EntryKind.USER


def _unreadable(queue: str, place: str) -> Agent:
    """An agent of which only the queue is known."""
    return Agent(id=f"({place})", queue=queue, entry=EntryKind.UNKNOWN, calls=None, readable=False)
