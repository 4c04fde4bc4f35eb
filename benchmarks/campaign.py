"""Every fault of the catalogue through the client, the commands and a running board, and what became of each.

The tests try a part of this at every change; here nothing is left out.
"""

import asyncio
import contextlib
import io
import os
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from itertools import product
from pathlib import Path
from unittest import mock

from anyio.from_thread import start_blocking_portal
from msgspec.structs import replace

from queuewatch.app.app import QueuewatchApp
from queuewatch.change import Change
from queuewatch.change.apply import TOLD_AFTER
from queuewatch.cli import main
from queuewatch.journal.file import read_log
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.samples import Row
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.pbx.sandbox.writes import REQUIRE_AGENTS
from tests.faults.catalogue import CATALOGUE, LARGEST, PATIENCE, SECRET
from tests.faults.fault import Effect, Fault, Where
from tests.faults.late_writes import CELL, DELAYS, GIVES_UP, TOGGLE, Desk, play
from tests.faults.odd_files import NO_FILES, brackets, zeros
from tests.faults.server import FaultyServer, faulty
from tests.faults.test_board import POLLS, board
from tests.faults.test_client import domain
from tests.tui.keys import banner, painted, until
from tests.tui.phone_system import only

SAMPLES = Path(__file__).parents[1] / "sample_data"
QUEUE = "8000"
OFFLINE = "forward-when-unregistered"
Hits = Callable[[str, str], bool]


def _after_the_write() -> Hits:
    written = False

    def hits(method: str, path: str) -> bool:
        nonlocal written
        written = written or method == "PUT"
        return written and method == "GET"

    return hits


SPOILT_AT: dict[str, tuple[Callable[[], Hits], bool]] = {
    "the write, which is made": (lambda: lambda method, path: method == "PUT", True),
    "the write, which is not made": (lambda: lambda method, path: method == "PUT", False),
    "every reading": (lambda: lambda method, path: method == "GET", True),
    "every reading after the write": (_after_the_write, True),
}
"""Which requests of an edit meet the fault, and whether a write among them is carried out."""
FIELD = {"require-agents": REQUIRE_AGENTS, "when-offline": OFFLINE}
VALUES = {"require-agents": ("yes", "no"), "when-offline": ("12145550100", "9725550188")}
"""The two edits there are, and what is set in turn."""
SAYS = {"confirmed": "new", "refused": "old", "not sent": "old", "unconfirmed": "old", "moved": "old"}
"""What an edit that is said to have ended so leaves behind; after any other, either may be there."""


@dataclass
class Found:
    """What the campaign found."""

    faults: int = len(CATALOGUE)
    requests: Counter[str] = field(default_factory=Counter)
    commands: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    """Writes that landed late, by what was said of them in the end."""
    files: Counter[str] = field(default_factory=Counter)
    """Commands that found something odd in the place of a file."""
    board: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    texts: int = 0
    """How many outputs, files and screens were searched for secrets."""

    def search(self, where: str, *texts: str) -> None:
        """Look for the planted token, or the beginning of it."""
        self.texts += len(texts)
        if any(SECRET[:12] in text for text in texts):
            self.secrets.append(where)


@contextlib.contextmanager
def limits() -> Iterator[None]:
    """Little patience, small answers, no pauses, so that every fault reaches its limit soon."""
    defaults = NetsapiensDomain.__init__.__kwdefaults__
    assert defaults is not None
    at_once = partial(RateLimiter, window=0.0, sleep=lambda seconds: asyncio.sleep(0))
    with (
        mock.patch("queuewatch.pbx.netsapiens.http.LARGEST_BODY", LARGEST),
        mock.patch("queuewatch.pbx.netsapiens.client.MOST_PAGES", 5),
        mock.patch("queuewatch.pbx.netsapiens.rate_limit.RETRY_PAUSES", (0.0,)),
        mock.patch("queuewatch.pbx.netsapiens.rate_limit.RateLimiter", at_once),
        # The package offers a function of the module's name.
        mock.patch.object(import_module("queuewatch.change.apply"), "READ_BACK_PAUSE", 0),
        mock.patch.dict(defaults, timeout=PATIENCE),
    ):
        yield


async def ask_as_client(found: Found) -> None:
    """Every fault, met by the client."""
    pbx = SandboxPbx(only(QUEUE))
    async with faulty(sandbox_app(pbx, token=SECRET)) as server:
        for fault in CATALOGUE:
            server.break_down(fault, applies=False)
            system = domain(server, pbx)
            requests: dict[str, Callable[[], object]] = {
                "live": system.read_live,
                "stored": partial(system.read_stored_queue, QUEUE),
                "rules": partial(system.read_rules, QUEUE),
                "users": system.read_users,
                "devices": partial(system.read_devices, "1001"),
                "identity": system.read_identity,
                "write": partial(system.write_require_agents, QUEUE, True),
            }
            for name, request in requests.items():
                try:
                    await request()  # type: ignore[misc]
                    found.requests["read all the same"] += 1
                except PbxError as error:
                    found.requests["a sentence"] += 1
                    found.search(f"{fault.name}: {name}", "".join(traceback.format_exception(error)) + error.hint)
                except Exception as error:
                    found.crashes.append(f"{fault.name}, {name}: {error!r}")
            await system.close()


