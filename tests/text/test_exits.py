"""Hostile text goes in by every way there is, and through every exit: what comes out does nothing but be read."""

import csv
import html
import json
import re
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from rich.console import Console
from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from queuewatch.alerts.alert import Message
from queuewatch.alerts.chat import document_in
from queuewatch.alerts.receivers import Hook, body_of, variables_of
from queuewatch.alerts.webhook import Webhook
from queuewatch.app.alerts import notification
from queuewatch.profiles.alert_rules import AlertKind, WebhookFormat
from queuewatch.report.files import picture_name, plain_svg
from queuewatch.report.formats import csv_table, plain, table
from queuewatch.text.plain_text import harmless, harmless_lines, one_line
from tests.alerts.states import alert
from tests.cli.conftest import Run
from tests.cli.conftest import environment as environment_fixture
from tests.cli.conftest import run as run_fixture
from tests.journal.build import entry, lines, toggled
from tests.tui.keys import painted, program, running
from tests.tui.phone_system import open_office
from widgets.damage_tracking import DamageUpdate, ShownCells

run, profiles = run_fixture, environment_fixture

SAMPLES = Path(__file__).parents[2] / "sample_data"

ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters but for the end of a line, those of C1, and those that turn the direction of reading."""

TEXTS = {
    "control": "a\x1b[31mb\x1b]0;title\x07c\x00d\x7fe",
    "c1": "a\x9b31mb\x9d0;title\x9cc\x85d\x90e",
    "direction": "a\u202eb\u2066c\u2069d\u200fe\u061cf\ufeffg\u206ah\ufff9i",
    "breaks": "a\r\nb\nc\td\x0be\x0cf\u2028g\u2029h\x1ci",
    "formula": " \t=1+1;=2+2; -3|@x",
}
ALL = "".join(TEXTS.values())


def is_harmless(text: str, *, lines: bool = True) -> None:
    found = ACTING.search(text)
    assert found is None, (found, text[max(0, found.start() - 40) : found.end() + 40])
    assert lines or "\n" not in text


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording whose every name is hostile: of its company, queues, people, sites and scenarios."""
    folder = tmp_path_factory.mktemp("hostile") / "sample"
    shutil.copytree(SAMPLES / "lakeside", folder)
    for file in (folder / "company.toml", *(folder / "scenarios").iterdir()):
        words = file.read_text(encoding="utf-8")
        words = re.sub(r'(?m)^(title|story|say) = "', lambda found: f"{found[0]}{toml(ALL)}", words)
        file.write_text(words, encoding="utf-8")
    for name, keys in (
        ("callqueues.json", ("description",)),
        ("agents.json", ("name-full-name", "sub-portal-status")),
        ("users.json", ("name-first-name", "name-last-name")),
        ("autoattendants.json", ("attendant-name",)),
        ("sites.json", ()),
    ):
        file = folder / name
        rows = json.loads(file.read_text(encoding="utf-8"))
        for row in rows:
            row.update({key: f"{row.get(key, '')}{ALL}" for key in keys if isinstance(row, dict)})
        file.write_text(json.dumps(rows), encoding="utf-8")
    past = folder / "history.jsonl"
    words = past.read_text(encoding="utf-8").replace('"Front Desk"', json.dumps(f"Front Desk{ALL}"))
    past.write_text(words.replace('"Ana Lopez"', json.dumps(f"Ana Lopez{ALL}")), encoding="utf-8")
    return folder


def toml(text: str) -> str:
    """The text as it stands in a basic string of TOML."""
    return "".join(char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text)


COMMANDS: tuple[tuple[str, ...], ...] = (
    *((command, "--format", form) for command in ("status", "simulate") for form in ("text", "csv", "markdown")),
    ("status", "--format", "html"),
    *(("drill", "--all", "--format", form) for form in ("text", "csv", "markdown", "json", "html")),
    *(("check", "--format", form) for form in ("text", "markdown", "github", "json", "html")),
    *(("history", "--format", form) for form in ("text", "csv", "markdown", "json", "html")),
    ("history", "--changes", "--agents"),
    ("history", "--changes", "--agents", "--format", "markdown"),
    ("history", "--changes", "--format", "csv"),
    ("history", "--agents", "--format", "csv"),
    ("status", "--json"),
    ("status", "Front"),
    ("require-agents", "8000", "no", "--yes"),
    ("when-offline", "8000", "user_1001", "--yes"),
    ("status", f"nobody{ALL}"),
    ("drill", "--site", f"nowhere{ALL}"),
    ("simulate", "--at", f"never{ALL}"),
    ("demo", "--scenario", f"none{ALL}"),
    ("explain", f"QW{ALL}"),
    ("doctor",),
    ("doctor", "--format", "json"),
)


@pytest.mark.parametrize(
    "words",
    COMMANDS,
    ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode(),
)
def test_no_command_passes_on_what_a_recording_or_its_own_words_hold(
    words: tuple[str, ...], run: Run, sample: Path, profiles: Path
) -> None:
    command, *rest = words
    given = () if command == "explain" else ("--sample", str(sample))
    ran = run(command, *given, *rest)
    assert ran.out or ran.err
    # It came as far as here, and what is left of it can be read.
    assert "31mb" in ran.out + ran.err or command in ("doctor", "check", "require-agents", "when-offline")
    is_harmless(html.unescape(ran.out))
    is_harmless(ran.err)


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_the_log_passes_nothing_on(form: str, run: Run, profiles: Path, tmp_path: Path) -> None:
    file = tmp_path / "state" / "changes.jsonl"
    file.parent.mkdir()
    edit = replace(toggled(), name=ALL, server=f"https://{ALL}", domain=ALL)
    made = entry("1", edit)
    made = replace(made, who=replace(made.who, profile=ALL, user=ALL, login=ALL))
    file.write_bytes(b"\n".join(lines(made)) + b"\n")
    ran = run("log", "--format", form)
    assert (ran.status, "1" in ran.out) == (0, True)
    is_harmless(ran.out)
    is_harmless(ran.err)


