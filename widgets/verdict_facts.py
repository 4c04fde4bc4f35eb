"""A queue's verdict, settings and rules as facts, in the order in which a person wants to read them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from queuewatch.failover.decide import is_normal_entry
from queuewatch.failover.explanation import directly
from queuewatch.failover.lag import LONGEST_LAG, all_grey_at, turns_grey_at
from queuewatch.failover.model import Forward, Queue, Rule, Snapshot
from queuewatch.failover.schedule.at_time import with_disagreements
from queuewatch.failover.simulate import readiness
from queuewatch.failover.status import status_of
from queuewatch.failover.suppose import with_require_agents
from queuewatch.failover.verdict import Judgement, ReadinessState, Verdict
from queuewatch.failover.wording import (
    END_WORDS,
    agent_name,
    describe_destination,
    forward_words,
    holders,
    listing,
    plural,
)
from queuewatch.polling.state import LiveState
from widgets.agent_rows import countdown
from widgets.cells import Cell, CellSpan, cell
from widgets.fact_sheet import Fact
from widgets.marks import GLYPHS, Mark, outcome_mark, readiness_mark
from widgets.queue_rows import NOTHING_CHANGES, require_cell, site_cell

if TYPE_CHECKING:
    from queuewatch.alerts.quiet import Quiet
    from queuewatch.failover.audit.proofs import ProofLedger

READING = "Reading the answering rules…"
NOW, SITES_LABEL = "Now", "By site"


def verdict_facts(
    live_state: LiveState, queue: Queue, mend: tuple[Fact, ...] = (), *, few: bool = False
) -> tuple[Fact, ...]:
    """Now, what would ``mend`` it, if dark, and who holds the queue open: the essentials.

    Where only a ``few`` lines are seen, what has to be done comes first, and then what is wrong.
    """
    judged = live_state.judgements.get(queue.extension)
    if judged is None or queue.extension not in live_state.snapshot.rules:
        return (Fact(NOW, cell(READING, "muted")),)
    if judged.readiness.state is ReadinessState.NOT_READY:
        # Of the queue that is looked at alone: every site takes a reckoning of its own.
        from queuewatch.failover.drill.single_sites import with_single_sites

        judged = with_single_sites(live_state.snapshot, queue, judged)
    # A verdict on an old picture is a verdict on then.
    when = live_state.at if live_state.trouble else NOW
    now = Fact(when, _marked(outcome_mark(judged.now), judged.now.sentence))
    dark = Fact("If dark", _marked(_calmer(readiness_mark(judged.readiness)), judged.readiness.verdict.sentence))
    first = (now, *mend, dark)
    if few and mend:
        first = (*mend, dark, now) if judged.now.reaches_someone else (*mend, now, dark)
    return (
        *first,
        *by_site_fact(live_state, queue),
        *direct_fact(judged),
        Fact("Held open", held_open(live_state.snapshot, judged.now)),
        *_age_of_rules(live_state, queue),
    )


def mend_fact(live_state: LiveState, queue: Queue, *, offline_key: str, require_key: str) -> tuple[Fact, ...]:
    """The key that makes the queue ready, and what that would bring; nothing where it is ready or not known."""
    snapshot, judged = live_state.snapshot, live_state.judgements.get(queue.extension)
    rules = snapshot.rules_of(queue.extension)
    if judged is None or not rules.known or judged.readiness.state is not ReadinessState.NOT_READY:
        return ()
    destination = rules.default.offline.destination if rules.default else None
    both: Cell = cell("")
    if queue.require_agents is False:
        changed = with_require_agents(snapshot, queue, True)
        then = readiness(changed, changed.queues[queue.extension])
        if then.state is ReadinessState.READY:
            brings = then.verdict.sentence.partition(": ")[0].removeprefix("A call ").rstrip(".")
            words = cell(f"  Require Agents Yes: then a call {brings} ")
            return (Fact("Mend it", (CellSpan(require_key, "key"), *words, CellSpan(GLYPHS["good"], "good"))),)
        both = (CellSpan(" · ", "muted"), CellSpan(require_key, "key"), CellSpan("  Require Agents Yes"))
    why = "none is set" if destination is None else "this one reaches nobody"
    return (Fact("Mend it", (CellSpan(offline_key, "key"), CellSpan(f"  When Offline: {why}"), *both)),)


def quiet_fact(quiet: "Quiet | None") -> tuple[Fact, ...]:
    """Why nobody is told of the queue, and until when."""
    if quiet is None:
        return ()
    words = f"{quiet.lasts}: {quiet.reason}{f' ({quiet.by})' if quiet.by else ''}"
    whole = f", all of {quiet.site}" if quiet.site else ""
    return (Fact("Quiet", (CellSpan(f"{GLYPHS['quiet']} ", "muted"), CellSpan(f"{words}{whole}"))),)


def by_site_fact(live_state: LiveState, queue: Queue) -> tuple[Fact, ...]:
    """What a power cut at each site does to the queue, by the sites' whole names; nothing until it is known."""
    matrix = live_state.matrix
    row = matrix.queues.get(queue.extension) if matrix else None
    if matrix is None or row is None:
        return ()
    from queuewatch.report.drill import FATE_WORDS

    told = [(site, row.fates[site]) for site in matrix.sites if site_cell(row.fates[site]) != NOTHING_CHANGES]
    if not told:
        words = "a power cut there" if len(matrix.sites) == 1 else "a power cut at any one site"
        return (Fact(SITES_LABEL, cell(f"{words} changes nothing", "muted")),)
    spans: list[CellSpan] = []
    for site, fate in told:
        ((glyph, style),) = site_cell(fate)
        words = f"{glyph} {FATE_WORDS[fate.fate].lower()}"
        spans += (CellSpan(f"{' · ' if spans else ''}{site} goes dark: "), CellSpan(words, style))
    return (Fact(SITES_LABEL, tuple(spans)),)


