"""Reading the phones of many people: at which pace, how far, and what is said of what was not read."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from msgspec.structs import replace

from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Device, Part, Problem, Snapshot, User
from queuewatch.pbx.errors import Forbidden, Missing, Misunderstood, PbxError, Throttled
from queuewatch.polling.devices import (
    DEVICE_READS,
    DeviceReadBudget,
    Progress,
    read_phones,
    stopped,
    users_to_read,
    with_phones_of,
)
from tests.change.in_memory import InMemory
from tests.failover.build import NOON, default, to
from tests.failover.two_sites import DALLAS_IP, company, outside, phone, seat

PEOPLE = [str(1001 + place) for place in range(60)]
MANY = company(*(seat(one) for one in PEOPLE))


@dataclass
class Time:
    """Seconds that pass only while somebody pauses."""

    now: float = 100.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


async def read(pbx: InMemory, snapshot: Snapshot, users: list[str]) -> tuple[Snapshot, list[Progress], Time]:
    time, steps = Time(), []
    leave = DeviceReadBudget(monotonic=time)
    async for step in read_phones(pbx, users, leave, pause=time.pause, clock=lambda: NOON):
        snapshot = step.update(snapshot)
        steps.append(step)
    return snapshot, steps, time


def asked(pbx: InMemory) -> list[str]:
    return [request.removeprefix("devices ") for request in pbx.asked if request.startswith("devices ")]


async def test_a_few_are_read_at_once_and_the_rest_slowly() -> None:
    pbx = InMemory.holding(MANY)
    snapshot, steps, time = await read(pbx, MANY, PEOPLE)
    assert asked(pbx) == PEOPLE
    assert set(snapshot.devices) == set(PEOPLE)
    took = time.now - 100.0
    assert took == pytest.approx((len(PEOPLE) - DEVICE_READS) * 2.0)
    assert len(PEOPLE) - DEVICE_READS <= 40 * took / 60
    assert [step.done for step in steps] == list(range(1, 61))
    assert {step.total for step in steps} == {60}
    assert steps[0].seconds_to_go == pytest.approx(took)
    assert steps[-1].seconds_to_go == 0
    assert snapshot.read_at[Part.DEVICES] == NOON


async def test_leave_is_shared_with_everybody_who_reads_from_the_same_server() -> None:
    time = Time()
    leave = DeviceReadBudget(monotonic=time)
    for _ in range(DEVICE_READS):
        assert leave.wait() == 0
        leave.spend()
    assert leave.wait() == pytest.approx(2.0)
    time.now += 2
    assert leave.wait() == 0
    time.now += 3600
    assert leave.seconds_for(DEVICE_READS + 3) == pytest.approx(6.0)


def test_a_server_that_has_not_to_be_spared_is_not() -> None:
    leave = DeviceReadBudget(seconds_each=0.0, monotonic=Time())
    for _ in range(3 * DEVICE_READS):
        leave.spend()
    assert leave.wait() == 0
    assert leave.seconds_for(1000) == 0


@pytest.mark.parametrize(
    "error", [Forbidden("Not for you."), Throttled("Slow down."), Missing("There is no such thing.")]
)
async def test_a_refusal_for_everybody_ends_the_asking(error: PbxError) -> None:
    pbx = InMemory.holding(MANY)
    pbx.always("devices 1001", error)
    snapshot, steps, _ = await read(pbx, MANY, PEOPLE)
    assert asked(pbx) == ["1001"]
    assert steps[-1].done == steps[-1].total
    assert [problem.text for problem in snapshot.problems] == [
        f"The phones of 60 of 60 people could not be read: {error}"
    ]


async def test_a_limit_on_the_way_keeps_what_was_read() -> None:
    pbx = InMemory.holding(MANY)
    pbx.always("devices 1003", Throttled("Slow down."))
    snapshot, _, _ = await read(pbx, MANY, PEOPLE)
    assert set(snapshot.devices) == {"1001", "1002"}
    assert snapshot.problems[0].text == "The phones of 58 of 60 people could not be read: Slow down."


async def test_one_person_who_is_gone_or_odd_is_noted_and_passed_over() -> None:
    pbx = InMemory.holding(MANY)
    pbx.always("devices 1002", Missing("There is no user 1002."))
    pbx.always("devices 1003", Misunderstood("That made no sense."))
    snapshot, _, _ = await read(pbx, MANY, PEOPLE[:5])
    assert set(snapshot.devices) == {"1001", "1004", "1005"}
    assert [problem.text for problem in snapshot.problems] == [
        "The phones of user 1002 could not be read: There is no user 1002.",
        "The phones of user 1003 could not be read: That made no sense.",
    ]


async def test_it_can_be_left_at_any_step() -> None:
    pbx, snapshot = InMemory.holding(MANY), MANY
    time = Time()
    reading = read_phones(pbx, PEOPLE, DeviceReadBudget(monotonic=time), pause=time.pause)
    async for step in reading:
        snapshot = step.update(snapshot)
        if step.done == 12:
            break
    await reading.aclose()  # type: ignore[attr-defined]
    assert len(snapshot.devices) == 12
    told = stopped(12, 60)(snapshot)
    assert told.problems[-1].text == "The phones of 48 of 60 people were not read: the reading was stopped."


BOSS, AUNT = User("1010", "Dana", site="Dallas"), User("1011", "Iris", site="Austin")
OFFICE = replace(
    company(
        seat("1001"),
        seat("1002", "grey"),
        seat("1003", "red", site="Austin"),
        outside(),
        rule=default(offline=to("user_1010"), busy=to("phone_1011x")),
        users=(BOSS, AUNT, User("1012", "Nobody asks", site="Dallas")),
    ),
    devices={"1001": (phone("1001"),)},
)


@pytest.mark.parametrize(
    ("scope", "users"),
    [
        (DrillScope(sites=("Dallas",)), {"1001", "1010"}),
        (DrillScope(sites=("Austin",)), {"1003", "1011"}),
        (DrillScope(ips=(DALLAS_IP,)), {"1001", "1003", "1010", "1011"}),
        (DrillScope(agents=frozenset({"1003@example.com"})), {"1003"}),
        (DrillScope(everything=True), {"1001", "1003"}),
        (DrillScope(), set()),
    ],
)
def test_only_phones_that_decide_are_read(scope: DrillScope, users: set[str]) -> None:
    assert set(users_to_read(OFFICE, scope)) == users


def test_of_two_readings_of_one_persons_phones_the_later_counts() -> None:
    early, late = (phone("1001", runs_out=5),), (phone("1001", runs_out=65),)
    problem = Problem(Part.DEVICES, "Of some it is not known.")
    for latest, read in ((early, late), (late, early)):
        both = with_phones_of(
            replace(MANY, devices={"1001": latest, "1002": ()}),
            replace(MANY, devices={"1001": read}, problems=(problem,), read_at={Part.DEVICES: NOON}),
        )
        assert both.devices == {"1001": late, "1002": ()}
        assert both.problems == (problem,)
        assert both.read_at[Part.DEVICES] == NOON


async def test_what_is_odd_about_one_phone_is_not_forgotten_with_the_next() -> None:
    pbx = InMemory.holding(MANY)
    pbx.devices = {"1001": (Device("1001", "1001", True, NOON + timedelta(seconds=5)),)}
    noted = replace(MANY, problems=())
    snapshot, _, _ = await read(pbx, noted, ["1001", "1002"])
    assert snapshot.devices["1001"] == pbx.devices["1001"]
    assert snapshot.devices["1002"] == ()
