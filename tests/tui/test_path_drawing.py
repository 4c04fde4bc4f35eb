"""A call's way as characters: from left to right, from top to bottom, and round."""

import pytest
from rich.cells import cell_len

from queuewatch.failover.model import PhoneNumber, Queue, Snapshot
from queuewatch.failover.simulate import simulate
from queuewatch.failover.suppose import ALL_DARK
from tests.failover.build import CELL, agents, default, office, to
from tests.tui.keys import words
from widgets.path_drawing import draw, picture_of, wrapped


def company(*ways: str, name: str = "Sales") -> Snapshot:
    """Queues 8000, 8001 ... with one agent each, each with its When Offline."""
    extensions = [str(8000 + place) for place in range(len(ways))]
    return office(
        *(Queue(extension, f"{name} {place}", require_agents=True) for place, extension in enumerate(extensions)),
        agents=[agent for extension in extensions for agent in agents(("green",), extension)],
        rules={extension: [default(offline=to(way))] for extension, way in zip(extensions, ways, strict=True)},
        numbers=[PhoneNumber("2145550101", "to-callqueue", "8000")],
    )


def drawn(snapshot: Snapshot, width: int, *, dark: bool = True, unicode: bool = True) -> list[str]:
    verdict = simulate(snapshot, snapshot.queues["8000"], *((ALL_DARK,) if dark else ()))
    picture = picture_of(snapshot, verdict, *((ALL_DARK,) if dark else ()))
    lines = [words(line) for line in draw(picture, width, unicode=unicode)]
    assert {cell_len(line) for line in lines} == {width}
    return [line.rstrip() for line in lines]


def test_from_left_to_right() -> None:
    assert drawn(company("queue_8001", CELL), 78) == [
        "         ╭──────────────────╮    ╭──────────────────╮    ╭──────────────────╮",
        "caller ─▶│ Sales 0 (8000)   ├───▶│ Sales 1 (8001)   ├───▶│ (214) 555-0100   │",
        "         │ → fails over   ○ │    │ → fails over   ○ │    │ ✔ outside number │",
        "         ╰──────────────────╯    ╰──────────────────╯    ╰──────────────────╯",
        "          every agent is Grey,    every agent is Grey,    it leaves for an",
        "          so When Offline takes   so When Offline takes   outside number",
        "          the call                the call",
    ]


def test_a_call_that_stays_is_one_box() -> None:
    assert drawn(company(CELL), 60, dark=False) == [
        "         ╭────────────────╮",
        "caller ─▶│ Sales 0 (8000) │",
        "         │ ● rings      ● │",
        "         ╰────────────────╯",
        "          1 agent is ready (1001)",
    ]


def test_long_arrows_are_named() -> None:
    assert "├─ When Offline ──▶│" in drawn(company(CELL), 78)[1]


def test_from_top_to_bottom_where_it_does_not_fit() -> None:
    assert drawn(company("queue_8001", CELL), 46) == [
        "caller",
        "  ▼",
        "╭──────────────────╮  every agent is Grey, so",
        "│ Sales 0 (8000)   │  When Offline takes the",
        "│ → fails over   ○ │  call",
        "╰─┬────────────────╯",
        "  ▼ When Offline",
        "╭──────────────────╮  every agent is Grey, so",
        "│ Sales 1 (8001)   │  When Offline takes the",
        "│ → fails over   ○ │  call",
        "╰─┬────────────────╯",
        "  ▼ When Offline",
        "╭──────────────────╮  it leaves for an outside",
        "│ (214) 555-0100   │  number",
        "│ ✔ outside number │",
        "╰──────────────────╯",
    ]


def test_a_loop_is_seen_coming_back() -> None:
    assert drawn(company("queue_8001", "queue_8000"), 78)[:6] == [
        "           ╭──────────────── ✖ comes back: a loop ───────────────╮",
        "           ▼                                                     │",
        "         ╭────────────────╮                  ╭────────────────╮  │",
        "caller ─▶│ Sales 0 (8000) ├─ When Offline ──▶│ Sales 1 (8001) ├──╯",
        "         │ → fails over ○ │                  │ → fails over ○ │",
        "         ╰────────────────╯                  ╰────────────────╯",
    ]


def test_a_queue_that_sends_its_calls_to_itself() -> None:
    assert drawn(company("queue_8000"), 36)[:4] == [
        "           ╭──── ✖ a loop ───╮",
        "           ▼                 │",
        "         ╭────────────────╮  │",
        "caller ─▶│ Sales 0 (8000) ├──╯",
    ]
    assert [line[:6] for line in drawn(company("queue_8000"), 20)[3:5]] == ["╭─▶│ S", "╰──│ →"]


def test_a_loop_comes_back_to_where_it_was_and_not_to_the_caller() -> None:
    lines = drawn(company("queue_8001", "queue_8002", "queue_8001"), 78)
    second = lines[3].index("│ Sales 1")
    assert lines[0].index("╭") == lines[1].index("▼") == second + 2


def test_a_loop_from_top_to_bottom() -> None:
    lines = drawn(company("queue_8001", "queue_8000"), 40)
    assert [line[:6] for line in lines] == [
        "   cal",
        "     ▼",
        "   ╭──",
        "╭─▶│ S",
        "│  │ →",
        "│  ╰─┬",
        "│    ▼",
        "│  ╭──",
        "╰──│ S",
        "   │ →",
        "   ╰──",
        "✖ come",
    ]


def test_a_loop_through_the_telephone_network() -> None:
    lines = drawn(company("12145550101"), 78)
    assert "✖ comes back: a loop" in lines[0]
    assert "(214) 555-0101" in lines[3]
    assert "own number" in lines[4]


def test_the_end_has_its_colour_and_the_way_there_has_not() -> None:
    snapshot = company("queue_8001", "vmail_9999")
    verdict = simulate(snapshot, snapshot.queues["8000"], ALL_DARK)
    corners = [span for span in draw(picture_of(snapshot, verdict, ALL_DARK), 78)[0] if "╮" in span.text]
    assert [span.style for span in corners] == ["muted", "muted", "bad"]
    assert "✖ dead end" in drawn(snapshot, 78)[2]


def test_without_unicode_there_are_boxes_all_the_same() -> None:
    lines = drawn(company("queue_8001", "queue_8000"), 78, unicode=False)
    assert lines[2].count("+----------------+") == 2
    assert "caller ->| Sales 0" in lines[3]
    assert "|- When Offline -->|" in lines[3]
    assert lines[1].strip().startswith("v")


@pytest.mark.parametrize("width", [1, 2, 9, 20, 30, 78, 200])
@pytest.mark.parametrize("name", ["Sales", "[red]x[/red]" * 5, "陳美玲陳美玲陳美玲陳美玲陳美玲", "é" * 30])
def test_any_name_at_any_width_keeps_to_its_box(width: int, name: str) -> None:
    for ways in ((CELL,), ("queue_8000",), ("queue_8001", "queue_8001"), ("queue_8001",) * 9):
        drawn(company(*ways, name=name), width)


def test_a_name_without_room_is_cut_with_an_ellipsis() -> None:
    line = drawn(company("queue_8001", CELL, name="Emergencies and Appointments"), 78)[1]
    assert "│ Emergencies and…  ├" in line


def test_words_are_wrapped_and_what_is_left_over_is_cut() -> None:
    assert wrapped("every agent is Grey", 11, 3) == ("every agent", "is Grey")
    assert wrapped("one two three four five", 9, 2) == ("one two", "three fo…")
    assert wrapped("incomprehensibilities", 8, 2) == ("incompr…",)
    assert wrapped("", 8, 2) == ()
