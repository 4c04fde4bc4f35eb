"""Sample companies: folders of the API's own JSON under ``sample_data``."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.sandbox.clock import moment
from queuewatch.storage.folder import read_whole, typed_path

Row = dict[str, object]
"""One JSON object as the API sends it."""

Spelling = Literal["live", "spec"]
"""Which field names a server uses: those seen on live 44.x servers, or those of the vendor's document."""

DEFAULT_SAMPLE = "lakeside"

_PACKAGE = Path(__file__).resolve().parents[2]


class SampleError(PbxError):
    """A sample company or a scenario that does not exist or cannot be read."""


LARGEST = 64 * 1024 * 1024
"""Bytes of one file of a recording."""


class Sample(Struct, frozen=True):
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
    cdrs: tuple[Row, ...] = ()
    """What became of calls before ``start``."""
    dialrules: tuple[Row, ...] = ()
    """Dial rules beside those that every queue, user, mailbox and attendant has; of a recording, all there are."""
    spelling: Spelling = "live"
    """The field names this company's server answers with."""
    recorded: bool = False
    """A recording of a real phone system: what the sandbox reckons otherwise stays as it was recorded."""
    odd: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    """Of a recording, the rows that do not say what they are, by the path of their list: sent after the others."""
    refused: frozenset[str] = frozenset()
    """The paths below the domain that the server does not give."""
    scenarios: Mapping[str, Path] = field(default_factory=dict)
    """The scenario files, by name."""
    demo_scenario: str = ""
    """What the demo shows."""
    plans: Path | None = None
    """The folder of set-ups and expectations that come with it."""
    history: Path | None = None
    """What became of its queues before ``start``, if it has a past."""


def sample_names() -> tuple[str, ...]:
    """The sample companies that come with queuewatch."""
    folders = _sample_data().iterdir()
    return tuple(sorted(folder.name for folder in folders if (folder / "company.toml").is_file()))


def load_sample(name_or_path: str) -> Sample:
    """Read a sample company by name, or from a folder of one's own. Raises :class:`SampleError`."""
    names = sample_names()
    if name_or_path in names:
        return _read(_sample_data() / name_or_path)
    folder = typed_path(name_or_path)
    with _naming(folder):
        is_company, is_folder = (folder / "company.toml").is_file(), folder.is_dir()
    if is_company:
        return _read(folder)
    if is_folder:
        raise SampleError(
            f"The folder {name_or_path} is no sample company: it has no company.toml.",
            f"Samples that come with queuewatch: {', '.join(names)}.",
        )
    raise SampleError(f"There is no sample company called {name_or_path!r}.", choices_hint(name_or_path, names))


SAMPLE_FLEET = "fleet"


def load_sample_fleet(name_or_path: str = SAMPLE_FLEET) -> tuple[Sample, ...]:
    """Every company of a sample fleet, by name or from a folder of folders. Raises :class:`SampleError`."""
    inside = _sample_data() / name_or_path
    folder = inside if name_or_path == SAMPLE_FLEET else typed_path(name_or_path)
    with _naming(folder):
        companies = sorted(file.parent for file in folder.glob("*/company.toml")) if folder.is_dir() else []
    if not companies:
        raise SampleError(
            f"There is no sample fleet called {name_or_path!r}.",
            f"The one that comes with queuewatch is called {SAMPLE_FLEET}; a folder of samples is one, too.",
        )
    return tuple(map(_read, companies))


