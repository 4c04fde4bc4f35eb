"""When two spellings name the same site, and how to say what differs between two that only look the same."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def site_key(name: str) -> str:
    """What two spellings of one site have in common; empty for no name.

    Case, the way a letter with a mark is put together, wide letters, how many blanks there are and of which sort,
    and characters that cannot be seen do not tell two sites apart: whoever types the name sees none of them.
    """
    if name.isascii():
        return " ".join(name.casefold().split())
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(sign for sign in plain if unicodedata.category(sign) != "Cf").split())


def unseen_difference(typed: str, meant: str) -> str:
    """In words what differs between two names that may look the same; empty where anybody sees it.

    Such as "the 2nd character is … (Cyrillic small letter a), not … (Latin small letter a)".
    """
    left, right = site_key(typed), site_key(meant)
    for nth, (one, other) in enumerate(zip(left, right, strict=False), 1):
        if one != other:
            if one.isascii() and other.isascii():
                return ""
            return f"the {_nth(nth)} character is {_named(one)}, not {_named(other)}"
    return ""


def _named(sign: str) -> str:
    name = unicodedata.name(sign, f"character {ord(sign):X}")
    return f"“{sign}” ({name.capitalize()})"


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"
