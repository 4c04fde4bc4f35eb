from hypothesis import given
from hypothesis import strategies as st

from queuewatch.pbx.netsapiens.http import redact

TOKEN = "nsd_0123456789abcdef"


def test_the_token_goes_and_the_rest_stays() -> None:
    assert redact(f"Token {TOKEN} expired", TOKEN) == "Token [token] expired"


def test_a_shortened_token_goes_too() -> None:
    assert redact(f"Token {TOKEN[:10]}… expired", TOKEN) == "Token [token]… expired"


def test_a_token_hidden_by_control_characters_goes_too() -> None:
    assert redact(f"\x1b]0;{TOKEN[:6]}\x00{TOKEN[6:]}\x07", TOKEN) == "]0;[token]"


def test_short_tokens_go_only_whole() -> None:
    assert redact("a abc ab", "abc") == "a [token] ab"


@given(st.text(max_size=300), st.text(max_size=300), st.text("abcdef0123456789", min_size=8, max_size=40))
def test_no_token_survives(before: str, after: str, token: str) -> None:
    shown = redact(before + token + after, token)
    assert token not in shown
    assert token[:8] not in shown
    assert len(shown) <= 160
