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
    "answerrules": {"order": "ordinal-priority", "time_range_data": "new_time_frame_data"},
}
"""By list: the vendor's documented name of a field, and the one seen on live 44.x servers in its place."""
