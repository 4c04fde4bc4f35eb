"""Agents from the API's JSON: one row for each agent in each queue."""

from collections import Counter
from collections.abc import Sequence

from queuewatch.failover.model import Agent, EntryKind, Login, Part, Problem, Queue, Registration, local_part
from queuewatch.pbx.netsapiens.known_agents import KnownAgents
from queuewatch.pbx.netsapiens.rows import Row, object_at, place_of
from queuewatch.pbx.netsapiens.values import pick, text

DEFAULT_PAGE = 100
"""Rows the vendor's API gives of a list when no limit is asked. Whether the agent list keeps to it is not
stated: it is asked for without a limit, asked on at just this length, and held against the queues' counts."""

_LOGINS = {
    "automatic": Login.IN,
    "offnet-automatic": Login.IN,
    "manual": Login.OUT,
    "disabled": Login.OUT,
}
"""By ``callqueue-agent-availability-type``, as the vendor documents it."""

_REGISTRATIONS = {state.value: state for state in Registration if state is not Registration.UNKNOWN}
_ENTRIES = {entry.value: entry for entry in EntryKind if entry is not EntryKind.UNKNOWN}


def read_agents(
    rows: Sequence[object],
    queues: Sequence[Queue],
    *,
    listed: bool = True,
    known: KnownAgents | None = None,
) -> tuple[tuple[Agent, ...], list[Problem]]:
    """Every agent row, in the server's order, and what could not be understood.

    A row whose queue is certain and whose agent is not becomes an unreadable agent of that queue. A row that
    names no queue may belong to any queue that counts more agents than were placed in it, and becomes an
    unreadable agent of each of those: the server's ``callqueue-count-agents-total`` tells. So do the agents a
    queue counts beyond a list that ends where a server may have cut it, or of which the server says that there is
    none (not ``listed``): live servers say so of an empty list, and older ones of a request they do not know.

    With what is ``known`` of the last reading, a row that came then is the same agent again.
    """
    problems: list[Problem] = []
    agents: dict[tuple[str, str], Agent] = {}
    known = known or KnownAgents()
    left_out = len(rows)
    for number, fields in enumerate(rows, 1):
        if (same := known.again(fields)) is not None:
            left_out -= 1
            agents.setdefault((same.queue, same.id), same)
            continue
        place = place_of("Agent", number, rows)
        row = object_at(place, fields, Part.LIVE, problems)
        if row is None:
            continue
        queue = row.text("callqueue", "callqueue-id")
        if not queue:
            problems.append(Problem(Part.LIVE, f"{place} names no queue (callqueue): left out."))
            continue
        left_out -= 1
        agent = _agent(row, queue)
        if not agent.id:
            problems.append(Problem(Part.LIVE, f"{place}, in queue {queue}, has no id: shown as unknown."))
            agent = _unreadable(queue, place.removeprefix("Agent "))
        elif row.notes and (queue, agent.id) not in agents:
            problems.extend(row.problems(Part.LIVE, f"Agent {agent.id} of queue {queue}"))
        if not row.notes and agent.readable:
            known.keep(row.fields, agent)
        agents.setdefault((queue, agent.id), agent)
    known.end_reading()
    placed = Counter(agent.queue for agent in agents.values())
    lost: list[Agent] = []
    for counted in queues:
        extension, total = counted.extension, counted.agents_total or 0
        shortfall = total - placed[extension]
        cut = shortfall > 0 and (len(rows) == DEFAULT_PAGE or not listed)
        if cut:
            told = f"{total} agents by its own count and {placed[extension]} in the agent list"
            ends = f"which ends at {len(rows)} rows: the server may have cut it"
            gone = "of which the server says that there is none"
            problems.append(Problem(Part.LIVE, f"Queue {extension} has {told}, {ends if listed else gone}."))
        for number in range(1, (shortfall if cut else min(shortfall, left_out)) + 1):
            lost.append(_unreadable(extension, f"left out {number}"))
    return (*agents.values(), *lost), problems


def _agent(row: Row, queue: str) -> Agent:
    words = row.text
    agent = words("callqueue-agent-id")
    availability_type = words("callqueue-agent-availability-type").casefold()
    registration = _REGISTRATIONS.get(words("callqueue-agent-has-registered-devices").casefold())
    login = _LOGINS.get(availability_type)
    for name, known in (
        ("callqueue-agent-has-registered-devices", registration),
        ("callqueue-agent-availability-type", login),
    ):
        if known is None and (value := pick(row.fields, name)) is not None:
            row.note(name, value, "a value this program knows")
    return Agent(
        id=agent,
        queue=queue,
        name=_name(row) or local_part(agent),
        entry=_entry(row, agent, registration, availability_type),
        registration=registration or Registration.UNKNOWN,
        login=login or Login.UNKNOWN,
        calls=row.count("active-calls-total-current"),
        site=words("agent-site", "sub-site"),
        status_message=words("agent-status-message", "sub-portal-status"),
        availability=words("callqueue-agent-availability-for-dispatch"),
        order=row.count("callqueue-agent-dispatch-order-ordinal", "ordinal-order") or 0,
        last_call=words("last-callqueue-dispatch-datetime"),
    )


def _name(row: Row) -> str:
    full = row.text("name-full-name")
    if full:
        return full
    first = row.text("agent-name-first-name", "name-first-name")
    last = row.text("agent-name-last-name", "name-last-name")
    return f"{first} {last}".strip()


def _entry(row: Row, agent: str, registration: Registration | None, availability_type: str) -> EntryKind:
    stated = pick(row.fields, "callqueue-agent-entry-type")
    if stated is not None:
        return _ENTRIES.get((text(stated) or "").casefold(), EntryKind.UNKNOWN)
    if registration is Registration.OFFNET or availability_type == "offnet-automatic":
        return EntryKind.OFFNET
    return EntryKind.DEVICE if agent[:4].casefold() == "sip:" else EntryKind.USER


def _unreadable(queue: str, place: str) -> Agent:
    """An agent of which only the queue is known."""
    return Agent(id=f"({place})", queue=queue, entry=EntryKind.UNKNOWN, calls=None, readable=False)
