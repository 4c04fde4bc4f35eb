"""What is quiet now, why and until when: alerts that nobody is told of while somebody knows about them anyway.

Checks, verdicts and history go on as ever; only telling is held back. The rule is pure: no clock, no file.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.alerts.conditions import Condition, Conditions, conditions_of
from queuewatch.failover.model import Snapshot
from queuewatch.failover.places import queue_site
from queuewatch.failover.schedule.moment_input import MomentError, parse_moment
from queuewatch.failover.sites import site_key
from queuewatch.failover.verdict import Judgement
from queuewatch.text.instant import utc
from queuewatch.text.plain_text import one_line, visible

UNTIL_RECOVERED = timedelta(days=7)
"""How long “until it recovers” lasts at most, unless it is renewed."""
FARTHEST = timedelta(days=366)
"""The farthest end of a quiet: what is silenced for longer is forgotten, not planned."""
RECOVERED = "recovered"
"""By whom a quiet was ended that was over by itself."""
LONGEST_REASON = 200
"""Characters."""


class QuietError(Exception):
    """That cannot be put quiet. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


class Silenced(Struct, frozen=True):
    """An alert of which nobody was told."""

    at: datetime
    queue: str
    condition: str
    headline: str


class Quiet(Struct, frozen=True):
    """A queue or a site of whose alerts nobody is told, for a time and with a reason."""

    reason: str
    begins: datetime
    until: datetime
    """When it ends at the latest."""
    queue: str = ""
    """The extension; empty where a whole site is quiet."""
    name: str = ""
    """The queue's name, for people."""
    site: str = ""
    """The site; empty where one queue is quiet."""
    only: tuple[Condition, ...] = ()
    """The alerts that are quiet; all where empty."""
    until_recovered: Condition | None = None
    """What has to be over for it to end before ``until``; ``None`` where only the time ends it."""
    by: str = ""
    """Who put it quiet."""
    set_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    id: int = 0
    """Its number on this machine."""
    ended: datetime | None = None
    """When it ended before its time."""
    ended_by: str = ""
    """Who ended it; ``RECOVERED`` where it was over by itself."""
    silenced: tuple[Silenced, ...] = ()
    """The alerts of which nobody was told, the latest last; not all where they are many."""

    @property
    def ends(self) -> datetime:
        """When it is over, or was."""
        return self.until if self.ended is None else min(self.ended, self.until)

    def is_on(self, now: datetime) -> bool:
        """Whether it holds at this moment."""
        return self.begins <= now < self.ends

    def covers(self, queue: str, site: str, condition: Condition | None = None) -> bool:
        """Whether it is about that queue of that site, and about that alert of it if one is given."""
        about = self.queue == queue if self.queue else bool(self.site) and site_key(self.site) == site_key(site)
        return about and (condition is None or not self.only or condition in self.only)

    @property
    def subject(self) -> str:
        """What is quiet, in words."""
        if not self.queue:
            what = f"site {self.site}"
        else:
            what = f"{self.name} ({self.queue})" if self.name else self.queue
        return f"{what}, only “{alert_words(self.only)}”" if self.only else what

    @property
    def lasts(self) -> str:
        """Until when, in words."""
        end = when(self.until)
        return f"until it recovers, at most until {end}" if self.until_recovered else f"until {end}"

    @property
    def words(self) -> str:
        """How long and why, as it stands beside what is quiet."""
        return f"quiet {self.lasts}: {self.reason}"


def when(at: datetime) -> str:
    """A moment by this machine's clock, in words."""
    return f"{at.astimezone():%a %Y-%m-%d %H:%M}"


def span_words(quiet: Quiet) -> str:
    """From when until when, as it was or is planned, and by whom, in words."""
    ended = f", ended by {quiet.ended_by}" if quiet.ended_by not in ("", RECOVERED) else ""
    over = "until it recovered, " if quiet.ended_by == RECOVERED else ""
    by = f" (put quiet by {quiet.by}{ended})" if quiet.by else ""
    return f"{when(quiet.begins)} to {over}{when(quiet.ends)}{by}"


def in_the_past(quiet: Quiet) -> str:
    """From when until when it was, why, and how many alerts nobody was told of, as a sentence."""
    number = len(quiet.silenced)
    kept_back = f" {number} alert{'s' * (number != 1)} not told." if number else ""
    return f"{span_words(quiet)}: {quiet.reason}.{kept_back}"


def overlapping(quiets: Iterable[Quiet], begun: datetime, ended: datetime) -> tuple[Quiet, ...]:
    """Those that were on at some time of a period."""
    return tuple(quiet for quiet in quiets if quiet.begins < ended and quiet.ends > begun)


def alert_words(conditions: Collection[Condition]) -> str:
    """Alerts as they are called: ``not ready``."""
    return ", ".join(condition.value.replace("_", " ") for condition in conditions)


def quiet_of(
    quiets: Iterable[Quiet], now: datetime, queue: str, site: str, condition: Condition | None = None
) -> Quiet | None:
    """By what a queue's alert, or without one anything of the queue, is quiet now: what lasts longest."""
    covering = (quiet for quiet in quiets if quiet.is_on(now) and quiet.covers(queue, site, condition))
    return max(covering, key=lambda quiet: (quiet.until, quiet.id), default=None)


def quiet_queues(snapshot: Snapshot, quiets: Iterable[Quiet], now: datetime) -> dict[str, Quiet]:
    """By what each queue is quiet now; those that are not are left out."""
    on = tuple(quiet for quiet in quiets if quiet.is_on(now))
    found = {
        queue.extension: quiet_of(on, now, queue.extension, queue_site(snapshot, queue))
        for queue in (snapshot.call_queues if on else ())
    }
    return {extension: quiet for extension, quiet in found.items() if quiet is not None}


