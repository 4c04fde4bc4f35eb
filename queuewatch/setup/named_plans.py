"""Plans that have a name: files in a folder of the profile's, such as ``storm.toml``."""

from pathlib import Path
from urllib.parse import quote

from queuewatch.setup.setup_file import SetupFileError, load_setup
from queuewatch.storage.folder import typed_path
from queuewatch.text.natural_order import natural_order
from queuewatch.text.similar import did_you_mean

SUFFIXES = (".toml", ".csv")


def plans_folder(config: Path, profile: str) -> Path:
    """Where the named plans of a profile are, beside the file of profiles; the folder need not be there."""
    return config.parent / "plans" / quote(profile, safe=" ")


def named_plans(*folders: Path) -> tuple[Path, ...]:
    """The plans there are, by name; a folder that is not there, or cannot be read, has none.

    One of the same name in an earlier folder goes before. What only has such a name is among them: whoever reads
    it says what it is.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        try:
            plans = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
        except OSError:
            continue
        for path in plans:
            found.setdefault(path.name, path)
    return tuple(found[name] for name in sorted(found, key=natural_order))


def sets_something(path: Path) -> bool:
    """Whether a plan sets anything, rather than only saying what must hold; one that is wrong shall say so."""
    try:
        return bool(load_setup(path).queues)
    except SetupFileError:
        return True


def find_setup(name: str, *folders: Path) -> Path:
    """The file of that name, else the plan of that name. Raises :class:`SetupFileError` with the nearest."""
    path = typed_path(name)
    if path.exists():
        return path
    plans = named_plans(*folders)
    for plan in plans:
        if name in (plan.stem, plan.name):
            return plan
    names = [plan.stem for plan in plans]
    there = (
        f"The plans by name are {', '.join(names)}." if names else f"Plans that have a name lie in {folders[0]}."
    )
    raise SetupFileError(
        f"There is no file {path}, and no plan of that name.", f"{did_you_mean(name, names)}{there}"
    )
