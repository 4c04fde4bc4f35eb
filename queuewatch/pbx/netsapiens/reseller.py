"""The domains that a token sees beyond one: what a reseller looks after."""

from collections.abc import Sequence

from msgspec import Struct

from queuewatch.failover.model import Part, Problem
from queuewatch.pbx.errors import Forbidden, Missing, Misunderstood
from queuewatch.pbx.netsapiens.fields import objects
from queuewatch.pbx.netsapiens.http import HttpClient
from queuewatch.pbx.netsapiens.responses import rows_of
from queuewatch.pbx.phone_system import ListReading

PAGE = 1000
"""Domains asked for at a time."""
MOST_DOMAINS = 20_000
_CAPPED_PAGE = 100
"""The vendor's default: a page of exactly so many may have been cut."""
_BY_NAME = 'Name the domains in the profile instead: domains = ["…", "…"].'


class ListedDomain(Struct, frozen=True):
    """One domain of the list."""

    domain: str
    name: str = ""
    """What the provider calls it (its description)."""


async def read_domains(client: HttpClient, host: str) -> ListReading[ListedDomain]:
    """Every domain that the token sees, page by page; ``host`` is the server's, for messages.

    Raises :class:`Forbidden` where the token sees one domain only, and every other
    :class:`~queuewatch.pbx.errors.PbxError`.
    """
    found: dict[str, ListedDomain] = {}
    problems: list[Problem] = []
    start = 0
    while True:
        try:
            rows = rows_of(await client.read("/domains", "the domains", start=start, limit=PAGE))
        except (Forbidden, Missing) as error:
            raise Forbidden(
                f"This token does not see the list of domains: {error}", f"A reseller's token does. {_BY_NAME}"
            ) from None
        known = len(found)
        _take_in(rows, found, problems)
        start += len(rows)
        if len(found) == known or (len(rows) < PAGE and len(rows) != _CAPPED_PAGE):
            return ListReading(tuple(found.values()), tuple(problems))
        if start >= MOST_DOMAINS:
            raise Misunderstood(f"{host} gives page after page when asked for its domains.", _BY_NAME)


def _take_in(rows: Sequence[object], found: dict[str, ListedDomain], problems: list[Problem]) -> None:
    for place, row in objects(rows, "Domain", Part.LIVE, problems):
        name = row.text("domain")
        if not name:
            problems.append(Problem(Part.LIVE, f"{place} has no name (domain): left out.", lost=True))
        elif name not in ("*", "~"):
            found.setdefault(name, ListedDomain(name, row.text("description")))
