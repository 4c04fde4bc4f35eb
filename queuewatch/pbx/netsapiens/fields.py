"""The rows of a list, read one by one so that a malformed one never hides the others."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from queuewatch.failover.model import Part, Problem
from queuewatch.text.plain_text import TEXT_LIMIT, harmless

_LARGEST = 10**15

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}(?:\.0+)?", re.ASCII)

_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def number_text(value: object) -> str | None:
    """A JSON number as people write it (``12145550100.0`` is ``12145550100``); ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if abs(value) >= _LARGEST:
        return None
    return str(int(value)) if value == int(value) else repr(value)


def text(value: object, limit: int = TEXT_LIMIT) -> str | None:
    """A text or a number as a harmless text; null is empty; ``None`` for anything else."""
    if isinstance(value, str):
        return harmless(value, limit)
    return "" if value is None else number_text(value)


def yes_no(value: object) -> bool | None:
    """Yes and no in any of their spellings, in any case; ``None`` for anything else."""
    if isinstance(value, bool):
        return value
    return _YES_NO.get((text(value) or "").casefold())


def integer(value: object) -> int | None:
    """A whole number, also written as a text or as ``3.0``; ``None`` for anything else."""
    if isinstance(value, str):
        words = value.strip()
        return int(words.split(".")[0]) if _WHOLE.fullmatch(words) else None
    words_of_number = number_text(value)
    return int(words_of_number) if words_of_number and _WHOLE.fullmatch(words_of_number) else None


def absent(value: object) -> bool:
    """Whether a value says nothing: null, or a blank text. The vendor's documented default then applies."""
    return value is None or (isinstance(value, str) and not value.strip())


def first_of(fields: Mapping[str, object], *names: str) -> object:
    """The value under the first of these spellings that says something; ``None`` when none does."""
    for name in names:
        value = fields.get(name)
        if not absent(value):
            return value
    return None


def moves_by_itself(name: str) -> bool:
    """Whether the server keeps this field by itself, rather than a person: a count, or when something happened."""
    return name.startswith(("active-", "last-", "callqueue-count-")) or name.endswith(("-datetime", "-timestamp"))


def kind(value: object) -> str:
    """What sort of JSON value it is, for a sentence: ``a list``."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def quoted(value: object) -> str:
    """The value itself where it is short enough to show, else its sort."""
    words = text(value, 40)
    return f"“{words}”" if words else kind(value)


def folded(fields: Mapping[str, object]) -> Mapping[str, object]:
    """The fields with every name in the one spelling with hyphens: ``sub_site`` is ``sub-site``.

    The vendor's own examples mix the two. Where a row has both, the one that says something counts, and of two
    that do the one with hyphens.
    """
    # Hardly a row of a large domain has an underscore in a name: one search over all names says so.
    if "_" not in "".join(fields):
        return fields
    named = {name: value for name, value in fields.items() if "_" not in name}
    for name, value in fields.items():
        plain = plain_name(name)
        if absent(named.get(plain)):
            named[plain] = value
    return named


def plain_name(name: str) -> str:
    """A field's name as the documented API spells it, with hyphens."""
    return name.replace("_", "-")


class JsonRow:
    """One JSON object, its names folded to one spelling, and a note of every value in it that made no sense.

    Each reader takes the spellings a value goes by, most official first, and the vendor's default for a value
    that is not there.
    """

    __slots__ = ("fields", "notes")

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.fields = folded(fields)
        self.notes: list[str] = []

    def text(self, *names: str) -> str:
        """A harmless text; empty when missing or when it is neither a text nor a number."""
        value: object = None
        for name in names:
            value = self.fields.get(name)
            # Almost every value of a large domain is a short plain text: say so before anything else is asked.
            if type(value) is str and value.isprintable() and len(value) <= TEXT_LIMIT:
                value = value.strip()
                if value:
                    return value
            elif value is not None:
                break
        words = text(value)
        if words is None:
            self.note(names[0], value, "a text")
        return words or ""

    def yes_no(self, *names: str, missing: bool) -> bool | None:
        """A switch; ``None`` when its value is neither yes nor no."""
        value = first_of(self.fields, *names)
        if value is None:
            return missing
        on = yes_no(value)
        if on is None:
            self.note(names[0], value, "yes or no")
        return on

    def count(self, *names: str, missing: int | None = 0) -> int | None:
        """A whole number from 0 up; ``None`` when its value is no such thing."""
        value = first_of(self.fields, *names)
        if value is None:
            return missing
        number = value if type(value) is int else integer(value)
        if number is None or number < 0:
            self.note(names[0], value, "a whole number from 0 up")
            return None
        return number

    def of_another_domain(self, domain: str) -> str:
        """The domain that the row says it belongs to, if that is not this one; empty otherwise.

        Neither a row without a domain that makes sense nor one of every domain (``*``) is another's; and where no
        domain is asked about by name (``~``), none can be told from it.
        """
        own = text(self.fields.get("domain")) or ""
        same = own in ("", "*", "~") or domain in ("", "~") or own.casefold() == domain.casefold()
        return "" if same else own

    def note(self, name: str, value: object, expected: str) -> None:
        """Note that the value under this name makes no sense; once, however often it is read."""
        note = f"{name} is {quoted(value)}, not {expected}"
        if note not in self.notes:
            self.notes.append(note)

    def problems(self, part: Part, label: str, queue: str = "") -> Iterator[Problem]:
        """The notes as sentences about the row called ``label``, which is of that ``queue`` alone."""
        return (Problem(part, f"{label}: {note}.", queue=queue) for note in self.notes)


def objects(
    rows: Sequence[object], noun: str, part: Part, problems: list[Problem]
) -> Iterator[tuple[str, JsonRow]]:
    """Every row that is an object, with its place (``Agent row 3 of 14``); the others become problems."""
    for number, fields in enumerate(rows, 1):
        place = place_of(noun, number, rows)
        row = object_at(place, fields, part, problems)
        if row is not None:
            yield place, row


def place_of(noun: str, number: int, rows: Sequence[object]) -> str:
    """A row by its place in its list: ``Agent row 3 of 14``."""
    return f"{noun} row {number} of {len(rows)}"


def object_at(place: str, fields: object, part: Part, problems: list[Problem]) -> JsonRow | None:
    """The row at this place if it is an object; a problem and ``None`` if it is not."""
    if isinstance(fields, dict):
        return JsonRow(fields)
    problems.append(Problem(part, f"{place} is {kind(fields)}, not an object: left out.", lost=True))
    return None


def of_this_domain(
    rows: Iterable[tuple[str, JsonRow]], domain: str, noun: str, part: Part, problems: list[Problem]
) -> Iterator[tuple[str, JsonRow]]:
    """The rows without those of another domain, which are left out, and said: one sentence for each domain."""
    foreign: Counter[str] = Counter()
    for place, row in rows:
        if other := row.of_another_domain(domain):
            foreign[other] += 1
        else:
            yield place, row
    problems.extend(foreign_rows(foreign, noun, part))


def foreign_rows(foreign: Mapping[str, int], noun: str, part: Part) -> Iterator[Problem]:
    """How many rows were left out for being of another domain, a sentence for each."""
    for other, number in foreign.items():
        are = "row is" if number == 1 else "rows are"
        yield Problem(part, f"{number} {noun.casefold()} {are} of another domain, {other}: left out.")
