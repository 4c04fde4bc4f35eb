"""Make ``sample_data/lakeside/history.jsonl``: the week before the sample's first moment.

The week is played in the sandbox, read through the same client as a real phone system, judged by the same rules
and by the same writer. Invented is only what happens: calls, lunch breaks, a power cut in Dallas on Tuesday,
a night on which nobody watched, minutes in which the server was out of reach, and callers stranded in Referrals.
The same week comes of it every time. Run it after a change to the sample or to the rules; ``--check`` says whether
to.
"""

import asyncio
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.simulate import rejudge
from queuewatch.failover.verdict import Judgement
from queuewatch.history.database import HistoryInMemory, PhoneSystemKey
from queuewatch.history.sample import dump
from queuewatch.history.writer import Writer
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.rows import person
from queuewatch.pbx.sandbox.samples import Sample, load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.scenario import Scenario, ScenarioAction, ScenarioEvent
from queuewatch.pbx.sandbox.server import in_process
from queuewatch.polling.assemble import read_part, read_snapshot
from queuewatch.polling.state import LiveState

FILE = Path(__file__).parents[1] / "sample_data" / "lakeside" / "history.jsonl"
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
BEHIND = timedelta(hours=6)
"""Dallas and Austin are this far behind UTC in November."""
BEGUN = timedelta(hours=7, minutes=41)
SEED = 1116


def local(day: int, clock: str) -> timedelta:
    """A time of day in Dallas, as the time since Monday began in UTC."""
    hours, minutes = map(int, clock.split(":"))
    return timedelta(days=day, hours=hours, minutes=minutes) + BEHIND


NOT_WATCHED = ((local(2, "18:04"), local(3, "7:36")), (local(4, "10:21"), local(4, "10:29")))
"""Somebody closed the board on Wednesday evening; on Friday the server was out of reach."""


def seats(sample: Sample) -> list[tuple[str, str]]:
    """Who takes calls for which queue."""
    owners = {str(row["device"]): user for user, rows in sample.devices.items() for row in rows}
    return [(person(row, owners), str(row["callqueue"])) for row in sample.agents]


def staged(sample: Sample) -> Iterator[tuple[timedelta, ScenarioAction, str]]:
    """What everybody would remember of the week."""

    def lunch(day: int, begins: str, ends: str, *people: str) -> Iterator[tuple[timedelta, ScenarioAction, str]]:
        for nth, who in enumerate(people):
            yield local(day, begins) + timedelta(seconds=40 * nth), ScenarioAction.LUNCH, who
            yield local(day, ends) + timedelta(seconds=25 * nth), ScenarioAction.BACK, who

    referrals = sorted({who for who, queue in seats(sample) if queue == "8006"})
    yield from lunch(0, "12:11", "12:38", "1007", "1008")
    yield local(1, "13:10"), ScenarioAction.CUT_POWER, "Dallas"
    yield local(1, "13:51"), ScenarioAction.RESTORE_POWER, "Dallas"
    yield from lunch(2, "12:03", "12:44", "1013")
    yield from lunch(3, "12:20", "12:31", *referrals)
    yield from lunch(4, "12:06", "12:25", "1007", "1008")
    yield from lunch(4, "16:40", "16:43", *referrals)
    for day in range(5):
        for nth, who in enumerate(("1001", "1002", "1006", "1011", "1012")):
            yield from lunch(
                day, f"{11 + nth // 2}:{30 * (nth % 2):02}", f"{12 + nth // 2}:{30 * (nth % 2):02}", who
            )


def calls(sample: Sample) -> Iterator[tuple[timedelta, ScenarioAction, str, str]]:
    """A call every few minutes while the practices are open, and one seldom after hours."""
    chance = random.Random(SEED)
    taken: dict[str, timedelta] = {}
    everybody = seats(sample)
    for day in range(5):
        at = local(day, "8:00")
        while (at := at + timedelta(seconds=chance.randint(60, 420))) < local(day, "17:00"):
            who, queue = chance.choice(everybody)
            if taken.get(who, timedelta()) <= at:
                taken[who] = at + timedelta(seconds=chance.randint(45, 420))
                yield at, ScenarioAction.CALL, who, queue
                yield taken[who], ScenarioAction.HANGUP, who, ""