def _age_of_rules(live_state: LiveState, queue: Queue) -> tuple[Fact, ...]:
    """When the rules that this rests on were read, where that is longer ago than anybody would think."""
    at = live_state.late_rules.get(queue.extension)
    if at is None or live_state.trouble is not None:
        return ()
    return (Fact("Rules", cell(f"as of {at.astimezone():%H:%M}: they could not be read again since", "unknown")),)


def direct_fact(judged: Judgement) -> tuple[Fact, ...]:
    """The other way into a queue whose calls are diverted, where a number leads straight into it."""
    if judged.readiness.verdict.direct is None:
        return ()
    return (Fact("Directly", cell(directly(judged))),)


def _calmer(mark: Mark) -> Mark:
    """Bright is what reaches nobody now."""
    return mark._replace(style="risk") if mark.style == "bad" else mark


def _marked(mark: Mark, sentence: str) -> Cell:
    return (CellSpan(mark.text, mark.style), CellSpan(f"  {sentence}"))


def held_open(snapshot: Snapshot, verdict: Verdict) -> Cell:
    """The agents whose being online keeps the queue from failing over, with their sites."""
    if not verdict.held_open_by:
        nobody = "every agent is Grey" if verdict.counts.total else "the queue has no agents"
        return cell(f"by nobody: {nobody}", "muted")
    return cell(f"by {listing(holders(snapshot, verdict), most=8)}")


def path_facts(live_state: LiveState, queue: Queue) -> tuple[Fact, ...]:
    """The way of a call, stop by stop, now and if the building went dark."""
    judged = live_state.judgements.get(queue.extension)
    if judged is None or queue.extension not in live_state.snapshot.rules:
        return ()
    snapshot = live_state.snapshot
    return (
        Fact("Path then" if live_state.trouble else "Path now", path_cell(snapshot, judged.now)),
        Fact("Path dark", path_cell(snapshot, judged.readiness.verdict)),
    )


def path_cell(snapshot: Snapshot, verdict: Verdict) -> Cell:
    """The way of a call, stop by stop, and how it ends."""
    spans: list[CellSpan] = [CellSpan("caller")]
    for stop in verdict.path:
        spans.append(CellSpan(f" {GLYPHS['onward']} ", "muted"))
        spans.append(CellSpan(describe_destination(snapshot, stop.at)))
    style = {True: "good", False: "bad", None: "unknown"}[verdict.reaches_someone]
    spans.append(CellSpan(f" · {END_WORDS[verdict.end.kind]}", style))
    return tuple(spans)


def lag_fact(live_state: LiveState, queue: Queue, now: datetime) -> tuple[Fact, ...]:
    """How long the queue stays open after its phones lose power."""
    judged = live_state.judgements.get(queue.extension)
    if judged is None or not judged.now.counts.online:
        return ()
    snapshot = live_state.snapshot
    online = [agent for agent in snapshot.agents_of(queue.extension) if status_of(agent).status.online]
    outside = listing(agent_name(agent) for agent in online if not turns_grey_at(snapshot, agent).promised)
    last = all_grey_at(snapshot, online)
    if last is None:
        return ()
    if outside:
        words = f"no moment can be named: an outside number never goes offline by itself ({outside})"
    elif last.at is None:
        words = f"within {within_words(last.after)} of an outage the last phone is recognised as offline"
        if last.after != LONGEST_LAG:
            words += f"; the portal says up to {within_words(LONGEST_LAG)}"
    else:
        left = countdown(last.at - (now + snapshot.server_ahead))
        words = f"within {left} of an outage now, the last phone is recognised as offline"
    return (Fact("How long", cell(words)),)


