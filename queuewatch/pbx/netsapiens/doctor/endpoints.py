"""The lists that queuewatch needs, looked at one by one: what they hold, how it is spelled, what is missing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from queuewatch.failover.wording import plural
from queuewatch.pbx.checks import Check, FieldKinds, Seen, bad, good, unsure
from queuewatch.pbx.errors import Forbidden, PbxError, Refused, Throttled, Unreachable
from queuewatch.pbx.netsapiens.field_names import SPELLINGS, VITAL, aliases_of
from queuewatch.pbx.netsapiens.fields import kind, plain_name
from queuewatch.pbx.netsapiens.recording.allowed_fields import HARMLESS

MOST_DETAILS = 5
"""How many of the things that were not understood are told one by one."""

SEND_IT = (
    "queuewatch doctor --bundle FILE.zip collects what the makers of queuewatch need to teach it this server."
)


class Endpoint(Struct, frozen=True):
    """One list of the API."""

    name: str
    resource: str
    singular: str
    """What one row of it is, for counting."""
    needed: bool = True
    """Whether verdicts would be uncertain without it."""

    @property
    def what(self) -> str:
        """The list, in words."""
        return f"the {self.singular}s"


QUEUES = Endpoint("Queues", "callqueues", "call queue")
AGENTS = Endpoint("Agents", "agents", "agent")
USERS = Endpoint("Users", "users", "user")
NUMBERS = Endpoint("Numbers", "phonenumbers", "phone number")
ATTENDANTS = Endpoint("Auto attendants", "autoattendants", "auto attendant")
SITES = Endpoint("Sites", "sites", "site", needed=False)
TIME_FRAMES = Endpoint("Time frames", "timeframes", "time frame", needed=False)
RULES = Endpoint("Answering rules", "answerrules", "answering rule")
PHONES = Endpoint("Phones", "devices", "device", needed=False)

Understand = Callable[[Sequence[object]], Iterable[str]]
"""Reads rows and says in sentences what of them could not be understood."""


def check_rows(
    endpoint: Endpoint,
    rows: Sequence[object],
    seconds: float,
    understand: Understand,
    seen: Seen,
    count: Callable[[], str] | None = None,
) -> Check:
    """What came of a list that was answered; ``count`` says how much the board makes of it."""
    seen.fields[endpoint.resource] = kinds_of(rows)
    _remember(rows, seen.texts)
    present = {plain_name(name) for name, kinds in seen.fields[endpoint.resource].items() if kinds}
    odd = list(dict.fromkeys(understand(rows)))
    how_many = count() if count is not None else plural(len(rows), endpoint.singular)
    sentence = f"{how_many} in {1000 * seconds:.0f} ms"
    spelling = _spelling(endpoint.resource, present)
    sentence = f"{sentence}, {spelling}." if spelling else f"{sentence}."
    missing = [
        field
        for field in VITAL.get(endpoint.resource, ())
        if rows and not present.intersection(aliases_of(endpoint.resource, field))
    ]
    if missing:
        what = "field it needs is" if len(missing) == 1 else "fields it needs are"
        return bad(
            endpoint.name,
            f"{sentence}, but {len(missing)} {what} missing: {', '.join(missing)}.",
            f"Verdicts will be uncertain, or rest on defaults. {SEND_IT}",
        )
    if odd:
        more = len(odd) - MOST_DETAILS
        details = [*odd[:MOST_DETAILS], *([f"{more} more like these."] if more > 0 else [])]
        things = "thing in it was" if len(odd) == 1 else "things in it were"
        return unsure(endpoint.name, f"{sentence} {len(odd)} {things} not understood.", SEND_IT, *details)
    return good(endpoint.name, sentence)


def check_error(endpoint: Endpoint, error: PbxError) -> Check:
    """What came of a list that was not."""
    no_answer = isinstance(error, Refused | Forbidden | Unreachable | Throttled)
    if not endpoint.needed:
        return unsure(endpoint.name, f"{error} Verdicts do not need them.", error.hint)
    return bad(endpoint.name, str(error), error.hint, no_answer=no_answer)


def kinds_of(rows: Sequence[object]) -> FieldKinds:
    """How many rows hold which sort of value under each name; what rows that are no objects are, under none."""
    counted: dict[str, Counter[str]] = {}
    for row in rows:
        fields = row if isinstance(row, dict) else {"": row}
        for name, value in fields.items():
            counted.setdefault(name, Counter())[kind(value)] += 1
    return {name: dict(kinds) for name, kinds in counted.items()}


def _remember(rows: Sequence[object], texts: set[str]) -> None:
    """Note every text that a recording would not hand on as it is either."""
    for row in rows:
        fields = row if isinstance(row, dict) else {"": row}
        for name, value in fields.items():
            if name not in HARMLESS or HARMLESS[name](value) != value:
                texts.update(_texts_in(value))


def _texts_in(value: object) -> Iterator[str]:
    match value:
        case str() | int() | float():
            yield str(value)
        case dict():
            for item in value.values():
                yield from _texts_in(item)
        case list():
            for item in value:
                yield from _texts_in(item)
        case _:
            pass


def _spelling(resource: str, present: set[str]) -> str:
    pairs = SPELLINGS.get(resource, {})
    official, live = present & set(pairs), present & set(pairs.values())
    if official and live:
        return "in a mixture of both spellings"
    if official:
        return "in the vendor's documented spelling"
    return "in the spelling of live 44.x servers" if live else ""
