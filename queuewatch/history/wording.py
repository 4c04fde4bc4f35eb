"""Shares, lengths and numbers of times as a manager would report them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from queuewatch.failover.status import Status
from queuewatch.history.state import HistoryState, QueueState
from queuewatch.history.statistics import NOTHING, AgentAccount, Episode, Statistics, episodes

STANDING_WORDS = {
    HistoryState.RINGS: "rang an agent",
    HistoryState.WAITS: "waited for a busy agent",
    HistoryState.FAILS_OVER: "failed over",
    HistoryState.SENT_ON: "sent on",
    HistoryState.NOBODY: "reached nobody",
    HistoryState.UNKNOWN: "not known",
}
"""What a call to the queue did, in the past."""


def percent(part: timedelta, whole: timedelta) -> str:
    """``99.1 %``; empty for a share of nothing. It is never rounded up: only all of it is ``100 %``."""
    if whole <= NOTHING:
        return ""
    if part >= whole:
        return "100 %"
    hundredths = part * 10_000 // whole
    if not hundredths and part > NOTHING:
        return "under 0.01 %"
    if hundredths >= 9_990 or 0 < hundredths < 10:
        return f"{hundredths // 100}.{hundredths % 100:02} %"
    tenths = hundredths // 10
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def long(lasted: timedelta) -> str:
    """``40 s``, ``42 min``, ``1 h 5 min``, ``160 h``: never more than it was."""
    seconds = int(lasted.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"


def times(number: int) -> str:
    """``once``, ``twice``, ``3 times``."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def uptime_words(account: Statistics) -> str:
    """``uptime 99.1 % of 160 h watched``, or that there is none to be told."""
    if account.known > NOTHING:
        return f"uptime {percent(account.reached, account.known)} of {long(account.known)} watched"
    return "no uptime can be told" if account.watched > NOTHING else "not watched"


def left_out_words(account: Statistics) -> str:
    """``8 h not watched, 12 min not known``: what counts for nothing; empty when nothing is left out."""
    return ", ".join(
        f"{long(lasted)} {words}"
        for lasted, words in ((account.unwatched, "not watched"), (account.unknown, "not known"))
        if lasted >= timedelta(seconds=1)
    )


def spells_words(verb: str, found: Sequence[Episode[QueueState, HistoryState]]) -> str:
    """``failed over 3 times, longest 42 min``; ``reached nobody once, 11 min``."""
    longest = max(episode.lasted for episode in found)
    before = "longest " if len(found) > 1 else ""
    return f"{verb} {times(len(found))}, {before}{long(longest)}"


def headline(account: Statistics) -> str:
    """How often it failed over, how often it reached nobody, and its uptime, as one sentence."""
    if not account.watched:
        # Others may have been: it is said of this queue alone.
        return "Not watched in this period."
    sentence = "; ".join((*events_words(account), uptime_words(account)))
    return f"{sentence[:1].upper()}{sentence[1:]}."


def events_words(account: Statistics) -> tuple[str, ...]:
    """How often it failed over, and how often it reached nobody."""
    parts: list[str] = []
    failed, nobody = account.episodes_of(HistoryState.FAILS_OVER), account.episodes_of(HistoryState.NOBODY)
    parts.append(spells_words("failed over", failed) if failed else "never failed over")
    if nobody:
        in_all = f"{long(account.times[HistoryState.NOBODY])}{' in all' if len(nobody) > 1 else ''}"
        parts.append(f"reached nobody {times(len(nobody))}, {in_all}")
    else:
        parts += ["always reached someone"] if account.known > NOTHING else []
    return tuple(parts)


def split_words(account: Statistics) -> str:
    """What the known time is made of: ``rang an agent 92.4 %, failed over 4.1 %, reached nobody 0.2 %``."""
    return ", ".join(
        f"{words} {percent(account.times[standing], account.known)}"
        for standing, words in STANDING_WORDS.items()
        if standing is not HistoryState.UNKNOWN and account.times.get(standing)
    )


def agent_words(account: AgentAccount) -> str:
    """``Green 81.2 %, Red 9.6 %, Grey 9.1 % of 40 h watched``."""
    if not account.watched:
        return "not watched"
    split = ", ".join(
        f"{status.capitalize()} {percent(account.times[status], account.watched)}"
        for status in Status
        if account.times.get(status)
    )
    return f"{split} of {long(account.watched)} watched"


LATELY = timedelta(days=7)


def kind_of(standing: HistoryState) -> HistoryState:
    """The standing, where it does not matter whether an agent is free or busy: that changes with each call."""
    return HistoryState.RINGS if standing is HistoryState.WAITS else standing


def told_spells(
    account: Statistics, present: QueueState | None = None
) -> tuple[Episode[QueueState, HistoryState], ...]:
    """What changed, where it does not matter whether an agent is free or busy.

    ``present`` is the state at the very end of the period, which may have begun just then.
    """
    found = episodes(account.segments, lambda state: kind_of(state.standing))
    if present is not None and (not found or found[-1].kind is not kind_of(present.standing)):
        end = account.period.ended
        return (*found, Episode(kind_of(present.standing), end, end, NOTHING, bool(found), present))
    return found


def lately(account: Statistics, present: QueueState | None = None) -> str:
    """Since when it is as it is, and how often it was otherwise: one line that does not change by itself.

    ``Fails over since 13:58 · failed over 3 times in 7 days, longest 42 min``; empty when nothing is known.
    """
    found = told_spells(account, present)
    if not found:
        return ""
    last = found[-1]
    now = account.period.ended
    parts = [f"{_NOW[last.kind]} {since_words(last.begun, last.seen, now)}"]
    for standing in (HistoryState.FAILS_OVER, HistoryState.NOBODY):
        its = [episode for episode in found if episode.kind is standing]
        # What goes on is still getting longer.
        ended = [episode for episode in its if episode is not last]
        if its:
            longest = f", longest {long(max(episode.lasted for episode in ended))}" if ended else ""
            parts.append(f"{STANDING_WORDS[standing]} {times(len(its))} in {LATELY.days} days{longest}")
    return " · ".join(parts)


_NOW = {
    HistoryState.RINGS: "Answered",
    HistoryState.WAITS: "Answered",
    HistoryState.FAILS_OVER: "Fails over",
    HistoryState.SENT_ON: "Sent on",
    HistoryState.NOBODY: "Reaches nobody",
    HistoryState.UNKNOWN: "Not known",
}


def since_words(begun: datetime, seen: bool, now: datetime) -> str:
    """``since 13:58``, ``since Fri 20 Nov 13:58``; ``at least since`` where the beginning was not seen."""
    local, today = begun.astimezone(), now.astimezone()
    day = "" if local.date() == today.date() else f"{local:%a} {local.day} {local:%b} "
    return f"{'' if seen else 'at least '}since {day}{local:%H:%M}"
