"""A call that comes to a person is followed like one that comes to a queue."""

import pytest
from msgspec.structs import replace

from queuewatch.failover.drill.power_loss import supposed
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.forwards import people_rung
from queuewatch.failover.model import (
    OFF,
    RULES_NOT_READ,
    Agent,
    Device,
    EntryKind,
    Forward,
    PhoneNumber,
    Queue,
    QueueRules,
    Registration,
    Rule,
    Snapshot,
    User,
)
from queuewatch.failover.simulate import readiness, simulate
from queuewatch.failover.suppose import ALL_DARK, AS_IS, Suppose
from queuewatch.failover.verdict import ReadinessState, Verdict
from tests.failover.build import CELL, UNREADABLE, agent, default, office, to
from tests.failover.two_sites import AUSTIN_IP, DALLAS_IP, app, phone

SALES, SUPPORT = Queue("8000", "Sales", require_agents=True), Queue("8001", "Support", require_agents=True)
ANA = User("1001", "Ana Lopez", site="Dallas")
BEN = User("1002", "Ben Ito", site="Austin", voicemail=False)
MENU = User("9100", "A menu of sorts", system=True)
MUTE = replace(ANA, voicemail=False)
DND = Rule("*", active=True, dnd=True)


def sent_to(
    destination: str,
    *rows: Agent,
    rule: Rule | None = None,
    bens: Rule | None = None,
    ana: User = ANA,
    phones: tuple[Device, ...] = (),
    numbers: tuple[PhoneNumber, ...] = (),
) -> Snapshot:
    """Sales, all Grey, whose calls go to this destination; Ana has this rule and Ben that."""
    queue_user = User("8000", "Sales Queue", system=True)
    rules = {
        "8000": [default(offline=to(destination))],
        "8001": [default(offline=to(CELL))],
        "1001": [rule] if rule else [],
        "1002": [bens] if bens else [],
    }
    snapshot = office(
        SALES, SUPPORT, agents=rows, rules=rules, users=(ana, BEN, MENU, queue_user), numbers=numbers
    )
    devices: dict[str, tuple[Device, ...]] = {}
    for one in phones:
        devices[one.user] = (*devices.get(one.user, ()), one)
    return replace(snapshot, devices=devices)


def end_of(snapshot: Snapshot, suppose: Suppose = AS_IS) -> str:
    return simulate(snapshot, SALES, suppose).end.kind


def own(**forwards: Forward) -> Rule:
    return Rule("*", active=True, **forwards)  # type: ignore[arg-type]  # forwards by their names


@pytest.mark.parametrize(
    ("rule", "ana", "now", "dark"),
    [
        (None, ANA, "user", "voicemail"),
        (None, MUTE, "user", "nobody"),
        (None, replace(ANA, voicemail=None), "user", "unknown"),
        (own(offline=to(CELL)), MUTE, "user", "external"),
        (own(offline=UNREADABLE), MUTE, "user", "unknown"),
        (own(offline=Forward(False, (CELL,))), MUTE, "user", "nobody"),
        (own(always=to(CELL)), ANA, "external", "external"),
        (own(always=to("queue_8001")), ANA, "external", "external"),
        (own(always=to("queue_8000")), ANA, "loop", "loop"),
        (own(always=to("user_1001")), ANA, "loop", "loop"),
        (own(offline=to("1001")), ANA, "user", "loop"),
        (own(always=to("user_1002")), ANA, "user", "nobody"),
        (own(always=UNREADABLE), ANA, "unknown", "unknown"),
        (own(sim_ring=to("<OwnDevices>", f"confirm_{CELL};delay=5")), MUTE, "user", "user"),
        (own(sim_ring=to("<OwnDevices>", "1001wp")), MUTE, "user", "nobody"),
        (own(sim_ring=Forward(False, (CELL,))), MUTE, "user", "nobody"),
        (own(sim_ring=to("1002")), MUTE, "user", "nobody"),
        (DND, ANA, "voicemail", "voicemail"),
        (DND, MUTE, "unknown", "nobody"),
        (replace(DND, on_dnd=to("vmail_7777")), MUTE, "dead_end", "nobody"),
        (replace(DND, on_dnd=to(CELL)), MUTE, "external", "nobody"),
        (replace(DND, dnd=None), MUTE, "unknown", "nobody"),
        (replace(DND, dnd=False), MUTE, "user", "nobody"),
    ],
)
@pytest.mark.parametrize("destination", ["user_1001", "1001"])
def test_a_persons_rule_decides(destination: str, rule: Rule | None, ana: User, now: str, dark: str) -> None:
    snapshot = sent_to(destination, rule=rule, ana=ana)
    assert end_of(snapshot) == now
    assert end_of(snapshot, ALL_DARK) == dark
    assert end_of(snapshot, supposed(snapshot, DrillScope(everything=True))) == dark


