"""``queuewatch collect``: which domains it reads, and when it looks for others."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.commands import collect
from queuewatch.commands.parser import parse
from queuewatch.fleet.broker import bucket
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.samples import load_sample_fleet
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running

from .conftest import Run

PROFILES = """
[profiles.provider]
url = "{address}"
domain = "*"
[profiles.signed_out]
url = "https://pbx.example.com"
domain = "a.example"
token_env = "NOT_SET"
"""


@pytest.mark.parametrize("several", [False, True])
async def test_a_customer_who_comes_or_goes_is_noticed(
    several: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sample = load_sample_fleet()[0]
    server = Provider([SandboxPbx(replace(sample, domain=f"{name}.example")) for name in ("a", "b", "c")])
    monkeypatch.setattr(collect, "LISTED_EVERY", 0.05)
    monkeypatch.setenv("QUEUEWATCH_TOKEN", SANDBOX_TOKEN)
    ended = asyncio.Event()
    async with running(server) as address:
        (tmp_path / "config.toml").write_text(PROFILES.format(address=address))
        monkeypatch.setenv("QUEUEWATCH_CONFIG", str(tmp_path / "config.toml"))
        which = [] if several else ["--url", address]
        options = parse(
            ["--nats", "nats://nats.example", *which, "collect", *([] if several else ["--all-domains"])]
        )
        members = await collect._members(options)
        others_of = ["a.example"] if several else []
        assert [domain.domain for domain in members.domains] == ["a.example", "b.example", "c.example", *others_of]
        waiting = asyncio.ensure_future(collect._other_members(options, members, ended))
        # While the list cannot be read, nothing is changed for it.
        server.lists_domains = False
        asked = len(server.heard)
        async with asyncio.timeout(60):
            while len(server.heard) < asked + 3:  # noqa: ASYNC110 (requests come from outside)
                await asyncio.sleep(0.01)
        assert not waiting.done()
        del server.companies["b.example"]
        server.lists_domains = True
        others = await waiting
        assert others is not None
        assert [domain.domain for domain in others.domains] == ["a.example", "c.example", *others_of]
        ended.set()
        assert await collect._other_members(options, others, ended) is None
        await members.close()
        await others.close()


async def test_a_profile_that_can_be_used_again_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(collect, "LISTED_EVERY", 0.0)
    monkeypatch.setenv("QUEUEWATCH_TOKEN", SANDBOX_TOKEN)
    monkeypatch.setenv("QUEUEWATCH_CONFIG", str(tmp_path / "config.toml"))
    two = PROFILES.replace('"*"', '"b.example"').format(address="https://pbx.example.net")
    (tmp_path / "config.toml").write_text(two)
    options = parse(["--nats", "nats://nats.example", "collect"])
    members = await collect._members(options)
    (key,) = members.broken
    monkeypatch.setenv("NOT_SET", SANDBOX_TOKEN)
    others = await collect._other_members(options, members, asyncio.Event())
    assert others is not None
    # By the same key: a broker has it once.
    assert (key in {domain.key for domain in others.domains}, others.broken) == (True, frozenset())
    await members.close()
    await others.close()


@pytest.mark.parametrize(("words", "status"), [(("collect",), 2), (("fleet", "--json"), 3)])
def test_without_the_library_it_is_said_how_to_get_it(
    words: tuple[str, ...], status: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "find_spec", lambda _: None)
    ran = run("--nats", "nats://127.0.0.1:1", *words)
    assert (ran.status, ran.out) == (status, "")
    assert "pip install 'queuewatch[fleet]'" in ran.err
