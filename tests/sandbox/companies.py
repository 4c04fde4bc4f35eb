"""Random companies in the API's own JSON: small enough that calls often loop, fail over and lose their way."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from queuewatch.pbx.sandbox.rules import blank_rule
from queuewatch.pbx.sandbox.samples import Row, Sample

DOMAIN = "random.example"
START = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)
NOW = "2026-11-23 15:11:30"

QUEUES = ("8000", "8001", "8002")
PEOPLE = ("1001", "1002", "1003")
OUTSIDE = ("13125550199", "3125550198")
OWN = {
    "12145550110": ("to-callqueue", "8001"),
    "12145550121": ("to-user", "1001"),
    "12145550130": ("to-user", "9000"),
}

_destinations = st.sampled_from(
    (
        *(f"queue_{queue}" for queue in QUEUES),
        *QUEUES,
        *(f"user_{person}" for person in PEOPLE),
        "1002",
        *(f"vmail_{person}" for person in PEOPLE),
        "phone_1003",
        "aa_MainMenu",
        "9000",
        *OUTSIDE,
        *OWN,
        "2145550110",
    )
)
_forwards = st.one_of(
    st.just({"enabled": "no", "parameters": []}),
    st.just({"enabled": "no", "parameters": ["vmail_1001"]}),
    *[_destinations.map(lambda to: {"enabled": "yes", "parameters": [to]})] * 3,
)
_yes_no = st.sampled_from(("yes", "no"))


@st.composite
def _rules(draw: st.DrawFn, user: str, *, queue: bool) -> tuple[Row, ...]:
    rules = []
    for time_frame in ("Holidays", "*") if draw(st.booleans()) else ("*",):
        rule = blank_rule(DOMAIN, user, time_frame)
        for name in ("forward-on-busy", "forward-when-unregistered"):
            rule[name] = draw(_forwards)
        rule["forward-always"] = (
            {"enabled": "yes", "parameters": [f"queue_{user}"]} if queue else rule["forward-always"]
        )
        if draw(st.integers(0, 4)) == 0:
            rule["forward-always"] = draw(_forwards)
        if not queue and draw(st.integers(0, 3)) == 0:
            beside = draw(st.sampled_from((*PEOPLE, OUTSIDE[0], "<OwnDevices>")))
            rule["simultaneous-ring"] = {"enabled": "yes", "parameters": [beside]}
        if not queue and draw(st.integers(0, 4)) == 0:
            rule["do-not-disturb"] = {"enabled": "yes"}
            rule["forward-on-dnd"] = draw(_forwards)
        rule["is-active"] = time_frame == "Holidays" and draw(st.booleans())
        rules.append(rule)
    return tuple(rules)


def _user(extension: str, service: str, mailbox: str) -> Row:
    return {
        "user": extension,
        "domain": DOMAIN,
        "name-first-name": f"User {extension}",
        "site": "",
        "user-scope": "No Portal" if service else "Call Center Agent",
        "service-code": service,
        "voicemail-enabled": mailbox,
    }


def _device(person: str, registered: bool, push: bool) -> Row:
    return {
        "device": person,
        "user": person,
        "domain": DOMAIN,
        "device-sip-registration-datetime": NOW if registered else None,
        "device-sip-registration-expires-datetime": None,
        "device-sip-registration-expiry-seconds": 60,
        "device-sip-registration-state": "registered" if registered else "unregistered",
        "device-sip-registration-user-agent": "SnapMobile iOS 44.0.2" if push else "Yealink SIP-T46S",
        "device-push-enabled": "yes" if push else "no",
    }


def _agent(who: str, queue: str, availability: str, entry: str, status: str | None, calls: int, order: int) -> Row:
    return {
        "callqueue-agent-id": who if entry == "offnet" else f"{who}@{DOMAIN}",
        "callqueue": queue,
        "domain": DOMAIN,
        "callqueue-agent-availability-type": availability,
        "callqueue-agent-entry-type": entry,
        "active-calls-total-current": calls,
        "ordinal-order": order,
        "sub-portal-status": status,
    }


@st.composite
def companies(draw: st.DrawFn) -> Sample:
    """A company whose lists are whole, so that its verdicts are hardly ever uncertain."""
    agents = []
    calls = {person: draw(st.sampled_from((0, 0, 1))) for person in PEOPLE}
    for queue in QUEUES:
        for nth, person in enumerate(draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3))):
            availability = draw(st.sampled_from(("automatic", "automatic", "manual", "disabled")))
            status = draw(st.sampled_from((None, None, "DND"))) if availability == "automatic" else "Lunch"
            agents.append(_agent(person, queue, availability, "user", status, calls[person], nth))
        if draw(st.integers(0, 9)) == 0:
            agents.append(_agent("13125550177", queue, "offnet-automatic", "offnet", None, 0, 9))
    return Sample(
        name="random",
        title="Random",
        domain=DOMAIN,
        story="",
        start=START,
        callqueues=tuple(
            {
                "callqueue": queue,
                "domain": DOMAIN,
                "description": f"Queue {queue}",
                "callqueue-dispatch-type": "Ring All",
                "callqueue-max-current-callers-to-accept-new-callers": draw(st.sampled_from((0, 1, 5))),
                "callqueue-require-available-agents-to-accept-new-callers": draw(
                    st.sampled_from(("yes", "yes", "no"))
                ),
                "active-queued-calls-total-current": draw(st.sampled_from((0, 0, 1))),
            }
            for queue in QUEUES
        ),
        agents=tuple(agents),
        users=(
            *(_user(queue, "system-queue", "no") for queue in QUEUES),
            *(_user(person, "", draw(_yes_no)) for person in PEOPLE),
            _user("9000", "system-aa", "no"),
        ),
        phonenumbers=tuple(
            {
                "phonenumber": number,
                "enabled": "yes",
                "domain": DOMAIN,
                "dial-rule-application": application,
                "dial-rule-translation-destination-user": target,
            }
            for number, (application, target) in OWN.items()
        ),
        autoattendants=({"attendant-name": "Main Menu", "user": "9000"},),
        answerrules={
            **{queue: draw(_rules(queue, queue=True)) for queue in QUEUES},
            **{person: draw(_rules(person, queue=False)) for person in PEOPLE},
        },
        devices={
            person: (_device(person, draw(st.booleans()), draw(st.integers(0, 5)) == 0),) for person in PEOPLE
        },
    )
