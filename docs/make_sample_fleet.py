"""Make the sample fleet: a dozen small companies from one seed, some of them ill in ways that happen.

python docs/make_sample_fleet.py          writes sample_data/fleet/
python docs/make_sample_fleet.py --check  says whether it is fresh
"""

import json
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "sample_data" / "fleet"
SEED = 20261123
NOW = "2026-11-23 15:12:00"

FIRST = (
    "Ada",
    "Bruno",
    "Carla",
    "Dev",
    "Elif",
    "Farid",
    "Gwen",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Liam",
    "Mara",
    "Nils",
)
LAST = (
    "Abbott",
    "Bauer",
    "Castro",
    "Dunn",
    "Engel",
    "Fischer",
    "Garza",
    "Hale",
    "Ivers",
    "Jones",
    "Klein",
    "Lowe",
)
PHONES = ("Polycom VVX 350 6.4.3", "Yealink T46S 66.86.0.15", "Grandstream GXP2170 1.0.11.64")


@dataclass
class Plan:
    """What one company is like."""

    folder: str
    title: str
    story: str
    sites: tuple[str, ...]
    queues: tuple[str, ...]
    ill: dict[str, str] = field(default_factory=dict)
    """By queue, what is wrong with it."""


PLANS = (
    Plan(
        "alder",
        "Alder Street Clinic",
        "Everything in order at two sites.",
        ("Main", "North"),
        ("Front Desk", "Nurse Line"),
    ),
    Plan(
        "beacon",
        "Beacon Plumbing",
        "The emergency line strands its callers at this moment.",
        ("Yard",),
        ("Emergency", "Office"),
        {"Emergency": "stranded"},
    ),
    Plan(
        "cobalt",
        "Cobalt Motors",
        "Service has no When Offline.",
        ("Showroom", "Workshop"),
        ("Sales", "Service", "Parts"),
        {"Service": "no forward"},
    ),
    Plan("dovetail", "Dovetail Joinery", "One queue, one person, all in order.", ("Shop",), ("Orders",)),
    Plan(
        "elm",
        "Elm Grove Veterinary",
        "Require Agents was forgotten on both queues.",
        ("Surgery",),
        ("Appointments", "Boarding"),
        {"Appointments": "not required", "Boarding": "not required"},
    ),
    Plan(
        "foxglove",
        "Foxglove Florists",
        "Deliveries hangs on one agent.",
        ("Store",),
        ("Store", "Deliveries"),
        {"Deliveries": "one left"},
    ),
    Plan(
        "granite",
        "Granite State Legal",
        "Intake forwards to Reception and Reception back to Intake.",
        ("Concord",),
        ("Intake", "Reception"),
        {"Intake": "loop to Reception", "Reception": "loop to Intake"},
    ),
    Plan(
        "hollow",
        "Hollow Creek Brewing",
        "Tours has failed over: nobody is in today.",
        ("Brewery",),
        ("Tours", "Wholesale"),
        {"Tours": "failed over"},
    ),
    Plan(
        "indigo",
        "Indigo Travel",
        "Everything in order, and busy.",
        ("Harbour",),
        ("Bookings", "Changes"),
        {"Bookings": "busy"},
    ),
    Plan(
        "juniper",
        "Juniper Property",
        "Repairs leads to a user who left.",
        ("Office", "Annex"),
        ("Repairs", "Lettings"),
        {"Repairs": "dead end"},
    ),
    Plan(
        "kestrel",
        "Kestrel Couriers",
        "Dispatch is lost: When Offline is off and nobody is in.",
        ("Depot",),
        ("Dispatch", "Accounts"),
        {"Dispatch": "lost"},
    ),
    Plan(
        "larkspur",
        "Larkspur Schools",
        "Four queues at three schools, all in order.",
        ("East", "West", "Hill"),
        ("Attendance", "Admissions", "Transport", "Canteen"),
    ),
)
"""In the order of their folders. What is wrong is named in ``_RULES`` and ``_agents``."""


