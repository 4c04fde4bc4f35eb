"""The house is as it was planned: what lies where, and what is loaded when."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from queuewatch import __version__

ROOT = Path(__file__).resolve().parents[1]

HTTP = ("httpx", "starlette", "uvicorn", "anyio", "socketio", "aiohttp")

LATER = (
    *(f"screens.{name}" for name in ("audit", "drill", "connect", "board.choose_columns", "help.help")),
    *(f"screens.editing.{name}" for name in ("confirm_change", "forward_editor")),
    *(f"screens.{name}" for name in ("log", "what_if", "keys.keymap", "keys.registry", "history")),
    *(f"queuewatch.{name}" for name in ("app.first_run", "connection.new_profile")),
    *("queuewatch.app.alerts", "queuewatch.report.status_text", "queuewatch.alerts"),
    *(f"screens.{name}" for name in ("dialog", "jump", "save_picture", "queue")),
    *(f"queuewatch.{name}" for name in ("change", "journal", "failover.audit.audit", "failover.drill.drill")),
    *("queuewatch.history.database", "sqlite3", "email", "widgets.asked_line"),
)
"""What a board is painted without, and is loaded when somebody opens it."""


def modules_loaded_by(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after running this."""
    listing = "import sys; print('\\n'.join(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{listing}"], capture_output=True, encoding="utf-8", check=True
    )
    return set(done.stdout.split())


def loaded_by(code: str) -> set[str]:
    """The top-level modules among them."""
    return {name.partition(".")[0] for name in modules_loaded_by(code)}


