"""A file that says how the failover of queues is to be set: TOML for version control, CSV for spreadsheets.

Whatever is wrong with one is told with its file, line, key and the nearest name, and nothing is made of it.
"""

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import Struct

from queuewatch.storage.folder import read_whole
from queuewatch.text.plain_text import visible
from queuewatch.text.similar import did_you_mean

LARGEST = 8 * 1024 * 1024
"""Bytes: some hundred thousand queues."""

OFF: tuple[str, ...] = ()
"""The When Offline that is off."""

SEVERAL = "|"
"""Stands between several destinations in a cell."""

COLUMNS = ("domain", "queue", "name", "require_agents", "when_offline")
_QUEUE_KEYS = ("name", "require_agents", "when_offline")
TOP_KEYS = ("domain", "queues", "expect")
"""One file may say both how it is to be set and what must hold then."""


class SetupFileError(ValueError):
    """A file that is wrong, or cannot be read. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


class Place(Struct, frozen=True):
    """A place in a file."""

    file: str
    line: int | None = None
    """``None`` where it cannot be told."""
    key: str = ""

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line is not None else ""
        return f"{self.file}{line}{f', {self.key}' if self.key else ''}"


@dataclass(frozen=True, slots=True)
class QueueSetup:
    """What a file says of one queue. What is ``None`` it does not say."""

    queue: str
    """Its extension."""
    place: Place
    name: str | None = None
    require_agents: bool | None = None
    when_offline: tuple[str, ...] | None = None
    """The destinations, as they are written there; :data:`OFF` for none."""
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)
    """Where each key stands."""

    def at(self, key: str) -> Place:
        """Where this key stands, else the queue."""
        return self.places.get(key, self.place)


class SetupFile(Struct, frozen=True):
    """What a file, or several, say."""

    domain: str
    """Empty where none of them names it."""
    domain_place: Place
    queues: tuple[QueueSetup, ...]


# Reading


def load_setups(paths: Sequence[Path]) -> SetupFile:
    """What these files say together. Raises :class:`SetupFileError`, also where two of them do not agree."""
    files = [load_setup(path) for path in paths]
    named = [file for file in files if file.domain]
    for file in named[1:]:
        if file.domain.casefold() != named[0].domain.casefold():
            raise SetupFileError(
                f"{file.domain_place}: the domain is {file.domain} here, "
                f"and {named[0].domain} in {named[0].domain_place}.",
                "Plan the files of one domain at a time.",
            )
    whose = named[0] if named else files[0]
    # A queue may come from a file that names no domain: the yes then names it.
    domain = whose.domain if len(named) == len(files) else ""
    return SetupFile(domain, whose.domain_place, _together(entry for file in files for entry in file.queues))


def load_setup(path: Path) -> SetupFile:
    """What one file says: CSV by its name or by its first line, else TOML. Raises :class:`SetupFileError`."""
    text = read_text(path)
    name = str(path)
    return read_csv(name, text) if path.suffix.casefold() in (".csv", ".tsv", ".txt") else read_toml(name, text)


def read_text(path: Path) -> str:
    """The text of a file, whatever its line ends and its mark of order. Raises :class:`SetupFileError`."""
    try:
        content = read_whole(path, LARGEST)
    except FileNotFoundError:
        raise SetupFileError(f"There is no file {path}.", "Name the file that is meant.") from None
    except OSError as error:
        raise SetupFileError(
            f"{path} cannot be read: {error.strerror or 'it is no file'}.", "Make it readable, or name another."
        ) from None
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return re.sub("\r\n?", "\n", content.decode(encoding))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SetupFileError(
            f"{path}, line {line}: this is not UTF-8 text.",
            "Save it as UTF-8; a spreadsheet calls that “CSV UTF-8”.",
        ) from None


def read_toml(file: str, text: str) -> SetupFile:
    """What a TOML file says. Raises :class:`SetupFileError`."""
    table = toml_table(file, text)
    lines = KeyLines(file, text)
    domain, domain_place = read_domain(lines, table)
    queues = table.get("queues", {})
    if not isinstance(queues, dict):
        raise SetupFileError(f"{lines.place('queues')} must be tables.", "Begin each queue with [queues.8000].")
    entries = [_queue_of_toml(lines, queue, entry) for queue, entry in queues.items()]
    return SetupFile(domain, domain_place, _together(entries))


def read_domain(lines: "KeyLines", table: Mapping[str, object]) -> tuple[str, Place]:
    """The domain that a TOML file is about, and where it says so; empty where it does not.

    Raises :class:`SetupFileError`, also for a key at the top that means nothing.
    """
    check_keys(lines, (), table, TOP_KEYS)
    about = table.get("domain", {})
    if not isinstance(about, dict):
        raise SetupFileError(
            f"{lines.place('domain')} must be a table.", 'Write [domain], and below it name = "…".'
        )
    check_keys(lines, ("domain",), about, ("name",))
    domain = about.get("name", "")
    if not isinstance(domain, str):
        raise SetupFileError(f"{lines.place('domain', 'name')} must be a text.", 'Write name = "acme.example".')
    return domain.strip(), lines.place("domain", "name")


_TOML_ERROR = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
"""How the reader of TOML says what is wrong; where another one says it otherwise, its words are passed on."""
_TWICE = re.compile(r"Cannot declare \((.*)\) twice|Cannot overwrite a value")


def toml_table(file: str, text: str) -> Mapping[str, object]:
    """The table that a TOML text is. Raises :class:`SetupFileError`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_ERROR.fullmatch(str(error))
        last = text.rstrip().count("\n") + 1
        what, line = (found[1], int(found[2] or last)) if found else (str(error), None)
        place = Place(file, line)
        if twice := _TWICE.match(what):
            path = ".".join(re.findall(r"'([^']*)'", twice[1] or ""))
            table = f" the table {visible(path)}" if path else " a key or a table"
            raise SetupFileError(f"{place}:{table} comes twice.", "Write all that is said of it once.") from None
        raise SetupFileError(
            f"{place}: this is not valid TOML: {what}.", "A text needs quotes, a table its [brackets]."
        ) from None
    except ValueError:
        # Python reads no number of more than some thousand digits.
        raise SetupFileError(
            f"{file} holds a number that is too long to be read.", "Write extensions and numbers in quotes."
        ) from None
    except RecursionError:
        raise SetupFileError(
            f"{file} is nested too deep.", "A set-up has [queues.8000] and keys below it."
        ) from None


