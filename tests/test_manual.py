"""The manual's sentences about behaviour: each that is quoted here stands on its page, and is true."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from queuewatch.alerts import command, dispatcher, quiet, quiet_file, webhook
from queuewatch.commands import status
from queuewatch.connection.connection import DEFAULT_INTERVAL
from queuewatch.history import database
from queuewatch.pbx.netsapiens import rate_limit
from queuewatch.storage import last_picture
from screens.help.help import HelpScreen
from screens.queue import QueueScreen
from tests.cli.conftest import Run, Serve
from tests.cli.conftest import environment as environment_fixture
from tests.cli.conftest import run as run_fixture
from tests.cli.conftest import serve as serve_fixture
from tests.tui.keys import board, program, queues_shown, running, screen_is, until
from tests.tui.phone_system import open_office

run, serve, profiles = run_fixture, serve_fixture, environment_fixture
ROOT = Path(__file__).resolve().parents[1]
MIB = 1024 * 1024


def stands(page: str, sentence: str) -> None:
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert " ".join(sentence.split()) in text, f"{page} no longer says: {sentence}"


pauses = [webhook.FIRST_PAUSE * 2**number for number in range(webhook.TRIES - 1)]

NUMBERS: tuple[tuple[str, str, bool], ...] = (
    ("docs/alerts.md", "once in 5 minutes at most", timedelta(minutes=5) == dispatcher.APART),
    ("docs/alerts.md", "repeated 4 times at most, after 1, 2, 4 and 8 seconds", pauses == [1, 2, 4, 8]),
    ("docs/alerts.md", "A try counts as failed after 10 seconds", webhook.TIMEOUT == 10),
    ("docs/alerts.md", "100 messages wait at most", webhook.MOST_WAITING == 100),
    ("docs/alerts.md", "each is ended after 30 seconds", command.TIMEOUT == 30),
    ("docs/alerts.md", "Four run at once at most", command.MOST_AT_ONCE == 4),
    ("docs/alerts.md", "It ends after seven days in any case", timedelta(days=7) == quiet.UNTIL_RECOVERED),
    ("docs/alerts.md", "has been well for a minute", timedelta(minutes=1) == dispatcher.RECOVERED_FOR),
    ("docs/alerts.md", "the last 20 alerts that it kept back", quiet_file.MOST_SILENCED == 20),
    ("docs/alerts.md", "What is over is kept for 90 days", timedelta(days=90) == quiet_file.KEPT_FOR),
    ("docs/connecting.md", "One refresh (every 5 seconds,", DEFAULT_INTERVAL == 5),
    ("docs/connecting.md", "never more than ten requests in a second", rate_limit.WINDOW_SECONDS >= 1),
    ("docs/connecting.md", "One is at most 8 MiB", last_picture.LARGEST == 8 * MIB),
    (
        "docs/connecting.md",
        "all together 40 pictures and 32 MiB",
        (last_picture.MOST, last_picture.LARGEST_TOGETHER) == (40, 32 * MIB),
    ),
    ("docs/history.md", "kept for 400 days and up to 64 MB", (database.DAYS, database.LARGEST) == (400, 64 * MIB)),
    ("docs/commands.md", "more than 12 queues have one line each", status.MOST_IN_FULL == 12),
)


@pytest.mark.parametrize(("page", "sentence", "holds"), NUMBERS)
def test_numbers_in_the_manual_are_the_programs(page: str, sentence: str, holds: bool) -> None:
    stands(page, sentence)
    assert holds, sentence


def read_only_refuses(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    for words in (("require-agents", "8000", "no", "--yes"), ("when-offline", "8000", "--off", "--yes")):
        refused = run("--read-only", *words)
        assert (refused.status, refused.out) == (2, "")
        assert "read-only" in refused.err
    assert {request.method for request in pbx.requests} <= {"GET"}


def without_a_terminal(run: Run, serve: Serve) -> None:
    # No profile, nothing in the environment, and nobody who could press a key.
    assert run().status == run("status").status == 2


def nothing_half_done(run: Run, serve: Serve) -> None:
    for words in (("status", "--sample", "lakeside", "nobody"), ("history", "--since", "soon"), ("drill",)):
        wrong = run(*words)
        assert (wrong.status, wrong.out) == (2, "")
        assert len(wrong.err.splitlines()) >= 2


def no_token_on_the_command_line(run: Run, serve: Serve) -> None:
    refused = run("status", "--token", "nsd_secret")
    assert refused.status == 2
    assert "nsd_secret" not in refused.err


def out_of_reach_is_3(run: Run, serve: Serve) -> None:
    assert run("status", "--url", "http://127.0.0.1:9", "--domain", "x.example").status in (2, 3)
    serve("lakeside")
    assert run("status", "--url", "http://127.0.0.1:9").status == 3


def words_after_two_dashes(run: Run, serve: Serve) -> None:
    assert "There is no queue “--x”" in run("status", "--sample", "lakeside", "--", "--x").err


COMMANDS: tuple[tuple[str, str, Callable[[Run, Serve], None]], ...] = (
    (
        "README.md",
        "With `--read-only` queuewatch sends nothing that could change anything",
        read_only_refuses,
    ),
    (
        "docs/commands.md",
        "a change that nobody confirmed or that `--read-only` forbids",
        read_only_refuses,
    ),
    (
        "docs/commands.md",
        "Without a terminal it says what there is to type, and ends with status 2; so does every other command",
        without_a_terminal,
    ),
    ("docs/commands.md", "standard output then holds nothing half done", nothing_half_done),
    ("docs/connecting.md", "A token is no option", no_token_on_the_command_line),
    ("docs/commands.md", "| 3 | the phone system could not be reached", out_of_reach_is_3),
    ("docs/commands.md", "After `--` every word is a name or a number", words_after_two_dashes),
)


@pytest.mark.parametrize(("page", "sentence", "holds"), COMMANDS)
@pytest.mark.usefixtures("profiles")
def test_what_the_manual_says_of_commands_is_so(
    run: Run, serve: Serve, page: str, sentence: str, holds: Callable[[Run, Serve], None]
) -> None:
    stands(page, sentence)
    holds(run, serve)


async def test_what_the_manual_says_of_keys_is_so() -> None:
    office = open_office("harbor")
    async with running(office.app()) as pilot:
        everything = queues_shown(pilot)
        stands("docs/getting-started.md", "`enter` shows everything about it, `esc` goes back.")
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the board is back")

        stands("docs/comfort.md", "its words stand on their line below the queues, and `esc` clears it")
        await pilot.press("slash", *"loop", "enter")
        assert len(queues_shown(pilot)) < len(everything)
        await pilot.press("escape")
        assert queues_shown(pilot) == everything

        stands("docs/comfort.md", "The outcome that `f` shows alone is not remembered")
        await pilot.press("f")
        assert len(queues_shown(pilot)) < len(everything)
        await pilot.press("escape")
        assert queues_shown(pilot) == everything

        stands("docs/comfort.md", "the letter goes there, any other key stays")
        chosen = board(pilot).chosen
        await pilot.press("o", "f9")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "the letters are gone")
        assert board(pilot).chosen is chosen

        stands("docs/getting-started.md", "Only `y` makes the change")
        stored = office.pbx.floor.queue_rows()
        await pilot.press("r")
        await until(pilot, lambda: program(pilot).screen is not board(pilot), "it is asked about")
        await pilot.press("escape")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "it is left")
        assert office.pbx.floor.queue_rows() == stored

        stands("docs/keys.md", "| `q`, `f10` | Quit | Leave queuewatch. |")
        await pilot.press("question_mark")
        await screen_is(pilot, HelpScreen)
        await pilot.press("q")
        await until(pilot, lambda: program(pilot).screen is board(pilot), "q closes the help")
        assert program(pilot).is_running
        await pilot.press("q")
        await until(pilot, lambda: not program(pilot).is_running or program(pilot)._exit, "q leaves")
