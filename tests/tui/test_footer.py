"""The footer: as many keys as have room, the ones that are needed first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.demo import open_demo
from tests.tui.keys import footer, painted, program, resize, running, until
from widgets.bars import CHANGES, FILLS, FIRST, NEVER, NEVER_DROPPED, WANTED, with_room


@given(
    st.lists(st.tuples(st.sampled_from((FIRST, CHANGES, WANTED, FILLS, NEVER)), st.integers(3, 18))),
    st.integers(20, 220),
)
def test_help_and_quit_always_have_room_and_nothing_stands_in_the_place_of_what_is_wanted(
    keys: list[tuple[int, int]], room: int
) -> None:
    ranks = [*(rank for rank, _ in keys), NEVER_DROPPED, NEVER_DROPPED]
    widths = [*(width for _, width in keys), 7, 7]
    shown, airy = with_room(ranks, widths, room)
    assert shown[-2:] == [len(keys), len(keys) + 1]
    assert sum(widths[place] + airy for place in shown) <= room + 1 + airy
    left_out = {ranks[place] for place in range(len(ranks)) if place not in shown}
    if any(ranks[place] == FILLS for place in shown):
        assert not left_out & {FIRST, CHANGES, WANTED}
    assert all(ranks[place] != NEVER for place in shown)


@pytest.mark.parametrize("missing", ["Open", "When Offline"])
def test_what_is_left_out_had_no_room(missing: str) -> None:
    names = ("Open", "When Offline", "Audit", "Help", "Quit")
    ranks, widths = (FIRST, FIRST, WANTED, NEVER_DROPPED, NEVER_DROPPED), [len(name) + 3 for name in names]
    short = sum(widths) - len(missing)
    assert len(with_room(ranks, widths, short)[0]) < len(names) == len(with_room(ranks, widths, sum(widths))[0])


async def test_a_demo_has_its_keys_in_the_footer_and_every_width_has_help_and_quit() -> None:
    async with running(open_demo(tour=False).app(), (80, 24)) as pilot:
        labels = [key.description for key in await footer(pilot)]
        assert {"Open", "Power", "Faster"} <= set(labels)
        await resize(pilot, 60, 16)
        await until(
            pilot,
            lambda: all(words in painted(program(pilot))[-1] for words in ("Open", "p Power", "+ Faster")),
            "a small terminal has a demo's keys as well",
        )
        for width in (60, 100, 160, 30):
            await resize(pilot, width, 24)

            def ends_so(width: int = width) -> bool:
                line = painted(program(pilot))[-1]
                return line.rstrip().endswith("? Help q Quit") or line.rstrip().endswith("? Help  q Quit")

            await until(pilot, ends_so, f"Help and Quit are there at {width}")
            free = width - len(painted(program(pilot))[-1].rstrip())
            # The shortest that is left out has no room.
            assert free < 16, width
