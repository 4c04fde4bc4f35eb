"""Make the parts of the documentation that the program itself knows best.

``docs/keys.md`` comes from the registry of actions, ``docs/audit`` from the audit's
codes, ``docs/screens.md`` from the texts of the help, ``docs/man`` from the parsers; in every other page of
``docs`` each ``$ queuewatch …`` is run and what it writes is put below it.
``.venv/bin/python docs/make_pages.py`` writes them, ``--check`` only says which are stale.
"""

import multiprocessing
import os
import re
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import NoReturn

from help_pages import screens_page, with_topics
from man_pages import man_pages
from textual.binding import Binding, BindingType

from queuewatch.cli import main as queuewatch
from queuewatch.commands.explain import filled
from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.stories import Code
from screens.connect.connect_form import ConnectForm
from screens.connect.welcome import WelcomeScreen
from screens.keys.registry import GENERAL, MOVED, PLACES, every_action
from widgets.action import KEY_NAMES, Action, key_names, print_keys

ROOT = Path(__file__).resolve().parents[1]
AUDIT, MAN = ROOT / "docs" / "audit", ROOT / "docs" / "man"
KEYS = ROOT / "docs" / "keys.md"
SCREENS, WORDS = ROOT / "docs" / "screens.md", ROOT / "docs" / "colours-and-verdicts.md"
EXAMPLE_LOG = ROOT / "docs" / "example_log"

TEXTUALS = (
    ("tab", "Go to the next part of the screen."),
    ("shift+tab", "Go to the part before."),
    ("ctrl+p", "Open the command palette: every action by name."),
    ("ctrl+c", "Copy what is selected with the mouse."),
    ("ctrl+q", "Leave queuewatch."),
)

if sys.platform == "win32":
    PROGRAMS = multiprocessing.get_context("spawn")
else:
    # A program that is forked has loaded already what takes the most time.
    PROGRAMS = multiprocessing.get_context("fork")
    for name in (
        "queuewatch.pbx.sandbox.server",
        "queuewatch.pbx.netsapiens.http",
        "queuewatch.report.status_text",
    ):
        import_module(name)

CONSOLE = re.compile(r"^( *)```console\n\1\$ (queuewatch [^\n]*)\n.*?^\1```", re.DOTALL | re.MULTILINE)


def keys_page() -> str:
    """``docs/keys.md``."""
    notes = {"What if": "\nNothing here changes anything on the phone system.\n"}
    places = "\n".join(f"## {one.name}\n{notes.get(one.name, '')}\n{action_table(one.own)}" for one in PLACES)
    general = "\n".join(f"## {where}\n\n{action_table(actions)}" for where, actions in GENERAL)
    return f"""\
# Keys

<!-- Made by docs/make_pages.py from screens/keys/registry.py and what it names: change it there. -->

Most actions have two keys, for terminals that keep one of them to themselves, and what a screen can do is in the
command palette (`ctrl+p`) as well. The mouse works too: a click chooses a queue, a click on a column's title sorts
by it, and everything in the footer can be clicked. A profile can give an action
[other keys](comfort.md#your-own-keys) by its id.

A letter means the same on every screen. For that some had to move; they are listed [below](#keys-that-moved).

{places}
{general}
## Textual's own

{table(("Keys", "What they do"), ((keys(names), does) for names, does in TEXTUALS))}
## At the welcome, with nothing configured

{binding_table(WelcomeScreen.BINDINGS)}
## On the form to connect with

{binding_table(ConnectForm.BINDINGS)}
## Keys that moved

{table(("Where", "Once", "Now", "Name"), moved_rows())}"""


def moved_rows() -> Iterator[tuple[str, ...]]:
    """Which keys mean something else now, and what does what they did."""
    actions = every_action()
    for where, once, name in MOVED:
        action = actions[name]
        yield where, keys(", ".join(once)), keys(print_keys(action.keys)), action.title


