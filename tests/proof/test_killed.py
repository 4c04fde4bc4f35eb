"""Real processes: ``queuewatch prove`` is killed at every request, told to end, and its guard killed as well."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from anyio import to_thread

from queuewatch.journal import ProofEntry, read_log
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from tests.alerts.waiting import eventually

from .office import TOKEN, Office, office

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a fork is what makes so many processes bearable")

PROVE = ("prove", "8000", "--call-from", "1010", "--yes", "--json")


@dataclass
class Lab:
    """A company, and a program that forks queuewatch commands."""

    desk: Office
    forking: "subprocess.Popen[str]"
    folder: Path
    pid: int = 0

    def entry(self) -> ProofEntry | None:
        """The last test in the log."""
        proofs = read_log(self.folder / "changes.jsonl").proofs
        return proofs[-1] if proofs else None

    @property
    def out(self) -> dict[str, object]:
        """What the command wrote."""
        found = json.loads((self.folder / "out").read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found

    async def run(self, *words: str, **timing: float) -> int:
        """Run a command in a process of its own; its exit status, or the signal that ended it, negative."""
        self.folder.mkdir(parents=True, exist_ok=True)
        address = self.desk.client.address
        order = {
            "words": words,
            "timing": timing,
            "out": str(self.folder / "out"),
            "environment": {
                "QUEUEWATCH_STATE": str(self.folder),
                "QUEUEWATCH_CONFIG": os.devnull,
                "QUEUEWATCH_URL": address,
                "QUEUEWATCH_DOMAIN": self.desk.pbx.domain,
                "QUEUEWATCH_TOKEN": TOKEN,
            },
        }
        assert self.forking.stdin is not None
        assert self.forking.stdout is not None
        self.desk.gate.passed.clear()
        self.forking.stdin.write(f"{json.dumps(order)}\n")
        self.forking.stdin.flush()
        self.pid = int(await to_thread.run_sync(self.forking.stdout.readline))
        return int(await to_thread.run_sync(self.forking.stdout.readline))

    def start_over(self) -> None:
        """An empty log."""
        (self.folder / "changes.jsonl").unlink(missing_ok=True)
        self.desk.gate.at = None
        for call in list(self.desk.pbx.exchange.calls):
            self.desk.pbx.exchange.hang_up(call)

    async def settled(self) -> None:
        """Wait until the guard has done what there was to do."""

        def over() -> bool:
            entry = self.entry()
            return entry is None or not entry.steps or (entry.ended is not None and not entry.still_out)

        await eventually(over)


def start_forking() -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "tests.proof.forking"]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for threads in found for child in threads.read_text(encoding="ascii").split()]


@asynccontextmanager
async def lab(folder: Path, *faults: Fault, quirks: Quirks | None = None) -> AsyncIterator[Lab]:
    async with office(folder, *faults, quirks=quirks) as desk:
        with start_forking() as forking:
            here = Lab(desk, forking, folder / "kept")
            try:
                yield here
            finally:
                assert forking.stdin is not None
                forking.stdin.close()
                if forking.poll() is None and here.pid:
                    # Whatever went wrong, nothing of it is left behind.
                    with suppress(ProcessLookupError):
                        os.kill(here.pid, signal.SIGKILL)


def killing(lab: Lab, at: int, *, before: bool) -> Callable[[int, str], Awaitable[bool]]:
    """Kill the program at this request: before it is carried out, or once it is."""

    async def gate(number: int, path: str) -> bool:
        if number == at:
            os.kill(lab.pid, signal.SIGKILL)
            lab.desk.gate.at = None
            return not before
        return True

    return gate


AT_ONCE = 4
"""Companies in which it is killed at the same time: most of it is waiting."""


async def test_killed_at_every_request(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        labs = [await stack.enter_async_context(lab(tmp_path / str(nth))) for nth in range(AT_ONCE)]
        runs = await asyncio.gather(*(killed_at_some_requests(here, nth) for nth, here in enumerate(labs)))
    assert sum(runs) > 30


async def killed_at_some_requests(here: Lab, nth: int) -> int:
    """At every request of its turn from the first that changes anything; how often it was killed."""
    before, runs = here.desk.rows(), 0
    assert await here.run(*PROVE) == 0
    assert (here.out["outcome"], here.desk.rows() == before) == ("reached", True)
    passed = list(here.desk.gate.passed)
    writes = [number for number, path in enumerate(passed, 1) if not path.startswith("GET")]
    for at in range(writes[0] + nth, writes[-1] + 3, AT_ONCE):
        # While it only reads, just before this request is the same as just after the one before it.
        for swallowed in (True, False) if at in writes else (True,):
            here.start_over()
            here.desk.gate.at = killing(here, at, before=swallowed)
            status = await here.run(*PROVE)
            assert status in (0, -signal.SIGKILL), here.out
            await here.settled()
            assert here.desk.rows() == before, (at, swallowed)
            runs += status != 0
    return runs


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("at", ["logout", "calls"])
async def test_every_signal_restores_first(name: str, at: str, tmp_path: Path) -> None:
    async with lab(tmp_path, quirks=Quirks(write_delay_reads=2)) as here:
        before = here.desk.rows()

        async def gate(_: int, path: str) -> bool:
            if path.endswith(at) and any("logout" in earlier for earlier in here.desk.gate.passed):
                here.desk.gate.at = None
                os.kill(here.pid, getattr(signal, name))
            return True

        here.desk.gate.at = gate
        assert await here.run(*PROVE) == 1
        assert (here.out["outcome"], here.out["restored"]) == ("aborted", here.out["logged_out"])
        assert here.desk.rows() == before


async def test_the_guard_killed_too(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        before = here.desk.rows()

        async def gate(_: int, path: str) -> bool:
            if path.startswith("POST"):
                here.desk.gate.at = None
                # First the guard, whose parent it is: no other process has that.
                for child in children(here.pid):
                    os.kill(child, signal.SIGKILL)
                os.kill(here.pid, signal.SIGKILL)
            return True

        here.desk.gate.at = gate
        assert await here.run(*PROVE) == -signal.SIGKILL
        entry = here.entry()
        assert entry is not None
        assert (len(entry.still_out), entry.ended) == (3, None)
        assert here.desk.rows() != before
        # A later test is refused, and a later start says what is the matter; then they are logged in again.
        assert await here.run(*PROVE) == 1
        assert "3 agents may still be logged out by it" in str(here.out["why"])
        assert await here.run("prove", "--restore", "--yes", "--json") == 0
        assert here.out == {"restored": list(entry.still_out), "not_restored": []}
        assert here.desk.rows() == before
        assert list(here.folder.glob("proof-*.lock")) == []
        for call in list(here.desk.pbx.exchange.calls):
            here.desk.pbx.exchange.hang_up(call)
        assert await here.run(*PROVE) == 0, here.out


async def test_a_program_that_is_held_up_is_restored_at_the_deadline(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        before = here.desk.rows()

        async def gate(_: int, path: str) -> bool:
            if path.startswith("POST"):
                here.desk.gate.at = None
                os.kill(here.pid, signal.SIGSTOP)
                await eventually(lambda: (entry := here.entry()) is not None and not entry.still_out)
                assert here.desk.rows() == before
                os.kill(here.pid, signal.SIGCONT)
            return True

        here.desk.gate.at = gate
        assert await here.run(*PROVE, longest=1.5, request=1.0) == 1
        assert here.desk.rows() == before


async def test_a_token_that_runs_out_at_the_end(tmp_path: Path) -> None:
    fault = Fault("/login", FaultKind.STATUS, status=401, method="PATCH", after=1, times=3)
    async with lab(tmp_path, fault) as here:
        before = here.desk.rows()
        assert await here.run(*PROVE) == 0
        assert here.desk.rows() == before
