"""The times of a live failover test, and the clocks they are told by: all of them parameters."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct


def boot_time() -> float:
    """Seconds that go on while the machine sleeps, as a phone system's do."""
    # Linux stands its monotonic clock still in sleep; without another one, the clock on the wall has to do.
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time() if clock is None else time.clock_gettime(clock)


def seconds_slept() -> float:
    """How long the machine has slept so far, on a scale whose beginning says nothing."""
    return boot_time() - time.monotonic()


class Timing(Struct, frozen=True):
    """In seconds."""

    longest: float = 180.0
    """From the first logout until everybody is logged in again, whatever has been seen until then (``--for``)."""
    read_every: float = 1.0
    """Between two readings of the queue, from the first logout to the last restore."""
    grey_within: float = 20.0
    """Until everybody who was logged out has to show as Grey."""
    trial_within: float = 5.0
    """Until the trial login has to show."""
    blind: float = 5.0
    """Without a single good reading: then everybody is logged in again, as soon as there is a connection."""
    request: float = 5.0
    """For one request of a test: nobody is to wait longer for a server that does not answer."""
    resend: float = 5.0
    """Until a login that does not show is sent again."""
    lag: float = 20.0
    """After an accepted logout that never showed: for so long it may still come, and is looked for."""
    late: float = 60.0
    """The same after a logout whose answer was lost: servers go on behind a gateway that has given up on them."""
    unasked: float = 900.0
    """After the logout: nobody is logged in again unasked any later. Who went home meanwhile must not hold the
    queue open in the next outage."""
    farewell: float = 60.0
    """For restoring once the program was told to end."""
    slept: float = 2.0
    """A machine that has slept for longer was not watching."""
    clock: Callable[[], float] = boot_time
    slept_so_far: Callable[[], float] = seconds_slept
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def to_tell(self) -> dict[str, float]:
        """What another process needs of it."""
        return {name: getattr(self, name) for name in _TOLD}

    @staticmethod
    def told(times: Mapping[str, float]) -> "Timing":
        """What :meth:`to_tell` gave, by this process's clocks. Raises ``KeyError``."""
        longest, read_every, request, resend, lag, late, unasked = (times[name] for name in _TOLD)
        return Timing(
            longest=longest,
            read_every=read_every,
            request=request,
            resend=resend,
            lag=lag,
            late=late,
            unasked=unasked,
        )


_TOLD = ("longest", "read_every", "request", "resend", "lag", "late", "unasked")

LONGEST = 600.0
"""The most that ``--for`` may ask for."""
