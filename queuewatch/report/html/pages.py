"""Each report as a page. What a page says first is who reaches nobody, why, and what to do about it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.audit.finding import Finding, Severity
from queuewatch.failover.audit.proofs import proof_words
from queuewatch.failover.drill.drill import DrillOutcome
from queuewatch.failover.drill.matrix import SiteFate, SiteMatrix
from queuewatch.failover.drill.timeline import DrillEvent
from queuewatch.failover.explanation import directly
from queuewatch.failover.model import Queue
from queuewatch.failover.places import queue_site, site_of
from queuewatch.failover.verdict import ReadinessState, Verdict
from queuewatch.failover.wording import agent_name, plural, yes_no
from queuewatch.fleet.standing import Fleet, sentence_of
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.history.state import HistoryState
from queuewatch.history.statistics import NOTHING
from queuewatch.history.wording import agent_words, headline, left_out_words, long, split_words, times
from queuewatch.proof.register import RegisterEntry
from queuewatch.report import fleet as fleet_report
from queuewatch.report import history as history_report
from queuewatch.report.audit import AuditReport, make_audited, subject, tally
from queuewatch.report.drill import (
    FATE_WORDS,
    DrillReport,
    begins_words,
    event_times,
    noted,
    supposed_words,
)
from queuewatch.report.drills import NO_COMPLIANCE, RegisterReport, chain_words, due_words, gap_words, times_words
from queuewatch.report.history import HistoryReport, change_words, last_words, period_words, uptime
from queuewatch.report.html.drawing import FATE_TONES, TONES, call_way, chunks, drill_bars, period_bar
from queuewatch.report.html.page import write_page
from queuewatch.report.log import LogLine, outcome_words
from queuewatch.report.matrix import EVERYTHING, MEANS, READS_ALL, MatrixReport, fate_words
from queuewatch.report.overview import Overview
from queuewatch.report.status import StatusReport, agents_of, worst_first
from queuewatch.report.wording import (
    READINESS_WORDS,
    STATUS_WORDS,
    answer_words,
    asked_time,
    counts_words,
    holders_words,
    moment_of,
    settings_words,
    summary,
    supposition,
    when_heading,
    when_offline_words,
    when_words,
)
from queuewatch.text.instant import date_words, minute_words


class Marked(NamedTuple):
    """A cell that has a sign and a colour beside its word."""

    tone: str
    glyph: str
    words: str


class First(NamedTuple):
    """One thing to be known before all else."""

    tone: str
    """``bad``, ``doubt``, or ``later`` for what would only be bad."""
    glyph: str
    about: str
    what: str
    why: str
    fix: str = ""
    command: str = ""


_GLYPHS = {"good": STATE_GLYPHS["good"], "bad": STATE_GLYPHS["bad"], "doubt": STATE_GLYPHS["unknown"]}
_READINESS_TONES = {
    ReadinessState.READY: "good",
    ReadinessState.NOT_READY: "bad",
    ReadinessState.UNKNOWN: "doubt",
}


def status_html(report: StatusReport, command_tail: str = "") -> str:
    """The queues, what becomes of a call to each, and why; ``command_tail`` as for an audit."""
    return write_page(
        "status.html",
        datetime.now(UTC),
        title="Would callers be answered?",
        whose=whose(report.title, report.snapshot.domain),
        when=f"Read on {moment_of(report)}. {summary(report)}",
        asked=asked_time(report),
        supposed="" if report.suppose.nothing else supposition(report.suppose, report.snapshot),
        first=tuple(first_of_queues(report, command_tail=command_tail)),
        heads=("Queue", "Site", when_heading(report), "If dark", "Agents", "Require Agents", "When Offline"),
        rows=[_status_row(report, queue) for queue in worst_first(report)],
        sections=[_queue_section(report, queue) for queue in worst_first(report)],
        problems=tuple(problem.text for problem in report.snapshot.problems),
    )


def whose(title: str, domain: str) -> str:
    """The phone system and the domain, each once."""
    return " · ".join(dict.fromkeys(part for part in (title, domain) if part))


def first_of_queues(
    report: StatusReport, audited: AuditReport | None = None, command_tail: str = ""
) -> Iterator[First]:
    """The queues whose callers reach nobody, those whose callers would, and those of which it is not known."""
    fixes = _fixes(report, audited, command_tail)
    for queue in worst_first(report):
        judgement, finding = report.judgements[queue.extension], fixes.get(queue.extension)
        advice = (finding.fix, finding.command) if finding else ("", "")
        now, readiness = judgement.now, judgement.readiness
        if now.reaches_someone is False and not report.suppose.all_dark:
            yield First(
                "bad",
                _GLYPHS["bad"],
                queue.label,
                f"callers reach nobody {when_words(report)}",
                now.sentence,
                *advice,
            )
        elif readiness.state is ReadinessState.NOT_READY:
            what = "callers would reach nobody if the building went dark"
            yield First("later", _GLYPHS["bad"], queue.label, what, readiness.verdict.sentence, *advice)
        elif readiness.state is ReadinessState.UNKNOWN:
            what = "what would happen if the building went dark is not known"
            yield First("doubt", _GLYPHS["doubt"], queue.label, what, readiness.verdict.sentence, *advice)
        elif now.reaches_someone is None and not report.suppose.all_dark:
            what = f"whether a call reaches someone {when_words(report)} is not known"
            yield First("doubt", _GLYPHS["doubt"], queue.label, what, now.sentence, *advice)


def _fixes(report: StatusReport, audited: AuditReport | None, command_tail: str) -> dict[str, Finding]:
    """By queue the worst finding; none under a supposition, which nobody can mend."""
    if not report.suppose.nothing or report.at is not None:
        return {}
    if audited is None:
        whole = len(report.queues) == len(report.snapshot.call_queues)
        audited = make_audited(report, whole=whole, command_tail=command_tail)
    return _worst(audited.counted)


def _worst(findings: Iterable[Finding]) -> dict[str, Finding]:
    """By queue the first of what is more than worth knowing; findings come worst first."""
    found: dict[str, Finding] = {}
    for finding in findings:
        if finding.severity is not Severity.INFO:
            found.setdefault(finding.queue, finding)
    return found


def _answer(verdict: Verdict, words: str) -> Marked:
    tone = TONES[verdict.reaches_someone]
    return Marked(tone, _GLYPHS[tone], words)


def _status_row(report: StatusReport, queue: Queue) -> tuple[object, ...]:
    judgement = report.judgements[queue.extension]
    readiness = judgement.readiness
    return (
        queue.label,
        queue_site(report.snapshot, queue),
        _answer(judgement.now, answer_words(judgement.now)),
        Marked(
            _READINESS_TONES[readiness.state],
            _GLYPHS[_READINESS_TONES[readiness.state]],
            READINESS_WORDS[readiness.state],
        ),
        counts_words(judgement.now.counts),
        yes_no(queue.require_agents),
        when_offline_words(report.snapshot, queue),
    )


def _queue_section(report: StatusReport, queue: Queue) -> dict[str, object]:
    judgement = report.judgements[queue.extension]
    dark = judgement.readiness.verdict
    facts = [
        (when_heading(report), "" if report.suppose.all_dark else judgement.now.sentence),
        ("If dark", "The same." if dark.sentence == judgement.now.sentence else dark.sentence),
        ("Directly", directly(judgement, all_dark=report.suppose.all_dark) if dark.direct is not None else ""),
        ("Settings", settings_words(report, queue)),
        ("Proof", proof_words(report.proofs, report.snapshot, queue)),
        ("Waiting", plural(queue.waiting, "caller") if queue.waiting else ""),
        ("Held open by", holders_words(report, queue)),
        ("Agents", "" if report.with_agents else counts_words(judgement.now.counts)),
    ]
    agents = agents_of(report, queue) if report.with_agents else ()
    return {
        "label": queue.label,
        "facts": [(label, words) for label, words in facts if words],
        "way": call_way(report.snapshot, dark),
        "agents": [
            (
                agent_name(agent),
                Marked(shown.status.value, STATE_GLYPHS[shown.status], STATUS_WORDS[shown.status]),
                shown.reason,
                site_of(agent, report.snapshot),
            )
            for agent, shown in agents
        ],
        "notes": judgement.assumptions,
    }


MOST_NAMED = 3
"""Sites that a line names."""

_URGENT = (DrillOutcome.STRANDED, DrillOutcome.LOST)


def drill_html(report: DrillReport) -> str:
    """A drill as evidence: what would happen, when, what it rests on, and a line to sign."""
    drill = report.drill
    return write_page(
        "drill.html",
        datetime.now(UTC),
        title="Failover drill",
        whose=" · ".join(report.whose),
        when=f"{date_words(drill.snapshot.taken_at)}, run by {report.run_by}. "
        f"Supposed: {supposed_words(drill)}. Nothing was changed.",
        lead=report.summary,
        first=tuple(_first_of_drill(report)),
        heads=("Queue", "Site", "Result", "What happens to a call", "When", "Before"),
        rows=[
            (
                entry.queue.label,
                entry.site,
                fate_cell(entry.fate),
                entry.sentence,
                begins_words(entry),
                entry.before.sentence,
            )
            for entry in drill.queues
        ],
        bars=drill_bars(report),
        events=[_event_row(event) for event in report.timeline],
        ways=[
            (entry.queue.label, call_way(drill.snapshot, entry.after))
            for entry in drill.queues
            if entry.fate is not DrillOutcome.ANSWERED
        ],
        proofs=report.proofs,
        not_known=noted(report.not_known, "Everything asked for was read."),
        assumptions=noted(report.assumptions, "Nothing was taken for granted."),
    )


def _event_row(event: DrillEvent) -> tuple[str, ...]:
    clock, after = event_times(event)
    return (clock or "not known", after, event.text)


def matrix_html(report: MatrixReport) -> str:
    """Every queue and every site in one table, with the line to be said for each site."""
    matrix = report.matrix
    return write_page(
        "matrix.html",
        datetime.now(UTC),
        title="If the power goes at one site",
        whose=" · ".join(report.whose),
        when=f"{date_words(report.snapshot.taken_at)}, run by {report.run_by}. Supposed: every site in turn, and "
        "everything at once. Nothing was changed.",
        lines=tuple(report.sentences.values()),
        first=tuple(_first_of_matrix(report)),
        matrices=_matrices(report.queues, matrix),
        not_known=noted(report.not_known, READS_ALL),
        assumptions=(MEANS, *report.assumptions),
    )


def _first_of_matrix(report: MatrixReport) -> Iterator[First]:
    """The queues whose callers a power cut would leave with nobody, by what the audit says of them."""
    found = _worst(audit(report.snapshot))
    for queue in report.queues:
        row = report.matrix.queues[queue.extension]
        lost = {site: cell.touched for site, cell in row.fates.items() if cell.fate in _URGENT}
        sites = [site for site, touched in lost.items() if touched]
        if lost and not all(lost.values()):
            tone, what = "bad", "callers reach nobody, as now"
        elif sites:
            which = " or ".join(sites) if len(sites) <= MOST_NAMED else f"any of {len(sites)} sites"
            tone, what = "bad", f"callers would reach nobody with {which} dark"
        elif row.everything in _URGENT:
            tone, what = "later", f"callers would reach nobody with {EVERYTHING} dark"
        else:
            continue
        finding = found.get(queue.extension)
        why, fix = (finding.why, finding.fix) if finding else ("", "")
        yield First(tone, _GLYPHS["bad"], queue.label, what, why, fix)


def _matrices(
    queues: Sequence[Queue], matrix: SiteMatrix
) -> list[tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """Tables of a few sites each, as paper has room for, the last with everything dark."""
    parts = chunks(matrix.sites)
    return [
        (
            ("Queue", *sites, *((EVERYTHING,) if nth == len(parts) else ())),
            [_matrix_row(matrix, queue, sites, whole=nth == len(parts)) for queue in queues],
        )
        for nth, sites in enumerate(parts, 1)
    ]


def _matrix_row(matrix: SiteMatrix, queue: Queue, sites: Sequence[str], *, whole: bool) -> tuple[object, ...]:
    row = matrix.queues[queue.extension]
    everything = (fate_cell(row.everything),) if whole else ()
    return (queue.label, *(_site_cell(row.fates[site]) for site in sites), *everything)


def _site_cell(cell: SiteFate) -> Marked:
    return fate_cell(cell.fate) if cell.touched else Marked("plain", "", fate_words(cell))


_FATE_GLYPHS = {
    "good": STATE_GLYPHS["good"],
    "away": STATE_GLYPHS["good"],
    "bad": STATE_GLYPHS["bad"],
    "doubt": STATE_GLYPHS["unknown"],
    "held": STATE_GLYPHS["red"],
    "plain": STATE_GLYPHS["note"],
}


def fate_cell(fate: DrillOutcome) -> Marked:
    """What becomes of a queue, with its sign."""
    tone = FATE_TONES[fate]
    return Marked(tone, _FATE_GLYPHS[tone], FATE_WORDS[fate])


def _first_of_drill(report: DrillReport) -> Iterator[First]:
    found = _worst(audit(report.drill.snapshot))
    for entry in report.drill.queues:
        if entry.fate in _URGENT:
            finding = found.get(entry.queue.extension)
            fix, what = finding.fix if finding else "", "callers would reach nobody"
            yield First("bad", _GLYPHS["bad"], entry.queue.label, what, entry.sentence, fix)
        elif entry.fate is DrillOutcome.HELD_OPEN:
            yield First("later", STATE_GLYPHS["red"], entry.queue.label, "stays held open", entry.sentence)
        elif entry.fate is DrillOutcome.UNCERTAIN:
            yield First("doubt", _GLYPHS["doubt"], entry.queue.label, "not known", entry.sentence)


_SEVERITY_TONES = {Severity.ERROR: "bad", Severity.WARNING: "doubt", Severity.INFO: "plain"}


def audit_html(audited: AuditReport) -> str:
    """The findings, worst first, each with what puts it right."""
    report = audited.report
    return write_page(
        "audit.html",
        datetime.now(UTC),
        title="What stands in the way of failover",
        whose=whose(report.title, report.snapshot.domain),
        when=f"Read on {moment_of(report)}. {tally(audited)}",
        by_name=audited.by_name,
        findings=findings_of(audited, audited.counted),
        suppressed=[
            (f"{finding.code} {subject(audited, finding)}", finding.suppressed) for finding in audited.suppressed
        ],
    )


def findings_of(audited: AuditReport, findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as a page lists them."""
    return [
        {
            "tone": _SEVERITY_TONES[finding.severity],
            "severity": finding.severity.value,
            "code": finding.code,
            "about": subject(audited, finding),
            "why": finding.why,
            "fix": finding.fix,
            "command": finding.command,
        }
        for finding in findings
    ]


