"""Who loses power in a drill, and what of that the data can tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.drill.power_loss import NOT_KNOWN_WHERE, power_loss
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import (
    Agent,
    AgentLogin,
    Device,
    EntryKind,
    QueueRules,
    Registration,
    Snapshot,
    User,
)
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import AgentStatus, Status
from queuewatch.failover.suppose import Suppose, supposed_status
from tests.failover.build import default as default_rule
from tests.failover.build import to
from tests.failover.systems import snapshots
from tests.failover.two_sites import AUSTIN_IP, DALLAS_IP, HOME_IP, app, company, outside, phone, seat

DALLAS = DrillScope(sites=("Dallas",))
BEHIND_DALLAS = DrillScope(ips=(DALLAS_IP,))


def shown(snapshot: Snapshot, scope: DrillScope) -> list[AgentStatus]:
    """Every row's colour in the dark, in the order of the queues."""
    suppose = power_loss(snapshot, scope).suppose
    return [supposed_status(row, suppose) for queue in snapshot.queues for row in snapshot.agents_of(queue)]


def colours(snapshot: Snapshot, scope: DrillScope) -> list[str]:
    return [one.status.value for one in shown(snapshot, scope)]


@settings(max_examples=40)
@given(snapshots(), st.sets(st.sampled_from(("1001@example.com", "11001@example.com", "nobody@example.com"))))
def test_a_drill_of_some_agents_is_setting_them_grey(snapshot: Snapshot, ids: set[str]) -> None:
    users = {row.id for rows in snapshot.agents.values() for row in rows if row.entry is EntryKind.USER}
    others = {row.id for rows in snapshot.agents.values() for row in rows} - users
    ids = (ids & users) - others
    dark = power_loss(snapshot, DrillScope(agents=frozenset(ids)))
    assert dark.suppose.agents == ids

    def grey(row: Agent) -> Agent:
        return Agent(row.id, row.queue, row.name, registration=Registration.NONE, site=row.site, order=row.order)

    really = replace(
        snapshot,
        agents={
            queue: tuple(grey(row) if row.id in ids else row for row in rows)
            for queue, rows in snapshot.agents.items()
        },
    )
    for queue in snapshot.call_queues:
        supposed, real = simulate(snapshot, queue, dark.suppose), simulate(really, queue)
        assert supposed.counts == real.counts
        if real.reaches_someone is not None and supposed.reaches_someone is not None:
            assert (supposed.end, supposed.sentence) == (real.end, real.sentence)


def test_everything_dark_leaves_nobody_online_and_no_person_to_forward_to() -> None:
    queue, boss = User("8000", "Sales Queue", system=True), User("1010", "Dana Reyes")
    office = company(seat("1001"), outside(), phones=(app("1001m"),), users=(boss, queue))
    everything = DrillScope(everything=True)
    assert colours(office, everything) == ["grey", "grey"]
    assert power_loss(office, everything).suppose == Suppose(all_dark=True)
    forwarded = replace(office, rules={**office.rules, "8000": QueueRules((default_rule(offline=to("1010")),))})
    assert ends(forwarded, everything) == ("voicemail", True)


def test_a_dark_site_takes_its_desk_phones_and_nobody_elses() -> None:
    office = company(seat("1001"), seat("1002", "red"), seat("1003", site="Austin"), seat("1004", "grey"))
    assert colours(office, DrillScope(sites=("dallas",))) == ["grey", "grey", "green", "grey"]


def test_a_mobile_app_and_an_outside_number_need_no_building_and_that_is_said() -> None:
    asleep = replace(seat("1001", name="Luis Ortega"), registration=Registration.PUSH)
    office = company(asleep, outside(site="Dallas"))
    assert colours(office, DALLAS) == ["green", "green"]
    assert power_loss(office, DALLAS).notes == (
        "Assumed: a mobile app or an outside number stays online without the building "
        "(Luis Ortega and (214) 555-0142).",
    )


def test_who_also_has_a_mobile_app_stays_online_by_it_in_the_queues_they_are_logged_in_to() -> None:
    ana, away = seat("1001", "red", name="Ana Lopez"), replace(seat("1001", queue="8001"), login=AgentLogin.OUT)
    office = company(ana, away, phones=(phone("1001"), app("1001m")))
    assert shown(office, DALLAS) == [
        AgentStatus(Status.GREEN, "ready (mobile app)"),
        AgentStatus(Status.GREY, "set Offline"),
    ]
    assert power_loss(office, DALLAS).notes == (
        "Assumed: Ana Lopez stays online by a mobile app (1001m), which needs no building.",
    )
    assert power_loss(office, DALLAS).touched == {"1001@example.com"}


