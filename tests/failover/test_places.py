"""Where somebody is, in the order that is decided, and what a drill makes of it."""

import ipaddress

import pytest
from msgspec.structs import replace

from queuewatch.failover.drill.drill import DrillOutcome, drill
from queuewatch.failover.drill.power_loss import power_loss, power_loss_of_sites
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.lookup import NotFound, find_site, known_sites
from queuewatch.failover.model import Agent, Device, EntryKind, Registration, Snapshot, User
from queuewatch.failover.places import canonical_ip, line_of, places, says_nothing
from queuewatch.failover.sites import SiteFacts
from queuewatch.report.status import make_report
from tests.failover.build import default, to
from tests.failover.two_sites import AUSTIN_IP, DALLAS_IP, HOME_IP, app, company, outside, phone, seat

DALLAS = DrillScope(sites=("Dallas",))


def fate(snapshot: Snapshot, scope: DrillScope = DALLAS) -> DrillOutcome:
    return next(one.fate for one in drill(snapshot, scope).queues if one.queue.extension == "8000")


NOWHERE = seat("1001", site="", name="Ana Lopez")


@pytest.mark.parametrize(
    ("row", "users"),
    [
        pytest.param(NOWHERE, (User("1001", "Ana Lopez"),), id="no site in row or user"),
        pytest.param(NOWHERE, (), id="the user is not listed"),
        pytest.param(
            replace(NOWHERE, id="sip:1001M@example.com", entry=EntryKind.DEVICE), (User("1001"),), id="M"
        ),
        pytest.param(
            replace(NOWHERE, id="sip:1001-desk@example.com", entry=EntryKind.DEVICE), (User("1001"),), id="desk"
        ),
        pytest.param(
            replace(NOWHERE, id="SIP:1001@example.com", entry=EntryKind.DEVICE), (User("1001"),), id="SIP"
        ),
        pytest.param(
            replace(NOWHERE, id="sip:2002x@example.com", entry=EntryKind.DEVICE), (), id="nobody's device"
        ),
    ],
)
def test_who_is_nowhere_by_name_is_not_somewhere_else(row: Agent, users: tuple[User, ...]) -> None:
    ran = drill(company(row, users=users), DALLAS)
    assert ran.queues[0].fate is DrillOutcome.UNCERTAIN
    assert any("Ana Lopez" in text for text in ran.not_known)


@pytest.mark.parametrize("id", ["sip:1001M@example.com", "sip:1001-desk@example.com", "SIP:1001@example.com"])
def test_a_device_is_where_its_user_is(id: str) -> None:
    row = replace(NOWHERE, id=id, entry=EntryKind.DEVICE)
    assert fate(company(row, users=(User("1001", site="Dallas"),))) is DrillOutcome.FAILS_OVER
    assert fate(company(row, users=(User("1001", site="Austin"),))) is DrillOutcome.ANSWERED


def five(*addresses: str) -> Snapshot:
    people = [seat(str(1001 + place)) for place in range(len(addresses))]
    return company(*people, phones=tuple(phone(str(1001 + place), ip) for place, ip in enumerate(addresses)))


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        pytest.param(
            [f"203.0.113.{n}" for n in range(10, 15)], DrillOutcome.UNCERTAIN, id="five at five addresses"
        ),
        pytest.param([DALLAS_IP, HOME_IP], DrillOutcome.UNCERTAIN, id="one at the office and one at home"),
        pytest.param([DALLAS_IP, DALLAS_IP, HOME_IP], DrillOutcome.UNCERTAIN, id="one at home"),
        pytest.param([DALLAS_IP, DALLAS_IP], DrillOutcome.FAILS_OVER, id="one shared line"),
        pytest.param([DALLAS_IP, DALLAS_IP, AUSTIN_IP, AUSTIN_IP], DrillOutcome.FAILS_OVER, id="two shared lines"),
        pytest.param([DALLAS_IP], DrillOutcome.FAILS_OVER, id="the only address, of all its people"),
        pytest.param(["192.168.1.4", "10.0.0.9"], DrillOutcome.FAILS_OVER, id="private addresses say nothing"),
        pytest.param(["100.64.7.7", "100.99.1.1"], DrillOutcome.FAILS_OVER, id="nor a carrier's"),
        pytest.param(["2001:db8:1::5", "2001:db8:1::6"], DrillOutcome.FAILS_OVER, id="one network of 64 bits"),
        pytest.param(["2001:db8:1::5", "2001:db8:2::5"], DrillOutcome.UNCERTAIN, id="two of them"),
        pytest.param(
            ["::ffff:203.0.113.10", DALLAS_IP], DrillOutcome.FAILS_OVER, id="one address written in two ways"
        ),
    ],
)
def test_the_addresses_of_people_of_one_site(addresses: list[str], expected: DrillOutcome) -> None:
    assert fate(five(*addresses)) is expected