def history_html(report: HistoryReport) -> str:
    """What became of each queue over a period, and how it is reckoned."""
    watched = [account for account in report.past.accounts if account.watched]
    return write_page(
        "history.html",
        datetime.now(UTC),
        title="Call queues: uptime and failover",
        whose=" · ".join(report.whose),
        when=f"{period_words(report)}. {history_report.summary(report)}",
        kept_since=history_report.day_words(report.past.kept_since) if report.past.kept_since else "",
        first=tuple(first_of_history(report)),
        heads=("Queue", "Uptime", "Watched", "Failed over", "Longest", "Reached nobody"),
        rows=uptime_rows(report),
        axis=(
            history_report.day_words(report.past.period.begun),
            history_report.day_words(report.past.period.ended),
        ),
        sections=[
            {
                "label": account.label,
                "headline": headline(account),
                "bar": period_bar(account),
                "calls": split_words(account) or "not known",
                "left_out": left_out_words(account) or "nothing",
                "changes": list(change_words(account)) if report.with_changes else [],
                "agents": [
                    (agent.name or agent.agent, agent_words(agent), last_words(agent))
                    for agent in (report.past.agents_of(account.queue) if report.with_agents else ())
                ],
            }
            for account in watched
        ],
        quiet=tuple(history_report.quiet_words(report)),
        means=f"{history_report.UPTIME_MEANS} {history_report.LEFT_OUT_MEANS} No share is rounded up.",
    )


