"""A profile's own keys: read as people write them, and refused with a reason before anything is silently shadowed.

Textual takes any id, any key and any clash without a word.
"""

import string
import unicodedata
from collections.abc import Iterator, Mapping

from queuewatch.profiles.fields import ConfigError, KeyOverrides
from queuewatch.text.similar import did_you_mean
from screens.keys.registry import PLACES, ActionLocation, every_action
from widgets.action import KEY_NAMES, Action, print_keys

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


CHARACTERS = tuple(character_key(sign) for sign in string.printable if sign.isprintable())
"""The keys of the ASCII characters."""
KNOWN = frozenset(
    (*NAMED, *CHARACTERS, *(f"ctrl+{sign}" for sign in _WITH_CTRL), *(f"shift+{sign}" for sign in _WITH_SHIFT))
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
    printed = {KEY_NAMES.get(key_name, key_name): key_name for key_name in sorted(KNOWN)}
    guess = did_you_mean(plain, [*printed, *KNOWN])
    raise KeyInputError(
        f"There is no key “{text}”.",
        f"{guess}A key is a character, f1 to f{MOST}, ctrl+ and a letter, or a name such as space or page up.",
    )


def _canonical(modifier: str, name: str) -> str:
    if modifier == "shift" and len(name) == 1 and name.isalpha():
        return name.upper()
    return f"{modifier}+{name}"


Keys = tuple[str, ...]
NEEDED = {
    "ctrl+q": "it always leaves the program",
    "ctrl+p": "it always opens the command palette",
    "ctrl+c": "it copies what is selected",
    "tab": "it goes to the next part of the screen",
    "shift+tab": "it goes to the part before",
    "escape": "it always goes back",
    "enter": "it takes what is chosen",
    **dict.fromkeys(
        ("up", "down", "left", "right", "home", "end", "pageup", "pagedown"), "tables and lists move with it"
    ),
    "backspace": "it rubs out what is typed",
}
"""Keys that no action gets which has not had them from the beginning, and why."""


def keymap(overrides: KeyOverrides) -> dict[str, Keys]:
    """The keys of each action that a profile gives others, by Textual's names; none where they are taken away.

    Raises :class:`ConfigError` that names the file, the key, and what was probably meant.
    """
    actions = every_action()
    chosen: dict[str, Keys] = {}
    for name, written in overrides.keys:
        if name not in actions:
            raise ConfigError(
                f"{overrides.where}: there is no action “{name}”.",
                f"{did_you_mean(name, tuple(actions))}queuewatch keys lists them all.",
            )
        chosen[name] = _keys(f"{overrides.where}: {name}", actions[name], written)
    for place in PLACES:
        _refuse_typed(overrides.where, place, chosen)
        for key, first, second in clashes(place.actions, chosen):
            raise ConfigError(
                f"{overrides.where}: {print_keys((key,))} would be {first} and {second} {_lower(place.name)}.",
                f"Give one of them another key: {first} does “{actions[first].help}”, "
                f"{second} does “{actions[second].help}”.",
            )
    return chosen


def _lower(name: str) -> str:
    return f"{name[:1].lower()}{name[1:]}"


def _keys(where: str, action: Action, written: str) -> Keys:
    # A comma between keys, and the key of that name.
    parts = ["comma"] if written.strip() == "," else written.split(",")
    if not written.strip():
        parts = []
    elif not all(part.strip() or part for part in parts):
        raise ConfigError(f"{where} has a comma with no key beside it.", "The key itself is written comma.")
    keys: list[str] = []
    for part in parts:
        try:
            key = read_key(part)
        except KeyInputError as error:
            raise ConfigError(f"{where}: {error}", error.hint) from None
        if key in NEEDED and key not in action.keys:
            raise ConfigError(
                f"{where} cannot have {print_keys((key,))}: {NEEDED[key]}.", "Choose another key for it."
            )
        if key not in keys:
            keys.append(key)
    if "escape" in action.keys and "escape" not in keys:
        raise ConfigError(
            f"{where} would lose esc, and {NEEDED['escape']}.", f'Write it too: "{", ".join(("esc", *keys))}".'
        )
    return tuple(keys)


def _refuse_typed(where: str, place: ActionLocation, chosen: Mapping[str, Keys]) -> None:
    if not place.typing:
        return
    for action in place.own:
        for key in chosen.get(action.id, ()):
            if types_something(key):
                there = _lower(place.name)
                raise ConfigError(
                    f"{where}: {action.id} cannot have {print_keys((key,))}: {there} it would be typed.",
                    "Choose a function key, or ctrl+ and a letter.",
                )


def clashes(actions: tuple[Action, ...], chosen: Mapping[str, Keys]) -> Iterator[tuple[str, str, str]]:
    """Each key that two actions of one place would have, and have not from the beginning, with both ids."""
    owners: dict[str, list[Action]] = {}
    for action in actions:
        for key in chosen.get(action.id, action.keys):
            owners.setdefault(key, []).append(action)
    for key, those in owners.items():
        for index, first in enumerate(those):
            for second in those[index + 1 :]:
                meant = key in first.keys and key in second.keys
                if first.id != second.id and not meant and not _same_move(first, second):
                    yield key, first.id, second.id


def _same_move(first: Action, second: Action) -> bool:
    """Whether two actions move in two parts of a screen: only one of them ever has the keys."""
    parts = ("table", "panel", "list")
    left, right = first.id.partition(".")[0], second.id.partition(".")[0]
    return left != right and left in parts and right in parts
