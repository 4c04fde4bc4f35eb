"""The history of what ``queuewatch watch`` sees, kept as the board keeps it."""

from collections.abc import Callable

from queuewatch.connection.connection import Connection
from queuewatch.failover.model import Part
from queuewatch.history.recorder import FAREWELL, Recorder
from queuewatch.sighting import Sighting


class KeptPast:
    """Keeps every sighting of a real phone system; a sample's past is its own."""

    def __init__(self, connection: Connection, say: Callable[[str], None]) -> None:
        """``say`` hears why the history is not kept, once for each reason."""
        wanted = connection.history if connection.sandbox is None else None
        self._recorder = Recorder(wanted()) if wanted is not None else None
        self._say = say
        self._problem = ""

    def keep(self, sighting: Sighting) -> None:
        """Take down what is new in it, soon: nobody waits for the disk."""
        recorder = self._recorder
        if recorder is None or Part.LIVE not in sighting.snapshot.read_at:
            return
        recorder.see(sighting)
        note, recorder.note = recorder.note, ""
        if recorder.problem != self._problem:
            self._problem = recorder.problem
            note = " ".join(filter(None, (note, self._problem)))
        if note:
            self._say(note)

    def close(self) -> None:
        """Write what waits, for no longer than a moment."""
        if self._recorder is not None:
            self._recorder.close(FAREWELL)
