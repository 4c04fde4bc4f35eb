"""What the help is searched for: a key by its letter, anything by words."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from screens.help.model import Word
from screens.help.texts import SCREENS
from screens.help.topics import TOPICS
from screens.keys.board import moves
from screens.keys.registry import GENERAL, PLACES
from widgets.action import Action, key_names, keys_of, print_keys

MOST = 40
"""What is shown at most: more nobody reads."""


class HelpHit(NamedTuple):
    """A key or a word that was looked for."""

    label: str
    """The keys, or the word."""
    text: str
    where: str = ""
    """Where else than on this screen; empty where it is here, or everywhere."""


class _Line(NamedTuple):
    hit: HelpHit
    keys: tuple[str, ...]
    """The keys as they are printed; none for a word."""


def search_help(query: str, here: Iterable[Action]) -> tuple[HelpHit, ...]:
    """What has that key, before what has all of the words; what is to be had ``here`` comes first.

    A key is meant by its own name, capital letters apart: ``f``, ``F``, ``f5``, ``esc``.
    """
    words = query.casefold().split()
    if not words:
        return ()
    lines = tuple(_lines(tuple(here)))
    by_key = [line.hit for line in lines if query.strip() in line.keys]
    # A single letter is a key: as a part of a word it says nothing.
    by_words = [] if len(query.strip()) == 1 else [line.hit for line in lines if _has(line.hit, words)]
    return tuple(dict.fromkeys((*by_key, *by_words)))[:MOST]


def _has(hit: HelpHit, words: list[str]) -> bool:
    text = f"{hit.label} {hit.text} {hit.where}".casefold()
    return all(word in text for word in words)


def _lines(here: tuple[Action, ...]) -> Iterator[_Line]:
    """Every key and every word of the help, those of this screen first, and none twice."""
    told = {action.id for action in here}
    for action in here:
        yield _line(action, "")
    for name, actions in GENERAL:
        for action in actions:
            if action.id not in told:
                told.add(action.id)
                yield _line(action, name)
    for keys, text in moves()[-2:]:
        yield _Line(HelpHit(keys, text), (keys,))
    for place in PLACES:
        for action in place.own:
            if action.id not in told:
                told.add(action.id)
                yield _line(action, place.name)
    for screen in SCREENS.values():
        yield from (_word(word, screen.title) for word in screen.parts)
    for topic in TOPICS:
        yield from (_word(word, topic.title) for word in topic.words)


def _line(action: Action, where: str) -> _Line:
    return _Line(
        HelpHit(key_names(action), action.help, where), tuple(print_keys((key,)) for key in keys_of(action))
    )


def _word(word: Word, where: str) -> _Line:
    return _Line(HelpHit(word.word, word.text, where), ())
