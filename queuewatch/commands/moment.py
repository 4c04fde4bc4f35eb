"""The time that a command asks about: read from its options, held against the clocks of the queues concerned."""

import argparse
from collections.abc import Iterable

from queuewatch.failover.at_time import Moment
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.moment_input import check_moment, parse_moment


def asked_moment(options: argparse.Namespace) -> Moment | None:
    """What ``--at`` says; ``None`` is now. To be asked before anything is read.

    Raises :class:`~queuewatch.failover.moment_input.MomentError`.
    """
    return parse_moment(options.at) if options.at is not None else None


def confirm_moment(snapshot: Snapshot, moment: Moment | None, queues: Iterable[Queue]) -> None:
    """Return if the clock of every queue that is asked about shows such a time.

    Raises :class:`~queuewatch.failover.moment_input.MomentError` where the clocks are put forward over it.
    """
    if moment is not None:
        check_moment(snapshot, moment, [queue.extension for queue in queues])
