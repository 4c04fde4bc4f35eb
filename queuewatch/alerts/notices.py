"""What waits on the screen for somebody to see it."""

from collections.abc import Container

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.message import and_more, groups, in_words


class Notices:
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

    def note(self, what: str, trouble: str) -> None:
        """Telling goes wrong with this, or, without a word, no longer."""
        self._troubles.pop(what, None)
        if trouble:
            self._troubles[what] = trouble

    def see(self) -> bool:
        """What is shown has been seen: all that it says together. False when nothing is shown."""
        if self._alerts:
            for alert in self._first():
                del self._alerts[alert.about]
            return True
        if self._troubles:
            del self._troubles[next(iter(self._troubles))]
            return True
        return False

    def text(self) -> tuple[str, str]:
        """What to show, and how much more there is; both empty when there is nothing."""
        waiting = len(self._alerts) + len(self._troubles)
        if self._alerts:
            shown = self._first()
            at = max(alert.at for alert in shown).astimezone()
            return f"{at:%H:%M} {in_words(shown)}", and_more(waiting - len(shown)).strip()
        for trouble in self._troubles.values():
            return trouble, and_more(waiting - 1).strip()
        return "", ""

    @property
    def is_bad(self) -> bool:
        """Whether what is shown is nothing good."""
        return not self._alerts or self._first()[0].begins

    def _first(self) -> tuple[Alert, ...]:
        """What is shown: the worst, of that the newest, and all that say the same."""
        newest = sorted(tuple(self._alerts.values())[::-1], key=lambda alert: alert.rank)
        return groups(newest)[0]
