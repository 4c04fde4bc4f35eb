"""One registry of actions: the footer, the palette and the help say the same, and every key does what they say."""

import re
from functools import partial

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets._footer import FooterKey

from queuewatch.app.app import QueuewatchApp
from screens.audit import AuditScreen, ExplainScreen
from screens.board.board import BoardScreen
from screens.board.choose_columns import ChooseColumns
from screens.connect.connect_form import ConnectForm
from screens.connect.welcome import WelcomeScreen
from screens.dialog import Dialog
from screens.drill.choose_scope import ChooseScope
from screens.drill.drill import DrillScreen
from screens.drill.sites import SitesScreen
from screens.editing.confirm_change import ConfirmChange
from screens.editing.forward_editor import ForwardEditor
from screens.help.help import HelpScreen
from screens.history.all_queues import AllHistoryScreen
from screens.history.one_queue import HistoryScreen
from screens.jump import JumpScreen
from screens.keys.board import BOARD, EVERYWHERE, QUEUE, moves
from screens.keys.registry import PLACES, every_action
from screens.keys.tasks import AUDIT, DRILL, LOG, PAST_OF_ALL, PAST_OF_QUEUE, SIMULATOR, SITES, YES
from screens.log import LogScreen
from screens.queue import QueueScreen
from screens.save_picture import SavePicture
from screens.what_if import WhatIfScreen
from tests.tui.keys import board, footer, program, running, screen_is, until, words
from tests.tui.phone_system import open_office
from widgets.action import Action, key_names
from widgets.containers import ChoiceList, Scrolling
from widgets.fact_sheet import FactSheet
from widgets.line_table import LineTable
from widgets.queue_rows import Sort

TASKS: dict[str, tuple[tuple[str, ...], type[Screen[None]], tuple[Action, ...]]] = {
    "board": ((), BoardScreen, BOARD),
    "queue": (("enter",), QueueScreen, QUEUE),
    "simulator": (("w",), WhatIfScreen, SIMULATOR),
    "audit": (("a",), AuditScreen, AUDIT),
    "drill": (("d", "enter"), DrillScreen, DRILL),
    "sites": (("D",), SitesScreen, SITES),
    "log": (("v",), LogScreen, LOG),
    "history": (("i",), HistoryScreen, PAST_OF_QUEUE),
    "history of all": (("i", "A"), AllHistoryScreen, PAST_OF_ALL),
}
"""Every screen for a task: the keys that lead there from the board, and what it can do."""

OURS = (
    QueuewatchApp,
    BoardScreen,
    QueueScreen,
    WhatIfScreen,
    AuditScreen,
    DrillScreen,
    SitesScreen,
    LogScreen,
    HistoryScreen,
    AllHistoryScreen,
    ChooseScope,
    ForwardEditor,
    ConfirmChange,
    ExplainScreen,
    HelpScreen,
    WelcomeScreen,
    ConnectForm,
    LineTable,
    Scrolling,
    ChoiceList,
    ChooseColumns,
    Dialog,
    SavePicture,
    JumpScreen,
)


def bindings_of(owner: type) -> list[Binding]:
    return [binding for binding in owner.__dict__["BINDINGS"] if isinstance(binding, Binding)]


def test_every_id_names_one_binding() -> None:
    # An action that two screens share is one action under one id, with the same keys.
    keys = {binding.id: binding.key for owner in OURS for binding in bindings_of(owner) if binding.id}
    for owner in OURS:
        ids = [binding.id for binding in bindings_of(owner) if binding.id]
        assert len(ids) == len(set(ids)), owner
        for binding in bindings_of(owner):
            assert binding.id is None or keys[binding.id] == binding.key


def test_the_registry_knows_every_screen_and_dialog() -> None:
    known = [place.own for place in PLACES]
    for _, _, actions in TASKS.values():
        assert actions in known
    ids = every_action()
    for owner in OURS:
        # These two are there for whoever has no profile yet, which could give them other keys.
        if owner in (WelcomeScreen, ConnectForm):
            continue
        for binding in bindings_of(owner):
            assert binding.id is None or binding.id in ids


@pytest.mark.parametrize("actions", [(*actions, *EVERYWHERE) for _, _, actions in TASKS.values()])
def test_no_key_has_two_meanings_and_every_action_has_two_ways(actions: tuple[Action, ...]) -> None:
    keys = [key for action in actions for key in action.keys]
    assert len(keys) == len(set(keys))
    # Where the function keys are taken, a letter and the palette are the two ways.
    alone = {action.id for action in actions if len(action.keys) < 2}
    assert alone <= {
        *("mark.toggle", "mark.to", "mark.all", "audit.fix_all"),
        "app.theme",
        "board.only",
        "board.group",
        "board.sites",
        "board.prove",
        "queue.prove",
        "sites.queue",
        "view.quiet",
    }


@pytest.mark.parametrize(
    ("screen", "actions"),
    [*((screen, actions) for _, screen, actions in TASKS.values()), (QueuewatchApp, EVERYWHERE)],
)
def test_every_action_is_something_its_screen_can_do(screen: type, actions: tuple[Action, ...]) -> None:
    for action in actions:
        method = action.method.split("(")[0]
        assert hasattr(screen, f"action_{method}"), action.id


async def open_screen(pilot: Pilot[None], name: str) -> tuple[Action, ...]:
    """Go to a screen from the board, and give what it can do."""
    keys, screen, actions = TASKS[name]
    await pilot.press(*keys[:-1])
    await pilot.pause()
    await pilot.press(*keys[-1:])
    await screen_is(pilot, screen)
    return actions


