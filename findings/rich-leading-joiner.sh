#!/bin/sh
# rich 15.0.0: the two functions that measure a text disagree where it begins with a joiner.
#
# Seen: cell_len("\u200dab") is 1, and split_graphemes("\u200dab") gives 2 cells for the whole: cell_len leaves the
# letter after a zero width joiner out also where there is nothing before it to join it to. set_cell_size, which
# measures with cell_len, then returns a text one cell too wide: asked for 2 cells of "\u200dabc", it gives it back
# whole, which split_graphemes and terminals take for 3.
#
# Why a good guess goes wrong: each is documented to give the width of the text in a terminal, they agree wherever the
# joiner stands between two signs, and a name that begins with an invisible character looks like any other.
#
# What it means for a program like this: a table laid out with cell_len and cut with the others gets rows of unequal
# length, and what stands to the right of such a name is written one column off. Take joiners out of names before they
# are measured, or bring what was cut to the width that was laid out.
#
# Ends with 0 while it is so, and with 1 once the two agree.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q rich==15.0.0
"$place/venv/bin/python" - <<'PYTHON'
from rich.cells import cell_len, set_cell_size, split_graphemes

name = "\u200dab"
measured, split = cell_len(name), split_graphemes(name)[1]
print(f"cell_len: {measured}, split_graphemes: {split}")
between = "a\u200db"
print(f"with the joiner between: cell_len: {cell_len(between)}, split_graphemes: {split_graphemes(between)[1]}")
wider = set_cell_size("\u200dabc", 2)
print(f"asked for 2 cells: {wider!r}, of which split_graphemes says {split_graphemes(wider)[1]}")
raise SystemExit(not (measured == 1 and split == 2 and split_graphemes(wider)[1] == 3))
PYTHON
