"""Time zones come from the newer of two editions, all from the same one."""

import os
import shutil
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
import tzdata

from queuewatch.failover.schedule.moment_input import skipped_around
from queuewatch.pbx.netsapiens.zones import sources, zone_called

PACKAGE = Path(tzdata.__file__).parent / "zoneinfo"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(before)


def folder(tmp_path: Path, version: str, **zones: str) -> Path:
    """An operating system's database in which each of these names has another one's clocks."""
    made = tmp_path / f"zoneinfo-{version or 'unsaid'}"
    for name, like in {"US/Central": "US/Central", **zones}.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / like, made / name)
    if version:
        (made / "tzdata.zi").write_text(f"# version {version}\n# This zic input file is in the public domain.\n")
    return made


def package(monkeypatch: pytest.MonkeyPatch, where: Path, version: str) -> None:
    """A package tzdata of this edition, whose files lie there."""
    module = ModuleType("tzdata")
    module.__file__ = str(where / "__init__.py")
    vars(module)["IANA_VERSION"] = version
    monkeypatch.setitem(sys.modules, "tzdata", module)


# By IANA 2026f: British Columbia and Alberta keep their summer clocks, Manitoba follows, Morocco keeps UTC.
@pytest.mark.parametrize(
    "name", ["America/Vancouver", "America/Edmonton", "America/Winnipeg", "Africa/Casablanca"]
)
@pytest.mark.parametrize("version", ["2025b", "2026e", ""])
def test_an_old_operating_system_does_not_put_the_clocks_back(tmp_path: Path, name: str, version: str) -> None:
    zoneinfo.reset_tzpath([folder(tmp_path, version, **{name: "Asia/Tokyo"})])
    zone = zone_called(name)
    assert zone is not None
    with open(PACKAGE / name, "rb") as file:
        newest = zoneinfo.ZoneInfo.from_file(file)
    for at in (datetime(2026, 12, 1, 22, 30, tzinfo=UTC), datetime(2027, 3, 14, 10, 30, tzinfo=UTC)):
        assert at.astimezone(zone).replace(tzinfo=None) == at.astimezone(newest).replace(tzinfo=None)
    assert [source.packaged for source in sources()] == [True, False]


def test_a_newer_operating_system_goes_before_the_package(tmp_path: Path) -> None:
    system = folder(tmp_path, "2027a", **{"America/Vancouver": "Asia/Tokyo"})
    zoneinfo.reset_tzpath([tmp_path / "nothing", system])
    zone = zone_called("America/Vancouver")
    assert zone is not None
    assert datetime(2026, 12, 1, 22, 30, tzinfo=UTC).astimezone(zone).hour == 7
    assert (sources()[0].version, sources()[0].folder) == ("2027a", system)
    # No name comes from the other edition.
    assert zone_called("Europe/Paris") is None


def test_an_old_package_beside_a_newer_operating_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = folder(tmp_path, "2025b", **{"zoneinfo/America/Vancouver": "Asia/Tokyo"})
    package(monkeypatch, old, "2025b")
    system = folder(tmp_path, "2026f", **{"America/Vancouver": "America/Vancouver"})
    zoneinfo.reset_tzpath([system])
    assert str(datetime(2026, 12, 1, 22, 30, tzinfo=UTC).astimezone(zone_called("America/Vancouver")).time()) == (
        "15:30:00"
    )


def test_old_names_that_a_system_installs_apart_are_found_by_its_list_of_links(tmp_path: Path) -> None:
    system = folder(tmp_path, "2027a", **{"America/Chicago": "Asia/Tokyo"})
    (system / "US/Central").unlink()
    (system / "tzdata.zi").write_text("# version 2027a\nL America/Chicago US/Central\n")
    zoneinfo.reset_tzpath([system])
    zone = zone_called("US/Central")
    assert zone is not None
    assert (str(zone), datetime(2026, 7, 1, tzinfo=UTC).astimezone(zone).hour) == ("US/Central", 9)


def test_without_any_database_no_zone_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zoneinfo.reset_tzpath([])
    monkeypatch.setitem(sys.modules, "tzdata", None)
    assert sources() == ()
    assert zone_called("US/Central") is None


def test_vancouver_skips_no_hour_in_march_2027_any_more() -> None:
    zone = zone_called("America/Vancouver")
    assert zone is not None
    assert skipped_around(datetime(2027, 3, 14, 2, 30), zone) is None
    assert str(datetime(2026, 12, 1, 22, 30, tzinfo=UTC).astimezone(zone).time()) == "15:30:00"


def test_a_folder_that_may_not_be_looked_into_holds_no_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, real = tmp_path / "locked", os.listdir
    locked.mkdir()

    def listed(path: str) -> list[str]:
        if str(path) == str(locked):
            raise PermissionError
        return real(path)

    monkeypatch.setattr(os, "listdir", listed)
    zoneinfo.reset_tzpath([locked])
    assert [source.packaged for source in sources()] == [True]
    assert zone_called("US/Central") is not None
