"""What the audit finds besides the causes: backups in the same building, single agents, rules to come, limits."""

import pytest
from msgspec.structs import replace

from queuewatch.failover.model import Agent, EntryKind, Queue, Registration, Rule, Snapshot, User
from tests.failover.build import CELL, agent, default, office, to

from .found import finding, found, serious

SALES = Queue("8000", "Sales", site="Dallas", require_agents=True)
NEIGHBOUR = User("1009", "Nina Roy", site="dallas", voicemail=False)
FAR = User("1010", "Far Away", site="Austin")


def at(site: str, colour: str = "green", id: str = "1001") -> Agent:
    return agent(colour, id, site=site)


def sent_to(destination: str, *agents: Agent, queue: Queue = SALES) -> Snapshot:
    return office(
        queue,
        agents=agents,
        rules={"8000": [default(offline=to(destination))]},
        users=[NEIGHBOUR, FAR],
    )


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        (sent_to("user_1009", at("Dallas"), at("Dallas", id="1002")), {"QW105": "error"}),
        (sent_to("1009", at("DALLAS"), at("Dallas", id="1002")), {"QW105": "error"}),
        (sent_to("phone_1009a", at("Dallas"), at("Dallas", id="1002")), {"QW105": "error"}),
        (sent_to("user_1009", at("Dallas"), at("Austin", id="1002")), {"QW105": "error"}),
        (sent_to("user_1009", at("Dallas"), at("Austin", "grey", "1002")), {"QW105": "error"}),
        (sent_to("user_1009", at("Dallas"), queue=replace(SALES, site="")), {"QW105": "error"}),
        (sent_to("user_1010", at("Dallas"), at("Dallas", id="1002")), {}),
        (sent_to("vmail_1010", at("Dallas"), at("Dallas", id="1002")), {}),
        (sent_to("user_1009", at(""), queue=replace(SALES, site="")), {"QW117": "error"}),
        (sent_to("user_1009", at("", id="1009"), queue=replace(SALES, site="")), {"QW105": "error"}),
        (sent_to("user_1010", at("", id="1010"), queue=replace(SALES, site="")), {"QW105": "warning"}),
        (sent_to("phone_1009", at("", id="1009"), queue=replace(SALES, site="")), {"QW105": "error"}),
    ],
)
def test_a_backup_at_the_queues_own_site(snapshot: Snapshot, expected: dict[str, str]) -> None:
    assert serious(snapshot) == expected


def test_a_diversion_to_a_phone_of_the_same_site_is_an_error() -> None:
    diverted = office(
        SALES, agents=[at("Dallas")], rules={"8000": [default(always=to("user_1009"))]}, users=[NEIGHBOUR]
    )
    assert serious(diverted) == {"QW115": "error"}


def test_a_backup_queue_of_the_same_site_that_sends_calls_on_is_worth_knowing() -> None:
    def backed_by(site: str) -> Snapshot:
        return office(
            SALES,
            Queue("8001", "Support", require_agents=True),
            agents=[at("Dallas"), agent("green", "1002", "8001", site=site)],
            rules={"8000": [default(offline=to("queue_8001"))], "8001": [default(offline=to(CELL))]},
        )

    assert found(backed_by("Dallas"))["QW105"] == "info"
    assert "QW105" not in found(backed_by("Austin"))
    assert "(214) 555-0100" in finding(backed_by("Dallas"), "QW105").why


def mobile(id: str = "1005", site: str = "Remote") -> Agent:
    return replace(at(site, id=id), registration=Registration.PUSH, name="Priya Raman")


OUTSIDE = Agent("12815550142@example.com", "8000", entry=EntryKind.OFFNET, login=at("").login)