@pytest.mark.parametrize("name", TASKS)
async def test_footer_palette_and_help_are_the_registry_and_every_key_does_what_they_say(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(open_office().app(), (80, 24)) as pilot:
        actions = (*await open_screen(pilot, name), *EVERYWHERE)
        await footer_and_palette_tell(pilot, actions)
        await help_tells(pilot, actions)
        await keys_reach(pilot, actions, monkeypatch)


async def footer_and_palette_tell(pilot: Pilot[None], actions: tuple[Action, ...]) -> None:
    """The footer shows what 80 columns have room for, Help and Quit last; the palette offers all."""
    keys = await footer(pilot)
    shown = [key.description for key in keys]
    assert [action.label for action in actions if action.label in shown] == shown
    assert shown[-2:] == ["Help", "Quit"]
    assert keys[-1].region.right <= 80
    left_out = [action.label for action in actions if action.footer and action.label not in shown]
    assert all(len(label) + 3 > 80 - keys[-1].region.right for label in left_out)
    offered = {
        command.title: command.help for command in program(pilot).get_system_commands(program(pilot).screen)
    }
    for action in actions:
        assert offered[action.title] == action.help
    # Besides, Textual's own, the power of each of a sample's sites, and the plans that have a name.
    named = [title for title in offered if title.startswith(("Cut the power at", "Plan "))]
    assert len(offered) == len(actions) + 1 + len(named)


async def help_tells(pilot: Pilot[None], actions: tuple[Action, ...]) -> None:
    """The help lists every key, by whichever key it is opened and closed."""
    below = program(pilot).screen
    for way_in, way_out in (("question_mark", "escape"), ("f1", "q")):
        await pilot.press(way_in)
        screen = await screen_is(pilot, HelpScreen)
        told = {fact.label: words(fact.spans) for sheet in screen.query(FactSheet) for fact in sheet.facts}
        for action in actions:
            assert told[key_names(action)] == action.help
        assert set(dict(moves()).items()) <= set(told.items())
        await pilot.press(way_out)
        await until(pilot, lambda: program(pilot).screen is below, "the help is closed")


async def keys_reach(pilot: Pilot[None], actions: tuple[Action, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key does its action: tables and scrolling parts have keys of their own, and must not take these."""
    done: list[str] = []
    for action in actions:
        method = action.method.split("(")[0]
        owner = QueuewatchApp if action in EVERYWHERE else type(program(pilot).screen)
        monkeypatch.setattr(owner, f"action_{method}", staticmethod(partial(record, done, method)))
    for action in actions:
        await pilot.press(*action.keys)
        assert done == [action.method.split("(")[0]] * len(action.keys)
        done.clear()


async def test_a_real_phone_system_is_not_offered_a_power_cut() -> None:
    async with running(open_office(real=True).app()) as pilot:
        offered = [command.title for command in program(pilot).get_system_commands(program(pilot).screen)]
        assert "Power" not in offered
        assert "Sort" in offered


async def test_an_action_is_run_from_the_palette() -> None:
    async with running(open_office().app()) as pilot:
        await pilot.press("ctrl+p", *"sort")
        palette = await screen_is(pilot, CommandPalette)
        found = palette.query_one(OptionList)
        await until(pilot, lambda: found.option_count > 1 and found.highlighted == 0, "it is found")
        await until(pilot, lambda: str(found.get_option_at_index(0).prompt).startswith("Sort  s"), "it is first")
        await pilot.press("enter")
        await until(pilot, lambda: board(pilot).sort is Sort.NAME, "the board is sorted")


def record(done: list[str], method: str, *parameters: object) -> None:
    done.append(method)


def test_keys_are_printed_as_people_say_them() -> None:
    everything = [action for _, _, actions in TASKS.values() for action in actions]
    for action in (*everything, *EVERYWHERE):
        assert not re.search("_|slash|bracket|escape|plus|minus|asterisk|equals", key_names(action))


@pytest.mark.parametrize("key", ["q", "f10", "ctrl+q"])
async def test_quitting(key: str) -> None:
    app = open_office().app()
    async with running(app) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: not app.is_running or app._exit, "it ends")
    assert app.return_code == 0


async def test_the_line_of_keys_is_built_anew_only_for_other_keys() -> None:
    async with running(open_office().app()) as pilot:
        keys = list(board(pilot).query(FooterKey))
        board(pilot).refresh_bindings()
        await pilot.pause()
        assert list(board(pilot).query(FooterKey)) == keys
        await pilot.press("slash")
        await until(pilot, lambda: list(board(pilot).query(FooterKey)) != keys, "the filter's keys are shown")


LEAVES = ("Back", "Close", "Done", "Leave it", "Left", "Restore / back")
"""What a dialog's letters do that are another screen's, or the one it was opened with: they only leave it."""


def test_a_letter_means_the_same_on_every_screen() -> None:
    meanings: dict[str, set[str]] = {}
    for place in PLACES:
        for action in place.actions:
            # Yes and no are answered where it is asked; l goes into a row, whatever is done there.
            if action is YES or action.label in LEAVES or action.method.startswith("answer("):
                continue
            for key in action.keys:
                if len(key) == 1 and key != "l":
                    meanings.setdefault(key, set()).add(action.label)
    digits = {key for key in meanings if key.isdigit()}
    assert {key: labels for key, labels in meanings.items() if key not in digits and len(labels) > 1} == {}
