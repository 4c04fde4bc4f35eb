"""Phones that were read once count until something newer is known of them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from queuewatch.failover.model import Agent, Device, Part, Registration, Snapshot
from queuewatch.polling.devices import without_outdated_phones
from tests.failover.build import NOON
from tests.failover.two_sites import app, company, phone, seat

ANA = seat("1001")
GONE = replace(ANA, registration=Registration.NONE)


def read(*rows: Agent, phones: tuple[Device, ...], at: timedelta = timedelta()) -> Snapshot:
    """A company of which the phones of 1001 were read at noon, so much later."""
    return replace(company(*rows), devices={"1001": phones}, read_at={Part.DEVICES: NOON}, taken_at=NOON + at)


LATER, MUCH_LATER = timedelta(seconds=61), timedelta(minutes=6)
UNKNOWN_END = phone("1001", runs_out=None)
OFF = phone("1001", registered=False)


@pytest.mark.parametrize(
    ("snapshot", "kept"),
    [
        pytest.param(read(ANA, phones=(phone("1001"),), at=MUCH_LATER), True, id="listed as connected, and was"),
        pytest.param(read(GONE, phones=(phone("1001"),)), False, id="no longer listed as connected"),
        pytest.param(read(ANA, phones=(OFF,)), False, id="listed as connected, and was not"),
        pytest.param(read(GONE, phones=(OFF,)), True, id="neither listed nor read as connected"),
        pytest.param(read(GONE, phones=(app("1001m"),)), False, id="an app that the list does not know any more"),
        pytest.param(read(phones=(phone("1001"),)), True, id="no agent, and its registration lasts"),
        pytest.param(read(phones=(phone("1001"),), at=LATER), False, id="no agent, and its registration is over"),
        pytest.param(read(phones=(UNKNOWN_END,), at=LATER), True, id="no agent, whenever it ends"),
        pytest.param(read(phones=(UNKNOWN_END,), at=MUCH_LATER), False, id="no agent, and read long ago"),
    ],
)
def test_a_phone_counts_until_something_newer_is_known(snapshot: Snapshot, kept: bool) -> None:
    assert bool(without_outdated_phones(snapshot).devices) is kept
    assert without_outdated_phones(snapshot, fresh=("1001",)) is snapshot
