"""Which history belongs to a connection. Nothing is loaded or opened before somebody asks for it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from queuewatch.history.database import History
    from queuewatch.pbx.sandbox.samples import Sample

OpenHistory = Callable[[], "History"]
"""Gives the same history at every call."""


def history_on_disk(environ: Mapping[str, str], server: str, domain: str, days: int | None = None) -> OpenHistory:
    """The history of one phone system, in the file on this machine, kept for so many days."""

    @cache
    def history() -> "History":
        from queuewatch.history.database import DAYS, HistoryFile, PhoneSystemKey, history_path

        return HistoryFile(history_path(environ), PhoneSystemKey(server, domain), days or DAYS)

    return history


def history_of_sample(server: str, sample: "Sample") -> OpenHistory:
    """The history of a sample company, in the memory of this program."""

    @cache
    def history() -> "History":
        from queuewatch.history.sample import sample_history

        return sample_history(server, sample)

    return history