def run_commands(found: Found) -> None:
    """Every fault, met by a report and by edits."""
    pbx = SandboxPbx(only(QUEUE))
    serving = faulty(sandbox_app(pbx, token=SECRET))
    with (
        tempfile.TemporaryDirectory() as folder,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serving) as server,
    ):
        surroundings = {
            "QUEUEWATCH_STATE": str(Path(folder) / "state"),
            "QUEUEWATCH_CONFIG": str(Path(folder) / "config.toml"),
            "QUEUEWATCH_DOMAIN": pbx.domain,
            "QUEUEWATCH_TOKEN": SECRET,
        }
        with mock.patch.dict(os.environ, surroundings):
            for fault in CATALOGUE:
                server.break_down(fault, applies=True)
                status, _ = _run(found, server, fault, "status", "--json")
                found.commands[f"status {status}"] += 1
                server.recover()
            server_faults = [fault for fault in CATALOGUE if fault.where is Where.SERVER]
            for kind in VALUES:
                for (where, (hits, applies)), fault in product(SPOILT_AT.items(), server_faults):
                    server.break_down(fault, hits(), applies=applies)
                    _edit(found, server, pbx, fault, where, kind)
        files = [path.read_text() for path in Path(folder).rglob("*") if path.is_file()]
        found.search("the files in the state folder", *files)


def _run(found: Found, server: FaultyServer, fault: Fault, *words: str) -> tuple[int, str]:
    os.environ["QUEUEWATCH_URL"] = server.address
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    said = out.getvalue() + err.getvalue()
    found.search(f"{fault.name}: {words[0]}", out.getvalue(), err.getvalue())
    if status not in (0, 1, 2, 3) or "Traceback" in said:
        found.crashes.append(f"{fault.name}: {words[0]} ended with {status}")
    return status, said


def _edit(found: Found, server: FaultyServer, pbx: SandboxPbx, fault: Fault, where: str, kind: str) -> None:
    """One edit, and whether what is said of it agrees with what is there."""
    before, log = deepcopy(_held(pbx, kind)), Path(os.environ["QUEUEWATCH_STATE"]) / "changes.jsonl"
    old = _value(before, kind)
    new = next(value for value in VALUES[kind] if value != old)
    logged = len(read_log(log).entries)
    status, said = _run(found, server, fault, kind, QUEUE, new, "--yes")
    server.recover()
    after = _held(pbx, kind)
    holds = {old: "old", new: "new"}.get(_value(after, kind), "neither")
    story = read_log(log)
    entry = story.entries[-1] if len(story.entries) > logged else None
    outcome = "not begun" if entry is None else entry.ended.outcome if entry.ended else "not ended"
    found.edits["attempted"] += 1
    found.edits[outcome] += 1
    where = f"{kind}, {fault.name}, at {where}: {outcome}"
    if entry is None and holds != "old":
        found.lost.append(f"{where}, changed without a record")
    if entry is not None and holds != SAYS.get(outcome, holds):
        found.lost.append(f"{where}, and the setting is {holds}")
    if (status == 0) != (outcome == "confirmed") or (entry and entry.ended and entry.ended.sentence not in said):
        found.lost.append(f"{where}, and the command said something else")
    others = {name for name in before if name != FIELD[kind] and before[name] != after.get(name)}
    if others or story.problems:
        found.lost.append(f"{where}, and {others or story.problems} changed")


def _held(pbx: SandboxPbx, kind: str) -> Row:
    """The queue or the rule that an edit is about, as the phone system holds it."""
    return pbx.floor.queues[QUEUE] if kind == "require-agents" else pbx.rules[QUEUE][0]


def _value(held: Row, kind: str) -> str:
    value = held[FIELD[kind]]
    return str(value["parameters"][0] if isinstance(value, dict) else value)


def wait_for_late_writes(found: Found) -> None:
    """Every way to lose an answer, and the write carried out at once, later, much later or never."""
    changes: tuple[Change, ...] = (CELL, TOGGLE)
    for fault, change, late in product(GIVES_UP, changes, (*DELAYS, 300.0, None)):
        with tempfile.TemporaryDirectory() as folder:
            play(partial(_wait, found, change, late), Path(folder), replace(fault, late=late))


