"""The fields of each list that may be handed on, and what makes each of their values harmless.

Names, numbers and addresses are no matter for this table: they get stand-ins where the rows are made.
"""

from collections.abc import Mapping

from queuewatch.failover.status import is_do_not_disturb, is_single_call
from queuewatch.pbx.identity import SCOPES
from queuewatch.pbx.netsapiens.harmless_values import Clean, count, flag, stamp, switch, time_zone, word
from queuewatch.pbx.netsapiens.values import text

_STATUS_MESSAGES = """Lunch|Break|On Break|DND|Do Not Disturb|Meeting|In a Meeting|Training|Away|Out of Office
Vacation|Holiday|Sick|Busy|Available|Online|Offline|Be Right Back|Wrap Up|Single Call|Manual""".replace("\n", "|")

_known_message = word(*_STATUS_MESSAGES.split("|"), other="Away")


def _status_message(value: object) -> object:
    """A portal status that is known, or the one that a colour rests on, however it is written."""
    words = text(value) or ""
    if is_do_not_disturb(words):
        return "DND"
    return "Single Call" if is_single_call(words) else _known_message(value)


QUEUE: Mapping[str, Clean] = {
    "callqueue-dispatch-type": word(
        "Round-robin", "Tiered Round-robin", "Ring All", "Linear Cascade", "Linear Hunt", "Call Park", "-"
    ),
    "callqueue-calculate-statistics": switch,
    "active-queued-calls-total-current": count,
    "callqueue-agent-dispatch-timeout-seconds": count,
    "callqueue-count-agents-available": count,
    "callqueue-count-agents-total": count,
    "callqueue-force-full-intro-playback": switch,
    "callqueue-max-callback-queueing-hours": count,
    "callqueue-max-current-callers-to-accept-new-callers": count,
    "callqueue-max-current-wait-to-accepts-new-callers-seconds": count,
    "callqueue-max-wait-timeout-minutes": count,
    "callqueue-require-available-agents-to-accept-new-callers": switch,
    "callqueue-agent-auto-logout-after-missed": switch,
    "callqueue-sim-ring-1st-round": count,
    "callqueue-sim-ring-increment": count,
}
AGENT: Mapping[str, Clean] = {
    "callqueue-agent-availability-type": word("automatic", "offnet-automatic", "manual", "disabled"),
    "callqueue-agent-availability-for-dispatch": word(
        "available", "unavailable", "busy", "offline", "logged out", "Dispatching", "waiting for callback"
    ),
    "callqueue-agent-has-registered-devices": word("yes", "no", "push-enabled", "offnet"),
    "callqueue-agent-entry-type": word("user", "device", "offnet"),
    "active-calls-total-current": count,
    "limits-max-active-calls-total": count,
    "callqueue-agent-wrap-up-allowance-seconds": count,
    "ordinal-order": count,
    "callqueue-agent-dispatch-queue-priority-ordinal": count,
    "auto-ans": switch,
    "callqueue-agent-answer-confirmation-enabled": switch,
    "sub-scope": word(*SCOPES),
    "sub-portal-status": _status_message,
    "last-modified-datetime": stamp,
    "last-callqueue-dispatch-datetime": stamp,
}
USER: Mapping[str, Clean] = {
    "user-scope": word(*SCOPES),
    "time-zone": time_zone,
    "service-code": word(
        "system-queue", "system-conf", "system-user", "system-trunk", "system-", by_beginning=True
    ),
    "voicemail-enabled": switch,
    "ring-no-answer-timeout-seconds": count,
    "status-message": word(*_STATUS_MESSAGES.split("|"), other="Away"),
    "active-calls-total-current": count,
}
APPLICATION = word(
    "to-callqueue",
    "to-voicemail",
    "to-user",
    "to-user-residential",
    "to-single-device",
    "to-connection",
    "to-queue",
    "sip:start@call-queuing",
    "sip:start@call-queueing",
    "sip:start@to-user",
    "sip:say-que",
    "say-que",
    "Residential VMail",
    whole=("hangup", "available-number", "AvailableDID", "sip:start@available-number"),
    by_beginning=True,
)
"""Where a number or a dial rule leads, by the word for it."""
NUMBER: Mapping[str, Clean] = {"enabled": switch, "dial-rule-application": APPLICATION}
FORWARDS = (
    "simultaneous-ring",
    "forward-always",
    "forward-on-active",
    "forward-on-busy",
    "forward-no-answer",
    "forward-when-unregistered",
    "forward-on-dnd",
    "forward-on-spam-call",
)
SWITCHES = ("do-not-disturb", "call-screening")
DEVICE: Mapping[str, Clean] = {
    "device-sip-registration-state": word("registered", "unregistered"),
    "device-sip-registration-expiry-seconds": count,
    "device-push-enabled": switch,
}

HARMLESS: Mapping[str, Clean] = {**QUEUE, **AGENT, **USER, **NUMBER, **DEVICE, "is-active": flag}
"""Every field whose values may be handed on, by its name on live servers."""
