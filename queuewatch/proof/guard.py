"""The guard: a second small process that logs everybody in again when the first one is gone.

It is started before anybody is logged out, in a session of its own: no terminal and no signal to a group of
processes takes it along. It is told by its standard input whom it guards and with which token: no argument and no
file holds that. The same pipe tells it of the first one's end, whatever that was: the system closes it then.
From that moment on, and at the test's deadline in any case, it restores whoever the log says may still be out.

    python -m queuewatch.proof.guard
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, field

from queuewatch.journal.file import Journal, JournalError
from queuewatch.journal.proofs import ProofEntry, ProofStep
from queuewatch.journal.record import Who
from queuewatch.pbx.credentials import Credentials, Token
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import run_loop
from queuewatch.proof.interrupted import end_of_interrupted, forget_lock
from queuewatch.proof.restoring import AgentFate, Restoration, still_out
from queuewatch.proof.timing import Timing

READY = b"ready\n"
START_SECONDS = 20.0
"""To load what it needs and to read the queue once: a guard that does not reach the phone system is none."""
LOOKS_EVERY = 0.25
"""Seconds between two looks at the clock: a machine that wakes up is not asleep for long any more."""


# The first process's side.


class GuardFailed(Exception):
    """The guard cannot be started: ``str()`` says why, in a sentence."""


class GuardOrder(Struct, frozen=True):
    """What the guard has to know, apart from the test: with what it asks whom, and where the log is."""

    address: str
    domain: str
    journal: Path
    who: Who
    bearer: Callable[[], Awaitable[str]]
    """The token in use, renewed where it is about to run out."""
    session: str = ""
    """The profile whose session is kept on this machine, and can be renewed from there; empty for none."""
    hidden: tuple[str, ...] = ()
    """Environment variables that it is not to have: they hold the token."""
    timing: Timing = field(default_factory=Timing)


class GuardProcess:
    """The guard as the first process has it."""

    def __init__(self, process: "subprocess.Popen[bytes]", order: GuardOrder, token: str) -> None:
        self.process = process
        self._order = order
        self._token: Callable[[], str] = lambda: token

    async def keep(self) -> str:
        """See that it is there, and hand on a token that was renewed; why it is gone, empty where it is not."""
        if self.process.poll() is not None:
            return "somebody has ended it."
        with suppress(PbxError):
            token = await self._order.bearer()
            if token != self._token():
                self._token = lambda: token
                with suppress(OSError):
                    self._write({"token": token})
        return ""

    def _write(self, fields: Mapping[str, object]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(fields).encode("ascii") + b"\n")
        self.process.stdin.flush()

    async def ended(self) -> None:
        """Let it go. It looks into the log once more, and restores whoever is still out there."""
        await asyncio.to_thread(self._let_go)

    def _let_go(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        # One that has something left to do outlives this process: nobody waits for it.
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2.0)
        if self.process.returncode is None:
            _outliving.append(self.process)


_outliving: list["subprocess.Popen[bytes]"] = []
"""Guards that still have something to do: kept, so that Python does not complain of them."""


async def start_guard(order: GuardOrder, entry: ProofEntry) -> GuardProcess:
    """Start the guard of a test, and wait until it has reached the phone system. Raises :class:`GuardFailed`."""
    try:
        token = await order.bearer()
    except PbxError as error:
        raise GuardFailed(str(error)) from None
    return await asyncio.to_thread(_start, order, entry, token)


def spawn(environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """The process itself, with nothing of this one's but its environment. Raises ``OSError``."""
    return subprocess.Popen(
        [sys.executable, "-m", "queuewatch.proof.guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=os.path.abspath(os.sep),
        env=environment,
    )


def _start(order: GuardOrder, entry: ProofEntry, token: str) -> GuardProcess:
    environment = {name: value for name, value in os.environ.items() if name not in order.hidden}
    # As it is imported here, so it is there, whatever the folder.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    try:
        process = spawn(environment)
    except OSError as error:
        raise GuardFailed(f"{error.strerror or 'the process does not start'}.") from None
    guard = GuardProcess(process, order, token)
    try:
        guard._write(
            {
                "address": order.address,
                "domain": order.domain,
                "journal": str(order.journal),
                "who": [order.who.profile, order.who.user, order.who.login],
                "session": order.session,
                "token": token,
                "proof": entry.id,
                "timing": order.timing.to_tell(),
            }
        )
        said = _first_line(process)
    except OSError:
        said = b""
    if said != READY:
        process.kill()
        guard._let_go()
        reason = said.decode("utf-8", "replace").strip() or "it did not come up."
        raise GuardFailed(reason)
    return guard


def _first_line(process: "subprocess.Popen[bytes]") -> bytes:
    """What it says first, or nothing once it has taken too long."""
    too_long = threading.Timer(START_SECONDS, process.kill)
    too_long.start()
    try:
        assert process.stdout is not None
        return process.stdout.readline()
    finally:
        too_long.cancel()


# The guard's own side.


class _Handed(Token):
    """The token that it was handed, and the one after that."""

    def take(self, token: str) -> None:
        """Use this one from now on."""
        self._bearer = lambda: token


class _Input:
    """What comes by the standard input, read in a thread: lines, and its end, which is the first process's."""

    def __init__(self) -> None:
        self.first = sys.stdin.buffer.readline()
        self.closed = threading.Event()
        self._hear: Callable[[str], None] = lambda _: None

    def listen(self, hear: Callable[[str], None]) -> None:
        """Have every further token told."""
        self._hear = hear
        threading.Thread(target=self._read, name="queuewatch guard input", daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            with suppress(ValueError, KeyError, TypeError):
                self._hear(str(json.loads(line)["token"]))
        self.closed.set()


def main() -> int:
    """Guard one test."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE"):
        with suppress(AttributeError, ValueError, OSError):
            # It ends by itself, and soon; until then nothing but SIGKILL is to keep it from restoring.
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    come = _Input()
    try:
        fields = json.loads(come.first)
        run_loop(_guard(fields, come))
    except (ValueError, KeyError, TypeError):
        return 2
    return 0


async def _guard(fields: Mapping[str, object], come: _Input) -> None:
    from queuewatch.pbx.netsapiens import NetsapiensDomain

    times = fields["timing"]
    if not isinstance(times, dict):
        raise ValueError
    timing = Timing.told({str(name): float(value) for name, value in times.items()})
    profile, user, login = _texts(fields["who"])
    journal = Journal(Path(str(fields["journal"])), Who(profile, user, login))
    handed = _Handed(str(fields["token"]))
    address, proof_id = str(fields["address"]), str(fields["proof"])
    credentials = _kept_session(str(fields["session"]), address) or handed
    come.listen(handed.take)
    system = NetsapiensDomain(address, str(fields["domain"]), credentials)
    try:
        entry = (await asyncio.to_thread(journal.read)).proof(proof_id)
        if entry is None:
            _say(b"its log does not have the test.\n")
            return
        async with asyncio.timeout(START_SECONDS):
            await system.read_stored_agents(entry.queue)
        _say(READY)
        await _Guarding(system, journal, entry, timing, come.closed).run()
    except (PbxError, JournalError) as error:
        _say(f"{error}\n".encode())
    finally:
        with suppress(Exception):
            await system.close()


def _texts(value: object) -> tuple[str, str, str]:
    if not (isinstance(value, list) and len(value) == 3):
        raise ValueError
    return str(value[0]), str(value[1]), str(value[2])


def _say(line: bytes) -> None:
    # The first process may be gone already.
    with suppress(OSError, ValueError):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _kept_session(profile: str, address: str) -> Credentials | None:
    """The session of this profile as it is kept on this machine; ``None`` where the token alone has to do."""
    if not profile:
        return None
    from queuewatch.pbx.netsapiens.token_refresh import RefreshingCredentials
    from queuewatch.pbx.netsapiens.tokens import TokenServer
    from queuewatch.signin.session_store import store_for

    with suppress(PbxError):
        store = store_for(profile, address, os.environ)
        if store is not None:
            return RefreshingCredentials(store, TokenServer(address))
    return None


class _Guarding:
    """The guard at work."""

    def __init__(
        self, system: PhoneSystem, journal: Journal, entry: ProofEntry, timing: Timing, closed: threading.Event
    ) -> None:
        self._system = system
        self._journal = journal
        self._id = entry.id
        self._timing = timing
        self._closed = closed
        # Nobody is logged out before the guard is there. By this clock, and not by the moments in the log: the one
        # on the wall may be set meanwhile, and an hour that it leaps must not keep anybody logged out.
        self._begun = begun = timing.clock()
        self._deadline = begun + timing.longest + timing.request
        self._last = begun + timing.longest + timing.unasked

    async def run(self) -> None:
        """Wait for the first process's end, or the deadline; restore; and once it has ended, tell how."""
        while self._timing.clock() < self._deadline:
            if await asyncio.to_thread(self._closed.wait, LOOKS_EVERY):
                break
        fates: dict[str, AgentFate] = {}
        while True:
            gone = self._closed.is_set()
            fates.update({fate.id: fate for fate in await self._restore()})
            if gone or self._timing.clock() > self._last:
                await self._tell_end(fates)
                if gone:
                    forget_lock(self._journal.path, self._id)
                return
            # Somebody holds the first process up: it may go on, and log out one more.
            await asyncio.sleep(LOOKS_EVERY)

    async def _entry(self) -> ProofEntry | None:
        with suppress(JournalError):
            return (await asyncio.to_thread(self._journal.read)).proof(self._id)
        return None

    async def _restore(self) -> Iterable[AgentFate]:
        entry = await self._entry()
        if entry is None or not entry.still_out:
            return ()
        out = still_out(entry, self._timing, datetime.now(UTC))
        for agent in out.values():
            agent.sent_at = max(self._begun, agent.sent_at or self._begun)
        last = self._begun + self._timing.unasked

        async def settled() -> Iterable[str]:
            now = await self._entry()
            return set(entry.agents) - set(now.still_out) if now is not None else ()

        restoration = Restoration(
            self._system,
            entry.queue,
            out,
            self._record,
            self._timing,
            by="guard",
            settled_elsewhere=settled,
        )
        return await restoration.run(lambda: last)

    async def _record(self, step: ProofStep) -> None:
        with suppress(JournalError):
            await asyncio.to_thread(self._journal.add_proof, self._id, step)

    async def _tell_end(self, fates: Mapping[str, AgentFate]) -> None:
        """Write how the test ended, if nobody else has: it was given up, and who is in again."""
        entry = await self._entry()
        if entry is None or entry.ended is not None:
            return
        notes = tuple(fate.sentence for fate in fates.values() if not fate.is_in)
        with suppress(JournalError):
            await asyncio.to_thread(
                self._journal.add_proof, self._id, end_of_interrupted(entry, "its guard", notes)
            )


if __name__ == "__main__":
    sys.exit(main())