def audit_page() -> str:
    """``docs/audit/README.md``: every code of the audit."""
    rows = (
        (f"[{code.number}]({code.number}.md)", f"`{code.slug}`", code.severity.value, code.title)
        for code in CODES.values()
    )
    return f"""\
# What the audit can find

<!-- Made by docs/make_pages.py from the stories in queuewatch/failover/audit: change them there. -->

`queuewatch check` and the audit screen name what they find by these codes; `queuewatch explain QW103` tells the
same story as the page behind the link. A severity is the worst a code is found with.

- **error**: callers would not be served in an outage.
- **warning**: callers are served by luck, or nobody can tell.
- **info**: worth knowing; nothing has to be done.

A call queue without an error or a warning is ready: if the building went dark, a call to it would reach someone.

{table(("Code", "Name", "Severity", "What it says"), rows)}"""


def action_table(actions: Iterable[Action], *, ids: bool = True) -> str:
    """Actions with their keys and what they do; with the ids, unless that is too much."""
    rows = [(keys(key_names(one)), one.label, one.help, f"`{one.id}`") for one in actions]
    heads = ("Keys", "Name", "What it does", "Id")
    return table(heads if ids else heads[:3], rows if ids else [row[:3] for row in rows])


def binding_table(bindings: Iterable[BindingType]) -> str:
    """The keys of a dialog."""
    shown = (binding for binding in bindings if isinstance(binding, Binding) and binding.id)
    return table(
        ("Keys", "What they do"),
        (
            (keys(", ".join(KEY_NAMES.get(key, key) for key in one.key.split(","))), one.description)
            for one in shown
        ),
    )


def keys(names: str) -> str:
    """``up, k · down, j`` with each key in code marks."""
    return re.sub(r"[^,·]+", lambda key: f"`{key[0].strip()}`", names).replace("`,", "`, ").replace("·", " · ")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def with_output(page: str) -> str:
    """The page with what each command in it writes, run anew."""
    return CONSOLE.sub(lambda block: indent(f"```console\n$ {block[2]}\n{output_of(block[2])}```", block[1]), page)


def output_of(command: str) -> str:
    """What a command writes to a file 80 columns wide. Raises ``SystemExit`` if it fails."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "written"
        program = PROGRAMS.Process(target=be, args=(shlex.split(command)[1:], file))
        program.start()
        program.join()
        written = file.read_text(encoding="utf-8")
    # Status 1 of these says that something was found, which is what they were run for.
    if program.exitcode and not (program.exitcode == 1 and command.split()[1] in ("check", "plan", "test")):
        raise SystemExit(f"{command} ends with status {program.exitcode}:\n{written}")
    return written


def be(words: list[str], file: Path) -> NoReturn:
    """Be the command, with nobody's own profiles and changes but the example's, and end."""
    for name in [name for name in os.environ if name.startswith("QUEUEWATCH_")]:
        del os.environ[name]
    os.environ.update(QUEUEWATCH_CONFIG=os.devnull, QUEUEWATCH_STATE=str(EXAMPLE_LOG), COLUMNS="80", TZ="UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    with file.open("w", encoding="utf-8") as written, redirect_stdout(written), redirect_stderr(written):
        status = queuewatch(words)
    sys.exit(status)


def pages() -> Iterator[tuple[Path, str]]:
    """Every page with what should be in it."""
    yield KEYS, keys_page()
    yield SCREENS, screens_page()
    yield WORDS, with_output(with_topics(WORDS.read_text(encoding="utf-8")))
    for name, text in man_pages():
        yield MAN / name, text
    for page in sorted((ROOT / "docs").glob("*.md")):
        if page != WORDS and CONSOLE.search(text := page.read_text(encoding="utf-8")):
            yield page, with_output(text)
    yield AUDIT / "README.md", audit_page()
    for code in CODES.values():
        yield AUDIT / f"{code.number}.md", story_page(code)


def story_page(code: Code) -> str:
    """The story as a Markdown page."""
    parts = [f"# {code.number}: {code.title}", f"`{code.slug}` · {code.severity}"]
    for heading, paragraph in code.story:
        parts += [f"## {heading}", filled(paragraph, 115)]
    return "\n\n".join(parts) + "\n"


def main(check: bool) -> int:
    """Write the pages, or say which are stale."""
    stale = [
        (path, text) for path, text in pages() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        print(f"{path.relative_to(ROOT)} {'is stale: run docs/make_pages.py' if check else 'written'}")
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
