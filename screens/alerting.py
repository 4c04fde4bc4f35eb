"""Alerts at the board: the line that waits to be seen, the terminal's bell, a notification on the desktop."""

import os
from collections.abc import Mapping

from queuewatch.alerts.alert import Alert
from queuewatch.alerts.desktop import notification
from queuewatch.alerts.message import Message
from queuewatch.alerts.notices import Notices
from queuewatch.alerts.rules import Tell
from queuewatch.alerts.teller import Teller
from queuewatch.connect import Connection
from queuewatch.sighting import Sighting
from screens.glass import SparingApp
from screens.live import LiveScreen

BELL = "\a"


class Alerting:
    """What becomes of one phone system's alerts at its board. Told every sighting, until it is closed."""

    def __init__(self, app: SparingApp, connection: Connection) -> None:
        self._app = app
        self._notices = Notices()
        self._profile = connection.title
        self._teller = Teller(
            connection.alerts,
            connection.title,
            clock=connection.clock,
            environ=os.environ,
            secret=connection.token_env,
            note=self._note,
            here=self._tell,
        )
        for sentence in self._teller.missing:
            self._notices.note(sentence, sentence)
        self.show()

    def sight(self, sighting: Sighting) -> None:
        """Tell what is due."""
        self._teller.sight(sighting)
        if self._notices.keep_only(sighting.snapshot.queues):
            self.show()

    def see(self) -> bool:
        """What is shown has been seen; false when nothing is."""
        seen = self._notices.see()
        self.show()
        return seen

    def show(self) -> None:
        """Show on every screen what waits to be seen."""
        # A program that ends takes its screens to pieces.
        for screen in self._app.screen_stack if self._app.is_running else ():
            if isinstance(screen, LiveScreen):
                screen.show_alert(*self._notices.text(), bad=self._notices.is_bad)

    async def close(self) -> None:
        """Tell nothing more."""
        await self._teller.close()

    def _note(self, what: str, trouble: str) -> None:
        self._notices.note(what, trouble)
        self.show()

    def _tell(self, told: Mapping[Tell, tuple[Alert, ...]]) -> None:
        if Tell.BELL in told:
            self._write(BELL)
        if desktop := told.get(Tell.DESKTOP):
            self._write(
                notification(f"queuewatch {self._profile}", Message(self._profile, desktop).title, os.environ)
            )
        if screen := told.get(Tell.SCREEN):
            self._notices.add(screen)
            self.show()

    def _write(self, sequence: str) -> None:
        # Between two frames, and without moving the cursor: nothing of the screen is touched.
        if sequence and self._app._driver is not None:
            self._app._driver.write(sequence)
