"""``queuewatch record``: the phone system as a sample company, with everybody's names replaced."""

import argparse
import sys
from collections.abc import Callable

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.terminal import write
from queuewatch.failover.wording import listing, plural
from queuewatch.pbx.netsapiens.client import NetsapiensDomain
from queuewatch.pbx.netsapiens.recording.record import PHONE_PAUSE, Recording, record
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.pbx.sandbox.save_sample import CannotSave, check_new, save
from queuewatch.process.background import run_loop
from queuewatch.storage.folder import typed_path


def run(options: argparse.Namespace) -> int:
    """Read, replace, write, and say what to look for."""
    folder = typed_path(options.out)
    connection = connect_once(options)
    pause = 0.0 if connection.is_sample else PHONE_PAUSE

    async def read(system: PhoneSystem) -> Recording:
        if not isinstance(system, NetsapiensDomain):
            raise errors.UsageError(
                "Only phone systems of NetSapiens can be recorded.", "Name a profile of one: --profile NAME"
            )
        with_phones = not options.no_phones
        return await record(system, phones=with_phones, pause=pause, say=_progress())

    try:
        check_new(folder)
        recording = run_loop(over(connection, read))
        save(recording, folder)
    except CannotSave as error:
        raise errors.UsageError(str(error), error.hint) from None
    finally:
        _progress()("")
    write("\n".join(_told(recording, options.out)))
    return errors.DONE


def _progress() -> Callable[[str], None]:
    """One line that is written over, where somebody watches."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _: None

    def say(words: str) -> None:
        sys.stderr.write(f"\r\x1b[K{f'Reading {words} …' if words else ''}")
        sys.stderr.flush()

    return say


def _told(recording: Recording, out: str) -> list[str]:
    scrubbed = recording.scrubbed
    phones = sum(len(rows) for rows in scrubbed.devices.values())
    counted = [
        plural(len(scrubbed.lists["callqueues"]), "queue"),
        plural(len(scrubbed.lists["agents"]), "agent row"),
        plural(len(scrubbed.lists["users"]), "user"),
        plural(phones, "phone"),
    ]
    return [
        f"Recorded {listing(counted, most=4)} in {out}.",
        f"Replaced: the domain, {listing(scrubbed.replaced, most=10)}. Extensions are as they were.",
        "Left out: passwords, mail and hardware addresses, departments, and whatever else no verdict needs.",
        *recording.notes,
        "Look through the files before you send them: you know best what must not be in them.",
        f"To replay it: queuewatch status --sample {out}",
    ]
