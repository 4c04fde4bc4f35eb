"""What a text of the help consists of. Plain data: the screens, the command line and the documentation read it."""

from typing import NamedTuple


class Word(NamedTuple):
    """A word on a screen, and what it means."""

    word: str
    text: str
    state: str = ""
    """The state whose glyph and colour the word is shown in; empty for a word in plain text."""


class Topic(NamedTuple):
    """Words that belong together."""

    name: str
    """How it is asked for."""
    title: str
    about: str
    words: tuple[Word, ...]


class ScreenHelp(NamedTuple):
    """One screen, for somebody who sees it for the first time."""

    title: str
    purpose: str
    """What it is for, in a sentence."""
    parts: tuple[Word, ...]
    """How to read it, from the top to the bottom and from left to right."""
    often: str
    """What is most often done next, after “Most often:”."""
    pictures: tuple[str, ...] = ()
    """The names of its pictures in the documentation."""
