import math

import pytest
from hypothesis import given

from queuewatch.pbx.netsapiens.fields import first_of, integer, text, yes_no
from queuewatch.text.plain_text import harmless

from . import anything


@pytest.mark.parametrize("spelling", ["yes", "YES", " Yes ", "true", "True", True, 1, "1", 1.0])
def test_yes_in_every_spelling(spelling: object) -> None:
    assert yes_no(spelling) is True


@pytest.mark.parametrize("spelling", ["no", "No", "false", False, 0, "0"])
def test_no_in_every_spelling(spelling: object) -> None:
    assert yes_no(spelling) is False


@pytest.mark.parametrize("nonsense", ["maybe", "", None, 2, -1, [], {}, ["yes"], math.nan, "yes please"])
def test_neither_yes_nor_no(nonsense: object) -> None:
    assert yes_no(nonsense) is None


@pytest.mark.parametrize(
    ("value", "number"), [(7, 7), ("7", 7), (" 7 ", 7), (7.0, 7), ("7.0", 7), (-1, -1), ("-1", -1), ("+2", 2)]
)
def test_whole_numbers(value: object, number: int) -> None:
    assert integer(value) == number


@pytest.mark.parametrize(
    "nonsense", [True, None, "", "seven", 7.5, "7.5", math.inf, math.nan, 10**400, "9" * 5000, "٣", [7], {}, "1e3"]
)
def test_no_whole_number(nonsense: object) -> None:
    assert integer(nonsense) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [("Ana", "Ana"), (None, ""), (8000, "8000"), (12145550100.0, "12145550100"), (1.5, "1.5"), ("  x ", "x")],
)
def test_texts(value: object, words: str) -> None:
    assert text(value) == words


@pytest.mark.parametrize("nonsense", [True, [], {}, math.nan, math.inf, 10**400, ["Ana"]])
def test_no_text(nonsense: object) -> None:
    assert text(nonsense) is None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mAna\x07", "[31mAna"),
        ("Ana\r\nLopez\tX", "Ana Lopez X"),
        ("\u202eevil\u2066\u061c\u200f", "evil"),
        ("a\u2028b", "a b"),
        ("half \ud800 of one", "half  of one"),
        ("Zoë 👩\u200d💻", "Zoë 👩\u200d💻"),
    ],
)
def test_harmless(raw: str, shown: str) -> None:
    assert harmless(raw) == shown


def test_a_flood_is_cut() -> None:
    assert harmless("x" * 10_000, 50) == "x" * 49 + "…"


def test_the_first_spelling_that_says_something() -> None:
    assert first_of({"a": None, "b": " ", "c": 0, "d": 1}, "a", "b", "c", "d") == 0
    assert first_of({"a": None}, "a", "b") is None


@given(anything.json)
def test_readers_are_total(value: object) -> None:
    assert yes_no(value) in (True, False, None)
    assert integer(value) is None or isinstance(integer(value), int)
    words = text(value)
    assert words is None or (len(words) <= 200 and words.encode("utf-8") is not None)
    assert words is None or not set(words) & set("\n\r\x00\x1b\u202e")
