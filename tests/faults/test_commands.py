"""Every fault, met by the command line: it ends with a sentence, loses no edit, and the log agrees."""

import asyncio
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keyring
import pytest
from anyio.from_thread import start_blocking_portal
from keyring.backends import fail

from queuewatch.change.apply import ResultKind
from queuewatch.cli import main
from queuewatch.journal.file import read_log
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import sandbox_app
from queuewatch.pbx.sandbox.writes import REQUIRE_AGENTS

from .catalogue import CATALOGUE, LONGER_PATIENCE, PATIENCE, SECRET, SEQUENCES
from .fault import Effect, Fault, Where
from .server import FaultyServer, faulty

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Ran(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]
Patience = Callable[[float], None]


@pytest.fixture
def far(pbx: SandboxPbx) -> Iterator[FaultyServer]:
    """The server in a loop of its own: a command has one, too."""
    serving = faulty(sandbox_app(pbx, token=SECRET))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(serving) as server:
        yield server


@pytest.fixture
def run(
    far: FaultyServer,
    pbx: SandboxPbx,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command against it, in a folder of its own."""
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    at_once = partial(RateLimiter, window=0.0, sleep=lambda seconds: asyncio.sleep(0))
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.RateLimiter", at_once)
    monkeypatch.setenv("QUEUEWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("QUEUEWATCH_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("QUEUEWATCH_DOMAIN", pbx.domain)
    monkeypatch.setenv("QUEUEWATCH_TOKEN", SECRET)

    def ran(*words: str) -> Ran:
        monkeypatch.setenv("QUEUEWATCH_URL", far.address)
        status = main(words)
        said = capsys.readouterr()
        return Ran(status, MOMENT.sub("", said.out), said.err)

    return ran


def check(fault: Fault, ran: Ran, tmp_path: Path) -> None:
    """That it ended as it should, whatever it was."""
    assert ran.status in (0, 1, 2, 3), fault.name
    assert "Traceback" not in ran.err, fault.name
    if ran.status:
        # What was left not known before is told first.
        nothing, *told = ran.err.split("queuewatch: ") if ran.err.startswith("queuewatch: ") else [ran.err]
        assert told, f"{fault.name}: {ran.err}"
        assert nothing == "", f"{fault.name}: {ran.err}"
        for sentence, _, hint in (one.partition("\n") for one in told):
            assert sentence.endswith("."), f"{fault.name}: {ran.err}"
            assert hint.count("\n") <= 1, f"{fault.name}: {ran.err}"
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(SECRET[:12] in text for text in (ran.out, ran.err, *written)), fault.name


def test_a_report_is_true_or_is_not_made(run: Run, far: FaultyServer, tmp_path: Path, patience: Patience) -> None:
    true = run("status", "8000", "--format", "csv")
    assert true.status == 0
    for fault in CATALOGUE:
        patience(PATIENCE if fault.slow else 10.0)
        far.break_down(fault, lambda method, path: "/callqueues" in path or "/agents" in path, applies=True)
        ran = run("status", "8000", "--format", "csv")
        check(fault, ran, tmp_path)
        if fault in SEQUENCES:
            # A command asks a second time: that may be answered.
            assert ran == true or ran.status == 3, fault.name
        elif fault.effect is Effect.TROUBLE:
            assert ran.status == 3, fault.name
        elif fault.effect is Effect.NONE:
            assert ran == true, fault.name
        assert (ran.out == "") == (ran.status != 0), fault.name
        far.recover()
    assert run("status", "8000", "--format", "csv") == true


AFTER = {
    ResultKind.CONFIRMED: ("new", 0, "(read back and confirmed)."),
    ResultKind.REFUSED: ("old", 1, "was not changed: "),
    ResultKind.UNCONFIRMED: ("old", 1, "but reading back still shows "),
    ResultKind.UNKNOWN: ("old", 1, " was changed is not known: "),
}
"""What a queue holds, how the command ends and what it says, for each that can become of an edit here."""


def test_no_edit_is_lost(run: Run, far: FaultyServer, pbx: SandboxPbx, tmp_path: Path, patience: Patience) -> None:
    queue, log = pbx.floor.queues["8000"], tmp_path / "state" / "changes.jsonl"
    # A third of them here, and another on the board; the campaign in benchmarks tries all of them on both.
    faults = [fault for fault in CATALOGUE[::3] if fault.where is Where.SERVER and fault not in SEQUENCES]
    for count, fault in enumerate(faults, start=1):
        # Every other one spoils the answer to a change that was made.
        applies, old = count % 2 == 0, str(queue[REQUIRE_AGENTS])
        new = "no" if old == "yes" else "yes"
        patience(LONGER_PATIENCE if fault.slow else 10.0)
        far.break_down(fault, lambda method, path: method == "PUT", applies=applies)
        ran = run("require-agents", "8000", new, "--yes")
        assert far.spoilt == 1
        far.recover()
        check(fault, ran, tmp_path)
        told = read_log(log)
        assert len(told.entries) == count
        assert not told.problems
        ended = told.entries[-1].ended
        assert ended is not None
        holds, status, words = AFTER[ResultKind(ended.outcome)]
        assert queue[REQUIRE_AGENTS] == {"old": old, "new": new}[holds], fault.name
        assert ran.status == status, fault.name
        assert words in ran.out + ran.err, fault.name
        assert ended.sentence in ran.out + ran.err, fault.name
        assert holds == ("new" if applies and not fault.denies else "old") or fault.effect is Effect.NONE
