"""What is told of domains that somebody else reads: as old as the broker says, and gone with them."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from queuewatch.commands.fleet import measure_shared
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.shared import SharedFleet
from queuewatch.metrics.metrics import Metrics
from queuewatch.process.background import alongside
from tests.fleet.broker.conftest import nats
from tests.fleet.broker.nats_server import NatsServer
from tests.fleet.broker.publisher import IMPATIENT, SHORT, publishing
from tests.metrics.scrape import LONG, Series, scraped, series

__all__ = ["nats"]

COMPANIES = ("beacon.example", "larkspur.example")


async def test_a_picture_in_a_broker_is_as_old_as_it_says_and_gone_with_its_domain(nats: NatsServer) -> None:
    settings = broker_settings({}, nats.address)
    metrics = Metrics()

    async def until(shows: Callable[[Mapping[Series, float]], bool]) -> dict[Series, float]:
        async with asyncio.timeout(LONG):
            while True:
                if shows(page := scraped(metrics)):
                    return page
                await asyncio.sleep(0.02)

    one, two = (series("queuewatch_snapshot_age_seconds", domain=domain) for domain in COMPANIES)
    async with publishing(nats, *COMPANIES) as publisher:
        fleet = SharedFleet(partial(BrokerViewer, settings, lengths=SHORT), silence=IMPATIENT)
        fleet.tell(partial(measure_shared, metrics, fleet.viewer))
        async with alongside(fleet.run()):
            page = await until(lambda page: one in page and two in page)
            assert any(name == "queuewatch_queue_ready" for name, _ in page)
            # Nobody here has asked the phone system for anything.
            assert sum(number for (name, _), number in page.items() if name == "queuewatch_requests_total") == 0
            # What is read again is young again.
            grown = (await until(lambda later: later[one] > page[one]))[one]
            await until(lambda page: page[one] < grown)
            await publisher.forget(next(key for key in publisher.said if key[1] == COMPANIES[1]))
            page = await until(lambda page: two not in page)
            assert not any(("domain", COMPANIES[1]) in labels for _, labels in page)
            publisher.lives = False
            await until(lambda page: page[one] > grown + 2)
