"""What a power cut at each site does to each queue: the drill of every site in turn, kept up to date.

A column is the drill of its site and rests on the same code. What a change does not touch is not worked out again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import TypeVar

from msgspec import Struct, field

from queuewatch.failover.destination import CallEnd
from queuewatch.failover.drill.drill import WORST_FIRST, DrillOutcome, fate_of
from queuewatch.failover.drill.power_loss import (
    PowerLoss,
    hand_on_power_losses,
    power_loss,
    power_loss_of_column,
)
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.drill.summary import ToldFate, line_of_fates
from queuewatch.failover.model import Queue, Snapshot, hand_on, once_per_snapshot
from queuewatch.failover.people import owner_of
from queuewatch.failover.places import buildings, places
from queuewatch.failover.simulate import changed_between, simulate
from queuewatch.failover.sites import site_key
from queuewatch.failover.suppose import ALL_DARK, AS_IS, Suppose
from queuewatch.failover.verdict import Judgement

OFFICE = "Office"
"""The only column where no site is a building: everything dark."""


class SiteFate(Struct, frozen=True):
    """What a power cut at one site does to one queue."""

    fate: DrillOutcome
    touched: bool
    """Whether the verdict with the site in the dark is another than the verdict now."""
    end: CallEnd
    """Where a call then ends."""


class QueueFates(Struct, frozen=True):
    """One queue's row."""

    queue: str
    fates: Mapping[str, SiteFate]
    """By site."""
    everything: DrillOutcome
    """With every agent and every person in the dark."""


class SiteMatrix(Struct, frozen=True):
    """Every queue and every site."""

    sites: tuple[str, ...] = ()
    """The columns, those of most agents first; :data:`OFFICE` alone where no site is a building; none without a
    queue."""
    queues: Mapping[str, QueueFates] = field(default_factory=dict)
    """By extension, in the order of the snapshot; a queue that is not worked out yet is missing."""
    missing: int = 0
    """How many queues are not worked out yet: a matrix of which some are is a partial one."""

    def counts(self, site: str) -> dict[DrillOutcome, int]:
        """How many queues fare how if this site goes dark: all seven fates."""
        found = Counter(row.fates[site].fate for row in self.queues.values())
        return {fate: found[fate] for fate in DrillOutcome}

    def touched(self, site: str) -> tuple[str, ...]:
        """The queues of which the verdict changes if this site goes dark."""
        return tuple(queue for queue, row in self.queues.items() if row.fates[site].touched)


@once_per_snapshot
def columns(snapshot: Snapshot) -> tuple[str, ...]:
    """The sites that have a column, those of most agents first; :data:`OFFICE` where none has.

    None while no queue is known: whether there are sites is not known by then either.
    """
    by_name = places(snapshot).rows
    agents = {site: len({row.id for row in by_name.get(site_key(site), ())}) for site in buildings(snapshot)}
    return tuple(sorted(agents, key=lambda site: -agents[site])) or ((OFFICE,) if snapshot.call_queues else ())


def site_sentence(snapshot: Snapshot, judgements: Mapping[str, Judgement], matrix: SiteMatrix, site: str) -> str:
    """What to say of a site, as the drill does: ``If Dallas goes dark: 3 of 5 queues fail over, …``.

    ``snapshot`` and ``judgements`` are those that the matrix was worked out from.
    """
    fates = [
        ToldFate(queue, row.fates[site].fate, judgements[queue.extension].now.end, row.fates[site].end)
        for queue in snapshot.call_queues
        if (row := matrix.queues.get(queue.extension)) is not None
    ]
    scope = scope_of(snapshot, site)
    return line_of_fates(snapshot, scope, _power(snapshot, scope), fates)


def everything_sentence(snapshot: Snapshot, judgements: Mapping[str, Judgement], matrix: SiteMatrix) -> str:
    """The same with everything in the dark."""
    fates = [
        ToldFate(queue, row.everything, judged.now.end, judged.readiness.verdict.end)
        for queue in snapshot.call_queues
        if (row := matrix.queues.get(queue.extension)) is not None
        and (judged := judgements.get(queue.extension)) is not None
    ]
    scope = DrillScope(everything=True)
    return line_of_fates(snapshot, scope, power_loss(snapshot, scope), fates)