def test_who_is_rung_beside_is_named() -> None:
    ring = sent_to("user_1001", agent("grey", "1001"), rule=own(sim_ring=to("1002")), ana=MUTE)
    verdict = simulate(ring, SALES)
    assert verdict.end.kind == "user"
    assert "also rings Ben Ito" in verdict.path[-1].why
    assert end_of(ring, Suppose(dark_users=frozenset({"1002"}))) == "nobody"
    # Whether Ben's phone is in the dark decides whether anybody is reached.
    assert end_of(ring, Suppose(doubted_users={"1002": "of Ben Ito, nothing is known"})) == "unknown"


def test_what_is_rung_beside_and_cannot_be_followed_is_not_known() -> None:
    number = PhoneNumber("2145550101", "to-callqueue", "8001")
    odd = sent_to("user_1001", rule=own(sim_ring=to("2145550101")), ana=MUTE, numbers=(number,))
    assert end_of(odd, ALL_DARK) == "unknown"
    both = sent_to("user_1001", rule=own(sim_ring=to("2145550101"), offline=to(CELL)), numbers=(number,))
    verdict = simulate(both, SALES, ALL_DARK)
    assert (verdict.end.kind, [end.kind for end in verdict.ends]) == ("external", ["user"])
    assert "Or else a user's phone rings" in verdict.sentence


NO_PHONE = agent("grey", "1001", "8001")


@pytest.mark.parametrize(
    ("rows", "phones", "end"),
    [
        pytest.param((), (), "user", id="nothing known"),
        pytest.param((NO_PHONE,), (), "nobody", id="the row says not registered"),
        pytest.param((NO_PHONE,), (phone("1001"),), "user", id="what was read goes before"),
        pytest.param((), (phone("1001", registered=False),), "nobody", id="read, and none registered"),
        pytest.param((), (phone("1001", registered=False), app("1001m")), "user", id="an app to be woken"),
        pytest.param((replace(NO_PHONE, id="sip:1001wp@example.com", entry=EntryKind.DEVICE),), (), "user",
                     id="a device's row speaks of the device"),
        pytest.param((NO_PHONE, replace(agent("green", "1001"), queue="8001", registration=Registration.PUSH)), (),
                     "user", id="one row knows an app"),
    ],
)  # fmt: skip
def test_whether_a_person_is_connected(rows: tuple[Agent, ...], phones: tuple[Device, ...], end: str) -> None:
    assert end_of(sent_to("user_1001", *rows, phones=phones, ana=MUTE)) == end


def test_being_logged_out_is_not_being_away() -> None:
    out = replace(agent("green", "1001", "8001"), login=agent("green").login.OUT)
    assert end_of(sent_to("user_1001", out, ana=MUTE)) == "user"


@pytest.mark.parametrize("unread", [RULES_NOT_READ, QueueRules(problem="access was denied.")])
def test_rules_that_are_not_known(unread: QueueRules) -> None:
    def with_unread(snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, rules={**snapshot.rules, "1001": unread})

    connected = with_unread(sent_to("user_1001", agent("green", "1001", "8001")))
    verdict = simulate(connected, SALES)
    assert verdict.end.kind == "user"
    assert any("Assumed: it rings Ana Lopez" in text for text in verdict.assumptions)
    assert end_of(connected, ALL_DARK) == "unknown"
    assert end_of(with_unread(sent_to("user_1001"))) == "unknown"
    assert end_of(with_unread(sent_to("user_1001", NO_PHONE))) == "unknown"


def test_a_system_user_that_is_no_queue_is_not_known() -> None:
    assert end_of(sent_to("user_9100")) == "unknown"
    assert end_of(sent_to("9100")) == "unknown"


@pytest.mark.parametrize(
    ("destination", "phones", "now", "dark"),
    [
        ("phone_1001", (), "user", "nobody"),
        ("phone_1001M", (), "user", "nobody"),
        ("phone_1001-desk", (), "user", "nobody"),
        ("phone_1001b", (phone("1001"),), "nobody", "nobody"),
        ("phone_1001b", (phone("1001b", registered=False),), "nobody", "nobody"),
        ("phone_1001B", (phone("1001b"),), "user", "nobody"),
        ("phone_1001m", (app("1001m"),), "user", "nobody"),
        ("phone_8000", (), "dead_end", "dead_end"),
        ("phone_9100", (), "dead_end", "dead_end"),
        ("phone_7777wp", (), "unknown", "unknown"),
    ],
)
def test_a_single_phone_is_rung_past_its_users_rules(
    destination: str, phones: tuple[Device, ...], now: str, dark: str
) -> None:
    snapshot = sent_to(destination, rule=own(always=to(CELL)), phones=phones)
    assert end_of(snapshot) == now
    assert end_of(snapshot, ALL_DARK) == dark


def test_a_single_phone_in_the_dark_is_not_saved_by_another_of_its_user() -> None:
    phones = (phone("1002b", DALLAS_IP), phone("1002", AUSTIN_IP))
    snapshot = sent_to("phone_1002b", phones=phones)
    assert end_of(snapshot, supposed(snapshot, DrillScope(ips=(DALLAS_IP,)))) == "nobody"
    assert end_of(snapshot, supposed(snapshot, DrillScope(ips=(AUSTIN_IP,)))) == "user"
    person = sent_to("user_1002", phones=phones)
    assert end_of(person, supposed(person, DrillScope(ips=(DALLAS_IP,)))) == "user"


