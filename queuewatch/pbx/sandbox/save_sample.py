"""Keeping a recording as a sample company: a folder of the same files as under ``sample_data``."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import tomli_w

from queuewatch import __version__
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens.recording.pseudonyms import DOMAIN
from queuewatch.pbx.netsapiens.recording.record import Recording

QUIET = "quiet"
"""The one scenario of a recording, in which nothing happens."""


class CannotSave(PbxError):
    """The recording cannot be written where it was asked for."""


def check_new(folder: Path) -> None:
    """Raise :class:`CannotSave` unless a new folder can be made here; an empty one will do."""
    try:
        if folder.is_dir() and not any(folder.iterdir()):
            return
        is_there, is_within = folder.exists() or folder.is_symlink(), folder.absolute().parent.is_dir()
    except OSError as error:
        raise CannotSave(f"{folder} cannot be looked at: {error.strerror}.", "Name another folder.") from None
    if is_there:
        raise CannotSave(f"{folder} exists already, and a recording overwrites nothing.", "Name a new folder.")
    if not is_within:
        raise CannotSave(f"There is no folder {folder.absolute().parent} to put it in.", "Make it first.")


def save(recording: Recording, folder: Path) -> None:
    """Write the recording: all of it or, when that fails, nothing. Nobody but its owner may read it.

    Raises :class:`CannotSave`.
    """
    check_new(folder)
    parent = folder.absolute().parent
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=parent))
        try:
            (made / "scenarios").mkdir(mode=0o700)
            for name, text in files_of(recording).items():
                descriptor = os.open(made / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with open(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
            # An empty folder gives way to the new one; one that has filled meanwhile does not.
            if folder.is_dir():
                folder.rmdir()
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise CannotSave(f"{folder} cannot be written: {error.strerror}.", "Name another folder.") from None


def files_of(recording: Recording) -> Mapping[str, str]:
    """The files of the sample company, by name."""
    scrubbed = recording.scrubbed
    company = {
        "title": "Recorded company",
        "domain": DOMAIN,
        "story": " ".join((f"A live phone system, recorded by queuewatch {__version__}.", *recording.notes)),
        "clock": recording.taken_at.replace(microsecond=0),
        "spelling": "live",
        "recorded": True,
        "refused": list(scrubbed.refused),
        "demo-scenario": QUIET,
    }
    scenario = {"title": "As it was", "story": "Nothing moves by itself."}
    lists = {**scrubbed.lists, "answerrules": scrubbed.answerrules, "devices": scrubbed.devices}
    return {
        "company.toml": tomli_w.dumps(company),
        f"scenarios/{QUIET}.toml": tomli_w.dumps(scenario),
        **{f"{name}.json": f"{json.dumps(rows, indent=2)}\n" for name, rows in lists.items()},
    }
