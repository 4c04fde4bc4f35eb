"""What is wrong with the variables that tell the time is said, and left out."""

import os
import time
from collections.abc import Iterator

import pytest

from queuewatch.process.clocks import mend_clocks, zone_is_unknown


@pytest.mark.parametrize(
    ("zone", "name", "west", "unknown"),
    [
        ("Nope", "Nope", 0, True),
        (":Nope", "Nope", 0, True),
        ("America/Nowhere", "America", 0, True),
        ("/etc/nothing", "", 0, True),
        ("12", "", 0, True),
        ("America/Chicago", "CST", 21600, False),
        ("Europe/London", "GMT", 0, False),
        ("Africa/Abidjan", "GMT", 0, False),
        ("Europe/Lisbon", "WET", 0, False),
        ("Etc/UTC", "UTC", 0, False),
        ("UTC", "UTC", 0, False),
        ("GMT", "GMT", 0, False),
        ("Zulu", "UTC", 0, False),
        ("XYZ0", "XYZ", 0, False),
        ("GMT+0", "GMT", 0, False),
        ("<+00>0", "+00", 0, False),
        ("EST5EDT", "EST", 18000, False),
    ],
)
def test_a_zone_is_unknown_where_the_c_library_goes_by_utc_under_its_name(
    zone: str, name: str, west: int, unknown: bool
) -> None:
    assert zone_is_unknown(zone, name, west) is unknown


@pytest.fixture
def nope(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system's clocks cannot be set by a variable")
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Nope"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("nope")
def test_what_cannot_be_used_is_said_and_left_out() -> None:
    environ = {"TZ": "Nope", "PYTHONTZPATH": os.pathsep.join(("zones", os.path.abspath("there")))}
    (zone, _), (path, _) = mend_clocks(environ)
    assert zone.startswith("TZ is “Nope”")
    assert "“zones”" in path
    assert environ == {"TZ": "UTC", "PYTHONTZPATH": os.path.abspath("there")}
    assert list(mend_clocks({"PYTHONTZPATH": os.path.abspath("there")})) == []