def _queue_of_toml(lines: "KeyLines", queue: str, entry: object) -> QueueSetup:
    place = lines.place("queues", queue)
    if not isinstance(entry, dict):
        raise SetupFileError(f"{place} is no table.", f"Write [queues.{queue}] and the settings below it.")
    check_keys(lines, ("queues", queue), entry, _QUEUE_KEYS)
    places = {key: lines.place("queues", queue, key) for key in entry}
    name, on, offline = (entry.get(key) for key in _QUEUE_KEYS)
    if name is not None and not isinstance(name, str):
        raise SetupFileError(f"{places['name']} must be a text.", 'Write it in quotes: name = "Sales".')
    if on is not None and not isinstance(on, bool):
        raise SetupFileError(f"{places['require_agents']} is neither true nor false.", "Write true or false.")
    return QueueSetup(
        _extension(queue, place),
        place,
        name,
        on,
        None if offline is None else _destinations(offline, places["when_offline"]),
        places,
    )


_SAID_OFF = ("off", "no", "false")
"""How a cell says that there is to be no forward."""


def _destinations(value: object, place: Place) -> tuple[str, ...]:
    match value:
        case False:
            return OFF
        case str() if value.strip().casefold() in _SAID_OFF:
            raise SetupFileError(f"{place}: {visible(value)!r} is no destination.", "Write false, without quotes.")
        case str():
            return (_destination(value, place),)
        case int() if value is not True and value >= 0:
            return (str(value),)
        case float():
            raise _scientific(str(value), place)
        case list() if value and all(isinstance(item, str) for item in value):
            return tuple(_destination(item, place) for item in value)
        case _:
            raise SetupFileError(
                f"{place} is no destination.", 'Write a text in quotes, several as ["…", "…"], or false for off.'
            )


_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+|\d+[.,]0+")


