"""``queuewatch export``: the failover set-up of every queue as a file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from queuewatch.commands import errors
from queuewatch.commands.connecting import connect_once, over
from queuewatch.commands.errors import print_error
from queuewatch.commands.reading import check_new, check_out, warn, write_report_file
from queuewatch.commands.setting_up import own_plans, read_all
from queuewatch.failover.lookup import find_queue
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.wording import plural
from queuewatch.process.background import run_loop
from queuewatch.setup.export import as_csv, as_toml, left_out, whole
from queuewatch.storage.folder import private_folder, write_private

REPLACE = "Name another one and compare the two, or add --force to replace it."


def run(options: argparse.Namespace) -> int:
    """Read, and write the file."""
    if options.file and options.plan:
        raise errors.UsageError("A file and --as were both given.", "Give one of them.")
    file = check_out(options.file) if options.file else None
    if file is not None and not options.force:
        check_new(file, REPLACE)
    connection = connect_once(options)
    plan = _named(own_plans(connection), options.plan, _form(options)) if options.plan else None
    if plan is not None and not options.force:
        check_new(plan, REPLACE)
    snapshot, _ = run_loop(over(connection, lambda system: read_all(system, connection)))
    queues = _queues(snapshot, options.only)
    text = as_csv(snapshot, queues) if _form(options) == "csv" else as_toml(snapshot, queues)
    if plan is not None:
        _say_where(_keep(plan, text), queues)
    elif file is not None:
        _say_where(write_report_file(text.removesuffix("\n"), str(file)), queues)
    else:
        sys.stdout.write(text)
    for queue in queues:
        for why in left_out(snapshot, queue):
            print_error(f"warning: {queue.label}: {why}")
    if unseen := whole(snapshot):
        print_error(f"warning: there may be more queues than these: {unseen}.")
    warn(snapshot)
    return errors.DONE


def _queues(snapshot: Snapshot, only: Sequence[str]) -> tuple[Queue, ...]:
    if not only:
        return snapshot.call_queues
    return tuple(
        {queue.extension: queue for queue in (find_queue(snapshot.queues, name) for name in only)}.values()
    )


def _form(options: argparse.Namespace) -> str:
    by_name = "csv" if Path(options.file or options.plan).suffix.casefold() == ".csv" else "toml"
    form: str = options.format or by_name
    return form


def _named(folder: Path, name: str, form: str) -> Path:
    """Where a plan of this name lies. Raises :class:`UsageError`."""
    stem = name.removesuffix(f".{form}")
    path = folder / f"{stem}.{form}"
    if not stem or path.parent != folder or stem.startswith("."):
        raise errors.UsageError(f"{name!r} is no name for a plan.", "Give one word, such as normal or storm.")
    return path


def _keep(path: Path, text: str) -> Path:
    """Write a plan that has a name. Raises :class:`UsageError`."""
    try:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(private_folder(path.parent) / path.name, text)
    except OSError as error:
        why = error.strerror or str(error)
        raise errors.UsageError(f"{path} cannot be written: {why}.", "Nothing was written.") from None
    return path


def _say_where(path: Path, queues: Sequence[Queue]) -> None:
    print_error(f"{plural(len(queues), 'queue')} written to {path}.")
