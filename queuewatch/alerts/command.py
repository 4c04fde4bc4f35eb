"""Running somebody's own command for a message: a few at a time, for not too long, and without our secrets."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from queuewatch.process.background import held, in_background
from queuewatch.profiles.fields import SECRET_KEY
from queuewatch.text.plain_text import harmless

TIMEOUT = 30.0
"""Seconds until a command is ended."""
FAREWELL = 1.0
"""Seconds for which a command is waited for that was killed."""
MOST_AT_ONCE = 4
MOST_WAITING = 100
"""Messages that wait for their command; the oldest give way."""
MOST_KEPT = 4096
"""Bytes of what a command says that are looked at."""
LONGEST_QUOTE = 200


class CommandReceiver:
    """Runs ``words`` for each message, without a shell: the JSON on its input, the main things in its environment.

    ``note`` is given one sentence for each run that failed, and an empty one for each that did not.
    """

    def __init__(self, words: tuple[str, ...], environ: Mapping[str, str], note: Callable[[str], None]) -> None:
        self.name = Path(words[0]).name
        self._words = words
        self._environ = environ
        self._note = note
        self._waiting: deque[tuple[bytes, Mapping[str, str]]] = deque(maxlen=MOST_WAITING)
        self._running: set[asyncio.Task[None]] = set()

    def run(self, body: bytes, variables: Mapping[str, str]) -> None:
        """Run it when there is room. Returns at once."""
        self._waiting.append((body, variables))
        self._fill()

    async def finish(self) -> None:
        """Wait until every run has ended."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def close(self) -> None:
        """End what runs."""
        self._waiting.clear()
        for task in self._running:
            task.cancel()
        await self.finish()

    def _fill(self) -> None:
        while self._waiting and len(self._running) < MOST_AT_ONCE:
            task = in_background(
                self._run(*self._waiting.popleft()), f"running the command {self.name} for alerts"
            )
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._fill()

    async def _run(self, body: bytes, variables: Mapping[str, str]) -> None:
        starting = held(self._start(variables))
        try:
            # Cancelled while it starts, asyncio would wait for whatever the command has started meanwhile.
            process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            with suppress(OSError, ValueError):
                await _end(await starting)
            raise
        except (OSError, ValueError) as error:
            why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is no program"
            self._note(f"The command {self.name} for alerts cannot be started: {why}.")
            return
        try:
            async with asyncio.timeout(TIMEOUT):
                output, _ = await asyncio.gather(_first_of(process), _feed(process, body))
                status = await process.wait()
        except TimeoutError:
            self._note(f"The command {self.name} for alerts was ended after {TIMEOUT:g} seconds.")
        else:
            self._note(self._failure(status, output) if status else "")
        finally:
            await _end(process)

    async def _start(self, variables: Mapping[str, str]) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._words,
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=PIPE,
            env={**self._environ, **variables},
            # A group of its own: what it starts is ended with it, and Ctrl+C is not for it.
            start_new_session=True,
        )

    def _failure(self, status: int, output: bytes) -> str:
        how = f"ended with status {status}" if status > 0 else f"was ended by signal {-status}"
        line = next(iter(output.decode("utf-8", "replace").strip().splitlines()), "")
        quoted = harmless(line, LONGEST_QUOTE)
        return f"The command {self.name} for alerts {how}{f': “{quoted}”' if quoted else ''}."


async def _feed(process: Process, body: bytes) -> None:
    assert process.stdin is not None
    # It need not read what it is given.
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(body)
        await process.stdin.drain()
    process.stdin.close()


async def _first_of(process: Process) -> bytes:
    assert process.stderr is not None
    beginning = bytearray()
    # Read to its end: a command that nobody listens to would wait for ever.
    while piece := await process.stderr.read(1 << 16):
        beginning += piece[: MOST_KEPT - len(beginning)]
    return bytes(beginning)


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    # What has left the group may keep the pipes.
    with suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL):
            await process.wait()
    # Nothing else lets go of the pipes of a process that is not waited for to its end.
    process._transport.close()  # type: ignore[attr-defined]
    await asyncio.sleep(0)


def environment_for(environ: Mapping[str, str], secret: Iterable[str]) -> dict[str, str]:
    """The environment for a command: without these variables, and without queuewatch's own secrets."""
    left_out = set(secret)
    return {
        name: value
        for name, value in environ.items()
        if name not in left_out and not (name.startswith("QUEUEWATCH_") and SECRET_KEY.search(name))
    }
