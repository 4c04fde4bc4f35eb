"""Call queues from the API's JSON."""

import json
import re
from collections.abc import Mapping, Sequence

from queuewatch.failover.model import Part, Problem, Queue
from queuewatch.pbx.netsapiens.fields import JsonRow, moves_by_itself, objects, of_this_domain, text, yes_no
from queuewatch.pbx.netsapiens.repeated_rows import RepeatedRows

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"
"""The field behind Pre-Queue Options > Require Agents; the vendor's default is no."""

_PARKS = ("call park", "-")
"""Dispatch types of call parks: the first is the vendor's, the second was seen on live servers."""

_NOT_SETTINGS = ("callqueue", "domain")


def queue_of(row: JsonRow) -> Queue:
    """The queue in one row; its extension is empty when the row names none."""
    fields = row.text
    # Before anything else is read, so that what made no sense is one of these two.
    total = row.count("callqueue-count-agents-total", missing=None)
    available = row.count("callqueue-count-agents-available", missing=None)
    counts_readable = not row.notes
    dispatch = fields("callqueue-dispatch-type")
    return Queue(
        extension=queue_named(fields("callqueue")),
        name=fields("description"),
        site=fields("site"),
        dispatch=dispatch,
        park=dispatch.casefold() in _PARKS,
        require_agents=row.yes_no(REQUIRE_AGENTS, missing=False),
        max_callers=row.count("callqueue-max-current-callers-to-accept-new-callers"),
        # Live 44.1 servers were seen to write "accepts" where the vendor's specification has "accept".
        max_expected_wait=row.count(
            "callqueue-max-current-wait-to-accept-new-callers-seconds",
            "callqueue-max-current-wait-to-accepts-new-callers-seconds",
        ),
        max_wait_minutes=row.count("callqueue-max-wait-timeout-minutes"),
        waiting=row.count("active-queued-calls-total-current"),
        agents_available=available,
        agents_total=total,
        counts_readable=counts_readable,
    )


_QUEUE = re.compile(r"(?:[0-9]+_)?(?:call)?queue_(.+)", re.IGNORECASE)


def queue_named(written: str, domain: str = "") -> str:
    """The extension of the queue that this is written for: ``queue_8000`` and ``8000@example.com`` are ``8000``.

    Empty for a queue of another domain than this one.
    """
    local, _, host = written.partition("@")
    if host and domain not in ("", "~") and host.casefold() != domain.casefold():
        return ""
    bare = local[4:] if local[:4].casefold() == "sip:" else local
    found = _QUEUE.fullmatch(bare)
    return found[1] if found else bare


def read_queues(rows: Sequence[object], domain: str = "") -> tuple[tuple[Queue, ...], list[Problem]]:
    """Every queue of the list, in its order, and what could not be understood. A repeated queue counts once.

    A row of another domain than this one is left out, and said.
    """
    problems: list[Problem] = []
    queues: dict[str, Queue] = {}
    listed = objects(rows, "Queue", Part.LIVE, problems)
    for place, row in of_this_domain(listed, domain, "Queue", Part.LIVE, problems):
        queue = queue_of(row)
        if not queue.extension:
            text = f"{place} has no extension (callqueue): left out."
            problems.append(Problem(Part.LIVE, text, lost=True))
        elif queue.extension not in queues:
            queues[queue.extension] = queue
            problems.extend(row.problems(Part.LIVE, f"Queue {queue.extension}", queue.extension))
        elif queues[queue.extension] != queue:
            text = f"{place} repeats queue {queue.extension} differently: left out."
            problems.append(Problem(Part.LIVE, text, queue=queue.extension))
    return tuple(queues.values()), problems


class QueueList:
    """The list of a domain's queues, reading after reading: what comes again is not read again."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._repeated: RepeatedRows[Queue] = RepeatedRows()

    def read(self, rows: Sequence[object], *, body: bytes = b"") -> tuple[tuple[Queue, ...], list[Problem]]:
        """The whole list, as :func:`read_queues` does. ``body`` is what it came in, if that is one answer."""
        queues, problems = read_queues(rows, self._domain)
        if body and not problems and len(queues) == len(rows):
            self._repeated.keep(body, queues)
        else:
            self._repeated.forget()
        return queues, problems

    def read_again(self, body: bytes) -> tuple[Queue, ...] | None:
        """The list if it is the last one with some of its rows changed; ``None`` where it has to be read whole."""
        changes = self._repeated.compare(body, self._changed)
        return None if changes is None else self._repeated.items

    def _changed(self, fields: object, before: Queue) -> Queue | None:
        """The same queue by a row that changed, if all of it makes sense."""
        if not isinstance(fields, dict):
            return None
        row = JsonRow(fields)
        if row.of_another_domain(self._domain):
            return None
        queue = queue_of(row)
        return queue if queue.extension == before.extension and not row.notes else None


def settings_of(fields: Mapping[str, object]) -> dict[str, str]:
    """Every setting of a queue that a person can change, in one spelling, so that two readings compare."""
    return {
        name: setting_text(value)
        for name, value in fields.items()
        if name not in _NOT_SETTINGS and not moves_by_itself(name)
    }


def setting_text(value: object) -> str:
    """One setting in one spelling: ``true``, ``"Yes"`` and ``"yes"`` are the same; so are ``0`` and ``"0"``."""
    words = text(value, limit=10_000)
    if isinstance(value, bool) or (words or "").casefold() in ("yes", "no"):
        return "yes" if yes_no(value) else "no"
    return json.dumps(value, sort_keys=True) if words is None else words
