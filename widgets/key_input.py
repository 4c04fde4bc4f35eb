"""Read a key as people write it: ``?``, ``esc``, ``Ctrl+X``, ``F5``, ``page up``, and Textual's own names."""

import difflib
import string
import unicodedata

from widgets.action import KEY_NAMES

MOST = 24
"""The highest function key that terminals send."""

NAMED = (
    *("escape", "enter", "tab", "space", "backspace", "delete", "insert"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, MOST + 1)),
)
_WITH_SHIFT = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "tab")
_WITH_CTRL = (*string.ascii_lowercase, *_WITH_SHIFT[:-1], *(f"f{number}" for number in range(1, MOST + 1)))
_OTHERWISE = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "↑": "up",
    "↓": "down",
    "⏎": "enter",
    "backtab": "shift+tab",
    **{printed: key for key, printed in KEY_NAMES.items()},
}
_UNICODE = {"solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus"}
_UNICODE |= {"plus_sign": "plus", "low_line": "underscore"}
SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+j": "enter", "ctrl+h": "backspace"}
"""What a terminal sends for both, so that nobody can tell them apart."""


class KeyInputError(ValueError):
    """It is no key. ``str()`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


def character_key(character: str) -> str:
    """What Textual calls the key that types this character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _UNICODE.get(name, name)


CHARACTERS = tuple(character_key(one) for one in string.printable if one.isprintable())
"""The keys of the ASCII characters."""
KNOWN = frozenset(
    (*NAMED, *CHARACTERS, *(f"ctrl+{one}" for one in _WITH_CTRL), *(f"shift+{one}" for one in _WITH_SHIFT))
)


def types_something(key: str) -> bool:
    """Whether the key would be typed where something can be."""
    return len(key) == 1 or key in CHARACTERS


def read_key(typed: str) -> str:
    """The key by Textual's name. Raises :class:`KeyInputError` with the nearest one."""
    text = typed.strip() or typed[:1]
    if len(text) == 1 and text.isprintable():
        return _OTHERWISE.get(text) or character_key(text)
    plain = text.casefold().replace("-", "+") if text[:5].casefold() in ("ctrl-", "shift") else text.casefold()
    modifier, plus, rest = plain.rpartition("+")
    name = _OTHERWISE.get(rest, rest).replace("page ", "page")
    key = _canonical(modifier.strip().replace("control", "ctrl"), name) if plus else name
    if key in KNOWN:
        if key in SAME:
            raise KeyInputError(
                f"“{text}” cannot be told from {SAME[key]}: terminals send the same for both.",
                "Choose another key.",
            )
        return key
    printed = {KEY_NAMES.get(one, one): one for one in sorted(KNOWN)}
    close = difflib.get_close_matches(plain, [*printed, *KNOWN], n=1, cutoff=0.6)
    guess = f"Did you mean {close[0]}? " if close else ""
    raise KeyInputError(
        f"There is no key “{text}”.",
        f"{guess}A key is a character, f1 to f{MOST}, ctrl+ and a letter, or a name such as space or page up.",
    )


def _canonical(modifier: str, name: str) -> str:
    if modifier == "shift" and len(name) == 1 and name.isalpha():
        return name.upper()
    return f"{modifier}+{name}"
