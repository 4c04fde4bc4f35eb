import getpass
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import keyring
import pytest
from anyio.from_thread import start_blocking_portal
from keyring.backends import fail

from queuewatch.cli import main
from queuewatch.pbx.sandbox.faults import Fault
from queuewatch.pbx.sandbox.logins import Logins
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from tests.signin.sign_in_server import KEY, PASSCODE, PASSWORD, PREFIX

TOKEN = "nsd_TestTokenThatNobodyMaySee"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]
Serve = Callable[..., SandboxPbx]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing of the developer's own; gives the path where profiles would be."""
    for name in ("URL", "DOMAIN", "TOKEN", "DEBUG"):
        monkeypatch.delenv(f"QUEUEWATCH_{name}", raising=False)
    monkeypatch.setenv("QUEUEWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("QUEUEWATCH_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    # The package offers a function of the module's name, which hides it from a dotted path.
    monkeypatch.setattr(import_module("queuewatch.change.apply"), "READ_BACK_PAUSE", 0)
    # The pace of requests is tested by itself, in a time of its own.
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.WINDOW_SECONDS", 0.0)
    return tmp_path / "config.toml"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def ran(*words: str) -> Ran:
        status = main(words)
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return ran


class Terminal(io.StringIO):
    """A stdin at which somebody sits and types this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let somebody sit at the terminal and type."""
    return lambda text: monkeypatch.setattr(sys, "stdin", Terminal(text))


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serve a sample phone system on a real socket, and point the environment at it."""
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())

        def served(sample: str, *faults: Fault, quirks: Quirks | None = None) -> SandboxPbx:
            pbx = SandboxPbx(load_sample(sample))
            app = sandbox_app(pbx, quirks, list(faults), token=TOKEN)
            address = stack.enter_context(portal.wrap_async_context_manager(running(app)))
            monkeypatch.setenv("QUEUEWATCH_URL", address)
            monkeypatch.setenv("QUEUEWATCH_DOMAIN", pbx.domain)
            monkeypatch.setenv("QUEUEWATCH_TOKEN", TOKEN)
            return pbx

        yield served


class Unseen:
    """What is typed unseen, in the order of the questions."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.asked: list[str] = []

    def __call__(self, prompt: str = "") -> str:
        self.asked.append(prompt)
        return self.answers.pop(0)


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> Unseen:
    typed = Unseen()
    monkeypatch.setattr(getpass, "getpass", typed)
    return typed


class Served:
    """A phone system one can sign in to."""

    def __init__(self) -> None:
        self.pbx = SandboxPbx(load_sample("lakeside"))
        self.logins = Logins(self.pbx, KEY, password=PASSWORD, passcode=PASSCODE, prefix=PREFIX)
        self.faults: list[Fault] = []
        self.address = ""

    @property
    def where(self) -> tuple[str, ...]:
        return ("--url", self.address, "--domain", "lakeside.example")


@pytest.fixture(scope="module")
def _server() -> Iterator[Served]:
    served = Served()
    with start_blocking_portal() as portal:
        app = sandbox_app(served.pbx, faults=served.faults, logins=served.logins)
        with portal.wrap_async_context_manager(running(app)) as address:
            served.address = address
            yield served


@pytest.fixture
def served(_server: Served) -> Served:
    """Always the same server, as it was at first."""
    _server.faults.clear()
    _server.pbx.requests.clear()
    _server.logins.client_secret, _server.logins.refuses_politely, _server.logins.key_row = "", False, {}
    return _server


@pytest.fixture
def login(run: Run, served: Served, unseen: Unseen, type_in: Callable[[str], None]) -> Run:
    """Sign in as the manager, into a file."""

    def signed_in(*more: str, answers: tuple[str, ...] = (PASSWORD,), typed: str = "\n") -> Ran:
        unseen.answers[:] = answers
        type_in(typed)
        user = () if "--username" in more or "--api-key" in more else ("--username", "1010@lakeside.example")
        store = () if "--store" in more else ("--store", "file")
        return run("login", *served.where, *user, *store, *more)

    return signed_in
