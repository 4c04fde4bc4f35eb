"""What a user can do, as data: an action, its keys, and how they are printed. Textual is not needed for it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from textual.binding import Binding


class Action(Struct, frozen=True):
    """Something a user can do on a screen."""

    id: str
    keys: tuple[str, ...]
    """Those it has unless a profile gives it others; :func:`keys_of` tells which it has now."""
    method: str
    """The Textual action that does it."""
    label: str
    """One or two words, for the footer."""
    help: str
    """One sentence, for help and the palette."""
    footer: bool = True
    long: str = ""
    """Its name where there is room for one."""
    writes: bool = False
    """Whether it can change the phone system."""
    demo: bool = False
    """Whether it is there for sample data only."""
    on_row: bool = False
    """Whether it is about the row under the cursor: from then on that row stays under it."""

    @property
    def title(self) -> str:
        """Its name in the command palette."""
        return self.long or self.label


def bindings(*actions: Action) -> "list[Binding]":
    """The actions as key bindings, ids included, so that a keymap can name them."""
    from textual.binding import Binding

    return [
        Binding(
            ",".join(action.keys),
            action.method,
            action.label,
            show=action.footer,
            tooltip=action.help,
            id=action.id,
        )
        for action in actions
    ]


NO_KEY = "<none>"
"""What no terminal ever sends: the key of an action whose keys were taken away."""

KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "backslash": "\\",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "right_parenthesis": ")",
    "left_parenthesis": "(",
    "plus": "+",
    "asterisk": "*",
    "minus": "-",
    "underscore": "_",
    "equals_sign": "=",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "comma": "comma",
    "full_stop": ".",
    "colon": ":",
    "semicolon": ";",
    "exclamation_mark": "!",
    "quotation_mark": '"',
    "apostrophe": "'",
    "number_sign": "#",
    "dollar_sign": "$",
    "percent_sign": "%",
    "ampersand": "&",
    "at": "@",
    "circumflex_accent": "^",
    "grave_accent": "`",
    "vertical_line": "|",
    "tilde": "~",
    "escape": "esc",
    "right": "→",
    "left": "←",
    "pageup": "page up",
    "pagedown": "page down",
}
"""How keys are printed that Textual names otherwise."""

_in_force: dict[str, tuple[str, ...]] = {}


def put_in_force(keys: Mapping[str, tuple[str, ...]]) -> None:
    """From now on these actions have these keys, and all others their own. There is one keyboard in a program."""
    _in_force.clear()
    _in_force.update(keys)


def for_textual(keys: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The keys for Textual's keymap, which has no way to take all keys away."""
    return {name: ",".join(own) or NO_KEY for name, own in keys.items()}


def keys_of(action: Action) -> tuple[str, ...]:
    """The action's keys now; none if they were taken away."""
    return _in_force.get(action.id, action.keys)


def print_keys(keys: Iterable[str]) -> str:
    """Keys as they are printed: ``e, f2``."""
    return ", ".join(KEY_NAMES.get(key, key) for key in keys) or "no key"


def key_names(action: Action) -> str:
    """The action's keys now, as they are printed."""
    return print_keys(keys_of(action))


def key_name(action: Action) -> str:
    """One key of the action, as it is printed: the first it has now."""
    return print_keys(keys_of(action)[:1])


def key_table(*actions: Action) -> Iterator[tuple[str, str]]:
    """Keys and what they do, for help and documentation."""
    for action in actions:
        yield key_names(action), action.help