def standing_conditions(
    quiet: Quiet, snapshot: Snapshot, judgements: Mapping[str, Judgement]
) -> tuple[Condition, ...]:
    """What is there now of all that the quiet is about, the worst first."""
    there = {
        condition
        for conditions in _conditions(quiet, snapshot, judgements)
        for condition, is_there in conditions.items()
        if is_there and (not quiet.only or condition in quiet.only)
    }
    return tuple(condition for condition in Condition if condition in there)


def worst_standing(quiet: Quiet, snapshot: Snapshot, judgements: Mapping[str, Judgement]) -> Condition | None:
    """What “until it recovers” waits for: the worst of what is there.

    A lesser thing that stays must not keep the next outage quiet.
    """
    return next(iter(standing_conditions(quiet, snapshot, judgements)), None)


def is_recovered(quiet: Quiet, snapshot: Snapshot, judgements: Mapping[str, Judgement]) -> bool:
    """Whether what it waits for is over. What cannot be told, and what is not seen any more, is not over."""
    waits_for, found = quiet.until_recovered, _conditions(quiet, snapshot, judgements)
    return waits_for is not None and bool(found) and all(conditions[waits_for] is False for conditions in found)


def _conditions(quiet: Quiet, snapshot: Snapshot, judgements: Mapping[str, Judgement]) -> list[Conditions]:
    covered = (
        queue.extension
        for queue in snapshot.call_queues
        if quiet.covers(queue.extension, queue_site(snapshot, queue))
    )
    return [
        conditions_of(judgements[extension])
        if extension in judgements and snapshot.rules_of(extension).known
        else dict.fromkeys(Condition)
        for extension in covered
    ]


def renewed(quiet: Quiet, now: datetime) -> Quiet:
    """The same, from now on for another while as long as “until it recovers” lasts."""
    return replace(quiet, until=max(quiet.until, now + UNTIL_RECOVERED), ended=None, ended_by="")


_FOR = re.compile(r"(\d{1,4}) ?(m|min|h|d|w)", re.ASCII | re.IGNORECASE)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CLOCK = re.compile(r"\d{1,2}:\d{2}", re.ASCII)
EXAMPLE = "Such as 2h, 16:30, or '2026-12-24 18:00'."


def read_time(typed: str, now: datetime) -> datetime:
    """The moment meant: so long from now (``2h``), the next time a clock here shows ``16:30``, or a date and time.

    Raises :class:`MomentError`.
    """
    words = " ".join(typed.split())
    if span := _FOR.fullmatch(words):
        return now + timedelta(**{_UNITS[span[2].lower()]: int(span[1])})
    here = now.astimezone()
    try:
        if _CLOCK.fullmatch(words):
            at = parse_moment(f"{here:%Y-%m-%d} {words}").at.astimezone()
            if at <= here:
                at = parse_moment(f"{here + timedelta(days=1):%Y-%m-%d} {words}").at.astimezone()
            return at
        return parse_moment(words).at.astimezone()
    except MomentError as error:
        known = str(error).startswith(("There is no such", "The year"))
        sentence = str(error) if known else f"“{visible(words)}” is no time that can be read."
        raise MomentError(sentence, EXAMPLE) from None


def read_window(typed: str, now: datetime) -> tuple[datetime, datetime]:
    """From when until when: ``18:00..22:00``, or an end alone, which begins now. Raises :class:`MomentError`."""
    begins, between, until = typed.partition("..")
    if not between:
        return now, read_time(typed, now)
    begun = read_time(begins, now) if begins.strip() else now
    # The end of a night's work is the next time a clock shows it after the beginning.
    return begun, read_time(until, begun)


def check(quiet: Quiet, now: datetime) -> Quiet:
    """The same, its reason made plain. Raises :class:`QuietError` for what cannot be put quiet."""
    reason = " ".join(one_line(quiet.reason).split())
    if not reason:
        raise QuietError(
            "A quiet needs a reason.", 'Say who knows of it and why, such as "power work, Ana knows".'
        )
    if len(reason) > LONGEST_REASON:
        raise QuietError(f"The reason has more than {LONGEST_REASON} characters.", "Say it shorter.")
    if quiet.until <= now:
        raise QuietError(f"{when(quiet.until)} is over already.", f"Give a time to come. {EXAMPLE}")
    if quiet.until <= quiet.begins:
        raise QuietError("It would end before it begins.", "Give the end a later time than the beginning.")
    if quiet.until - now > FARTHEST:
        raise QuietError(f"{when(quiet.until)} is too far away.", f"At most {FARTHEST.days} days.")
    return replace(quiet, reason=reason)


def quiet_document(quiet: Quiet, now: datetime) -> dict[str, object]:
    """A quiet as programs read it. Its keys and their order are a contract."""
    return {
        "id": quiet.id,
        "queue": quiet.queue or None,
        "name": quiet.name or None,
        "site": quiet.site or None,
        "only": [condition.value for condition in quiet.only],
        "reason": quiet.reason,
        "by": quiet.by or None,
        "set_at": utc(quiet.set_at),
        "begins": utc(quiet.begins),
        "until": utc(quiet.until),
        "until_recovered": quiet.until_recovered.value if quiet.until_recovered else None,
        "on": quiet.is_on(now),
        "ended": None if quiet.ended is None else utc(quiet.ended),
        "ended_by": quiet.ended_by or None,
        "silenced": [
            {"at": utc(alert.at), "queue": alert.queue, "condition": alert.condition, "headline": alert.headline}
            for alert in quiet.silenced
        ],
    }
