"""Somebody's own command: what it is given, what it is not, and that it ends."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from queuewatch.alerts import command
from queuewatch.alerts.command import MOST_AT_ONCE, CommandReceiver, environment_for

from .waiting import eventually

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the commands here are POSIX shell")

ENVIRON: Mapping[str, str] = {"PATH": os.environ["PATH"]}


def shell(script: str, *more: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", script, "page", *more)


async def ran(words: tuple[str, ...], body: bytes = b"{}\n", environ: Mapping[str, str] = ENVIRON) -> list[str]:
    notes: list[str] = []
    one = CommandReceiver(words, environ, notes.append)
    one.run(body, {"QUEUEWATCH_ALERT_KIND": "fails_over"})
    await asyncio.wait_for(one.finish(), 30)
    return notes


async def test_it_reads_the_message_and_finds_the_main_things_in_its_environment(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert await ran(shell(f"cat > {out}; echo $QUEUEWATCH_ALERT_KIND >> {out}"), b'{"text": "x"}\n') == [""]
    assert out.read_text() == '{"text": "x"}\nfails_over\n'


async def test_its_words_are_its_own_and_no_shells(tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = "import sys; open(sys.argv[1], 'w').write(repr(sys.argv[2:]))"
    assert await ran((sys.executable, "-c", script, str(out), "$(id)", "a b; c")) == [""]
    assert out.read_text() == "['$(id)', 'a b; c']"


async def test_it_need_not_read_what_it_is_given() -> None:
    assert await ran(shell("exec <&-; exit 0"), b"x" * 500_000) == [""]


async def test_a_failure_is_said_with_its_first_line_and_no_control_characters() -> None:
    (note,) = await ran(shell("printf 'no \\033[2Jpager\\nmore\\n' >&2; exit 3"))
    assert note == "The command sh for alerts ended with status 3: “no [2Jpager”."
    assert await ran(shell("exit 1")) == ["The command sh for alerts ended with status 1."]
    assert await ran(shell("kill -9 $$")) == ["The command sh for alerts was ended by signal 9."]


async def test_a_flood_of_words_stops_nobody() -> None:
    (note,) = await ran(shell("head -c 3000000 /dev/zero | tr '\\0' 'x' >&2; exit 1"))
    assert len(note) < 300


@pytest.mark.parametrize(
    ("words", "why"),
    [(("/nonexistent/page",), "No such file or directory"), (("/",), "Permission denied")],
)
async def test_one_that_cannot_be_started(words: tuple[str, ...], why: str) -> None:
    (note,) = await ran(words)
    assert "for alerts cannot be started" in note
    assert why in note


async def test_one_that_does_not_end_is_ended_with_what_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "TIMEOUT", 0.3)
    pids = tmp_path / "pids"
    (note,) = await ran(shell(f"sleep 600 & echo $! $$ > {pids}; wait"))
    assert note == "The command sh for alerts was ended after 0.3 seconds."
    await eventually(lambda: all_gone(pids))


def all_gone(pids: Path) -> bool:
    """Whether none of these processes is there any more; a dead one that nobody has buried is as good as gone."""
    for pid in pids.read_text().split():
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            continue
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z":
            return False
    return True


def pids_in(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


async def test_closing_ends_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    notes: list[str] = []
    one = CommandReceiver(shell(f"sleep 600 & echo $! $$ >> {tmp_path}/pids; wait"), ENVIRON, notes.append)
    for _ in range(MOST_AT_ONCE + 2):
        one.run(b"{}", {})
    pids = tmp_path / "pids"
    # At once: some of them are just being started.
    await eventually(lambda: len(pids_in(pids)) == 2 * MOST_AT_ONCE)
    await asyncio.wait_for(one.close(), 30)
    assert len(pids_in(pids)) == 2 * MOST_AT_ONCE
    await eventually(lambda: all_gone(pids))
    assert notes == []


async def test_more_than_a_few_wait_for_their_turn(tmp_path: Path) -> None:
    one = CommandReceiver(shell(f"echo x >> {tmp_path}/out"), ENVIRON, lambda _: None)
    for _ in range(3 * MOST_AT_ONCE):
        one.run(b"{}", {})
    await asyncio.wait_for(one.finish(), 30)
    assert len((tmp_path / "out").read_text().split()) == 3 * MOST_AT_ONCE


def test_our_secrets_are_not_in_its_environment() -> None:
    environ = {
        "PATH": "/bin",
        "PAGER_TOKEN": "the command's own",
        "ACME_TOKEN": "x",
        "ACME_SLACK": "x",
        "QUEUEWATCH_TOKEN": "x",
        "QUEUEWATCH_CLIENT_SECRET": "x",
        "QUEUEWATCH_PASSWORD": "x",
        "QUEUEWATCH_STATE": "/state",
    }
    left = environment_for(environ, {"ACME_TOKEN", "ACME_SLACK", ""})
    assert set(left) == {"PATH", "PAGER_TOKEN", "QUEUEWATCH_STATE"}


async def test_the_json_is_one_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    await ran(shell(f"head -n 1 > {out}"), json.dumps({"text": "a\nb"}).encode() + b"\n")
    assert json.loads(out.read_text()) == {"text": "a\nb"}
