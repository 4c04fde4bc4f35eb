"""From the figures of the reliability campaign to the page that tells them."""

from collections.abc import Iterator
from typing import Any

PROMISES = """\
## What is not promised

- **The moment between the last reading and the write.** The API has no "change this only if it is still that".
  What somebody changes in the portal between queuewatch's last reading and its write, some tenths of a second
  commonly, can be written over. Two queuewatches tell it: both look again two seconds after a change shows. The
  portal does not. An answering rule is written whole, so any part of it may be concerned; Require Agents is
  written alone.
- **A server that says no and does it all the same.** A refusal in so many words (400, 401, 403, 404, 409) is
  believed and not read back. After every other answer, and after none, what is there is read.
- **A change that lands later than ten minutes.** One whose answer was lost, and which does not show ten minutes
  after it was sent, is said not to have been made. A server that carries it out even later is not found out.
- **A server that says yes to another question.** A list that is well-formed and wrong cannot be told from a
  true one. A 404 "not found" in place of a list counts as an empty list, as live servers send it.
- **The renewal of a session.** A refresh token is good once. If the program is killed, or the line cut, after
  the server has made a new one and before it is kept here, the session is lost: sign in again.
- **The moment of an outage.** A phone that loses its power looks online until its registration runs out, up to
  five minutes. Until then queuewatch shows what the phone system shows.
- **Times.** Registrations end by the server's clock, and "as of" is this machine's. Their difference is told by
  `queuewatch doctor` and not corrected.
- **Waking up.** After this machine slept, up to two seconds pass before that is noticed; then the picture is
  marked as old until it has been read again. On Windows, waking has not been tried.
- **The load.** Boards of one account on one machine share the pace of one, up to 16 of them. Boards on other
  machines or under other accounts, commands, and other programs come on top of it. A board that was stopped
  (Ctrl+Z) keeps its share.
- **Authorities.** Trusted are those in the system's own files, those of `certifi`, and those that `SSL_CERT_FILE`
  and `SSL_CERT_DIR` name. What an administrator put into the keychain of macOS is in no file: name it in
  `SSL_CERT_FILE`. Of a certificate that comes alone and does not say where its issuer's is to be had, nobody can
  tell a server that leaves one out from an authority that is not known: both are said.
- **Proxies.** Ranges of addresses of version 6 in `NO_PROXY` are refused rather than read in one way of several.
  Events (`--push`) go through a proxy that speaks HTTP, and through no other.
- **Where a list never ends.** After 200 pages or 50,000 rows it is taken for not known, and that is said.
- **Windows.** Locks among several programs are written for it and were not tried on it.
- **What was not tried.** All of this ran against the sandbox. A real server may fail in a way that nobody
  thought of here.
"""


def page(figures: dict[str, Any]) -> str:
    """The page, in Markdown."""
    parts = (
        _head(figures),
        _campaign(figures["campaign"]),
        _input(),
        _stalled(figures.get("stalled", [])),
        _soaks(figures["soaks"]),
        _before(figures),
    )
    return "\n".join([*(line for part in parts for line in part), PROMISES])


def _input() -> Iterator[str]:
    """What comes in by other ways than from the phone system. Tests hold each: only how many is told."""
    from tests.connection.test_certificates import CASES, PLACES
    from tests.connection.test_environment import BAD
    from tests.netsapiens.test_kept_connections import LISTS
    from tests.sandbox.test_as_a_server import BODIES, ODD
    from tests.text.test_exits import COMMANDS, TEXTS

    yield "## What comes in by other ways"
    yield ""
    yield "The tests try these on every change, and none may fail."
    yield ""
    yield "| | |"
    yield "| --- | ---: |"
    for what, count in (
        (
            "Values of the environment that hinder requests: exit 2, and a sentence that names the variable",
            len(BAD),
        ),
        ("… each of them told by `doctor` as well", len(BAD)),
        (f"Certificates and old encryption, told apart in {len(PLACES)} places", (len(CASES) + 1) * len(PLACES)),
        (f"Commands on names full of {', '.join(TEXTS)}", len(COMMANDS)),
        ("Bodies, subscriptions and messages that nobody means, sent to the sandbox", len(BODIES) * 2 + len(ODD)),
        ("Lists that come to no end", len(LISTS) * 2),
    ):
        yield f"| {what} | {count} |"
    yield ""


