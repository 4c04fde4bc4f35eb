"""The Default answering rule as it is stored, for a safe edit: read whole, and written back whole."""

import json
from collections.abc import Mapping, Sequence

from queuewatch.failover.model import DEFAULT_TIME_FRAME, Forward
from queuewatch.pbx.errors import Misunderstood, Rejected
from queuewatch.pbx.netsapiens.rows import Row, plain_name
from queuewatch.pbx.netsapiens.rules import (
    WHEN_OFFLINE,
    default_spelled_out,
    destinations_of,
    names_default,
    rule_of,
)
from queuewatch.pbx.netsapiens.values import absent, harmless, moves_by_itself, text, yes_no
from queuewatch.pbx.phone_system import AbsentRule, StoredRule

_BLOCKS = (
    "simultaneous-ring",
    "do-not-disturb",
    "forward-always",
    "forward-on-active",
    "forward-on-busy",
    "forward-no-answer",
    WHEN_OFFLINE,
    "forward-on-dnd",
    "forward-on-spam-call",
    "call-screening",
    "phone-numbers-to-allow",
    "phone-numbers-to-reject",
)
"""The blocks the vendor documents. A server that leaves one out means that it is off."""

_NOT_WRITABLE = frozenset(
    {
        "domain",
        "user",
        "time-frame",
        "is-active",
        "order",
        "ordinal-priority",
        "time-range-data",
        "new-time-frame-data",
    }
)


def _writable(name: str) -> bool:
    plain = plain_name(name)
    return plain not in _NOT_WRITABLE and not moves_by_itself(plain)


def find_default(rows: Sequence[object]) -> StoredRule | AbsentRule:
    """The Default rule among a user's rules, or that there is none, and all the others to compare.

    Raises :class:`Misunderstood` when there is none to be seen and a row could not be read: it may be the one.
    """
    default: Row | None = None
    raw: Mapping[str, object] = {}
    beside: dict[str, str] = {}
    unclear = False
    all_rows = [Row(fields if isinstance(fields, dict) else {}) for fields in rows]
    spelled_out = default_spelled_out(all_rows)
    for fields, row in zip(rows, all_rows, strict=True):
        time_frame = row.text("time-frame")
        is_default = time_frame == DEFAULT_TIME_FRAME or (spelled_out and names_default(row))
        unclear = unclear or not time_frame
        if is_default and default is None:
            default, raw = row, fields if isinstance(fields, dict) else {}
            continue
        name = "a second Default rule" if is_default else f"the rule {time_frame or '?'}"
        label, nth = name, 1
        while f"{label}: enabled" in beside:
            nth += 1
            label = f"{name} ({nth})"
        beside |= {f"{label}: {block}": words for block, words in blocks_of(row.fields).items()}
    if default is not None:
        blocks = {name: words for name, words in blocks_of(default.fields).items() if name != WHEN_OFFLINE}
        rule = rule_of(default, "", spelled_out=spelled_out)
        return StoredRule(rule=rule, blocks=blocks, raw=raw, beside=beside)
    if unclear:
        raise Misunderstood(
            "One of the queue's answering rules does not say which it is, so its Default rule cannot be told.",
            "Look at the queue user's answering rules in the portal.",
        )
    return AbsentRule(beside)


def blocks_of(fields: Mapping[str, object]) -> dict[str, str]:
    """Every block of a rule that a person can change, in one spelling, so that two readings compare.

    A missing block and one that is off and empty are the same; so are ``12145550100`` and ``"12145550100"``.
    """
    names = ["enabled", *_BLOCKS, *filter(_writable, fields)]
    blocks = {harmless(name): _block_text(fields.get(name)) for name in dict.fromkeys(names)}
    if absent(fields.get("enabled")):
        blocks["enabled"] = "yes"
    return blocks


def _block_text(block: object) -> str:
    """One block as ``yes · 12145550100``, several destinations apart by commas."""
    known = block is None or (isinstance(block, dict) and block.keys() <= {"enabled", "parameters"})
    if not known:
        words = text(block, limit=10_000)
        on = yes_no(block)
        if on is not None:
            return "yes" if on else "no"
        return json.dumps(block, sort_keys=True) if words is None else words
    fields: Mapping[str, object] = block if isinstance(block, dict) else {}
    on = False if absent(fields.get("enabled")) else yes_no(fields["enabled"])
    destinations = destinations_of(fields.get("parameters"))
    if on is None or destinations is None:
        return json.dumps(block, sort_keys=True)
    return " · ".join(["yes" if on else "no", *([", ".join(destinations)] if destinations else [])])


def changed_body(stored: StoredRule, offline: Forward) -> dict[str, object]:
    """The rule to write: every writable block exactly as read, and this one forward changed."""
    body = {
        name: value for name, value in stored.raw.items() if _writable(name) and plain_name(name) != WHEN_OFFLINE
    }
    if absent(body.get("enabled")):
        body["enabled"] = "yes"
    # Under the name that it was read by: a server that was sent both would have two to choose from.
    name = next((name for name in stored.raw if plain_name(name) == WHEN_OFFLINE), WHEN_OFFLINE)
    return {**body, name: _block(offline)}


def new_body(queue: str, offline: Forward) -> dict[str, object]:
    """A Default rule for a queue that has none.

    The portal gives every queue's user a forward of all calls to its own queue: it is how a call to the
    extension enters the queue. A Default rule without it would take the queue out of reach.
    """
    return {
        "time-frame": DEFAULT_TIME_FRAME,
        "enabled": "yes",
        "forward-always": {"enabled": "yes", "parameters": [f"queue_{queue}"]},
        WHEN_OFFLINE: _block(offline),
    }


def _block(offline: Forward) -> dict[str, object]:
    if not offline.readable:
        raise Rejected(
            "queuewatch does not write a When Offline that it could not read.", "Set it in the portal this time."
        )
    # Texts only: a number would lose its leading zeros.
    return {"enabled": "yes" if offline.enabled else "no", "parameters": list(offline.destinations)}
