"""Where the time frames choose another answering rule than the phone system, whose word is taken: that is said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from queuewatch.failover.at_time import Moment, select
from queuewatch.failover.model import Snapshot
from queuewatch.failover.verdict import Judgement, Verdict

SLACK = timedelta(minutes=10)
"""Rules are read minutes apart, and clocks differ: a change of rule so near in time is held against nobody."""


def disagreements(snapshot: Snapshot) -> Mapping[str, str]:
    """By queue, one sentence wherever the rule in effect now is not the one its time frames would choose."""
    said = {queue.extension: disagreement(snapshot, queue.extension) for queue in snapshot.call_queues}
    return {queue: sentence for queue, sentence in said.items() if sentence}


def disagreement(snapshot: Snapshot, queue: str) -> str:
    """The sentence about one queue; empty where both agree, or where the time frames do not settle it."""
    known = snapshot.rules_of(queue)
    if not known.known or not known.complete or all(rule.is_default for rule in known.rules):
        return ""
    taken = known.in_effect
    try:
        moments = [Moment(snapshot.taken_at + shift) for shift in (timedelta(0), -SLACK, SLACK)]
    except OverflowError:
        return ""
    selections = [select(snapshot, queue, moment) for moment in moments]
    if any(len(one.candidates) > 1 or one.candidates != selections[0].candidates for one in selections):
        return ""
    (chosen,) = selections[0].candidates
    if chosen == taken:
        return ""
    label = snapshot.queues[queue].label if queue in snapshot.queues else queue
    ours = f"the rule {chosen.label}" if chosen else "none of the rules"
    if not any(rule.active for rule in known.rules):
        theirs = "the phone system marks none, so Default is taken" if taken else "the phone system marks none"
    else:
        theirs = f"the phone system says {taken.label if taken else 'none'}, and its word is taken"
    return f"By the time frames of {label} {ours} would be in effect; {theirs}."


def with_disagreements(snapshot: Snapshot, judgement: Judgement) -> Judgement:
    """The judgement of a queue as it is now, with this said among what either answer rests on.

    It is no part of judging: it depends on the time, and a judgement is kept while nothing but time has passed.
    """
    now = _noted(snapshot, judgement.now)
    dark = _noted(snapshot, judgement.readiness.verdict)
    if now is judgement.now and dark is judgement.readiness.verdict:
        return judgement
    return Judgement(now, replace(judgement.readiness, verdict=dark))


def _noted(snapshot: Snapshot, verdict: Verdict) -> Verdict:
    stops = [stop.at.removeprefix("queue_") for stop in verdict.path if stop.at.startswith("queue_")]
    said = [sentence for queue in dict.fromkeys(stops) if (sentence := disagreement(snapshot, queue))]
    return replace(verdict, assumptions=(*said, *verdict.assumptions)) if said else verdict
