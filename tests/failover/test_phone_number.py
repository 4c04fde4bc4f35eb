"""Which number a text of digits is: whole, with its country, or none at all."""

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.failover.phone_number import (
    NumberKind,
    as_dialled,
    as_typed,
    format_number,
    own_number_key,
    read_number,
)
from queuewatch.failover.simulate import readiness
from queuewatch.failover.verdict import ReadinessState
from tests.failover.build import default, office, to
from tests.failover.test_destinations import SALES


@pytest.mark.parametrize(
    ("digits", "kind", "key"),
    [
        ("2145550100", "North American", "2145550100"),
        ("12145550100", "North American", "2145550100"),
        ("+12145550100", "North American", "2145550100"),
        ("01112145550100", "North American", "2145550100"),
        ("+442079460123", "abroad", "+442079460123"),
        ("011442079460123", "abroad", "+442079460123"),
        ("00442079460123", "abroad", "+442079460123"),
        ("911", "service", "911"),
        ("112", "service", "112"),
        ("999", "service", "999"),
        ("988", "service", "988"),
        ("933", "service", "933"),
        ("411", "service", "411"),
        ("+112", "service", "112"),
        # A digit too many or too few, an area code or exchange that there cannot be, a country that is not said.
        ("121455501000", "none", "121455501000"),
        ("1214555010012", "none", "1214555010012"),
        ("10145550100", "none", "10145550100"),
        ("2140550100", "none", "2140550100"),
        ("1145550100", "none", "1145550100"),
        ("22145550100", "none", "22145550100"),
        ("00112145550133", "none", "00112145550133"),
        ("0112145550100", "none", "0112145550100"),
        ("+2145550100", "none", "+2145550100"),
        ("+4402079460123", "none", "+4402079460123"),
        ("442079460123", "none", "442079460123"),
        ("+999123456789", "none", "+999123456789"),
        ("5550100", "none", "5550100"),
        ("111", "none", "111"),
        ("8000", "none", "8000"),
        ("1001wp", "none", "1001wp"),
        ("", "none", ""),
    ],
)
def test_a_number_counts_whole_and_with_its_country(digits: str, kind: str, key: str) -> None:
    number = read_number(digits)
    assert (number.kind, number.key) == (kind, key)


@pytest.mark.parametrize(
    ("digits", "premium"),
    [
        ("9005550100", True),
        ("19005550100", True),
        ("2145550100", False),
        ("+449098790123", True),
        ("+442079460123", False),
    ],
)
def test_a_premium_number_is_known_for_one(digits: str, premium: bool) -> None:
    assert read_number(digits).premium is premium


@pytest.mark.parametrize(
    ("listed", "key"),
    [
        ("12079460123", "2079460123"),
        ("442079460123", "+442079460123"),
        ("+442079460123", "+442079460123"),
        ("(214) 555-0100", "2145550100"),
        ("121455501000", "121455501000"),
        ("none", "none"),
    ],
)
def test_an_own_number_is_listed_with_its_country_and_without_a_plus(listed: str, key: str) -> None:
    assert own_number_key(listed) == key


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("tel:+1-214-555-0100", "12145550100"),
        ("TEL://2145550100", "2145550100"),
        ("\u202a+1 (214) 555\u20110100\u202c", "12145550100"),
        ("\u200e214\u2013555\u22120100\ufeff", "2145550100"),
        ("214\u00a0555\u20020100", "2145550100"),
        ("+44 (0)20 7946 0123", "011442079460123"),
        ("\uff0b44 20 7946 0123", "011442079460123"),
        ("0044 20 7946 0123", "011442079460123"),
        ("214 555 01000", ""),
        ("tel:", ""),
    ],
)
def test_a_pasted_number_is_understood(typed: str, written: str) -> None:
    assert as_dialled(as_typed(typed)) == written


@given(st.text(max_size=20))
def test_whatever_is_read_has_an_answer(text: str) -> None:
    number = read_number(text)
    assert number.kind is NumberKind.NONE or set(number.key) <= set("+0123456789")
    assert bool(format_number(text)) is bool(text)
    as_dialled(as_typed(text))
    own_number_key(text)


digits = st.one_of(
    st.from_regex(r"(\+|011|00)?[0-9]{7,15}", fullmatch=True),
    st.from_regex(r"(1|\+1|0111|001)?[2-9][0-9]{2}[2-9][0-9]{6}[0-9]?", fullmatch=True),
    st.sampled_from(("+44", "01149", "0033", "+5255", "+1")).flatmap(
        lambda country: st.from_regex(country.replace("+", r"\+") + r"[0-9]{6,12}", fullmatch=True)
    ),
)


@given(digits)
def test_formatting_goes_round(text: str) -> None:
    number = read_number(text)
    if number.is_dialable:
        shown = format_number(text)
        assert read_number(as_dialled(shown)).key == number.key
        assert read_number(as_dialled(as_dialled(shown))).key == number.key
    else:
        assert format_number(text) == text


@given(digits)
def test_no_way_is_ready_through_what_is_no_number(text: str) -> None:
    snapshot = office(SALES, rules={"8000": [default(offline=to(text))]})
    ready = readiness(snapshot, SALES)
    number = read_number(text)
    if ready.state is ReadinessState.READY:
        assert ready.verdict.end.kind == "external"
        assert number.is_dialable
        found = phonenumbers.parse(number.key, "US")
        assert number.kind is NumberKind.NORTH_AMERICAN or phonenumbers.is_valid_number(found)
    else:
        assert not number.is_dialable
        assert ready.verdict.reaches_someone is None


def test_the_library_is_loaded_for_unusual_numbers_only() -> None:
    program = """
import sys
from queuewatch.cli import main
import queuewatch.app, queuewatch.polling.assemble
from queuewatch.failover.phone_number import as_dialled, as_typed, format_number, own_number_key, read_number
for text in ("(214) 555-0100", "+1 214 555 0100", "12145550100", "8000", "911", "*98", "19005550100"):
    format_number(text), read_number(as_dialled(as_typed(text)))
own_number_key("12145550100")
assert "phonenumbers" not in sys.modules
read_number("+442079460123")
assert "phonenumbers" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