def choices_hint(word: str, choices: tuple[str, ...]) -> str:
    """A hint for a misspelt name: the closest choice, and all of them."""
    from queuewatch.text.similar import did_you_mean

    return f"{did_you_mean(word, choices, show=repr)}There is: {', '.join(choices) or 'none'}."


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
    recorded = company.get("recorded") is True
    odd: dict[str, tuple[object, ...]] = {}

    def checked(found: object, file: Path, path: str) -> tuple[Row, ...]:
        aside: list[object] | None = [] if recorded else None
        good = _checked(found, file, aside)
        if aside:
            odd[path] = tuple(aside)
        return good

    def rows(name: str) -> tuple[Row, ...]:
        listed = folder / f"{name}.json"
        return checked(_json(listed), listed, name)

    def rows_by_user(name: str) -> dict[str, tuple[Row, ...]]:
        listed = folder / f"{name}.json"
        found = _json(listed)
        if not isinstance(found, dict):
            raise SampleError(
                f"{listed} must hold one JSON object: a list for each user's extension.",
                'Such as {"8000": [{…}]}.',
            )
        return {user: checked(its, listed, f"users/{user}/{name}") for user, its in found.items()}

    return Sample(
        name=folder.name,
        title=_text(company, "title", file),
        domain=_text(company, "domain", file),
        story=_text(company, "story", file),
        start=start.astimezone(UTC),
        callqueues=rows("callqueues"),
        agents=rows("agents"),
        users=rows("users"),
        phonenumbers=rows("phonenumbers"),
        autoattendants=rows("autoattendants"),
        sites=rows("sites"),
        timeframes=rows("timeframes"),
        answerrules=rows_by_user("answerrules"),
        devices=rows_by_user("devices"),
        # What stands there and is no file is not the same as nothing.
        cdrs=rows("cdrs") if os.path.lexists(folder / "cdrs.json") else (),
        dialrules=rows("dialrules") if os.path.lexists(folder / "dialrules.json") else (),
        spelling="live" if spelling == "live" else "spec",
        recorded=recorded,
        odd=odd,
        refused=_refused(company, file),
        scenarios={file.stem: file for file in sorted((folder / "scenarios").glob("*.toml"))},
        demo_scenario=_text(company, "demo-scenario", file),
        plans=plans if (plans := folder / "plans").is_dir() else None,
        history=past if os.path.lexists(past := folder / "history.jsonl") else None,
    )


def _refused(company: Row, file: Path) -> frozenset[str]:
    paths = company.get("refused", [])
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise SampleError(
            f"{file}: refused must be a list of paths.", 'Such as ["users", "users/8000/answerrules"].'
        )
    return frozenset(paths)


def read_toml(file: Path) -> Row:
    """A TOML file's tables. Raises :class:`SampleError` naming the file."""
    with _naming(file):
        return tomllib.loads(read_whole(file, LARGEST).decode("utf-8"))


def _json(file: Path) -> object:
    with _naming(file):
        found: object = json.loads(read_whole(file, LARGEST).decode("utf-8"))
        return found


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SampleError(f"{file} cannot be read: {error.strerror}.", "Check the folder.") from None
    except (ValueError, RecursionError) as error:
        raise SampleError(f"{file} {damage(error)}.", "Mend that place, or record the company again.") from None


def damage(error: Exception) -> str:
    """What is wrong with a file that could not be read as what it should be, said after its name."""
    match error:
        case UnicodeDecodeError():
            return "is not UTF-8 text"
        case json.JSONDecodeError() | tomllib.TOMLDecodeError():
            return f"is damaged: {error}"
        case RecursionError():
            return "is nested too deep to be real"
        case _:
            # Such as a number of some thousand digits. What Python says of it is for programmers.
            return "is damaged: it does not hold what it should"


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
    "dialrules.json": ("dial-rule-matching-to-uri",),
    "cdrs.json": ("id", "call-start-datetime"),
}
"""What each row must have for the sandbox to know it; everything else may be missing, as on real servers."""


def _checked(found: object, file: Path, aside: list[object] | None) -> tuple[Row, ...]:
    """The rows of a list. Those that do not say what they are go ``aside``, if there is such a place."""
    if not isinstance(found, list):
        raise SampleError(f"{file} must hold lists of JSON objects.", "Such as [{…}, {…}].")
    rows: list[Row] = []
    for nth, row in enumerate(found, start=1):
        flaw = _flaw(row, NEEDED[file.name])
        if flaw and aside is None:
            raise SampleError(f"{file}: row {nth} {flaw}.", "Mend the row, or take it out.")
        if flaw and aside is not None:
            aside.append(row)
            continue
        for key, value in row.items():
            if key.endswith("-datetime") and value is not None and file.name != "cdrs.json":
                _check_moment(value, f"{file}: row {nth}: {key}")
        rows.append(row)
    return tuple(rows)


def _flaw(row: object, needed: tuple[str, ...]) -> str:
    if not isinstance(row, dict):
        return "is no JSON object"
    return next((f"has no {key!r}, or it is no text" for key in needed if not isinstance(row.get(key), str)), "")


def _check_moment(value: object, where: str) -> None:
    try:
        moment(str(value))
    except ValueError:
        raise SampleError(f"{where} is {value!r}.", "Write it as 2026-11-23 15:12:00, or null.") from None


def _text(table: Row, key: str, file: Path) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise SampleError(f"{file}: {key} is missing, or is no text.", f'Add {key} = "…".')
    return value