def mixed(*people: tuple[str, str, str], users: tuple[User, ...] = ()) -> Snapshot:
    """Extension, site and address of each."""
    return company(
        *(seat(extension, site=site) for extension, site, _ in people),
        phones=tuple(phone(extension, ip) for extension, _, ip in people),
        users=users,
    )


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param((), DrillOutcome.UNCERTAIN, id="alone there"),
        pytest.param((("1002", "Dallas"), ("1003", "Dallas")), DrillOutcome.FAILS_OVER, id="two of the dark site"),
        pytest.param((("1002", "Austin"), ("1003", "Austin")), DrillOutcome.ANSWERED, id="two of another"),
        pytest.param((("1002", "Austin"), ("1003", "Houston")), DrillOutcome.ANSWERED, id="two of two others"),
        pytest.param((("1002", ""),), DrillOutcome.ANSWERED, id="another without a site"),
        pytest.param((("1002", "Dallas"), ("1003", "Austin")), DrillOutcome.UNCERTAIN, id="shared by both"),
        pytest.param((("1002", "Dallas"),), DrillOutcome.UNCERTAIN, id="one of the dark site"),
    ],
)
def test_somebody_without_a_site_is_where_the_others_on_their_line_are(
    others: tuple[tuple[str, str], ...], expected: DrillOutcome
) -> None:
    people = [("1001", "", DALLAS_IP), *((extension, site, DALLAS_IP) for extension, site in others)]
    snapshot = mixed(*people, ("1004", "Dallas", "203.0.113.99"))
    rows = (NOWHERE,)
    assert fate(replace(snapshot, agents={"8000": rows, "8001": snapshot.agents_of("8000")})) is expected


def test_an_address_shared_across_sites_leaves_it_to_the_names_and_that_is_said() -> None:
    snapshot = mixed(("1001", "Dallas", DALLAS_IP), ("1002", "Dallas", DALLAS_IP), ("1003", "Austin", DALLAS_IP))
    dark = power_loss(snapshot, DALLAS)
    assert dark.suppose.agents == {"1001@example.com", "1002@example.com"}
    assert any("shared by several sites" in note for note in dark.notes)


def test_the_profiles_addresses_go_before_everything() -> None:
    snapshot = mixed(("1001", "Dallas", HOME_IP), ("1002", "Dallas", DALLAS_IP), ("1003", "Austin", AUSTIN_IP))
    networks = {"Dallas": (ipaddress.ip_network("203.0.113.0/24"), ipaddress.ip_network(f"{AUSTIN_IP}/32"))}
    dark = power_loss(replace(snapshot, site_facts=SiteFacts(addresses=networks)), DALLAS)
    assert dark.suppose.agents == {"1002@example.com", "1003@example.com"}
    assert set(dark.doubts) == {"1001@example.com"}


def test_the_home_site_of_the_profile_is_an_assumption() -> None:
    at_home = replace(company(NOWHERE), site_facts=SiteFacts(home_site="Dallas"))
    ran = drill(at_home, DALLAS)
    assert ran.queues[0].fate is DrillOutcome.FAILS_OVER
    assert any("home_site of the profile (Ana Lopez)" in note for note in ran.assumptions)
    assert fate(at_home, DrillScope(sites=("Austin",))) is DrillOutcome.ANSWERED


def test_a_site_that_is_no_building_is_darkened_by_no_other_and_cannot_go_dark() -> None:
    remote = replace(
        mixed(("1001", "Remote", HOME_IP), ("1002", "Dallas", DALLAS_IP)),
        site_facts=SiteFacts(no_building=frozenset({"remote"})),
    )
    assert fate(remote) is DrillOutcome.HELD_OPEN
    assert "Remote" not in known_sites(remote)
    with pytest.raises(NotFound) as raised:
        find_site(remote, "remote")
    assert "building = false" in str(raised.value)
    assert "Dallas" in raised.value.hint


def test_the_row_goes_before_the_user_and_that_is_said() -> None:
    row = seat("1001", site="Austin", name="Ana Lopez")
    office = company(row, rule=default(offline=to("user_1001")), users=(User("1001", "Ana Lopez", site="Dallas"),))
    assert places(office).agents[row.id].name == places(office).users["1001"].name == "Austin"
    dark = power_loss(office, DALLAS)
    assert not dark.suppose.agents
    assert not dark.suppose.dark_users
    assert power_loss(office, DrillScope(sites=("austin",))).suppose.dark_users == {"1001"}
    assert any("at Austin, the user list at Dallas: the agent list counts" in note for note in dark.notes)