async def _wait(found: Found, change: Change, late: float | None, desk: Desk) -> None:
    at_once, told = str((await desk.change(change)).kind), [at for at, _, _ in desk.told]
    await asyncio.sleep(3600)
    await desk.start_again()
    ended = desk.entry.ended
    outcome = ended.outcome if ended else "not ended"
    found.late["tried"] += 1
    found.late[f"{at_once} within a minute"] += 1
    found.late[f"{outcome} in the end"] += outcome != at_once
    right = ("confirmed" if late in DELAYS else "unknown", "not made" if late is None else "confirmed")
    if (at_once, outcome) != right or told not in ([], [TOLD_AFTER]):
        found.lost.append(f"a write carried out after {late} s: {at_once}, then {outcome}, told at {told}")


ODD_PLACES: dict[str, tuple[str, ...]] = {
    "config.toml": ("status",),
    "state/changes.jsonl": ("log", "--all-servers"),
    "state/history/history.db": ("--url", "http://127.0.0.1:9", "--domain", "acme.example", "history"),
    "state/sessions/acme.json": ("--profile", "acme", "status"),
    "recorded/callqueues.json": ("status", "--sample", "recorded"),
    "recorded/company.toml": ("status", "--sample", "recorded"),
    "recorded/dialrules.json": ("status", "--sample", "recorded"),
    "recorded/history.jsonl": ("history", "--sample", "recorded"),
    "recorded/scenarios/quiet.toml": ("watch", "--at-once", "1", "--scenario", "quiet", "--sample", "recorded"),
    "state/quiet.json": ("--profile", "acme", "quiet", "--list"),
    "plans/storm.toml": ("plan", "--sample", "recorded", "plans/storm.toml"),
    "promises.toml": ("test", "--sample", "recorded", "promises.toml"),
    "user.creds": ("--nats", "nats://127.0.0.1:9", "--nats-creds", "user.creds", "fleet", "--json"),
}
"""Files that queuewatch reads, and a command that reads each."""
PROFILE = '[profiles.acme]\nurl = "http://127.0.0.1:9"\ndomain = "acme.example"\n'


def stumble_over_files(found: Found) -> None:
    """Every odd thing in the place of every file: a sentence and a status, never a wait."""
    for (place, words), make in product(ODD_PLACES.items(), (*NO_FILES, brackets, zeros)):
        with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
            shutil.copytree(SAMPLES / "harbor", "recorded")
            Path("config.toml").write_text(PROFILE)
            path = Path(place)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            make(path)
            err = io.StringIO()
            surroundings = {"QUEUEWATCH_CONFIG": "config.toml", "QUEUEWATCH_STATE": "state"}
            with (
                mock.patch.dict(os.environ, surroundings),
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(err),
            ):
                status = main([word if word != "recorded" else "./recorded" for word in words])
        found.files["tried"] += 1
        # A log that tells nothing is still a log; what it holds is said beside it.
        told = err.getvalue().startswith("queuewatch: ") and status in (0, 2)
        found.files["told in a sentence, without waiting"] += told
        if not told:
            found.crashes.append(f"{make.__name__} as {place}: status {status}, {err.getvalue()!r}")


async def watch_on_a_board(found: Found) -> None:
    """Every fault, one after the other, met by one running board."""
    pbx = SandboxPbx(only(QUEUE))
    async with faulty(sandbox_app(pbx, token=SECRET)) as server, board(server, pbx) as (pilot, hand):
        app = pilot.app
        assert isinstance(app, QueuewatchApp)
        for fault in CATALOGUE:
            good = app.session.state
            server.break_down(fault, applies=True)
            hand.turn()
            await until(pilot, lambda: hand.at_rest, "it was read")
            bad = app.session.state
            troubled = fault.effect is Effect.TROUBLE
            told = bool(banner(pilot)) == (fault.effect is not Effect.NONE)
            kept = bad.snapshot == good.snapshot or not troubled
            found.search(f"{fault.name}: the board", "\n".join(painted(app)), app.export_screenshot())
            server.recover()
            for _ in range(POLLS):
                hand.turn()
                await until(pilot, lambda: hand.at_rest, "it was read")
            recovered = app.session.state.trouble is None and not banner(pilot)
            for name, holds in (("told", told), ("kept", kept), ("recovered", recovered)):
                found.board[name] += holds
            if not (told and kept and recovered):
                found.lost.append(f"{fault.name}: the board")


def campaign() -> Found:
    """All of it."""
    found = Found()
    wait_for_late_writes(found)
    stumble_over_files(found)
    with limits():
        asyncio.run(ask_as_client(found))
        run_commands(found)
        asyncio.run(watch_on_a_board(found))
    return found
