"""A recording is told from the system it was made of by its names alone: every verdict is the same."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.sample import connect_sample
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.recording.record import record
from queuewatch.pbx.sandbox.samples import load_sample, sample_names
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.save_sample import save
from queuewatch.pbx.sandbox.server import running, sandbox_app

from .server import TOKEN, said, server_of, shake


async def recorded(system: NetsapiensDomain, folder: Path, *, phones: bool = True) -> list[object]:
    """What queuewatch says of the recording of a system."""
    try:
        save(await record(system, phones=phones, pause=0), folder)
    finally:
        await system.close()
    return await said(connect_sample(ConnectionOptions(sample=str(folder))).system)


@pytest.mark.parametrize("phones", [True, False])
@pytest.mark.parametrize("sample", sample_names())
async def test_of_every_sample_company_over_loopback(sample: str, phones: bool, tmp_path: Path) -> None:
    company = SandboxPbx(load_sample(sample))
    async with running(sandbox_app(company, token=TOKEN)) as address:

        def client() -> NetsapiensDomain:
            return NetsapiensDomain(address, company.domain, TOKEN, rate_limiter=RateLimiter(window=0.0))

        live = await said(client())
        again = await recorded(client(), tmp_path / "case", phones=phones)
    assert again == live
    assert len(live) > 1


@settings(max_examples=8)
@given(st.sampled_from(("lakeside", "harbor")), st.integers(0, 2**32))
async def test_of_any_system_however_odd(sample: str, seed: int) -> None:
    server = server_of(load_sample(sample))
    shake(server, seed)
    with TemporaryDirectory() as folder:
        assert await recorded(server.client(), Path(folder) / "case", phones=seed % 2 == 0) == await said(
            server.client()
        )


@pytest.mark.parametrize("given", [True, False])
async def test_the_dial_rule_that_a_forward_needs_is_recorded_and_no_other(given: bool, tmp_path: Path) -> None:
    server = server_of(load_sample("lakeside"))
    rules: Any = server.lists["users/8000/answerrules"]
    for rule in rules:
        rule["forward-when-unregistered"] = {"enabled": "yes", "parameters": ["AA_Church_Open;delay=5"]}
    if not given:
        server.lists["dialplans/lakeside.example/dialrules"] = None
    folder = tmp_path / "case"
    live = await said(server.client())
    assert await recorded(server.client(), folder) == live
    front_desk: Any = live[0]
    assert front_desk[2][2] == ("auto_attendant" if given else "unknown")
    if given:
        (kept,) = json.loads((folder / "dialrules.json").read_text())
        assert "church" not in json.dumps(kept).casefold()
        assert kept["dial-rule-translation-destination-user"] == "9000"
    else:
        assert "dialplans/recorded.example/dialrules" in (folder / "company.toml").read_text()
