"""httpx without its own command line, for which it loads click and a syntax highlighter where there are any."""

import sys

# An import of None fails as if nothing of that kind were installed, which httpx is prepared for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx as httpx  # noqa: E402
