#!/usr/bin/env bash
# phonenumbers 9.0.43 (the maintained Python port of libphonenumber): "valid" is said of a number with a digit too many.
#
# Behaviour: parse() drops a trunk digit (the 1 or 0 that is dialled before a distance call at home) even where it stands
# behind an explicit country code: "+1 1 214 555 0133" and "+44 020 7946 0123". is_valid_number() then judges what is left
# and says True. The text itself, dialled digit by digit as a phone system does, is no number: +1 has ten digits.
#
# Output seen:
#     +112145550133   valid True   is +12145550133   the digits as written: False
#     +4402079460123  valid True   is +442079460123  the digits as written: False
#     +12145550133    valid True   is +12145550133   the digits as written: True
#     +442079460123   valid True   is +442079460123  the digits as written: True
#
# Why a good guess goes wrong: parse() takes a "+" as "the country code follows, take the rest literally", and a country
# code of None rules out any national reading; is_valid_number() sounds like a statement about the text. Both are about
# what a person probably meant.
#
# What it means for a program that judges stored numbers (a call forward, a dial rule): compare the E.164 form with the
# digits as they stand, and only where they are equal is the text itself valid. For text that a person types, the lenient
# reading is the right one.
#
# Exits non-zero if the behaviour changes.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install -q --disable-pip-version-check "phonenumbers==9.0.43"
"$scratch/venv/bin/python" - <<'PYTHON'
import phonenumbers

expected = {
    "+112145550133": ("+12145550133", False),
    "+4402079460123": ("+442079460123", False),
    "+12145550133": ("+12145550133", True),
    "+442079460123": ("+442079460123", True),
}
for text, (number, literal) in expected.items():
    found = phonenumbers.parse(text, None)
    written = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    valid = phonenumbers.is_valid_number(found)
    print(f"{text:<15} valid {valid!s:<6} is {written:<14} the digits as written: {written == text}")
    assert (valid, written, written == text) == (True, number, literal), "the behaviour has changed"
PYTHON
