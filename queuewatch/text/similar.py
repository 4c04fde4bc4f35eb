"""The word that was most likely meant, for whoever typed one that there is not."""

from collections.abc import Callable, Iterable

CLOSE_ENOUGH = 0.6
"""How much two words must have in common, of 1."""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that ``word`` was most likely meant to be, if any comes close; case does not count."""
    # For a misspelt word only: no start waits for it.
    import difflib

    known = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(word.strip().casefold(), known, n=1, cutoff=CLOSE_ENOUGH)
    return known[close[0]] if close else None


def did_you_mean(word: str, choices: Iterable[str], *, show: Callable[[str], str] = str) -> str:
    """A guess at the word meant, ready to be followed by another sentence; empty when nothing comes close.

    ``show`` puts the guess between quotation marks, where the sentence before it has them.
    """
    meant = nearest(word, choices)
    return f"Did you mean {show(meant)}? " if meant else ""
