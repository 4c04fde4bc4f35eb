"""The sample companies: good in themselves, true to the API, and what their stories say they are."""

import json
import re

import pytest

from queuewatch.pbx.sandbox.samples import Row, Sample, load_sample, sample_names
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.scenario import load_scenario

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"

FORWARDS = {
    "forward-always",
    "forward-on-active",
    "forward-on-busy",
    "forward-no-answer",
    "forward-when-unregistered",
    "forward-on-dnd",
    "forward-on-spam-call",
    "simultaneous-ring",
    "phone-numbers-to-allow",
    "phone-numbers-to-reject",
}

# What the vendor's document names, and after the bar what only live servers were seen to send in its place.
FIELDS = {
    "callqueues": """callqueue domain description callqueue-dispatch-type callqueue-calculate-statistics
        active-queued-calls-total-current callqueue-agent-dispatch-timeout-seconds callqueue-count-agents-available
        callqueue-count-agents-total callqueue-debug callqueue-force-full-intro-playback
        callqueue-max-callback-queueing-hours callqueue-max-current-callers-to-accept-new-callers
        callqueue-max-wait-timeout-minutes callqueue-require-available-agents-to-accept-new-callers
        callqueue-source-match callqueue-sms-enable recording-configuration
        callqueue-agent-auto-logout-after-missed callqueue-sim-ring-1st-round callqueue-sim-ring-increment
        | site subscriber-group callqueue-max-current-wait-to-accepts-new-callers-seconds""",
    "agents": """callqueue-agent-id callqueue domain callqueue-agent-availability-type
        callqueue-agent-wrap-up-allowance-seconds callqueue-agent-dispatch-queue-priority-ordinal
        limits-max-active-calls-total callqueue-agent-answer-confirmation-enabled
        callqueue-agent-has-registered-devices callqueue-agent-availability-for-dispatch active-calls-total-current
        last-modified-datetime callqueue-agent-max-concurrent-sms-conversations last-callqueue-dispatch-datetime
        callqueue-agent-entry-type login-username name-full-name agent-department
        | ordinal-order auto-ans name-first-name name-last-name sub-site sub-scope sub-portal-status""",
    "users": """user domain name-first-name name-last-name login-username email-address user-scope department site
        time-zone service-code voicemail-enabled ring-no-answer-timeout-seconds status-message
        active-calls-total-current |""",
    "phonenumbers": """phonenumber enabled domain dial-rule-application dial-rule-translation-destination-user
        dial-rule-translation-destination-host dial-rule-translation-source-name dial-rule-description |""",
    "autoattendants": "attendant-name user time-frame starting-prompt |",
    "sites": "site time-zone dial-plan |",
    "timeframes": """domain user | timeframe-id timeframe-name timeframe-type timeframe-days-of-week-array
        timeframe-specific-dates-array timeframe-holiday-array""",
    "answerrules": f"""domain user time-frame enabled is-active do-not-disturb call-screening {" ".join(FORWARDS)}
        | ordinal-priority new_time_frame_data""",
    "devices": """device user domain device-sip-registration-uri device-sip-registration-state
        device-sip-registration-password device-sip-registration-contact device-sip-registration-core-server
        device-sip-registration-datetime device-sip-registration-expires-datetime
        device-sip-registration-expiry-seconds device-sip-registration-ip-address
        device-sip-registration-user-agent device-push-enabled name-full-name |""",
}


@pytest.fixture(params=sample_names())
def sample(request: pytest.FixtureRequest) -> Sample:
    return load_sample(str(request.param))


def parts(sample: Sample) -> dict[str, list[Row]]:
    return {
        "callqueues": list(sample.callqueues),
        "agents": list(sample.agents),
        "users": list(sample.users),
        "phonenumbers": list(sample.phonenumbers),
        "autoattendants": list(sample.autoattendants),
        "sites": list(sample.sites),
        "timeframes": list(sample.timeframes),
        "answerrules": [row for rows in sample.answerrules.values() for row in rows],
        "devices": [row for rows in sample.devices.values() for row in rows],
    }


def values(rows: tuple[Row, ...], key: str) -> set[str]:
    return {str(row[key]) for row in rows}