def _destination(text: str, place: Place) -> str:
    text = text.strip()
    if not text:
        raise SetupFileError(f"{place} is empty.", "Write a destination, or say that it is off.")
    if _ROUNDED.fullmatch(text):
        raise _scientific(text, place)
    return text


def _scientific(text: str, place: Place) -> SetupFileError:
    return SetupFileError(
        f"{place}: {visible(text)} is a number as a spreadsheet rounds it, and its digits are lost.",
        "Format that column as text, and type the number again.",
    )


def _extension(text: str, place: Place) -> str:
    text = text.strip()
    if _ROUNDED.fullmatch(text):
        raise _scientific(text, place)
    return text.removeprefix("queue_")


def read_csv(file: str, text: str) -> SetupFile:
    """What a CSV file says, whatever stands between its cells. Raises :class:`SetupFileError`."""
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    heads: list[str] = []
    entries: list[QueueSetup] = []
    domains: dict[str, Place] = {}
    # A cell may hold line breaks: a row stands where its first line does, and so does a quote that never ends.
    begins = 1
    try:
        for row in rows:
            line, begins = begins, rows.line_num + 1
            cells = [_without_guard(cell) for cell in row]
            if not any(cells):
                continue
            if not heads:
                heads = _heads(Place(file, line), cells)
                continue
            found = _row(Place(file, line), heads, cells)
            if domain := found.pop("domain", ""):
                domains.setdefault(domain.casefold(), Place(file, line, "domain"))
            entries.append(_queue_of_row(file, line, found))
    except csv.Error as error:
        raise SetupFileError(f"{Place(file, begins)}: {error}.", "Save it as CSV again.") from None
    if not heads:
        raise SetupFileError(f"{file} is empty.", f"Its first line is {','.join(COLUMNS)}.")
    if len(domains) > 1:
        (one, _), (other, where) = list(domains.items())[:2]
        raise SetupFileError(
            f"{where} is {visible(other)}, and lines above are about {visible(one)}.",
            "Plan the rows of one domain at a time.",
        )
    domain, place = next(iter(domains.items()), ("", Place(file, key="domain")))
    return SetupFile(domain, place, _together(entries))


