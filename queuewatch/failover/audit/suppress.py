"""What suppressions do to findings, and what is to be said of the suppressions themselves."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Finding
from queuewatch.failover.audit.suppression import Suppression


def apply(
    findings: Sequence[Finding],
    suppressions: Sequence[Suppression],
    today: date,
    only: Collection[str] | None,
) -> Iterator[Finding]:
    """The findings, marked where a suppression holds, then what is to be said of the suppressions themselves."""
    holding = [one for one in suppressions if today <= one.until]
    for finding in findings:
        reason = next((one.reason for one in holding if one.covers(finding)), "")
        yield replace(finding, suppressed=reason) if reason else finding
    for one in suppressions:
        if only is not None and one.queue not in ("", *only):
            continue
        if today > one.until:
            yield _expired(one)
        elif (only is None or one.queue) and not any(one.covers(finding) for finding in findings):
            yield _matches_nothing(one)


def _expired(one: Suppression) -> Finding:
    return Finding(
        "QW190",
        CODES["QW190"].severity,
        one.queue,
        f"The suppression of {_name(one)} ended on {one.until.isoformat()}, so it is found again ({one.reason}).",
        "Put it right, or give the suppression in the profile a later day.",
    )


def _matches_nothing(one: Suppression) -> Finding:
    return Finding(
        "QW191",
        CODES["QW191"].severity,
        one.queue,
        f"The suppression of {_name(one)} matches nothing any more ({one.reason}).",
        "Take it out of the profile.",
    )


def _name(one: Suppression) -> str:
    return f"{one.code} for queue {one.queue}" if one.queue else one.code
