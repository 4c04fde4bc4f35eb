"""Users, phone numbers, auto attendants and sites from the API's JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from queuewatch.failover.model import AutoAttendant, Clock, DialRule, Part, PhoneNumber, Problem, User
from queuewatch.pbx.netsapiens.fields import JsonRow, kind, objects, of_this_domain, quoted
from queuewatch.pbx.netsapiens.zones import zone_called
from queuewatch.pbx.phone_system import ListReading, SiteReading
from queuewatch.text.plain_text import harmless

USER_FIELDS = (
    "user",
    "name-first-name",
    "name-last-name",
    "site",
    "user-scope",
    "service-code",
    "voicemail-enabled",
    "time-zone",
)
"""What is read of a user, where the row is whole."""


def read_users(rows: Sequence[object], domain: str = "") -> ListReading[User]:
    """Every user of the list, system users included. A repeated user counts once."""
    problems: list[Problem] = []
    users: dict[str, User] = {}
    listed = objects(rows, "User", Part.USERS, problems)
    for place, row in of_this_domain(listed, domain, "User", Part.USERS, problems):
        extension = row.text("user")
        if not extension:
            problems.append(Problem(Part.USERS, f"{place} has no extension (user): left out.", lost=True))
        elif extension not in users:
            users[extension] = _user(row, extension)
            problems.extend(row.problems(Part.USERS, f"User {extension}"))
    problems.extend(_unknown_zones(users.values()))
    return ListReading(tuple(users.values()), tuple(problems))


def _unknown_zones(users: Iterable[User]) -> Iterator[Problem]:
    """One sentence for each time zone that is none: a whole domain may have it."""
    lost = Counter(user.time_zone for user in users if user.time_zone and user.zone is None)
    for name, count in lost.items():
        whose = "1 user has" if count == 1 else f"{count} users have"
        yield Problem(Part.USERS, f"{whose} the time zone {quoted(name)}, which is not known here.")


def _user(row: JsonRow, extension: str) -> User:
    words = row.text
    time_zone = words("time-zone")
    return User(
        extension=extension,
        name=words("name-full-name") or f"{words('name-first-name')} {words('name-last-name')}".strip(),
        site=words("site"),
        scope=words("user-scope"),
        # The vendor states the prefix; which codes follow it is published nowhere.
        system=words("service-code").casefold().startswith("system-"),
        voicemail=row.yes_no("voicemail-enabled", missing=True),
        time_zone=time_zone,
        zone=zone_called(time_zone),
    )


def read_numbers(rows: Sequence[object], domain: str = "") -> ListReading[PhoneNumber]:
    """Every phone number of the list. A repeated number counts once.

    A number whose switch makes no sense is taken as on: a forward to it may then come back to the domain.
    """
    problems: list[Problem] = []
    numbers: dict[str, PhoneNumber] = {}
    listed = objects(rows, "Phone number", Part.NUMBERS, problems)
    for place, row in of_this_domain(listed, domain, "Phone number", Part.NUMBERS, problems):
        number = row.text("phonenumber")
        if not number:
            text = f"{place} has no number (phonenumber): left out."
            problems.append(Problem(Part.NUMBERS, text, lost=True))
        elif number not in numbers:
            numbers[number] = PhoneNumber(
                number=number,
                application=row.text("dial-rule-application"),
                target=row.text("dial-rule-translation-destination-user"),
                enabled=row.yes_no("enabled", missing=True) is not False,
                parameter=row.text("dial-rule-parameter"),
            )
            problems.extend(row.problems(Part.NUMBERS, f"Phone number {number}"))
    return ListReading(tuple(numbers.values()), tuple(problems))


def read_attendants(rows: Sequence[object], domain: str = "") -> ListReading[AutoAttendant]:
    """Every auto attendant of the list. One listed once for each of its time frames counts once."""
    problems: list[Problem] = []
    attendants: dict[AutoAttendant, None] = {}
    listed = objects(rows, "Auto attendant", Part.ATTENDANTS, problems)
    for place, row in of_this_domain(listed, domain, "Auto attendant", Part.ATTENDANTS, problems):
        attendant = AutoAttendant(name=row.text("attendant-name"), extension=row.text("user"))
        if attendant.name or attendant.extension:
            attendants[attendant] = None
            if row.notes:
                # Without its name or its extension nothing that leads to it can be told.
                problems.append(Problem(Part.ATTENDANTS, f"{place}: {row.notes[0]}.", lost=True))
        else:
            text = f"{place} has no name and no extension: left out."
            problems.append(Problem(Part.ATTENDANTS, text, lost=True))
    return ListReading(tuple(attendants), tuple(problems))


_MATCHES = "dial-rule-matching-"
_EVERYTHING = ("", "*", "[*]", "sip:*@*", "sip:*", "*@*", "now", "never", "always", "null")
"""What a dial rule matches that applies at any time and to any caller, in the vendor's spellings."""