def company(plan: Plan, chance: random.Random) -> dict[str, object]:
    """Every file of one company."""
    domain = f"{plan.folder}.example"
    area = chance.choice(("214", "512", "617", "802", "973"))
    backup = f"1{area}5550{chance.randrange(120, 199)}"
    extension = {name: str(8000 + place) for place, name in enumerate(plan.queues)}
    users: list[dict[str, object]] = []
    devices: dict[str, list[dict[str, object]]] = {}
    agents: list[dict[str, object]] = []
    callqueues: list[dict[str, object]] = []
    answerrules: dict[str, list[dict[str, object]]] = {}
    numbers: list[dict[str, object]] = []
    person = 1001
    for place, name in enumerate(plan.queues):
        queue, ill = extension[name], plan.ill.get(name, "")
        site = plan.sites[place % len(plan.sites)]
        many = 1 if len(plan.queues) == 1 else chance.randrange(2, 4)
        mine: list[dict[str, object]] = []
        for order in range(1, many + 1):
            first, last = chance.choice(FIRST), chance.choice(LAST)
            user, online = str(person), ill not in ("stranded", "failed over", "lost")
            if ill == "one left" and order > 1:
                online = False
            person += 1
            users.append(_user(user, domain, first, last, site))
            devices[user] = [_device(user, domain, f"{first} {last}", online, chance)]
            calls = int(online and (ill == "busy" or (chance.random() < 0.2 and order > 1)))
            mine.append(_agent(user, queue, domain, first, last, site, order, online, calls))
        agents += mine
        required = "no" if ill in ("stranded", "not required") else "yes"
        callqueues.append(_queue(queue, domain, name, site, required, mine, waiting=2 if ill == "stranded" else 0))
        users.append(_user(queue, domain, name, "", site, system=True))
        answerrules[queue] = [_rule(queue, domain, _forward(ill, backup, extension))]
        numbers.append(_number(f"1{area}5550{110 + place}", domain, queue, name))
    return {
        "callqueues": callqueues,
        "agents": agents,
        "users": users,
        "phonenumbers": numbers,
        "autoattendants": [],
        "sites": [{"site": site, "time-zone": "US/Central", "dial-plan": domain} for site in plan.sites],
        "timeframes": [],
        "answerrules": answerrules,
        "devices": devices,
    }


def _forward(ill: str, backup: str, extension: dict[str, str]) -> str:
    """Where When Offline leads; empty for off."""
    if ill in ("no forward", "lost"):
        return ""
    if ill.startswith("loop to "):
        return f"queue_{extension[ill.removeprefix('loop to ')]}"
    return "user_1999" if ill == "dead end" else backup


def _queue(
    queue: str, domain: str, name: str, site: str, required: str, agents: list[dict[str, object]], waiting: int
) -> dict[str, object]:
    available = sum(row["callqueue-agent-availability-for-dispatch"] == "available" for row in agents)
    return {
        "callqueue": queue,
        "domain": domain,
        "description": name,
        "site": site,
        "callqueue-dispatch-type": "Ring All",
        "active-queued-calls-total-current": waiting,
        "callqueue-agent-dispatch-timeout-seconds": 20,
        "callqueue-count-agents-available": available,
        "callqueue-count-agents-total": len(agents),
        "callqueue-max-current-callers-to-accept-new-callers": 10,
        "callqueue-require-available-agents-to-accept-new-callers": required,
    }


def _agent(
    user: str, queue: str, domain: str, first: str, last: str, site: str, order: int, online: bool, calls: int
) -> dict[str, object]:
    return {
        "callqueue-agent-id": f"{user}@{domain}",
        "callqueue": queue,
        "domain": domain,
        "name-full-name": f"{first} {last}",
        "name-first-name": first,
        "name-last-name": last,
        "callqueue-agent-availability-type": "automatic",
        "callqueue-agent-availability-for-dispatch": "available" if online and not calls else "unavailable",
        "callqueue-agent-has-registered-devices": "yes" if online else "no",
        "callqueue-agent-entry-type": "user",
        "active-calls-total-current": calls,
        "limits-max-active-calls-total": 1,
        "ordinal-order": order,
        "sub-site": site,
        "sub-portal-status": None,
        "last-modified-datetime": "2026-11-20 15:11:00",
    }


