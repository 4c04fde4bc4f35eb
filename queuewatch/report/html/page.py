"""From a template and what it is about to one page: a file of its own, without a script or an address outside.

Whatever comes from outside is cleaned of what cannot be seen where it is written, and escaped for HTML.
"""

from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from queuewatch import __version__
from queuewatch.failover.wording import listing, plural
from queuewatch.text.plain_text import one_line


def write_page(template: str, made_at: datetime, **values: object) -> str:
    """The page in ASCII, so that no terminal, pipe or mail can spoil it, and without a line break at its end.

    ``template`` is a file's name below ``templates/``; ``made_at`` stands at the foot, in the reader's time zone.
    """
    page = _templates().get_template(template).render(made_at=moment_words(made_at), **values)
    lines = (line.rstrip() for line in page.splitlines())
    return "\n".join(line for line in lines if line).encode("ascii", "xmlcharrefreplace").decode()


def moment_words(at: datetime) -> str:
    """``Sat 2026-11-28 19:41 UTC``, in the reader's own time zone."""
    return f"{at.astimezone():%a %Y-%m-%d %H:%M %Z}".strip()


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    environment.globals.update(version=__version__, plural=plural, listing=listing)
    return environment


def _plain(value: object) -> object:
    """What a template writes: text from outside on one line and harmless, markup of our own as it is."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else one_line(str(value))