def test_a_row_of_one_desk_phone_is_not_saved_by_the_users_app() -> None:
    desk = replace(seat("1001"), id="sip:1001@example.com", entry=seat("1001").entry.DEVICE)
    assert colours(company(desk, phones=(phone("1001"), app("1001m"))), DALLAS) == ["grey"]


def test_a_phone_at_an_address_that_no_other_phone_of_the_site_uses_leaves_its_agent_in_doubt() -> None:
    ana = seat("1001", name="Ana Lopez")
    phones = (phone("1001"), phone("1001wp", HOME_IP), phone("1002"))
    office = company(ana, seat("1002"), phones=phones)
    assert shown(office, DALLAS)[0] == AgentStatus(
        Status.UNKNOWN, f"its phone at {HOME_IP}, which no other phone of Dallas uses, may be elsewhere"
    )
    assert colours(office, DALLAS)[1] == "grey"
    assert power_loss(office, DALLAS).not_known == (
        f"Ana Lopez also has a phone connected from {HOME_IP}, which no other phone of Dallas uses: "
        "if it is elsewhere, it holds Sales open.",
    )


def test_so_does_an_only_phone_where_the_site_is_known_by_another_address() -> None:
    office = company(
        seat("1001", name="Ana Lopez"),
        seat("1002"),
        seat("1003"),
        phones=(phone("1001", HOME_IP), phone("1002"), phone("1003")),
    )
    assert colours(office, DALLAS) == ["unknown", "grey", "grey"]
    assert (
        power_loss(office, DALLAS)
        .not_known[0]
        .startswith(f"The phone of Ana Lopez is connected from {HOME_IP}, which")
    )


@pytest.mark.parametrize(
    "phones",
    [
        pytest.param((phone("1001"),), id="one person alone"),
        pytest.param((phone("1001", DALLAS_IP), phone("1002", AUSTIN_IP), phone("1003", AUSTIN_IP),
                      phone("1004", DALLAS_IP)), id="two lines, both shared"),
        pytest.param((phone("1001", ""), phone("1002"), phone("1003")), id="no address known"),
    ],
)  # fmt: skip
def test_an_address_speaks_against_a_site_only_where_another_is_known_to_be_the_sites(
    phones: tuple[Device, ...],
) -> None:
    office = company(*(seat(one.user) for one in phones), phones=phones)
    assert set(colours(office, DALLAS)) == {"grey"}


def test_without_device_data_the_name_of_the_site_decides_and_that_is_said() -> None:
    ana, ben = seat("1001", name="Ana Lopez"), seat("1002", name="Ben Ito")
    office = company(ana, ben, seat("1003"), phones=(phone("1002"), phone("1003")))
    assert colours(office, DALLAS) == ["grey", "grey", "grey"]
    assert power_loss(office, DALLAS).notes == (
        "The phones of Ana Lopez were not read: a mobile app, or a phone elsewhere, would hold their queues open.",
    )


def test_what_cannot_be_read_stays_unknown_in_the_dark() -> None:
    strange = replace(seat("1001"), registration=Registration.UNKNOWN)
    office = company(
        strange, replace(seat("1002"), readable=False), replace(seat("1003"), login=AgentLogin.UNKNOWN)
    )
    # Of the last it is known that it has a desk phone, and with that lost the login does not matter.
    assert colours(office, DALLAS) == ["unknown", "unknown", "grey"]


def test_behind_an_address_go_dark_those_all_of_whose_phones_are_there() -> None:
    office = company(
        *(seat(extension, name=f"Agent {extension}") for extension in ("1001", "1002", "1003", "1004")),
        outside(),
        phones=(
            phone("1001"),
            phone("1002"), phone("1002wp", HOME_IP),
            phone("1003"), app("1003m"),
            phone("1004", AUSTIN_IP),
        ),
    )  # fmt: skip
    assert colours(office, BEHIND_DALLAS) == ["grey", "green", "green", "green", "green"]
    assert power_loss(office, BEHIND_DALLAS).notes == (
        f"Agent 1002 stays online by a phone elsewhere (1002wp at {HOME_IP}).",
        "Assumed: Agent 1003 stays online by a mobile app (1003m), which needs no building.",
    )