def test_rows_have_the_fields_of_the_api_and_no_others(sample: Sample) -> None:
    for part, rows in parts(sample).items():
        allowed = set(FIELDS[part].replace("|", " ").split())
        for row in rows:
            assert set(row) <= allowed, part


def test_every_row_is_of_the_samples_domain(sample: Sample) -> None:
    assert sample.domain.endswith(".example")
    for rows in parts(sample).values():
        assert {row["domain"] for row in rows if "domain" in row} <= {sample.domain}


def test_every_agent_is_a_user_who_has_the_device_it_names(sample: Sample) -> None:
    for row in sample.agents:
        local, domain = str(row["callqueue-agent-id"]).removeprefix("sip:").split("@")
        assert domain == sample.domain
        assert row["callqueue"] in values(sample.callqueues, "callqueue")
        match row["callqueue-agent-entry-type"]:
            case "user":
                assert local in values(sample.users, "user")
            case "device":
                assert local in {device["device"] for rows in sample.devices.values() for device in rows}
            case kind:
                assert kind == "offnet"
                assert re.fullmatch(r"1\d{10}", local)


def test_every_queue_and_auto_attendant_has_its_user(sample: Sample) -> None:
    users = {str(user["user"]): user for user in sample.users}
    for queue in sample.callqueues:
        if (sample.name, queue["callqueue"]) == ("harbor", "8114"):
            continue  # its fault is just this
        user = users[str(queue["callqueue"])]
        assert user["service-code"] == "system-queue"
        assert user["site"] == queue["site"]
    for attendant in sample.autoattendants:
        assert str(users[str(attendant["user"])]["service-code"]).startswith("system-")


def test_keys_are_unique(sample: Sample) -> None:
    for part, keys in {
        "callqueues": ["callqueue"],
        "users": ["user"],
        "agents": ["callqueue", "callqueue-agent-id"],
        "phonenumbers": ["phonenumber"],
        "devices": ["device"],
        "answerrules": ["user", "time-frame"],
        "sites": ["site"],
    }.items():
        names = [tuple(str(row[key]) for key in keys) for row in parts(sample)[part]]
        assert len(names) == len(set(names)), part


def test_everyone_and_every_queue_is_at_a_known_site(sample: Sample) -> None:
    known = values(sample.sites, "site") | {""}
    assert values(sample.users, "site") <= known
    assert values(sample.callqueues, "site") <= known
    assert values(sample.agents, "sub-site") <= known


def test_rules_and_devices_are_of_users_and_under_their_extension(sample: Sample) -> None:
    for by_user in (sample.answerrules, sample.devices):
        assert set(by_user) <= values(sample.users, "user")
        for user, rows in by_user.items():
            assert {row["user"] for row in rows} == {user}


def test_rules_hold_every_block_and_stand_on_known_time_frames(sample: Sample) -> None:
    known = values(sample.timeframes, "timeframe-name") | {"*"}
    for rule in parts(sample)["answerrules"]:
        assert set(rule) >= FORWARDS | {"do-not-disturb", "call-screening"}
        assert rule["time-frame"] in known


def test_at_its_start_a_sample_is_what_its_files_say(sample: Sample) -> None:
    pbx = SandboxPbx(sample)
    assert pbx.floor.agent_rows() == list(sample.agents)
    assert pbx.floor.queue_rows() == list(sample.callqueues)
    assert {user: tuple(pbx.floor.device_rows(user)) for user in sample.devices} == sample.devices
    assert {user: tuple(rules) for user, rules in pbx.rules.items()} == sample.answerrules
    for user in sample.users:
        assert pbx.floor.calls_of(str(user["user"])) == user["active-calls-total-current"]


def test_registrations_last_as_long_as_phones_registrations_do(sample: Sample) -> None:
    for row in parts(sample)["devices"]:
        assert isinstance(row["device-sip-registration-expiry-seconds"], int)
        assert 60 <= row["device-sip-registration-expiry-seconds"] <= 300


def test_numbers_and_addresses_are_invented_ones(sample: Sample) -> None:
    everything = json.dumps(parts(sample))
    numbers = re.findall(r"\b1?(\d{10})\b", everything)
    assert numbers
    assert all(re.fullmatch(r"\d{3}55501\d\d", number) for number in numbers)
    addresses = re.findall(r"\b\d+\.\d+\.\d+\.\d+:5060", everything)
    assert all(address.startswith(("192.0.2.", "198.51.100.", "203.0.113.")) for address in addresses)


