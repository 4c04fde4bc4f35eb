"""A snapshot as text, and back: what was read of a phone system outlives the program that read it.

Every value class becomes a row of its fields in order, so nothing is written twice over thousands of agents. Which
fields there are is part of the text: after an update that has others, an older text is none any more.
"""

import json
import types
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from queuewatch.failover.model import Snapshot
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts

FORMAT = 1
"""To be raised when the same fields come to mean something else."""

ZoneOf = Callable[[str], tzinfo | None]
"""The clocks of a time zone by its name."""
Convert = Callable[[Any], Any]
_PLAIN = (str, int, float, bool, type(None))


class NotASnapshot(ValueError):
    """The text is no snapshot that this version wrote, or not all of it."""


def snapshot_text(snapshot: Snapshot) -> str:
    """The snapshot, all but the facts that the profile has about its sites."""
    rows = _writer(Snapshot)(snapshot)
    try:
        body = msgspec.json.encode(rows).decode()
    except UnicodeEncodeError:
        # A name may hold half a character.
        body = json.dumps(rows, separators=(",", ":"))
    return f"{_head(body)}\n{body}\n"


def snapshot_from(text: str, zone_of: ZoneOf, site_facts: SiteFacts = NO_SITE_FACTS) -> Snapshot:
    """The snapshot again, with what the profile says of its sites now. Raises :class:`NotASnapshot`."""
    head, _, body = text.partition("\n")
    body = body.removesuffix("\n")
    if head != _head(body):
        raise NotASnapshot
    try:
        snapshot = _read(body, zone_of)
    # What has the right sum and is none nevertheless was put there by hand.
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise NotASnapshot from error
    return replace(snapshot, site_facts=site_facts)


def _read(body: str, zone_of: ZoneOf) -> Snapshot:
    try:
        parts = msgspec.json.decode(body, type=list[msgspec.Raw])
    except msgspec.DecodeError:
        # Half a character, which json writes and reads.
        parts = [msgspec.Raw(json.dumps(part).encode()) for part in json.loads(body)]
    fields = _fields(Snapshot)
    if len(parts) != len(fields):
        raise NotASnapshot
    return Snapshot(*(_read_part(part, of, zone_of) for part, (_, of) in zip(parts, fields, strict=True)))


def _read_part(part: msgspec.Raw, hint: Any, zone_of: ZoneOf) -> Any:
    if _is_native(hint):
        with suppress(msgspec.MsgspecError):
            return msgspec.json.decode(part, type=hint)
    return _reader(hint, zone_of)(json.loads(bytes(part)))


@cache
def _is_native(hint: Any) -> bool:
    """Whether msgspec reads by itself what is written of the kind: thousands of agents in a third of the time."""
    parts, origin = get_args(hint), get_origin(hint)
    if origin in (Union, types.UnionType):
        others = [part for part in parts if part not in _PLAIN]
        return not others or (len(others) == 1 and len(parts) == 2 and _is_native(others[0]))
    if origin in (tuple, frozenset, Mapping):
        return all(_is_native(part) for part in parts if part is not ...)
    if hint in _PLAIN or issubclass(hint, Enum):
        return True
    config = getattr(hint, "__struct_config__", None)
    return bool(config and config.array_like) and all(_is_native(of) for _, of in _fields(hint))


def text_version() -> str:
    """Which texts this version writes and reads: no other's has the same."""
    return f"{FORMAT} {_shape():08x}"


def _head(body: str) -> str:
    return f"queuewatch snapshot {text_version()} {zlib.crc32(body.encode()):08x}"


@cache
def _shape() -> int:
    """Tells apart two versions of the classes that a snapshot is made of."""
    return zlib.crc32("\n".join(sorted(_described(Snapshot, set()))).encode())


def _described(hint: Any, seen: set[Any]) -> Iterator[str]:
    if isinstance(hint, type) and hint not in seen and hint is not SiteFacts:
        seen.add(hint)
        fields = _fields(hint)
        if issubclass(hint, Enum):
            yield f"{hint.__name__}: {[member.value for member in hint]}"
        elif fields:
            yield f"{hint.__name__}: {[(name, str(of)) for name, of in fields]}"
            for _, of in fields:
                yield from _described(of, seen)
    for part in get_args(hint):
        yield from _described(part, seen)


@cache
def _fields(kind: type) -> list[tuple[str, Any]]:
    """What an object of the class is made from, in order."""
    names = getattr(kind, "__match_args__", ())
    if not names:
        return []
    hints = kind.__annotations__
    if any(isinstance(hints.get(name, ""), str) for name in names):
        # To look up what is written as text, or in another class, takes as long as all the rest.
        hints = get_type_hints(kind)
    return [(name, hints[name]) for name in names]