@pytest.mark.parametrize(
    "phones",
    [
        pytest.param((), id="not read"),
        pytest.param((phone("1001", ""),), id="no address"),
        pytest.param((phone("1001", registered=None),), id="registered or not is not known"),
        pytest.param((phone("1001", registered=False),), id="none connected, though the row says so"),
    ],
)
def test_behind_an_address_a_phone_whose_place_is_not_known_makes_its_agent_unknown(
    phones: tuple[Device, ...],
) -> None:
    elsewhere = tuple(replace(one, ip=AUSTIN_IP) if one.registered is None else one for one in phones)
    office = company(seat("1001", name="Ana Lopez"), phones=elsewhere)
    assert shown(office, BEHIND_DALLAS) == [AgentStatus(Status.UNKNOWN, NOT_KNOWN_WHERE)]
    assert power_loss(office, BEHIND_DALLAS).not_known == (
        "Where these agents' phones are connected from is not known: Ana Lopez.",
    )


def test_scopes_add_up() -> None:
    office = company(
        *(seat(one, site="Dallas" if one == "1001" else "Austin") for one in ("1001", "1002", "1003", "1004")),
        phones=(phone("1001"), phone("1002", AUSTIN_IP), phone("1003", HOME_IP), phone("1004", HOME_IP)),
    )
    both = DrillScope(sites=("Dallas",), ips=(AUSTIN_IP,), agents=frozenset({"1003@example.com"}))
    assert colours(office, both) == ["grey", "grey", "grey", "green"]


def ends(snapshot: Snapshot, scope: DrillScope) -> tuple[str, bool | None]:
    verdict = simulate(snapshot, snapshot.queues["8000"], power_loss(snapshot, scope).suppose)
    return verdict.end.kind.value, verdict.reaches_someone


BOSS = User("1010", "Dana Reyes", site="Dallas", voicemail=False)


@pytest.mark.parametrize(
    ("phones", "scope", "expected"),
    [
        pytest.param((), DALLAS, ("nobody", False), id="site, phones not read"),
        pytest.param((phone("1010"),), DALLAS, ("nobody", False), id="site, desk phone"),
        pytest.param((phone("1010", registered=False),), DALLAS, ("nobody", False), id="site, none connected"),
        pytest.param((phone("1010"), app("1010m")), DALLAS, ("user", True), id="site, and an app"),
        pytest.param((phone("1010"), phone("1010wp", HOME_IP)), DALLAS, ("unknown", None), id="site, doubted"),
        pytest.param((), BEHIND_DALLAS, ("unknown", None), id="address, phones not read"),
        pytest.param((phone("1010"),), BEHIND_DALLAS, ("nobody", False), id="address, all there"),
        pytest.param((phone("1010"), phone("1010wp", HOME_IP)), BEHIND_DALLAS, ("user", True), id="one elsewhere"),
    ],
)
def test_a_person_a_call_is_forwarded_to_is_in_the_dark_as_their_phones_are(
    phones: tuple[Device, ...], scope: DrillScope, expected: tuple[str, bool | None]
) -> None:
    # Phones are read of all of a site, or of nobody there.
    read = (phone("1001"), *phones) if phones or scope.ips else ()
    office = company(seat("1001"), phones=read, rule=default_rule(offline=to("user_1010")), users=(BOSS,))
    assert ends(office, scope) == expected


def test_voicemail_of_the_dark_site_answers_and_its_system_users_are_no_people() -> None:
    office = company(
        seat("1001"),
        rule=default_rule(offline=to("vmail_1010")),
        users=(replace(BOSS, voicemail=True), User("8000", "Sales Queue", site="Dallas", system=True)),
    )
    assert ends(office, DALLAS) == ("voicemail", True)


def test_an_app_behind_a_forward_is_noted() -> None:
    office = company(
        seat("1001"), phones=(phone("1001"), app("1010m")), rule=default_rule(offline=to("1010")), users=(BOSS,)
    )
    assert power_loss(office, DALLAS).notes == (
        "Assumed: a call forwarded to Dana Reyes rings a mobile app (1010m), which needs no building.",
    )
