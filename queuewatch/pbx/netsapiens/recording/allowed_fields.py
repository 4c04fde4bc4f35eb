"""The fields of each list that may be handed on, and what makes each of their values harmless.

Names, numbers and addresses are no matter for this table: they get stand-ins where the rows are made.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from queuewatch.failover.status import is_do_not_disturb, is_single_call
from queuewatch.pbx.identity import SCOPES
from queuewatch.pbx.netsapiens.fields import absent, integer, text, yes_no
from queuewatch.pbx.netsapiens.recording.phone_models import phone_model
from queuewatch.pbx.netsapiens.zones import zone_called

Clean = Callable[[object], object]
"""From a value to the one that may be handed on."""

_LARGEST = 999_999
"""Far beyond any count of a queue, and short of any phone number."""

_ODD_TEXT = "?"
_ODD_NUMBER = -0.5


def odd(value: object) -> object:
    """A value of the same sort that makes as little sense as a text, a count, a switch or a list."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return _ODD_NUMBER
        case str():
            return _ODD_TEXT if value.strip() else ""
        case list():
            return []
        case _:
            return {}


def count(value: object) -> object:
    """A whole number from 0 up."""
    number = None if absent(value) else integer(value)
    return odd(value) if number is None or number < 0 else min(number, _LARGEST)


def rank(value: object) -> object:
    """A whole number."""
    number = None if absent(value) else integer(value)
    return odd(value) if number is None else max(-_LARGEST, min(number, _LARGEST))


def switch(value: object) -> object:
    """Yes or no, as the vendor writes it."""
    on = None if absent(value) else yes_no(value)
    return odd(value) if on is None else "yes" if on else "no"


def flag(value: object) -> object:
    """True or false, as the vendor writes the one field that is so."""
    on = None if absent(value) else yes_no(value)
    return odd(value) if on is None else on


def word(*known: str, whole: tuple[str, ...] = (), other: str = "other", by_beginning: bool = False) -> Clean:
    """One of these words, in any case, or the one that stands for every other.

    ``by_beginning`` takes a longer one for the known one it begins with, but for those that only count ``whole``.
    """
    by_key = {name.casefold(): name for name in (*known, *whole)}
    beginnings = sorted((name.casefold() for name in known), key=len, reverse=True) if by_beginning else []

    def clean(value: object) -> object:
        words = text(value)
        if not words:
            return odd(value)
        key = words.casefold()
        found = key if key in by_key else next((name for name in beginnings if key.startswith(name)), "")
        return by_key.get(found, other)

    return clean


def time_zone(value: object) -> object:
    """A time zone of the world's list; empty for anything else."""
    words = text(value) or ""
    return words if "/" in words and zone_called(words) is not None else ""


def stamp(value: object, ahead: timedelta | None = None) -> str | None:
    """A time as servers were seen to write it, in UTC; ``None`` for anything else.

    ``ahead`` is how far times without a zone are ahead of UTC; those that are not known are taken as they are.
    """
    try:
        moment = datetime.fromisoformat(text(value) or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment - (ahead or timedelta())
        return moment.strftime("%Y-%m-%d %H:%M:%S") if moment.year >= 1970 else None
    except (ValueError, OverflowError):
        return None


def user_agent(value: object, names: frozenset[str]) -> str:
    """A phone's make, model and version, as far as they are known ones; none of these names is taken for one."""
    return phone_model(text(value) or "", names)


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
