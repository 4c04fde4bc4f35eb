"""Which domains a fleet has: of several profiles one that cannot be used keeps no other from being read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.fleet import other_domains, profile_members
from queuewatch.fleet.standing import DomainStanding, Fleet, FleetCounts, LastAlert
from queuewatch.fleet.watch import read_fleet
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN
from queuewatch.pbx.sandbox.server import running
from queuewatch.profiles.fields import ConfigError
from queuewatch.report.console import file_console
from queuewatch.report.fleet import fleet_csv, fleet_json, fleet_markdown, fleet_text
from queuewatch.report.html.pages import fleet_html
from widgets.fleet_rows import domain_facts

from .test_watch import provider

GOOD = """\
[profiles.good]
url = "{address}"
domain = "alder.example"
domains = ["beacon.example"]
token_env = "GOOD_TOKEN"
history = false
[[profiles.good.alerts]]
command = ["page"]
"""
SIGNED_OUT = """\
[profiles.signed_out]
url = "https://pbx.example.com"
domain = "acme.example"
"""
EVERYTHING = """\
[profiles.everything]
url = "{address}"
domain = "*"
token_env = "GOOD_TOKEN"
"""


def environ(tmp_path: Path, address: str, *profiles: str) -> Mapping[str, str]:
    (tmp_path / "config.toml").write_text("".join(profiles).format(address=address))
    return {
        "QUEUEWATCH_CONFIG": str(tmp_path / "config.toml"),
        "QUEUEWATCH_STATE": str(tmp_path),
        "GOOD_TOKEN": SANDBOX_TOKEN,
    }


async def test_a_profile_without_a_token_is_a_row_that_says_so(tmp_path: Path) -> None:
    server = provider()
    server.lists_domains = False
    async with running(server) as address:
        members = await profile_members(
            ConnectionOptions(), environ(tmp_path, address, GOOD, SIGNED_OUT, EVERYTHING)
        )
        fleet = await read_fleet(members.domains, window=0.0)
        await members.close()
    said = {standing.domain: standing.error for standing in fleet.domains}
    assert list(said) == ["beacon.example", "*", "acme.example", "alder.example"], "the well last"
    assert said["alder.example"] is None
    assert str(said["acme.example"]).startswith("There is no token for signed_out: ")
    assert "does not see the list of domains" in str(said["*"])
    rules = {domain.domain: domain.alerts for domain in members.domains}
    assert rules["beacon.example"][0].command == ("page",)
    kept = {domain.domain: domain.history is not None for domain in members.domains}
    assert (kept["beacon.example"], kept["acme.example"]) == (False, False)


async def test_a_reseller_who_cannot_be_asked_is_a_row_whatever_the_patterns(tmp_path: Path) -> None:
    chosen = EVERYTHING.replace("GOOD_TOKEN", "NOT_SET") + 'include = ["*.dental.example"]\nexclude = ["test-*"]\n'
    members = await profile_members(
        ConnectionOptions(), environ(tmp_path, "https://pbx.example.net", GOOD, chosen)
    )
    await members.close()
    assert [key[1] for key in members.broken] == ["*"]


async def test_where_no_profile_can_be_used_the_reason_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no token for signed_out"):
        await profile_members(ConnectionOptions(), environ(tmp_path, "", SIGNED_OUT))


def test_what_was_told_last_is_in_the_reports_for_people_and_not_in_the_json() -> None:
    at = datetime(2026, 11, 23, 15, 3, tzinfo=UTC)
    standing = DomainStanding(
        "https://pbx.example.com",
        "acme.example",
        counts=FleetCounts(1, 0, 0, 0, 0),
        taken_at=at,
        last_alert=LastAlert(at, "Calls to Sales reach nobody", at),
    )
    fleet = Fleet(at, (standing,))
    here = f"{at.astimezone():%Y-%m-%d %H:%M}"
    said = f"Last alert: {here}, Calls to Sales reach nobody, over since {here}."
    assert said in fleet_markdown(fleet)
    assert said in fleet_html(fleet)
    assert (
        fleet_csv(fleet)
        .splitlines()[1]
        .endswith("2026-11-23T15:03:00Z,Calls to Sales reach nobody,2026-11-23T15:03:00Z")
    )
    assert "alert" not in fleet_json(fleet)


def test_domains_of_one_name_are_told_apart_by_their_servers() -> None:
    at = datetime(2026, 11, 23, 15, 3, tzinfo=UTC)
    trouble = "The phone system says nothing. " * 5
    servers = ("https://one.example/ns-api/v2", "https://two.example/ns-api/v2")
    both = tuple(DomainStanding(server, "acme.example", "Acme", error=trouble) for server in servers)
    fleet = Fleet(at, (*both, DomainStanding("https://one.example/ns-api/v2", "other.example", error=trouble)))
    text = fleet_text(fleet, file_console())
    assert [f"Acme · acme.example · {server}" in text for server in servers] == [True, True]
    said = text[text.index("\nother.example\n") :].strip().splitlines()
    # What takes a second line stays below its domain.
    assert len(said) > 2
    assert [line.startswith("  ") for line in said] == [False, *[True] * (len(said) - 1)]
    (fact, *_) = domain_facts(both[1], at, on_several=fleet.on_several_servers)
    assert fact.spans[0].text == f"Acme · acme.example · {servers[1]}"
    (fact, *_) = domain_facts(fleet.domains[2], at, on_several=fleet.on_several_servers)
    assert fact.spans[0].text == "other.example"
    *_, fact = domain_facts(both[1], at, seen=True, unmark="f9")
    assert fact.spans[0].text == "until it gets worse: f9 takes it back", "whatever key a profile gave it"


async def test_a_phone_system_of_no_profile_is_called_by_its_domain_and_every_domain_read_is_counted(
    tmp_path: Path,
) -> None:
    counted: list[tuple[int, int]] = []
    async with running(provider()) as address:
        options = ConnectionOptions(url=address, domain="alder.example")
        members = await profile_members(options, {**environ(tmp_path, ""), "QUEUEWATCH_TOKEN": SANDBOX_TOKEN})
        fleet = await read_fleet(members.domains, window=0.0, count=lambda *of: counted.append(of))
        await members.close()
    assert ([standing.label for standing in fleet.domains], counted) == (["alder.example"], [(1, 1)])


async def test_a_new_customer_is_named_and_what_cannot_be_listed_is_no_news(tmp_path: Path) -> None:
    server = provider()
    async with running(server) as address:
        around = environ(tmp_path, address, EVERYTHING)
        gone = server.companies.pop(next(iter(server.companies)))
        before = await profile_members(ConnectionOptions(), around)
        assert other_domains(before, before) == ""
        server.companies[gone.domain] = gone
        found = await profile_members(ConnectionOptions(), around)
        assert other_domains(before, found) == (
            f"There is another domain by now: {gone.sample.title}. Quit and open the fleet again to watch all."
        )
        assert other_domains(found, before) == ""
        for members in (before, found):
            await members.close()


async def test_an_address_alone_is_told_of_all_domains(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        await profile_members(ConnectionOptions(url="https://pbx.example.net"), environ(tmp_path, ""))
    assert "--all-domains" in caught.value.hint