def test_the_demo_has_its_scenario(sample: Sample) -> None:
    for name in (sample.demo_scenario, "quiet-day"):
        assert load_scenario(sample, name).title


def when_offline(sample: Sample, queue: str, block: str = "forward-when-unregistered") -> str | None:
    if queue not in sample.answerrules:
        return None
    default = next(rule for rule in sample.answerrules[queue] if rule["time-frame"] == "*")
    forward = default[block]
    assert isinstance(forward, dict)
    return str(forward["parameters"][0]) if forward["enabled"] == "yes" else None


def queues(sample: Sample) -> dict[str, Row]:
    return {
        str(row["callqueue"]): row for row in sample.callqueues if row["callqueue-dispatch-type"] != "Call Park"
    }


def test_lakeside_has_both_settings_but_for_one_queue_and_each_recommended_destination(lakeside: Sample) -> None:
    destinations = {queue: when_offline(lakeside, queue) for queue in queues(lakeside)}
    assert [queue for queue, row in queues(lakeside).items() if row[REQUIRE_AGENTS] != "yes"] == ["8006"]
    assert {str(destination).rstrip("0123456789") for destination in destinations.values()} == {
        "",
        "queue_",
        "vmail_",
        "aa_EmergencyMenu",
    }
    external = {destination for destination in destinations.values() if str(destination).isdecimal()}
    assert len(external) == 2
    assert not external & values(lakeside.phonenumbers, "phonenumber")
    assert "offnet" not in values(lakeside.agents, "callqueue-agent-entry-type")
    assert lakeside.demo_scenario == "quiet-day"


def test_harbor_has_each_named_fault() -> None:
    harbor = load_sample("harbor")
    users = {str(user["user"]): user for user in harbor.users}
    own = {str(row["phonenumber"]): row["dial-rule-translation-destination-user"] for row in harbor.phonenumbers}
    agents = {queue: [row for row in harbor.agents if row["callqueue"] == queue] for queue in queues(harbor)}

    assert queues(harbor)["8100"][REQUIRE_AGENTS] == "no"
    assert when_offline(harbor, "8100") is not None
    assert when_offline(harbor, "8101") is None
    assert (when_offline(harbor, "8102"), when_offline(harbor, "8103")) == ("queue_8103", "queue_8102")
    assert own[str(when_offline(harbor, "8104"))] == "8104"
    assert str(when_offline(harbor, "8105")).removeprefix("user_") not in users
    assert users[str(when_offline(harbor, "8106")).removeprefix("vmail_")]["voicemail-enabled"] == "no"
    assert when_offline(harbor, "8106", "forward-on-busy") not in (None, when_offline(harbor, "8106"))
    neighbour = users[str(when_offline(harbor, "8107")).removeprefix("user_")]
    assert {row["sub-site"] for row in agents["8107"]} == {neighbour["site"]} == {queues(harbor)["8107"]["site"]}
    assert "offnet" in {row["callqueue-agent-has-registered-devices"] for row in agents["8108"]}
    assert re.search(r"[^\d]", str(when_offline(harbor, "8108")))
    above = next(rule for rule in harbor.answerrules["8109"] if rule["is-active"])
    assert above["time-frame"] == "Peak Season"
    assert above["forward-when-unregistered"] == {"enabled": "no", "parameters": []}
    assert when_offline(harbor, "8109") is not None
    assert queues(harbor)["8110"]["active-queued-calls-total-current"] == 2
    assert {row["callqueue-agent-has-registered-devices"] for row in agents["8110"]} == {"no"}
    assert when_offline(harbor, "8111", "forward-always") not in (None, "queue_8111")
    shared = [when_offline(harbor, queue) for queue in queues(harbor)]
    assert shared.count(when_offline(harbor, "8100")) >= 3
    assert when_offline(harbor, "8113") == "queue_8110"
    assert "8114" not in users
    assert not agents["8115"]
    assert when_offline(harbor, "8115") == "park_711"
    assert queues(harbor)["8112"][REQUIRE_AGENTS] == "yes"
    assert str(when_offline(harbor, "8112")) not in own