def _head(figures: dict[str, Any]) -> Iterator[str]:
    yield "# Reliability"
    yield ""
    yield "What becomes of queuewatch, and of a phone system's settings, when things go wrong, all of it measured."
    yield "`python -m benchmarks.reliability` makes this page anew, on the sandbox that comes with the program."
    yield ""
    yield f"Version {figures['version']}, {figures['on']}, {figures['machine']}, busy with other work as well."
    yield f"The faults took {figures['campaign_seconds']:.0f} seconds."
    yield ""


def _campaign(found: dict[str, Any]) -> Iterator[str]:
    requests, commands, edits, board = (found[name] for name in ("requests", "commands", "edits", "board"))
    late, files = found.get("late", {}), found.get("files", {})
    rest = {name: count for name, count in edits.items() if name not in ("attempted", "confirmed", "refused")}
    yield "## Faults"
    yield ""
    yield "Odd status codes, pages and junk in place of data, broken compression and framing, connections refused,"
    yield "reset, cut off or dripping, certificates, and several in turn. `tests/faults/catalogue.py` has them."
    yield ""
    yield "| | |"
    yield "| --- | ---: |"
    rows: list[tuple[str, object]] = [
        ("Faults tried", found["faults"]),
        ("Crashes", len(found["crashes"])),
        ("Requests under a fault, by the client", sum(requests.values())),
        ("… that ended in a sentence and a hint", requests.get("a sentence", 0)),
        ("… that were answered well all the same", requests.get("read all the same", 0)),
        ("Reports under a fault (`status`)", sum(commands.values())),
        ("… that ended with status 3 and a sentence", commands.get("status 3", 0)),
        ("… that were made, with what was not understood said in them", commands.get("status 0", 0)),
        ("Edits attempted under a fault", edits["attempted"]),
        ("… confirmed by reading back", edits.get("confirmed", 0)),
        ("… refused, and the old setting there", edits.get("refused", 0)),
        *((f"… {name}", count) for name, count in sorted(rest.items())),
        ("Edits lost: made and not told, told and not made, or more changed than was told", len(found["lost"])),
        ("Writes whose answer was lost, carried out at once, later or never", late.get("tried", 0)),
        *((f"… {name}", count) for name, count in sorted(late.items()) if name != "tried" and count),
        ("Odd things in the place of a file", files.get("tried", 0)),
        *((f"… {name}", count) for name, count in sorted(files.items()) if name != "tried"),
        ("Faults met by one running board", found["faults"]),
        ("… told, or rightly not", board["told"]),
        ("… with the last picture kept", board["kept"]),
        ("… recovered from, within two polls", board["recovered"]),
        ("Outputs, errors, files and screens searched for the planted token", found["texts"]),
        ("Secrets found", len(found["secrets"])),
    ]
    yield from (f"| {what} | {count:,} |" for what, count in rows)
    yield ""
    yield "Each of the two edits was tried with the fault on the write, made and not made, on every reading,"
    yield "and on every reading after the write. “Not begun” is an edit that ended before anything was sent,"
    yield "since what was to be changed could not be read. “Unconfirmed” is one that was accepted and that"
    yield "reading back did not show, “spoiled” one where other settings read back differently, which here was"
    yield "the fault's doing. After an “unknown” one either may be there, and that is said: it is looked for until"
    yield "a minute is over, and again whenever queuewatch is started, until the new value shows or ten minutes"
    yield "are over. The lost answers are 429, 500, 502, 503, 504, a gateway's page, and none within 15 seconds;"
    yield "`tests/faults/late_writes.py` has them. A pipe, a socket, a folder, a link, brackets without end and"
    yield "zeros without end each stood in the place of the profiles, the log, the history, a session, what is"
    yield "quiet, a plan, what must hold, a broker's credentials, and each sort of file of a recording"
    yield "(`tests/faults/odd_files.py`)."
    yield ""
    for what in ("crashes", "lost", "secrets"):
        yield from (f"- **{what}:** {one}" for one in found[what])