def first_of_history(report: HistoryReport) -> Iterator[First]:
    """The queues whose callers reached nobody at some time, the longest first."""
    lost = [(account.times.get(HistoryState.NOBODY, NOTHING), account) for account in report.past.accounts]
    for lasted, account in sorted(lost, key=lambda entry: entry[0], reverse=True):
        if lasted:
            what = f"callers reached nobody for {long(lasted)}"
            yield First("bad", _GLYPHS["bad"], account.label, what, headline(account))


def uptime_rows(report: HistoryReport) -> list[tuple[object, ...]]:
    """Of each queue its uptime, how long it was watched, how often it failed over, how long nobody was there."""
    rows: list[tuple[object, ...]] = []
    for account in report.past.accounts:
        failed = account.episodes_of(HistoryState.FAILS_OVER)
        nobody = account.times.get(HistoryState.NOBODY, NOTHING)
        reached_nobody: object = "never" if account.known else ""
        rows.append(
            (
                account.label,
                uptime(account),
                long(account.watched),
                times(len(failed)) if failed else "never",
                long(max(episode.lasted for episode in failed)) if failed else "",
                Marked("bad", _GLYPHS["bad"], long(nobody)) if nobody else reached_nobody,
            )
        )
    return rows


def overview_html(overview: Overview) -> str:
    """The page for whoever answers for the phones, and for whoever audits them."""
    status, history, register = overview.status, overview.history, overview.register
    queues = worst_first(status)
    return write_page(
        "overview.html",
        datetime.now(UTC),
        title="Would our phones survive an outage?",
        whose=whose(status.title, status.snapshot.domain),
        when=f"Read on {moment_of(status)}. {summary(status)}",
        first=tuple(first_of_queues(status, overview.audited)),
        sites=overview.site_sentences,
        matrices=_matrices(queues, overview.matrix),
        heads=("Queue", "Site", when_heading(status), "If dark", "Agents", "Require Agents", "When Offline"),
        rows=[_status_row(status, queue) for queue in queues],
        tally=tally(overview.audited),
        findings=findings_of(overview.audited, overview.audited.counted),
        register=[_register_row(register, entry) for entry in register.entries],
        chain=chain_words(register.chain),
        compliance=NO_COMPLIANCE if register.entries else "",
        uptime=[
            (account.label, uptime(account), headline(account), period_bar(account))
            for account in (history.past.accounts if history is not None else ())
            if account.watched
        ],
        period=f"{period_words(history)}. {history_report.summary(history)}" if history is not None else "",
        means=f"{history_report.UPTIME_MEANS} {history_report.LEFT_OUT_MEANS} No share is rounded up.",
        no_history=overview.why_no_history or (history_report.summary(history) if history is not None else ""),
        changes=[_change_row(line) for line in overview.changes.lines],
        assumptions=overview.assumptions,
        problems=overview.problems,
    )


