"""A drill is held against what really happens when the sandbox's power is cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from queuewatch.failover.destination import EndKind
from queuewatch.failover.drill.drill import Drill, DrillOutcome, drill
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.drill.timeline import timeline
from queuewatch.failover.model import Part, Registration, Snapshot
from queuewatch.failover.simulate import simulate
from queuewatch.failover.verdict import Verdict
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.samples import load_sample, sample_names
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import in_process
from queuewatch.polling.assemble import read_part, read_snapshot

SECOND = timedelta(seconds=1)
LONG_AFTER = timedelta(hours=2)


@dataclass
class Real:
    """A sandbox and a client of it."""

    pbx: SandboxPbx
    system: NetsapiensDomain

    async def seen(self) -> Snapshot:
        """Everything, phones included, as it is now."""
        snapshot = await read_snapshot(self.system)
        for user in snapshot.users or ():
            snapshot = (await read_part(self.system, Part.DEVICES, user))(snapshot)
        return snapshot

    async def live(self, known: Snapshot, at: datetime) -> Snapshot:
        """The queues and agents at this moment."""
        self.pbx.advance_to(at)
        return (await read_part(self.system, Part.LIVE))(known)


def real(sample: str) -> Real:
    pbx = SandboxPbx(load_sample(sample))
    return Real(
        pbx,
        NetsapiensDomain(
            "http://localhost",
            pbx.domain,
            SANDBOX_TOKEN,
            transport=lambda: in_process(pbx),
            clock=lambda: pbx.now,
            rate_limiter=RateLimiter(window=0.0),
        ),
    )


def sites_of_samples() -> Iterator[tuple[str, str]]:
    for name in sample_names():
        yield from ((name, site) for site in SandboxPbx(load_sample(name)).sites)


def what_happens(snapshot: Snapshot, verdict: Verdict) -> tuple[object, ...]:
    """A verdict as it turns out: a call for somebody none of whose phones is there reaches nobody."""
    end = verdict.end
    if end.kind is EndKind.USER:
        phones = snapshot.devices[end.target]
        if not any(phone.registered or phone.push for phone in phones):
            end = replace(end, kind=EndKind.NOBODY)
    return verdict.outcome, verdict.destination, end


def outcomes(snapshot: Snapshot) -> dict[str, object]:
    return {queue.extension: simulate(snapshot, queue).outcome for queue in snapshot.call_queues}


def moments(ran: Drill) -> dict[str, datetime]:
    """When the drill says that each queue's own decision changes."""
    return {
        one.queue.extension: one.begins.at
        for one in ran.queues
        if one.begins is not None and one.begins.at is not None and one.before.outcome is not one.after.outcome
    }


@pytest.mark.parametrize("later", [0, 47, 1000])
@pytest.mark.parametrize(("sample", "site"), sites_of_samples())
async def test_a_drill_foretells_what_a_power_cut_does_and_when(sample: str, site: str, later: int) -> None:
    company = real(sample)
    company.pbx.advance_to(company.pbx.now + later * SECOND)
    before = await company.seen()
    ran = drill(before, DrillScope(sites=(site,)))
    company.pbx.floor.darken(site)

    foretold = moments(ran)
    afterwards = {one.queue.extension: one.after.outcome for one in ran.queues}
    for at in sorted({at + offset for at in foretold.values() for offset in (-SECOND, 0 * SECOND)}):
        shown = outcomes(await company.live(before, at))
        for extension, when in foretold.items():
            assert (shown[extension] is afterwards[extension]) == (at >= when), (extension, at)

    company.pbx.advance_to(before.taken_at + LONG_AFTER)
    after = await company.seen()
    assert not any(one.fate is DrillOutcome.UNCERTAIN and one.after.counts.unknown for one in ran.queues)
    for one in ran.queues:
        really = simulate(after, one.queue)
        assert what_happens(after, one.after) == what_happens(after, really), one.queue.label
        # Whatever the drill says changes, it also says when.
        assert (one.begins is None) == (
            (one.before.outcome, one.before.end) == (one.after.outcome, one.after.end)
        ) or (one.fate in (DrillOutcome.HELD_OPEN, DrillOutcome.ANSWERED, DrillOutcome.UNCERTAIN))
    await company.system.close()


@pytest.mark.parametrize(("sample", "site"), sites_of_samples())
async def test_agents_turn_grey_when_the_timeline_says_so(sample: str, site: str) -> None:
    company = real(sample)
    before = await company.seen()
    events = [event for event in timeline(drill(before, DrillScope(sites=(site,)))) if event.agent]
    company.pbx.cut_power(site)
    turning = {event.agent: event.moment.at for event in events}
    assert None not in turning.values()
    for at in sorted({at + offset for at in turning.values() if at for offset in (-SECOND, 0 * SECOND)}):
        live = await company.live(before, at)
        connected = {row.id: row.registration for rows in live.agents.values() for row in rows}
        for agent, when in turning.items():
            assert when is not None
            assert (connected[agent] is Registration.NONE) == (at >= when), (agent, at)
    await company.system.close()


def test_the_truth_is_asked_of_every_sample() -> None:
    assert {sample for sample, _ in sites_of_samples()} == set(sample_names())