def read_dial_rules(rows: Sequence[object], domain: str) -> ListReading[DialRule]:
    """Every dial rule that matches one alias exactly. Patterns match much, and say of nothing where it leads.

    Of two rules for the same alias that lead elsewhere each, neither is sure; nor is one that applies at times.
    """
    problems: list[Problem] = []
    rules: dict[str, DialRule] = {}
    for _, row in objects(rows, "Dial rule", Part.DIAL_RULES, problems):
        dialled = _dialled(row.text("dial-rule-matching-to-uri", "dail-rule-matching-to-uri", "dialrule"), domain)
        if not dialled or row.yes_no("enabled", missing=True) is False:
            continue
        rule = DialRule(
            dialled,
            row.text("dial-rule-application"),
            row.text("dial-rule-translation-destination-user"),
            row.text("dial-rule-parameter"),
            sure=_applies_always(row) and _stays_at_home(row, domain),
        )
        same = rules.setdefault(dialled, rule)
        if same != rule:
            rules[dialled] = replace(same, sure=False)
    return ListReading(tuple(rules.values()), tuple(problems))


def _dialled(uri: str, domain: str) -> str:
    """What a rule matches, without its scheme and the domain's own name; empty for a pattern."""
    name, at, host = uri.casefold().removeprefix("sip:").partition("@")
    if set(name) & set("?[]{}<>!") or name.strip("*") in ("", "."):
        return ""
    if "*" in name.removeprefix("*"):
        return ""
    return name if host in ("", "*", domain.casefold()) or not at else f"{name}@{host}"


def _applies_always(row: JsonRow) -> bool:
    conditions = (name for name in row.fields if name.startswith(_MATCHES) and not name.endswith("to-uri"))
    return all(row.text(name).casefold() in _EVERYTHING for name in conditions)


def _stays_at_home(row: JsonRow, domain: str) -> bool:
    host = row.text("dial-rule-translation-destination-host").casefold()
    return host in ("", domain.casefold()) or bool(set(host) & set("*[]<>"))


def read_clock(row: JsonRow) -> Clock:
    """The clocks of what a row with a time zone is about."""
    name = row.text("time-zone")
    return Clock(name, zone_called(name))


def read_sites(rows: Sequence[object]) -> SiteReading:
    """The name of every site and its clocks: the vendor lists objects; bare names were seen too."""
    problems: list[Problem] = []
    sites: dict[str, Clock] = {}
    for number, entry in enumerate(rows, 1):
        name = harmless(entry) if isinstance(entry, str) else ""
        clock = Clock()
        if isinstance(entry, dict):
            row = JsonRow(entry)
            name = row.text("site")
            # Only a time without a zone needs it: nothing is missing from a server that does not have it.
            zone = row.fields.get("time-zone")
            clock = read_clock(JsonRow({} if zone is None else {"time-zone": zone}))
        if name:
            sites.setdefault(name, clock)
        elif entry != "":
            what = "has no name (site)" if isinstance(entry, dict | str) else f"is {kind(entry)}, not a site"
            text = f"Site row {number} of {len(rows)} {what}: left out."
            problems.append(Problem(Part.SITES, text, lost=True))
    clocks = {name: clock for name, clock in sites.items() if clock.name}
    return SiteReading(tuple(sites), tuple(problems), clocks=clocks)
