"""What is told of domains that somebody else reads: as old as the broker says, and gone with them."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from queuewatch.commands.fleet import measure_shared
from queuewatch.fleet.broker.settings import broker_settings
from queuewatch.fleet.broker.viewer import BrokerViewer
from queuewatch.fleet.shared import SharedFleet
from queuewatch.metrics.metrics import Metrics
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.process.background import alongside
from tests.fleet.broker.conftest import nats
from tests.fleet.broker.nats_server import NatsServer
from tests.fleet.broker.publisher import IMPATIENT, SHORT, publishing
from tests.metrics.scrape import LONG, Series, page_with, scraped, series

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
            await until(lambda page: page[one] > grown + 1)


async def test_a_collector_is_scraped_as_it_collects(nats: NatsServer, tmp_path: Path) -> None:
    pbx = SandboxPbx(load_sample("riverside"))
    async with running(sandbox_app(pbx, token=SANDBOX_TOKEN)) as address:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "queuewatch", "collect", "--nats", nats.address, "--metrics", "0"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "QUEUEWATCH_CONFIG": str(tmp_path / "config.toml"),
                "QUEUEWATCH_STATE": str(tmp_path / "state"),
                "QUEUEWATCH_URL": address,
                "QUEUEWATCH_DOMAIN": pbx.domain,
                "QUEUEWATCH_TOKEN": SANDBOX_TOKEN,
            },
        )
        try:
            assert process.stderr is not None
            said = (await asyncio.wait_for(process.stderr.readline(), LONG)).decode()
            found = re.search(r"http://127.0.0.1:(\d+)/metrics", said)
            assert found is not None
            here = ("127.0.0.1", int(found[1]))
            of_domain = {"domain": pbx.domain}
            answered = series("queuewatch_requests_total", **of_domain, outcome="answered")
            ready = series("queuewatch_queue_ready", **of_domain, queue="8000", name="Bookings", site="Riverside")
            page = await page_with(*here, lambda page: page.get(ready) == 1)
            assert page[answered] > 0
            assert page[series("queuewatch_snapshot_age_seconds", **of_domain)] < LONG
            process.terminate()
            assert await asyncio.wait_for(process.wait(), LONG) == 0
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()
