"""Answering rules as the sandbox's server keeps them: which one is in effect, and what a write does."""

from collections.abc import Collection
from typing import Literal

from queuewatch.pbx.sandbox.samples import Row

Puts = Literal["merge", "replace"]
"""What a PUT does to the blocks its body leaves out. The vendor does not say."""

FORWARDS = (
    "simultaneous-ring",
    "forward-always",
    "forward-on-active",
    "forward-on-busy",
    "forward-no-answer",
    "forward-when-unregistered",
    "forward-on-dnd",
    "forward-on-spam-call",
    "phone-numbers-to-allow",
    "phone-numbers-to-reject",
)
SWITCHES = ("do-not-disturb", "call-screening")


def blank_rule(domain: str, user: str, time_frame: str) -> Row:
    """A rule with every block off. Default comes last among a user's rules."""
    rule: Row = {
        "domain": domain,
        "user": user,
        "time-frame": time_frame,
        "enabled": "yes",
        "is-active": False,
        "ordinal-priority": 99 if time_frame == "*" else 0,
    }
    rule.update(_all_off())
    rule["new_time_frame_data"] = []
    return rule


def _all_off() -> Row:
    off: Row = {name: {"enabled": "no", "parameters": []} for name in FORWARDS}
    off.update({name: {"enabled": "no"} for name in SWITCHES})
    return off


def find_rule(rules: list[Row], time_frame: str) -> Row | None:
    """The user's rule for this time frame."""
    called = ("*", "Default") if time_frame == "Default" else (time_frame,)
    return next((rule for rule in rules if rule["time-frame"] in called), None)


def mark_active(rules: list[Row], time_frames: Collection[str]) -> None:
    """Flag the rule in effect: the first enabled one, by priority, whose time frame it is; Default's is always."""
    chosen = None
    for rule in sorted(rules, key=_priority):
        if rule.get("enabled") == "yes" and (rule["time-frame"] == "*" or rule["time-frame"] in time_frames):
            chosen = rule
            break
    for rule in rules:
        rule["is-active"] = rule is chosen


def _priority(rule: Row) -> tuple[bool, int]:
    """Default comes last, whatever its number."""
    value = rule.get("ordinal-priority", 99)
    return rule["time-frame"] == "*", value if isinstance(value, int) else 99


def always_elsewhere(rule: Row, queue: str) -> bool:
    """Whether the rule's forward-always leads away from its own queue, whose usual entrance is such a forward."""
    block = rule.get("forward-always")
    if not isinstance(block, dict) or block.get("enabled") != "yes":
        return False
    parameters = [str(item) for item in block.get("parameters") or []]
    return bool(parameters) and parameters[0] not in (queue, f"queue_{queue}")


def write_rule(rule: Row, body: Row, puts: Puts) -> None:
    """Change a stored rule as a PUT with this body does. What only the server sets is ignored in a body."""
    if puts == "replace":
        rule.update(_all_off())
    rule["enabled"] = body.get("enabled", rule.get("enabled"))
    for name in (*FORWARDS, *SWITCHES):
        block = body.get(name)
        if isinstance(block, dict):
            rule[name] = dict(block)


def complaint(body: Row) -> str:
    """Why the server would not take this body for an answering rule; empty when it would."""
    if body.get("enabled") not in ("yes", "no"):
        return "enabled is required and must be yes or no"
    for name in (*FORWARDS, *SWITCHES):
        block = body.get(name, {"enabled": "no"})
        if not isinstance(block, dict) or block.get("enabled") not in ("yes", "no"):
            return f"{name} must be an object whose enabled is yes or no"
        parameters = block.get("parameters", [])
        if not isinstance(parameters, list) or not all(isinstance(item, str | int) for item in parameters):
            return f"{name} parameters must be an array of strings or numbers"
    return ""
