"""A backup that is in the same building: the outage that needs it takes it away."""

from queuewatch.failover.audit.case import Case, home_sites, when_offline_command
from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.destination import EndKind
from queuewatch.failover.simulate import simulate
from queuewatch.failover.suppose import Suppose, site_of
from queuewatch.failover.verdict import Outcome
from queuewatch.failover.words import listing


def same_fate(case: Case) -> Finding | None:
    """The finding for a backup at the queue's own site, if it is one and the call reached it."""
    dark = case.dark
    if dark.outcome not in (Outcome.FAILS_OVER, Outcome.OVERFLOWS) or dark.reaches_someone is not True:
        return None
    if dark.end.kind is EndKind.USER:
        return _user(case)
    return _queue(case)


def reaches_nobody_with_its_site(case: Case) -> bool:
    """Whether a call would reach nobody with the queue's own site dark: it ends at a user there."""
    end = case.dark.end
    if end.kind is not EndKind.USER or _site_in_the_dark(case, end.target) == "":
        return False
    return simulate(case.snapshot, case.queue, Suppose(sites=home_sites(case))).reaches_someone is False


def _site_in_the_dark(case: Case, extension: str) -> str:
    user = (case.snapshot.users or {}).get(extension)
    return user.site if user and Suppose(sites=home_sites(case)).darkens_site(user.site) else ""


def _user(case: Case) -> Finding | None:
    dark = case.dark
    site = _site_in_the_dark(case, dark.end.target)
    if not site:
        return None
    nobody = reaches_nobody_with_its_site(case)
    direct = all(stop.outcome == "own_number" for stop in dark.path[1:-1])
    if not nobody and not direct:
        return None
    forward = "When Offline" if dark.outcome is Outcome.FAILS_OVER else "When Busy"
    then = "the call reaches nobody" if nobody else "only an agent elsewhere keeps the call from a dark phone"
    return _finding(
        case,
        f"{forward} leads to {case.where(dark.path[-1].at)} at {site}, the queue's own site: if that is dark, "
        f"{then}.",
        Severity.ERROR if nobody else Severity.WARNING,
    )


def _queue(case: Case) -> Finding | None:
    backup = case.snapshot.queues.get(case.dark.path[1].at.removeprefix("queue_"))
    if backup is None or backup.park:
        return None
    sites = {site_of(agent, case.snapshot) for agent in case.snapshot.agents_of(backup.extension)}
    dark = Suppose(sites=home_sites(case))
    if not sites or not all(dark.darkens_site(site) for site in sites):
        return None
    return _finding(
        case,
        f"Every agent of its backup {backup.label} is at {listing(sorted(sites))}, dark with the queue: its calls "
        f"then go on to {case.where(case.dark.path[-1].at)}.",
        Severity.INFO,
    )


def _finding(case: Case, why: str, severity: Severity) -> Finding:
    rule = case.rule
    editable = case.dark.outcome is Outcome.FAILS_OVER and rule is not None and rule.is_default
    return case.finding(
        "QW105",
        why,
        "Choose a backup that does not need this building: an outside number, a voicemail box or another site.",
        severity=severity,
        command=when_offline_command(case.queue) if editable else "",
        remedy=Remedy.WHEN_OFFLINE if editable else Remedy.LOOK,
    )
