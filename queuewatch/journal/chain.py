"""The chain that holds the register of proofs and drills together: each entry carries the hash of the one before.

::

    {"record": "drill", …, "hash_before": "5f0c…", "hash": "91ab…"}

An entry that is edited, taken out or put in between no longer fits its neighbours. It is no signature: whoever
rewrites everything that follows, or cuts off the end, leaves a chain that fits. So the hash of the last entry, the
register's fingerprint, is what to write down elsewhere.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping

from msgspec import Struct

from queuewatch.journal.record import read_object

CHAINED = frozenset({"proof_begun", "proof_agent", "proof_ended", "drill"})
"""The records that are entries of the register, or parts of one."""

_HASH, _BEFORE = "hash", "hash_before"
_MARK = b'"hash_before"'


class ChainCheck(Struct, frozen=True):
    """What the chain says of a log file."""

    entries: int
    fingerprint: str
    """The hash of the last entry; empty where there is none."""
    hashes: frozenset[str]
    """Of every record."""
    before_of: Mapping[str, str]
    """By the id of an entry, the hash that its first record carries of the one before."""
    hash_of: Mapping[str, str]
    """By the id of an entry, the hash of its last record."""
    flaws: tuple[str, ...]
    """What does not fit, a sentence each."""


def sealed(record: Mapping[str, object], hash_before: str) -> dict[str, object]:
    """The record with its place in the chain, if it has one; ``hash_before`` is empty for the first."""
    if record.get("record") not in CHAINED:
        return dict(record)
    placed = {**record, _BEFORE: hash_before}
    return {**placed, _HASH: _hash(placed)}


def _hash(record: Mapping[str, object]) -> str:
    """Of everything in a record but its own hash, however it is spaced."""
    content = {name: value for name, value in record.items() if name != _HASH}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def last_hash(written: bytes) -> str:
    """The hash of the last entry of the register on these lines of a log; empty where there is none."""
    end = len(written)
    while (mark := written.rfind(_MARK, 0, end)) >= 0:
        begin = written.rfind(b"\n", 0, mark) + 1
        stop = written.find(b"\n", mark)
        fields = read_object(written[begin : stop if stop >= 0 else len(written)]) or {}
        if fields.get("record") in CHAINED and isinstance(found := fields.get(_HASH), str):
            return found
        end = begin
    return ""


def check_chain(written: bytes) -> ChainCheck:
    """Hold every entry of a log file against the one before. Total: what cannot be read is a flaw, or no entry."""
    hashes: list[str] = []
    flaws: list[str] = []
    before_of: dict[str, str] = {}
    hash_of: dict[str, str] = {}
    for number, line in enumerate(written.split(b"\n"), start=1):
        fields = read_object(line)
        if not fields:
            flaws += _unread(number, line)
        elif fields.get("record") in CHAINED:
            flaws += _misfits(number, fields, hashes[-1] if hashes else "")
            named = str(fields.get("id", ""))
            hashes.append(str(fields.get(_HASH, "")))
            before_of.setdefault(named, str(fields.get(_BEFORE, "")))
            hash_of[named] = hashes[-1]
    last = hashes[-1] if hashes else ""
    return ChainCheck(len(hashes), last, frozenset(hashes) - {""}, before_of, hash_of, tuple(flaws))


def _unread(number: int, line: bytes) -> Iterator[str]:
    if _MARK in line or any(f'"{kind}"'.encode() in line for kind in CHAINED):
        yield f"Line {number} cannot be read: it was an entry, cut off by a crash or edited."


def _misfits(number: int, fields: Mapping[str, object], before: str) -> Iterator[str]:
    what = f"Line {number} ({fields.get('record')} {fields.get('id', '')})"
    try:
        own = _hash(fields)
    except (ValueError, TypeError):
        own = ""
    if not isinstance(fields.get(_HASH), str) or not isinstance(fields.get(_BEFORE), str):
        yield f"{what} has no hash: it was not written by this version, or was edited."
    elif fields[_HASH] != own:
        yield f"{what} was edited: its hash is not that of what it says."
    if isinstance(fields.get(_BEFORE), str) and fields[_BEFORE] != before:
        yield f"{what} does not follow the entry before it: one was taken out, put in or moved there."
