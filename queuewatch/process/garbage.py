"""When Python looks for garbage: hardly while it starts, later as often as a long day needs.

Searching costs most where nothing is found: among what is loaded at the start and never let go. So that is set
aside once it is there, and only what came later is searched.
"""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

RARELY = 50_000
"""New objects between two searches of a command that is soon over; Python's own 700 would have it search a hundred
times while what is needed is being loaded, and find nothing."""

OFTEN = 2_000
"""The same for what goes on all day. What a request leaves behind, tracebacks above all, is in cycles: with
:data:`RARELY` tens of megabytes of it lay about, since the oldest are searched last."""

FULL_SEARCH_EVERY = 60.0
"""Seconds between two searches of everything: left to itself Python makes one when a quarter more is there."""

LONGEST_START = 10.0
"""Seconds after which a start is over, painted or not."""


def search_rarely() -> None:
    """For a command that is soon over."""
    gc.set_threshold(RARELY)


def put_off() -> None:
    """For a command that goes on all day: search nothing until :func:`kept_down` does, for it starts sooner so."""
    if _is_ours():
        gc.disable()


async def kept_down(started: "asyncio.Event") -> None:
    """Keep garbage down until cancelled, from the moment when the program has started."""
    import asyncio

    try:
        async with asyncio.timeout(LONGEST_START):
            await started.wait()
    except TimeoutError:
        pass
    if _is_ours():
        gc.collect()
        gc.freeze()
        gc.set_threshold(OFTEN)
        gc.enable()
    while True:
        await asyncio.sleep(FULL_SEARCH_EVERY)
        gc.collect()


def _is_ours() -> bool:
    """Whether this process is one that :func:`search_rarely` began, and did not get beyond."""
    return gc.get_threshold()[0] == RARELY
