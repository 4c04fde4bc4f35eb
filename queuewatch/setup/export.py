"""The failover set-up of a phone system as a file: the same set-up is the same file, to the byte."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import tomli_w

from queuewatch.failover.model import Forward, Part, Queue, Snapshot
from queuewatch.failover.visibility import why_maybe_unseen
from queuewatch.setup.setup_file import COLUMNS, SEVERAL, with_guard
from queuewatch.text.natural_order import natural_order
from queuewatch.text.plain_text import one_line


def left_out(snapshot: Snapshot, queue: Queue) -> tuple[str, ...]:
    """The settings of a queue that a file cannot say, each with why: ``when_offline: its rules …``."""
    found = []
    if queue.require_agents is None:
        found.append("require_agents is left out: what the phone system sent cannot be read.")
    known = snapshot.rules_of(queue.extension)
    if not known.known:
        found.append(f"when_offline is left out: {known.problem.rstrip('.')}.")
    elif not _offline(snapshot, queue).readable:
        found.append("when_offline is left out: what the phone system sent cannot be read.")
    return tuple(found)


def whole(snapshot: Snapshot) -> str:
    """Why the list of queues may not be the whole one, as a clause; empty where it is."""
    return why_maybe_unseen(snapshot, Part.LIVE)


def as_toml(snapshot: Snapshot, queues: Iterable[Queue]) -> str:
    """The set-up of these queues, fit to be read, kept under version control, and edited."""
    return "\n".join(_toml_blocks(snapshot, _sorted(queues)))


def _toml_blocks(snapshot: Snapshot, queues: Sequence[Queue]) -> Iterator[str]:
    yield "# The failover set-up of every queue here. What is not named is not touched."
    yield "# See what a change would do: queuewatch plan FILE. Make it: queuewatch apply FILE."
    if unseen := whole(snapshot):
        yield f"# There may be more queues than these: {one_line(unseen)}."
    yield ""
    yield tomli_w.dumps({"domain": {"name": snapshot.domain}})
    for queue in queues:
        table: dict[str, object] = {"name": queue.name}
        missing = left_out(snapshot, queue)
        if queue.require_agents is not None:
            table["require_agents"] = queue.require_agents
        offline = _offline(snapshot, queue)
        if offline.readable and snapshot.rules_of(queue.extension).known:
            table["when_offline"] = _value(offline)
        written = tomli_w.dumps({"queues": {queue.extension: table}})
        yield written + "".join(f"# {one_line(why)}\n" for why in missing)


def _value(offline: Forward) -> object:
    destinations = list(offline.destinations) if offline.enabled else []
    match destinations:
        case []:
            return False
        case [only]:
            return only
        case _:
            return destinations


def as_csv(snapshot: Snapshot, queues: Iterable[Queue]) -> str:
    """The same as rows; a cell for what cannot be read is empty, which says nothing of it."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for queue in _sorted(queues):
        on = "" if queue.require_agents is None else "yes" if queue.require_agents else "no"
        offline, known = _offline(snapshot, queue), snapshot.rules_of(queue.extension).known
        destinations = offline.destinations if offline.enabled else ()
        cell = f" {SEVERAL} ".join(destinations) or "off"
        name = one_line(queue.name)
        cells = (snapshot.domain, queue.extension, name, on, cell if known and offline.readable else "")
        rows.writerow(map(with_guard, cells))
    return written.getvalue()


def _offline(snapshot: Snapshot, queue: Queue) -> Forward:
    default = snapshot.rules_of(queue.extension).default
    return default.offline if default is not None else Forward()


def _sorted(queues: Iterable[Queue]) -> list[Queue]:
    return sorted(queues, key=lambda queue: natural_order(queue.extension))