def _user(user: str, domain: str, first: str, last: str, site: str, *, system: bool = False) -> dict[str, object]:
    return {
        "user": user,
        "domain": domain,
        "name-first-name": first,
        "name-last-name": last,
        "login-username": f"{user}@{domain}",
        "user-scope": "Basic User",
        "site": site,
        "time-zone": "US/Central",
        "service-code": "system-queue" if system else "",
        "voicemail-enabled": "no" if system else "yes",
        "active-calls-total-current": 0,
    }


def _device(user: str, domain: str, name: str, online: bool, chance: random.Random) -> dict[str, object]:
    address = f"198.51.100.{chance.randrange(10, 250)}"
    minute, second = chance.randrange(13, 17), chance.randrange(10, 59)
    return {
        "device": user,
        "user": user,
        "domain": domain,
        "device-sip-registration-uri": f"sip:{user}@{domain}",
        "device-sip-registration-state": "registered" if online else "unregistered",
        "device-sip-registration-contact": f"sip:{user}@{address}:5060" if online else "",
        "device-sip-registration-datetime": f"2026-11-23 15:{minute - 5:02}:{second}" if online else None,
        "device-sip-registration-expires-datetime": f"2026-11-23 15:{minute}:{second}" if online else None,
        "device-sip-registration-expiry-seconds": 300,
        "device-sip-registration-ip-address": f"{address}:5060" if online else "",
        "device-sip-registration-user-agent": chance.choice(PHONES),
        "device-push-enabled": "no",
        "name-full-name": name,
    }


def _rule(queue: str, domain: str, offline: str) -> dict[str, object]:
    def block(*parameters: str) -> dict[str, object]:
        return {"enabled": "yes" if parameters else "no", "parameters": list(parameters)}

    return {
        "domain": domain,
        "user": queue,
        "time-frame": "*",
        "enabled": "yes",
        "is-active": True,
        "ordinal-priority": 99,
        "simultaneous-ring": block(),
        "do-not-disturb": {"enabled": "no"},
        "forward-always": block(f"queue_{queue}"),
        "forward-on-active": block(),
        "forward-on-busy": block(),
        "forward-no-answer": block(),
        "forward-when-unregistered": block(*([offline] if offline else [])),
    }


def _number(number: str, domain: str, queue: str, name: str) -> dict[str, object]:
    return {
        "phonenumber": number,
        "enabled": "yes",
        "domain": domain,
        "dial-rule-application": "to-callqueue",
        "dial-rule-translation-destination-user": queue,
        "dial-rule-translation-destination-host": domain,
        "dial-rule-description": name,
    }


def files() -> dict[Path, str]:
    """Every file of the fleet and what is in it."""
    chance = random.Random(SEED)
    made: dict[Path, str] = {}
    for plan in PLANS:
        folder = FOLDER / plan.folder
        made[folder / "company.toml"] = (
            f'title = "{plan.title}"\ndomain = "{plan.folder}.example"\nstory = "{plan.story}"\n'
            f'clock = {NOW.replace(" ", "T")}Z\nspelling = "live"\ndemo-scenario = "quiet-day"\n'
        )
        made[folder / "scenarios" / "quiet-day.toml"] = (
            f'title = "A quiet day"\nstory = "{plan.story}"\n\n'
            f'[busy]\nseed = {len(made)}\nevery = "0:40"\ncall = "0:50"\n'
        )
        for name, rows in company(plan, chance).items():
            made[folder / f"{name}.json"] = f"{_rows(rows)}\n"
    return made


def _rows(rows: object) -> str:
    """One row a line: to be read, and short."""
    match rows:
        case dict():
            return "{" + ",\n".join(f"\n{json.dumps(key)}: {_rows(value)}" for key, value in rows.items()) + "\n}"
        case list() if rows:
            return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        case _:
            return json.dumps(rows)


def main(check: bool) -> int:
    stale = {path: text for path, text in files().items() if not path.is_file() or path.read_text() != text}
    for path, text in stale.items():
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        print(f"{path.relative_to(ROOT)} {'is stale: run docs/make_sample_fleet.py' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
