"""A demo's captions: true of what is there, the same at the same second, the script's own where it has some."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from queuewatch.demo.presenter import SPEEDS, Presenter
from queuewatch.failover.destination import EndKind
from queuewatch.failover.model import Registration, Snapshot
from queuewatch.failover.places import site_of
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.status import status_of
from queuewatch.failover.verdict import Judgement, Outcome, ReadinessState, Verdict
from queuewatch.failover.wording import describe_destination
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.samples import load_sample, sample_names
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.scenario import load_scenario
from queuewatch.pbx.sandbox.server import in_process
from queuewatch.polling.assemble import read_snapshot

Press = Callable[[SandboxPbx], None]
Presses = dict[int, Press]


@dataclass
class Demo:
    """A sandbox that is told a story of, and whose time a test moves."""

    room: list[float]
    pbx: SandboxPbx
    stage: Presenter

    def at(self, second: float) -> str:
        """What is said at this second."""
        self.room[0] = second
        self.pbx.advance()
        return self.stage.caption(self.pbx.now)


def demo(sample: str, scenario: str) -> Demo:
    company, room = load_sample(sample), [0.0]
    script = load_scenario(company, scenario)
    clock = SandboxClock(company.start, monotonic=lambda: room[0])
    pbx = SandboxPbx(company, clock=clock, scenario=script)
    return Demo(room, pbx, Presenter(pbx, clock, tells_itself=script.tells_itself))


def cut(site: str) -> Press:
    return lambda pbx: pbx.cut_power(site)


def restore(site: str) -> Press:
    return lambda pbx: pbx.restore_power(site)


def set_require_agents(queue: str, value: str) -> Press:
    def press(pbx: SandboxPbx) -> None:
        pbx.floor.queues[queue]["callqueue-require-available-agents-to-accept-new-callers"] = value
        pbx.changed_by_hand()

    return press


SITE = {"lakeside": "Dallas", "harbor": "Galveston", "riverside": "Riverside"}


def presses(sample: str) -> Presses:
    """What a presenter might do."""
    site = SITE[sample]
    found: Presses = {25: cut(site), 130: restore(site), 160: cut(site), 520: restore(site)}
    if sample == "lakeside":
        found |= {300: set_require_agents("8006", "yes"), 340: cut("Austin"), 700: restore("Austin")}
    return found


def runs() -> Iterator[tuple[str, str, bool]]:
    for name in sample_names():
        for scenario in load_sample(name).scenarios:
            yield from ((name, scenario, by_hand) for by_hand in (False, True))


def observed(one: Demo, pressed: Presses, every: int, until: int) -> list[tuple[int, str, object, object]]:
    """What is said and what is there, at some seconds; looked at only ``every`` so often."""
    seen: list[tuple[int, str, object, object]] = []
    for second in range(until + 1):
        if second % every == 0 or second in pressed:
            caption = one.at(second)
        if second in pressed:
            pressed[second](one.pbx)
            caption = one.stage.caption(one.pbx.now)
        if second % 100 == 0 or second in pressed:
            caption = one.at(second)
            seen.append((second, caption, one.pbx.floor.agent_rows(), one.pbx.floor.queue_rows()))
    return seen


@pytest.mark.parametrize(("sample", "scenario", "by_hand"), runs())
def test_the_same_run_says_and_shows_the_same_at_the_same_second(
    sample: str, scenario: str, by_hand: bool
) -> None:
    pressed = presses(sample) if by_hand else {}
    often, seldom = demo(sample, scenario), demo(sample, scenario)
    assert observed(often, pressed, 3, 800) == observed(seldom, pressed, 100, 800)
    assert often.stage.captions == seldom.stage.captions


def verdict_of(snapshot: Snapshot, judged: dict[str, Judgement], name: str) -> Verdict:
    (queue,) = [one for one in snapshot.call_queues if one.name == name]
    return judged[queue.extension].now


def holds(caption: str, snapshot: Snapshot, dark: frozenset[str]) -> bool:
    """Whether what the narrator says is so, judged anew from what a client reads."""
    judged = dict(judge_all(snapshot))
    rows = [agent for queue in snapshot.call_queues for agent in snapshot.agents_of(queue.extension)]
    if found := re.fullmatch(r"([^:]+(?<!is ready now)): a call (.+)\.", caption):
        return verdict_of(snapshot, judged, found[1]).sentence.startswith(f"A call {found[2]}")
    if found := re.fullmatch(r"Power cut at (.+): phones look connected until registrations run out\.", caption):
        return found[1] in dark
    if found := re.fullmatch(r"The power is back at (.+): its phones register one after the other\.", caption):
        return found[1] not in dark
    if found := re.fullmatch(r"Every phone that lost its power at (.+) is connected again\.", caption):
        return found[1] not in dark
    if found := re.fullmatch(r"(.+) turns Grey: registrations at (.+) begin to run out\.", caption):
        same = [agent for agent in rows if agent.name == found[1]]
        gone = all(agent.registration is Registration.NONE for agent in same)
        return bool(same) and gone and found[2] in dark and site_of(same[0], snapshot) == found[2]
    if found := re.fullmatch(r"(.+) strands its callers: nobody is there, and Require Agents is No\.", caption):
        return verdict_of(snapshot, judged, found[1]).outcome is Outcome.STRANDED
    if found := re.fullmatch(r"(.+) is held open by (.+?)( alone)?\.", caption):
        now = verdict_of(snapshot, judged, found[1])
        names = {agent.name for agent in rows if agent.id in now.held_open_by}
        alone = bool(found[3]) is (len(now.held_open_by) == 1)
        return alone and bool(names) and all(name in found[2] for name in names)
    if found := re.fullmatch(r"(.+?) fails? over( to .+?)?(: (.+) is all Grey)?\.", caption):
        names = set(re.split(r", | and ", found[1])) if not found[2] else {found[1]}
        verdicts = [verdict_of(snapshot, judged, name) for name in names]
        if found[3] and any(site_of(one, snapshot) in dark and status_of(one).status.online for one in rows):
            return False
        if found[2]:
            (only,) = verdicts
            own = only.end.kind is EndKind.VOICEMAIL and found[2] == " to its voicemail"
            if not own and describe_destination(snapshot, only.destination or "") not in found[2]:
                return False
        return all(one.outcome is Outcome.FAILS_OVER and one.reaches_someone is not False for one in verdicts)
    if found := re.fullmatch(r"(.+) (?:is|are) answered again\.", caption):
        names = {found[1]} if " is answered" in caption else set(re.split(r", | and ", found[1]))
        return all(verdict_of(snapshot, judged, name).counts.online > 0 for name in names)
    if found := re.fullmatch(r"(.+) is ready now: in the dark, .+\.", caption):
        (queue,) = [one for one in snapshot.call_queues if one.name == found[1]]
        return judged[queue.extension].readiness.state is ReadinessState.READY
    if found := re.match(r"(All queues are|The queue is|(\d+) of \d+ queues (?:is|are)) answered", caption):
        nows = [one.now for one in judged.values()]
        answered = sum(now.counts.online > 0 and now.outcome is not Outcome.DIVERTED for now in nows)
        return answered == (int(found[2]) if found[2] else len(judged))
    raise AssertionError(f"No rule tells whether this is so: {caption}")


@pytest.mark.parametrize("sample", sample_names())
async def test_what_the_narrator_says_is_so_as_long_as_it_is_said(sample: str) -> None:
    one, pressed = demo(sample, "quiet-day"), presses(sample)
    system = NetsapiensDomain(
        "http://localhost",
        one.pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: in_process(one.pbx),
        clock=lambda: one.pbx.now,
        rate_limiter=RateLimiter(window=0.0),
    )
    for second in (*range(0, 780, 20), *(at + 1 for at in pressed)):
        if second in (at + 1 for at in pressed):
            continue
        for at in sorted(pressed):
            if second - 20 < at <= second:
                one.at(at)
                pressed[at](one.pbx)
        caption = one.at(second)
        assert holds(caption, await read_snapshot(system), one.pbx.powered_off), (second, caption)
    await system.close()


def test_the_story_of_dallas_told_by_the_narrator() -> None:
    one = demo("lakeside", "quiet-day")
    assert one.at(10) == "All queues are answered; in an outage Referrals strands its callers."
    one.pbx.cut_power("Dallas")
    for second in range(10, 301, 10):
        one.at(second)
    one.pbx.restore_power("Dallas")
    one.at(400)
    assert [sentence for _, sentence in one.stage.captions[1:]] == [
        "Power cut at Dallas: phones look connected until registrations run out.",
        "Ana Lopez turns Grey: registrations at Dallas begin to run out.",
        "Front Desk fails over to (214) 555-0100.",
        "Referrals strands its callers: nobody is there, and Require Agents is No.",
        "Dental Emergencies fails over to the auto attendant EmergencyMenu.",
        "Appointments is held open by Priya Raman at Remote alone.",
        "Billing & Insurance fails over to its voicemail: Dallas is all Grey.",
        "The power is back at Dallas: its phones register one after the other.",
        "Front Desk is answered again.",
        "Dental Emergencies is answered again.",
        "Referrals is answered again.",
        "Billing & Insurance is answered again.",
        "Every phone that lost its power at Dallas is connected again.",
    ]


def test_a_queue_that_is_put_right_in_the_dark_fails_over_at_once() -> None:
    one = demo("lakeside", "quiet-day")
    one.pbx.cut_power("Dallas")
    assert one.at(112).startswith("Referrals strands its callers")
    set_require_agents("8006", "yes")(one.pbx)
    assert one.stage.caption(one.pbx.now) == "Referrals fails over to (214) 555-0100."


def test_a_queue_that_is_put_right_in_time_is_ready() -> None:
    one = demo("lakeside", "quiet-day")
    assert "Referrals strands its callers" in one.at(4)
    set_require_agents("8006", "yes")(one.pbx)
    ready = "Referrals is ready now: in the dark, a call fails over to (214) 555-0100."
    assert one.at(5) == ready
    set_require_agents("8006", "no")(one.pbx)
    assert one.at(6) == "Referrals is not ready now: in the dark, a caller waits with nobody there."


@pytest.mark.parametrize("sample", sample_names())
def test_a_script_tells_its_own_story_until_somebody_takes_a_hand_in_it(sample: str) -> None:
    one = demo(sample, "power-cut")
    own = {event.say for event in load_scenario(one.pbx.sample, "power-cut").events if event.say}
    for second in range(20, 101):
        assert one.at(second) in own
    one.pbx.restore_power(SITE[sample])
    for second in range(101, 500):
        assert one.at(second) not in own, second


def test_calls_are_no_news() -> None:
    one = demo("lakeside", "quiet-day")
    one.at(1800)
    assert len(one.stage.captions) == 1


def test_time_never_jumps_when_its_speed_changes() -> None:
    start, room = load_sample("lakeside").start, [7.0]
    clock = SandboxClock(start, 10.0, monotonic=lambda: room[0])
    room[0] += 3
    clock.speed = 2.0
    assert clock() == start + timedelta(seconds=30)
    room[0] += 5
    clock.speed = 60.0
    assert clock() == start + timedelta(seconds=40)
    room[0] += 0.5
    assert clock() == start + timedelta(seconds=70)


def test_the_steps_of_the_speed_go_from_any_speed_and_end() -> None:
    one = demo("lakeside", "quiet-day")
    assert [one.stage.faster() for _ in range(6)] == [2, 5, 10, 30, 60, 60]
    assert [one.stage.slower() for _ in range(6)] == [30, 10, 5, 2, 1, 1]
    company = load_sample("lakeside")
    clock = SandboxClock(company.start, 7.0, monotonic=lambda: 0.0)
    other = Presenter(SandboxPbx(company, clock=clock), clock)
    assert (other.speed, other.faster(), other.slower()) == (7, 10, 5)


def test_the_faster_time_goes_the_more_often_it_is_looked_at_within_reason() -> None:
    one = demo("lakeside", "quiet-day")
    intervals = []
    for speed in SPEEDS:
        while one.stage.speed < speed:
            one.stage.faster()
        intervals.append(one.stage.interval)
    assert intervals == [1.0, 1.0, 1.0, 0.5, 0.25, 0.25]
