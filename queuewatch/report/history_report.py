"""What a report of the history is about, and its words, whatever form it is written in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from queuewatch.failover.words import plural
from queuewatch.history.account import Account, AgentAccount
from queuewatch.history.reading import Past
from queuewatch.history.standing import Standing
from queuewatch.history.words import STANDING_WORDS, long, percent, since_words, told_spells

UPTIME_MEANS = (
    "Uptime is the share of the watched time in which a call would have reached someone: an agent, the queue "
    "while agents are busy, or a working destination it fails over or is sent on to."
)
LEFT_OUT_MEANS = (
    "Time in which nobody watched, or in which it could not be told what would become of a call, counts neither "
    "for nor against it."
)


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """A period, and how much of it is to be told."""

    past: Past
    title: str = ""
    """Whose phone system it is: the profile, the host or the sample."""
    with_agents: bool = False
    with_changes: bool = False

    @property
    def whose(self) -> tuple[str, ...]:
        """The phone system and the domain, each once."""
        return tuple(dict.fromkeys(part for part in (self.title, self.past.place.domain) if part))


def period_words(report: HistoryReport) -> str:
    """From when to when, in the reader's own time zone."""
    period = report.past.period
    return f"{day_words(period.begun)} to {day_words(period.ended)} {period.ended.astimezone():%Z}".rstrip()


def day_words(at: datetime) -> str:
    """``Mon 2026-11-16 15:12``, in the reader's own time zone."""
    return f"{at.astimezone():%a %Y-%m-%d %H:%M}"


def second_words(at: datetime) -> str:
    """``Mon 2026-11-16 15:12:00``, in the reader's own time zone."""
    return f"{at.astimezone():%a %Y-%m-%d %H:%M:%S}"


def summary(report: HistoryReport) -> str:
    """How many queues, and how many of them always reached someone; or why there is nothing to tell."""
    past = report.past
    if past.kept_since is None:
        return nothing_kept(past.place.domain)
    watched = [one for one in past.accounts if one.watched]
    if not watched:
        return f"Nobody watched in this period. There is a history since {day_words(past.kept_since)}."
    nobody = sum(bool(one.times.get(Standing.NOBODY)) for one in watched)
    failed = sum(bool(one.spells_of(Standing.FAILS_OVER)) for one in watched)
    told = f"{failed} failed over, {nobody} reached nobody at some time"
    return f"{plural(len(past.accounts), 'queue')}: {told}."


def nothing_kept(domain: str) -> str:
    """That there is no history, and how one comes about."""
    return (
        f"Nothing has been kept yet about {domain}: it is kept while the board or queuewatch watch runs on this "
        "machine."
    )


def uptime(account: Account) -> str:
    """``99.1 %``, or a dash where there is none to be told."""
    return percent(account.reached, account.known) or "-"


def change_words(account: Account) -> Iterator[tuple[str, str, str, str]]:
    """Of each change: when it began, how long it lasted, what it was, and the sentence of then.

    Whether an agent was free or busy is no change here: the documents for programs have that, too.
    """
    for spell in told_spells(account):
        words = "answered" if spell.kind is Standing.RINGS else STANDING_WORDS[spell.kind]
        begun = f"{'' if spell.seen else 'by '}{second_words(spell.begun)}"
        yield begun, long(spell.lasted), words, spell.state.sentence


def last_words(account: AgentAccount) -> str:
    """``Grey since 13:58``, as of the end of the period; empty where nothing is known."""
    last = account.last
    if last is None:
        return ""
    return f"{last.kind.capitalize()} {since_words(last.begun, last.seen, account.period.ended)}"