def _change_row(line: LogLine) -> tuple[object, ...]:
    entry, edit = line.entry, line.entry.edit
    return (
        minute_words(entry.at),
        entry.who.words,
        edit.label,
        edit.setting_words,
        edit.before.words,
        edit.after.words,
        f"{outcome_words(entry).words}{f', undone by {line.undone_by}' if line.undone_by else ''}",
    )


def _register_row(report: RegisterReport, entry: RegisterEntry) -> tuple[object, ...]:
    due = due_words(entry, report.now)
    return (
        minute_words(entry.at),
        f"{entry.scenario} ({entry.kind.value})",
        ", ".join(entry.took_part),
        entry.outcome,
        times_words(entry),
        " ".join(map(gap_words, entry.gaps)) or "none",
        Marked("doubt", STATE_GLYPHS["caution"], due) if entry.is_overdue(report.now) else due,
    )


def fleet_html(fleet: Fleet) -> str:
    """Every domain, worst first."""
    return write_page(
        "fleet.html",
        fleet.taken_at,
        title="Which customer needs a call first?",
        whose="Fleet",
        when=f"{date_words(fleet.taken_at)}. {fleet.summary}",
        first=tuple(_first_of_fleet(fleet)),
        heads=("Domain", "Reach nobody", "Not ready", "Not known", "One agent left", "Queues", "Age", "What"),
        rows=[fleet_report.row_words(fleet, standing) for standing in fleet.domains],
    )


def _first_of_fleet(fleet: Fleet) -> Iterator[First]:
    for standing in fleet.domains:
        counts = standing.counts
        if counts is not None and counts.reach_nobody_now:
            yield First("bad", _GLYPHS["bad"], standing.label, "callers reach nobody", sentence_of(standing))
        elif standing.error:
            yield First("doubt", _GLYPHS["doubt"], standing.label, "cannot be read", standing.error)
