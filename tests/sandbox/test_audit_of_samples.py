"""Harbor has every fault the audit can find in a phone system, Lakeside one and a mobile app, Riverside none."""

import asyncio

import pytest

from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.sample import connect_sample
from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.polling.assemble import read_snapshot

NOT_IN_A_SAMPLE = {"QW114", "QW122", "QW123", "QW124", "QW125", "QW130", "QW131", "QW132", "QW190", "QW191"}
"""Found in the reading and in the profile, not in the phone system; of a time frame that the samples lack; and
what nobody should have set, even here."""


def audited(sample: str) -> tuple[Finding, ...]:
    connection = connect_sample(ConnectionOptions(sample=sample))
    return audit(asyncio.run(read_snapshot(connection.system)))


def test_harbor_has_every_fault_where_its_story_says_so() -> None:
    found = {(one.code, one.queue, one.severity.value) for one in audited("harbor")}
    assert found >= {
        ("QW101", "8100", "error"),
        ("QW102", "8101", "error"),
        ("QW103", "8102", "error"),
        ("QW103", "8103", "error"),
        ("QW104", "8105", "error"),
        ("QW104", "8106", "error"),
        ("QW105", "8107", "warning"),
        ("QW106", "8108", "warning"),
        ("QW107", "8109", "error"),
        ("QW108", "8106", "info"),
        ("QW109", "8108", "error"),
        ("QW110", "8104", "error"),
        ("QW111", "", "warning"),
        ("QW112", "8101", "info"),
        ("QW113", "8110", "error"),
        ("QW115", "8111", "warning"),
        ("QW116", "8114", "error"),
        ("QW117", "8113", "error"),
        ("QW118", "8115", "warning"),
        ("QW119", "8101", "info"),
        ("QW120", "8105", "warning"),
        ("QW121", "8115", "info"),
    }
    assert {code for code, _, _ in found} == set(CODES) - NOT_IN_A_SAMPLE
    assert {severity for code, queue, severity in found if queue == "8112"} == {"info"}
    assert not any(queue == "711" for _, queue, _ in found)


@pytest.mark.parametrize(
    ("sample", "faults"), [("lakeside", [("QW101", "8006"), ("QW106", "8003")]), ("riverside", [])]
)
def test_a_company_that_is_well_set_up_has_nothing_else_above_info(
    sample: str, faults: list[tuple[str, str]]
) -> None:
    above = [one for one in audited(sample) if one.severity is not Severity.INFO]
    assert [(one.code, one.queue) for one in above] == faults
