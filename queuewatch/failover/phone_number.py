"""A text of digits as a phone number: which number it is, with its country, or that it is none.

North American numbers are told by their form alone. Every other country's are asked of ``phonenumbers``, which is
large: it is loaded when the first such number is met, never before.
"""

import re
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

SHORTEST_NUMBER = 7
"""Fewer digits than this can only be an extension, a short code or a service number."""


class NumberKind(StrEnum):
    """What a text of digits is, taken as a phone number."""

    NORTH_AMERICAN = "North American"
    """Ten digits, or eleven beginning with 1, area code and exchange beginning with 2 to 9."""
    ABROAD = "abroad"
    """Written with ``+``, ``011`` or ``00``, and valid in its country."""
    SERVICE = "service"
    """An emergency or service number, such as 911."""
    NONE = "none"
    """No number: an extension, a short code, or a number with a digit too many."""


class Number(Struct, frozen=True, gc=False):
    """A text of digits, read as a phone number."""

    kind: NumberKind
    key: str
    """What identifies it, however it is written: ten digits, or ``+`` and all digits of a number abroad.

    What is no number is identified by its own digits.
    """
    premium: bool = False
    """Whoever calls it, or forwards calls to it, is charged for it."""

    @property
    def is_dialable(self) -> bool:
        """Whether it is a number that a call can leave for."""
        return self.kind in (NumberKind.NORTH_AMERICAN, NumberKind.ABROAD)


SERVICES = {
    "911": "the emergency number",
    "112": "an emergency number",
    "999": "an emergency number",
    "933": "the number that tests 911",
    "988": "the crisis line",
}
"""Numbers that nobody's backup may be, in words; N11 beside them."""

_NORTH_AMERICAN = re.compile(r"1?([2-9][0-9]{2}[2-9][0-9]{6})")
_ABROAD = re.compile(r"(?:\+|011|00)([0-9]+)")
_N11 = re.compile(r"[2-9]11")
_DIGITS = re.compile(r"\+?[0-9]+")
_MARKS = re.compile(r"[\s().\-/]+")
_LIKE_A_NUMBER = re.compile(r"[(+]*[0-9][0-9\s().+/x-]*", re.IGNORECASE)
_TEL = re.compile(r"tel:(?://)?", re.IGNORECASE)


@lru_cache(maxsize=8192)
def read_number(text: str) -> Number:
    """What a text of digits, with or without a leading ``+``, is as a phone number. Total."""
    if not _DIGITS.fullmatch(text):
        return Number(NumberKind.NONE, text)
    code = text.removeprefix("+")
    if code in SERVICES or _N11.fullmatch(code):
        return Number(NumberKind.SERVICE, code)
    if home := _NORTH_AMERICAN.fullmatch(text):
        return _north_american(home[1])
    if len(code) >= SHORTEST_NUMBER and (abroad := _ABROAD.fullmatch(text)):
        return _abroad(abroad[1]) or Number(NumberKind.NONE, text)
    return Number(NumberKind.NONE, text)


def _north_american(ten: str) -> Number:
    return Number(NumberKind.NORTH_AMERICAN, ten, premium=ten.startswith("900"))


def _abroad(digits: str) -> Number | None:
    """The number of these digits, the country's code first; ``None`` for one that there cannot be."""
    if digits.startswith("1"):
        # The library drops a second 1, as dialled before a distance call: that is not to be guessed.
        home = _NORTH_AMERICAN.fullmatch(digits) if len(digits) == 11 else None
        return _north_american(home[1]) if home else None
    import phonenumbers

    try:
        found = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return None
    key = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    # Nor is a 0 dropped that stands behind the country's code: what is stored is what is dialled.
    if key != f"+{digits}" or not phonenumbers.is_valid_number(found):
        return None
    premium = phonenumbers.number_type(found) == phonenumbers.PhoneNumberType.PREMIUM_RATE
    return Number(NumberKind.ABROAD, key, premium)


def is_meant_as_number(text: str) -> bool:
    """Whether this is, or was meant to be, a phone number: digits and the marks that people put between them."""
    return _LIKE_A_NUMBER.fullmatch(text) is not None and sum(map(str.isdigit, text)) >= SHORTEST_NUMBER


@lru_cache(maxsize=8192)
def number_key(text: str) -> str:
    """What identifies a phone number in any spelling, brackets and dashes included."""
    return read_number(_MARKS.sub("", text)).key


def own_number_key(text: str) -> str:
    """The same for one of the domain's own numbers: servers list them with the country's code, without ``+``."""
    number = read_number(_MARKS.sub("", text))
    if number.kind is not NumberKind.NONE:
        return number.key
    abroad = read_number(f"+{number.key}")
    return abroad.key if abroad.is_dialable else number.key


def format_number(text: str) -> str:
    """``(214) 555-0100``, ``+44 20 7946 0123``; what is no number as it is."""
    number = read_number(text)
    match number.kind:
        case NumberKind.NORTH_AMERICAN:
            return f"({number.key[:3]}) {number.key[3:6]}-{number.key[6:]}"
        case NumberKind.ABROAD:
            import phonenumbers

            found = phonenumbers.parse(number.key, None)
            return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        case NumberKind.SERVICE | NumberKind.NONE:
            return text


def as_typed(text: str) -> str:
    """What was typed or pasted, without what only a letterhead or a web page adds.

    Invisible and bidirectional characters go, every dash becomes ``-`` and every blank a blank, and so does the
    ``tel:`` of a link.
    """
    from unicodedata import category

    plain = "".join(_plain(char, category(char)) for char in text).strip()
    return _TEL.sub("", plain, count=1) if _TEL.match(plain) else plain


def _plain(char: str, category: str) -> str:
    match category:
        case "Cf":
            return ""
        case "Pd":
            return "-"
        case "Zs" | "Zl" | "Zp":
            return " "
        case _:
            # The minus sign is no dash to Unicode, and these slashes are no slash.
            return {"\u2212": "-", "\uff0b": "+", "\u2044": "/", "\u2215": "/"}.get(char, char)


def as_dialled(text: str) -> str:
    """A number that was typed with marks; empty for none: ``+44 (0)20 7946 0123`` is ``011442079460123``.

    A number abroad is written the way it is dialled from North America, which every dial plan here knows.
    """
    digits = _MARKS.sub("", text)
    if not _DIGITS.fullmatch(digits):
        return ""
    number = read_number(digits)
    if number.kind is NumberKind.ABROAD:
        return f"011{number.key.removeprefix('+')}"
    if number.kind is NumberKind.NORTH_AMERICAN:
        return digits if digits.isdecimal() and len(digits) <= 11 else f"1{number.key}"
    if "(0)" in text and (without := as_dialled(text.replace("(0)", "", 1))):
        return without
    return ""


def service_words(code: str) -> str:
    """``911 is the emergency number``."""
    return f"{code} is {SERVICES.get(code, 'a service number')}"