def site_matrix(snapshot: Snapshot, judgements: Mapping[str, Judgement]) -> SiteMatrix:
    """The whole matrix at once. ``judgements`` are those of every call queue of the snapshot."""
    making = MatrixInTheMaking()
    for _ in making.take(snapshot, judgements):
        pass
    return making.matrix


def scope_of(snapshot: Snapshot, site: str) -> DrillScope:
    """What a column is the drill of."""
    only = columns(snapshot) == (OFFICE,) and not buildings(snapshot)
    return DrillScope(everything=True) if only else DrillScope(sites=(site,))


def _power(snapshot: Snapshot, scope: DrillScope) -> PowerLoss:
    return power_loss(snapshot, scope) if scope.everything else power_loss_of_column(snapshot, scope.sites[0])


class _Made(Struct, frozen=True):
    """A row, and what it was made of."""

    row: QueueFates
    judged: Judgement
    rests_on: frozenset[str]
    """The queues and persons on the way of a call to this queue, now and with each site in the dark."""


class MatrixInTheMaking:
    """Works the matrix out in steps, and after a change only what rests on that."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._judgements: Mapping[str, Judgement] = {}
        self._made: dict[str, _Made] = {}
        self._losses: dict[str, PowerLoss] = {}
        self.matrix = SiteMatrix()
        """As far as it is worked out."""

    def take(self, snapshot: Snapshot, judgements: Mapping[str, Judgement]) -> Iterator[None]:
        """Work out the matrix of this snapshot. Each step is short; :attr:`matrix` is partial until the last.

        A further snapshot may be taken before the last step: what was worked out by then counts.
        """
        before, self._snapshot, self._judgements = self._snapshot, snapshot, judgements
        changed = None if before is None else changed_between(before, snapshot)
        if changed is None:
            self._made, self._losses = {}, {}
        else:
            self._drop(changed)
        if before is not None and hand_on_power_losses(before, snapshot):
            hand_on(before, snapshot, columns)
        else:
            # Without a queue it may be another login's: no site that somebody else saw is named.
            self._publish(self.matrix.sites if snapshot.queues else ())
            yield
        sites = columns(snapshot)
        if sites != self.matrix.sites:
            self._made, self._losses = {}, {}
        self._publish(sites)
        yield
        for site in sites:
            power = _power(snapshot, scope_of(snapshot, site))
            if (known := self._losses.get(site)) is not power:
                if known is not None:
                    self._drop(_differ(snapshot, known, power))
                self._losses[site] = power
                yield
        for queue in snapshot.call_queues:
            if queue.extension not in self._made:
                self._made[queue.extension] = self._make(snapshot, queue, sites)
                yield
        self._publish(sites)

    def _drop(self, changed: Set[str]) -> None:
        """Forget the rows that rest on something that changed."""
        judged = self._judgements
        self._made = {
            queue: made
            for queue, made in self._made.items()
            if made.judged is judged.get(queue) and changed.isdisjoint(made.rests_on)
        }

    def _publish(self, sites: tuple[str, ...]) -> None:
        queues = self._snapshot.call_queues if self._snapshot else ()
        rows = {
            queue.extension: self._made[queue.extension].row for queue in queues if queue.extension in self._made
        }
        self.matrix = SiteMatrix(sites, rows, len(queues) - len(rows))

    def _make(self, snapshot: Snapshot, queue: Queue, sites: tuple[str, ...]) -> _Made:
        judged = self._judgements[queue.extension]
        now, rests_on = judged.now, set(judged.now.asked)
        ids = {row.id for extension in now.asked for row in snapshot.agents_of(extension)}
        as_now = SiteFate(fate_of(snapshot, PowerLoss(AS_IS), now), False, now.end)
        fates: dict[str, SiteFate] = {}
        for site in sites:
            power = self._losses[site]
            if not _reaches(snapshot, power, ids, now.asked):
                fates[site] = as_now
                continue
            after = simulate(snapshot, queue, power.suppose)
            rests_on |= after.asked
            fates[site] = SiteFate(fate_of(snapshot, power, after), after != now, after.end)
        dark = judged.readiness.verdict
        rests_on |= dark.asked
        everything = fate_of(snapshot, PowerLoss(ALL_DARK, frozenset(ids)), dark)
        return _Made(QueueFates(queue.extension, fates, everything), judged, frozenset(rests_on))


def _reaches(snapshot: Snapshot, power: PowerLoss, ids: Set[str], way: Set[str]) -> bool:
    """Whether anybody on the way of a call is in the dark, or may be: otherwise it fares as it does now."""
    suppose = power.suppose
    if suppose.all_dark or not ids.isdisjoint(power.touched):
        return True
    return not way.isdisjoint(_people(snapshot, suppose))


def _people(snapshot: Snapshot, suppose: Suppose) -> Set[str]:
    """Whose phones are supposed in the dark, or may be, where a call is forwarded to them."""
    phones = {owner_of(snapshot, phone) for phone in (*suppose.dark_phones, *suppose.doubted_phones)}
    return suppose.dark_users | suppose.doubted_users.keys() | phones


def _differ(snapshot: Snapshot, before: PowerLoss, after: PowerLoss) -> Set[str]:
    """The queues and persons that one loss of power does something else to than another."""
    was, now = before.suppose, after.suppose
    if was == now and before.touched == after.touched and before.perhaps == after.perhaps:
        return frozenset()
    ids = (before.touched ^ after.touched) | (before.perhaps ^ after.perhaps) | (was.agents ^ now.agents)
    ids |= _changed(was.doubted, now.doubted) | {agent for _, agent in _changed(was.seats, now.seats)}
    people = (was.dark_users ^ now.dark_users) | _changed(was.doubted_users, now.doubted_users)
    phones = (was.dark_phones ^ now.dark_phones) | _changed(was.doubted_phones, now.doubted_phones)
    queues = {queue for queue, rows in snapshot.agents.items() if any(row.id in ids for row in rows)}
    return queues | people | {owner_of(snapshot, phone) for phone in phones}


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _changed(before: Mapping[_Key, _Value], after: Mapping[_Key, _Value]) -> set[_Key]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def short_titles(sites: Sequence[str]) -> tuple[str, ...]:
    """The shortest titles that tell these sites apart, two letters or more: ``Da``, ``Au``; ``B1``, ``B12``."""
    begun = [_beginning(site, sites, lambda site, length: site[:length]) for site in sites]
    initials = [_beginning(site, sites, _initials) for site in sites]
    alike = len({title.casefold() for title in initials}) < len(initials)
    shorter = max(map(len, initials), default=0) < max(map(len, begun), default=0)
    return tuple(initials if shorter and not alike else begun)


def _initials(site: str, length: int) -> str:
    """``North Building 12`` in three letters: ``NB1``."""
    *first, last = site.split() or [site]
    letters = "".join(word[0] for word in first)
    return letters + last[: max(1, length - len(letters))]


def _beginning(site: str, sites: Sequence[str], shortened: Callable[[str, int], str]) -> str:
    """The shortest form of a site's name that is none of any other's of any length up to its own."""
    others = [other for other in sites if other != site]
    for length in range(2, len(site)):
        title = shortened(site, length).rstrip()
        taken = {shortened(other, among).rstrip().casefold() for other in others for among in (length, len(other))}
        if len(title) > 1 and title.casefold() not in taken:
            return title
    return site


def worst_first(matrix: SiteMatrix) -> tuple[str, ...]:
    """The queues in the order to show them: first whose callers reach nobody if some site goes dark."""
    return tuple(sorted(matrix.queues, key=lambda queue: _harm(matrix.queues[queue])))


def _harm(row: QueueFates) -> tuple[int, int]:
    one = min((WORST_FIRST.index(cell.fate) for cell in row.fates.values()), default=len(WORST_FIRST))
    return one, WORST_FIRST.index(row.everything)


def unread_names(snapshot: Snapshot, matrix: SiteMatrix) -> tuple[str, ...]:
    """Who is judged by the name of a site alone, because their phones were not read: each once."""
    scopes = (scope_of(snapshot, site) for site in matrix.sites)
    names = (name for scope in scopes for name in power_loss(snapshot, scope).unread)
    return tuple(dict.fromkeys(names))


def not_known(snapshot: Snapshot, matrix: SiteMatrix) -> tuple[str, ...]:
    """Of whom it is not known whether they lose power with one of the sites, in sentences."""
    scopes = (scope_of(snapshot, site) for site in matrix.sites)
    return tuple(dict.fromkeys(text for scope in scopes for text in power_loss(snapshot, scope).not_known))
