"""The board in a process of its own: ``python board.py ADDRESS DOMAIN INTERVAL TOKEN``.

It loads what a board on a living phone system does, and no sandbox. Only its clock is stopped, so that the minute
on the top line cannot turn over while somebody counts bytes, and its pacer, because the sandbox need not be spared
while 200 queues' answering rules are read for the first time.
"""

import sys
from datetime import UTC, datetime

from queuewatch.app.app import run_app
from queuewatch.connection.connection import Connection
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.process.garbage import put_off, search_rarely

NOW = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)


def main(address: str, domain: str, interval: str, token: str) -> int:
    """Run the board until it is told to end."""
    search_rarely()
    put_off()
    system = NetsapiensDomain(address, domain, token, clock=lambda: NOW, rate_limiter=RateLimiter(window=0.0))
    return run_app(Connection(system, "Large company", interval=float(interval), clock=lambda: NOW))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