def _members(hint: Any) -> tuple[Any, ...]:
    """The kinds of a union; the kind itself for what is none."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


@cache
def _converts(hint: Any) -> bool:
    """Whether JSON has no such value of its own."""
    return not all(member in _PLAIN for member in _members(hint))


def _same(value: Any) -> Any:
    return value


@cache
def _writer(hint: Any) -> Convert:
    """From a value of the kind to what JSON has."""
    if not _converts(hint):
        return _same
    members = [member for member in _members(hint) if member is not type(None)]
    if len(members) > 1:
        writers = {member: (at, _writer(member)) for at, member in enumerate(members)}

        def write_one_of(value: Any) -> Any:
            if value is None:
                return None
            at, write = writers[type(value)]
            return [at, write(value)]

        return write_one_of
    write = _writer_of_one(members[0])
    if len(members) == len(_members(hint)):
        return write
    return lambda value: None if value is None else write(value)


def _writer_of_one(kind: Any) -> Convert:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple or origin is frozenset:
        write = _writer(inner[0])
        if origin is frozenset:
            return lambda value: sorted(map(write, value))
        return list if write is _same else lambda value: [*map(write, value)]
    if origin is Mapping:
        write_key, write = map(_writer, inner)
        return lambda value: {write_key(key): write(of) for key, of in value.items()}
    if issubclass(kind, Enum):
        # As JSON, one that is a text is its value.
        return _same if issubclass(kind, str) else lambda value: value.value
    if kind is datetime:
        return _moment_text
    if kind in (date, time):
        return lambda value: value.isoformat()
    if kind is timedelta:
        return lambda value: [value.days, value.seconds, value.microseconds]
    if kind is tzinfo:
        return _zone_text
    if kind is SiteFacts:
        return lambda value: None
    return _row_writer(kind)


def _row_writer(kind: type) -> Convert:
    fields = _fields(kind)
    names = [name for name, _ in fields]
    # Most fields are as JSON has them, and there are thousands of rows.
    converted = [(at, write) for at, (_, of) in enumerate(fields) if (write := _writer(of)) is not _same]
    if len(names) == 1:
        name, write_it = names[0], _writer(fields[0][1])
        return lambda value: [write_it(getattr(value, name))]
    values_of = attrgetter(*names)
    if not converted:
        return values_of

    def write_row(value: Any) -> list[Any]:
        row = [*values_of(value)]
        for at, write in converted:
            row[at] = write(row[at])
        return row

    return write_row


@cache
def _reader(hint: Any, zone_of: ZoneOf) -> Convert:
    """From what JSON has to a value of the kind."""
    if not _converts(hint):
        return _same
    members = [member for member in _members(hint) if member is not type(None)]
    if len(members) > 1:
        readers = [_reader(member, zone_of) for member in members]
        return lambda found: None if found is None else readers[found[0]](found[1])
    read = _reader_of_one(members[0], zone_of)
    if len(members) == len(_members(hint)):
        return read
    return lambda found: None if found is None else read(found)


def _reader_of_one(kind: Any, zone_of: ZoneOf) -> Convert:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple or origin is frozenset:
        read = _reader(inner[0], zone_of)
        return origin if read is _same else lambda found: origin(map(read, found))
    if origin is Mapping:
        read_key, read = _reader(inner[0], zone_of), _reader(inner[1], zone_of)
        return lambda found: {read_key(key): read(of) for key, of in found.items()}
    if issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__
    if kind is datetime:
        return lambda found: _moment(found, zone_of)
    if kind in (date, time):
        return kind.fromisoformat  # type: ignore[no-any-return]
    if kind is timedelta:
        return lambda found: timedelta(*found)
    if kind is tzinfo:
        # A thousand users have one zone.
        named = cache(zone_of)
        return lambda found: _zone(found, named)
    if kind is SiteFacts:
        return lambda found: NO_SITE_FACTS
    return _row_reader(kind, zone_of)


def _row_reader(kind: type, zone_of: ZoneOf) -> Convert:
    readers = [_reader(of, zone_of) for _, of in _fields(kind)]
    # Most fields are as JSON has them, and there are thousands of rows.
    converted = [(at, read) for at, read in enumerate(readers) if read is not _same]

    def read_row(found: Any) -> Any:
        if len(found) != len(readers):
            raise NotASnapshot
        for at, read in converted:
            found[at] = read(found[at])
        return kind(*found)

    return read_row


def _zone_text(zone: tzinfo) -> str | list[int]:
    if isinstance(zone, timezone):
        offset = zone.utcoffset(None)
        return [offset.days, offset.seconds, offset.microseconds]
    return str(getattr(zone, "key", ""))


def _zone(found: Any, zone_of: ZoneOf) -> tzinfo | None:
    return timezone(timedelta(*found)) if isinstance(found, list) else zone_of(found)


def _moment_text(moment: datetime) -> str | list[str]:
    key = getattr(moment.tzinfo, "key", "")
    return [moment.isoformat(), key] if key else moment.isoformat()


def _moment(found: Any, zone_of: ZoneOf) -> datetime:
    if isinstance(found, str):
        return datetime.fromisoformat(found)
    moment, zone = datetime.fromisoformat(found[0]), zone_of(found[1])
    # From its offset the zone knows which of an hour's two occurrences is meant.
    return moment if zone is None else moment.astimezone(zone)
