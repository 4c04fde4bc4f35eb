"""What waits on the screen for somebody to see it."""

from collections.abc import Callable, Container

from queuewatch.alerts.alert import Alert, and_more, groups, in_words, worst_of_each


class UnseenAlerts:
    """Alerts until they are seen or over, and trouble with telling until it is seen or over."""

    def __init__(self) -> None:
        self._alerts: dict[tuple[str, str], Alert] = {}
        self._troubles: dict[str, str] = {}

    def add(self, alerts: tuple[Alert, ...]) -> None:
        """These are to be seen. What is over takes the place of what began."""
        for alert in alerts:
            self._alerts.pop(alert.about, None)
            self._alerts[alert.about] = alert

    def keep_only(self, queues: Container[str]) -> bool:
        """Every other queue is gone; whether that took something away."""
        gone = [about for about in self._alerts if about[0] and about[0] not in queues]
        for about in gone:
            del self._alerts[about]
        return bool(gone)

    def drop_quiet(self, quiet: Callable[[Alert], object]) -> bool:
        """What is quiet since waits for nobody; whether that took something away."""
        gone = [about for about, alert in self._alerts.items() if alert.begins and quiet(alert)]
        for about in gone:
            del self._alerts[about]
        return bool(gone)

    def has(self, alert: Alert) -> bool:
        """Whether what the alert is about waits to be seen."""
        return alert.about in self._alerts

    def note(self, what: str, trouble: str) -> None:
        """Telling goes wrong with this, or, without a word, no longer."""
        self._troubles.pop(what, None)
        if trouble:
            self._troubles[what] = trouble

    def see(self) -> bool:
        """What is shown has been seen: all that it says together. False when nothing is shown."""
        if shown := self._shown():
            seen = {(alert.queue, alert.begins) for alert in groups(shown)[0]}
            # What was worse has been seen, so the lesser of the same queue is no news.
            self._alerts = {
                about: alert for about, alert in self._alerts.items() if (alert.queue, alert.begins) not in seen
            }
        elif self._troubles:
            del self._troubles[next(iter(self._troubles))]
        else:
            return False
        return True

    def text(self) -> tuple[str, str]:
        """What to show, and how much more there is; both empty when there is nothing."""
        shown = self._shown()
        waiting = len(shown) + len(self._troubles)
        if shown:
            first = groups(shown)[0]
            at = max(alert.at for alert in first).astimezone()
            return f"{at:%H:%M} {in_words(first)}", and_more(waiting - len(first)).strip()
        for trouble in self._troubles.values():
            return trouble, and_more(waiting - 1).strip()
        return "", ""

    @property
    def is_bad(self) -> bool:
        """Whether what is shown is nothing good."""
        shown = self._shown()
        return not shown or shown[0].begins

    def _shown(self) -> tuple[Alert, ...]:
        """The worst of each queue, the worst of all first, and of that the newest."""
        newest_first = sorted(self._alerts.values(), key=lambda alert: alert.at, reverse=True)
        return worst_of_each(newest_first)
