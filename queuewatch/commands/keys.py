"""``queuewatch keys``: every action of the screens, its id, and the keys it has now."""

import argparse
import json
import os
import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from queuewatch.commands import errors
from queuewatch.commands.connecting import asked
from queuewatch.commands.manual import terminal_width
from queuewatch.commands.terminal import write
from queuewatch.connection.connection import NotConfigured
from queuewatch.connection.resolve import chosen_profile
from queuewatch.report.formats import csv_table, table
from screens.keys.keymap import keymap
from screens.keys.registry import GENERAL, PLACES
from widgets.action import Action, key_names, keys_of, put_in_force


class KeyLine(NamedTuple):
    """One action somewhere."""

    where: str
    action: Action

    @property
    def text(self) -> str:
        """Everything there is to find it by."""
        action = self.action
        return f"{self.where} {action.id} {action.title} {action.help} {key_names(action)}".casefold()


def run(options: argparse.Namespace) -> int:
    """Write the list. No phone system is asked."""
    try:
        put_in_force(keymap(chosen_profile(asked(options), os.environ).keys))
    except NotConfigured:
        put_in_force({})
    words = [word.casefold() for word in options.words]
    lines = [line for line in _lines() if all(word in line.text for word in words)]
    if words and not lines:
        raise errors.UsageError(
            f"No key and no action has {' '.join(options.words)!r}.", "queuewatch keys lists them all."
        )
    match options.format:
        case "json":
            written = json.dumps({"keys": [_object(line) for line in lines]}, indent=2, ensure_ascii=False)
        case "csv":
            written = csv_table(("where", "id", "keys", "does"), (_row(line) for line in lines))
        case "markdown":
            written = "\n".join(table(("Where", "Id", "Keys", "What it does"), [_row(line) for line in lines]))
        case _:
            written = _text(lines, terminal_width())
    write(written)
    return errors.DONE


def _lines() -> Iterator[KeyLine]:
    """Each place with what is its own, then what is had in several."""
    for place in PLACES:
        yield from (KeyLine(place.name, action) for action in place.own)
    for where, actions in GENERAL:
        yield from (KeyLine(where, action) for action in actions)


def _row(line: KeyLine) -> tuple[str, str, str, str]:
    return line.where, line.action.id, key_names(line.action), line.action.help


def _object(line: KeyLine) -> dict[str, object]:
    action = line.action
    own = keys_of(action)
    return {
        "where": line.where,
        "id": action.id,
        "keys": list(own),
        "changed": own != action.keys,
        "does": action.help,
    }


def _text(lines: Iterable[KeyLine], width: int) -> str:
    lines = list(lines)
    ids = max((len(line.action.id) for line in lines), default=0)
    keys = max((len(key_names(line.action)) for line in lines), default=0)
    written: list[str] = []
    where = ""
    for line in lines:
        if line.where != where:
            where = line.where
            written += [*([""] if written else []), where]
        head = f"  {line.action.id:<{ids}}  {key_names(line.action):<{keys}}  "
        does = textwrap.wrap(line.action.help, max(24, width - len(head))) or [""]
        written.append(f"{head}{does[0]}".rstrip())
        written += [f"{' ' * len(head)}{more}" for more in does[1:]]
    return "\n".join(written)
