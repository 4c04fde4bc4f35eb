"""A notification on the desktop, by way of the terminal: it gets through SSH, and nothing has to be installed."""

from collections.abc import Mapping

from queuewatch.plain_text import harmless

LONGEST = 180
"""Characters of a text: GNU screen keeps no more than some 250 bytes of what it passes on."""

_SILENT = ("linux", "dumb", "unknown", "vt")
"""Terminals, by the beginning of their name, that have no desktop, or would show what they do not understand."""
_BY_777 = ("rxvt", "foot", "ghostty", "wezterm", "konsole", "contour")
"""Those that read OSC 777 (rxvt-unicode's), which has a title. Most others that notify read OSC 9 (iTerm2's).

A terminal that reads both would notify twice, so it is sent one of them.
"""


def notification(title: str, text: str, environ: Mapping[str, str]) -> str:
    """The escape sequences that this terminal takes; empty where it has none.

    Through tmux nobody can tell which terminal there is: it is sent both. What does not know a sequence reads over
    it; tmux passes it on only if ``allow-passthrough`` is on, and otherwise swallows it.
    """
    names = f"{environ.get('TERM', '')} {environ.get('TERM_PROGRAM', '')}".lower()
    if names.startswith(_SILENT) or not environ.get("TERM"):
        return ""
    # A digit after OSC 9 would be something else to ConEmu and Windows Terminal: it begins with the title.
    iterm = f"\x1b]9;{_safe(title)}: {_safe(text)}\x07"
    rxvt = f"\x1b]777;notify;{_safe(title)};{_safe(text)}\x07"
    if environ.get("TMUX"):
        return "".join(f"\x1bPtmux;{one.replace(chr(27), chr(27) * 2)}\x1b\\" for one in (iterm, rxvt))
    chosen = rxvt if environ.get("VTE_VERSION") or any(name in names for name in _BY_777) else iterm
    if environ.get("STY"):
        return f"\x1bP{chosen}\x1b\\"
    return chosen


def _safe(words: str) -> str:
    """Without what would end the sequence or begin another part of it."""
    return harmless(words, LONGEST).replace(";", ",")
