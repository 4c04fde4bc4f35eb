"""A recording holds nothing of whom it was recorded from, and the same stand-in wherever the same one stood."""

import asyncio
import json
import random
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.pbx.netsapiens.recording.allowed_fields import user_agent
from queuewatch.pbx.netsapiens.recording.pseudonyms import Pseudonyms, address, person, phone_number
from queuewatch.pbx.netsapiens.recording.record import Recording, record
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.save_sample import CannotSave, files_of, save

from .server import TOKEN, RawServer, server_of

# Words that no recording may hold, and where each is planted.
PLANTED = {
    "person": "Zebulon Quackenbush",
    "first": "Zebulon",
    "last": "Quackenbush",
    "queue": "Platypus Intake",
    "site": "Timbuktu",
    "attendant": "Wombat Greeting",
    "time frame": "Feast of Saint Swithin",
    "domain": "planted-company.test",
    "mail": "zebulon@planted-mail.test",
    "password": "Sup3rS3cretPassw0rd",
    "mac": "805ec0ffee42",
    "contact": "sip:1001@198.18.7.77:5060",
    "ip": "198.18.7.77",
    "outside": "13128675309",
    "own": "14695551234",
    "department": "Skunkworks",
    "description": "Call Zebulon at home",
    "status": "At the dentist with Zebulon",
    "odd": "unlisted-field-value",
    "destination": "ring-zebulon-at-home",
    "extension": "zebulonq",
    "host": "core7.planted-host.test",
    "group": "Night Owls",
    "holiday": "Swithin Day",
}


def planted() -> RawServer:
    """Lakeside, taken over by Zebulon Quackenbush."""
    server = server_of(load_sample("lakeside"))
    server.domain = PLANTED["domain"]
    text = json.dumps(server.lists)
    for old, new in (
        ("lakeside.example", PLANTED["domain"]),
        ("12145550100", PLANTED["outside"]),
        ("Holidays", PLANTED["time frame"]),
        ("Dallas", PLANTED["site"]),
    ):
        assert old in text
        text = text.replace(old, new)
    server.lists = json.loads(text)
    lists: Any = server.lists
    for row in [*lists["agents"], *lists["users"]]:
        row |= {
            "name-full-name": PLANTED["person"],
            "name-first-name": PLANTED["first"],
            "name-last-name": PLANTED["last"],
            "email-address": PLANTED["mail"],
            "department": PLANTED["department"],
            "agent-department": PLANTED["department"],
            "status-message": PLANTED["status"],
            "sub-portal-status": PLANTED["status"],
            "user-scope": PLANTED["group"],
            "time-zone": PLANTED["site"],
            "some-new-field": PLANTED["odd"],
            PLANTED["odd"]: {"deep": [PLANTED["odd"]]},
            "login-username": f"{PLANTED['extension']}@{PLANTED['domain']}",
            "last-modified-datetime": PLANTED["status"],
            "callqueue-agent-availability-for-dispatch": PLANTED["status"],
            "active-calls-total-current": PLANTED["outside"],
        }
    for row in lists["callqueues"]:
        row |= {
            "description": PLANTED["queue"],
            "subscriber-group": PLANTED["group"],
            "callqueue-dispatch-type": PLANTED["group"],
            "callqueue-max-wait-timeout-minutes": int(PLANTED["outside"]),
            "callqueue-require-available-agents-to-accept-new-callers": [PLANTED["odd"]],
        }
    lists["users"].append({"user": PLANTED["extension"], "domain": PLANTED["domain"]})
    lists["agents"].append(f"a row that says {PLANTED['odd']}")
    lists["agents"].append({"callqueue-agent-id": PLANTED["mail"], "callqueue": "8000"})
    lists["agents"].append({"callqueue-agent-id": f"{PLANTED['outside']}@{PLANTED['host']}", "callqueue": "8000"})
    lists["phonenumbers"].append(
        {
            "phonenumber": PLANTED["own"],
            "dial-rule-application": f"to-{PLANTED['extension']}",
            "dial-rule-translation-destination-user": PLANTED["destination"],
            "dial-rule-description": PLANTED["description"],
        }
    )
    for row in lists["autoattendants"]:
        row |= {"attendant-name": PLANTED["attendant"], "starting-prompt": PLANTED["description"]}
    for row in lists["timeframes"]:
        row["timeframe-holiday-array"] = [{"timeframe-holiday-name": PLANTED["holiday"], PLANTED["odd"]: 1}]
    for path, rows in lists.items():
        if path.endswith("/answerrules") and rows:
            rows[0]["forward-on-busy"] = {
                "enabled": PLANTED["odd"],
                "parameters": [
                    f"queue_{PLANTED['extension']}",
                    f"aa_{PLANTED['attendant']}",
                    PLANTED["destination"],
                ],
            }
            rows[0]["simultaneous-ring"] = {"enabled": "yes", "parameters": [f"{PLANTED['outside']};delay=15"]}
            rows[0]["phone-numbers-to-allow"] = {"enabled": "yes", "parameters": [PLANTED["outside"]]}
            rows[0]["call-screening"] = PLANTED["odd"]
            rows[0]["new_time_frame_data"] = [{"name": PLANTED["time frame"]}]
        if path.endswith("/devices"):
            for row in rows:
                row |= {
                    "device-sip-registration-password": PLANTED["password"],
                    "device-provisioning-password": PLANTED["password"],
                    "device-provisioning-mac-address": PLANTED["mac"],
                    "device-sip-registration-contact": PLANTED["contact"],
                    "device-sip-registration-ip-address": f"{PLANTED['ip']}:5060",
                    "device-sip-registration-core-server": PLANTED["host"],
                    "device-sip-registration-user-agent": f"Yealink T46S 66.86 {PLANTED['mac']} zebulon's",
                }
    return server


