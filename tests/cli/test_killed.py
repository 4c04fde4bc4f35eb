"""``kill -9`` at every step of an edit: the log and the phone system tell one story, and undo works."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from anyio import to_thread
from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queuewatch.journal import JournalEntry, read_log
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app

from .conftest import TOKEN, Ran, Run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a fork is what makes so many processes bearable")

FORWARD = ("when-offline", "8000", "2145550123", "--yes")
TOGGLE = ("require-agents", "8000", "no", "--yes")


@dataclass
class Gate:
    """The way into the phone system, at which a program is killed: before or after so many of its requests."""

    app: ASGIApp
    passed: list[str] = field(default_factory=list)
    at: int = 0
    before: bool = False
    victim: int = 0
    known: Event = field(default_factory=Event)
    """Set once it is known who is to be killed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.passed.append(scope["method"])
        if len(self.passed) != self.at:
            await self.app(scope, receive, send)
            return
        if not self.before:
            await self.app(scope, receive, self._nowhere)
        await to_thread.run_sync(self.known.wait)
        os.kill(self.victim, signal.SIGKILL)

    async def _nowhere(self, message: Message) -> None:
        pass


@dataclass
class Lab:
    """A phone system behind a gate, and a program that forks queuewatch commands."""

    pbx: SandboxPbx
    gate: Gate
    connection: dict[str, str]
    forking: "subprocess.Popen[str]"
    folder: Path
    original: object = None

    def held(self) -> object:
        """Everything the phone system holds."""
        return deepcopy({"queues": dict(self.pbx.floor.queues), "rules": self.pbx.rules})

    def changed(self) -> bool:
        """Whether it holds anything else than at first."""
        return self.held() != self.original

    def entries(self) -> tuple[JournalEntry, ...]:
        """What the log tells."""
        return read_log(self.folder / "changes.jsonl").entries

    def start_over(self) -> None:
        """An empty log, and no request yet; the phone system is as the last undo left it."""
        (self.folder / "changes.jsonl").unlink(missing_ok=True)
        self.gate.passed.clear()
        self.gate.at = 0
        self.original = self.held()

    def run(self, words: tuple[str, ...], die: tuple[int, str] | None = None) -> int:
        """Run a command in a process of its own; its exit status, or the signal that ended it, negative."""
        order = {"words": words, "environment": {"QUEUEWATCH_STATE": str(self.folder)}, "die": die}
        assert self.forking.stdin is not None
        assert self.forking.stdout is not None
        self.gate.known.clear()
        self.forking.stdin.write(f"{json.dumps(order)}\n")
        self.forking.stdin.flush()
        self.gate.victim = int(self.forking.stdout.readline())
        self.gate.known.set()
        return int(self.forking.stdout.readline())


@pytest.fixture(scope="module")
def open_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One phone system and one forking program for all that is killed here."""
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        pbx = SandboxPbx(load_sample("lakeside"))
        gate = Gate(sandbox_app(pbx, token=TOKEN))
        address = stack.enter_context(portal.wrap_async_context_manager(running(gate)))
        connection = {"QUEUEWATCH_URL": address, "QUEUEWATCH_DOMAIN": pbx.domain, "QUEUEWATCH_TOKEN": TOKEN}
        forking = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.cli.forking"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, **connection, "QUEUEWATCH_CONFIG": os.devnull},
            )
        )
        yield Lab(pbx, gate, connection, forking, tmp_path_factory.mktemp("state"))
        assert forking.stdin is not None
        forking.stdin.close()


@pytest.fixture
def lab(open_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The lab, with this process connected to its phone system as well, for the undo."""
    for name, value in {**open_lab.connection, "QUEUEWATCH_STATE": str(open_lab.folder)}.items():
        monkeypatch.setenv(name, value)
    return open_lab


def tell_one_story(lab: Lab) -> str:
    """Hold the log against the phone system; what became of the edit, in one word."""
    entries = lab.entries()
    if not entries:
        assert not lab.changed()
        assert set(lab.gate.passed) <= {"GET"}
        return "not begun"
    (entry,) = entries
    if entry.ended is None:
        return "not known"
    assert entry.outcome == "confirmed"
    assert lab.changed()
    return entry.outcome


def undo(lab: Lab, run: Run, story: str) -> None:
    """Whatever was the story, undo leaves everything as it was at first, and says what it did."""
    lab.gate.at = 0
    changed = lab.changed()
    ran: Ran = run("undo", "--yes")
    assert not lab.changed()
    match story, changed:
        case "not begun", _:
            assert (ran.status, "that could be undone" in ran.err) == (2, True)
        case _, False:
            assert (ran.status, ran.err) == (0, "")
            assert "nothing to undo" in ran.out
        case _:
            assert (ran.status, ran.err) == (0, "")
            assert "read back and confirmed" in ran.out
            assert [entry.edit.undoes for entry in lab.entries()] == ["", "1"]


def test_killed_at_every_request(lab: Lab, run: Run) -> None:
    for words, first in ((FORWARD, 1), (TOGGLE, -5)):
        lab.start_over()
        assert lab.run(words) == 0
        requests = len(lab.gate.passed)
        assert lab.gate.passed[-4:] == ["GET", "PUT", "GET", "GET"]
        undo(lab, run, tell_one_story(lab))
        stories: list[str] = []
        for at in range(first if first > 0 else requests + first, requests + 1):
            # While it only reads, one request later is the same as just after this one.
            for before in (True, False) if at > requests - 6 else (True,):
                lab.start_over()
                lab.gate.at, lab.gate.before = at, before
                assert lab.run(words) == -signal.SIGKILL
                stories.append(tell_one_story(lab))
                undo(lab, run, stories[-1])
        # The log is begun before the first of the last four requests, and ended after the last.
        assert stories == ["not begun"] * (len(stories) - 8) + ["not known"] * 8


@pytest.mark.parametrize(
    ("call", "how", "story"),
    [
        (1, "before", "not begun"),
        (1, "torn", "not begun"),
        (1, "after", "not known"),
        (2, "before", "not known"),
        (2, "after", "not known"),
        (3, "after", "not known"),
        (4, "before", "not known"),
        (4, "torn", "not known"),
        (4, "after", "confirmed"),
        (5, "after", "confirmed"),
    ],
)
def test_killed_at_every_step_of_writing_the_log(lab: Lab, run: Run, call: int, how: str, story: str) -> None:
    lab.start_over()
    assert lab.run(FORWARD, (call, how)) == -signal.SIGKILL
    assert tell_one_story(lab) == story
    assert lab.changed() is (call > 3)
    undo(lab, run, story)