@pytest.mark.parametrize("key", ["url", "domain", "username", "theme", "no-such-key"])
@pytest.mark.parametrize("words", [("profiles",), ("status",), ("profiles", "--json"), ("keys",)], ids=" ".join)
def test_the_configuration_passes_nothing_on(key: str, words: tuple[str, ...], run: Run, profiles: Path) -> None:
    fields = {"url": "https://pbx.invalid", "domain": "acme.example", key: ALL}
    body = "".join(f'"{name}" = "{toml(value)}"\n' for name, value in fields.items())
    profiles.write_text(f'default = "{toml(ALL)}"\n[profiles."{toml(ALL)}"]\n{body}', encoding="utf-8")
    ran = run(*words)
    is_harmless(ran.out)
    is_harmless(ran.err)


def test_a_cell_of_a_table_is_no_formula_whatever_ends_a_cell() -> None:
    for value in (
        "=1+1",
        " =1+1",
        "\t=1+1",
        "\u00a0=1+1",
        "\r\n=1+1",
        "\x00=1+1",
        "\u202e=1+1",
        "+1",
        "-1",
        "@x",
        "＝1+1",
        "＠x",
        "Sales;=1+1",
        "Sales; =1+1",
        "Sales;\t-1",
        "Sales;;=1+1",
        ";=1+1",
        "; @x",
        "Sales|=1+1",
    ):
        (line,) = csv_table(["n"], [[value]]).splitlines()[1:]
        (comma,) = next(csv.reader([line]))
        for separator in ",;|":
            for cell in next(csv.reader([line], delimiter=separator)):
                assert not cell.lstrip(' \t"').startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), (
                    value,
                    line,
                )
        assert comma.isprintable()
    assert csv_table(["n"], [["Sales; Support"], ["12145550100"], ["a-b; c"], ["8000 - Sales"]]).splitlines()[
        1:
    ] == [
        "Sales; Support",
        "12145550100",
        "a-b; c",
        "8000 - Sales",
    ]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_other_exit(text: str) -> None:
    for written in (plain(text), *table(("x",), [(text,)]), picture_name(text, datetime(2026, 1, 1, tzinfo=UTC))):
        is_harmless(written, lines=False)
    is_harmless(plain_svg(f"<svg>{text}</svg>\n"))
    is_harmless(harmless_lines(text))
    is_harmless(harmless(text), lines=False)
    is_harmless(one_line(text), lines=False)
    strip = Strip([Segment(text)])
    sent = DamageUpdate(LayoutUpdate([[strip]], Region(0, 0, strip.cell_length, 1)), ShownCells()).render_segments(
        Console(force_terminal=True, color_system=None, legacy_windows=False)
    )
    is_harmless(re.sub(r"\x1b\[[\d;]+[HGXC]", "", sent), lines=False)
    for environ in ({"TERM": "xterm"}, {"TERM": "foot"}):
        shown = notification(text, text, environ)
        assert shown.startswith("\x1b]")
        assert shown.endswith("\x07")
        is_harmless(shown[2:-1], lines=False)


class Posted:
    """What a webhook is given to post."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        hook = Webhook("http://localhost/hook", print)
        hook.post = self.bodies.append  # type: ignore[assignment, method-assign]
        self.hook = hook


@pytest.mark.parametrize("shape", WebhookFormat)
def test_no_message_passes_anything_on(shape: WebhookFormat) -> None:
    told = Message(ALL, (alert(AlertKind.FAILS_OVER, name=ALL, site=ALL, sentence=ALL, headline=ALL),))
    posted = Posted()
    Hook(posted.hook, shape).send(told)
    (body,) = posted.bodies
    for text in texts_of(json.loads(body)):
        is_harmless(text, lines=False)
    for text in texts_of(json.loads(body_of(told))):
        is_harmless(text, lines=False)
    for value in variables_of(told).values():
        is_harmless(value, lines=False)


def texts_of(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for held in value.values() for text in texts_of(held)]
        case list():
            return [text for held in value for text in texts_of(held)]
        case _:
            return []


def test_slack_makes_nothing_of_a_name() -> None:
    name = "*bold* _it_ ~no~ `code` :smile: <!channel> <@U1> https://x.example #here @here"
    document: Any = document_in(WebhookFormat.SLACK, Message("acme", (alert(headline=name, sentence=name),)))
    kinds = {
        text["type"]
        for block in document["blocks"]
        for text in (block.get("text"), *block.get("elements", ()))
        if text
    }
    assert kinds == {"plain_text"}
    assert not document["mrkdwn"]
    assert not any("<" in text or ">" in text for text in texts_of(document))


async def test_what_is_copied_and_what_the_screen_shows(sample: Path) -> None:
    from queuewatch.pbx.sandbox.samples import load_sample

    async with running(open_office(load_sample(str(sample))).app(), (160, 40)) as pilot:
        app = program(pilot)
        await pilot.press("y")
        is_harmless(app.clipboard)
        app.copy_to_clipboard(ALL)
        is_harmless(app.clipboard)
        assert any("[31m" in line for line in painted(app))
        size = app.size
        strips: list[Iterable[Strip]] = [[strip] for strip in app.screen._compositor.render_strips()]
        sent = DamageUpdate(LayoutUpdate(strips, Region(0, 0, *size)), ShownCells()).render_segments(app.console)
        is_harmless(re.sub(r"\x1b\[[\d;]*[GHXCm]", "", sent), lines=False)
        is_harmless(plain_svg(app.export_screenshot()))