async def recording(server: RawServer, *, phones: bool = True) -> Recording:
    system = server.client()
    try:
        return await record(system, phones=phones, pause=0)
    finally:
        await system.close()


async def test_nothing_that_was_planted_is_in_it() -> None:
    server = planted()
    sent = json.dumps(server.lists)
    assert [word for word in PLANTED.values() if word not in sent] == []
    files = files_of(await recording(server))
    everything = "\n".join(f"{name}\n{text}" for name, text in files.items()).casefold()
    leaked = [name for name, word in PLANTED.items() if word.casefold() in everything]
    squeezed = [name for name, word in PLANTED.items() if word.casefold().replace(" ", "") in everything]
    assert leaked == squeezed == []
    for piece in ("zebulon", "quackenbush", "wombat", "swithin", TOKEN.casefold(), "8675309", "planted"):
        assert piece not in everything
    assert "yealink t46s 66.86" in everything


FORMS = (
    "Secret{}",
    "secret{} Person",
    "SECRET{}@secret.test",
    "sip:secret{}@secret.test",
    "queue_secret{}",
    "aa_Secret{}",
    "phone_1001secret{}",
    "secret{};delay=15",
    "confirm_secret{}",
    "12148675{:03d}",
    "8675{:03d}",
    "+442079{:06d}",
    "user_2148675{:03d}",
    "2026-01-01 secret{}",
    "US/secret{}",
    "system-secret{}",
    "to-user-secret{}",
    "https://secret{}.test",
)


def replaced(value: Any, chance: random.Random) -> Any:
    """The same JSON with secrets in place of many a value, and of some names of fields."""
    match value:
        case dict():
            return {
                key if chance.random() > 0.03 else f"secret{chance.randrange(9)}": replaced(item, chance)
                for key, item in value.items()
            }
        case list():
            return [replaced(item, chance) for item in value]
        case str() | int() if chance.random() < 0.3:
            return chance.choice(FORMS).format(chance.randrange(1000))
        case _:
            return value


@settings(max_examples=6)
@given(st.sampled_from(("lakeside", "harbor")), st.integers(0, 2**32))
async def test_nothing_that_stands_anywhere_is_in_it(sample: str, seed: int) -> None:
    chance = random.Random(seed)
    server = server_of(load_sample(sample))
    server.lists = {path: replaced(rows, chance) for path, rows in server.lists.items()}
    server.lists["users/8000/answerrules"] = None
    everything = "".join(files_of(await recording(server)).values()).casefold()
    assert [told for told in ("secret", "2148675", "8675", "442079") if told in everything] == []


