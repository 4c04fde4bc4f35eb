"""``queuewatch report``: everything a manager is asked for, on one page."""

import json
from collections.abc import Iterator

from msgspec import Struct

from queuewatch.failover.drill.matrix import SiteMatrix, site_sentence
from queuewatch.failover.wording import yes_no
from queuewatch.report.audit import AuditReport, subject, tally
from queuewatch.report.audit import document as audit_document
from queuewatch.report.drill import FATE_WORDS, TO_SIGN
from queuewatch.report.drills import RegisterReport, chain_words, drills_json, due_words, times_words
from queuewatch.report.formats import plain, table
from queuewatch.report.history import HistoryReport, history_json, period_words, uptime
from queuewatch.report.history import summary as history_summary
from queuewatch.report.log import LogLine, LogReport, change_line, outcome_words
from queuewatch.report.status import StatusReport, document, worst_first
from queuewatch.report.wording import (
    READINESS_WORDS,
    answer_words,
    moment_of,
    summary,
    when_offline_words,
)


class Overview(Struct, frozen=True):
    """All that is known of one phone system at a moment, for whoever answers for it."""

    status: StatusReport
    audited: AuditReport
    matrix: SiteMatrix
    register: RegisterReport
    changes: LogReport
    """The changes of the period."""
    history: HistoryReport | None = None
    """``None`` where nothing is kept."""
    why_no_history: str = ""

    @property
    def site_sentences(self) -> tuple[str, ...]:
        """What a power cut at each site would do, the sites of most agents first."""
        judgements = self.status.judgements
        return tuple(
            site_sentence(self.status.snapshot, judgements, self.matrix, site) for site in self.matrix.sites
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What any of the verdicts rests on, each said once."""
        said = (
            note
            for queue in worst_first(self.status)
            for note in self.status.judgements[queue.extension].assumptions
        )
        return tuple(dict.fromkeys(said))

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read of the phone system, and of the log that proofs and changes are told from."""
        return (*(problem.text for problem in self.status.snapshot.problems), *self.register.problems)


def overview_json(overview: Overview) -> str:
    """The document, in ASCII so that no terminal or pipe can spoil it. Times are UTC."""
    matrix = overview.matrix
    return json.dumps(
        {
            **document(overview.status),
            "sites": [
                {"site": site, "sentence": sentence}
                for site, sentence in zip(matrix.sites, overview.site_sentences, strict=True)
            ],
            "audit": audit_document(overview.audited),
            "history": json.loads(history_json(overview.history)) if overview.history is not None else None,
            "register": json.loads(drills_json(overview.register)),
            "changes": [
                {"id": line.entry.id, "what": change_line(line.entry), "outcome": outcome_words(line.entry).words}
                for line in overview.changes.lines
            ],
            "assumptions": list(overview.assumptions),
        },
        indent=2,
    )


def overview_markdown(overview: Overview) -> str:
    """The document, without a line break at its end."""
    return "\n".join(_lines(overview))


def _lines(overview: Overview) -> Iterator[str]:
    status = overview.status
    domain = status.snapshot.domain
    yield f"# Phone failover of {plain(status.title or domain)}"
    yield ""
    yield f"{plain(domain)}, {moment_of(status)}. **{summary(status)}**"
    yield from _section("If the power goes", map(plain, overview.site_sentences))
    yield ""
    yield "## Every queue"
    yield ""
    yield from table(
        ("Queue", "Now", "If dark", "Require Agents", "When Offline", *overview.matrix.sites),
        [_queue_row(overview, extension) for extension in (queue.extension for queue in worst_first(status))],
    )
    yield from _section("Open findings", _finding_lines(overview), none=tally(overview.audited))
    yield from _uptime_lines(overview)
    yield from _section("Proofs and drills", _register_lines(overview), none=chain_words(overview.register.chain))
    yield from _section(
        "Changes made",
        map(_change_words, overview.changes.lines),
        none="None in this period, through queuewatch on this machine.",
    )
    rests_on = map(plain, overview.assumptions)
    yield from _section("What it rests on", rests_on, none="Nothing was taken for granted.")
    unread = map(plain, overview.problems)
    yield from _section("What could not be read", unread, none="Everything asked for was read.")
    yield ""
    yield TO_SIGN


def _change_words(line: LogLine) -> str:
    return plain(f"{change_line(line.entry)} ({outcome_words(line.entry).words})")


def _section(title: str, lines: Iterator[str], none: str = "") -> Iterator[str]:
    said = list(lines) or ([none] if none else [])
    if said:
        yield ""
        yield f"## {title}"
        yield ""
        yield from (f"- {line}" for line in said)


def _queue_row(overview: Overview, extension: str) -> tuple[str, ...]:
    status = overview.status
    queue, judgement = status.snapshot.queues[extension], status.judgements[extension]
    row = overview.matrix.queues.get(extension)
    fates = tuple(
        ("no change" if not row.fates[site].touched else FATE_WORDS[row.fates[site].fate]) if row else "not known"
        for site in overview.matrix.sites
    )
    return (
        queue.label,
        answer_words(judgement.now),
        READINESS_WORDS[judgement.readiness.state],
        yes_no(queue.require_agents),
        when_offline_words(status.snapshot, queue),
        *fates,
    )


def _finding_lines(overview: Overview) -> Iterator[str]:
    audited = overview.audited
    for finding in audited.counted:
        about = plain(subject(audited, finding))
        yield f"**{finding.code} {finding.severity}** {about}: {plain(finding.why)} {plain(finding.fix)}"


def _uptime_lines(overview: Overview) -> Iterator[str]:
    history = overview.history
    if history is None:
        yield from _section("Uptime", iter(()), none=plain(overview.why_no_history))
        return
    yield ""
    yield "## Uptime"
    yield ""
    yield f"{period_words(history)}. {history_summary(history)}"
    if any(account.watched for account in history.past.accounts):
        yield ""
        yield from table(
            ("Queue", "Uptime"), [(account.label, uptime(account)) for account in history.past.accounts]
        )


def _register_lines(overview: Overview) -> Iterator[str]:
    for entry in overview.register.entries:
        facts = (entry.outcome, times_words(entry), due_words(entry, overview.register.now))
        yield plain(f"{entry.at.astimezone():%Y-%m-%d} {entry.scenario}: {'; '.join(filter(None, facts))}")
