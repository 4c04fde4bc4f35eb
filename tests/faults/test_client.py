"""Every fault, met by the client: an error that is a sentence and shows no secret, or the truth."""

import traceback

import pytest

from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.phone_system import LiveReading
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

from .catalogue import CATALOGUE, PATIENCE, SECRET
from .fault import Effect, Fault
from .server import FaultyServer


def domain(server: FaultyServer, pbx: SandboxPbx) -> NetsapiensDomain:
    patience = PATIENCE if server.fault and server.fault.slow else 10.0
    return NetsapiensDomain(
        server.address, pbx.domain, SECRET, timeout=patience, rate_limiter=RateLimiter(window=0.0)
    )


def shown(error: BaseException) -> str:
    """Everything that could be printed of it, with what led to it."""
    return "".join(traceback.format_exception(error)) + f"{error!r} {error.args!r} {getattr(error, 'hint', '')}"


async def read(server: FaultyServer, pbx: SandboxPbx) -> LiveReading:
    """The queues and agents, from a client of their own."""
    system = domain(server, pbx)
    try:
        return await system.read_live()
    finally:
        await system.close()


def test_there_are_a_hundred_of_them_and_each_has_its_name() -> None:
    assert len({fault.name for fault in CATALOGUE}) == len(CATALOGUE) >= 100


async def test_what_is_read_is_the_truth_or_an_error_that_is_a_sentence(
    server: FaultyServer, pbx: SandboxPbx
) -> None:
    true = await read(server, pbx)
    for fault in CATALOGUE:
        server.break_down(fault, applies=True)
        if fault.effect is Effect.TROUBLE:
            with pytest.raises(PbxError) as failed:
                await read(server, pbx)
            check(fault, failed.value)
        else:
            found = await read(server, pbx)
            assert (found.queues, found.agents) == (true.queues, true.agents) or fault.effect is Effect.PARTLY
            assert bool(found.problems) == (fault.effect is Effect.PARTLY), fault.name
        server.recover()
    assert (await read(server, pbx)).queues == true.queues


async def test_every_other_request_ends_well_or_in_a_sentence(server: FaultyServer, pbx: SandboxPbx) -> None:
    for fault in CATALOGUE:
        if fault.slow:
            continue
        server.break_down(fault, applies=False)
        system = domain(server, pbx)
        for request in (
            system.read_stored_queue("8000"),
            system.write_require_agents("8000", True),
            system.read_identity(),
        ):
            try:
                await request
            except PbxError as error:
                check(fault, error)
        await system.close()


def check(fault: Fault, error: PbxError) -> None:
    """That a person can be told."""
    assert str(error).endswith("."), fault.name
    assert "\n" not in f"{error}{error.hint}", fault.name
    assert len(str(error)) < 600, fault.name
    assert SECRET[:12] not in shown(error), fault.name
    assert error.hint or "refuse" in str(error) or "understand" in str(error), f"{fault.name}: {error}"
