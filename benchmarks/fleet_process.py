"""One program of a fleet in a process of its own, for :mod:`benchmarks.fleet`.

``python -m benchmarks.fleet_process collect NATS ADDRESS NAMES`` collects the domains named in a file, one a line,
with nobody to spare; ``view NATS MANY`` says on standard output when it has so many domains whole;
``sweep NATS ROUNDS FILE CHANGE`` collects one large domain whose answers are ready-made (see ``replay``).
"""

import asyncio
import sys
from functools import partial
from pathlib import Path

from benchmarks.replay import Replay
from queuewatch.failover.model import Snapshot
from queuewatch.fleet.broker.collect import Collector
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.watch import FleetDomain, FleetWatch
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.process.background import alongside
from tests.wire.company import large_company

INTERVAL = 5.0
"""Seconds between two refreshes of one domain alone; of many, it is longer."""
SWEEP_INTERVAL = 0.5
QUEUES, AGENTS = 200, 25


def fleet(address: str, names: list[str]) -> tuple[FleetDomain, ...]:
    """The domains of a server whose answers nobody has to wait for."""

    def client(name: str, limiter: RateLimiter) -> NetsapiensDomain:
        return NetsapiensDomain(address, name, SANDBOX_TOKEN, rate_limiter=limiter)

    return tuple(FleetDomain(address, name, partial(client, name)) for name in names)


def is_whole(snapshot: Snapshot | None) -> bool:
    """Whether its people and all its rules were read."""
    return (
        snapshot is not None
        and None not in (snapshot.users, snapshot.numbers, snapshot.attendants, snapshot.time_frames)
        and all(queue.extension in snapshot.rules for queue in snapshot.call_queues)
    )


async def collect(nats: str, domains: tuple[FleetDomain, ...], interval: float = INTERVAL) -> None:
    """Collect until killed."""
    watch = FleetWatch(domains, window=0.0, interval=interval)
    collector = Collector(broker_settings({}, nats), watch, tell=print, interval=interval / 2)
    await collector.run(asyncio.Event().wait())


async def view(nats: str, many: int) -> None:
    """Say once that everything is here, and go on until killed."""
    whole: set[tuple[str, str]] = set()

    def changed(key: tuple[str, str] | None) -> None:
        if (
            key is not None
            and key in viewer.pictures
            and len(whole) < many
            and is_whole(viewer.pictures[key].snapshot)
        ):
            whole.add(key)
            if len(whole) == many:
                sys.stdout.write("whole\n")
                sys.stdout.flush()

    viewer = BrokerViewer(broker_settings({}, nats), changed)
    async with alongside(viewer.run()):
        await asyncio.Event().wait()


def replayed(rounds: int, result: Path, change: str) -> FleetDomain:
    """A large company whose answers are in hand."""
    pbx = SandboxPbx(large_company(QUEUES, AGENTS))

    def client(limiter: RateLimiter) -> NetsapiensDomain:
        return NetsapiensDomain(
            "http://localhost",
            pbx.domain,
            SANDBOX_TOKEN,
            transport=lambda: Replay(pbx, QUEUES, rounds, result, change),
            clock=lambda: pbx.now,
            rate_limiter=limiter,
        )

    return FleetDomain("http://localhost", pbx.domain, client)


def main(words: list[str]) -> None:
    """Do what the words say."""
    match words:
        case ["collect", nats, address, names]:
            asyncio.run(collect(nats, fleet(address, Path(names).read_text().split())))
        case ["view", nats, many]:
            asyncio.run(view(nats, int(many)))
        case ["sweep", nats, rounds, result, change]:
            domain = replayed(int(rounds), Path(result), change)
            asyncio.run(collect(nats, (domain,), SWEEP_INTERVAL))
        case _:
            sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1:])