@pytest.mark.parametrize(
    ("ana", "end", "state"), [(ANA, "voicemail", ReadinessState.READY), (MUTE, "nobody", ReadinessState.NOT_READY)]
)
def test_an_agent_who_is_the_backup_is_dark_with_the_queue(ana: User, end: str, state: ReadinessState) -> None:
    row = agent("green", "1001")
    snapshot = sent_to("user_1001", row, ana=replace(ana, site=""))
    for scope in (DrillScope(agents=frozenset({row.id})), DrillScope(everything=True)):
        assert end_of(snapshot, supposed(snapshot, scope)) == end
    dark = readiness(snapshot, SALES)
    assert (dark.state, dark.verdict.end.kind) == (state, end)


@pytest.mark.parametrize(
    ("ana", "expected"), [(ANA, ("voicemail", ["user"], True)), (MUTE, ("unknown", [], None))]
)
def test_a_person_in_doubt_is_judged_both_ways(ana: User, expected: tuple[str, list[str], bool | None]) -> None:
    snapshot = sent_to("user_1001", ana=replace(ana, site=""))
    verdict = simulate(snapshot, SALES, supposed(snapshot, DrillScope(sites=("Austin",))))
    assert (verdict.end.kind, [end.kind for end in verdict.ends], verdict.reaches_someone) == expected


def test_what_was_supposed_of_somebody_holds_further_on() -> None:
    """Ana in doubt: dark, Ben's rule sends the call to her again, and there she is dark as well."""
    snapshot = sent_to("user_1001", rule=own(offline=to("user_1002")), bens=own(always=to("phone_1001")))
    doubted = Suppose(
        doubted_users={"1001": "of Ana Lopez, nothing is known"}, doubted_phones={"1001": "the same"}
    )
    assert end_of(snapshot, doubted) == "unknown"
    assert end_of(snapshot, Suppose(dark_users=frozenset({"1001"}))) == "nobody"


def test_a_way_of_a_thousand_people_comes_to_its_end() -> None:
    people = [User(str(2000 + n), voicemail=False) for n in range(1000)]
    rules = {one.extension: [own(always=to(f"user_{int(one.extension) + 1}"))] for one in people[:-1]}
    chain = office(SALES, rules={"8000": [default(offline=to("user_2000"))], **rules}, users=people)
    doubted = Suppose(doubted_users={one.extension: "nothing is known" for one in people})
    verdicts: list[Verdict] = [simulate(chain, SALES), simulate(chain, SALES, doubted)]
    assert [verdict.end.kind for verdict in verdicts] == ["user", "unknown"]
    off = {one.extension: [own(offline=to(f"user_{int(one.extension) + 1}"))] for one in people[:-1]}
    further = office(SALES, rules={"8000": [default(offline=to("user_2000"))], **off}, users=people)
    assert simulate(further, SALES, doubted).end.kind == "unknown"
    assert OFF.destination is None


def test_where_both_ways_go_on_every_time_the_call_comes_to_its_end_too() -> None:
    """Each passes it on to the next, in the dark and on Do Not Disturb: the ways would be 2 to the power of 60."""
    people = [User(str(2000 + n), voicemail=False) for n in range(60)]
    onward = [to(f"user_{int(one.extension) + 1}") for one in people[:-1]]
    rules = {
        one.extension: [replace(DND, on_dnd=then, offline=then)]
        for one, then in zip(people, [*onward, to(CELL)], strict=True)
    }
    chain = office(SALES, rules={"8000": [default(offline=to("user_2000"))], **rules}, users=people)
    doubted = Suppose(doubted_users={one.extension: "nothing is known" for one in people})
    assert simulate(chain, SALES, doubted).end.kind == "unknown"
    few = Suppose(doubted_users={one.extension: "nothing is known" for one in people[:6]})
    assert simulate(chain, SALES, few).end.kind == "external"


def test_a_mailbox_answers_past_its_owners_rules() -> None:
    """Nobody's rules or phones have to be read for it."""
    for destination in ("vmail_1001", "voicemail_1001", "conf_1001", "park_1001"):
        assert people_rung(sent_to(destination)) == frozenset(), destination
    assert people_rung(sent_to("user_1001")) == {"1001"}


@pytest.mark.parametrize("text", ["1002@elsewhere.example", "sip:1002wp@elsewhere.example", "user_1002@other"])
def test_who_rings_beside_in_another_domain_is_not_the_one_of_the_same_extension_here(text: str) -> None:
    rule = replace(own(), sim_ring=to(text))
    assert end_of(sent_to("user_1001", rule=rule, ana=MUTE), Suppose(dark_users=frozenset({"1001"}))) == "unknown"


def test_a_phone_that_rings_beside_may_be_written_with_the_domain() -> None:
    here = sent_to("user_1001", rule=replace(own(), sim_ring=to("sip:1002wp@example.com")), ana=MUTE)
    here = replace(here, devices={"1002": (phone("1002wp", AUSTIN_IP),)})
    assert end_of(here, Suppose(dark_users=frozenset({"1001"}))) == "user"
