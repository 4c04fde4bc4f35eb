"""A phone system made of raw JSON, odd in any way a server can be, and what queuewatch says of it."""

import random
from copy import deepcopy
from dataclasses import dataclass, field

import httpx

from queuewatch.failover.simulate import judge_all
from queuewatch.failover.verdict import Verdict
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.pbx.sandbox.samples import Sample
from queuewatch.polling.assemble import read_snapshot

TOKEN = "nsd_PlantedTokenThatNobodyMaySee"
NOON = "Mon, 23 Nov 2026 15:12:00 GMT"


@dataclass
class RawServer:
    """What each path below the domain answers; ``None`` is 403."""

    domain: str
    lists: dict[str, object] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """As a live server does, with paths it does not know said so."""
        path = "/".join(request.url.path.split("/")[5:])
        headers = {"date": NOON}
        if path not in self.lists:
            missing = "User 1 does not exist in domain" if path.startswith("users/") else "Record not found"
            return httpx.Response(404, headers=headers, json={"code": 404, "message": missing})
        rows = self.lists[path]
        if rows is None:
            return httpx.Response(403, headers=headers, json={"code": 403, "message": "Forbidden"})
        paged = isinstance(rows, list) and int(request.url.params.get("start", "0")) > 0
        return httpx.Response(200, headers=headers, json=[] if paged else rows)

    def client(self) -> NetsapiensDomain:
        """A client of this server."""
        return NetsapiensDomain(
            "https://pbx.planted.test",
            self.domain,
            TOKEN,
            transport=lambda: httpx.MockTransport(self.answer),
            rate_limiter=RateLimiter(window=0.0),
        )


def server_of(sample: Sample) -> RawServer:
    """The sample company as raw JSON."""
    lists: dict[str, object] = {
        name: deepcopy(list(getattr(sample, name)))
        for name in ("callqueues", "agents", "users", "phonenumbers", "autoattendants", "sites", "timeframes")
    }
    for user, rules in sample.answerrules.items():
        lists[f"users/{user}/answerrules"] = deepcopy(list(rules))
    for user, devices in sample.devices.items():
        lists[f"users/{user}/devices"] = deepcopy(list(devices))
    lists[f"dialplans/{sample.domain}/dialrules"] = [
        {
            "dial-rule-matching-to-uri": dialled,
            "dial-rule-application": application,
            "dial-rule-translation-destination-user": target,
            "enabled": "yes",
        }
        for dialled, application, target in DIAL_RULES
    ]
    return RawServer(sample.domain, lists)


async def said(system: PhoneSystem) -> list[object]:
    """What queuewatch says of every queue, in the server's order and without any name."""
    try:
        judgements = judge_all(await read_snapshot(system))
    finally:
        await system.close()
    return [
        (_bones(judgement.now), judgement.readiness.state, _bones(judgement.readiness.verdict))
        for judgement in judgements.values()
    ]


def _bones(verdict: Verdict) -> tuple[object, ...]:
    steps = [str(stop.outcome) for stop in verdict.path]
    return verdict.outcome, verdict.counts, verdict.end.kind, verdict.reaches_someone, steps


ODD: tuple[object, ...] = (
    None,
    "",
    " ",
    "several",
    7,
    -1,
    2.5,
    True,
    False,
    [],
    {},
    ["x"],
    {"a": 1},
    "yes",
    "No",
    "0",
    "true",
    "8000",
)
DIAL_RULES = (
    ("sip:aa_church_open@*", "sip:start@to-user", "9000"),
    ("aa_Nowhere", "AvailableDID", ""),
    ("phone_frontdesk", "to-user", "1001"),
    ("frontdesk", "to-connection", "12145550177"),
    ("1001wp", "sip:start@to-user-resi", "1001"),
    ("*98", "sip:start@call-queuing", "8001"),
    ("12345", "Residential VMail", "1001"),
    ("user_1001@elsewhere.example", "to-connection", "911"),
    ("user_jane", "magic", "queue_8001"),
    ("sip:*@*", "to-user", "1001"),
)
DESTINATIONS = (
    "queue_8000",
    "queue_8001",
    "8002",
    "user_1001",
    "phone_1001wp",
    "phone_1001bobby",
    "vmail_1001",
    "vmail_8000",
    "aa_MainMenu",
    "aa_Nowhere",
    "aa_9000",
    "park_701",
    "12145550100",
    "2145550101",
    "13125550199",
    "+442079460958",
    "5550100",
    "911",
    "conf_800",
    "queue_7777",
    "7777",
    "confirm_12145550101;delay=15",
    "12145550101_callqueue_8000",
    "queue_8000;foo",
    "pstn_2145550101",
    "<OwnDevices>",
    "0123456789",
    "11234567890",
    "Queue_8000",
    "phone_frontdesk",
    "queue_Front",
    "user_jane",
    "aa_FrontDesk",
    "hello world",
    "",
    "aa_Main Menu",
    "phone_1002-desk",
    "phone_1002M",
    "aa_church_open",
    "queue_8000@lakeside.example",
    "user_1001@elsewhere.example",
    "sip:queue_8001",
    "queue_8001@lakeside.example:5060",
    "user_1001@elsewhere.example:5060",
    "1001wp",
    "frontdesk",
    "*98",
    "933",
    "12345",
    "121455501000",
    "00112145550133",
    "011442079460958",
    "00442079460958",
    "+2145550100",
    "442079460958",
    "2140550100",
    "19005550100",
    "+449098790123",
)


def shake(server: RawServer, seed: int) -> None:
    """Make the server odd: values of other types, fields that are gone, rows that are none, lists not given."""
    chance = random.Random(seed)
    for path, rows in list(server.lists.items()):
        if not isinstance(rows, list):
            continue
        for place, row in enumerate(rows):
            _shake_row(row, rows, place, chance)
        chance.shuffle(rows)
        if rows and chance.random() < 0.1:
            rows.append(deepcopy(chance.choice(rows)))
        if chance.random() < 0.03:
            server.lists[path] = [] if path in ("callqueues", "agents") else None


def _shake_row(row: dict[str, object], rows: list[object], place: int, chance: random.Random) -> None:
    for name in list(row):
        block = row[name]
        if isinstance(block, dict) and "parameters" in block and chance.random() < 0.2:
            block["enabled"] = chance.choice(("yes", "yes", "no", "maybe", True, None))
            block["parameters"] = chance.choice(
                ([chance.choice(DESTINATIONS)], [chance.choice(DESTINATIONS)], chance.choice(DESTINATIONS), None)
            )
        elif chance.random() < 0.02:
            row[name] = chance.choice(ODD)
        elif chance.random() < 0.02:
            del row[name]
    if "dial-rule-translation-destination-user" in row and chance.random() < 0.3:
        row["dial-rule-translation-destination-user"] = chance.choice(DESTINATIONS)
        row["dial-rule-application"] = chance.choice(
            (
                "to-callqueue",
                "to-user",
                "To-Voicemail",
                "hangup",
                "magic",
                "",
                "to-queue",
                "AvailableDID",
                "sip:start@call-queuing",
            )
        )
    if chance.random() < 0.01:
        rows[place] = chance.choice(("not a row", 7, None, []))
