"""``queuewatch help``: a command's page of the manual, or what a word on the screens means."""

import argparse
import sys
from collections.abc import Iterator

from queuewatch.commands import errors
from queuewatch.commands.manual import ManualEntry, Part, Section, layout, shows_bold, terminal_width
from queuewatch.commands.parser import COMMANDS, command_parser, main_parser
from queuewatch.glyphs import STATE_GLYPHS
from queuewatch.text.similar import did_you_mean
from screens.help.model import ScreenHelp, Topic, Word
from screens.help.texts import SCREENS
from screens.help.topics import TOPICS

EXPLAINED: tuple[Topic | ScreenHelp, ...] = (*TOPICS, *SCREENS.values())
SPELT_OTHERWISE = {"colors": "colours", "unknown": "not known", "external": "outside number"}


def run(options: argparse.Namespace) -> int:
    """Explain it. No phone system is asked."""
    asked = " ".join(options.topic).casefold().replace("_", " ").replace("-", " ").strip()
    if not asked:
        main_parser().print_help()
    elif (command := asked.replace(" ", "-")) in COMMANDS:
        command_parser(command).print_help()
    else:
        page = tuple(_explained(SPELT_OTHERWISE.get(asked, asked)))
        if not page:
            raise errors.UsageError(f"There is no help on {' '.join(options.topic)!r}.", _nearest(asked))
        sys.stdout.write(layout(page, terminal_width(), bold=shows_bold(sys.stdout)))
    return errors.DONE


def names() -> Iterator[tuple[str, str]]:
    """Everything but a command that can be asked for by a name of its own, and what it is about."""
    for topic in TOPICS:
        yield topic.name.replace(" ", "-"), topic.title
    for screen in SCREENS.values():
        if (name := _short(screen).replace(" ", "-")) not in COMMANDS:
            yield name, screen.purpose


def _explained(asked: str) -> Iterator[Section]:
    for topic in TOPICS:
        if asked == topic.name:
            yield Section(topic.title.upper(), (topic.about, "", *map(_entry, topic.words)))
            return
    for screen in SCREENS.values():
        if asked in (screen.title, _short(screen)):
            parts: tuple[Part, ...] = tuple(map(_entry, screen.parts))
            parts = screen.purpose, "", *parts, f"Most often: {screen.often}"
            yield Section(screen.title.upper(), parts)
            return
    for part in EXPLAINED:
        if meant := tuple(_entry(word) for word in _words(part) if word.word.casefold() == asked):
            yield Section(part.title.upper(), meant)


def _words(part: Topic | ScreenHelp) -> tuple[Word, ...]:
    return part.words if isinstance(part, Topic) else part.parts


def _short(screen: ScreenHelp) -> str:
    return screen.title.removeprefix("the ").removeprefix("one ").removeprefix("a ")


def _entry(word: Word) -> ManualEntry:
    return ManualEntry(f"{STATE_GLYPHS[word.state]} {word.word}" if word.state else word.word, word.text)


def _nearest(asked: str) -> str:
    everything = [*COMMANDS, *(name for name, _ in names())]
    words = [word.word for part in EXPLAINED for word in _words(part)]
    return did_you_mean(asked, [*everything, *words]).rstrip() or f"There is help on: {', '.join(everything)}."
