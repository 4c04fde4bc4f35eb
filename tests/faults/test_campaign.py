"""The campaign behind ``docs/reliability.md`` runs: what it tries at length is tried here once."""

import asyncio

import pytest

from benchmarks import campaign
from tests.faults.catalogue import CATALOGUE
from tests.faults.late_writes import DELAYS, GIVES_UP


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "GIVES_UP", GIVES_UP[:1])
    monkeypatch.setattr(campaign, "DELAYS", DELAYS[:1])
    monkeypatch.setattr(campaign, "ODD_PLACES", dict(list(campaign.ODD_PLACES.items())[:1]))
    monkeypatch.setattr(campaign, "CATALOGUE", CATALOGUE[:1])


@pytest.mark.usefixtures("small")
def test_each_part_of_the_campaign_finds_what_holds() -> None:
    found = campaign.Found()
    campaign.wait_for_late_writes(found)
    campaign.stumble_over_files(found)
    assert found.late["tried"] == 6
    assert found.files["tried"] == found.files["told in a sentence, without waiting"] > 0
    with campaign.limits():
        asyncio.run(campaign.ask_as_client(found))
        campaign.run_commands(found)
    assert sum(found.requests.values()) > 0
    assert found.edits["attempted"] > 0
    assert (found.crashes, found.lost, found.secrets) == ([], [], [])
