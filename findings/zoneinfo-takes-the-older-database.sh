#!/bin/sh
# Python's zoneinfo prefers the operating system's time zones to a newer tzdata package, one name at a time.
#
# Versions: CPython 3.11 and later (zoneinfo of the standard library), tzdata 2026.6 (IANA 2026f) beside tzdata 2025.2
# (IANA 2025b), whose files stand here for an operating system that was last updated in 2025.
#
# Behaviour: ZoneInfo(name) looks through zoneinfo.TZPATH first, and asks the tzdata package only for names that are in
# none of its folders. Output seen:
#     America/Vancouver -08:00 (system 2025b; the package 2026f says -07:00)
#     a name that the system lacks comes from the package all the same: two editions in one program
#
# Why a good guess goes wrong: a program that lists "tzdata" among its requirements, and has the newest one installed,
# looks as if its clocks were up to date. On most servers that package is never read. British Columbia, Alberta and
# Manitoba changed their clocks in 2026: with data of 2025 they are an hour off from November on, without any error, and
# an hour in March is taken to be missing. Where the system installs legacy names (US/Central) apart, or not at all,
# these come from the package while the rest does not.
#
# What it means for a program that decides by opening hours: compare the editions itself (first line of tzdata.zi, and
# tzdata.IANA_VERSION), choose the newer source for all names, and read it with ZoneInfo.from_file().
#
# Exit: 0 while it is so, 1 once it is not.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$work/package" tzdata==2026.6
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$work/system" tzdata==2025.2
# The system leaves out one name, as those do that install legacy names apart.
rm "$work/system/tzdata/zoneinfo/US/Central"

PYTHONTZPATH="$work/system/tzdata/zoneinfo" PYTHONPATH="$work/package" python3 - <<'PYTHON'
import sys
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import tzdata

at = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
newest = Path(tzdata.__file__).parent / "zoneinfo" / "America" / "Vancouver"
with open(newest, "rb") as file:
    package = at.astimezone(zoneinfo.ZoneInfo.from_file(file)).isoformat()[-6:]
taken = at.astimezone(zoneinfo.ZoneInfo("America/Vancouver")).isoformat()[-6:]
legacy = str(at.astimezone(zoneinfo.ZoneInfo("US/Central")))[-6:]
system = Path(zoneinfo.TZPATH[0], "tzdata.zi").read_text().splitlines()[0]
print(f"system: {system}; package: {tzdata.IANA_VERSION}")
print(f"America/Vancouver on 2026-12-01: taken {taken}, in the package {package}")
print(f"US/Central, which the system lacks: {legacy}, from the package")
sys.exit(0 if (taken, package, legacy) == ("-08:00", "-07:00", "-06:00") else 1)
PYTHON
