"""The sandbox's callers follow rules written apart from the judgement: both must say the same of every company."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.failover.destination import CallEnd
from queuewatch.failover.model import Part, Snapshot
from queuewatch.failover.phone_number import number_key
from queuewatch.failover.simulate import simulate
from queuewatch.failover.verdict import Verdict
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.routing import CallStop, Routing, StopKind
from queuewatch.pbx.sandbox.samples import Sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import in_process
from queuewatch.polling.assemble import read_part, read_snapshot

from .companies import PEOPLE, QUEUES, companies

CALLER = "13125550155"


async def _read(pbx: SandboxPbx) -> Snapshot:
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: in_process(pbx),
        clock=lambda: pbx.now,
        rate_limiter=RateLimiter(window=0.0),
    )
    try:
        snapshot = await read_snapshot(system)
        for person in PEOPLE:
            snapshot = (await read_part(system, Part.DEVICES, person))(snapshot)
        return snapshot
    finally:
        await system.close()


def _end_of(pbx: SandboxPbx, stop: CallStop) -> tuple[str, str]:
    """The end that a call came to, in the verdict's words."""
    match stop.kind:
        case StopKind.RINGS if stop.action == "QueueDispatch":
            return "agents", stop.by
        case StopKind.RINGS if stop.outside and stop.action != "SimRing":
            return "external", number_key(stop.target)
        case StopKind.RINGS:
            return "user", stop.by if stop.action == "SimRing" else stop.target
        case StopKind.WAITS if Routing(pbx).reachable(stop.target):
            return "caller_waits", stop.target
        case StopKind.WAITS | StopKind.LOST:
            return "lost", ""
        case StopKind.MACHINE:
            return ("voicemail" if "vmail" in stop.address else "auto_attendant"), stop.target
        case StopKind.PARKED:
            return "park", stop.target


LOST = ("nobody", "loop", "dead_end")


def _said(verdict: Verdict) -> tuple[str, str]:
    end: CallEnd = verdict.end
    match end.kind.value:
        case kind if kind in LOST:
            return "lost", ""
        case "external":
            return "external", number_key(end.target)
        case "auto_attendant":
            return "auto_attendant", "9000"
        case kind:
            return kind, end.target


@settings(max_examples=60)
@given(companies(), st.booleans())
def test_where_a_call_is_said_to_go_is_where_it_goes(company: Sample, holiday: bool) -> None:
    pbx = SandboxPbx(company)
    pbx.set_time_frame("Holidays" if holiday else "*")
    snapshot = asyncio.run(_read(pbx))
    for queue in QUEUES:
        verdict = simulate(snapshot, snapshot.queues[queue])
        call = pbx.dial(CALLER, queue)
        if verdict.end.kind.value != "unknown" and verdict.outcome.value != "uncertain":
            assert _end_of(pbx, call.leg.stop) == _said(verdict), verdict.sentence
        if call.ended is None:
            pbx.exchange.hang_up(call)
