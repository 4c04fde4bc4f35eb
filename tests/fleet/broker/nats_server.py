"""A real NATS server for a test: started, killed, stalled and emptied at will, always at the same port."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

BINARY = Path(sys.executable).parent / ("nats-server.exe" if sys.platform == "win32" else "nats-server")
PATIENCE = 60.0
"""Seconds that a machine may take to start it."""


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class NatsServer:
    """One server with JetStream in a folder of the test's."""

    def __init__(self, folder: Path, config: str = "") -> None:
        """``config`` are further lines of its configuration file."""
        self.port = free_port()
        self._store = folder / "jetstream"
        self._config = folder / "nats-server.conf"
        self._config.write_text(
            f'listen: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{self._store.as_posix()}" }}\n{config}\n'
        )
        self._log = folder / "nats-server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._process = self._launched()
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    greeting = await reader.readline()
                    writer.close()
                    await writer.wait_closed()
                    if b'"jetstream":true' in greeting:
                        return
                except OSError:
                    pass
                assert self._process.poll() is None, self._log.read_text()
                await asyncio.sleep(0.02)

    def _launched(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [str(BINARY), "-c", str(self._config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it without any warning, as a power cut does."""
        if self._process is not None:
            self.resume()
            self._process.kill()
            self._process.wait()
            self._process = None

    def stall(self) -> None:
        """Let it answer nothing, and keep all connections."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._process is not None and hasattr(signal, "SIGCONT"):
            os.kill(self._process.pid, signal.SIGCONT)

    def empty(self) -> None:
        """Delete everything that a killed server kept."""
        assert self._process is None
        shutil.rmtree(self._store, ignore_errors=True)