def events(sample: Sample) -> list[ScenarioEvent]:
    """The whole week in order, as the sandbox plays it."""
    found = [
        ScenarioEvent(at, do, site=what)
        if do in (ScenarioAction.CUT_POWER, ScenarioAction.RESTORE_POWER)
        else ScenarioEvent(at, do, who=what)
        for at, do, what in staged(sample)
    ]
    found += [ScenarioEvent(at, do, who=who, queue=queue) for at, do, who, queue in calls(sample)]
    return sorted((replace(one, at=one.at - BEGUN - BEHIND) for one in found), key=lambda one: one.at)


def looks(sample: Sample, week: list[ScenarioEvent]) -> list[datetime]:
    """When somebody looks: after everything that happens, and often while phones run out."""
    begun = MONDAY + BEGUN + BEHIND
    found = {begun + event.at + timedelta(seconds=2) for event in week}
    found |= {MONDAY + timedelta(days=day) for day in range(1, 8)} | {begun}
    cut, back = MONDAY + local(1, "13:10"), MONDAY + local(1, "13:53")
    found |= {cut + timedelta(seconds=15 * nth) for nth in range((back - cut) // timedelta(seconds=15))}
    found |= {MONDAY + edge for pair in NOT_WATCHED for edge in pair}
    return sorted(at for at in found if begun <= at < sample.start)


def watched(at: datetime) -> bool:
    """Whether anybody did."""
    return not any(begun < at - MONDAY < ended for begun, ended in NOT_WATCHED)


def connected(pbx: SandboxPbx, clock: Callable[[], datetime]) -> NetsapiensDomain:
    """The client of a sandbox in this process."""
    return NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: in_process(pbx),
        clock=clock,
        rate_limiter=RateLimiter(window=0.0),
    )


async def play(sample: Sample) -> HistoryInMemory:
    """Play the week and write it down."""
    week = events(sample)
    now = MONDAY + BEGUN + BEHIND
    pbx = SandboxPbx(sample, clock=lambda: now, scenario=Scenario("week", "A week", "", tuple(week)))
    system = connected(pbx, lambda: now)
    history = HistoryInMemory(PhoneSystemKey("http://localhost", sample.domain))
    writer = Writer(history.open(), history.place, ever_watched=True)
    snapshot = await read_snapshot(system)
    judged: dict[str, Judgement] = {}
    before: Snapshot = snapshot
    for now in looks(sample, week):
        if not watched(now):
            continue
        snapshot = (await read_part(system, Part.LIVE))(before)
        judged = dict(rejudge(before, judged, snapshot))
        writer.write([LiveState(snapshot, judged)])
        if any(now - MONDAY == begun for begun, _ in NOT_WATCHED):
            writer.write([None])
        before = snapshot
    await system.close()
    # The last look is at the sample as it is, so that what follows goes on from there.
    system = connected(SandboxPbx(sample), lambda: sample.start)
    snapshot = await read_snapshot(system)
    writer.write([LiveState(snapshot, rejudge(before, judged, snapshot)), None])
    await system.close()
    return history


def main(check: bool) -> int:
    """Write the file, or say that it is stale."""
    sample = load_sample("lakeside")
    history = asyncio.run(play(replace(sample, history=None)))
    text = "".join(f"{line}\n" for line in dump(history.open(), sample.start))
    if check:
        stale = not FILE.exists() or FILE.read_text(encoding="utf-8") != text
        print(f"{FILE.name} is {'stale: run docs/make_sample_history.py' if stale else 'fresh'}")
        return int(stale)
    FILE.write_text(text, encoding="utf-8")
    print(f"{FILE.name}: {len(text) // 1024} KiB, {text.count(chr(10))} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
