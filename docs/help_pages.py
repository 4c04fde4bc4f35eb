"""The pages that say what the help says: made from its texts, so that there is one wording of everything."""

import re
from collections.abc import Iterable

from queuewatch.glyphs import STATE_GLYPHS
from screens.help.model import ScreenHelp, Word
from screens.help.texts import SCREENS
from screens.help.topics import TOPICS

BETWEEN_MARKS = re.compile(r"(<!-- help: ([a-z ]+) -->\n).*?(<!-- /help -->)", re.DOTALL)


def screens_page() -> str:
    """``docs/screens.md``: every screen with its picture and its text."""
    return (
        f"""\
# The screens

<!-- Made by docs/make_pages.py from screens/help: change it there. -->

What `?` says on each screen (`f1` where letters are typed), with what is seen there. What the colours and the
words of a verdict mean is on [a page of its own](colours-and-verdicts.md); every key is on [another](keys.md).

{"".join(map(_screen, SCREENS.values()))}""".rstrip()
        + "\n"
    )


def with_topics(page: str) -> str:
    """The page with the words of each topic that it has a place for."""
    words = {topic.name: f"{topic.about}\n\n{words_table(topic.words)}" for topic in TOPICS}
    return BETWEEN_MARKS.sub(lambda place: f"{place[1]}{words[place[2]]}{place[3]}", page)


def words_table(words: Iterable[Word]) -> str:
    """Words and what they mean, as a Markdown table."""
    rows = (f"| {_shown(word)} | {_harmless(word.text)} |\n" for word in words)
    return f"| Word | Means |\n| --- | --- |\n{''.join(rows)}"


def _screen(screen: ScreenHelp) -> str:
    title = f"{screen.title[0].upper()}{screen.title[1:]}"
    pictures = "".join(f"![{title}](screenshots/{name}-80x24.svg)\n\n" for name in screen.pictures[:1])
    often = f"**Most often:** {_harmless(screen.often)}"
    return f"## {title}\n\n{screen.purpose}\n\n{pictures}{words_table(screen.parts)}\n{often}\n\n"


def _shown(word: Word) -> str:
    return _harmless(f"{STATE_GLYPHS[word.state]} {word.word}" if word.state else f"**{word.word}**")


def _harmless(text: str) -> str:
    return text.replace("|", "\\|")
