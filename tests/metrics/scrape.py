"""A scrape of the metrics, read as Prometheus reads it."""

import asyncio
import http.client
import math
from collections.abc import Callable, Mapping
from contextlib import closing

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from queuewatch.metrics.metrics import Metrics
from queuewatch.metrics.server import PATH

LONG = 60.0
"""Seconds that only a broken program reaches."""

Series = tuple[str, frozenset[tuple[str, str]]]


def series(name: str, /, **labels: str) -> Series:
    """What tells a series from all others."""
    return name, frozenset(labels.items())


def read(page: str) -> dict[Series, float]:
    """Every series of a page. None comes twice: Prometheus would drop one."""
    found: dict[Series, float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            key = series(sample.name, **sample.labels)
            assert key not in found
            found[key] = sample.value
    return found


def scraped(metrics: Metrics) -> dict[Series, float]:
    """Every series that there is now."""
    registry = CollectorRegistry()
    registry.register(metrics)
    return read(generate_latest(registry).decode())


def of_queue(found: Mapping[Series, float], queue: str) -> dict[Series, float]:
    """The series of one queue, those that count from the beginning left out."""
    return {
        (name, labels): value
        for (name, labels), value in found.items()
        if ("queue", queue) in labels and not name.endswith("_total")
    }


def same(number: float, expected: float | None) -> bool:
    """Whether it is this number; ``None`` is one that is neither yes nor no."""
    return math.isnan(number) if expected is None else number == expected


def ask(host: str, port: int, path: str = PATH, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Scrape it; headers with ``_`` for ``-``."""
    with closing(http.client.HTTPConnection(host, port, timeout=LONG)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()


async def page_with(host: str, port: int, shows: Callable[[Mapping[Series, float]], bool]) -> dict[Series, float]:
    """Scrape again and again until the page shows it."""
    async with asyncio.timeout(LONG):
        while True:
            _, body = await asyncio.to_thread(ask, host, port)
            if shows(page := read(body.decode())):
                return page
            await asyncio.sleep(0.02)
