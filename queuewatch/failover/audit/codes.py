"""Every code of the audit, by number."""

from collections.abc import Iterable

from queuewatch.failover.audit.stories import AGENTS, DESTINATIONS, RULES, SETTINGS, THE_AUDIT, Code
from queuewatch.failover.lookup import NotFound
from queuewatch.text.plain_text import visible
from queuewatch.text.similar import did_you_mean

CODES: dict[str, Code] = {
    code.number: code
    for code in sorted((*SETTINGS, *RULES, *DESTINATIONS, *AGENTS, *THE_AUDIT), key=lambda code: code.number)
}

__all__ = ["CODES", "Code"]


def find_code(typed: str) -> Code:
    """The code meant by its number or its name; case does not count. Raises :class:`NotFound` with the nearest."""
    word = typed.strip()
    for code in CODES.values():
        if word.upper() == code.number or word.casefold().replace("_", "-") == code.slug:
            return code
    raise _unknown(word)


def find_codes(typed: Iterable[str]) -> frozenset[str]:
    """The numbers of all codes meant, by number, prefix or name. Raises :class:`NotFound` with the nearest."""
    found: set[str] = set()
    for word in (part.strip() for code in typed for part in code.split(",")):
        begun = [number for number in CODES if word and number.startswith(word.upper())]
        found.update(begun or [find_code(word).number])
    return frozenset(found)


def _unknown(word: str) -> NotFound:
    shown = visible(word)
    guess = did_you_mean(word, [name for code in CODES.values() for name in (code.number, code.slug)])
    return NotFound(f"There is no code “{shown}”.", f"{guess}queuewatch explain lists all.")
