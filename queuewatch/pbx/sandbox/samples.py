"""Sample companies: folders of the API's own JSON under ``sample_data``."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.sandbox.clock import moment

Row = dict[str, object]
"""One JSON object as the API sends it."""

Spelling = Literal["live", "spec"]
"""Which field names a server uses: those seen on live 44.x servers, or those of the vendor's document."""

DEFAULT_SAMPLE = "lakeside"

_PACKAGE = Path(__file__).resolve().parents[2]


class SampleError(PbxError):
    """A sample company or a scenario that does not exist or cannot be read."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One company as its phone system holds it at ``start``, in the field names of live 44.x servers."""

    name: str
    title: str
    domain: str
    story: str
    start: datetime
    """The moment the rows describe; aware."""
    callqueues: tuple[Row, ...] = ()
    agents: tuple[Row, ...] = ()
    users: tuple[Row, ...] = ()
    phonenumbers: tuple[Row, ...] = ()
    autoattendants: tuple[Row, ...] = ()
    sites: tuple[Row, ...] = ()
    timeframes: tuple[Row, ...] = ()
    answerrules: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    """By the user's extension."""
    devices: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    """By the user's extension."""
    spelling: Spelling = "live"
    """The field names this company's server answers with."""
    scenarios: Mapping[str, Path] = field(default_factory=dict)
    """The scenario files, by name."""
    default_scenario: str = ""
    """What happens on an ordinary day."""
    demo_scenario: str = ""
    """What the demo shows."""


def sample_names() -> tuple[str, ...]:
    """The sample companies that come with queuewatch."""
    folders = _sample_data().iterdir()
    return tuple(sorted(folder.name for folder in folders if (folder / "company.toml").is_file()))


def load_sample(name_or_path: str) -> Sample:
    """Read a sample company by name, or from a folder of one's own. Raises :class:`SampleError`."""
    names = sample_names()
    if name_or_path in names:
        return _read(_sample_data() / name_or_path)
    folder = Path(name_or_path).expanduser()
    if (folder / "company.toml").is_file():
        return _read(folder)
    if folder.is_dir():
        raise SampleError(
            f"The folder {name_or_path} is no sample company: it has no company.toml.",
            f"Samples that come with queuewatch: {', '.join(names)}.",
        )
    raise SampleError(f"There is no sample company called {name_or_path!r}.", nearest(name_or_path, names))


def nearest(word: str, choices: tuple[str, ...]) -> str:
    """A hint for a misspelt name: the closest choice, and all of them."""
    close = get_close_matches(word.casefold(), choices, n=1)
    meant = f"Did you mean {close[0]!r}? " if close else ""
    return f"{meant}There is: {', '.join(choices) or 'none'}."


def _sample_data() -> Path:
    """Beside the code when installed, beside the package in a checkout."""
    for folder in (_PACKAGE / "sample_data", _PACKAGE.parent / "sample_data"):
        if folder.is_dir():
            return folder
    raise SampleError(
        "The sample companies are missing from this installation.",
        "Install queuewatch again, from its wheel or a clone.",
    )


def _read(folder: Path) -> Sample:
    file = folder / "company.toml"
    company = read_toml(file)
    start = company.get("clock")
    if not isinstance(start, datetime) or start.tzinfo is None:
        raise SampleError(f"{file}: clock must be a moment with its zone.", "Such as 2026-11-23T15:12:00Z.")
    spelling = _text(company, "spelling", file)
    if spelling not in ("live", "spec"):
        raise SampleError(f"{file}: spelling is {spelling!r}.", "It must be 'live' or 'spec'.")
    return Sample(
        name=folder.name,
        title=_text(company, "title", file),
        domain=_text(company, "domain", file),
        story=_text(company, "story", file),
        start=start.astimezone(UTC),
        callqueues=_rows(folder / "callqueues.json"),
        agents=_rows(folder / "agents.json"),
        users=_rows(folder / "users.json"),
        phonenumbers=_rows(folder / "phonenumbers.json"),
        autoattendants=_rows(folder / "autoattendants.json"),
        sites=_rows(folder / "sites.json"),
        timeframes=_rows(folder / "timeframes.json"),
        answerrules=_rows_by_user(folder / "answerrules.json"),
        devices=_rows_by_user(folder / "devices.json"),
        spelling="live" if spelling == "live" else "spec",
        scenarios={file.stem: file for file in sorted((folder / "scenarios").glob("*.toml"))},
        default_scenario=_text(company, "default-scenario", file),
        demo_scenario=_text(company, "demo-scenario", file),
    )


def read_toml(file: Path) -> Row:
    """A TOML file's tables. Raises :class:`SampleError` naming the file."""
    with _naming(file):
        return tomllib.loads(file.read_text(encoding="utf-8"))


def _json(file: Path) -> object:
    with _naming(file):
        found: object = json.loads(file.read_text(encoding="utf-8"))
        return found


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SampleError(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SampleError(f"{file} is damaged: {error}.") from None


NEEDED: dict[str, tuple[str, ...]] = {
    "callqueues.json": ("callqueue",),
    "agents.json": ("callqueue-agent-id", "callqueue"),
    "users.json": ("user",),
    "phonenumbers.json": ("phonenumber",),
    "autoattendants.json": ("attendant-name", "user"),
    "sites.json": ("site",),
    "timeframes.json": ("timeframe-name", "domain", "user"),
    "answerrules.json": ("time-frame",),
    "devices.json": ("device", "user"),
}
"""What each row must have for the sandbox to know it; everything else may be missing, as on real servers."""


def _rows(file: Path) -> tuple[Row, ...]:
    return _checked(_json(file), file)


def _rows_by_user(file: Path) -> dict[str, tuple[Row, ...]]:
    found = _json(file)
    if not isinstance(found, dict):
        raise SampleError(f"{file} must hold one JSON object: a list for each user's extension.")
    return {user: _checked(rows, file) for user, rows in found.items()}


def _checked(found: object, file: Path) -> tuple[Row, ...]:
    if not isinstance(found, list):
        raise SampleError(f"{file} must hold lists of JSON objects.")
    for nth, row in enumerate(found, start=1):
        if not isinstance(row, dict):
            raise SampleError(f"{file}: row {nth} is no JSON object.")
        for key in NEEDED[file.name]:
            if not isinstance(row.get(key), str):
                raise SampleError(f"{file}: row {nth} has no {key!r}, or it is no text.")
        for key, value in row.items():
            if key.endswith("-datetime") and value is not None:
                _check_moment(value, f"{file}: row {nth}: {key}")
    return tuple(found)


def _check_moment(value: object, where: str) -> None:
    try:
        moment(str(value))
    except ValueError:
        raise SampleError(f"{where} is {value!r}.", "Write it as 2026-11-23 15:12:00, or null.") from None


def _text(table: Row, key: str, file: Path) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise SampleError(f"{file}: {key} is missing, or is no text.")
    return value
