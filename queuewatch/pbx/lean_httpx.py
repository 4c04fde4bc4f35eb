"""httpx without its own command line, for which it loads click and a syntax highlighter where there are any.

And without its search for a library that most machines do not have: asked anew at every lock of every request, an
import that fails looks through every folder of the path each time, an eighth of what an idle board did.
"""

import sys

# An import of None fails as if nothing of that kind were installed, which httpx is prepared for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

try:
    import sniffio  # type: ignore[import-not-found, unused-ignore]  # noqa: F401
except ImportError:
    # It tells asyncio from trio; where it is missing, httpx and anyio take it for asyncio, which it is.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

import httpx as httpx  # noqa: E402
