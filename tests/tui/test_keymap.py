"""A profile's own keys: read as people write them, refused with a reason, in force wherever a key is named."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets._footer import FooterKey

from queuewatch.connection.connection import SwitchTarget
from queuewatch.profiles.fields import ConfigError, KeyOverrides
from screens.audit import AuditScreen
from screens.drill.choose_scope import ChooseScope
from screens.drill.drill import DrillScreen
from screens.editing.confirm_change import ConfirmChange
from screens.help.help import HelpScreen
from screens.keys.board import BOARD, EVERYWHERE
from screens.keys.keymap import CHARACTERS, NEEDED, KeyInputError, character_key, clashes, keymap, read_key
from screens.keys.registry import PLACES, every_action
from tests.tui.keys import board, footer, painted, program, running, screen_is, status, table, until, words
from tests.tui.phone_system import open_office
from widgets import themes
from widgets.action import NO_KEY, for_textual, key_names, put_in_force
from widgets.fact_sheet import FactSheet

WHERE = "/home/ana/config.toml: profiles.acme.keys"
ACTIONS = every_action()


def own(**keys: str) -> KeyOverrides:
    """Overrides as a profile has them; ``__`` stands for the dot of an id."""
    return KeyOverrides(WHERE, tuple((name.replace("__", "."), key) for name, key in keys.items()))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("?", "question_mark"),
        ("/", "slash"),
        (" x ", "x"),
        ("X", "X"),
        ("shift+x", "X"),
        ("Ctrl+X", "ctrl+x"),
        ("ctrl-x", "ctrl+x"),
        ("F5", "f5"),
        ("space", "space"),
        (" ", "space"),
        ("Esc", "escape"),
        ("→", "right"),
        ("page up", "pageup"),
        ("PgDn", "pagedown"),
        ("comma", "comma"),
        ("question_mark", "question_mark"),
        ("greater_than_sign", "greater_than_sign"),
        ("ctrl+page up", "ctrl+pageup"),
        ("shift+up", "shift+up"),
        ("é", "é"),
    ],
)
def test_a_key_is_read_as_people_write_it(typed: str, key: str) -> None:
    assert read_key(typed) == key


def test_every_character_has_the_name_that_textual_gives_its_key() -> None:
    for character in (*string.printable.strip(), "é", "ß", "§", "“"):
        assert character_key(character) == _character_to_key(character)


def test_every_key_of_ours_is_read_as_it_is_printed_and_as_textual_names_it() -> None:
    for action in ACTIONS.values():
        for key in action.keys:
            assert read_key(key) == key
        for printed in key_names(action).split(", "):
            assert read_key(printed) in action.keys


@pytest.mark.parametrize(
    ("typed", "sentence", "hint"),
    [
        ("f99", "no key “f99”", "Did you mean f9"),
        ("spcae", "no key “spcae”", "Did you mean space? "),
        ("question mrk", "no key “question mrk”", "Did you mean question_mark? "),
        ("hyper+x", "no key “hyper+x”", "ctrl+ and a letter"),
        ("ctrl+i", "“ctrl+i” cannot be told from tab", "another key"),
        ("ctrl+m", "cannot be told from enter", "another key"),
    ],
)
def test_what_is_no_key_is_told_with_the_nearest(typed: str, sentence: str, hint: str) -> None:
    with pytest.raises(KeyInputError, match=re.escape(sentence)) as told:
        read_key(typed)
    assert hint in told.value.hint


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_key_or_a_sentence(typed: str) -> None:
    try:
        said = read_key(typed)
    except KeyInputError as error:
        said = str(error)
    assert said


@pytest.mark.parametrize(
    ("overrides", "sentence", "hint"),
    [
        (own(board__dril="x"), "there is no action “board.dril”", "Did you mean board.drill? "),
        (own(zzz="x"), "there is no action “zzz”", "queuewatch keys lists them all"),
        (own(board__drill="f99"), "board.drill: There is no key “f99”", "Did you mean f9"),
        (own(board__drill="x,,f9"), "board.drill has a comma with no key beside it", "written comma"),
        (own(board__drill="s"), "s would be board.drill and board.sort on the board", "“Sort worst first"),
        (own(board__drill="q"), "q would be board.drill and app.quit on the board", "another key"),
        (own(board__drill="j"), "j would be board.drill and table.down on the board", "“Move down.”"),
        (own(board__drill="tab"), "cannot have tab: it goes to the next part", "another key"),
        (own(app__theme="ctrl+q"), "cannot have ctrl+q: it always leaves", "another key"),
        (own(audit__back="b"), "audit.back would lose esc", 'Write it too: "esc, b"'),
        (own(forward__off="x"), "cannot have x: while choosing a destination it would be typed", "ctrl+"),
        # An action of several screens is looked at on each of them.
        (own(view__refresh="m"), "m would be drill.timeline and view.refresh in a drill", "another key"),
    ],
)
def test_what_cannot_be_is_refused_and_both_sides_are_named(
    overrides: KeyOverrides, sentence: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as told:
        keymap(overrides)
    assert str(told.value).startswith(WHERE)
    assert sentence in str(told.value)
    assert hint in told.value.hint


def test_keys_may_change_places() -> None:
    assert keymap(own(board__drill="s, F9", board__sort="d,f6")) == {
        "board.drill": ("s", "f9"),
        "board.sort": ("d", "f6"),
    }
    assert keymap(own(board__columns=",", app__theme="")) == {"board.columns": ("comma",), "app.theme": ()}
    assert for_textual({"app.theme": (), "board.sort": ("d", "f6")}) == {
        "app.theme": NO_KEY,
        "board.sort": "d,f6",
    }


def test_nothing_clashes_as_it_is() -> None:
    for place in PLACES:
        assert list(clashes(place.actions, {})) == []


KEYS = st.sampled_from(sorted({*CHARACTERS, "f5", "f9", "f13", "ctrl+t"}))


@given(st.dictionaries(st.sampled_from(sorted(ACTIONS)), st.lists(KEYS, max_size=3, unique=True), max_size=5))
def test_what_is_accepted_leaves_no_action_behind_another(wanted: dict[str, list[str]]) -> None:
    overrides = KeyOverrides(WHERE, tuple((name, ",".join(keys)) for name, keys in wanted.items()))
    try:
        chosen = keymap(overrides)
    except ConfigError:
        return
    assert {name: list(keys) for name, keys in chosen.items()} == wanted
    for place in PLACES:
        # The moves of a table, a panel and a list are one and the same, each in its own part.
        owners: dict[str, set[str]] = {}
        for action in place.actions:
            parts = action.id.split(".")
            name = "moves" if parts[0] in ("table", "panel", "list") else action.id
            for key in chosen.get(action.id, action.keys):
                owners.setdefault(key, set()).add(name)
        for key, names in owners.items():
            # Two that have a key in common from the beginning mean it: the dialog's own comes first.
            assert len(names) == 1 or all(key in ACTIONS[name].keys for name in names - {"moves"}), (key, names)


def test_the_keys_that_are_needed_are_somebodys_or_textuals() -> None:
    ours = {key for action in ACTIONS.values() for key in action.keys}
    assert set(NEEDED) - ours == {"ctrl+q", "ctrl+p", "ctrl+c", "tab", "shift+tab"}


async def test_the_board_has_the_keys_of_its_profile() -> None:
    keys = own(board__drill="z", board__sort="d,f6", app__theme="", board__audit="")
    async with running(open_office(keys=keys).app()) as pilot:
        shown = {one.description: one.key for one in await footer(pilot)}
        assert shown["Drill"] == "z"
        assert "Audit" not in shown
        labels = [action.label for action in (*BOARD, *EVERYWHERE)]
        assert list(shown) == [label for label in labels if label in shown]
        await pilot.press("d")
        assert status(pilot) == "Sorted by name."
        await pilot.press("t", "a", "f9")
        assert program(pilot).theme == themes.DARK.name
        assert program(pilot).screen is board(pilot)
        offered = [command.title for command in program(pilot).get_system_commands(program(pilot).screen)]
        assert {"Audit", "Dark or light"} <= set(offered)
        await pilot.press("question_mark")
        helped = await screen_is(pilot, HelpScreen)
        told = {words(fact.spans): fact.label for sheet in helped.query(FactSheet) for fact in sheet.facts}
        by_id = {action.id: action for action in (*BOARD, *EVERYWHERE)}
        assert told[by_id["board.drill"].help] == "z"
        assert told[by_id["board.sort"].help] == "d, f6"
        assert told[by_id["app.theme"].help] == "no key"
        await pilot.press("escape", "z")
        await screen_is(pilot, ChooseScope)


def seen(pilot: Pilot[None], text: str) -> bool:
    return any(text in line for line in painted(program(pilot)))


async def test_dialogs_and_tables_have_them_too_and_say_so() -> None:
    keys = own(confirm__yes="j", table__down="down, Q", drill__phones="ctrl+y", scope__cancel="esc,m")
    async with running(open_office(keys=keys).app()) as pilot:
        await pilot.press("Q")
        assert table(pilot).cursor == 1
        await pilot.press("j")
        assert table(pilot).cursor == 1
        await pilot.press("r")
        await screen_is(pilot, ConfirmChange)
        await until(pilot, lambda: seen(pilot, "Change it (j)"), "the button names its key")
        await pilot.press("j")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "it is confirmed")
        await pilot.press("d")
        await screen_is(pilot, ChooseScope)
        await until(pilot, lambda: seen(pilot, "(ctrl+y)"), "the hint names its key")
        await pilot.press("m")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the choice is left")
        await pilot.press("d", "enter")
        await screen_is(pilot, DrillScreen)
        await until(pilot, lambda: status(pilot).startswith("ctrl+y reads the phones"), "the key is named")


async def test_an_action_of_several_screens_has_its_key_on_each() -> None:
    async with running(open_office(keys=own(app__jump="Q")).app()) as pilot:
        await pilot.press("a")
        await screen_is(pilot, AuditScreen)
        await pilot.press("Q")
        await until(pilot, lambda: type(program(pilot).screen).__name__ == "JumpScreen", "the letters are there")


async def test_a_board_without_keys_of_its_own_has_the_usual_ones_again() -> None:
    open_office(keys=own(board__drill="z")).app()
    async with running(open_office().app()) as pilot:
        assert {one.description: one.key for one in board(pilot).query(FooterKey)}["Drill"] == "d"


async def test_another_phone_system_has_keys_of_its_own_or_is_not_gone_to() -> None:
    good, bad = open_office("riverside", keys=own(board__drill="z")), open_office(keys=own(board__dril="z"))
    places = [
        SwitchTarget("a", "a", "a", lambda: good.connection),
        SwitchTarget("b", "b", "b", lambda: bad.connection),
    ]
    async with running(open_office().app()) as pilot:
        program(pilot)._go(places[1])
        await until(pilot, lambda: "no action “board.dril”" in status(pilot), "it is refused")
        assert board(pilot).connection is program(pilot).connection
        program(pilot)._go(places[0])
        await until(pilot, lambda: board(pilot).connection is good.connection, "it is gone to")
        await until(pilot, lambda: "z" in {one.key for one in board(pilot).query(FooterKey)}, "the keys are shown")


def test_wrong_keys_stop_the_board_before_it_opens() -> None:
    with pytest.raises(ConfigError, match=r"there is no action “board\.dril”"):
        open_office(keys=own(board__dril="z")).app()


@pytest.fixture(autouse=True)
def usual_keys_afterwards() -> object:
    """The keyboard is one for the whole process."""
    yield
    put_in_force({})
