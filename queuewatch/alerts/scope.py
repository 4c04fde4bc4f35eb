"""Which alerts a rule is about, and what in it names nothing there is."""

from queuewatch.alerts.alert import Alert, Kind
from queuewatch.alerts.rules import AlertRule
from queuewatch.failover.lookup import NotFound, find_queue, find_site
from queuewatch.failover.model import Snapshot
from queuewatch.failover.site_names import site_key


class Scope:
    """The queues and sites of one rule, as the domain has them now."""

    def __init__(self, rule: AlertRule) -> None:
        self._rule = rule
        self._queues: frozenset[str] = frozenset()
        self._sites: frozenset[str] = frozenset()
        self._by: tuple[object, ...] = ()

    def look(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Find them anew where they may have changed; a sentence for each name that is none."""
        if not (self._rule.queues or self._rule.sites):
            return ()
        by = (tuple((one.extension, one.name, one.park) for one in snapshot.queues.values()), snapshot.sites)
        if by == self._by:
            return ()
        self._by = by
        queues, sites, missed = set[str](), set[str](), list[str]()
        for typed in self._rule.queues:
            try:
                queues.add(find_queue(snapshot.queues, typed).extension)
            except NotFound as error:
                missed.append(f"A rule for alerts names a queue: {error} {error.hint}".strip())
        for typed in self._rule.sites:
            try:
                sites.add(site_key(find_site(snapshot, typed)))
            except NotFound as error:
                missed.append(f"A rule for alerts names a site: {error} {error.hint}".strip())
        self._queues, self._sites = frozenset(queues), frozenset(sites)
        return tuple(missed)

    def has(self, alert: Alert) -> bool:
        """Whether the rule is about this alert. What is about the whole domain is about every queue."""
        if not self._is_on(alert):
            return False
        if not alert.queue:
            return True
        return (not self._rule.queues or alert.queue in self._queues) and (
            not self._rule.sites or site_key(alert.site) in self._sites
        )

    def _is_on(self, alert: Alert) -> bool:
        on = self._rule.on
        if alert.begins:
            return alert.kind in on
        # Who is not told that it began has no use for its end, except one who asks for nothing but ends.
        began = Kind(alert.of.value) if alert.of else Kind.UNREACHABLE
        return Kind.RECOVERED in on and (began in on or on == {Kind.RECOVERED})