def _stalled(endings: list[dict[str, Any]]) -> Iterator[str]:
    if not endings:
        return
    yield "## Terminals that are not read"
    yield ""
    yield "A network that has stalled, a tmux that was stopped, Ctrl+S: nobody takes what is written, here for"
    yield "ten seconds. A board or a watch behind it goes on asking the phone system, alerting and writing its"
    yield "history. Frames of the board are left out, and once the terminal reads again the screen is drawn"
    yield "whole. Lines of `watch` wait, a megabyte of them at most; those left out are counted on the error"
    yield "stream. Told to end by SIGTERM, by SIGHUP or by closing the terminal, both end within three seconds,"
    yield "whatever holds them up: the time runs outside the event loop. What was not read of the last frame"
    yield "gives way to the sequences that put the terminal back."
    yield ""
    yield "| | Terminal | Asked meanwhile | Told to end by | Gone after | Settings as found |"
    yield "| --- | --- | ---: | --- | ---: | --- |"
    for one in endings:
        seconds = "never" if one["seconds"] is None else f"{one['seconds']:.1f} s"
        as_found = {True: "yes", False: "**no**", None: ""}[one["as_found"]]
        yield (
            f"| {one['program']} | {one['state']} | {one['polls']} times | {one['end']} | {seconds} | {as_found} |"
        )
    yield ""


def _before(figures: dict[str, Any]) -> Iterator[str]:
    """What was found on 2026-11-28 by whoever looked for what nobody had listed, and what is measured now."""
    unread = [one for one in figures.get("stalled", []) if one["program"] == "board" and one["state"] != "read"]
    late, found = figures["campaign"].get("late", {}), figures["campaign"]
    if not unread or not late:
        return
    slowest = max((one["seconds"] for one in unread if one["seconds"] is not None), default=0.0)
    ended = sum(one["seconds"] is not None for one in unread)
    wrongly = sum("a write carried out after" in lost for lost in found["lost"])
    yield "## Before and now"
    yield ""
    yield "What a second look found on 2026-11-28, beside what is measured now."
    yield ""
    yield "| | Then | Now |"
    yield "| --- | --- | --- |"
    yield (
        "| A board whose terminal is not read, told to end | never gone, at 26 % of a core "
        f"| {ended} of {len(unread)} gone, the last after {slowest:.1f} s |"
    )
    yield (
        "| Requests of such a board | none once 25 seconds had passed "
        f"| {min(one['polls'] for one in unread)} at least in ten seconds |"
    )
    yield f"| Writes that land after their answer was lost, told wrongly | 6 of 6 | {wrongly} of {late['tried']} |"
    now = "[an hour of it](performance.md)"
    yield f"| Growth of a board at a poll a second, agents flapping | 0.33 MiB a minute, no end seen | {now} |"
    yield f"| Growth of a watch, the same | 0.9 MiB a minute, no end seen | {now} |"
    yield ""


def _soaks(soaks: list[dict[str, Any]]) -> Iterator[str]:
    yield "## Minutes at a high rate"
    yield ""
    yield "A board that polls up to twenty times in a second, a hundred times as fast as usual, with a fault every"
    yield "other second and an agent who comes or goes every second. Each run is a process of its own. Memory is"
    yield "read after a full collection; the sandbox runs in the same process and is measured with it."
    yield "What grew in Python's own memory was looked at in another such run: the caches of Textual and Rich,"
    yield "which have a limit."
    yield ""
    for run in soaks:
        first, last = run["samples"][1], run["samples"][-1]
        polls, minutes = last["polls"] - first["polls"], (last["seconds"] - first["seconds"]) / 60
        after = "showed the phone system as it was" if run["recovered"] else "did not recover"
        how = run["how"][0].upper() + run["how"][1:]
        yield f"**{how}**: {last['polls']:,} polls, {run['faults']} faults; afterwards it {after}."
        yield ""
        yield "| Seconds | Polls | Memory (RSS) | Python's own | Open files | Tasks |"
        yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
        for sample in _some(run["samples"]):
            traced = f"{sample['traced'] / 2**20:.1f} MiB" if sample["traced"] else ""
            yield (
                f"| {sample['seconds']:.0f} | {sample['polls']:,} | {sample['rss'] / 2**20:.1f} MiB | {traced} | "
                f"{sample['files']} | {sample['tasks']} |"
            )
        yield ""
        grown = (last["rss"] - first["rss"]) / 1024
        yield f"From the second line to the last: {grown:+,.0f} KiB in {minutes:.1f} minutes and {polls:,} polls."
        yield ""


def _some(samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Few enough to be read, the first two and the last among them."""
    step = max(1, (len(samples) - 1) // 5)
    return [*samples[:2], *samples[1 + step : -1 : step], samples[-1]]
