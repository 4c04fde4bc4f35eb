"""An audit as workflow commands: GitHub shows each finding as an annotation of the run."""

from queuewatch.failover.audit.codes import CODES
from queuewatch.failover.audit.finding import Severity
from queuewatch.plain_text import harmless_lines
from queuewatch.report.audited import Audited, subject

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def audit_as_github(audited: Audited) -> str:
    """A line for each finding that counts, without a line break at the end."""
    return "\n".join(
        f"::{_LEVELS[one.severity]} title={_property(f'{one.code} {CODES[one.code].slug}')}::"
        f"{_data(' '.join(part for part in (f'{subject(audited, one)}:', one.why, one.fix, one.command) if part))}"
        for one in audited.counted
    )


def _data(text: str) -> str:
    """The text as the message of a workflow command (the escapes are GitHub's own)."""
    return harmless_lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
