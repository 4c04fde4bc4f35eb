"""The short words of a report, shared by its forms for people."""

from datetime import UTC, datetime

from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.schedule.at_time import time_zones, wall_time
from queuewatch.failover.schedule.moment_input import comes_twice
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import Suppose
from queuewatch.failover.verdict import Counts, Outcome, ReadinessState, Verdict
from queuewatch.failover.wording import (
    END_WORDS,
    NOBODY,
    agent_name,
    describe_destination,
    forward_words,
    holders,
    listing,
    plural,
    why_nobody,
    yes_no,
)
from queuewatch.report.status import StatusReport, when_offline_of
from queuewatch.text.instant import date_words
from queuewatch.text.natural_order import natural_order

STATUS_WORDS = {Status.GREEN: "Green", Status.RED: "Red", Status.GREY: "Grey", Status.UNKNOWN: "Unknown"}

READINESS_WORDS = {
    ReadinessState.READY: "ready",
    ReadinessState.NOT_READY: "NOT READY",
    ReadinessState.UNKNOWN: "not known",
}

OUTCOME_WORDS = {
    Outcome.DIVERTED: "diverted",
    Outcome.OVERFLOWS: "overflows",
    Outcome.LOST: "lost",
    Outcome.RINGS: "rings",
    Outcome.WAITS: "waits",
    Outcome.UNCERTAIN: "uncertain",
    Outcome.STRANDED: "stranded",
    Outcome.FAILS_OVER: "fails over",
}


def answer_words(verdict: Verdict) -> str:
    """What happens to a call, in a word; where it reaches nobody, that and then why: ``nobody: stranded``."""
    if verdict.reaches_someone is not False:
        return OUTCOME_WORDS[verdict.outcome]
    why = why_nobody(verdict)
    return f"{NOBODY}: {why}" if why else NOBODY


def moment_of(report: StatusReport) -> str:
    """When the queues and agents were read, in the reader's own time zone."""
    return date_words(report.snapshot.taken_at)


def when_words(report: StatusReport) -> str:
    """What the first of the two answers is about: now, then, or as supposed."""
    if not report.suppose.nothing:
        return "as supposed"
    return "now" if report.at is None else "then"


def when_heading(report: StatusReport) -> str:
    """The same above a column or before a line: ``Now``, ``Then`` or ``Supposed``."""
    return when_words(report).removeprefix("as ").capitalize()


def asked_time(report: StatusReport) -> str:
    """Which other time the report is about, by whose clock, and what is taken from now; empty for now."""
    if report.at is None:
        return ""
    at = report.at.at
    zones = time_zones(report.snapshot, (queue.extension for queue in report.queues))
    if not report.at.is_instant:
        day, of = at, f" ({listing(zones)})" if zones else ""
        words = f"{_clock(at)}, taken as what the clocks show in each queue's own time zone{of}"
        then = _instants(report)
    else:
        day, then = at.astimezone(UTC), ""
        local = {
            f"{_clock(wall)} in {zone}"
            for queue in report.queues
            for zone in time_zones(report.snapshot, [queue.extension])
            if (wall := wall_time(report.snapshot, queue.extension, report.at))
        }
        words = f"{_clock(day)} UTC" + (f", which is {listing(sorted(local))}" if local else "")
    return (
        f"Asked about {day:%A}, {words}. {then}Which answering rule is in effect then is worked out from the time "
        "frames; agents, callers and settings are as they are now."
    )


def _instants(report: StatusReport) -> str:
    """Which instant that is for each queue, and so for every queue that its calls go on to."""
    by_instant: dict[datetime, list[str]] = {}
    for queue in report.queues:
        moment = report.moments[queue.extension]
        if moment.is_instant:
            by_instant.setdefault(moment.at.astimezone(UTC), []).append(queue.label)
    if not by_instant:
        return ""
    twice = any(map(comes_twice, report.moments.values()))
    first = ", the first of two: the clocks are put back then" if twice else ""
    if len(by_instant) == 1:
        return f"That is {_clock(next(iter(by_instant)))} UTC for every queue on the way of a call{first}. "
    each = (f"{_clock(at)} UTC for {listing(labels)}" for at, labels in sorted(by_instant.items()))
    return f"That is {listing(each, most=6)}, and for every queue that a call goes on to from there{first}. "


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def supposition(suppose: Suppose, snapshot: Snapshot) -> str:
    """Who and what is supposed in the dark, in words; empty when nothing is."""
    if suppose.all_dark:
        return "every agent"
    if suppose.words:
        return listing(suppose.words, most=20)
    names = {
        agent.id: agent_name(agent)
        for rows in snapshot.agents.values()
        for agent in rows
        if agent.id in suppose.agents
    }
    return listing(sorted(set(names.values()), key=natural_order), most=20)


def summary(report: StatusReport) -> str:
    """How many queues there are, and how many are ready."""
    if not report.queues:
        return "This domain has no call queues."
    states = [judgement.readiness.state for judgement in report.judgements.values()]
    counted = [f"{states.count(state)} {READINESS_WORDS[state]}" for state in READINESS_WORDS if state in states]
    return f"{plural(len(states), 'queue')}. If the building went dark: {', '.join(counted)}."


def when_offline_words(snapshot: Snapshot, queue: Queue) -> str:
    """Where When Offline of the Default rule sends calls, or that it does not."""
    forward = when_offline_of(snapshot, queue)
    return "not known" if forward is None else forward_words(snapshot, forward)


def rule_words(verdict: Verdict) -> str:
    """The answering rule in effect, by the portal's name."""
    return {None: "none", "*": "Default"}.get(verdict.rule_in_effect) or str(verdict.rule_in_effect)


def settings_words(report: StatusReport, queue: Queue) -> str:
    """The settings that decide, in the portal's words."""
    verdict = report.judgements[queue.extension].now
    parts = [
        f"Require Agents {yes_no(queue.require_agents)}",
        f"When Offline {when_offline_words(report.snapshot, queue)}",
    ]
    if not report.snapshot.rules_of(queue.extension).known:
        parts.append("answering rules not known")
    elif queue.extension in report.rule_not_known:
        parts.append("rule in effect not known")
    elif verdict.rule_in_effect != "*":
        parts.append(f"rule in effect {rule_words(verdict)}")
    return " · ".join(parts)


def counts_words(counts: Counts) -> str:
    """The agents by colour: ``1 Green, 2 Grey``."""
    colours = (
        (counts.green, Status.GREEN),
        (counts.red, Status.RED),
        (counts.grey, Status.GREY),
        (counts.unknown, Status.UNKNOWN),
    )
    return ", ".join(f"{number} {STATUS_WORDS[status]}" for number, status in colours if number) or "none"


def holders_words(report: StatusReport, queue: Queue) -> str:
    """The agents who hold the queue open, with their sites; empty when nobody does."""
    return listing(holders(report.snapshot, report.judgements[queue.extension].now), most=6)


def path_words(snapshot: Snapshot, verdict: Verdict) -> str:
    """The way of a call, stop by stop, and how it ends."""
    stops = (describe_destination(snapshot, stop.at) for stop in verdict.path)
    return f"{' → '.join(('caller', *stops))} · {END_WORDS[verdict.end.kind]}"
