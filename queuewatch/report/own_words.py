"""Every word that this program itself says: what may be kept of a sentence whose other words are somebody's."""

import ast
import platform
import re
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]

NOT_SAID = frozenset({"pseudonyms.py", "phone_models.py", "sandbox", "sample_data", "manual.py", "help"})
"""Modules and folders whose words name people, places and makes, or explain by examples."""

_MACHINES = """
linux darwin macos windows freebsd x86 x64 amd64 arm64 aarch64 i686 armv7l riscv64 python textual httpx rich
xterm tmux screen vt100 ansi dumb unknown rxvt unicode alacritty kitty foot wezterm ghostty konsole iterm apple
terminal utf ascii latin iso color 256color direct 16color ssh keyring keychain secretservice kwallet winvault
locale posix tls ssl
"""
"""What a machine and its terminal may be called."""


@cache
def own_words() -> frozenset[str]:
    """The words, in small letters, read from this program's own source: no list that somebody must keep."""
    known: set[str] = {*_MACHINES.split(), *_words(f"{platform.system()} {platform.machine()}")}
    for file in _PACKAGE.rglob("*.py"):
        if not NOT_SAID.intersection(file.relative_to(_PACKAGE).parts):
            known |= _said_in(file.read_text(encoding="utf-8"))
    return frozenset(known)


def _said_in(source: str) -> set[str]:
    """The words of every text in it that is no docstring: those hold examples."""
    tree = ast.parse(source)
    explaining = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        word
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explaining
        for word in _words(node.value)
    }


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())
