"""The fields that queuewatch reads of each list, by every name that servers give them."""

from collections.abc import Mapping

SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "callqueues": {
        "callqueue-max-current-wait-to-accept-new-callers-seconds": (
            "callqueue-max-current-wait-to-accepts-new-callers-seconds"
        ),
    },
    "agents": {
        "agent-name-first-name": "name-first-name",
        "agent-name-last-name": "name-last-name",
        "agent-site": "sub-site",
        "agent-user-scope": "sub-scope",
        "agent-status-message": "sub-portal-status",
        "auto-answer-enabled": "auto-ans",
        "callqueue-agent-dispatch-order-ordinal": "ordinal-order",
    },
    "answerrules": {"order": "ordinal-priority", "time-range-data": "new-time-frame-data"},
}
"""By list: the vendor's documented name of a field, and the one seen on live 44.x servers in its place.

Both with hyphens: names are folded to that spelling where rows are read.
"""

VITAL: Mapping[str, tuple[str, ...]] = {
    "callqueues": (
        "callqueue",
        "callqueue-require-available-agents-to-accept-new-callers",
        "callqueue-max-current-callers-to-accept-new-callers",
        "active-queued-calls-total-current",
    ),
    "agents": (
        "callqueue-agent-id",
        "callqueue",
        "callqueue-agent-has-registered-devices",
        "callqueue-agent-availability-type",
        "active-calls-total-current",
    ),
    "users": ("user", "voicemail-enabled"),
    "phonenumbers": ("phonenumber", "dial-rule-application", "dial-rule-translation-destination-user"),
    "autoattendants": ("attendant-name", "user"),
    "sites": ("site",),
    "answerrules": ("time-frame", "is-active"),
    "devices": ("device", "device-sip-registration-state"),
}
"""By list: the fields without which a verdict would be uncertain, or rest on a default.

The forwards of an answering rule are not among them: servers leave out those that are off.
"""

HELPFUL: Mapping[str, tuple[str, ...]] = {
    "callqueues": (
        "description",
        "site",
        "callqueue-dispatch-type",
        "callqueue-max-current-wait-to-accept-new-callers-seconds",
        "callqueue-max-wait-timeout-minutes",
        "callqueue-count-agents-available",
        "callqueue-count-agents-total",
    ),
    "agents": (
        "callqueue-agent-entry-type",
        "callqueue-agent-availability-for-dispatch",
        "name-full-name",
        "agent-name-first-name",
        "agent-name-last-name",
        "agent-site",
        "agent-status-message",
        "callqueue-agent-dispatch-order-ordinal",
    ),
    "users": ("name-first-name", "name-last-name", "site", "user-scope", "service-code", "time-zone"),
    "phonenumbers": ("enabled",),
    "answerrules": (
        "enabled",
        "order",
        "forward-always",
        "forward-on-busy",
        "forward-no-answer",
        "forward-when-unregistered",
        "simultaneous-ring",
        "do-not-disturb",
        "forward-on-dnd",
    ),
    "devices": (
        "user",
        "device-sip-registration-datetime",
        "device-sip-registration-expires-datetime",
        "device-sip-registration-expiry-seconds",
        "device-sip-registration-ip-address",
        "device-sip-registration-user-agent",
        "device-push-enabled",
    ),
}
"""By list: the other fields that are read, by their documented names."""


def aliases_of(resource: str, field: str) -> tuple[str, ...]:
    """Every name the field goes by, the documented one first."""
    live = SPELLINGS.get(resource, {}).get(field)
    return (field,) if live is None else (field, live)
