"""As many companies as a test needs, of the dozen that the sample fleet has: each with a domain of its own."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from queuewatch.pbx.sandbox.samples import Sample, load_sample_fleet

SAMPLES = load_sample_fleet()


def companies(many: int) -> tuple[Sample, ...]:
    """The first dozen under their own names, the others as ``d012.example``."""
    return tuple(
        SAMPLES[number] if number < len(SAMPLES) else _renamed(SAMPLES[number % len(SAMPLES)], number)
        for number in range(many)
    )


def _renamed(sample: Sample, number: int) -> Sample:
    domain = f"d{number:03}.example"

    def rows(of: object) -> tuple[Any, ...]:
        return tuple(json.loads(json.dumps(of).replace(sample.domain, domain)))

    def by_user(of: Mapping[str, object]) -> dict[str, tuple[Any, ...]]:
        return {user: rows(its) for user, its in of.items()}

    return replace(
        sample,
        domain=domain,
        title=f"{sample.title} {number}",
        callqueues=rows(sample.callqueues),
        agents=rows(sample.agents),
        users=rows(sample.users),
        phonenumbers=rows(sample.phonenumbers),
        autoattendants=rows(sample.autoattendants),
        sites=rows(sample.sites),
        timeframes=rows(sample.timeframes),
        answerrules=by_user(sample.answerrules),
        devices=by_user(sample.devices),
    )
