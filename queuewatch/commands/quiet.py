"""``queuewatch quiet``: tell nobody of a queue's or a site's alerts for a time, list what is quiet, or end it."""

import argparse
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from queuewatch.alerts.conditions import Condition
from queuewatch.alerts.quiet import (
    UNTIL_RECOVERED,
    Quiet,
    QuietError,
    quiet_document,
    read_time,
    renewed,
    when,
    worst_standing,
)
from queuewatch.commands import errors
from queuewatch.commands.connecting import asked, connect_once, over
from queuewatch.commands.errors import UsageError
from queuewatch.commands.reading import read_queues
from queuewatch.connection.resolve import address_and_domain, chosen_profile, quiets_on_disk
from queuewatch.failover.lookup import find_site
from queuewatch.failover.places import queue_site
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.sites import site_key
from queuewatch.process.background import run_loop
from queuewatch.storage.folder import os_user
from queuewatch.text.plain_text import harmless_document, one_line

if TYPE_CHECKING:
    from queuewatch.alerts.quiet_file import QuietBook
    from queuewatch.connection.connection import Connection
    from queuewatch.failover.model import Snapshot


def run(options: argparse.Namespace) -> int:
    """Put quiet, list, end or renew, whichever was asked for."""
    _check(options)
    try:
        if options.end or options.renew:
            _change_kept(options)
        elif options.list:
            _list(_kept(options), options)
        else:
            _put_quiet(options)
    except QuietError as error:
        raise UsageError(str(error), error.hint) from None
    return errors.DONE


def _check(options: argparse.Namespace) -> None:
    """Raises :class:`UsageError` for options that do not go together, before anything is read."""
    ways = [bool(options.list), bool(options.end), bool(options.renew), bool(options.queues or options.site)]
    if sum(ways) != 1:
        raise UsageError(
            "Say what is to be quiet, or one of --list, --end and --renew.",
            "Such as queuewatch quiet Sales --until 2h --reason 'power work, Ana knows'.",
        )
    setting = {"--from": options.begins, "--until": options.until, "--reason": options.reason}
    if not ways[3]:
        given = [name for name, value in setting.items() if value] + [
            "--until-recovered"
        ] * options.until_recovered
        if given or options.only:
            raise UsageError(
                f"{(given or ['--only'])[0]} is for putting something quiet.", "Name a queue, or --site."
            )
        return
    if options.queues and options.site:
        raise UsageError("A queue and a site are two things to put quiet.", "Give the command twice.")
    if bool(options.until) == options.until_recovered:
        raise UsageError("Say how long: --until T, or --until-recovered.", "Such as --until 2h, or --until 16:30.")
    if options.begins and options.until_recovered:
        raise UsageError("--from begins a window, and a window has an end.", "Give --until instead.")


def _kept(options: argparse.Namespace) -> "QuietBook":
    """What is kept on this machine of the domain that is asked about. No phone system is asked."""
    wishes = asked(options)
    profile = chosen_profile(wishes, os.environ)
    server, domain = address_and_domain(wishes, os.environ) or (profile.url, profile.domain)
    return quiets_on_disk(os.environ, server, domain)


def _change_kept(options: argparse.Namespace) -> None:
    book, now = _kept(options), datetime.now(UTC)
    for number in options.end:
        quiet = book.end(number, os_user(), now)
        _say(f"No longer quiet: {quiet.subject}.")
    for number in options.renew:
        quiet = book.renew(number, lambda quiet: renewed(quiet, now), now)
        _say(f"Quiet {number} lasts {quiet.lasts}: {quiet.subject}.")


def _put_quiet(options: argparse.Namespace) -> None:
    connection = connect_once(options)
    now = connection.clock()
    begins = read_time(options.begins, now) if options.begins else now
    until = read_time(options.until, begins) if options.until else now + UNTIL_RECOVERED
    only = tuple(dict.fromkeys(Condition(word.replace("-", "_")) for word in options.only))
    wanted = Quiet(options.reason, begins, until, only=only, by=os_user())
    snapshot, queues = run_loop(
        over(connection, lambda system: read_queues(system, options.queues, connection.site_facts))
    )
    if options.site:
        found = [_site(snapshot, replace(wanted, site=find_site(snapshot, options.site)), connection)]
    else:
        found = [replace(wanted, queue=queue.extension, name=queue.name) for queue in queues]
    judgements = judge_all(snapshot)
    if options.until_recovered:
        found = [replace(quiet, until_recovered=worst_standing(quiet, snapshot, judgements)) for quiet in found]
        for quiet in found:
            if not quiet.until_recovered:
                raise UsageError(
                    f"Nothing is wrong with {quiet.subject} that could recover.", "Give --until a time instead."
                )
    book = connection.quiets()
    for quiet in found:
        kept = book.add(quiet, now)
        since = f"from {when(kept.begins)} " if kept.begins > now else ""
        _say(f"Quiet {kept.id}: {kept.subject}, {since}{kept.lasts}. queuewatch quiet --end {kept.id} ends it.")
    if any(quiet.until_recovered not in (None, Condition.REACHES_NOBODY) and not quiet.only for quiet in found):
        print("An outage would be quiet, too: --only leaves it loud, such as --only not-ready.")
    if connection.is_sample:
        print("This is sample data: it is kept nowhere.")


def _site(snapshot: "Snapshot", quiet: Quiet, connection: "Connection") -> Quiet:
    """The same, if a queue is there at all: else nobody would ever notice that nothing is quiet."""
    here = (
        queue for queue in snapshot.call_queues if site_key(queue_site(snapshot, queue)) == site_key(quiet.site)
    )
    if next(here, None) is None:
        raise UsageError(f"{connection.title} has no queue at {quiet.site}.", "Name the queues that ring there.")
    return quiet


def _list(book: "QuietBook", options: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    quiets = [quiet for quiet in book.quiets() if options.all or quiet.ends > now]
    if book.problem:
        raise QuietError(book.problem, "Everybody is told as ever until it can be.")
    if options.format == "json":
        document = {"quiet": [quiet_document(quiet, now) for quiet in quiets]}
        print(json.dumps(harmless_document(document), indent=2))
    elif not quiets:
        print("Nothing is quiet.")
    else:
        print("\n".join(_lines(quiets, now)))


def _lines(quiets: Iterable[Quiet], now: datetime) -> Iterable[str]:
    for quiet in quiets:
        if quiet.is_on(now):
            state = quiet.lasts
        elif quiet.begins > now:
            state = f"planned, from {when(quiet.begins)} {quiet.lasts}"
        else:
            state = f"over since {when(quiet.ends)}{f' ({quiet.ended_by})' if quiet.ended_by else ''}"
        yield one_line(f"{quiet.id:>3}  {quiet.subject}: {state}")
        yield one_line(f"     {quiet.reason} ({quiet.by or 'not known who'}, {when(quiet.set_at)})")
        for alert in quiet.silenced:
            yield one_line(f"     not told: {when(alert.at)} {alert.headline}")


def _say(text: str) -> None:
    print(one_line(text))
