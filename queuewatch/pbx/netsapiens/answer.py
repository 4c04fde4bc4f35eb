"""What came back for one request, whatever it is: judged by nobody yet."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Never shows its body, which may hold the phones' passwords."""

    address: str
    """The base URL asked."""
    method: str
    what: str
    """What was asked for, in words: ``the call queues``."""
    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    redact: Callable[[str], str] = field(repr=False)
    """Makes the server's words fit to be quoted."""
    suspicion: str = ""
    """What looks wrong with what was sent, to be said where it was refused."""

    @property
    def host(self) -> str:
        """The server's name, as it is shown to people."""
        return urlsplit(self.address).netloc

    @property
    def date(self) -> datetime | None:
        """The server's own time of answering (its ``Date`` header); aware."""
        return _http_date(self.headers.get("date", ""))

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asks to be left alone, at most an hour; ``None`` when it does not say."""
        words = self.headers.get("retry-after", "").strip()
        if re.fullmatch("[0-9]{1,9}", words):
            return min(float(words), _LONGEST_WAIT)
        until = _http_date(words)
        if until is None:
            return None
        wait = (until - (self.date or datetime.now(UTC))).total_seconds()
        return min(max(wait, 0.0), _LONGEST_WAIT)


def _http_date(words: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(words)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
