"""A sample company's past: a file of rows, as the tables have them, with times before the sample's first moment.

Each line is a JSON array. The first holds every text once. A ``"span"`` then begins and ends; the ``"queue"`` and
``"agent"`` lines after it are what changed in it, with texts by their place in the first line. Times are seconds.
"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from queuewatch.history.database import HistoryInMemory, PhoneSystemKey
from queuewatch.history.writer import place_id, stamp
from queuewatch.pbx.sandbox.samples import LARGEST, Sample, SampleError, damage
from queuewatch.storage.folder import read_whole

_QUEUE = (0, 2, 3, 5, 6)
_AGENT = (1, 2, 3, 4, 5)
"""Where in a row, after its span, there are texts."""


def sample_history(server: str, sample: Sample) -> HistoryInMemory:
    """The past of a sample company, read when somebody first asks; nothing of it is written to a file."""
    place = PhoneSystemKey(server, sample.domain)
    if sample.history is None:
        return HistoryInMemory(place)
    return HistoryInMemory(place, partial(fill, path=sample.history, place=place, start=sample.start))


def fill(database: sqlite3.Connection, path: Path, place: PhoneSystemKey, start: datetime) -> None:
    """Put a sample's past into the tables. Raises :class:`SampleError`."""
    try:
        lines = [json.loads(line) for line in read_whole(path, LARGEST).decode("utf-8").splitlines()]
        database.execute("BEGIN")
        _insert(database, lines, place_id(database, place), start)
        database.execute("COMMIT")
    except OSError as error:
        raise SampleError(
            f"{path} cannot be read: {error.strerror}.",
            "Look at its permissions, or take it out: a past is optional.",
        ) from None
    except (ValueError, TypeError, IndexError, RecursionError, sqlite3.Error) as error:
        raise SampleError(f"{path} {damage(error)}.", "Take it out: a past is optional.") from None


def _insert(database: sqlite3.Connection, lines: list[list[object]], place: int, start: datetime) -> None:
    texts, *rows = lines
    numbers: list[int] = []
    for text in texts:
        database.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (text,))
        numbers += database.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()

    def at(seconds: object) -> int:
        return stamp(start + timedelta(seconds=float(str(seconds))))

    def known(row: list[object], which: tuple[int, ...]) -> Iterator[object]:
        for place, value in enumerate(row):
            yield numbers[value] if place in which and isinstance(value, int) else value

    span: int | None = None
    for kind, *row in rows:
        match kind:
            case "span":
                begun, ended = row
                insert = "INSERT INTO spans (place, begun, ended) VALUES (?, ?, ?)"
                span = database.execute(insert, (place, at(begun), at(ended))).lastrowid
            case "queue":
                row[1] = at(row[1])
                marks = ", ".join("?" * 11)
                database.execute(f"INSERT INTO verdicts VALUES ({marks})", (span, *known(row, _QUEUE)))
            case "agent":
                row[0] = at(row[0])
                marks = ", ".join("?" * 7)
                database.execute(f"INSERT INTO statuses VALUES ({marks})", (span, *known(row, _AGENT)))
            case _:
                raise ValueError


def dump(database: sqlite3.Connection, start: datetime) -> Iterator[str]:
    """Everything in the tables, as :func:`fill` reads it."""
    texts = [(number, text) for number, text in database.execute("SELECT id, text FROM texts ORDER BY id")]
    places = {number: nth for nth, (number, _) in enumerate(texts)}

    def line(*values: object) -> str:
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    def before(at: int) -> float:
        seconds = (at - stamp(start)) / 1000
        return int(seconds) if seconds.is_integer() else seconds

    def known(row: tuple[object, ...], which: tuple[int, ...]) -> Iterator[object]:
        for nth, value in enumerate(row):
            yield places[value] if nth in which and isinstance(value, int) else value

    yield line(*(text for _, text in texts))
    for span, begun, ended in database.execute("SELECT id, begun, ended FROM spans ORDER BY begun"):
        yield line("span", before(begun), before(ended))
        for row in database.execute("SELECT * FROM verdicts WHERE span = ? ORDER BY at, queue", (span,)):
            queue, at, *rest = known(row[1:], _QUEUE)
            yield line("queue", queue, before(int(str(at))), *rest)
        for row in database.execute("SELECT * FROM statuses WHERE span = ? ORDER BY at, queue, agent", (span,)):
            at, *rest = known(row[1:], _AGENT)
            yield line("agent", before(int(str(at))), *rest)
