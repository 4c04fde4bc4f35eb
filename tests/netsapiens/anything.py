"""Any JSON at all, for property tests."""

from hypothesis import strategies as st

numbers = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 2**63])
words = st.text(max_size=20) | st.sampled_from(["yes", "no", "", " ", "*", "8000", "\ud800", "\x1b[31m", "\u202e"])
scalars = st.none() | st.booleans() | numbers | words
json = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=12
)


def rows(*names: str) -> st.SearchStrategy[list[object]]:
    """Lists whose rows are anything, or objects that have some of these names with anything under them."""
    row = st.dictionaries(st.sampled_from(names), json, max_size=len(names))
    return st.lists(json | row, max_size=6)