@pytest.mark.parametrize(
    ("agents", "severity"),
    [
        ([at("Dallas"), mobile()], "warning"),
        ([at("Dallas", "grey"), OUTSIDE], "warning"),
        ([at("Dallas"), at("Remote", "red", "1005")], "info"),
        ([at("Dallas"), mobile(), at("Austin", id="1006")], None),
        ([at("Dallas"), at("Remote", "grey", "1005")], None),
        ([at("Dallas"), mobile(site="Dallas")], "warning"),
        ([mobile()], "warning"),
        ([at(""), OUTSIDE], None),
    ],
)
def test_held_open_by_one_agent_elsewhere(agents: list[Agent], severity: str | None) -> None:
    assert found(sent_to(CELL, *agents)).get("QW106") == severity


def test_who_holds_it_open_is_named_with_device_and_site() -> None:
    why = finding(sent_to(CELL, at("Dallas"), mobile()), "QW106").why
    assert "Priya Raman" in why
    assert "a mobile app at Remote" in why


@pytest.mark.parametrize(
    ("colours", "expected"),
    [
        (["green"], True),
        (["red", "grey"], True),
        (["green", "green"], False),
        (["green", "unknown"], False),
        (["grey"], False),
    ],
)
def test_one_agent_from_failing_over(colours: list[str], expected: bool) -> None:
    agents = [at("Dallas", colour, str(1001 + place)) for place, colour in enumerate(colours)]
    assert ("QW112" in found(sent_to(CELL, *agents))) is expected


def test_a_queue_without_agents_is_worth_knowing_and_no_more() -> None:
    assert found(sent_to(CELL)) == {"QW121": "info"}


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (Rule("Night", order=0), {"QW107": "warning"}),
        (Rule("Night", order=0, offline=to(CELL)), {}),
        (Rule("Night", order=0, enabled=False), {}),
        (Rule("Night", order=0, always=to("aa_Night")), {}),
        (Rule("Night", order=0, always=to("queue_8000")), {"QW107": "warning"}),
    ],
)
def test_a_rule_whose_time_will_come(above: Rule, expected: dict[str, str]) -> None:
    snapshot = office(SALES, rules={"8000": [above, Rule("*", active=True, offline=to(CELL))]})
    assert serious(snapshot) == expected


def test_backups_that_differ_are_worth_knowing() -> None:
    def with_busy(busy: str) -> Snapshot:
        return office(SALES, rules={"8000": [default(offline=to(CELL), busy=to(busy))]})

    assert found(with_busy("2145550199"))["QW108"] == "info"
    assert "QW108" not in found(with_busy(CELL))


@pytest.mark.parametrize(
    ("limit", "waiting", "expected"), [(0, 9, None), (5, 0, "info"), (5, 4, "info"), (5, 5, "warning")]
)
def test_callers_beyond_the_limit(limit: int, waiting: int, expected: str | None) -> None:
    queue = replace(SALES, max_callers=limit, waiting=waiting)
    assert found(sent_to(CELL, queue=queue)).get("QW119") == expected
    overflowing = office(queue, rules={"8000": [default(offline=to(CELL), busy=to(CELL))]})
    assert "QW119" not in found(overflowing)


def test_one_number_for_many_queues_is_one_finding() -> None:
    def company(*destinations: str) -> Snapshot:
        queues = [Queue(str(8000 + place), require_agents=True) for place in range(len(destinations))]
        rules = {
            queue.extension: [default(offline=to(where))]
            for queue, where in zip(queues, destinations, strict=True)
        }
        return office(*queues, rules=rules)

    assert "QW111" not in found(company(CELL, f"1{CELL}"), "")
    # The third comes there by way of the first, the fourth writes the number otherwise.
    assert found(company(CELL, CELL, "queue_8000"), "") == {"QW111": "warning"}
    assert (
        "(214) 555-0100 is the backup of 4 queues"
        in finding(company(CELL, CELL, "queue_8000", f"1{CELL}"), "QW111", "").why
    )
    assert "QW111" not in found(company("vmail_1001", "vmail_1001", "vmail_1001"), "")
