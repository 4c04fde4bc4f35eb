"""What waits on the screen for somebody to see it."""

from collections.abc import Callable, Container, Iterable

from queuewatch.alerts.alert import Alert, and_more, groups, in_words, worst_of_each

Waiting = tuple[tuple[str, str, str], tuple[str, str]]
"""Where and about what an alert is that waits."""


def _waiting(alert: Alert) -> Waiting:
    return alert.place, alert.about


class UnseenAlerts:
    """Alerts until they are seen or over, and trouble with telling until it is seen or over."""

    def __init__(self) -> None:
        self._alerts: dict[Waiting, Alert] = {}
        self._troubles: dict[str, str] = {}

    def add(self, alerts: tuple[Alert, ...]) -> None:
        """These are to be seen. What is over takes the place of what began."""
        for alert in alerts:
            self._alerts.pop(_waiting(alert), None)
            self._alerts[_waiting(alert)] = alert

    def keep_only(self, queues: Container[str], of: tuple[str, str] | None = None) -> bool:
        """Every other queue is gone, ``of`` this server and domain alone if one is given; whether that took
        something away."""
        gone = [
            about
            for about in self._alerts
            if about[0][2] and about[0][2] not in queues and of in (None, about[0][:2])
        ]
        for about in gone:
            del self._alerts[about]
        return bool(gone)

    def drop_quiet(self, quiet: Callable[[Alert], object], of: tuple[str, str] | None = None) -> bool:
        """What is quiet since waits for nobody, ``of`` this server and domain alone if one is given; whether that
        took something away."""
        gone = [
            about
            for about, alert in self._alerts.items()
            if of in (None, about[0][:2]) and alert.begins and quiet(alert)
        ]
        for about in gone:
            del self._alerts[about]
        return bool(gone)

    def has(self, alert: Alert) -> bool:
        """Whether what the alert is about waits to be seen."""
        return _waiting(alert) in self._alerts

    def note(self, what: str, trouble: str) -> None:
        """Telling goes wrong with this, or, without a word, no longer."""
        self._troubles.pop(what, None)
        if trouble:
            self._troubles[what] = trouble

    def see(self) -> bool:
        """What is shown has been seen: all that it says together. False when nothing is shown."""
        if shown := self._shown():
            self._see(groups(shown)[0])
        elif self._troubles:
            del self._troubles[next(iter(self._troubles))]
        else:
            return False
        return True

    @property
    def waiting(self) -> tuple[Alert, ...]:
        """All that waits to be seen."""
        return tuple(self._alerts.values())

    def see_of(self, server: str, domain: str) -> tuple[Alert, ...]:
        """What waits about this domain has been seen, and what says the same with it. Gives what that was."""
        seen = tuple(
            alert
            for group in groups(self._shown())
            if any(alert.place[:2] == (server, domain) for alert in group)
            for alert in group
        )
        self._see(seen)
        return seen

    def _see(self, alerts: Iterable[Alert]) -> None:
        # What was worse has been seen, so the lesser of the same queue is no news.
        seen = {(alert.place, alert.begins) for alert in alerts}
        self._alerts = {
            about: alert for about, alert in self._alerts.items() if (alert.place, alert.begins) not in seen
        }

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