def _delimiter(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max(",;\t", key=first.count)


_FORMULA = "=+\\-@＝＋－＠"
"""What a formula begins with, also in the wide letters of East Asia."""
_GUARDED = re.compile(rf"(^|[;\t]\s*)(?=[{_FORMULA}'])")
_GUARD = re.compile(rf"([;\t]\s*)'(?=[{_FORMULA}'])")
"""Where a cell may begin: many a country's spreadsheets take a semicolon for the end of a cell."""


_LOSES_DIGITS = re.compile(r"0\d+|\d{12,}")
"""A number that a spreadsheet would shorten: it drops zeros in front, and rounds what is longer."""


def with_guard(cell: str) -> str:
    """A cell that a spreadsheet leaves as it is, no formula and no number it would shorten.

    What reads the file takes the signs away again.
    """
    return f"'{cell}" if _LOSES_DIGITS.fullmatch(cell) else _GUARDED.sub(r"\1'", cell)


def _without_guard(cell: str) -> str:
    """A cell without the sign by which spreadsheets, and our own, keep it from being a formula or a number."""
    cell = _GUARD.sub(r"\1", cell.strip())
    return cell[1:].lstrip() if cell.startswith("'") else cell


def _heads(place: Place, cells: Sequence[str]) -> list[str]:
    heads = [cell.casefold().replace(" ", "_") for cell in cells]
    for head in heads:
        if head not in COLUMNS:
            raise SetupFileError(
                f"{place}: there is no column {visible(head)!r}.",
                f"{did_you_mean(head, COLUMNS)}The first line names the columns: {','.join(COLUMNS)}.",
            )
        if heads.count(head) > 1:
            raise SetupFileError(f"{place}: the column {head} comes twice.", "Leave one of them out.")
    if "queue" not in heads:
        raise SetupFileError(
            f"{place}: there is no column queue.", f"The first line names the columns: {','.join(COLUMNS)}."
        )
    return heads


def _row(place: Place, heads: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if any(cells[len(heads) :]):
        raise SetupFileError(
            f"{place} has {len(cells)} cells below {len(heads)} columns.",
            "A text with a comma in it stands in quotes.",
        )
    # What is empty is not said.
    return {head: cell for head, cell in zip(heads, cells, strict=False) if cell}


def _queue_of_row(file: str, line: int, cells: Mapping[str, str]) -> QueueSetup:
    if "queue" not in cells:
        raise SetupFileError(f"{Place(file, line)}: the queue is missing.", "Write its extension.")
    places = {key: Place(file, line, key) for key in cells}
    offline = cells.get("when_offline")
    destinations: tuple[str, ...] | None = None
    if offline is not None:
        where = places["when_offline"]
        is_off = offline.casefold() in _SAID_OFF
        destinations = OFF if is_off else tuple(_destination(part, where) for part in offline.split(SEVERAL))
    on: bool | None = None
    if (written := cells.get("require_agents")) is not None:
        on = _YES_NO.get(written.casefold())
        if on is None:
            raise SetupFileError(
                f"{places['require_agents']}: {visible(written)!r} is neither yes nor no.", "Write yes or no."
            )
    return QueueSetup(
        _extension(cells["queue"], places["queue"]),
        Place(file, line, cells["queue"]),
        cells.get("name"),
        on,
        destinations,
        places,
    )


_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def _together(entries: Iterable[QueueSetup]) -> tuple[QueueSetup, ...]:
    """Each queue once. Raises :class:`SetupFileError` where two places do not say the same of it."""
    found: dict[str, QueueSetup] = {}
    for entry in entries:
        before = found.get(entry.queue)
        found[entry.queue] = entry if before is None else _both(before, entry)
    return tuple(found.values())


def _both(one: QueueSetup, other: QueueSetup) -> QueueSetup:
    merged = one
    for key in _QUEUE_KEYS:
        said, again = getattr(one, key), getattr(other, key)
        if again is None:
            continue
        if said is None:
            merged = replace(merged, **{key: again}, places={**merged.places, key: other.at(key)})
        elif said != again:
            raise SetupFileError(
                f"{other.at(key)}: {key} of queue {visible(one.queue)} is {_words(again)}, "
                f"and {one.at(key)} says {_words(said)}.",
                "Leave one of them out: neither goes before the other.",
            )
    return merged


def _words(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return " | ".join(visible(text) for text in value) or "off"
        case _:
            return visible(str(value))


# Where something stands


class KeyLines:
    """The lines on which the keys of a TOML text stand: its own parser tells none."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines: dict[tuple[str, ...], int] = {}
        for path, line in _keys(text):
            # A table that is only named by what is in it stands where the first of that does.
            for length in range(1, len(path) + 1):
                self._lines.setdefault(path[:length], line)

    def place(self, *path: str) -> Place:
        """Where this key stands; of the tables in a list, ``#1`` is the first."""
        line = self._lines.get(path) or self._lines.get(path[:-1])
        return Place(self._file, line, ".".join(path).replace(".#", " #"))


_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_.\s-]|"(?:[^"\\]|\\.)*"|'[^']*')+?)\s*=""")


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each key with the tables it is in, and its line."""
    table: tuple[str, ...] = ()
    counts: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(text.split("\n"), start=1):
        if (header := _HEADER.fullmatch(line)) and (path := _path(header[2])):
            counts[path] += header[1] == "[["
            table = (*path, f"#{counts[path]}") if header[1] == "[[" else path
            yield table, number
        elif (key := _KEY.match(line)) and (path := _path(key[1])):
            yield (*table, *path), number


def _path(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key; nothing for what is none."""
    try:
        held: object = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(held, dict):
        ((name, held),) = held.items()
        path.append(name)
    return tuple(path)


def check_keys(lines: KeyLines, path: tuple[str, ...], table: Mapping[str, object], known: Sequence[str]) -> None:
    """Raise :class:`SetupFileError` for a key that means nothing, with its line and the nearest that does."""
    for key in table:
        if key not in known:
            raise SetupFileError(
                f"{lines.place(*path, key)}: there is no key {visible(key)!r}.",
                f"{did_you_mean(key, known)}There is: {', '.join(known)}.",
            )
