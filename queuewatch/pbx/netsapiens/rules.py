"""Answering rules from the API's JSON."""

from collections.abc import Iterable, Sequence

from queuewatch.failover.model import DEFAULT_TIME_FRAME, OFF, Forward, Part, Problem, QueueRules, Rule
from queuewatch.pbx.netsapiens.rows import Row, objects
from queuewatch.pbx.netsapiens.values import absent, pick, quoted, text, whole, yes_no

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


def names_default(row: Row) -> bool:
    """Whether a rule is spelled ``Default``, the portal's name for it, as some servers do (seen live)."""
    return row.text("time-frame").casefold() == "default"


def default_spelled_out(rows: Iterable[Row]) -> bool:
    """Whether ``Default`` is the Default rule of this list: beside a ``*`` it is a time frame of that name."""
    return not any(row.text("time-frame") == DEFAULT_TIME_FRAME for row in rows)


def rule_of(row: Row, place: str, *, spelled_out: bool = False) -> Rule:
    """The rule in one row; a rule that names no time frame goes by its place in the list.

    ``spelled_out`` says that one called ``Default`` is the Default rule.
    """
    # The vendor's type is a boolean; live servers were seen to send the same as a text or a number.
    active = row.yes_no("is-active", missing=False) is True
    enabled = row.yes_no("enabled", missing=True)
    order = whole(pick(row.fields, "order", "ordinal-priority"))
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
        order = pick(row.fields, "order", "ordinal-priority")
        ordered = ordered and (order is None or whole(order) is not None)
        state = row.fields.get("is-active")
        if not absent(state) and yes_no(state) is None:
            problems.append(Problem(Part.RULES, f"{place}: is-active is {quoted(state)}, not true or false."))
    in_order = tuple(sorted(rules, key=lambda rule: (rule.is_default, rule.order)))
    if problems and not any(rule.active for rule in rules):
        return QueueRules(in_order, problem=f"which answering rule is in effect is unclear: {problems[0].text}")
    return QueueRules(in_order, complete=ordered and named and len(rules) == len(rows))