def test_who_keeps_power_because_the_row_goes_before_the_user_is_named() -> None:
    office = company(seat("1001", site="Austin", name="Ana Lopez"), users=(User("1001", site="Dallas"),))
    assert fate(office) is DrillOutcome.ANSWERED
    said = "The agent list has Ana Lopez at Austin, the user list at Dallas: the agent list counts."
    assert said in power_loss(office, DALLAS).notes
    assert said not in power_loss(office, DrillScope(sites=("Houston",))).notes
    report = make_report(
        office, office.call_queues, power_loss(office, DALLAS).suppose, dark=power_loss(office, DALLAS)
    )
    assert said in report.judgements["8000"].now.assumptions


def test_somebody_with_rows_at_two_sites_is_where_the_user_list_says_else_nowhere_in_particular() -> None:
    rows = (seat("1001", site="Austin"), seat("1001", queue="8001", site="Dallas"))
    assert places(company(*rows)).users["1001"].name == ""
    assert places(company(*rows, users=(User("1001", site="Dallas"),))).users["1001"].name == "Dallas"
    assert places(company(*rows, users=(User("1001", site="Houston"),))).users["1001"].name == ""


def test_an_app_and_an_outside_number_stay_online_and_place_nobody() -> None:
    roaming = replace(app("1002m"), ip=HOME_IP, registered=True)
    asleep = replace(seat("1003"), registration=Registration.PUSH)
    office = company(
        seat("1001"), seat("1002"), asleep, outside(site="Dallas"), phones=(phone("1001", HOME_IP), roaming)
    )
    dark = power_loss(office, DALLAS)
    assert dark.suppose.agents <= {"1001@example.com"}
    assert places(office).lines == {HOME_IP: {"dallas": frozenset({"1001"})}}


def test_a_queue_is_judged_by_its_agents_and_never_by_its_own_site() -> None:
    assert fate(company(seat("1001", site="Austin"))) is DrillOutcome.ANSWERED
    assert fate(company(outside()), DrillScope(everything=True)) is DrillOutcome.FAILS_OVER
    assert fate(company(outside())) is DrillOutcome.ANSWERED


def test_of_a_queue_that_is_answered_either_way_it_may_not_be_known_whether_it_is_touched() -> None:
    ran = drill(company(NOWHERE, seat("1003", site="Austin")), DALLAS)
    assert ran.queues[0].fate is DrillOutcome.UNCERTAIN
    assert ran.queues[0].after.reaches_someone is True
    assert ran.queues[0].sentence.startswith("Answered either way")


def test_a_further_queue_with_somebody_in_doubt_is_judged_both_ways() -> None:
    """Whether the agent of Support is there or not, the call is answered: only by whom differs."""
    office = company(seat("1002"), replace(NOWHERE, queue="8001"), rule=default(offline=to("queue_8001")))
    one = next(one for one in drill(office, DALLAS).queues if one.queue.extension == "8000")
    assert one.fate is DrillOutcome.FAILS_OVER
    assert (one.after.end.kind, [end.kind for end in one.after.ends]) == ("external", ["agents"])
    assert "Or else an agent is rung: of Ana Lopez" in one.after.sentence
    lost = replace(office, rules={**office.rules, "8001": replace(office.rules["8001"], rules=(default(),))})
    other = next(one for one in drill(lost, DALLAS).queues if one.queue.extension == "8000")
    assert other.fate is DrillOutcome.UNCERTAIN
    assert other.after.end.kind == "unknown"


def test_the_loss_of_a_site_is_worked_out_once_per_snapshot() -> None:
    office = company(seat("1001"))
    assert power_loss_of_sites(office, ("Dallas",)) is power_loss_of_sites(office, ("Dallas",))
    assert power_loss_of_sites(replace(office), ("Dallas",)) is not power_loss_of_sites(office, ("Dallas",))


@pytest.mark.parametrize(
    ("ip", "line"),
    [
        ("203.0.113.10", "203.0.113.10"),
        ("2001:0db8:0001:0002:a:b:c:d", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.10", "203.0.113.10"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_the_line_of_an_address(ip: str, line: str) -> None:
    assert line_of(ip) == line


@pytest.mark.parametrize(
    "ip", ["10.1.2.3", "172.31.0.1", "192.168.9.9", "100.127.255.1", "fd00::1", "::ffff:10.0.0.1"]
)
def test_addresses_that_say_nothing(ip: str) -> None:
    assert says_nothing(canonical_ip(ip))
    assert not says_nothing(DALLAS_IP)


def test_a_device_of_its_own_row_is_judged_alone() -> None:
    device = replace(seat("1001", site="Austin"), id="sip:1001wp@example.com", entry=EntryKind.DEVICE)
    phones: tuple[Device, ...] = (phone("1001"), phone("1001wp", AUSTIN_IP))
    office = company(
        device, seat("1001", queue="8001"), seat("1002", queue="8001"), phones=(*phones, phone("1002"))
    )
    dark = power_loss(office, DrillScope(agents=frozenset({device.id})))
    assert dark.suppose.agents == {device.id}
    assert dark.kept_by["1001@example.com"].id == "1001"