def within_words(lag: timedelta) -> str:
    """``60 minutes``, rounded up."""
    return plural(-(-lag // timedelta(minutes=1)), "minute")


def proof_fact(proofs: "ProofLedger | None", snapshot: Snapshot, queue: Queue) -> tuple[Fact, ...]:
    """When the failover of the rule in effect was proven by a real call; nothing where it never was."""
    if proofs is None:
        return ()
    from queuewatch.failover.audit.proofs import proof_words

    words = proof_words(proofs, snapshot, queue)
    return (Fact("Proof", cell(words, "warn" if "outdated" in words else "")),) if words else ()


def lately_fact(past: str) -> tuple[Fact, ...]:
    """Since when it is so, and how often it was otherwise; nothing when nothing is known."""
    return (Fact("Lately", cell(past)),) if past else ()


def setting_facts(snapshot: Snapshot, queue: Queue) -> tuple[Fact, ...]:
    """The two halves of failover, under the portal's own names, and where the portal keeps them."""
    rules = snapshot.rules_of(queue.extension)
    default = rules.default
    if not rules.known:
        offline = cell(rules.problem, "unknown")
    elif default is None:
        offline = (CellSpan("off", "warn"), CellSpan("  the queue's user has no Default rule", "muted"))
    else:
        offline = (*_forward(snapshot, default.offline), CellSpan("  Users > Answering Rules > Default", "muted"))
    return (
        Fact(
            "Require Agents",
            (*require_cell(queue.require_agents), CellSpan("  Call Queues > Pre-Queue Options", "muted")),
        ),
        Fact("When Offline", offline),
        Fact("Waiting", cell(_waiting(queue))),
    )


def _waiting(queue: Queue) -> str:
    waiting = "not readable" if queue.waiting is None else str(queue.waiting)
    limit = f" of at most {queue.max_callers}" if queue.max_callers else ""
    return f"{waiting}{limit}"


def _forward(snapshot: Snapshot, forward: Forward) -> Cell:
    style = "unknown" if not forward.readable else "" if forward.destination else "warn"
    return cell(forward_words(snapshot, forward), style)


def rule_facts(snapshot: Snapshot, queue: Queue) -> tuple[Fact, ...]:
    """The answering rules of the queue's user in order, the one in effect marked."""
    rules = snapshot.rules_of(queue.extension)
    if not rules.known:
        return (Fact("", cell(rules.problem, "unknown")),)
    if not rules.has_user:
        return (Fact("", cell("No user has this queue's extension, so it has no answering rules.", "warn")),)
    if not rules.rules:
        return (Fact("", cell("The queue's user has no answering rules.", "warn")),)
    return tuple(
        Fact(rule.label, tuple(_rule(snapshot, queue, rule, in_effect=rule is rules.in_effect)))
        for rule in rules.in_order
    )


def _rule(snapshot: Snapshot, queue: Queue, rule: Rule, *, in_effect: bool) -> Iterator[CellSpan]:
    if in_effect:
        yield CellSpan(f"{GLYPHS['good']} in effect  ", "good")
    elif not rule.enabled:
        yield CellSpan("switched off  ", "muted")
    else:
        yield CellSpan("not now  ", "muted")
    forwards = list(_rule_forwards(snapshot, queue, rule))
    yield CellSpan(" · ".join(forwards) or "no forwards")


def _rule_forwards(snapshot: Snapshot, queue: Queue, rule: Rule) -> Iterable[str]:
    named = (
        ("Always", rule.always),
        ("When Offline", rule.offline),
        ("When Busy", rule.busy),
        ("When Unanswered", rule.no_answer),
    )
    for name, forward in named:
        if not forward.readable:
            yield f"{name} not readable"
        elif forward.destination is not None and not (
            name == "Always" and is_normal_entry(forward.destination, queue.extension, snapshot.domain)
        ):
            yield f"{name} {GLYPHS['onward']} {describe_destination(snapshot, forward.destination)}"


def assumption_facts(live_state: LiveState, queue: Queue) -> tuple[Fact, ...]:
    """What the two answers rest on."""
    judged = live_state.judgements.get(queue.extension)
    if judged is None or queue.extension not in live_state.snapshot.rules:
        return ()
    notes = with_disagreements(live_state.snapshot, judged).assumptions
    return tuple(Fact("·", cell(note, "muted")) for note in notes)
