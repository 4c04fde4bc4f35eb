#!/bin/sh
# Python's sqlite3: `connection.execute("PRAGMA incremental_vacuum")` gives back one page, however many are free.
#
# Versions: Python's own sqlite3 module (seen with CPython 3.11.7 and its SQLite). Nothing is installed.
#
# What was seen: of some 200 free pages, execute("PRAGMA incremental_vacuum") takes away one, with or without
# .fetchall(), and so does execute("PRAGMA incremental_vacuum(1000)"). executescript() with the same words takes
# away all of them.
#
# Why a good guess goes wrong: SQLite's documentation says that the pragma removes up to N pages, all without an N,
# and it does in the sqlite3 shell. Inside, every page is one step of the statement that yields a row without columns.
# Python steps a statement without columns once and takes it for done; there is nothing for fetchall() to fetch.
# Nothing fails, and the free pages are used again later, so that only the size of the file tells.
#
# What it means for a program that keeps a file within a bound: it deletes rows, asks for the room back, and its file
# stays as large as ever. Use executescript(), or execute the pragma until PRAGMA freelist_count is 0.
#
# Ends with 0 while it is so, and with 1 once it is otherwise.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - "$folder/a.db" <<'PYTHON'
import sqlite3
import sys

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA auto_vacuum = INCREMENTAL")
database.execute("CREATE TABLE t (a)")
database.executemany("INSERT INTO t VALUES (?)", (("x" * 4000,) for _ in range(200)))
database.execute("DELETE FROM t")


def free() -> int:
    return database.execute("PRAGMA freelist_count").fetchone()[0]


counts = [free()]
for words in ("PRAGMA incremental_vacuum", "PRAGMA incremental_vacuum(1000)"):
    database.execute(words).fetchall()
    counts.append(free())
database.executescript("PRAGMA incremental_vacuum")
counts.append(free())
print(f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}: free pages {counts}")
as_seen = counts[0] > 100 and counts[1] == counts[0] - 1 and counts[2] == counts[1] - 1 and counts[3] == 0
sys.exit(not as_seen)
PYTHON