async def test_no_name_of_a_sample_company_is_in_its_recording() -> None:
    for name in ("lakeside", "harbor"):
        sample = load_sample(name)
        files = files_of(await recording(server_of(sample)))
        everything = "\n".join(files.values())
        names = [str(row.get("name-full-name") or "") for row in sample.agents]
        names += [f"{row['name-first-name']} {row['name-last-name']}".strip() for row in sample.users]
        names += [str(row["description"]) for row in sample.callqueues]
        names += [str(row["attendant-name"]) for row in sample.autoattendants]
        names += [str(row["timeframe-name"]) for row in sample.timeframes]
        names += [str(row["site"]) for row in sample.sites]
        names += [sample.domain, sample.title, "@" + sample.domain, "password", "email", "contact"]
        assert [one for one in names if one and f'"{one}"' in everything] == []


async def test_the_same_one_is_the_same_everywhere() -> None:
    made = await recording(server_of(load_sample("lakeside")))
    lists: Any = made.scrubbed.lists
    users = {row["user"]: row for row in lists["users"]}
    for agent in lists["agents"]:
        who = agent["callqueue-agent-id"].removeprefix("sip:").split("@")[0].rstrip("abcdefghijklmnopqrstuvwxyz")
        if who in users and agent.get("name-full-name"):
            named = users[who]
            assert agent["name-full-name"] == f"{named['name-first-name']} {named['name-last-name']}"
            assert agent["sub-site"] in ("", named["site"])
    queues = {row["callqueue"]: row["description"] for row in lists["callqueues"]}
    assert all(
        users[queue].get("name-first-name", name) == name for queue, name in queues.items() if queue in users
    )
    own = {row["phonenumber"] for row in lists["phonenumbers"]}
    forwards = re.findall(r'"(1[0-9]{10})"', json.dumps(made.scrubbed.answerrules))
    assert forwards
    assert all(number[4:9] == "55501" for number in (*own, *forwards))
    original = load_sample("lakeside")
    assert len(own) == len(original.phonenumbers)
    assert (await recording(server_of(original))).scrubbed == made.scrubbed


def test_invented_ones_never_repeat() -> None:
    for make in (person, phone_number, address):
        assert len({make(nth) for nth in range(3000)}) == 3000
    assert all(re.fullmatch("[2-9][0-8][0-9]555[0-9]{4}", phone_number(nth)) for nth in range(0, 200_000, 97))


@pytest.mark.parametrize(
    ("real", "kept"),
    [
        ("queue_8000", "queue_8000"),
        ("Queue_8000", "Queue_8000"),
        ("vmail_1001", "vmail_1001"),
        ("phone_1001wp", "phone_1001wp"),
        ("1002", "1002"),
        ("911", "911"),
        ("confirm_1002;delay=15", "confirm_1002;delay=15"),
        ("queue_8000;Jane", "queue_8000;x"),
        ("<OwnDevices>", "<OwnDevices>"),
        ("call Jane", "(not readable)"),
        ("2148675309", "2015550100"),
        ("12148675309", "12015550100"),
        ("+12148675309", "+12015550100"),
        ("12148675309_callqueue_8000", "12015550100_callqueue_8000"),
        ("0148675309", "0005550100"),
        ("442079460958", "442015550100"),
        ("8675309", "5550100"),
        ("user_jane", "user_aaa"),
        ("phone_1001jane", "phone_1001aaa"),
        ("aa_JaneMenu", "aa_AvocetMenu"),
        ("aa_9000", "aa_9000"),
        ("", ""),
    ],
)
def test_a_destination_stays_of_its_kind(real: str, kept: str) -> None:
    assert Pseudonyms("acme.test", (), ("9000",)).destination(real) == kept


