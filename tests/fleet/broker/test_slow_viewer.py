"""A viewer that stood still: what waited for it meanwhile is as old as it is, and none of it is called fresh."""

import time
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.shared import SharedDomain, Silence
from queuewatch.polling.state import LiveState
from queuewatch.process.background import alongside

from .collectors import until
from .publisher import SERVER, SHORT, Said, collecting

DOMAIN = "beacon.example"
STRICT = Silence(patience=30.0, late=1.0, turns=0.0, between_looks=0.02)
STANDS_STILL = 4.0
"""Seconds: many times as long as a picture may be old."""
SLACK = 2.5
"""Seconds that a busy machine may take between looking at a clock and writing down what it showed."""


async def test_what_waited_for_a_viewer_that_stood_still_is_not_called_fresh(tmp_path: Path) -> None:
    wrong: list[float] = []
    fresh: list[float] = []

    def see(state: LiveState) -> None:
        # Before the first that says when it was said, there is one that does not.
        if state.trouble is None and state.snapshot.agents_unseen:
            fresh.append(time.monotonic())
            age = time.monotonic() - state.snapshot.agents_unseen / 1000
            if age > STRICT.late + SLACK:
                wrong.append(age)

    with collecting(tmp_path, DOMAIN) as broker:
        broker.publisher.now = _stamped
        settings = broker_settings({}, broker.address)
        viewer = partial(BrokerViewer, settings, domain=DOMAIN, lengths=SHORT)
        shared = SharedDomain(viewer, (SERVER, DOMAIN), silence=STRICT).tell(see)
        async with alongside(shared.run()):
            await until(lambda: len(fresh) > 3)
            # What a suspended program, or a busy one, is like: its socket fills, and it is looked at all at once.
            time.sleep(STANDS_STILL)  # noqa: ASYNC251 (that is what is to happen)
            again = time.monotonic()
            await until(lambda: bool(fresh) and fresh[-1] > again)
    assert wrong == []


def _stamped(said: Said) -> Said:
    """With the moment at which it was said, in a number that nothing else uses."""
    manifest, snapshot = said
    return manifest, replace(snapshot, agents_unseen=int(time.monotonic() * 1000))
