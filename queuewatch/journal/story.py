"""From the lines of the log to the changes they tell of. Whatever the lines hold, every whole record is read."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from queuewatch.journal.record import VERSION, Entry, read_begun, read_ended


@dataclass(frozen=True, slots=True)
class Log:
    """The changes that could be read, and what could not."""

    entries: tuple[Entry, ...] = ()
    """The oldest first, which is the order in which they were begun."""
    problems: tuple[str, ...] = ()
    """One sentence each."""

    def entry(self, id: str) -> Entry | None:
        """The change of that id."""
        return next((entry for entry in self.entries if entry.id == id), None)


def tell(written: bytes) -> Log:
    """The story of a log file. Total: a line that makes no sense becomes a problem, and the others count."""
    entries: dict[str, Entry] = {}
    unreadable: list[int] = []
    newer: list[int] = []
    homeless: list[int] = []
    for number, line in enumerate(written.split(b"\n"), start=1):
        if not line.strip():
            continue
        fields = _fields(line)
        version = fields.get("v")
        match fields.get("record"):
            case "begun" if (begun := read_begun(fields)) is not None and begun.id not in entries:
                entries[begun.id] = begun
            case "ended" if (read := read_ended(fields)) is not None:
                of, ended = read
                if of in entries:
                    entry = entries[of]
                    earlier = (*entry.earlier, entry.ended) if entry.ended is not None else ()
                    entries[of] = replace(entry, ended=ended, earlier=earlier)
                else:
                    homeless.append(number)
            case _ if isinstance(version, int) and version > VERSION:
                newer.append(number)
            case _:
                unreadable.append(number)
    return Log(tuple(entries.values()), tuple(_problems(unreadable, newer, homeless)))


def _fields(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line)
    # Brackets nested deeper than Python follows are a way of not being JSON.
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _problems(unreadable: list[int], newer: list[int], homeless: list[int]) -> Iterable[str]:
    if unreadable:
        yield (
            f"{_lines(unreadable)} of the log cannot be read: "
            "what is on it is left as it is, and may be a change that is missing here."
        )
    if newer:
        yield f"{_lines(newer)} of the log cannot be read by this version: a newer queuewatch wrote there."
    if homeless:
        yield f"{_lines(homeless)} of the log tells how a change ended whose beginning cannot be read."


def _lines(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"Line {numbers[0]}"
    shown = ", ".join(map(str, numbers[:5])) + (" …" if len(numbers) > 5 else "")
    return f"{len(numbers)} lines ({shown})"