@pytest.mark.parametrize(
    ("real", "kept"),
    [
        ("Yealink SIP-T46S 66.86.0.15", "Yealink SIP-T46S 66.86.0.15"),
        ("PolycomVVX-VVX_411-UA/5.9.5.0614 0004F2ABCDEF", "PolycomVVX-VVX_411-UA/5.9.5.0614"),
        ("SnapMobile iOS 44.0.2 (Jane's iPhone)", "SnapMobile iOS 44.0.2"),
        ("Yealink 66.86.0.15 198.18.7.77", "Yealink 66.86.0.15"),
        ("Phone-of-jane 2148675309 80:5e:c0:ff:ee:42 jane@acme.test", "a phone"),
        ("Cisco/SPA504G-7.6.2", "Cisco/SPA504G-7.6.2"),
        ("snomD715/10.1.64.14", "snomD715"),
        ("OBIHAI/OBi202-3.2.2", "OBIHAI/OBi202-3.2.2"),
        ("Yealink SIP-T46S 192.168.7.23", "Yealink SIP-T46S"),
        ("Yealink SIP-T46S 10.0.0.5", "Yealink SIP-T46S"),
        ("Yealink SIP-T46S 100.64.3.2", "Yealink SIP-T46S"),
        ("Yealink 198.18.7.77", "Yealink"),
        ("Yealink SIP-T46S 73.14.22.9", "Yealink SIP-T46S"),
        ("Grandstream GXP2170 1.0.11.64", "Grandstream GXP2170 1.0.11.64"),
        ("Yealink SIP-T46S-reception 66.86.0.15", "Yealink SIP-T46S"),
        ("Yealink-Front-Desk T46S", "Yealink"),
        ("Yealinkanna T46S", "a phone"),
        ("Grandstream HT802 Warehouse", "Grandstream HT802"),
        ("Zoiper rv2.10 Karls-MacBook-Pro.local", "Zoiper"),
        ("Linphone/5.0.2 (karl-laptop)", "Linphone/5.0.2"),
        ("Karl's Yealink T46S", "a phone"),
        ("DESKTOP-4F7K2 MicroSIP/3.21", "a phone"),
        ("MicroSIP/3.21.3", "MicroSIP/3.21.3"),
        ("Lobby", "a phone"),
        ("192.168.7.23", "a phone"),
        ("Anna", "a phone"),
        (7, "a phone"),
        ("", ""),
        (["Yealink"], ""),
    ],
)
def test_a_phones_model_is_kept_without_its_owner(real: object, kept: str) -> None:
    assert user_agent(real, frozenset({"jane", "198.18.7.77"})) == kept


def test_it_is_written_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = asyncio.run(recording(server_of(load_sample("riverside"))))
    folder = tmp_path / "case"
    folder.mkdir()
    save(made, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*") if file.is_file()} == {0o600}
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with pytest.raises(CannotSave, match="exists already"):
        save(made, folder)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    with pytest.raises(CannotSave, match="There is no folder"):
        save(made, tmp_path / "nowhere" / "case")
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


async def test_what_the_server_does_not_give_is_noted_and_stays_refused() -> None:
    server = server_of(load_sample("lakeside"))
    for path in ("sites", "timeframes", "users", "users/8000/answerrules"):
        server.lists[path] = None
    made = await recording(server, phones=False)
    assert made.scrubbed.refused == ("users", "users/8000/answerrules")
    assert made.scrubbed.lists["sites"] == made.scrubbed.lists["timeframes"] == []
    assert made.notes == (
        "The server did not give the users.",
        "The server did not give the sites.",
        "The server did not give the time frames.",
        "The server did not give the answering rules of a queue.",
        "Phones were left out.",
    )
    assert made.notes[0] in files_of(made)["company.toml"]


async def test_phones_are_read_slowly_and_an_interruption_keeps_what_there_is() -> None:
    server = server_of(load_sample("lakeside"))
    system = server.client()
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            reading.cancel()
        await asyncio.sleep(0)

    reading = asyncio.create_task(record(system, sleep=sleep))
    made = await reading
    await system.close()
    assert pauses == [1.5] * 3
    assert len(made.scrubbed.devices) == 12
    assert made.notes == ("Interrupted: the phones of 12 of 14 agents are in it.",)
