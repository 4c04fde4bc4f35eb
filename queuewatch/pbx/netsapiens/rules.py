"""Answering rules from the API's JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence

from queuewatch.failover.model import DEFAULT_TIME_FRAME, OFF, Forward, Part, Problem, QueueRules, Rule
from queuewatch.pbx.errors import Misunderstood, Rejected
from queuewatch.pbx.netsapiens.fields import (
    JsonRow,
    absent,
    first_of,
    integer,
    moves_by_itself,
    objects,
    plain_name,
    quoted,
    text,
    yes_no,
)
from queuewatch.pbx.phone_system import AbsentRule, StoredRule
from queuewatch.text.plain_text import harmless

WHEN_OFFLINE = "forward-when-unregistered"
"""The block behind When Offline."""

_UNREADABLE = Forward(readable=False)


def destinations_of(parameters: object) -> tuple[str, ...] | None:
    """The destinations of a block, blank ones dropped; ``None`` when they are no texts or numbers.

    The vendor's type is a list of texts and numbers; ``[""]``, a missing list and a bare value were seen.
    """
    listed = parameters if isinstance(parameters, list) else [parameters]
    words = [text(entry) for entry in listed]
    return None if None in words else tuple(word for word in words if word)


def forward_of(block: object) -> Forward:
    """One forward of a rule; off when missing, unreadable (neither on nor off) when it makes no sense."""
    if block is None:
        return OFF
    if not isinstance(block, dict) or (block and "enabled" not in block and "parameters" not in block):
        return _UNREADABLE
    enabled = False if absent(block.get("enabled")) else yes_no(block["enabled"])
    destinations = destinations_of(block.get("parameters"))
    if enabled is None or destinations is None:
        return _UNREADABLE
    return Forward(enabled=enabled, destinations=destinations)


def switch_of(block: object) -> bool | None:
    """Whether a block without destinations is on; off when missing, ``None`` when it makes no sense."""
    if block is None:
        return False
    if not isinstance(block, dict):
        return None
    return False if absent(block.get("enabled")) else yes_no(block["enabled"])


def names_default(row: JsonRow) -> bool:
    """Whether a rule is spelled ``Default``, the portal's name for it, as some servers do (seen live)."""
    return row.text("time-frame").casefold() == "default"


def default_spelled_out(rows: Iterable[JsonRow]) -> bool:
    """Whether ``Default`` is the Default rule of this list: beside a ``*`` it is a time frame of that name."""
    return not any(row.text("time-frame") == DEFAULT_TIME_FRAME for row in rows)


def rule_of(row: JsonRow, place: str, *, spelled_out: bool = False) -> Rule:
    """The rule in one row; a rule that names no time frame goes by its place in the list.

    ``spelled_out`` says that one called ``Default`` is the Default rule.
    """
    # The vendor's type is a boolean; live servers were seen to send the same as a text or a number.
    active = row.yes_no("is-active", missing=False) is True
    enabled = row.yes_no("enabled", missing=True)
    order = integer(first_of(row.fields, "order", "ordinal-priority"))
    name = row.text("time-frame")

    def forward(name: str) -> Forward:
        # Whether a rule applies whose own switch makes no sense is known only if the server says so.
        return _UNREADABLE if enabled is None and not active else forward_of(row.fields.get(name))

    return Rule(
        time_frame=DEFAULT_TIME_FRAME if spelled_out and names_default(row) else name or f"({place})",
        enabled=enabled is not False,
        active=active,
        order=99 if order is None else order,
        always=forward("forward-always"),
        busy=forward("forward-on-busy"),
        no_answer=forward("forward-no-answer"),
        offline=forward(WHEN_OFFLINE),
        sim_ring=forward("simultaneous-ring"),
        dnd=switch_of(row.fields.get("do-not-disturb")),
        on_dnd=forward("forward-on-dnd"),
    )


def read_rules(rows: Sequence[object]) -> QueueRules:
    """The rules of one user, in the order the phone system tries them.

    A row that is no rule, does not say which it is, or does not make clear whether it is in effect, may be the one
    in effect: the rules are then known only if another row is marked so.
    """
    problems: list[Problem] = []
    rules: list[Rule] = []
    ordered = named = True
    placed = list(objects(rows, "Rule", Part.RULES, problems))
    spelled_out = default_spelled_out(row for _, row in placed)
    for place, row in placed:
        rule = rule_of(row, place.casefold(), spelled_out=spelled_out)
        rules.append(rule)
        if rule.enabled and not row.text("time-frame"):
            named = False
            problems.append(Problem(Part.RULES, f"{place} does not say of which time frame it is (time-frame)."))
        order = first_of(row.fields, "order", "ordinal-priority")
        ordered = ordered and (order is None or integer(order) is not None)
        state = row.fields.get("is-active")
        if not absent(state) and yes_no(state) is None:
            problems.append(Problem(Part.RULES, f"{place}: is-active is {quoted(state)}, not true or false."))
    in_order = tuple(sorted(rules, key=lambda rule: (rule.is_default, rule.order)))
    if problems and not any(rule.active for rule in rules):
        return QueueRules(in_order, problem=f"which answering rule is in effect is unclear: {problems[0].text}")
    return QueueRules(in_order, complete=ordered and named and len(rules) == len(rows))


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
    default: JsonRow | None = None
    raw: Mapping[str, object] = {}
    beside: dict[str, str] = {}
    unclear = False
    all_rows = [JsonRow(fields if isinstance(fields, dict) else {}) for fields in rows]
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
    return {**body, name: _forward_block(offline)}


def new_body(queue: str, offline: Forward) -> dict[str, object]:
    """A Default rule for a queue that has none.

    The portal gives every queue's user a forward of all calls to its own queue: it is how a call to the
    extension enters the queue. A Default rule without it would take the queue out of reach.
    """
    return {
        "time-frame": DEFAULT_TIME_FRAME,
        "enabled": "yes",
        "forward-always": {"enabled": "yes", "parameters": [f"queue_{queue}"]},
        WHEN_OFFLINE: _forward_block(offline),
    }


def _forward_block(offline: Forward) -> dict[str, object]:
    if not offline.readable:
        raise Rejected(
            "queuewatch does not write a When Offline that it could not read.", "Set it in the portal this time."
        )
    # Texts only: a number would lose its leading zeros.
    return {"enabled": "yes" if offline.enabled else "no", "parameters": list(offline.destinations)}
