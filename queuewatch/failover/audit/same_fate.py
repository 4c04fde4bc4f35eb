"""A backup that is in the same building: the outage that needs it takes it away."""

from queuewatch.failover.audit.finding import Finding, Remedy, Severity
from queuewatch.failover.audit.queue_audit import QueueAudit, home_sites, when_offline_command
from queuewatch.failover.destination import DestinationKind
from queuewatch.failover.drill.power_loss import PowerLoss, power_loss, power_loss_of_sites
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.forwards import through_own_numbers
from queuewatch.failover.model import Agent
from queuewatch.failover.people import owner_of, person, user_of
from queuewatch.failover.places import Site, places
from queuewatch.failover.simulate import simulate
from queuewatch.failover.sites import site_key
from queuewatch.failover.status import Status, status_of
from queuewatch.failover.verdict import Outcome
from queuewatch.failover.wording import listing
from queuewatch.text.natural_order import natural_order


def same_fate(case: QueueAudit) -> Finding | None:
    """The finding for a backup that goes dark with the queue, by the drill's own reckoning, if it is one."""
    dark = case.dark
    if dark.outcome not in (Outcome.FAILS_OVER, Outcome.OVERFLOWS) or dark.destination is None:
        return None
    destination = through_own_numbers(case.snapshot, dark.destination)
    match destination.kind:
        case DestinationKind.PHONE:
            return _phone(case, destination.target)
        case DestinationKind.USER | DestinationKind.DIGITS if person(case.snapshot, destination.target):
            return _person(case, destination.target)
        case _:
            return _queue(case) if dark.reaches_someone is True else None


def _phone(case: QueueAudit, phone: str) -> Finding | None:
    owner, home = owner_of(case.snapshot, phone), home_sites(case)
    if owner in _crew(case):
        return _is_own_agent(case)
    power = power_loss_of_sites(case.snapshot, home)
    if phone.casefold() not in power.suppose.dark_phones:
        return None
    return _goes_dark(case, power, _where(case, owner), "if that is dark")


def _person(case: QueueAudit, extension: str) -> Finding | None:
    power = power_loss_of_sites(case.snapshot, home_sites(case))
    if extension in power.suppose.dark_users:
        return _goes_dark(case, power, _where(case, extension), "if that is dark")
    return _is_own_agent(case) if extension in _crew(case) else None


def _where(case: QueueAudit, extension: str) -> str:
    """Where somebody is who goes dark with the queue. Whose name says nothing is there by an address."""
    site = places(case.snapshot).users.get(extension, Site()).name
    return f"at {site}, the queue's own site" if site else "behind the queue's own line"


def _crew(case: QueueAudit) -> frozenset[str]:
    rows = case.snapshot.agents_of(case.queue.extension)
    return frozenset(user_of(case.snapshot, row) for row in rows) - {""}


def _is_own_agent(case: QueueAudit) -> Finding:
    ids = frozenset(row.id for row in case.snapshot.agents_of(case.queue.extension))
    power = power_loss(case.snapshot, DrillScope(agents=ids))
    return _goes_dark(case, power, "an agent of the queue itself", "with every agent offline")


def _goes_dark(case: QueueAudit, power: PowerLoss, who: str, when: str) -> Finding:
    """``who`` the backup is, and ``when`` it goes dark, as clauses."""
    dark = case.dark
    then = simulate(case.snapshot, case.queue, power.suppose)
    forward = "When Offline" if dark.outcome is Outcome.FAILS_OVER else "When Busy"
    if then.reaches_someone is False:
        what = "the call reaches nobody"
    elif then.reaches_someone is None:
        what = f"where the call ends cannot be told ({then.path[-1].why})"
    elif then.outcome is dark.outcome and len(then.path) > 2:
        what = f"the call goes on to {case.where(then.path[-1].at)}"
    else:
        what = "only an agent elsewhere keeps the call from a dark phone"
    where = case.where(dark.destination or "")
    nobody = then.reaches_someone is False or dark.reaches_someone is False
    return _finding(
        case,
        f"{forward} leads to {where}, {who}: {when}, {what}.",
        Severity.ERROR if nobody else Severity.WARNING,
    )


def _queue(case: QueueAudit) -> Finding | None:
    backup = case.snapshot.queues.get(case.dark.path[1].at.removeprefix("queue_"))
    if backup is None or backup.park:
        return None
    power = power_loss_of_sites(case.snapshot, home_sites(case))
    rows = case.snapshot.agents_of(backup.extension)
    if not rows or not all(_gone(case, power, row) for row in rows):
        return None
    at = places(case.snapshot).agents
    sites = sorted({at[row.id].name for row in rows} - {""}, key=natural_order)
    return _finding(
        case,
        f"Every agent of its backup {backup.label} is at {listing(sites)}, dark with the queue: its calls "
        f"then go on to {case.where(case.dark.path[-1].at)}.",
        Severity.INFO,
    )


def _gone(case: QueueAudit, power: PowerLoss, row: Agent) -> bool:
    """Whether an agent of the backup is in the dark with the queue, or belongs there and is offline already."""
    if row.id in power.suppose.agents:
        return True
    sites = {site_key(site) for site in home_sites(case)}
    return status_of(row).status is Status.GREY and places(case.snapshot).agents[row.id].key in sites


def _finding(case: QueueAudit, why: str, severity: Severity) -> Finding:
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