@pytest.mark.parametrize(
    "module",
    ["queuewatch", "queuewatch.failover.simulate", "queuewatch.failover.audit.audit"],
)
def test_the_judgement_loads_neither_screen_nor_network(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint({"textual", "rich", "asyncio", "socket", *HTTP})


@pytest.mark.parametrize(
    "module",
    [
        "queuewatch.polling.poller",
        "queuewatch.change",
        "queuewatch.profiles.config",
        "queuewatch.polling.assemble",
        "queuewatch.connection.resolve",
    ],
)
def test_what_is_below_the_screens_loads_no_screen_and_no_http(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint({"textual", *HTTP})


MOST_WHEN_PAINTED = 130 if sys.version_info < (3, 13) else 140
"""Modules of our own that may be loaded once the demo's queues are on the terminal.

On Python 3.13 more of the phone system's answers come before the first frame, and with them what reads them.
"""

PAINTED = """
import contextlib, io, sys
import queuewatch.app.app, queuewatch.commands.terminal
from queuewatch.cli import main

def run_without_terminal(app, **_):
    def painted():
        shown, strips = app.screen.shown, app.screen._compositor.render_strips()
        if shown and any(shown[0] in strip.text for strip in strips):
            loaded.extend(sys.modules)
            app.exit()
    app.painted = painted
    app.run(headless=True, size=(100, 30))
    return 0

loaded = []
queuewatch.commands.terminal._is_connected = lambda: True
queuewatch.app.app.run_on_terminal = run_without_terminal
with contextlib.redirect_stdout(io.StringIO()):
    main(["demo"])
print("\\n".join(loaded))
"""


@pytest.fixture(scope="module")
def when_painted() -> set[str]:
    """The modules that ``queuewatch demo`` has loaded at the moment its queues are on the terminal."""
    done = subprocess.run(
        [sys.executable, "-c", PAINTED],
        env={**os.environ, "TERM": "xterm-256color"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    return set(done.stdout.split())


def test_queues_are_painted_without_any_other_screen(when_painted: set[str]) -> None:
    assert "screens.board.board" in when_painted
    assert when_painted.isdisjoint(LATER)


def test_few_of_our_modules_are_loaded_when_the_queues_are_painted(when_painted: set[str]) -> None:
    own = {name for name in when_painted if name.partition(".")[0] in ("queuewatch", "screens", "widgets")}
    assert len(own) <= MOST_WHEN_PAINTED, sorted(own)


MOST_FOR_A_SAMPLE = 112
"""Modules of our own that a command on a sample may load: nine tenths of its time are imports."""


def test_a_command_on_a_sample_loads_no_profile_no_log_and_no_mail() -> None:
    loaded = modules_loaded_by(
        "import contextlib, io\nfrom queuewatch.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()): main(['status', '--sample', 'lakeside', '--json'])"
    )
    assert loaded.isdisjoint(
        {
            *("email", "random", "calendar", "sqlite3", *HTTP),
            *(f"queuewatch.{name}" for name in ("journal", "profiles.config", "connection.resolve", "alerts")),
        }
    )
    own = {name for name in loaded if name.partition(".")[0] == "queuewatch"}
    assert len(own) <= MOST_FOR_A_SAMPLE, sorted(own)


def test_a_board_is_made_without_http() -> None:
    loaded = modules_loaded_by(
        "from queuewatch.connection.connection import ConnectionOptions\n"
        "from queuewatch.connection.sample import connect_demo\n"
        "from queuewatch.app.app import QueuewatchApp\n"
        "QueuewatchApp(connect_demo(ConnectionOptions()))"
    )
    assert "screens.board.board" in loaded
    # Time zones are looked up for the first user that is read, not before.
    assert loaded.isdisjoint({*LATER, *HTTP, "zoneinfo", "tzdata"})


def test_there_is_one_terminal_base_and_one_program() -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import pkgutil, queuewatch, screens, widgets\n"
            "from importlib import import_module\n"
            "from textual.app import App\n"
            "for package in (queuewatch, screens, widgets):\n"
            "    for module in pkgutil.walk_packages(package.__path__, f'{package.__name__}.'):\n"
            "        if not module.name.endswith('__main__'):\n"
            "            import_module(module.name)\n"
            "def below(kind):\n"
            "    for one in kind.__subclasses__():\n"
            "        yield one.__qualname__\n"
            "        yield from below(one)\n"
            "print(*below(App))",
        ],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert sorted(found.stdout.split()) == ["FleetApp", "QueuewatchApp", "TerminalApp"]


def test_a_command_loads_no_options_of_another_kind() -> None:
    loaded = modules_loaded_by("from queuewatch.commands.parser import parse\nparse(['status'])")
    options = {name for name in loaded if name.startswith("queuewatch.commands.options.")}
    assert options == {f"queuewatch.commands.options.{name}" for name in ("common", "reading")}


def test_a_request_loads_no_command_line_of_somebody_elses() -> None:
    loaded = loaded_by("import queuewatch.pbx.netsapiens.network_wire")
    assert "httpx" in loaded
    assert loaded.isdisjoint({"click", "pygments", "rich"})


@pytest.mark.parametrize("module", ["queuewatch.pbx.netsapiens", "queuewatch.pbx.sandbox.server"])
def test_a_phone_system_loads_no_screen(module: str) -> None:
    assert "textual" not in loaded_by(f"import {module}")


@pytest.mark.parametrize("form", ["status", "status_text", "drill", "history", "audit", "log"])
def test_a_report_loads_no_screen(form: str) -> None:
    assert loaded_by(f"import queuewatch.report.{form}").isdisjoint({"textual", *HTTP})


def loaded_by_command(*words: str) -> set[str]:
    """The top-level modules that a command has loaded by its end; what it writes goes nowhere."""
    return loaded_by(
        "import contextlib, io\n"
        "from queuewatch.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):\n"
        f"    main({words!r})"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["--help"],
        ["status", "--help"],
        ["nonsense"],
        ["explain", "QW103"],
        ["explain", "x"],
        ["help", "verdicts"],
    ],
    ids=" ".join,
)
def test_words_alone_load_nothing_heavy(words: list[str]) -> None:
    assert loaded_by_command(*words).isdisjoint({"textual", "rich", "asyncio", *HTTP})


@pytest.mark.parametrize("words", ["--version", "--help", "status --help"])
def test_words_alone_load_nothing_of_a_phone_system(words: str) -> None:
    loaded = modules_loaded_by(
        "import contextlib, io\n"
        "from queuewatch.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    main({words.split()!r})"
    )
    assert loaded.isdisjoint({"queuewatch.failover", "queuewatch.pbx", "queuewatch.connection"})
    assert "importlib.resources" not in loaded, "it costs as much as all else"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_command_without_a_screen_loads_no_screen(form: str) -> None:
    loaded = loaded_by_command("status", "--sample", "riverside", "--format", form)
    assert loaded.isdisjoint({"textual", *HTTP}), "a sample is in this process"


def test_nothing_lies_loose_at_the_root_of_the_package() -> None:
    loose = {path.name for path in (ROOT / "queuewatch").iterdir() if path.is_file()}
    assert loose == {"__init__.py", "__main__.py", "cli.py", "glyphs.py", "py.typed"}


def imports_of(path: Path) -> set[str]:
    """The modules that a file names in its imports, those for type checking and within functions included."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
    return named


def test_no_imports_run_in_a_circle() -> None:
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for top in ("queuewatch", "screens", "widgets")
        for path in (ROOT / top).rglob("*.py")
    }
    graph = {name: (imports_of(path) & files.keys()) - {name} for name, path in files.items()}
    TopologicalSorter(graph).prepare()


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        str(init.relative_to(ROOT))
        for top in ("queuewatch", "screens", "widgets")
        for init in (ROOT / top).rglob("__init__.py")
        if ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_no_two_public_classes_have_one_name() -> None:
    defined = Counter(
        node.name
        for top in ("queuewatch", "screens", "widgets")
        for path in (ROOT / top).rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in defined.items() if times > 1] == []


def test_a_path_that_somebody_typed_is_read_in_one_place() -> None:
    """``Path.expanduser`` raises ``RuntimeError`` for the home of nobody."""
    calls = [
        str(path.relative_to(ROOT))
        for top in ("queuewatch", "screens", "widgets")
        for path in (ROOT / top).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "expanduser"
    ]
    assert calls == ["queuewatch/storage/folder.py"]


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the wheel leaves it, beside another project that has ``screens`` and ``widgets`` too."""
    folder = tmp_path_factory.mktemp("site-packages")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "queuewatch", folder / "queuewatch", ignore=ignored)
    for name in ("screens", "widgets"):
        shutil.copytree(ROOT / name, folder / "queuewatch" / name, ignore=ignored)
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("WHOSE = 'somebody else'\n", encoding="utf-8")
    return folder


def run_beside(site_packages: Path, code: str) -> str:
    """What a program there writes."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=site_packages.parent,
        env={**os.environ, "PYTHONPATH": str(site_packages)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def test_queuewatch_uses_its_own_screens_and_widgets_whoever_has_some_too(site_packages: Path) -> None:
    code = "from queuewatch.cli import main; main(['keys']); import sys; print(sys.modules['screens'].__path__)"
    used = run_beside(site_packages, code).splitlines()[-1]
    assert used == repr([str(site_packages / "queuewatch" / "screens")])


@pytest.mark.parametrize("name", ["screens", "widgets"])
def test_somebody_elses_screens_and_widgets_stay_theirs(site_packages: Path, name: str) -> None:
    code = (
        f"import sys; before = list(sys.path); import queuewatch, {name}; print({name}.WHOSE, sys.path == before)"
    )
    assert run_beside(site_packages, code) == "somebody else True\n"


def test_the_changelog_has_this_version_on_top() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## \[([^]]+)\]", changelog, re.MULTILINE)
    assert first is not None
    assert first[1] == __version__


def test_every_dependency_is_pinned() -> None:
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
        if "==" in line
    }
    wanted = re.findall(r'^    "([a-z-]+)>=', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(wanted) > 10
    assert [name for name in wanted if name not in pinned] == []
