"""Never the same message twice within minutes, unless what it says has become true anew and stays so."""

from collections.abc import Container
from datetime import datetime, timedelta

from queuewatch.alerts.alert import Alert

APART = timedelta(minutes=5)
"""Between two messages of one kind about one queue."""

About = tuple[str, str]


class Once:
    """What one receiver has been told, and what it has to wait for.

    It is always told in the end how things are; what came and went meanwhile is left out.
    """

    def __init__(self, apart: timedelta = APART) -> None:
        self._apart = apart
        self._told: dict[About, bool] = {}
        """Whether it believes that this is there."""
        self._last: dict[tuple[About, bool], datetime] = {}
        self._kept: dict[About, Alert] = {}

    def pass_on(self, alerts: tuple[Alert, ...], now: datetime) -> tuple[Alert, ...]:
        """What it is told now, of these alerts and of what was kept back."""
        for alert in alerts:
            self._kept[alert.about] = alert
        due = [alert for alert in self._kept.values() if self._is_due(alert, now)]
        for alert in due:
            self._told[alert.about] = alert.begins
            self._last[alert.about, alert.begins] = now
        self._kept = {about: one for about, one in self._kept.items() if one not in due and self._is_news(one)}
        return tuple(sorted(due, key=lambda alert: alert.rank))

    def keep_only(self, queues: Container[str]) -> None:
        """Forget what was told, and was to be told, of every other queue: there is none of that name any more."""
        self._kept = {about: one for about, one in self._kept.items() if not about[0] or about[0] in queues}
        self._told = {about: one for about, one in self._told.items() if not about[0] or about[0] in queues}

    def _is_news(self, alert: Alert) -> bool:
        # Nobody is told of the end of what they were not told had begun; the first word may be an end all the
        # same, of what was there before anybody looked.
        return self._told.get(alert.about, not alert.begins) != alert.begins

    def _is_due(self, alert: Alert, now: datetime) -> bool:
        last = self._last.get((alert.about, alert.begins))
        return self._is_news(alert) and (last is None or not timedelta(0) <= now - last < self._apart)
